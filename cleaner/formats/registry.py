"""The file formats: adding one is one module with a `FORMAT`, and one line here."""

from __future__ import annotations

from cleaner.formats import csv, jsonl, opaque, parquet, plaintext, subtitles
from cleaner.formats.archives import warc
from cleaner.formats.format import Format
from cleaner.formats.html import page
from cleaner.formats.mail import mailbox, message

_FORMATS = (
    plaintext.FORMAT,
    jsonl.FORMAT,
    csv.FORMAT,
    parquet.FORMAT,
    page.FORMAT,
    message.FORMAT,
    mailbox.FORMAT,
    subtitles.FORMAT,
    warc.FORMAT,
    warc.WET,
    opaque.FORMAT,
)
FORMATS: dict[str, Format] = {fmt.name: fmt for fmt in _FORMATS}
"""The formats by name, in the order in which their suffixes are tried."""
CHOICES: tuple[str, ...] = tuple(fmt.name for fmt in _FORMATS if fmt.suffixes)
"""The formats that a file can be said to be in: all but the one for what cannot be read."""


def format_of(key: str) -> str | None:
    """Name the format that takes a file, by its extension; None when there is none.

    >>> format_of("a/b.TXT"), format_of("a.ndjson"), format_of("a.png")
    ('txt', 'jsonl', None)
    """
    lower = key.lower()
    return next((name for name, fmt in FORMATS.items() if lower.endswith(fmt.suffixes)), None)
