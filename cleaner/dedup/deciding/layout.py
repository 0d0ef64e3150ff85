"""A plan laid out by shards: each removed passage beside the one that is kept for it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.corpus import Corpus
from cleaner.dedup.plan import Removed
from cleaner.dedup.table import Shard, release

Column: TypeAlias = NDArray[np.int64]
Columns: TypeAlias = tuple[Column, Column, Column, Column, Column, Column]


class Pairs(NamedTuple):
    """Passages (ascending numbers in the corpus), each with the kept one that it is a duplicate of, or unlike."""

    passages: Column
    kept: Column
    kind: NDArray[np.uint8]
    similarity: NDArray[np.float64]


def laid_out(corpus: Corpus, pairs: Pairs) -> tuple[Removed, ...]:
    """Lay pairs of passages out by shards; what is kept in an earlier corpus is named by its number there."""
    gone, kept = pairs.passages, pairs.kept
    numbers, inverse, counts = np.unique(kept, return_inverse=True, return_counts=True)
    names = _places(corpus, numbers)
    shard_of = np.searchsorted(corpus.offset, numbers, side="right") - 1
    corpus_of = np.searchsorted(corpus.firsts, shard_of, side="right") - 1
    own = shard_of >= corpus.earlier
    names[1][~own] = (numbers - corpus.offset[corpus.firsts[corpus_of]])[~own]
    shard_of = np.where(own, shard_of - corpus.earlier, -1)
    corpus_of = np.where(own, -1, corpus_of)
    bounds = np.searchsorted(gone, corpus.offset)[corpus.earlier :]
    parts = []
    for number, (first, last) in enumerate(pairwise(bounds), corpus.earlier):
        passages, to = gone[first:last], inverse[first:last]
        doc, index, start, end, byte_start, byte_end = _local(
            corpus.shards[number], passages - corpus.offset[number]
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
                kept_shard=shard_of[to].astype(np.int32),
                kept_corpus=corpus_of[to].astype(np.int32),
                kind=pairs.kind[first:last],
                similarity=pairs.similarity[first:last],
                cluster=counts[to],
            )
        )
    return tuple(parts)


def _places(corpus: Corpus, passages: NDArray[np.int64]) -> Columns:
    """Name passages (ascending numbers in the corpus) by their document, index, code points and bytes."""
    bounds = np.searchsorted(passages, corpus.offset)
    parts = [
        _local(shard, passages[first:last] - offset)
        for shard, first, last, offset in zip(corpus.shards, bounds, bounds[1:], corpus.offset, strict=False)
    ]
    parts.append((np.zeros(0, np.int64),) * 6)
    doc, number, start, end, first, last = (np.concatenate(some) for some in zip(*parts, strict=True))
    return doc, number, start, end, first, last


def _local(shard: Shard, index: NDArray[np.int64]) -> Columns:
    """Name passages of one shard by document, index, code points and bytes."""
    part = shard.table
    at = part.at[index]
    doc = part.doc[index].astype(np.int64)
    places = (doc, index, at, at + part.chars[index], part.start[index], part.end[index])
    for column in (part.at, part.doc, part.chars, part.start, part.end):
        release(column)
    return places
