"""Which short passages are removed: runs and repeats, each in one pass.

`compiled` compiles these functions, `interpreted` calls them as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.sketching.blocks import LISTED, SPARED

REACH = 3
"""Passages after a repeated title among which the text begins."""


def runs(
    doc: NDArray[np.int32],
    words: NDArray[np.int32],
    original: NDArray[np.int32],
    pinned: NDArray[np.bool_],
    flags: NDArray[np.uint8],
    least: int,
    code: int,
    kept: NDArray[np.int32],
    kind: NDArray[np.uint8],
) -> None:
    """Remove short passages beside a removed long one that equal those beside its duplicate.

    From every removed long passage, in both directions, for as long as the short passages there equal those
    beside the passage that is kept for it, or beside the first one with the same text.
    """
    for passage in range(kept.shape[0]):
        if kept[passage] < 0 or words[passage] < least:
            continue
        for there in (kept[passage], original[passage]):
            for step in (-1, 1):
                here, beside = passage + step, there + step
                while (
                    there != passage
                    and min(here, beside) >= 0
                    and max(here, beside) < doc.shape[0]
                    and doc[here] == doc[passage]
                    and doc[beside] == doc[there]
                    and words[here] < least
                    and original[here] == original[beside]
                ):
                    stays = beside
                    while kept[stays] >= 0:
                        stays = kept[stays]
                    if flags[here] & SPARED and doc[here] == doc[stays]:
                        break
                    if kept[here] < 0 and stays != here and not pinned[here]:
                        kept[here] = stays
                        kind[here] = code
                    here += step
                    beside += step


def repeats(
    doc: NDArray[np.int32],
    words: NDArray[np.int32],
    original: NDArray[np.int32],
    pinned: NDArray[np.bool_],
    flags: NDArray[np.uint8],
    least: int,
    title: int,
    code: int,
    kept: NDArray[np.int32],
    kind: NDArray[np.uint8],
) -> None:
    """Remove passages equal to the one before them, in what is left of a document.

    Those of `least` words or more, and at the head of a document a title of `title` words or more, if a
    passage of `least` words follows soon. Items, rows and turns repeat themselves on purpose.
    """
    before, head = -1, -1
    for passage in range(kept.shape[0]):
        if kept[passage] >= 0:
            continue
        if before < 0 or doc[before] != doc[passage]:
            head = passage
        elif (
            not pinned[passage]
            and original[passage] == original[before]
            and not flags[passage] & LISTED
            and words[passage] >= (title if before == head else least)
        ):
            follows = words[passage] >= least
            last = passage + REACH
            for after in range(passage + 1, min(last + 1, kept.shape[0])):
                follows = follows or (doc[after] == doc[passage] and words[after] >= least)
            if follows:
                kept[passage] = before
                kind[passage] = code
                continue
        before = passage
