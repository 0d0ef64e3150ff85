"""Which passages stay: equal ones, verified near ones, runs and repeats, each in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.candidates import NOWHERE
from cleaner.neardup.chars import U32, U64
from cleaner.neardup.compiled import bytes_at, kernel, words_at
from cleaner.neardup.sets import collect, common
from cleaner.neardup.settings import PERMUTATIONS
from cleaner.neardup.words import shingle, tokenize

_NOWHERE = U32(NOWHERE)


@kernel
def originals(digests: NDArray[np.uint64], slots: NDArray[np.int32]) -> NDArray[np.int64]:
    """Give for every passage the first one with the same digest; `slots` (all -1, a power of two) is room."""
    first = np.empty(digests.shape[0], np.int64)
    mask = U64(slots.shape[0] - 1)
    for i in range(digests.shape[0]):
        at = digests[i, 1] & mask
        while slots[at] >= 0 and (
            digests[slots[at], 0] != digests[i, 0] or digests[slots[at], 1] != digests[i, 1]
        ):
            at = (at + U64(1)) & mask
        if slots[at] < 0:
            slots[at] = i
        first[i] = slots[at]
    return first


@kernel
def near(
    order: NDArray[np.int64],
    pinned: NDArray[np.bool_],
    scopes: NDArray[np.int32],
    bucket: NDArray[np.uint32],
    start: NDArray[np.int64],
    members: NDArray[np.int32],
    cap: int,
    texts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    signatures: NDArray[np.int64],
    agreement: int,
    threshold: float,
    size: int,
    table: NDArray[np.uint32],
    own: NDArray[np.uint64],
    other: NDArray[np.uint64],
    slots: NDArray[np.uint64],
    marks: NDArray[np.uint32],
    kept: NDArray[np.int64],
    similarity: NDArray[np.float64],
    histogram: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Take passages in `order`: one goes if a passage kept before it shares a bucket and is similar enough.

    Only kept passages enter a bucket (at most `cap`), so a million copies of one template compare
    themselves with a few. Fills `kept` and `similarity`, counts verified pairs and full buckets.
    """
    rank = np.empty(order.shape[0], np.int32)
    for i in range(order.shape[0]):
        rank[order[i]] = i
    filled = np.zeros(start.shape[0], np.int32)
    full = np.zeros(start.shape[0], np.bool_)
    stamps = np.full(order.shape[0], -1, np.int32)
    found = np.empty(bucket.shape[1] * min(cap, order.shape[0]), np.int32)
    for passage in order:
        count = 0
        mine = words_at(signatures[passage], PERMUTATIONS)
        for band in range(bucket.shape[1]):
            here = bucket[passage, band]
            if here == _NOWHERE:
                continue
            for k in range(start[here], start[here] + filled[here]):
                candidate = members[k]
                if stamps[candidate] == passage or scopes[candidate] != scopes[passage]:
                    continue
                stamps[candidate] = passage
                theirs = words_at(signatures[candidate], PERMUTATIONS)
                equal = 0
                for value in range(PERMUTATIONS):
                    equal += mine[value] == theirs[value]
                if equal >= agreement:
                    found[count] = rank[candidate]
                    count += 1
        if count and not pinned[passage]:
            number = _shingles(texts[passage], lengths[passage], table, size, own)
            _verify(
                own, number, np.sort(found[:count]), order, passage, texts, lengths, threshold, size,
                table, other, slots, marks, kept, similarity, histogram, counts,
            )  # fmt: skip
        if kept[passage] >= 0:
            continue
        for band in range(bucket.shape[1]):
            here = bucket[passage, band]
            if here == _NOWHERE:
                continue
            if filled[here] < min(cap, start[here + 1] - start[here]):
                members[start[here] + filled[here]] = passage
                filled[here] += 1
            elif filled[here] == cap and not full[here]:
                full[here] = True
                counts[1] += 1


@kernel
def _shingles(
    address: int, length: int, table: NDArray[np.uint32], size: int, out: NDArray[np.uint64]
) -> int:
    """Write the shingle hashes of the text at an address."""
    return shingle(out, tokenize(bytes_at(address, length), 0, length, table, out), size)


