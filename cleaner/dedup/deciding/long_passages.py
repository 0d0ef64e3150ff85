"""The long passages: which meet, and which is removed for which."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.arrays import BINS, Outcome, Tools
from cleaner.dedup.deciding.candidates import buckets
from cleaner.dedup.deciding.corpus import Corpus, Fate
from cleaner.dedup.parameters import KINDS, PERMUTATIONS, Parameters
from cleaner.dedup.sketching.blocks import BLOCK, SPARED
from cleaner.dedup.table import PassageTable, release

_HELD: Final = 1 << 25
"""Bytes of all band keys from which those of a shard are released each time they were read."""
_EXACT, _NEAR = KINDS.index("exact"), KINDS.index("near")


def remove_similar(corpus: Corpus, parameters: Parameters, fate: Fate, tools: Tools, threads: int) -> Outcome:
    """Decide about the long passages that are the first with their tokens."""
    first = corpus.original[corpus.long] == corpus.long
    rows = np.flatnonzero(first & (corpus.flags[corpus.long] & BLOCK == 0))
    if not (parameters.near or parameters.contained):
        rows = rows[:0]
    scopes = corpus.doc[corpus.long[rows]] if parameters.scope == "document" else None
    bands = parameters.bands if parameters.near else 0
    keys = _Keys([shard.table for shard in corpus.shards])
    found = buckets(
        keys,
        rows,
        bands,
        parameters.bucket_cap,
        scopes,
        tools=tools,
        everyone=parameters.contained,
        threads=threads,
    )
    passages = corpus.long[found.rows]
    outcome = Outcome(
        kept=np.full(passages.size, -1, np.int32),
        kind=np.zeros(passages.size, np.uint8),
        similarity=np.ones(passages.size, np.float64),
        unlike=np.full(passages.size, -1, np.int32),
        differs=np.zeros(passages.size, np.uint8),
        likeness=np.zeros(passages.size, np.float64),
        histogram=np.zeros(BINS, np.int64),
        counts=np.array([0, 0, 1]),
    )
    if passages.size:
        tools.decide(corpus, parameters, found, passages, outcome)
    gone = np.flatnonzero(outcome.kept >= 0)
    fate.kept[passages[gone]] = passages[outcome.kept[gone]]
    fate.kind[passages[gone]] = outcome.kind[gone]
    fate.similarity[passages[gone]] = outcome.similarity[gone]
    unlike = np.flatnonzero((outcome.unlike >= 0) & (outcome.kept < 0))
    fate.unlike[passages[unlike]] = passages[outcome.unlike[unlike]]
    fate.differs[passages[unlike]] = outcome.differs[unlike]
    fate.likeness[passages[unlike]] = outcome.likeness[unlike]
    return outcome


class _Keys:
    """The band keys of the whole corpus, one band at a time."""

    def __init__(self, tables: Sequence[PassageTable]) -> None:
        self.tables = tables
        self.offset = np.cumsum([0, *(part.long.shape[0] for part in tables)])
        self._many = sum(part.keys.nbytes for part in tables) > _HELD

    def __call__(self, bands: slice, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return the keys (bands x rows) of ascending signature rows."""
        bounds = np.searchsorted(rows, self.offset)
        keys = np.empty((len(range(PERMUTATIONS)[bands]), rows.size), np.uint32)
        for part, (first, last), offset in zip(self.tables, pairwise(bounds), self.offset, strict=False):
            keys[:, first:last] = part.keys[bands, rows[first:last] - offset]
            if self._many:
                release(part.keys)
        return keys


def remove_copies(corpus: Corpus, parameters: Parameters, fate: Fate) -> None:
    """Remove long passages that have the tokens of an earlier one, in favour of it or of the one kept for it."""
    long = corpus.long
    copies = long[(corpus.original[long] != long) & ~corpus.pinned[long]]
    original = corpus.original[copies]
    stays = fate.kept[original] < 0
    kept = np.where(stays, original, fate.kept[original])
    apart = (corpus.flags[copies] & SPARED == 0) | (corpus.doc[copies] != corpus.doc[kept])
    copies, original, stays = copies[apart], original[apart], stays[apart]
    if not parameters.near:
        copies, original, stays = copies[stays], original[stays], stays[stays]
    kind = _EXACT if parameters.exact else _NEAR
    fate.kept[copies] = np.where(stays, original, fate.kept[original])
    fate.kind[copies] = np.where(stays, kind, fate.kind[original])
    fate.similarity[copies] = fate.similarity[original]
