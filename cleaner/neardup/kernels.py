"""Compiled parts that digesting and verifying share: tokens, shingles, set similarity.

A token's hash runs over its lower-case UTF-8 bytes, eight at a time, each mixed in by the finalizer
of MurmurHash3; a shingle's is a polynomial in the hashes of its tokens. `cleaner.minhash` has both
as pure functions. Memory is read as little-endian, as all platforms of numba are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import carray, njit, types  # type: ignore[attr-defined]
from numba.extending import intrinsic
from numpy.typing import NDArray

from cleaner.neardup import unicode

U8, U32, U64, I64 = np.uint8, np.uint32, np.uint64, np.int64

LOWER, WORD, ALONE = U32(unicode.LOWER), U32(unicode.WORD), U32(unicode.ALONE)
CASED, IGNORABLE = U32(unicode.CASED), U32(unicode.IGNORABLE)
TOKEN = U32(unicode.WORD | unicode.ALONE)
LIMIT, UNSPACED_LIMIT = U32(unicode.LIMIT), U32(0x40000)
SIGMA, SMALL_SIGMA, FINAL_SIGMA, DOTTED_I = U32(0x3A3), U32(0x3C3), U32(0x3C2), U32(0x130)
BASIS = U64(0xCBF29CE484222325)
POLYNOMIAL = U64(0x9E3779B97F4A7C15)
MIX_1, MIX_2, SHIFT = U64(0xFF51AFD7ED558CCD), U64(0xC4CEB9FE1A85EC53), U64(33)
NOTHING, EIGHT = U64(0), U64(8)
EACH = U64(0x0101010101010101)
LOW, HIGH, ALL = EACH * U64(0x7F), EACH * U64(0x80), U64(0xFFFFFFFFFFFFFFFF)
GATHER = U64(0x0102040810204080)
"""Times eight bytes of 0 or 1, this has their bits in its highest byte."""


@intrinsic
def _pointer(_context: Any, _address: Any) -> Any:  # noqa: ANN401 - numba's own protocol
    """Turn an address into a pointer, so that one kernel reads the mapped files of many shards."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), build


@intrinsic
def _load(_context: Any, _address: Any) -> Any:  # noqa: ANN401
    """Read eight bytes at an address that need not be aligned, the first one lowest."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        loaded = builder.load(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return types.uint64(types.int64), build


@intrinsic
def trailing_zeros(_context: Any, _number: Any) -> Any:  # noqa: ANN401
    """Count the zero bits below the lowest one; 64 for zero."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), build


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
def lower_ascii(eight: np.uint64) -> np.uint64:
    """Lower the capitals A to Z among eight bytes, all at once."""
    low = eight & LOW
    capital = (low + EACH * U64(0x80 - ord("A"))) & ~(low + EACH * U64(0x7F - ord("Z"))) & ~eight & HIGH
    return eight | capital >> U64(2)


@njit(cache=True, nogil=True)
def word_ascii(eight: np.uint64) -> np.uint64:
    """Set the highest bit of those of eight bytes that are a to z, 0 to 9 or the underscore."""
    low = eight & LOW
    letter = (low + EACH * U64(0x80 - ord("a"))) & ~(low + EACH * U64(0x7F - ord("z")))
    digit = (low + EACH * U64(0x80 - ord("0"))) & ~(low + EACH * U64(0x7F - ord("9")))
    underscore = ~((low ^ EACH * U64(ord("_"))) + LOW)
    return (letter | digit | underscore) & ~eight & HIGH


@njit(cache=True, nogil=True)
def utf8(char: np.uint32) -> tuple[np.uint64, np.uint64]:
    """Give the bytes of a character, the first one lowest, and their number."""
    c = U64(char)
    last = U64(0x80) | c & U64(0x3F)
    if c < U64(0x80):
        return c, U64(1)
    if c < U64(0x800):
        return U64(0xC0) | c >> U64(6) | last << U64(8), U64(2)
    middle = U64(0x80) | c >> U64(6) & U64(0x3F)
    if c < U64(0x10000):
        return U64(0xE0) | c >> U64(12) | middle << U64(8) | last << U64(16), U64(3)
    first = U64(0xF0) | c >> U64(18) | (U64(0x80) | c >> U64(12) & U64(0x3F)) << U64(8)
    return first | middle << U64(16) | last << U64(24), U64(4)


