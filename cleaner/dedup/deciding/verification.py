"""Which long passages are removed: a candidate kept before them is similar enough, by exact comparison."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.arrays import BINS, NOWHERE, PATIENCE, Crowd, Kept, Outcome, Room
from cleaner.dedup.kernels.characters import I64, U32, U64
from cleaner.dedup.kernels.compiler import kernel, ones
from cleaner.dedup.kernels.differing import differing
from cleaner.dedup.kernels.sets import collect, common, width_for
from cleaner.dedup.kernels.tokenizer import shingles_at
from cleaner.dedup.parameters import KINDS, PERMUTATIONS
from cleaner.engines.compiling import part

_NOWHERE = U32(NOWHERE)
_NIBBLES = U64(0x1111111111111111)
_NEAR, _CONTAINED = KINDS.index("near"), KINDS.index("contained")


@kernel
def near(
    order: NDArray[np.int64],
    cap: int,
    least: int,
    threshold: float,
    size: int,
    table: NDArray[np.uint64],
    negations: NDArray[np.uint64],
    crowd: Crowd,
    kept: Kept,
    room: Room,
    out: Outcome,
) -> None:
    """Take passages in `order`: one is removed if a passage kept before it shares a bucket and is similar enough.

    Only kept passages enter a bucket (at most `cap`), so a million copies of one template compare
    themselves with a few. Pairs whose brief signatures agree in fewer than `least` values are
    skipped. A passage contained whole in a kept one is removed before all others.
    """
    for passage in order:
        if not crowd.pinned[passage]:
            _hold(passage, size, table, crowd, room, out)
            if out.kept[passage] < 0:
                count = _candidates(passage, cap, least, crowd, kept, room)
                if count:
                    _sort(room.found, count)
                    verify(
                        passage,
                        room.found[:count],
                        0,
                        threshold,
                        size,
                        table,
                        negations,
                        crowd,
                        kept,
                        room,
                        out,
                    )
        if out.kept[passage] >= 0:
            continue
        for band in range(crowd.bucket.shape[1]):
            here = crowd.bucket[passage, band]
            if here == _NOWHERE:
                continue
            filled = kept.filled[here]
            if filled < kept.start[here + 1] - kept.start[here]:
                kept.members[kept.start[here] + filled] = passage
                kept.filled[here] += 1
            elif filled == cap:  # one more than there are marks it as counted
                kept.filled[here] += 1
                out.counts[1] += 1


@part
def _hold(passage: int, size: int, table: NDArray[np.uint64], crowd: Crowd, room: Room, out: Outcome) -> None:
    """Take out a passage that stands whole in one that is kept."""
    for k in range(crowd.holder_start[passage], crowd.holder_start[passage + 1]):
        holder = I64(crowd.holders[k])
        own = crowd.spared[passage] and crowd.doc[holder] == crowd.doc[passage]
        if out.kept[holder] < 0 and not own:
            distinct, width = _collect(passage, size, table, crowd, room)
            out.kept[passage] = holder
            out.kind[passage] = _CONTAINED
            out.similarity[passage] = _jaccard(holder, distinct, width, size, table, crowd, room, out)
            break


@part
def _candidates(passage: int, cap: int, least: int, crowd: Crowd, kept: Kept, room: Room) -> int:
    """Write the ranks of the kept passages to verify to `room.found`; return their number."""
    count = 0
    for band in range(crowd.bucket.shape[1]):
        here = crowd.bucket[passage, band]
        if here == _NOWHERE:
            continue
        for k in range(kept.start[here], kept.start[here] + min(kept.filled[here], cap)):
            candidate = kept.members[k]
            if room.stamps[candidate] == passage or crowd.scope[candidate] != crowd.scope[passage]:
                continue
            room.stamps[candidate] = passage
            if crowd.spared[passage] and crowd.doc[candidate] == crowd.doc[passage]:
                continue
            if agree(crowd.brief[passage], crowd.brief[candidate]) >= least:
                room.found[count] = kept.rank[candidate]
                count += 1
    return count


@part
def _sort(numbers: NDArray[np.int32], count: int) -> None:
    """Sort the first `count` numbers in place (Shell's way: few, and nearly sorted)."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            number, at = numbers[i], i
            while at >= gap and numbers[at - gap] > number:
                numbers[at] = numbers[at - gap]
                at -= gap
            numbers[at] = number
        gap //= 3


@part
def agree(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> int:
    """Count the values in which two brief signatures agree."""
    differ = U64(0)
    for i in range(first.shape[0]):
        x = first[i] ^ second[i]
        x |= x >> U64(2)
        x |= x >> U64(1)
        differ += ones(x & _NIBBLES)
    return PERMUTATIONS - I64(differ)


@part
def verify(
    passage: int,
    ranks: NDArray[np.int32],
    passed: int,
    threshold: float,
    size: int,
    table: NDArray[np.uint64],
    negations: NDArray[np.uint64],
    crowd: Crowd,
    kept: Kept,
    room: Room,
    out: Outcome,
) -> int:
    """Compare a passage with its candidates, first kept first, until one is similar enough.

    A candidate that differs in content (as `crowd.spares` defines it) is passed over; returns how many
    were, with those before.
    """
    distinct, width = _collect(passage, size, table, crowd, room)
    for i in range(ranks.shape[0]):
        candidate = kept.by_rank[ranks[i]]
        value = _jaccard(candidate, distinct, width, size, table, crowd, room, out)
        out.counts[0] += 1
        out.histogram[min(int(value * BINS), BINS - 1)] += 1
        if value >= threshold:
            if crowd.spares[passage]:
                bits = differing(
                    crowd.text[passage],
                    crowd.length[passage],
                    crowd.text[candidate],
                    crowd.length[candidate],
                    table,
                    negations,
                    room.own,
                    room.other,
                    crowd.spares[passage],
                )
                if bits:
                    if passed == 0:
                        out.unlike[passage] = candidate
                        out.differs[passage] = bits
                        out.likeness[passage] = value
                    passed += 1
                    if passed == PATIENCE:
                        break
                    continue
            out.kept[passage] = candidate
            out.kind[passage] = _NEAR
            out.similarity[passage] = value
            break
    return passed


@part
def _collect(passage: int, size: int, table: NDArray[np.uint64], crowd: Crowd, room: Room) -> tuple[int, int]:
    """Make the set of the shingles of a passage; return how many are distinct and the slots of the set."""
    number = shingles_at(crowd.text[passage], crowd.length[passage], size, table, room.own)
    width = width_for(number)
    room.marks[0, :width] = U32(0)
    return collect(room.own, number, room.slots[0, :width], room.marks[0, :width]), width


@part
def _jaccard(
    other: int,
    distinct: int,
    width: int,
    size: int,
    table: NDArray[np.uint64],
    crowd: Crowd,
    room: Room,
    out: Outcome,
) -> float:
    """Return the exact similarity of a passage to the one whose set was made last."""
    number = shingles_at(crowd.text[other], crowd.length[other], size, table, room.other)
    wide = width_for(number)
    out.counts[2] += 1
    theirs, both = common(
        room.other,
        number,
        room.slots[0, :width],
        room.marks[0, :width],
        U32(out.counts[2]),
        room.slots[1, :wide],
        room.marks[1, :wide],
    )
    return both / (distinct + theirs - both)
