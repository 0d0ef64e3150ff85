"""Which passages are equal, and which short ones go: runs and repeats, each in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.chars import U64
from cleaner.neardup.compiled import kernel, part


@kernel
def originals(digests: NDArray[np.uint64], slots: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give for every passage the first one with the same digest; `slots` (all -1, a power of two) is room."""
    first = np.empty(digests.shape[0], np.int32)
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
def runs(
    doc: NDArray[np.int32],
    words: NDArray[np.int32],
    original: NDArray[np.int32],
    pinned: NDArray[np.bool_],
    least: int,
    code: int,
    kept: NDArray[np.int32],
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


@part
def _run(
    passage: int,
    there: int,
    step: int,
    doc: NDArray[np.int32],
    words: NDArray[np.int32],
    original: NDArray[np.int32],
    pinned: NDArray[np.bool_],
    least: int,
    code: int,
    kept: NDArray[np.int32],
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
    original: NDArray[np.int32],
    pinned: NDArray[np.bool_],
    least: int,
    code: int,
    kept: NDArray[np.int32],
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
