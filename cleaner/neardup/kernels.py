"""Compiled parts that digesting and verifying share: tokens, shingles, set similarity.

A token's hash is FNV-1a over its lower-case code points, mixed by the finalizer of MurmurHash3; a
shingle's is a polynomial in the hashes of its tokens, mixed the same way. `cleaner.minhash` has
both as pure functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import carray, njit, types  # type: ignore[attr-defined]
from numba.extending import intrinsic
from numpy.typing import NDArray

from cleaner.neardup import unicode

U8, U32, U64 = np.uint8, np.uint32, np.uint64

LOWER, WORD, ALONE = U32(unicode.LOWER), U32(unicode.WORD), U32(unicode.ALONE)
CASED, IGNORABLE = U32(unicode.CASED), U32(unicode.IGNORABLE)
TOKEN = U32(unicode.WORD | unicode.ALONE)
LIMIT, UNSPACED_LIMIT = U32(unicode.LIMIT), U32(0x40000)
SIGMA, SMALL_SIGMA, FINAL_SIGMA, DOTTED_I = U32(0x3A3), U32(0x3C3), U32(0x3C2), U32(0x130)
FNV_BASIS, FNV_PRIME = U64(0xCBF29CE484222325), U64(0x100000001B3)
POLYNOMIAL = U64(0x9E3779B97F4A7C15)
MIX_1, MIX_2, SHIFT = U64(0xFF51AFD7ED558CCD), U64(0xC4CEB9FE1A85EC53), U64(33)


@intrinsic
def _pointer(_context: Any, _address: Any) -> Any:  # noqa: ANN401 - numba's own protocol
    """Turn an address into a pointer, so that one kernel reads the mapped files of many shards."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), build


@njit(cache=True, nogil=True)
def bytes_at(address: int, size: int) -> NDArray[np.uint8]:
    """View mapped memory as bytes; the caller keeps it mapped."""
    return carray(_pointer(address), (size,), np.uint8)  # type: ignore[call-arg]


@njit(cache=True, nogil=True)
def words_at(address: int, size: int) -> NDArray[np.uint32]:
    """View mapped memory as 32-bit numbers; the caller keeps it mapped."""
    return carray(_pointer(address), (size,), np.uint32)  # type: ignore[call-arg]


@njit(cache=True, nogil=True)
def mix(x: np.uint64) -> np.uint64:
    """Spread every bit of a number over all its bits (fmix64, a bijection)."""
    x = (x ^ (x >> SHIFT)) * MIX_1
    x = (x ^ (x >> SHIFT)) * MIX_2
    return x ^ (x >> SHIFT)


@njit(cache=True, nogil=True)
def decode(text: NDArray[np.uint8], i: int) -> tuple[np.uint32, int]:
    """Read one code point of more than one byte; give it and where the next one starts."""
    lead = U32(text[i])
    last = U32(0x3F)
    if lead < U32(0xE0):
        return U32((lead & U32(0x1F)) << U32(6) | text[i + 1] & last), i + 2
    if lead < U32(0xF0):
        high = (lead & U32(0x0F)) << U32(12) | (text[i + 1] & last) << U32(6)
        return U32(high | text[i + 2] & last), i + 3
    high = (lead & U32(0x07)) << U32(18) | (text[i + 1] & last) << U32(12)
    return U32(high | (text[i + 2] & last) << U32(6) | text[i + 3] & last), i + 4


@njit(cache=True, nogil=True)
def entry(text: NDArray[np.uint8], i: int, table: NDArray[np.uint32]) -> tuple[np.uint32, int]:
    """Give the table entry of the character at `i` and where the next one starts."""
    if text[i] < U8(0x80):
        return table[text[i]], i + 1
    char, after = decode(text, i)
    return (table[char] if char < LIMIT else U32(0)), after


@njit(cache=True, nogil=True)
def _is_final(text: NDArray[np.uint8], start: int, i: int, end: int, table: NDArray[np.uint32]) -> bool:
    """Say whether the capital sigma at `i` ends a word, as `str.lower` decides it."""
    before = i
    found = U32(0)
    while before > start:
        before -= 1
        while text[before] & U8(0xC0) == U8(0x80):
            before -= 1
        found, _ = entry(text, before, table)
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


