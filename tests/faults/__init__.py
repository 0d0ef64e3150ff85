"""Faults injected for real: calls that fail, processes that are killed, bytes that are changed.

`injection` lets the nth call of a kind fail, `kills` ends processes at random moments, `corruption` changes bytes
of files in every format and compression. The suite injects some of each; `python -m tests.faults.nightly` many, and
prints the table of docs/reliability.md.
"""
