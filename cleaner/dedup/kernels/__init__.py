"""Compiled building blocks: characters, tokens and hash sets over UTF-8 bytes."""
