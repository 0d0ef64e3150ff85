"""Sets of 64-bit hashes: how many are distinct, how many are in another set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.characters import U32, U64
from cleaner.engines.compiling import part


@part
def width_for(number: int) -> int:
    """Return the slots of a set of `number` hashes: a power of two, at least half of them free."""
    width = 64
    while width < 2 * number:
        width *= 2
    return width


@part
def collect(
    hashes: NDArray[np.uint64], count: int, slots: NDArray[np.uint64], marks: NDArray[np.uint32]
) -> int:
    """Put hashes into an empty open-addressing set (mark 1: used); return how many are distinct."""
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


@part
def common(
    hashes: NDArray[np.uint64],
    count: int,
    slots: NDArray[np.uint64],
    marks: NDArray[np.uint32],
    stamp: np.uint32,
    own_slots: NDArray[np.uint64],
    own_marks: NDArray[np.uint32],
) -> tuple[int, int]:
    """Return how many distinct hashes there are, and how many of them are in the set of `collect`.

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
