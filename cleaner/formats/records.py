"""What records of all formats have in common: bytes that may not be UTF-8, and where a record comes from."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from cleaner.charsets.decode import MIXED, decode
from cleaner.charsets.strays import Undecodable
from cleaner.errors import QuarantineError

SAMPLE = 1 << 20
"""Bytes of a file from which its encoding is told."""


def as_utf8(raw: bytes, *, declared: str | None = None) -> tuple[bytes, str, tuple[Undecodable, ...]]:
    r"""Return a record as UTF-8, decoding it first when it is in something else; its encoding; what was unreadable.

    `declared` is what the file around it seems to be in. Lone halves of UTF-16 pairs are kept.

    >>> as_utf8(b"caf\xe9")
    (b'caf\xc3\xa9', 'cp1252', ())
    """
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        decoded = decode(raw, declared=declared)
        return decoded.text.encode("utf-8", "surrogatepass"), decoded.encoding, decoded.undecodable
    return raw, "utf-8", ()


def encoding_of(data: bytes) -> str | None:
    """Tell the encoding of records that are not UTF-8: one is often too short to tell it from."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return None
        try:
            encoding = decode(data[:SAMPLE]).encoding
        except QuarantineError:
            return None
        return None if encoding in (MIXED, "utf-8", "cesu-8") else encoding
    return None


def source_of(record: Mapping[str, object]) -> str | None:
    """Return the host of a record's `url` or `source` field.

    >>> source_of({"url": "https://news.example/a/1"}), source_of({"source": "Gazette"}), source_of({})
    ('news.example', 'Gazette', None)
    """
    for name in ("url", "source"):
        value = record.get(name)
        if isinstance(value, str) and value:
            try:
                host = urlsplit(value).hostname
            except ValueError:
                continue
            if host or name == "source":
                return host or value
    return None
