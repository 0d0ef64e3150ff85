"""What passages have in common with the texts of an evaluation set."""
