"""A run over a corpus: its stages, the state between them, and publishing."""
