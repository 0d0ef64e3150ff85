"""Characters in UTF-8 bytes: eight at a time where they are ASCII, else looked up one by one.

Memory is read as little-endian, as all platforms of numba are.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels import character_table
from cleaner.dedup.kernels.compiler import inlined, load_eight
from cleaner.dedup.tokens import SELECTORS
from cleaner.engines.compiling import part

U8, U32, U64 = np.uint8, np.uint32, np.uint64
I64 = cast("type[int]", np.int64)
"""Makes a signed number of an unsigned one; int would leave it as it is."""

WORD, ALONE, SIGMA = U64(character_table.WORD), U64(character_table.ALONE), U64(character_table.SIGMA)
MARK, SIGN, DIGIT = U64(character_table.MARK), U64(character_table.SIGN), U64(character_table.DIGIT)
CHANGES, FIRST = U64(character_table.CHANGES), U64(character_table.FIRST)
SECOND, COMBINING = U64(character_table.SECOND), U64(character_table.COMBINING)
CASED, IGNORABLE = U64(character_table.CASED), U64(character_table.IGNORABLE)
BYTES, LENGTH, LENGTHS = U64(character_table.BYTES), U64(character_table.LENGTH), U64(7)
LIMIT = U32(character_table.LIMIT)
_FIRST_TAG, _SPACE_TAG, _LAST_TAG = U32(0xE0001), U32(0xE0020), U32(0xE007F)
_FIRST_SELECTOR, _LAST_SELECTOR = (U32(code) for code in SELECTORS)
SMALL_SIGMA, FINAL_SIGMA = U64(0x83CF), U64(0x82CF)
"""UTF-8, the first byte lowest."""
BASIS = U64(0xCBF29CE484222325)
POLYNOMIAL = U64(0x9E3779B97F4A7C15)
MIX_1, MIX_2, SHIFT = U64(0xFF51AFD7ED558CCD), U64(0xC4CEB9FE1A85EC53), U64(33)
NOTHING, EIGHT = U64(0), U64(8)
EACH = U64(0x0101010101010101)
LOW, HIGH, ALL = EACH * U64(0x7F), EACH * U64(0x80), U64(0xFFFFFFFFFFFFFFFF)
GATHER = U64(0x0102040810204080)
"""Times eight bytes of 0 or 1, this has their bits in its highest byte."""


@inlined
def eight_at(text: NDArray[np.uint8], i: int) -> np.uint64:
    """Read eight bytes, zeros past the end of the text."""
    if i + 8 <= text.shape[0]:
        return load_eight(text.ctypes.data + i)
    eight = NOTHING
    for k in range(text.shape[0] - 1, i - 1, -1):
        eight = eight << EIGHT | U64(text[k])
    return eight


@part
def lower_ascii(eight: np.uint64) -> np.uint64:
    """Lower the capitals A to Z among eight bytes, all at once."""
    low = eight & LOW
    capital = (low + EACH * U64(0x80 - 0x41)) & ~(low + EACH * U64(0x7F - 0x5A)) & ~eight & HIGH
    return eight | capital >> U64(2)


@part
def word_ascii(eight: np.uint64) -> np.uint64:
    """Set the highest bit of those of eight bytes that are a to z, 0 to 9 or the underscore."""
    low = eight & LOW
    letter = (low + EACH * U64(0x80 - 0x61)) & ~(low + EACH * U64(0x7F - 0x7A))
    digit = (low + EACH * U64(0x80 - 0x30)) & ~(low + EACH * U64(0x7F - 0x39))
    underscore = ~((low ^ EACH * U64(0x5F)) + LOW)
    return (letter | digit | underscore) & ~eight & HIGH


@inlined
def decode(text: NDArray[np.uint8], i: int) -> tuple[np.uint32, int]:
    """Read one code point of more than one byte; return it and where the next one starts."""
    lead = U32(text[i])
    last = U32(0x3F)
    if lead < U32(0xE0):
        return U32((lead & U32(0x1F)) << U32(6) | text[i + 1] & last), i + 2
    if lead < U32(0xF0):
        high = (lead & U32(0x0F)) << U32(12) | (text[i + 1] & last) << U32(6)
        return U32(high | text[i + 2] & last), i + 3
    high = (lead & U32(0x07)) << U32(18) | (text[i + 1] & last) << U32(12)
    return U32(high | (text[i + 2] & last) << U32(6) | text[i + 3] & last), i + 4


@inlined
def entry(text: NDArray[np.uint8], i: int, table: NDArray[np.uint64]) -> tuple[np.uint64, int]:
    """Return the table entry of the character at `i` and where the next one starts."""
    first = text[i]
    if first < U8(0x80):
        return table[first], i + 1
    if U8(0xC0) <= first < U8(0xE0):
        return table[U32(first & U8(0x1F)) << U32(6) | U32(text[i + 1] & U8(0x3F))], i + 2
    char, after = decode(text, i)
    if char < LIMIT:
        return table[char], after
    return _beyond(char), after


@part
def _beyond(char: np.uint32) -> np.uint64:
    """Return the entry of a character that the table does not reach."""
    if _FIRST_SELECTOR <= char <= _LAST_SELECTOR:
        low, middle = U64(0x80) | U64(char) & U64(0x3F), U64(0x80) | U64(char) >> U64(6) & U64(0x3F)
        return U64(0xA0F3) | middle << U64(16) | low << U64(24) | U64(4) << LENGTH | MARK | IGNORABLE
    if char == _FIRST_TAG or _SPACE_TAG <= char <= _LAST_TAG:
        return IGNORABLE
    return NOTHING


@part
def entry_before(text: NDArray[np.uint8], i: int, table: NDArray[np.uint64]) -> tuple[np.uint64, int]:
    """Return the table entry of the character that ends at `i` and where it starts."""
    i -= 1
    while text[i] & U8(0xC0) == U8(0x80):
        i -= 1
    found, _ = entry(text, i, table)
    return found, i


@part
def sigma(text: NDArray[np.uint8], start: int, i: int, end: int, table: NDArray[np.uint64]) -> np.uint64:
    """Return the entry of the lower case of a capital sigma at `i` of the text `start:end`."""
    final = _is_final(text, start, i, end, table)
    return (FINAL_SIGMA if final else SMALL_SIGMA) | U64(2) << LENGTH | WORD


@part
def _is_final(text: NDArray[np.uint8], start: int, i: int, end: int, table: NDArray[np.uint64]) -> bool:
    """Tell whether the capital sigma at `i` ends a word, as `str.lower` decides it."""
    at = i
    found = NOTHING
    while at > start:
        found, at = entry_before(text, at, table)
        if not found & IGNORABLE:
            break
    if found & IGNORABLE or not found & CASED:
        return False
    after = i + 2
    while after < end:
        found, after = entry(text, after, table)
        if not found & IGNORABLE:
            return not found & CASED
    return True
