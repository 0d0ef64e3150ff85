"""Text of unknown origin, made fit to be shown, with what changed in it marked."""
