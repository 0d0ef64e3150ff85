"""Candidates: the passages that share a band key, one band at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.chars import I64, U32, U64
from cleaner.neardup.compiled import kernel

NOWHERE = 0xFFFFFFFF
_LEFT = U64(1)


@dataclass(frozen=True, slots=True)
class Buckets:
    """The passages that meet another one, and where.

    `rows` (ascending): their signature rows in the corpus. `bucket` (uint32, rows x bands): the
    number of the bucket in each band, or `NOWHERE`. `start` (uint32, buckets + 1): room for the
    members that later ones are compared with, at most `cap` and never the last one.
    """

    rows: NDArray[np.int64]
    bucket: NDArray[np.uint32]
    start: NDArray[np.uint32]


def buckets(
    keys: Callable[[int, NDArray[np.int64]], NDArray[np.uint32]],
    rows: NDArray[np.int64],
    bands: int,
    cap: int,
    scopes: NDArray[np.int32] | None = None,
    *,
    everyone: bool = False,
) -> Buckets:
    """Find the buckets of two or more among the signature rows `rows`.

    `keys(band, rows)` gives keys of a band. With `scopes` only rows of one scope (document) can
    meet; `everyone` also takes those that meet none. Two passes over the keys: the first marks rows
    that may meet another, the second sorts the keys of those, band by band.
    """
    meets = np.full(rows.size, everyone)
    bits = np.zeros((2, 1 << max(0, (8 * rows.size).bit_length() - 6)), np.uint64)
    for band in range(bands):
        bits[:] = 0
        _mark(_scoped(keys(band, rows), scopes), bits, meets)
    active = np.flatnonzero(meets)
    rows = rows[active]
    scopes = None if scopes is None else scopes[active]
    bucket = np.full((active.size, bands), NOWHERE, np.uint32)
    sizes: list[NDArray[np.uint32]] = [np.zeros(1, np.uint32)]
    number = 0
    for band in range(bands):
        wanted = _scoped(keys(band, rows), scopes).astype(np.uint64) << U64(32)
        wanted |= np.arange(active.size, dtype=np.uint64)
        wanted.sort()
        found = _group(wanted, number, bucket[:, band])
        sizes.append(np.minimum(found - U32(1), U32(cap)))
        number += found.size
    return Buckets(rows, bucket, np.cumsum(np.concatenate(sizes), dtype=np.uint32))


def _scoped(keys: NDArray[np.uint32], scopes: NDArray[np.int32] | None) -> NDArray[np.uint32]:
    """Make the keys of different documents different (but for chance, which verification sees through)."""
    if scopes is None:
        return keys
    mixed: NDArray[np.uint32] = keys ^ (scopes.astype(np.uint32) * U32(0x9E3779B1))
    return mixed


@kernel
def _mark(keys: NDArray[np.uint32], bits: NDArray[np.uint64], meets: NDArray[np.bool_]) -> None:
    """Mark rows whose key may occur twice: a bit for seen, a bit for seen again."""
    mask = U64(bits.shape[1] * 64 - 1)
    for i in range(keys.shape[0]):
        at = (U64(keys[i]) * U64(0x9E3779B97F4A7C15) >> U64(20)) & mask
        bit = _LEFT << (at & U64(63))
        word = at >> U64(6)
        bits[1, word] |= bits[0, word] & bit
        bits[0, word] |= bit
    for i in range(keys.shape[0]):
        at = (U64(keys[i]) * U64(0x9E3779B97F4A7C15) >> U64(20)) & mask
        meets[i] |= (bits[1, at >> U64(6)] >> (at & U64(63))) & _LEFT != U64(0)


@kernel
def _group(keys: NDArray[np.uint64], number: int, bucket: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Give numbers, from `number`, to the groups of two or more equal keys; give their sizes.

    `keys` are sorted: the key in the upper half of each, its place in `bucket` in the lower half.
    """
    sizes = np.empty(keys.shape[0] // 2, np.uint32)
    count, i = 0, 0
    while i < keys.shape[0]:
        after = i + 1
        while after < keys.shape[0] and keys[after] >> U64(32) == keys[i] >> U64(32):
            after += 1
        if after - i > 1:
            for k in range(i, after):
                bucket[I64(keys[k] & U64(0xFFFFFFFF))] = U32(number + count)
            sizes[count] = after - i
            count += 1
        i = after
    return sizes[:count]
