"""Files that hold other files: web archives, whose records are documents, and archives of files."""
