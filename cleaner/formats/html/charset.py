"""The character encoding that a page declares."""

from __future__ import annotations

import re

from cleaner.engines.lazy import regex

_CHARSET = regex(rb"<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.I)


def declared_charset(raw: bytes) -> str | None:
    """Return the charset that a page declares.

    >>> declared_charset(b'<html><meta http-equiv="x" content="text/html; charset=koi8-r">')
    'koi8-r'
    """
    found = _CHARSET.search(raw[:4096])
    return found.group(1).decode("ascii", "replace").lower() if found else None
