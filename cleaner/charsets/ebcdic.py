"""Tells the encodings of mainframes, where the space is 0x40 and letters lie outside ASCII."""

from __future__ import annotations

from typing import Final

from cleaner.charsets.mixed import text_score
from cleaner.engines.lazy import regex

_ENCODINGS: Final = ("cp037", "cp500", "cp1140", "cp273", "cp1026", "cp424", "cp875")
"""Of those that read the same, the first counts: open systems, international, euro, German, Turkish, Hebrew, Greek."""
NEXT_LINE: Final = "\x85"
"""What the codecs make of the line end of mainframes."""
SPACES: Final = 16
"""One byte in so many must be the space of these encodings, at least."""
NO_SPACES: Final = 50
"""And one in so many of those may be the space of ASCII, at most."""
_SAMPLE: Final = 1 << 14
_LETTERS: Final = bytes(code for code in range(256) if not 0x41 <= code <= 0xE9)
_SPACE: Final = regex(rb"[\x41-\xe9]\x40(?=[\x41-\xe9])")
_PARTS: Final = 0.6
"""The share of bytes that are letters or signs there, at least."""
_INSIDE: Final = regex(
    r"[^\W\d_][{}\[\]|~@#$\\!¦¢^`§\x1a](?=[^\W\d_])|(?<=\s)[{}\[\]|~@#$\\¦¢^`§](?=[a-z]{2})"
)
_BROKEN: Final = -15.0
"""What such a sign in a word costs, in nats."""


def ebcdic(data: bytes) -> str | None:
    """Return the encoding of a text from a mainframe; None for all others.

    >>> ebcdic("The harbour office is closed on Monday.".encode("cp037"))
    'cp037'
    >>> ebcdic(b"The harbour office@example.org"), ebcdic("Снег".encode("koi8-r"))
    (None, None)
    """
    part = data[:_SAMPLE]
    spaces = len(_SPACE.findall(part))
    if spaces * SPACES < len(part) or part.count(b" ") * NO_SPACES > spaces or len(part) < SPACES:
        return None
    if len(part.translate(None, _LETTERS)) < _PARTS * len(part):
        return None
    return max(_ENCODINGS, key=lambda name: _score(part.decode(name, "replace")))


def _score(text: str) -> float:
    """Score a text; what is a letter in one of these encodings is a brace in another."""
    return text_score(text) + _BROKEN * len(_INSIDE.findall(text))
