"""The audit trail of a run: written, read, rebuilt from, verified, and told as a history."""
