"""Which short passages go: runs and repeats, each in one pass.

`fast` compiles these functions, `plain` calls them as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
