"""From the tables of all shards to a plan: the only code that sees the whole corpus."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.neardup.candidates import Buckets, buckets
from cleaner.neardup.keep import near, originals, repeats, runs
from cleaner.neardup.plan import Plan, Removed, Statistics
from cleaner.neardup.settings import KINDS, PERMUTATIONS, Settings
from cleaner.neardup.table import Shard
from cleaner.neardup.unicode import table

Pins: TypeAlias = Collection[tuple[int, int]]
Column: TypeAlias = NDArray[np.int64]
Places: TypeAlias = tuple[Column, Column, Column, Column, Column, Column]
BINS = 20
EXACT, NEAR, RUN, REPEAT = (KINDS.index(kind) for kind in ("exact", "near", "run", "repeat"))


@dataclass(frozen=True, slots=True)
class Corpus:
    """What must be held of all passages: about 60 bytes for each, in corpus order.

    `offset` (shards + 1): the first passage of each shard. `shard`, `doc` (number in the corpus),
    `words`, `original` (the first passage with equal tokens), `pinned`: for each passage.
    """

    shards: Sequence[Shard]
    offset: NDArray[np.int64]
    doc: NDArray[np.int32]
    words: NDArray[np.int32]
    original: NDArray[np.int64]
    pinned: NDArray[np.bool_]


@dataclass(slots=True)
class Fate:
    """What becomes of each passage: `kept` is -1 for one that stays, else the passage that stays for it."""

    kept: NDArray[np.int64]
    kind: NDArray[np.uint8]
    similarity: NDArray[np.float64]


def combine(shards: Sequence[Shard], settings: Settings, *, pins: Pins = frozenset()) -> Plan:
    """Decide which passages go. Shards stand in corpus order; `pins` (shard, passage) stay in any case.

    In corpus order (with `keep` longest: by length, then in corpus order) a passage goes if it is
    similar enough to one that is kept: the first such candidate stays for it. Short passages go as
    part of a repeated run, or when they repeat the passage just before them.
    """
    corpus = _corpus(shards, settings, pins)
    size = int(corpus.offset[-1])
    fate = Fate(np.full(size, -1, np.int64), np.zeros(size, np.uint8), np.ones(size, np.float64))
    verified, capped, histogram = _long(corpus, settings, fate)
    if settings.run:
        runs(
            corpus.doc,
            corpus.words,
            corpus.original,
            corpus.pinned,
            settings.min_words,
            RUN,
            fate.kept,
            fate.kind,
        )
    if settings.repeat:
        shortest = settings.repeat_words
        repeats(
            corpus.doc, corpus.words, corpus.original, corpus.pinned, shortest, REPEAT, fate.kept, fate.kind
        )
    gone = np.flatnonzero(fate.kept >= 0)
    kept = _settle(fate.kept, gone)
    sizes = np.bincount(np.unique(kept, return_counts=True)[1] + 1) if gone.size else np.zeros(0, np.int64)
    statistics = Statistics(
        passages=size,
        long=sum(shard.table.long.shape[0] for shard in shards),
        removed={kind: int((fate.kind[gone] == code).sum()) for code, kind in enumerate(KINDS)},
        verified=verified,
        capped=capped,
        similarities=tuple(int(count) for count in histogram),
        clusters={members: int(count) for members, count in enumerate(sizes) if count},
    )
    return Plan(_removed(corpus, fate, gone, kept), statistics)


def _corpus(shards: Sequence[Shard], settings: Settings, pins: Pins) -> Corpus:
    """Gather what is needed of all passages, and find the first of those with equal tokens."""
    tables = [shard.table for shard in shards]
    offset = np.cumsum([0, *(table.size for table in tables)], dtype=np.int64)
    size = int(offset[-1])
    doc, words = np.empty(size, np.int32), np.empty(size, np.int32)
    digests = np.empty((size, 2), np.uint64)
    documents = 0
    for first, last, part in zip(offset, offset[1:], tables, strict=False):
        doc[first:last] = part.doc
        doc[first:last] += documents
        words[first:last] = part.words
        digests[first:last] = part.digest
        documents += part.bounds.shape[0] - 1
    if settings.scope == "document":
        digests[:, 0] ^= doc.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    pinned = np.zeros(size, np.bool_)
    for shard, index in pins:
        pinned[offset[shard] + index] = True
    slots = np.full(1 << max(4, (2 * size).bit_length()), -1, np.int32)
    return Corpus(shards, offset, doc, words, originals(digests, slots), pinned)


def _long(corpus: Corpus, settings: Settings, fate: Fate) -> tuple[int, int, NDArray[np.int64]]:
    """Decide about the long passages; give the pairs verified, the buckets capped and the histogram."""
    first = corpus.offset[:-1]
    tables = [shard.table for shard in corpus.shards]
    long = np.concatenate(
        [np.zeros(0, np.int64), *(part.long + at for part, at in zip(tables, first, strict=True))]
    )
    is_original = corpus.original[long] == long
    histogram = np.zeros(BINS, np.int64)
    verified, capped = 0, 0
    if settings.near:
        keys = lambda band: np.concatenate([np.zeros(0, np.uint32), *(part.keys[band] for part in tables)])  # noqa: E731
        rows = np.flatnonzero(is_original)
        scopes = corpus.doc[long[rows]] if settings.scope == "document" else None
        found = buckets(keys, rows, settings.bands, scopes)
        verified, capped = _near(corpus, settings, fate, found, long, histogram)
    if settings.exact or settings.near:
        copies = long[~is_original & ~corpus.pinned[long]]
        original = corpus.original[copies]
        stays = fate.kept[original] < 0
        copies, original, stays = (column[stays | settings.near] for column in (copies, original, stays))
        fate.kept[copies] = np.where(stays, original, fate.kept[original])
        fate.kind[copies] = np.where(stays & settings.exact, EXACT, NEAR)
        fate.similarity[copies] = np.where(stays, 1.0, fate.similarity[original])
    return verified, capped, histogram


def _near(
    corpus: Corpus,
    settings: Settings,
    fate: Fate,
    found: Buckets,
    long: NDArray[np.int64],
    histogram: NDArray[np.int64],
) -> tuple[int, int]:
    """Verify the candidates in the order in which passages are kept."""
    if not found.rows.size:
        return 0, 0
    passages = long[found.rows]
    order = np.arange(passages.size)
    if settings.keep == "longest":
        order = np.argsort(-corpus.words[passages], kind="stable")
    texts, signatures = np.empty(passages.size, np.int64), np.empty(passages.size, np.int64)
    lengths = np.empty(passages.size, np.int64)
    shard_of = np.searchsorted(corpus.offset, passages, side="right") - 1
    before = np.cumsum([0, *(shard.table.long.shape[0] for shard in corpus.shards)])
    for number, shard in enumerate(corpus.shards):
        at = np.flatnonzero(shard_of == number)
        local = passages[at] - corpus.offset[number]
        start = shard.table.start[local]
        texts[at] = shard.text.ctypes.data + start
        lengths[at] = shard.table.end[local] - start
        row_bytes = 4 * PERMUTATIONS
        signatures[at] = shard.table.signatures.ctypes.data + (found.rows[at] - before[number]) * row_bytes
    scopes = corpus.doc[passages] if settings.scope == "document" else np.zeros(passages.size, np.int32)
    most = int(lengths.max())
    slots = 1 << (2 * int(corpus.words[passages].max()) + 2).bit_length()
    kept = np.full(passages.size, -1, np.int64)
    similarity = np.ones(passages.size, np.float64)
    counts = np.array(
        [0, 0, 1]
    )  # pairs verified, buckets capped, and the last stamp of a set (1: of the passage)
    near(
        order,
        corpus.pinned[passages],
        scopes,
        found.bucket,
        found.start,
        np.empty(int(found.start[-1]), np.int32),
        settings.bucket_cap,
        texts,
        lengths,
        signatures,
        agreement(settings.threshold),
        settings.threshold,
        settings.shingle,
        table(),
        np.empty(2 * most + 2, np.uint64),
        np.empty(2 * most + 2, np.uint64),
        np.empty((2, slots), np.uint64),
        np.zeros((2, slots), np.uint32),
        kept,
        similarity,
        histogram,
        counts,
    )
    gone = np.flatnonzero(kept >= 0)
    fate.kept[passages[gone]] = passages[kept[gone]]
    fate.kind[passages[gone]] = NEAR
    fate.similarity[passages[gone]] = similarity[gone]
    return int(counts[0]), int(counts[1])


def agreement(threshold: float) -> int:
    """Give the least number of equal hash values at which a pair is verified: five deviations under the mean.

    One pair in three million at the threshold itself agrees in fewer; most pairs of a crowded
    bucket that are not similar do.

    >>> agreement(0.7)
    63
    """
    deviation = (PERMUTATIONS * threshold * (1 - threshold)) ** 0.5
    return max(0, int(PERMUTATIONS * threshold - 5 * deviation))


def _settle(kept: NDArray[np.int64], gone: NDArray[np.int64]) -> NDArray[np.int64]:
    """Follow kept passages that went themselves (in a run, or as a repeat) to the one that stays for them."""
    final = kept[gone]
    while (further := kept[final] >= 0).any():
        final[further] = kept[final[further]]
    return final


def _removed(
    corpus: Corpus, fate: Fate, gone: NDArray[np.int64], kept: NDArray[np.int64]
) -> tuple[Removed, ...]:
    """Lay out what goes from each shard."""
    numbers, inverse, counts = np.unique(kept, return_inverse=True, return_counts=True)
    names = _places(corpus, numbers)
    shard_of = (np.searchsorted(corpus.offset, numbers, side="right") - 1).astype(np.int32)
    bounds = np.searchsorted(gone, corpus.offset)
    parts = []
    for shard, (first, last) in enumerate(pairwise(bounds)):
        passages, to = gone[first:last], inverse[first:last]
        doc, index, start, end, byte_start, byte_end = _local(
            corpus.shards[shard], passages - corpus.offset[shard]
        )
        kept_doc, kept_index, kept_start, kept_end, kept_byte_start, kept_byte_end = (
            some[to] for some in names
        )
        parts.append(
            Removed(
                doc=doc,
                index=index,
                start=start,
                end=end,
                byte_start=byte_start,
                byte_end=byte_end,
                kept_doc=kept_doc,
                kept_index=kept_index,
                kept_start=kept_start,
                kept_end=kept_end,
                kept_byte_start=kept_byte_start,
                kept_byte_end=kept_byte_end,
                kept_shard=shard_of[to],
                kept_corpus=np.full(passages.size, -1, np.int32),
                kind=fate.kind[passages],
                similarity=fate.similarity[passages],
                cluster=counts[to],
            )
        )
    return tuple(parts)


def _places(corpus: Corpus, passages: NDArray[np.int64]) -> Places:
    """Name passages (ascending numbers in the corpus) by their document, index, code points and bytes."""
    bounds = np.searchsorted(passages, corpus.offset)
    parts = [
        _local(shard, passages[first:last] - offset)
        for shard, first, last, offset in zip(corpus.shards, bounds, bounds[1:], corpus.offset, strict=False)
    ]
    empty = np.zeros(0, np.int64)
    doc, number, start, end, first, last = (
        np.concatenate([empty, *some]) for some in zip(*parts, strict=True)
    )
    return doc, number, start, end, first, last


def _local(shard: Shard, index: NDArray[np.int64]) -> Places:
    """Name passages of one shard by document, index, code points and bytes."""
    part = shard.table
    at = part.at[index]
    doc = part.doc[index].astype(np.int64)
    return doc, index, at, at + part.chars[index], part.start[index], part.end[index]
