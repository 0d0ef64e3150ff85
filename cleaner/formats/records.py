"""What records of all formats have in common: bytes that may not be UTF-8, and where a record comes from."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from cleaner.charsets.decode import decode
from cleaner.errors import QuarantineError


def as_utf8(raw: bytes, *, declared: str | None = None) -> tuple[bytes, str]:
    r"""Return a record as UTF-8, decoding it first when it is in something else; and the encoding it was in.

    `declared` is what the file around it seems to be in.

    >>> as_utf8(b"caf\xe9")
    (b'caf\xc3\xa9', 'cp1252')
    """
    bare = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        bare.decode("utf-8")
    except UnicodeDecodeError as error:
        decoded = decode(raw, declared=declared)
        if decoded.undecodable:
            message = f"not UTF-8: {error.reason} at byte {error.start}"
            raise QuarantineError(message) from None
        return decoded.text.encode("utf-8"), decoded.encoding
    return (raw, "utf-8") if len(bare) == len(raw) else (bare, "utf-8-sig")


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
