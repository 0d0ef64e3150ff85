"""Tokens and shingles of UTF-8 bytes as 64-bit hashes, without an object for a token.

A token's hash runs over its lower-case UTF-8 bytes, eight at a time, each mixed in by the finalizer
of MurmurHash3; a shingle's is a polynomial in the hashes of its tokens. `cleaner.dedup.tokens` and
`cleaner.dedup.minhash` have both as pure functions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.characters import (
    ALL,
    ALONE,
    BASIS,
    BYTES,
    CHANGES,
    COMBINING,
    DIGIT,
    EIGHT,
    FIRST,
    GATHER,
    HIGH,
    I64,
    LENGTH,
    LENGTHS,
    MARK,
    MIX_1,
    MIX_2,
    NOTHING,
    POLYNOMIAL,
    SECOND,
    SHIFT,
    SIGMA,
    SIGN,
    U8,
    U64,
    WORD,
    eight_at,
    entry,
    entry_before,
    lower_ascii,
    sigma,
    word_ascii,
)
from cleaner.dedup.kernels.compiler import bytes_at, inlined, kernel, read_file, trailing_zeros
from cleaner.dedup.kernels.normalization import normalized
from cleaner.dedup.tokens import CHARACTERS_PER_WORD
from cleaner.engines.compiling import part

HYPHEN, SPACE = U8(ord("-")), U8(ord(" "))
_MAY_BE_SIGN = U64(sum({1 << (ord(sign) & 63) for sign in "$+-<=>|~"}))
"""Bits for the lower six bits of the signs of ASCII; the other bytes that share these are letters, and a brace."""
UNSTABLE = CHANGES | SECOND
_LOWER_DOTTED_I = U64(int.from_bytes("i\N{COMBINING DOT ABOVE}".encode(), "little"))
"""It ends with a mark."""
_NO, _YES = I64(0), I64(1)
"""No constants for the compiler, which would compile what is called with them once for each."""


@part
def mix(x: np.uint64) -> np.uint64:
    """Spread every bit of a number over all its bits (fmix64, a bijection)."""
    x = (x ^ (x >> SHIFT)) * MIX_1
    x = (x ^ (x >> SHIFT)) * MIX_2
    return x ^ (x >> SHIFT)


@kernel
def tokenize(
    text: NDArray[np.uint8], start: int, end: int, table: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> tuple[int, int]:
    """Write the hash of each token of `text[start:end]` to `hashes`; return their number, and that of words.

    `hashes` has room for twice as many numbers as there are bytes, and for two more. A text that is
    not in NFC is read from a copy that is.
    """
    count, words = _tokenize_nfc(text, start, end, table, hashes, _NO)
    if count < 0:
        return _tokenize_any(text, start, end, table, hashes)
    return count, words


@part
def _tokenize_any(
    text: NDArray[np.uint8], start: int, end: int, table: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> tuple[int, int]:
    """Do the work of `tokenize` on the NFC of the text."""
    form = normalized(text, start, end, table)
    room = np.empty(2 * form.shape[0] + 2, np.uint64)
    count, words = _tokenize_nfc(form, I64(0), form.shape[0], table, room, _YES)
    for i in range(count):
        hashes[i] = room[i]
    return count, words


@part
def _tokenize_nfc(
    text: NDArray[np.uint8],
    start: int,
    end: int,
    table: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    normal: int,
) -> tuple[int, int]:
    """Do the work of `tokenize`; return -1 for a text that may not be in NFC, unless it is known to be (`normal`).

    First all runs are found (their edges are in the second half of the room), then each is hashed
    eight bytes at a time. A run with bytes outside ASCII is read character by character and may hold
    several tokens. ASCII signs are between runs.
    """
    edges = hashes[end - start :]
    found = _edges(text, start, end, edges)
    count, words, alone, last = I64(0), 0, 0, start
    for k in range(0, found, 2):
        i, stop = I64(edges[k]), I64(edges[k + 1])
        if i - last != 1 or text[last] != SPACE:
            odd = NOTHING
            for at in range(last, i):
                odd |= _MAY_BE_SIGN >> (U64(text[at]) & U64(63))
            if odd & U64(1):
                count = _signs(text, last, i, start, end, table, hashes, count)
        last = stop
        token, beyond = BASIS, NOTHING
        while stop - i > 8:
            eight = eight_at(text, i)
            beyond |= eight
            token = mix(token ^ lower_ascii(eight))
            i += 8
        eight = eight_at(text, i) & ALL >> (U64(64) - U64(stop - i) * EIGHT)
        if (beyond | eight) & HIGH:
            count, spaced, unspaced = _read(
                text, I64(edges[k]), stop, start, end, table, hashes, count, normal
            )
            if count < 0:
                return -1, 0
            words += spaced
            alone += unspaced
        else:
            hashes[count] = mix(token ^ lower_ascii(eight))
            count += 1
            words += 1
    count = _signs(text, last, end, start, end, table, hashes, count)
    return count, words + alone // CHARACTERS_PER_WORD


@part
def _signs(
    text: NDArray[np.uint8],
    i: int,
    stop: int,
    start: int,
    end: int,
    table: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    count: int,
) -> int:
    """Append the hashes of the signs in `text[i:stop]`, which holds no word; return the number of all tokens."""
    while i < stop:
        byte = text[i]
        if table[byte] & SIGN or (byte == HYPHEN and _is_minus(text, i, start, end, table)):
            hashes[count] = mix(BASIS ^ U64(byte))
            count += 1
        i += 1
    return count


@part
def _is_minus(text: NDArray[np.uint8], i: int, start: int, end: int, table: NDArray[np.uint64]) -> bool:
    """Tell whether the hyphen at `i` stands directly before a digit and not after a word character."""
    if i + 1 == end:
        return False
    found, _ = entry(text, i + 1, table)
    if not found & DIGIT:
        return False
    if i == start:
        return True
    found, _ = entry_before(text, i, table)
    return not found & WORD or found & BYTES == _LOWER_DOTTED_I


@inlined
def _edges(text: NDArray[np.uint8], start: int, end: int, edges: NDArray[np.uint64]) -> int:
    """Write where runs of ASCII word characters and bytes outside ASCII begin and end; return the number."""
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
    normal: int,
) -> tuple[int, int, int]:
    """Append the hashes of the tokens of `text[i:stop]`, read by the character.

    Return the number of all tokens (-1 if the text may not be in NFC), and how many of these are words and
    characters of scripts without spaces. `start` and `end` are those of the whole text, which lower
    case may depend on. `token` is the hash of the full eights of the token so far, `tail` the `used`
    bytes after them; `kind` tells what it is, `starter` what a mark may be composed with.
    """
    token, tail, used, kind = BASIS, NOTHING, NOTHING, NOTHING
    spaced, unspaced = 0, 0
    starter, combining = NOTHING, NOTHING
    if i > start:
        starter, _ = entry_before(text, i, table)
    while i < stop:
        at = i
        found, i = entry(text, at, table)
        if not normal and (found & UNSTABLE or found >> COMBINING):
            order = found >> COMBINING
            if found & CHANGES or (found & SECOND and starter & FIRST) or (order and order < combining):
                return -1, 0, 0
            combining = order
        else:
            combining = NOTHING
        if not found >> COMBINING:
            starter = found
        if found & SIGMA:
            found = sigma(text, start, at, end, table)
        if used and (found & MARK or (kind & WORD and found & (WORD | ALONE) == WORD)):
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
            continue
        if used:
            hashes[count] = mix(token ^ tail)
            count += 1
            token, used = BASIS, NOTHING
        if found & SIGN and not found & ALONE:
            hashes[count] = mix(BASIS ^ found & BYTES)
            count += 1
        elif found & (WORD | ALONE):
            kind = ALONE if found & ALONE else WORD
            spaced += kind == WORD
            unspaced += kind == ALONE
            tail, used = found & BYTES, found >> LENGTH & LENGTHS
    if used:
        hashes[count] = mix(token ^ tail)
        count += 1
    return count, spaced, unspaced


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
def located(place: int, length: int, hashes: NDArray[np.uint64]) -> int:
    """Return the address of a text; one in a file is read to the end of the room for its hashes."""
    if place >= 0:
        return place
    address = hashes.ctypes.data + 8 * (2 * length + 2)
    read_file(place, address, length)
    return address


@part
def shingles_at(
    place: int, length: int, size: int, table: NDArray[np.uint64], hashes: NDArray[np.uint64]
) -> int:
    """Write the shingle hashes of the text at an address, or place in a file; return their number."""
    text = bytes_at(located(place, I64(length), hashes), I64(length))
    count, _ = tokenize(text, I64(0), I64(length), table, hashes)
    return shingle(hashes, count, size)
