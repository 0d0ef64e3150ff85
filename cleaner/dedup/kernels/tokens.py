"""Tokens and shingles of UTF-8 bytes as 64-bit hashes, without an object for a token.

A token's hash runs over its lower-case UTF-8 bytes, eight at a time, each mixed in by the finalizer
of MurmurHash3; a shingle's is a polynomial in the hashes of its tokens. `cleaner.dedup.minhash` has both
as pure functions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.characters import (
    ALL,
    ALONE,
    BASIS,
    BYTES,
    EIGHT,
    GATHER,
    HIGH,
    I64,
    LENGTH,
    LENGTHS,
    MIX_1,
    MIX_2,
    NOTHING,
    POLYNOMIAL,
    SHIFT,
    SPECIAL,
    U8,
    U64,
    WORD,
    eight_at,
    entry,
    lower_ascii,
    sigma,
    word_ascii,
)
from cleaner.dedup.kernels.compiler import bytes_at, inlined, kernel, part, read_file, trailing_zeros


@part
def mix(x: np.uint64) -> np.uint64:
    """Spread every bit of a number over all its bits (fmix64, a bijection)."""
    x = (x ^ (x >> SHIFT)) * MIX_1
    x = (x ^ (x >> SHIFT)) * MIX_2
    return x ^ (x >> SHIFT)


@kernel
def tokenize(
    text: NDArray[np.uint8], start: int, end: int, table: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> int:
    """Write the hash of each token of `text[start:end]` to `hashes`; return their number.

    `hashes` has room for twice as many numbers as there are bytes, and for two more. First all
    runs are found (their edges stand in the second half), then each is hashed, eight bytes at a
    time; one with bytes beyond ASCII is read by the character, and may hold several tokens.
    """
    edges = hashes[end - start :]
    found = _edges(text, start, end, edges)
    count = 0
    for k in range(0, found, 2):
        i, stop = I64(edges[k]), I64(edges[k + 1])
        token, beyond = BASIS, NOTHING
        while stop - i > 8:
            eight = eight_at(text, i)
            beyond |= eight
            token = mix(token ^ lower_ascii(eight))
            i += 8
        eight = eight_at(text, i) & ALL >> (U64(64) - U64(stop - i) * EIGHT)
        if (beyond | eight) & HIGH:
            count = _read(text, I64(edges[k]), stop, start, end, table, hashes, count)
        else:
            hashes[count] = mix(token ^ lower_ascii(eight))
            count += 1
    return count


@inlined
def _edges(text: NDArray[np.uint8], start: int, end: int, edges: NDArray[np.uint64]) -> int:
    """Write where runs of ASCII word characters and bytes beyond ASCII begin and end; return the number."""
    count, before = 0, NOTHING
    for block in range(start, end, 64):
        inside = NOTHING
        for k in range(0, min(64, end - block), 8):
            eight = eight_at(text, block + k)
            high = word_ascii(lower_ascii(eight)) | eight & HIGH
            inside |= (high >> U64(7)) * GATHER >> U64(56) << U64(k)
        if end - block < 64:
            inside &= (U64(1) << U64(end - block)) - U64(1)
        changes = inside ^ (inside << U64(1) | before)
        before = inside >> U64(63)
        while changes:
            edges[count] = U64(block) + trailing_zeros(changes)
            changes &= changes - U64(1)
            count += 1
    if before:
        edges[count] = U64(end)
        count += 1
    return count


@inlined
def _read(
    text: NDArray[np.uint8],
    i: int,
    stop: int,
    start: int,
    end: int,
    table: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    count: int,
) -> int:
    """Append the hashes of the tokens of `text[i:stop]`, read by the character; return the number of all.

    `start` and `end` are those of the whole text, which lower case may depend on. `token` is the
    hash of the full eights of the token so far, `tail` the `used` bytes after them.
    """
    token, tail, used = BASIS, NOTHING, NOTHING
    while i < stop:
        at = i
        found, i = entry(text, at, table)
        if found & SPECIAL and i == at + 2 and text[at] == U8(0xCE):
            found = sigma(text, start, at, end, table)
        if found & (WORD | ALONE) == WORD:
            more, number = found & BYTES, found >> LENGTH & LENGTHS
            if used == EIGHT:
                token, tail, used = mix(token ^ tail), more, number
            else:
                tail |= more << (used * EIGHT)
                used += number
                if used > EIGHT:
                    token = mix(token ^ tail)
                    used -= EIGHT
                    tail = more >> ((number - used) * EIGHT)
            if not found & SPECIAL:
                continue
        if used:
            hashes[count] = mix(token ^ tail)
            count += 1
            token, tail, used = BASIS, NOTHING, NOTHING
        if found & ALONE:
            hashes[count] = mix(BASIS ^ found & BYTES)
            count += 1
    if used:
        hashes[count] = mix(token ^ tail)
        count += 1
    return count


@kernel
def shingle(hashes: NDArray[np.uint64], count: int, size: int) -> int:
    """Replace token hashes by the hashes of their shingles; return the number of these, at least one."""
    width = min(size, count)
    power, rolling = U64(1), NOTHING
    for i in range(width):
        power *= POLYNOMIAL
        rolling = rolling * POLYNOMIAL + hashes[i]
    for i in range(count - width):
        gone = hashes[i]
        hashes[i] = rolling
        rolling = rolling * POLYNOMIAL + hashes[i + width] - gone * power
    hashes[count - width] = rolling
    return count - width + 1


def room_for(most: int) -> int:
    """Return the room that `shingles_at` needs for texts of up to `most` bytes."""
    return 2 * most + 2 + most // 8 + 1


@part
def shingles_at(
    place: int, length: int, size: int, table: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> int:
    """Write the shingle hashes of the text at an address, or place in a file; return their number."""
    if place < 0:  # it is read to the end of the room
        address = hashes.ctypes.data + 8 * (2 * I64(length) + 2)
        read_file(place, address, I64(length))
        place = address
    text = bytes_at(place, I64(length))
    return shingle(hashes, tokenize(text, I64(0), I64(length), table, hashes), size)
