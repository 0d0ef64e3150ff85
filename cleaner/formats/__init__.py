"""File formats: how documents are read from a file and written back."""
