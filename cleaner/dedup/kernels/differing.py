"""In what two texts differ, as `cleaner.dedup.differences` defines it, without an object for a token.

Numbers and names are compared by the sums of their hashes, negations by how many there are.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup import minhash
from cleaner.dedup.differences import SEPARATORS
from cleaner.dedup.kernels.character_table import SPACE as _SPACE_FLAG
from cleaner.dedup.kernels.character_table import VALUE as _VALUE_FLAG
from cleaner.dedup.kernels.characters import (
    BASIS,
    BYTES,
    DIGIT,
    I64,
    NOTHING,
    POLYNOMIAL,
    U8,
    U64,
    WORD,
    entry,
)
from cleaner.dedup.kernels.compiler import bytes_at
from cleaner.dedup.kernels.tokenizer import HYPHEN, located, mix, tokenize
from cleaner.dedup.negations import longest, negations
from cleaner.dedup.parameters import DIFFERENCES
from cleaner.engines.compiling import part

_NUMBER, _NEGATION, _NAME = (U8(1 << DIFFERENCES.index(name)) for name in ("number", "negation", "name"))
_SPACE, _VALUE = U64(_SPACE_FLAG), U64(_VALUE_FLAG)
_POINT, _COMMA = U64(ord(".")), U64(ord(","))
_SEPARATORS = np.array([int.from_bytes(sign.encode(), "little") for sign in SEPARATORS], np.uint64)
_SLOTS = 4096


@cache
def negation_table() -> NDArray[np.uint64]:
    """Return the hashes of the words that negate, in an open-addressing set; last, the tokens of the longest."""
    table = np.zeros(_SLOTS + 1, np.uint64)
    for form in sorted(negations()):
        (number,) = minhash.polynomials(minhash.hashes_of(form), len(form))
        at = number % _SLOTS
        while table[at]:
            at = (at + 1) % _SLOTS
        table[at] = number
    table[_SLOTS] = longest()
    return table


@part
def differing(
    place: int,
    length: int,
    other: int,
    other_length: int,
    table: NDArray[np.uint64],
    negations: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    other_hashes: NDArray[np.uint64],
    wanted: np.uint8,
) -> np.uint8:
    """Return which of the `wanted` bits of `DIFFERENCES` two texts at addresses, or places in files, have."""
    text = bytes_at(located(place, I64(length), hashes), I64(length))
    other_text = bytes_at(located(other, I64(other_length), other_hashes), I64(other_length))
    bits = U8(0)
    if wanted & (_NUMBER | _NAME):
        numbers, names = _scanned(text, table)
        other_numbers, other_names = _scanned(other_text, table)
        if numbers != other_numbers:
            bits |= _NUMBER
        if names != other_names:
            bits |= _NAME
    if wanted & _NEGATION and _negated(text, table, negations, hashes) != _negated(
        other_text, table, negations, other_hashes
    ):
        bits |= _NEGATION
    return bits & wanted


@part
def _negated(
    text: NDArray[np.uint8],
    table: NDArray[np.uint64],
    negations: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
) -> int:
    """Count the negations of a text, the longest at each place."""
    count, _ = tokenize(text, I64(0), I64(text.shape[0]), table, hashes)
    most, found, i = I64(negations[_SLOTS]), 0, 0
    while i < count:
        size, number = 0, NOTHING
        for n in range(min(most, count - i)):
            number = number * POLYNOMIAL + hashes[i + n]
            if _is_known(number, negations):
                size = n + 1
        found += size > 0
        i += max(size, 1)
    return found


@part
def _is_known(number: np.uint64, negations: NDArray[np.uint64]) -> bool:
    """Tell whether the hash of a sequence of tokens is one that negates."""
    at = number % U64(_SLOTS)
    while negations[at] and negations[at] != number:
        at = (at + U64(1)) % U64(_SLOTS)
    return bool(negations[at] == number)


@part
def _scanned(text: NDArray[np.uint8], table: NDArray[np.uint64]) -> tuple[np.uint64, np.uint64]:
    """Return the sums of the hashes of the numbers and of the names of a text."""
    numbers, names = NOTHING, NOTHING
    i, size = I64(0), text.shape[0]
    before, earlier = NOTHING, NOTHING
    while i < size:
        at = i
        found, i = entry(text, at, table)
        if found & _VALUE:
            numbers += mix(BASIS ^ found & BYTES)
        elif text[at] == HYPHEN and i < size and not before & WORD:
            following, _ = entry(text, i, table)
            if following & DIGIT:
                numbers += mix(BASIS ^ found & BYTES)
        elif found & DIGIT and not before & WORD:
            number, i = _number(text, at, table)
            numbers += number
        elif found & WORD and before & _SPACE and (earlier & WORD or earlier & BYTES == _COMMA):
            capital = False
            for k in range(at, i):
                capital |= (found >> (U64(8) * U64(k - at))) & U64(0xFF) != U64(text[k])
            name = BASIS
            while found & WORD:
                for k in range(at, i):
                    name = mix(name ^ U64(text[k]))
                before, at = found, i
                if i == size:
                    break
                found, after = entry(text, i, table)
                if found & WORD:
                    i = after
            if capital:
                names += name
            found = before
            before = NOTHING
        earlier, before = before, found
    return numbers, names


@part
def _number(text: NDArray[np.uint8], i: int, table: NDArray[np.uint64]) -> tuple[np.uint64, int]:
    """Return the hash of the number that begins at `i`, and where it ends."""
    number, size = BASIS, text.shape[0]
    while i < size:
        found, after = entry(text, i, table)
        if found & DIGIT:
            number = mix(number ^ found & BYTES)
            i = after
            continue
        separates = False
        for sign in _SEPARATORS:
            separates |= sign == found & BYTES
        if not separates or after == size:
            break
        found, _ = entry(text, after, table)
        if not found & DIGIT:
            break
        number = mix(number ^ _POINT)
        i = after
    return number, i
