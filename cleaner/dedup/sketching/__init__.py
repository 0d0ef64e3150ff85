"""From UTF-8 bytes to passages and their MinHash signatures."""
