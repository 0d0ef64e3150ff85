"""What the scorers know of lines: counts, words, what stands around them, and how they are laid out."""
