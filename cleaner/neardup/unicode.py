"""What Python itself says about every character, as one table for the kernels.

The table is made from `str.lower`, `re` and `str.isspace` of the running Python, so that tokens in a
kernel are those that the pure functions of `cleaner.minhash` give.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

LIMIT = 0x20000
"""Characters from here on do not change in lower case; up to 0x3FFFF each is a token, above none is."""
LOWER = 0x1FFFFF
"""Mask of the lower-case code point in an entry."""
WORD = 1 << 21
"""The lower-case character is a word character."""
ALONE = 1 << 22
"""The lower-case character is a token of its own: its script is written without spaces."""
SPACE = 1 << 23
"""White space, as `str.strip` takes it."""
CASED = 1 << 24
"""For final sigma: a cased letter."""
IGNORABLE = 1 << 25
"""For final sigma: looked through when a cased letter is looked for."""

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
def table() -> NDArray[np.uint32]:
    """Give one entry for each code point below `LIMIT`: its lower case and its properties.

    Two characters depend on more than themselves and are left to the kernel: capital sigma, and
    dotted capital I, whose lower case is an i and a combining dot that ends the token.

    >>> chr(table()[ord("Ä")] & LOWER), bool(table()[ord("Ä")] & WORD), bool(table()[32] & SPACE)
    ('ä', True, True)
    """
    text = "".join(map(chr, range(LIMIT)))
    plain = text.replace("\N{GREEK CAPITAL LETTER SIGMA}", "\N{GREEK SMALL LETTER SIGMA}")
    lower = plain.replace("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i").lower()
    entries = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    flags = np.zeros(LIMIT, np.uint32)
    for mask, pattern in ((WORD, r"\w+"), (SPACE, r"[\s\x1c-\x1f]+")):
        for match in re.finditer(pattern, text):
            flags[match.start() : match.end()] |= mask
    for first, last in UNSPACED:
        flags[first : min(last + 1, LIMIT)] |= ALONE
    entries |= flags[entries] & (WORD | ALONE)
    entries |= flags & SPACE
    return entries | _sigma_context(text)


def _sigma_context(text: str) -> NDArray[np.uint32]:
    """Find out which characters are cased or ignorable, by what a capital sigma after them becomes."""
    dotted = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
    probe = "".join([f"{char}Σ A{char}Σ " for char in text.replace(dotted, "A")]).lower()
    found = np.frombuffer(probe.encode("utf-32-le", "surrogatepass"), np.uint32).reshape(-1, 7)
    final = ord("\N{GREEK SMALL LETTER FINAL SIGMA}")
    cased, through = found[:, 1] == final, found[:, 5] == final
    flags = np.where(cased, np.uint32(CASED), np.uint32(0))
    flags |= np.where(~cased & through, np.uint32(IGNORABLE), np.uint32(0))
    return flags.astype(np.uint32)
