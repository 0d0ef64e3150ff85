"""Passages contained whole in a longer one: a paragraph pasted into another, a teaser.

Every shingle of a contained passage is in the one that holds it, including the one with the least hash:
a table of those and one walk over all shingles therefore find all pairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.characters import I64, U64
from cleaner.dedup.kernels.compiler import kernel
from cleaner.dedup.kernels.tokenizer import room_for, shingles_at
from cleaner.engines.compiling import part


def holders(
    text: NDArray[np.int64],
    length: NDArray[np.int32],
    words: NDArray[np.int32],
    scope: NDArray[np.int32],
    *,
    size: int,
    cap: int,
    table: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Find for each passage the longer ones that hold all of it, as starts (n + 1) and numbers.

    `text` and `length` are addresses (or places in files) and bytes. At most `cap` passages with the same least
    shingle are looked for.
    """
    count = text.shape[0]
    most = int(length.max(initial=0))
    own, other = np.empty(room_for(most), np.uint64), np.empty(room_for(most), np.uint64)
    least, place = np.empty(count, np.uint64), np.empty(count, np.int32)
    following = np.full(count, -1, np.int32)
    slots = np.full(1 << max(4, (2 * count).bit_length()), -1, np.int32)
    _index(text, length, size, cap, table, own, least, place, following, slots)
    index = (least, place, following, slots)
    found, nothing = np.zeros(count, np.int64), np.zeros(0, np.int32)
    _search(text, length, words, scope, size, table, own, other, *index, found, nothing, False)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(found)])
    numbers = np.empty(int(start[-1]), np.int32)
    _search(text, length, words, scope, size, table, own, other, *index, start[:-1].copy(), numbers, True)
    return start, numbers


@kernel
def _index(
    text: NDArray[np.int64],
    length: NDArray[np.int32],
    size: int,
    cap: int,
    table: NDArray[np.uint64],
    own: NDArray[np.uint64],
    least: NDArray[np.uint64],
    place: NDArray[np.int32],
    following: NDArray[np.int32],
    slots: NDArray[np.int32],
) -> None:
    """Enter every passage under its least shingle; passages with the same one are chained."""
    mask = U64(slots.shape[0] - 1)
    for passage in range(text.shape[0]):
        number = shingles_at(text[passage], length[passage], size, table, own)
        best = 0
        for i in range(number):
            if own[i] < own[best]:
                best = i
        least[passage], place[passage] = own[best], best
        at = own[best] >> U64(20) & mask
        while slots[at] >= 0 and least[slots[at]] != own[best]:
            at = (at + U64(1)) & mask
        if slots[at] < 0:
            slots[at] = passage
            continue
        last, chained = slots[at], 1
        while following[last] >= 0 and chained < cap:
            last = following[last]
            chained += 1
        if chained < cap:
            following[last] = passage


@kernel
def _search(
    text: NDArray[np.int64],
    length: NDArray[np.int32],
    words: NDArray[np.int32],
    scope: NDArray[np.int32],
    size: int,
    table: NDArray[np.uint64],
    own: NDArray[np.uint64],
    other: NDArray[np.uint64],
    least: NDArray[np.uint64],
    place: NDArray[np.int32],
    following: NDArray[np.int32],
    slots: NDArray[np.int32],
    found: NDArray[np.int64],
    numbers: NDArray[np.int32],
    fill: bool,
) -> None:
    """Count in `found[p]`, or write to `numbers[found[p]]` and after, the passages that hold passage `p`."""
    mask = U64(slots.shape[0] - 1)
    last_holder = np.full(text.shape[0], -1, np.int32)
    for holder in range(text.shape[0]):
        number = shingles_at(text[holder], length[holder], size, table, own)
        for i in range(number):
            at = own[i] >> U64(20) & mask
            while slots[at] >= 0 and least[slots[at]] != own[i]:
                at = (at + U64(1)) & mask
            passage = I64(slots[at])
            while passage >= 0:
                if (
                    words[passage] < words[holder]
                    and scope[passage] == scope[holder]
                    and last_holder[passage] != holder
                    and _stands(passage, i - place[passage], number, text, length, size, table, own, other)
                ):
                    last_holder[passage] = holder
                    if fill:
                        numbers[found[passage]] = holder
                    found[passage] += 1
                passage = I64(following[passage])


@part
def _stands(
    passage: int,
    first: int,
    number: int,
    text: NDArray[np.int64],
    length: NDArray[np.int32],
    size: int,
    table: NDArray[np.uint64],
    shingles: NDArray[np.uint64],
    other: NDArray[np.uint64],
) -> bool:
    """Tell whether the shingles of a passage are those from `first` on."""
    if first < 0:
        return False
    count = shingles_at(text[passage], length[passage], size, table, other)
    if first + count > number:
        return False
    i = 0
    while i < count and other[i] == shingles[first + i]:
        i += 1
    return i == count
