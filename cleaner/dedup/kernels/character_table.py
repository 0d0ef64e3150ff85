"""What Python knows about every character, as one table for the kernels.

The table is made from `str.lower`, `re`, `str.isspace` and `unicodedata` of the running Python, so that
the kernels find the same tokens as the pure functions of `cleaner.dedup.tokens`. The entries of the
characters are followed by what normalisation needs (see `cleaner.dedup.kernels.normalization`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup import tokens

LIMIT = 0x40000
"""Characters from here on are no part of a token, but for variation selectors (marks)."""
_CHANGING = 0x20000
"""Characters from here on do not change in lower case, and are no marks or signs."""
BYTES = 0xFFFFFFFF
"""Mask of the UTF-8 bytes of the lower-case character in an entry, the first one lowest."""
LENGTH = 32
"""The place of their number (three bits)."""
WORD = 1 << 35
"""The lower-case character is a word character."""
ALONE = 1 << 36
"""The character begins a token of its own: its script is written without spaces."""
SPACE = 1 << 37
"""White space, as `str.strip` takes it."""
CASED = 1 << 38
"""For final sigma: a cased letter."""
IGNORABLE = 1 << 39
"""For final sigma: looked through when a cased letter is looked for."""
SIGMA = 1 << 40
"""Capital sigma, the one letter whose lower case depends on its neighbours."""
MARK = 1 << 41
"""A mark: part of the token that it follows."""
SIGN = 1 << 42
"""A token of its own that is no word: a currency or mathematical sign, another symbol."""
DIGIT = 1 << 43
"""A decimal digit of any script."""
CHANGES = 1 << 44
"""NFC makes something else of the character, wherever it stands."""
FIRST = 1 << 45
"""NFC may make something else of the character and a mark that follows it."""
SECOND = 1 << 46
"""NFC may compose the character with one before it, or put it elsewhere."""
VALUE = 1 << 47
"""A sign of currency or mathematics."""
COMBINING = 48
"""The place of the canonical combining class (eight bits)."""

_COMPATIBILITY = (0x2F800, 0x2FA1D)
"""Ideographs other than those that NFC replaces."""
_DOTTED_I = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
_SIGMA = "\N{GREEK CAPITAL LETTER SIGMA}"


@cache
def table() -> NDArray[np.uint64]:
    """Return one entry for each code point below `LIMIT`: its lower case in UTF-8, and its properties.

    The lower case of one character is two: dotted capital I. Their three bytes fit into its entry.
    Behind the entries: the number of decompositions, these (sorted), and the compositions (sorted).

    >>> found = int(table()[ord("Ä")])
    >>> (found & BYTES).to_bytes(2, "little").decode(), bool(found & WORD), bool(found & SPACE)
    ('ä', True, False)
    """
    text = _decoded(np.arange(LIMIT, dtype=np.uint32))
    lower = text[:_CHANGING].replace(_DOTTED_I, "i").replace(_SIGMA, "\N{GREEK SMALL LETTER SIGMA}").lower()
    lower += text[_CHANGING:]
    chars = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    entries = _utf8(chars) | _flags(text)[chars]
    for mask, pattern in ((SPACE, r"[\s\x1c-\x1f]+"), (SIGMA, _SIGMA)):
        entries |= _where(mask, pattern, text)
    dotted = int.from_bytes("i\N{COMBINING DOT ABOVE}".encode(), "little")
    entries[ord(_DOTTED_I)] = np.uint64(dotted | 3 << LENGTH | WORD)
    entries[:_CHANGING] |= _sigma_context()
    decompositions, compositions = _canonical(text)
    for mask, found in _stability(decompositions, compositions):
        entries[found] |= np.uint64(mask)
    classes = np.array(list(map(unicodedata.combining, text[:_CHANGING])), np.uint64)
    entries[:_CHANGING] |= classes << np.uint64(COMBINING)
    return np.concatenate([entries, _packed(decompositions, compositions)])


def _flags(text: str) -> NDArray[np.uint64]:
    """Return the properties of characters in a lower-case text."""
    flags = _where(WORD, r"\w+", text) | _where(DIGIT, r"\d+", text)
    for first, last in tokens.UNSPACED:
        flags[first : last + 1] |= np.uint64(ALONE)
    kinds = np.frombuffer(tokens.kinds().encode(), np.uint8)
    for letter, mask in (("M", MARK), ("S", SIGN), ("V", SIGN | VALUE)):
        flags[: kinds.size] |= (kinds == ord(letter)) * np.uint64(mask)
    return flags


def _where(mask: int, pattern: str, text: str) -> NDArray[np.uint64]:
    """Set a flag where a pattern matches."""
    flags = np.zeros(len(text), np.uint64)
    for match in re.finditer(pattern, text):
        flags[match.start() : match.end()] = mask
    return flags


def _canonical(text: str) -> tuple[dict[int, tuple[int, int]], dict[tuple[int, int], int]]:
    """Return the canonical decompositions (one step; 0 where there is no second) and compositions, but Hangul."""
    decompositions: dict[int, tuple[int, int]] = {}
    compositions: dict[tuple[int, int], int] = {}
    for char in text[:_CHANGING] + text[_COMPATIBILITY[0] : _COMPATIBILITY[1] + 1]:
        parts = unicodedata.decomposition(char)
        if parts and parts[0] != "<":
            first, second = ([int(part, 16) for part in parts.split()] + [0])[:2]
            decompositions[ord(char)] = first, second
            if second and unicodedata.normalize("NFC", char) == char:
                compositions[first, second] = ord(char)
    return decompositions, compositions


def _stability(
    decompositions: dict[int, tuple[int, int]], compositions: dict[tuple[int, int], int]
) -> list[tuple[int, list[int]]]:
    """Return the characters that NFC may touch, by their flag."""
    leads, syllables = range(0x1100, 0x1113), range(0xAC00, 0xD7A4, 28)
    return [
        (CHANGES, [code for code in decompositions if unicodedata.normalize("NFC", chr(code)) != chr(code)]),
        (FIRST, [*{first for first, _ in compositions}, *compositions.values(), *leads, *syllables]),
        (SECOND, [*{second for _, second in compositions}, *range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]),
    ]


def _packed(
    decompositions: dict[int, tuple[int, int]], compositions: dict[tuple[int, int], int]
) -> NDArray[np.uint64]:
    """Pack three characters into each number, what is looked for in the upper bits."""
    first = sorted(code << 42 | one << 21 | two for code, (one, two) in decompositions.items())
    then = sorted(one << 42 | two << 21 | code for (one, two), code in compositions.items())
    return np.array([len(first), *first, *then], np.uint64)


def _utf8(chars: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the bytes of code points in UTF-8, the first one lowest, and above them their number."""
    two, six = np.uint64(2), np.uint64(6)
    shift, last = np.uint64(8), np.uint64(0x80) | chars & np.uint64(0x3F)
    middle = np.uint64(0x80) | chars >> six & np.uint64(0x3F)
    upper = np.uint64(0x80) | chars >> (two * six) & np.uint64(0x3F)
    lead = np.uint64(0xF0) | chars >> (two * np.uint64(9))
    twice = np.uint64(0xC0) | chars >> six | last << shift
    thrice = np.uint64(0xE0) | chars >> (two * six) | middle << shift | last << (two * shift)
    most = lead | upper << shift | middle << (two * shift) | last << np.uint64(24)
    beyond = [chars >= np.uint64(limit) for limit in (0x80, 0x800, 0x10000)]
    length = np.uint64(1) + sum(edge.astype(np.uint64) for edge in beyond)
    packed: NDArray[np.uint64] = np.select(beyond[::-1], [most, thrice, twice], chars)
    packed |= length << np.uint64(LENGTH)
    return packed


def _sigma_context() -> NDArray[np.uint64]:
    """Find out which characters are cased or ignorable, by what a capital sigma after them becomes."""
    char, final = np.arange(_CHANGING, dtype=np.uint32), ord("\N{GREEK SMALL LETTER FINAL SIGMA}")
    char[ord(_DOTTED_I)] = ord("A")  # becomes two characters
    probe = np.empty((_CHANGING, 7), np.uint32)
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
