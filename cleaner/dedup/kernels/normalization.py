"""NFC of a text in UTF-8: for the few that are not in it; the tokenizer tells them from all others.

The algorithm is that of Unicode Standard Annex 15: characters are taken apart, marks are put in the
order of their combining classes, and what composes is composed. Hangul is computed (a syllable need not be
taken apart: what follows composes with it as it would with its parts), all else looked up behind the
entries of the character table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.character_table import LIMIT
from cleaner.dedup.kernels.characters import COMBINING, I64, U8, U32, U64, decode
from cleaner.engines.compiling import part

_MOST = 4
"""Characters that one is taken apart into, at most."""
_SYLLABLE, _LEAD, _VOWEL, _TRAIL = 0xAC00, 0x1100, 0x1161, 0x11A7
_LEADS, _VOWELS, _TRAILS = 19, 21, 28
_CODE = U64((1 << 21) - 1)


@part
def normalized(text: NDArray[np.uint8], start: int, end: int, table: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the NFC of `text[start:end]`."""
    codes = np.empty(_MOST * (end - start), np.uint32)
    count = I64(0)
    i = start
    while i < end:
        code = U32(text[i])
        if code < U32(0x80):
            i += 1
        else:
            code, i = decode(text, i)
        count = _decompose(I64(code), codes, count, table)
    return _encoded(codes[: _compose(codes, count, table)])


@part
def _class_of(code: int, table: NDArray[np.uint64]) -> int:
    """Return the canonical combining class."""
    return I64(table[code] >> COMBINING) if code < LIMIT else 0


@part
def _place(wanted: np.uint64, first: int, last: int, table: NDArray[np.uint64]) -> int:
    """Find the first number of the sorted `table[first:last]` that is not under the wanted one."""
    while first < last:
        middle = (first + last) // 2
        if table[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    return first


@part
def _decompose(code: int, codes: NDArray[np.uint32], count: int, table: NDArray[np.uint64]) -> int:
    """Append a character, taken apart, with its marks in order; return the number of all."""
    first = I64(LIMIT) + 1
    last = first + I64(table[LIMIT])
    at = count
    codes[count] = code
    count += 1
    while True:  # what is taken apart may have a first part that is
        code = I64(codes[at])
        place = _place(U64(code) << U64(42), first, last, table)
        if place == last or I64(table[place] >> U64(42)) != code:
            break
        codes[at] = table[place] >> U64(21) & _CODE
        second = U32(table[place] & _CODE)
        if second:
            for k in range(count, at + 1, -1):
                codes[k] = codes[k - 1]
            codes[at + 1] = second
            count += 1
    for k in range(at, count):
        _sift(codes, k, table)
    return count


@part
def _sift(codes: NDArray[np.uint32], k: int, table: NDArray[np.uint64]) -> None:
    """Put a mark before those of a higher class that it follows."""
    code = codes[k]
    own = _class_of(I64(code), table)
    while own and k and _class_of(I64(codes[k - 1]), table) > own:
        codes[k] = codes[k - 1]
        k -= 1
    codes[k] = code


@part
def _compose(codes: NDArray[np.uint32], count: int, table: NDArray[np.uint64]) -> int:
    """Compose in place what composes; return how many characters are left."""
    kept, starter, before = 0, -1, 0
    for k in range(count):
        code = codes[k]
        own = _class_of(I64(code), table)
        if starter >= 0 and (kept == starter + 1 or before < own):
            both = _pair(I64(codes[starter]), I64(code), table)
            if both:
                codes[starter] = both
                continue
        if own == 0:
            starter = kept
        before = own
        codes[kept] = code
        kept += 1
    return kept


@part
def _pair(first: int, second: int, table: NDArray[np.uint64]) -> int:
    """Return what two characters compose to; 0 for nothing."""
    lead, vowel, number = first - _LEAD, second - _VOWEL, first - _SYLLABLE
    if 0 <= lead < _LEADS and 0 <= vowel < _VOWELS:
        return _SYLLABLE + (lead * _VOWELS + vowel) * _TRAILS
    if 0 <= number < _LEADS * _VOWELS * _TRAILS and number % _TRAILS == 0 and 0 < second - _TRAIL < _TRAILS:
        return first + second - _TRAIL
    wanted = U64(first) << U64(42) | U64(second) << U64(21)
    place = _place(wanted, I64(LIMIT) + 1 + I64(table[LIMIT]), table.shape[0], table)
    if place < table.shape[0] and table[place] & ~_CODE == wanted:
        return I64(table[place] & _CODE)
    return 0


@part
def _encoded(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return characters in UTF-8."""
    out = np.empty(4 * codes.shape[0], np.uint8)
    size, last = 0, U32(0x3F)
    for code in codes:
        if code < U32(0x80):
            out[size] = U8(code)
            size += 1
            continue
        if code < U32(0x800):
            out[size] = U8(U32(0xC0) | code >> U32(6))
            size += 1
        elif code < U32(0x10000):
            out[size] = U8(U32(0xE0) | code >> U32(12))
            out[size + 1] = U8(U32(0x80) | code >> U32(6) & last)
            size += 2
        else:
            out[size] = U8(U32(0xF0) | code >> U32(18))
            out[size + 1] = U8(U32(0x80) | code >> U32(12) & last)
            out[size + 2] = U8(U32(0x80) | code >> U32(6) & last)
            size += 3
        out[size] = U8(U32(0x80) | code & last)
        size += 1
    return out[:size]
