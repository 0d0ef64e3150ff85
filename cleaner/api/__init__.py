"""What other programs call: cleaning texts and rows, deduplicating rows, and runs over corpora.

Everything that the command line does can be done from here, by the same functions; nothing private is needed.
The names are offered by `cleaner` itself: `from cleaner import Cleaner, Deduplicator, Document`.
"""
