"""Files in, files out: formats, shards, the state of a run, the audit trail, and inputs rebuilt from it."""
