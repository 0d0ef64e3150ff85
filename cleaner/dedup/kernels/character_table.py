"""What Python itself says about every character, as one table for the kernels.

The table is made from `str.lower`, `re` and `str.isspace` of the running Python, so that tokens in a
kernel are those that the pure functions of `cleaner.dedup.minhash` give.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

LIMIT = 0x20000
"""Characters from here on do not change in lower case; up to 0x3FFFF each is a token, above none is."""
BYTES = 0xFFFFFFFF
"""Mask of the UTF-8 bytes of the lower-case character in an entry, the first one lowest."""
LENGTH = 32
"""The place of their number (three bits)."""
WORD = 1 << 35
"""The lower-case character is a word character."""
ALONE = 1 << 36
"""The lower-case character is a token of its own: its script is written without spaces."""
SPACE = 1 << 37
"""White space, as `str.strip` takes it."""
CASED = 1 << 38
"""For final sigma: a cased letter."""
IGNORABLE = 1 << 39
"""For final sigma: looked through when a cased letter is looked for."""
SPECIAL = 1 << 40
"""The lower case is more than a character, or depends on others: dotted capital I, capital sigma."""

UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts that are written without spaces between words (first and last code point)."""


@cache
def table() -> NDArray[np.uint64]:
    """Return one entry for each code point below `LIMIT`: its lower case in UTF-8, and its properties.

    Two characters depend on more than themselves and are left to the kernel: capital sigma, and
    dotted capital I, whose lower case is an i and a combining dot that ends the token.

    >>> found = int(table()[ord("Ä")])
    >>> (found & BYTES).to_bytes(2, "little").decode(), bool(found & WORD), bool(found & SPACE)
    ('ä', True, False)
    """
    text = _decoded(np.arange(LIMIT, dtype=np.uint32))
    plain = text.replace("\N{GREEK CAPITAL LETTER SIGMA}", "\N{GREEK SMALL LETTER SIGMA}")
    lower = plain.replace("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i").lower()
    chars = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    flags = np.zeros(LIMIT, np.uint64)
    for mask, pattern in ((WORD, r"\w+"), (SPACE, r"[\s\x1c-\x1f]+")):
        for match in re.finditer(pattern, text):
            flags[match.start() : match.end()] |= np.uint64(mask)
    for first, last in UNSPACED:
        flags[first : min(last + 1, LIMIT)] |= np.uint64(ALONE)
    entries = _utf8(chars) | flags[chars] & np.uint64(WORD | ALONE) | flags & np.uint64(SPACE)
    for char in "\N{GREEK CAPITAL LETTER SIGMA}\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}":
        entries[ord(char)] |= np.uint64(SPECIAL)
    found: NDArray[np.uint64] = entries | _sigma_context()
    return found


def _utf8(chars: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the bytes of code points below 0x20000 in UTF-8, the first one lowest, and above them their number."""
    two, six = np.uint64(2), np.uint64(6)
    shift, last = np.uint64(8), np.uint64(0x80) | chars & np.uint64(0x3F)
    middle = np.uint64(0x80) | chars >> six & np.uint64(0x3F)
    upper = np.uint64(0x80) | chars >> (two * six) & np.uint64(0x3F)
    twice = np.uint64(0xC0) | chars >> six | last << shift
    thrice = np.uint64(0xE0) | chars >> (two * six) | middle << shift | last << (two * shift)
    most = np.uint64(0xF0) | upper << shift | middle << (two * shift) | last << np.uint64(24)
    beyond = [chars >= np.uint64(limit) for limit in (0x80, 0x800, 0x10000)]
    length = np.uint64(1) + sum(edge.astype(np.uint64) for edge in beyond)
    packed: NDArray[np.uint64] = np.select(beyond[::-1], [most, thrice, twice], chars)
    packed |= length << np.uint64(LENGTH)
    return packed


def _sigma_context() -> NDArray[np.uint64]:
    """Find out which characters are cased or ignorable, by what a capital sigma after them becomes."""
    char, final = np.arange(LIMIT, dtype=np.uint32), ord("\N{GREEK SMALL LETTER FINAL SIGMA}")
    char[ord("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}")] = ord("A")  # becomes two characters
    probe = np.empty((LIMIT, 7), np.uint32)
    probe[:] = [ord(sign) for sign in "?Σ A?Σ "]
    probe[:, 0] = probe[:, 4] = char
    lower = _decoded(probe.reshape(-1)).lower().encode("utf-32-le", "surrogatepass")
    found = np.frombuffer(lower, np.uint32).reshape(-1, 7)
    cased, through = found[:, 1] == final, found[:, 5] == final
    flags: NDArray[np.uint64] = cased * np.uint64(CASED) | (~cased & through) * np.uint64(IGNORABLE)
    return flags


def _decoded(chars: NDArray[np.uint32]) -> str:
    """Make a text of code points."""
    return chars.tobytes().decode("utf-32-le", "surrogatepass")
