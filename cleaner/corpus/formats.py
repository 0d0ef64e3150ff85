"""The file formats: adding one is one module with a `FORMAT`, and one line here."""

from __future__ import annotations

from cleaner.corpus import csv, jsonl, opaque, pages, parquet, plaintext
from cleaner.corpus.entry import Format

FORMATS: dict[str, Format] = {
    fmt.name: fmt
    for fmt in (plaintext.FORMAT, jsonl.FORMAT, csv.FORMAT, parquet.FORMAT, pages.FORMAT, opaque.FORMAT)
}


def format_of(key: str) -> str | None:
    """Name the format that takes a file, by its extension; None when there is none.

    >>> format_of("a/b.TXT"), format_of("a.ndjson"), format_of("a.png")
    ('txt', 'jsonl', None)
    """
    lower = key.lower()
    return next((name for name, fmt in FORMATS.items() if lower.endswith(fmt.suffixes)), None)