@njit(cache=True, nogil=True)
def tokenize(
    text: NDArray[np.uint8], start: int, end: int, table: NDArray[np.uint32], hashes: NDArray[np.uint64]
) -> int:
    """Write the hash of each token of `text[start:end]` to `hashes` (one place a byte); give their number."""
    count, i = 0, start
    token, inside = FNV_BASIS, False
    while i < end:
        first = text[i]
        if first < U8(0x80):
            found = table[first]
            i += 1
        else:
            at = i
            char, i = decode(text, i)
            if char >= LIMIT:
                found = U32(char | ALONE) if char < UNSPACED_LIMIT else U32(0)
            elif char == SIGMA:
                final = _is_final(text, start, at, end, table)
                found = U32((FINAL_SIGMA if final else SMALL_SIGMA) | WORD)
            elif char == DOTTED_I:  # an i and a combining dot, which ends the token
                hashes[count] = mix((token ^ U64(0x69)) * FNV_PRIME)
                count += 1
                token, inside = FNV_BASIS, False
                continue
            else:
                found = table[char]
        kind = found & TOKEN
        if kind == WORD:
            token = (token ^ U64(found & LOWER)) * FNV_PRIME
            inside = True
            continue
        if inside:
            hashes[count] = mix(token)
            count += 1
            token, inside = FNV_BASIS, False
        if kind != U32(0):
            hashes[count] = mix((FNV_BASIS ^ U64(found & LOWER)) * FNV_PRIME)
            count += 1
    if inside:
        hashes[count] = mix(token)
        count += 1
    return count


@njit(cache=True, nogil=True)
def shingle(hashes: NDArray[np.uint64], count: int, size: int) -> int:
    """Replace token hashes by the hashes of their shingles; give the number of these, at least one."""
    width = min(size, count)
    power, rolling = U64(1), U64(0)
    for _ in range(width):
        power *= POLYNOMIAL
    for i in range(width):
        rolling = rolling * POLYNOMIAL + hashes[i]
    number = 1
    while width + number <= count:
        gone = hashes[number - 1]
        hashes[number - 1] = mix(rolling)
        rolling = rolling * POLYNOMIAL + hashes[width + number - 1] - gone * power
        number += 1
    hashes[number - 1] = mix(rolling)
    return number


@njit(cache=True, nogil=True)
def collect(
    hashes: NDArray[np.uint64], count: int, slots: NDArray[np.uint64], marks: NDArray[np.uint32]
) -> int:
    """Put hashes into an empty open-addressing set (mark 1: used); give how many are distinct."""
    mask = U64(slots.shape[0] - 1)
    distinct = 0
    for i in range(count):
        at = hashes[i] & mask
        while marks[at] and slots[at] != hashes[i]:
            at = (at + U64(1)) & mask
        if not marks[at]:
            slots[at], marks[at] = hashes[i], U32(1)
            distinct += 1
    return distinct


@njit(cache=True, nogil=True)
def common(
    hashes: NDArray[np.uint64],
    count: int,
    slots: NDArray[np.uint64],
    marks: NDArray[np.uint32],
    stamp: np.uint32,
    own_slots: NDArray[np.uint64],
    own_marks: NDArray[np.uint32],
) -> tuple[int, int]:
    """Give how many distinct hashes there are, and how many of them are in the set of `collect`.

    `stamp` is new for every call, at least 2: it saves emptying the marks in between.
    """
    mask = U64(slots.shape[0] - 1)
    both, only = 0, 0
    for i in range(count):
        at = hashes[i] & mask
        while marks[at] and slots[at] != hashes[i]:
            at = (at + U64(1)) & mask
        if marks[at]:
            both += marks[at] != stamp
            marks[at] = stamp
            continue
        at = hashes[i] & mask
        while own_marks[at] == stamp and own_slots[at] != hashes[i]:
            at = (at + U64(1)) & mask
        if own_marks[at] != stamp:
            own_slots[at], own_marks[at] = hashes[i], stamp
            only += 1
    return both + only, both