@kernel
def _verify(
    own: NDArray[np.uint64],
    number: int,
    ranks: NDArray[np.int32],
    order: NDArray[np.int64],
    passage: int,
    texts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    threshold: float,
    size: int,
    table: NDArray[np.uint32],
    other: NDArray[np.uint64],
    slots: NDArray[np.uint64],
    marks: NDArray[np.uint32],
    kept: NDArray[np.int64],
    similarity: NDArray[np.float64],
    histogram: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Compare a passage with its candidates, first kept first, until one is similar enough."""
    room = _room(number)
    marks[0, :room] = U32(0)
    distinct = collect(own, number, slots[0, :room], marks[0, :room])
    for i in range(ranks.shape[0]):
        candidate = order[ranks[i]]
        theirs = _shingles(texts[candidate], lengths[candidate], table, size, other)
        counts[2] += 1
        stamp = U32(counts[2])
        wide = _room(theirs)
        their_distinct, both = common(
            other, theirs, slots[0, :room], marks[0, :room], stamp, slots[1, :wide], marks[1, :wide]
        )
        value = both / (distinct + their_distinct - both)
        counts[0] += 1
        histogram[min(int(value * histogram.shape[0]), histogram.shape[0] - 1)] += 1
        if value >= threshold:
            kept[passage] = candidate
            similarity[passage] = value
            break


@kernel
def _room(number: int) -> int:
    """Give the slots of a set of `number` hashes: a power of two, at least half of them free."""
    room = 64
    while room < 2 * number:
        room *= 2
    return room


@kernel
def runs(
    doc: NDArray[np.int32],
    words: NDArray[np.int32],
    original: NDArray[np.int64],
    pinned: NDArray[np.bool_],
    least: int,
    code: int,
    kept: NDArray[np.int64],
    kind: NDArray[np.uint8],
) -> None:
    """Take out short passages that repeat, next to a long one that goes, what stands next to its duplicate.

    From every long passage that goes, both ways, as long as short passages stand there that equal
    those beside the passage that stays for it, or beside the first one with the same text.
    """
    for passage in range(kept.shape[0]):
        if kept[passage] < 0 or words[passage] < least:
            continue
        for there in (kept[passage], original[passage]):
            if there == passage:
                continue
            for step in (-1, 1):
                _run(passage, there, step, doc, words, original, pinned, least, code, kept, kind)


@kernel
def _run(
    passage: int,
    there: int,
    step: int,
    doc: NDArray[np.int32],
    words: NDArray[np.int32],
    original: NDArray[np.int64],
    pinned: NDArray[np.bool_],
    least: int,
    code: int,
    kept: NDArray[np.int64],
    kind: NDArray[np.uint8],
) -> None:
    """Walk one way from a passage that goes and from its duplicate, side by side."""
    here, beside = passage + step, there + step
    while (
        min(here, beside) >= 0
        and max(here, beside) < doc.shape[0]
        and doc[here] == doc[passage]
        and doc[beside] == doc[there]
        and words[here] < least
        and original[here] == original[beside]
    ):
        stays = beside
        while kept[stays] >= 0:
            stays = kept[stays]
        if kept[here] < 0 and stays != here and not pinned[here]:
            kept[here] = stays
            kind[here] = code
        here += step
        beside += step


@kernel
def repeats(
    doc: NDArray[np.int32],
    words: NDArray[np.int32],
    original: NDArray[np.int64],
    pinned: NDArray[np.bool_],
    least: int,
    code: int,
    kept: NDArray[np.int64],
    kind: NDArray[np.uint8],
) -> None:
    """Take out passages of `least` words or more that equal the one before, in what stays of a document."""
    before = -1
    for passage in range(kept.shape[0]):
        if kept[passage] >= 0:
            continue
        if (
            before >= 0
            and words[passage] >= least
            and doc[passage] == doc[before]
            and original[passage] == original[before]
            and not pinned[passage]
        ):
            kept[passage] = before
            kind[passage] = code
        else:
            before = passage
