"""The proof that every removed duplicate has a kept passage, from the trail and the output alone."""
