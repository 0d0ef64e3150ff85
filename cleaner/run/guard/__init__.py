"""What keeps a run whole: the folder that it writes to, the lock on that, and documents that end their worker."""
