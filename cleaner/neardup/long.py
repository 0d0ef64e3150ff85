"""The long passages: who meets whom, and who goes for whom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.candidates import Buckets, buckets
from cleaner.neardup.contained import holders
from cleaner.neardup.near import BINS, Crowd, Kept, Outcome, Room, agreement, near
from cleaner.neardup.settings import KINDS, Settings
from cleaner.neardup.table import PassageTable, release
from cleaner.neardup.unicode import table
from cleaner.neardup.whole import Corpus, Fate

_STRIDE = 1024
"""Passages between two releases of mapped memory."""
_EXACT, _NEAR = KINDS.index("exact"), KINDS.index("near")


def originals_go(corpus: Corpus, settings: Settings, fate: Fate) -> Outcome:
    """Decide about the long passages that are the first with their tokens."""
    rows = np.flatnonzero(corpus.original[corpus.long] == corpus.long)
    if not (settings.near or settings.contained):
        rows = rows[:0]
    scopes = corpus.doc[corpus.long[rows]] if settings.scope == "document" else None
    bands = settings.bands if settings.near else 0
    keys = _Keys([shard.table for shard in corpus.shards])
    found = buckets(keys, rows, bands, settings.bucket_cap, scopes, everyone=settings.contained)
    passages = corpus.long[found.rows]
    outcome = Outcome(
        kept=np.full(passages.size, -1, np.int32),
        kind=np.zeros(passages.size, np.uint8),
        similarity=np.ones(passages.size, np.float64),
        histogram=np.zeros(BINS, np.int64),
        counts=np.array([0, 0, 1]),
    )
    if passages.size:
        crowd = _crowd(corpus, settings, found, passages)
        _decide(corpus, settings, crowd, found, passages, outcome)
    gone = np.flatnonzero(outcome.kept >= 0)
    fate.kept[passages[gone]] = passages[outcome.kept[gone]]
    fate.kind[passages[gone]] = outcome.kind[gone]
    fate.similarity[passages[gone]] = outcome.similarity[gone]
    return outcome


def _decide(
    corpus: Corpus,
    settings: Settings,
    crowd: Crowd,
    found: Buckets,
    passages: NDArray[np.int32],
    outcome: Outcome,
) -> None:
    """Take the passages in the order in which they are kept, releasing mapped memory now and then."""
    order = np.arange(passages.size)
    words = corpus.words[passages].astype(np.int64)
    if settings.keep == "longest":
        earlier = passages < corpus.offset[corpus.earlier]
        order = np.lexsort((-words, ~earlier))
    held = np.diff(crowd.holder_start) > 0
    if held.any():  # what may be held by others comes after all that may hold it
        inside = np.flatnonzero(held)
        order = np.concatenate([order[~held[order]], inside[np.argsort(-words[inside], kind="stable")]])
    rank = np.empty(order.size, np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    most = int(crowd.length.max())
    slots = 1 << (2 * int(words.max()) + 2).bit_length()
    kept = Kept(
        rank=rank,
        by_rank=order,
        start=found.start,
        members=np.empty(int(found.start[-1]), np.int32),
        filled=np.zeros(found.start.size - 1, np.int32),
    )
    room = Room(
        stamps=np.full(passages.size, -1, np.int32),
        found=np.empty(max(1, found.bucket.shape[1] * min(settings.bucket_cap, passages.size)), np.int32),
        own=np.empty(2 * most + 2, np.uint64),
        other=np.empty(2 * most + 2, np.uint64),
        slots=np.empty((2, slots), np.uint64),
        marks=np.zeros((2, slots), np.uint32),
    )
    least, chars = agreement(settings.threshold), table()
    for first in range(0, order.size, _STRIDE):
        near(
            order[first : first + _STRIDE],
            settings.bucket_cap,
            least,
            settings.threshold,
            settings.shingle,
            chars,
            crowd,
            kept,
            room,
            outcome,
        )
        for shard in corpus.shards:
            release(shard.text)


def _crowd(corpus: Corpus, settings: Settings, found: Buckets, passages: NDArray[np.int32]) -> Crowd:
    """Gather the columns of the passages that meet others."""
    text, length = np.empty(passages.size, np.int64), np.empty(passages.size, np.int32)
    rows = np.cumsum([0, *(shard.table.long.shape[0] for shard in corpus.shards)])
    brief = np.empty((passages.size, corpus.shards[0].table.brief.shape[1]), np.uint64)
    bounds = np.searchsorted(passages, corpus.offset)
    for shard, offset, row, (first, last) in zip(
        corpus.shards, corpus.offset, rows, pairwise(bounds), strict=False
    ):
        part = shard.table
        local = passages[first:last] - offset
        start = part.start[local]
        text[first:last] = shard.text.ctypes.data + start
        length[first:last] = part.end[local] - start
        brief[first:last] = part.brief[found.rows[first:last] - row]
        for column in (part.start, part.end, part.brief):
            release(column)
    scope = corpus.doc[passages] if settings.scope == "document" else np.zeros(passages.size, np.int32)
    held = (np.zeros(passages.size + 1, np.int64), np.zeros(0, np.int32))
    if settings.contained:
        words = corpus.words[passages]
        held = holders(
            text, length, words, scope, size=settings.shingle, cap=settings.bucket_cap, table=table()
        )
    return Crowd(corpus.pinned[passages], scope, text, length, brief, found.bucket, *held)


class _Keys:
    """The band keys of the whole corpus, one band at a time."""

    def __init__(self, tables: Sequence[PassageTable]) -> None:
        self.tables = tables
        self.offset = np.cumsum([0, *(part.long.shape[0] for part in tables)])

    def __call__(self, band: int, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Give the keys of ascending signature rows."""
        bounds = np.searchsorted(rows, self.offset)
        keys = np.empty(rows.size, np.uint32)
        for part, (first, last), offset in zip(self.tables, pairwise(bounds), self.offset, strict=False):
            keys[first:last] = part.keys[band][rows[first:last] - offset]
            release(part.keys)
        return keys


def copies_go(corpus: Corpus, settings: Settings, fate: Fate) -> None:
    """Let long passages go that have the tokens of an earlier one: for it, or for what stays for it."""
    long = corpus.long
    copies = long[(corpus.original[long] != long) & ~corpus.pinned[long]]
    original = corpus.original[copies]
    stays = fate.kept[original] < 0
    if not settings.near:
        copies, original, stays = copies[stays], original[stays], stays[stays]
    kind = _EXACT if settings.exact else _NEAR
    fate.kept[copies] = np.where(stays, original, fate.kept[original])
    fate.kind[copies] = np.where(stays, kind, fate.kind[original])
    fate.similarity[copies] = fate.similarity[original]
