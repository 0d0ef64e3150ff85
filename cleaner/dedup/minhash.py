"""Shingles, their hashes and exact similarity as pure functions: the definition that the kernels follow.

`cleaner.dedup.kernels` computes the same from UTF-8 bytes, without an object for a token; the tests
compare the two, and the signatures with datasketch itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from cleaner.dedup.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from datasketch import LeanMinHash, MinHash

    from cleaner.dedup.table import PassageTable

T = TypeVar("T")
_MASK = (1 << 64) - 1
_BASIS = 0xCBF29CE484222325
_POLYNOMIAL = 0x9E3779B97F4A7C15


def shingles(text: str, *, size: int = 5) -> frozenset[tuple[str, ...]]:
    """Return the set of `size` consecutive tokens; a shorter text is a single shingle.

    >>> sorted(shingles("a b c d", size=3))
    [('a', 'b', 'c'), ('b', 'c', 'd')]
    """
    return frozenset(_windows(tokens(text), size))


def jaccard(first: AbstractSet[object], second: AbstractSet[object]) -> float:
    """Return the share of what two sets have in common, 1.0 for two empty ones.

    >>> jaccard({1, 2, 3}, {2, 3, 4})
    0.5
    """
    both = len(first & second)
    either = len(first) + len(second) - both
    return both / either if either else 1.0


def shingle_hashes(text: str, *, size: int = 5) -> list[int]:
    """Return the 64-bit hashes of the shingles of a text, in its order, repeated ones too.

    >>> [hex(number) for number in shingle_hashes("a b")]
    ['0xf0c2117292b3c929']
    """
    return polynomials(hashes_of(tokens(text)), size)


def hashes_of(found: Sequence[str]) -> list[int]:
    """Return the 64-bit hashes of tokens.

    >>> hashes_of(["a", "a"]) == 2 * hashes_of(["a"])
    True
    """
    return [_token_hash(token) for token in found]


def polynomials(hashes: Sequence[int], size: int) -> list[int]:
    """Combine the hashes of consecutive tokens to those of shingles.

    >>> polynomials([3, 4], 1), polynomials([0, 4], 5)
    ([3, 4], [4])
    """
    found = []
    for window in _windows(hashes, size):
        total = 0
        for number in window:
            total = (total * _POLYNOMIAL + number) & _MASK
        found.append(total)
    return found


def _windows(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield `size` consecutive items from every place; all of them when there are fewer."""
    for i in range(max(1, len(items) - size + 1)):
        yield tuple(items[i : i + size])


@lru_cache(maxsize=1 << 16)
def _token_hash(token: str) -> int:
    """Mix in the UTF-8 bytes of a token, eight at a time, the first one lowest."""
    raw, number = token.encode("utf-8", "surrogatepass"), _BASIS
    for i in range(0, len(raw), 8):
        number = mix(number ^ int.from_bytes(raw[i : i + 8], "little"))
    return number


def mix(number: int) -> int:
    """Mix a number with the 64-bit finalizer of MurmurHash3.

    >>> mix(0), mix(1) == mix(2)
    (0, False)
    """
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        number = ((number ^ number >> 33) * factor) & _MASK
    return number ^ number >> 33


def datasketch_of(text: str, *, size: int = 5) -> MinHash:
    """Make the sketch of a text with datasketch, from the upper halves of its shingle hashes.

    >>> from cleaner.dedup.parameters import SEED
    >>> datasketch_of("a b c").jaccard(datasketch_of("A, b; c!")), datasketch_of("a b c").seed == SEED
    (1.0, True)
    """
    from datasketch import MinHash

    from cleaner.dedup.parameters import PERMUTATIONS, SEED

    made = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme="affine32", hashfunc=int)
    made.update_batch([number >> 32 for number in shingle_hashes(text, size=size)])
    return made


def lean_sketches(table: PassageTable) -> Iterator[tuple[int, LeanMinHash]]:
    """Yield the passages of a table that have a signature (numbers in the table), and it as a LeanMinHash."""
    from datasketch import LeanMinHash

    from cleaner.dedup.parameters import SEED

    for passage, values in zip(table.long, table.signatures, strict=True):
        yield int(passage), LeanMinHash(seed=SEED, hashvalues=values, scheme="affine32")