@njit(cache=True, nogil=True)
def _lookup(
    text: NDArray[np.uint8], start: int, i: int, end: int, table: NDArray[np.uint32]
) -> tuple[np.uint32, int]:
    """Give lower case and kind of the character at `i`, in the text from `start` to `end`, and what follows it."""
    first = text[i]
    if first < U8(0x80):
        return table[first], i + 1
    char, after = decode(text, i)
    if char >= LIMIT:
        return (U32(char | ALONE) if char < UNSPACED_LIMIT else U32(0)), after
    if char == SIGMA:
        final = _is_final(text, start, i, end, table)
        return U32((FINAL_SIGMA if final else SMALL_SIGMA) | WORD), after
    return table[char], after


@njit(cache=True, nogil=True)
def eight_at(text: NDArray[np.uint8], i: int) -> np.uint64:
    """Read eight bytes, zeros past the end of the text."""
    if i + 8 <= text.shape[0]:
        return _load(text.ctypes.data + i)  # type: ignore[no-any-return,call-arg]
    eight = NOTHING
    for k in range(text.shape[0] - 1, i - 1, -1):
        eight = eight << EIGHT | U64(text[k])
    return eight


@njit(cache=True, nogil=True)
def _edges(text: NDArray[np.uint8], start: int, end: int, edges: NDArray[np.uint64]) -> int:
    """Write where runs of ASCII word characters and bytes beyond ASCII begin and end; give how many of both."""
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


@njit(cache=True, nogil=True)
def tokenize(
    text: NDArray[np.uint8], start: int, end: int, table: NDArray[np.uint32], hashes: NDArray[np.uint64]
) -> int:
    """Write the hash of each token of `text[start:end]` to `hashes`; give their number.

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


@njit(cache=True, nogil=True)
def _read(
    text: NDArray[np.uint8],
    i: int,
    stop: int,
    start: int,
    end: int,
    table: NDArray[np.uint32],
    hashes: NDArray[np.uint64],
    count: int,
) -> int:
    """Append the hashes of the tokens of `text[i:stop]`, read by the character; give the number of all hashes.

    `start` and `end` are those of the whole text, which lower case may depend on. `token` is the
    hash of the full eights of the token so far, `tail` the `used` bytes after them.
    """
    token, tail, used, inside = BASIS, NOTHING, NOTHING, False
    while i < stop:
        found, after = _lookup(text, start, i, end, table)
        dotted = found & LOWER == U32(0x69) and after == i + 2  # its combining dot ends the token
        i = after
        kind = found & TOKEN
        if kind == WORD:
            if used == EIGHT:
                token, tail, used = mix(token ^ tail), NOTHING, NOTHING
            more, number = utf8(found & LOWER)
            tail |= more << (used * EIGHT)
            used += number
            inside = True
            if used > EIGHT:
                token = mix(token ^ tail)
                used -= EIGHT
                tail = more >> ((number - used) * EIGHT)
            if not dotted:
                continue
        if inside:
            hashes[count] = mix(token ^ tail)
            count += 1
            token, tail, used, inside = BASIS, NOTHING, NOTHING, False
        if kind & ALONE:
            hashes[count] = mix(BASIS ^ utf8(found & LOWER)[0])
            count += 1
    if inside:
        hashes[count] = mix(token ^ tail)
        count += 1
    return count


@njit(cache=True, nogil=True)
def shingle(hashes: NDArray[np.uint64], count: int, size: int) -> int:
    """Replace token hashes by the hashes of their shingles; give the number of these, at least one."""
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


@njit(cache=True, nogil=True)
def collect(
    hashes: NDArray[np.uint64], count: int, slots: NDArray[np.uint64], marks: NDArray[np.uint32]
) -> int:
    """Put hashes into an empty open-addressing set (mark 1: used); give how many are distinct."""
    mask = U64(slots.shape[0] - 1)
    distinct = 0
    for i in range(count):
        at = hashes[i] >> U64(20) & mask
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
        at = hashes[i] >> U64(20) & mask
        while marks[at] and slots[at] != hashes[i]:
            at = (at + U64(1)) & mask
        if marks[at]:
            both += marks[at] != stamp
            marks[at] = stamp
            continue
        at = hashes[i] >> U64(20) & mask
        while own_marks[at] == stamp and own_slots[at] != hashes[i]:
            at = (at + U64(1)) & mask
        if own_marks[at] != stamp:
            own_slots[at], own_marks[at] = hashes[i], stamp
            only += 1
    return both + only, both
