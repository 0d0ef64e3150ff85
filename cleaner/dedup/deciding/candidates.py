"""Candidates: the passages that share a band key, one band at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.arrays import NOWHERE, Buckets, Tools
from cleaner.errors import UsageError

T = TypeVar("T")
R = TypeVar("R")

_FEW = 4096
"""Up to this many rows all bands are looked at in one go."""


def buckets(
    keys: Callable[[slice, NDArray[np.int64]], NDArray[np.uint32]],
    rows: NDArray[np.int64],
    bands: int,
    cap: int,
    scopes: NDArray[np.int32] | None = None,
    *,
    tools: Tools,
    everyone: bool = False,
    threads: int = 1,
) -> Buckets:
    """Find the buckets of two or more among the signature rows `rows`.

    `keys(bands, rows)` returns the keys of some bands. With `scopes` only rows of one scope (document) can
    meet; `everyone` also takes those that meet none. Two passes over the keys: the first marks rows
    that may meet another, the second sorts the keys of those, band by band. Bands are read by
    several `threads`, and numbered in order.
    """
    meets = np.full(rows.size, everyone)
    if rows.size <= _FEW:
        meets |= _twice(_scoped(keys(slice(bands), rows), scopes))
    else:

        def mark(some: range) -> NDArray[np.bool_]:
            bits = np.zeros((2, 1 << max(0, (8 * rows.size).bit_length() - 6)), np.uint64)
            found = np.zeros(rows.size, np.bool_)
            for band in some:
                bits[:] = 0
                tools.mark(_scoped(keys(slice(band, band + 1), rows)[0], scopes), bits, found)
            return found

        for found in in_turn(mark, [range(first, bands, threads) for first in range(threads)], threads):
            meets |= found
    active = np.flatnonzero(meets)
    rows = rows[active]
    scopes = None if scopes is None else scopes[active]
    bucket = np.full((active.size, bands), NOWHERE, np.uint32)
    sizes: list[NDArray[np.uint32]] = [np.zeros(1, np.uint32)]
    number = 0

    def ordered(band: int) -> NDArray[np.uint64]:
        wanted = _scoped(keys(slice(band, band + 1), rows)[0], scopes).astype(np.uint64) << np.uint64(32)
        wanted |= np.arange(active.size, dtype=np.uint64)
        wanted.sort()
        return wanted

    for band, wanted in enumerate(in_turn(ordered, range(bands if rows.size else 0), threads)):
        groups = tools.group(wanted, number, bucket[:, band])
        sizes.append(np.minimum(groups - np.uint32(1), np.uint32(cap)))
        number += groups.size
    start = np.cumsum(np.concatenate(sizes), dtype=np.uint64)
    if start[-1] >= NOWHERE:
        message = f"dedup: {rows.size} passages that may be near duplicates are too many for one run; use fewer bands"
        raise UsageError(message)
    return Buckets(rows, bucket, start.astype(np.uint32))


def in_turn(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Yield the results in order, computed by `threads` threads that are at most so many items ahead.

    >>> list(in_turn(abs, [-1, 2, -3], 2))
    [1, 2, 3]
    """
    if threads == 1:
        yield from map(function, items)
        return
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _twice(keys: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Return which rows have a key that occurs twice in any band (bands x rows)."""
    order = np.argsort(keys, axis=1)
    ordered = np.take_along_axis(keys, order, axis=1)
    same = ordered[:, 1:] == ordered[:, :-1]
    found = np.zeros(keys.shape[1], np.bool_)
    found[order[:, 1:][same]] = True
    found[order[:, :-1][same]] = True
    return found


def _scoped(keys: NDArray[np.uint32], scopes: NDArray[np.int32] | None) -> NDArray[np.uint32]:
    """Make the keys of different documents different (apart from chance collisions, which verification rejects)."""
    if scopes is None:
        return keys
    mixed: NDArray[np.uint32] = keys ^ (scopes.astype(np.uint32) * np.uint32(0x9E3779B1))
    return mixed
