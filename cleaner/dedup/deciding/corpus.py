"""What the decisions need to know about all passages, and the outcome for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.parameters import Parameters
from cleaner.dedup.table import Shard, release
from cleaner.errors import UsageError

if TYPE_CHECKING:
    from cleaner.dedup.archive import Earlier

Pins: TypeAlias = Collection[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What must be held for all passages, in corpus order; those of earlier corpora come first.

    `offset` (shards + 1): the first passage of each shard. `earlier`: how many shards are of earlier
    corpora, `firsts` the first shard of each of those. For each passage: `doc` (number among all
    documents), `words`, `flags`, `original` (the first passage with equal tokens), `pinned`. `long`: the
    passages with a signature.
    """

    shards: Sequence[Shard]
    earlier: int
    firsts: NDArray[np.int64]
    offset: NDArray[np.int64]
    doc: NDArray[np.int32]
    words: NDArray[np.int32]
    flags: NDArray[np.uint8]
    original: NDArray[np.int32]
    pinned: NDArray[np.bool_]
    long: NDArray[np.int32]


@dataclass(slots=True)
class Fate:
    """What becomes of each passage: `kept` is -1 for one that is kept, else the passage that is kept for it.

    `unlike`, `differs` and `likeness`: see `arrays.Outcome`.
    """

    kept: NDArray[np.int32]
    kind: NDArray[np.uint8]
    similarity: NDArray[np.float64]
    unlike: NDArray[np.int32]
    differs: NDArray[np.uint8]
    likeness: NDArray[np.float64]

    @classmethod
    def of(cls, size: int) -> Fate:
        """Return the fate of so many passages before anything is decided: all are kept."""
        return cls(
            kept=np.full(size, -1, np.int32),
            kind=np.zeros(size, np.uint8),
            similarity=np.ones(size, np.float64),
            unlike=np.full(size, -1, np.int32),
            differs=np.zeros(size, np.uint8),
            likeness=np.zeros(size, np.float64),
        )


def gather(
    shards: Sequence[Shard],
    parameters: Parameters,
    pins: Pins,
    against: Sequence[Earlier],
    originals: Callable[[NDArray[np.uint64]], NDArray[np.int32]],
) -> Corpus:
    """Gather what is needed of all passages, and find the first of those with equal tokens."""
    before = [shard for earlier in against for shard in earlier.shards]
    shards = [*before, *shards]
    tables = [shard.table for shard in shards]
    offset = np.cumsum([0, *(part.size for part in tables)], dtype=np.int64)
    size = int(offset[-1])
    if size > np.iinfo(np.int32).max:
        message = f"dedup: {size} passages are more than can be compared in one run"
        raise UsageError(message)
    doc, words = np.empty(size, np.int32), np.empty(size, np.int32)
    flags, digests = np.empty(size, np.uint8), np.empty((size, 2), np.uint64)
    documents = 0
    for part, (first, last) in zip(tables, pairwise(offset), strict=True):
        doc[first:last] = part.doc
        doc[first:last] += documents
        words[first:last] = part.words
        flags[first:last] = part.flags
        digests[first:last] = part.digest
        documents += part.bounds.shape[0] - 1
        for column in (part.doc, part.words, part.flags, part.digest):
            release(column)
    if parameters.scope == "document":
        digests[:, 0] ^= doc.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    pinned = np.zeros(size, np.bool_)
    pinned[: offset[len(before)]] = True
    for shard, index in pins:
        pinned[offset[len(before) + shard] + index] = True
    long = [
        np.zeros(0, np.int32),
        *(part.long + np.int32(at) for part, at in zip(tables, offset, strict=False)),
    ]
    original = originals(digests)
    firsts = np.cumsum([0, *(len(earlier.shards) for earlier in against)])
    return Corpus(
        shards, len(before), firsts, offset, doc, words, flags, original, pinned, np.concatenate(long)
    )
