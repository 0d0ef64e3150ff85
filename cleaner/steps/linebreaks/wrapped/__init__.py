"""Text that was wrapped at a width: which of its line ends are soft."""
