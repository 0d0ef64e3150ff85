"""The same as the compiled parts, in Python and numpy: for small corpora, and to compare with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup import minhash
from cleaner.dedup.deciding import short_passages
from cleaner.dedup.deciding.arrays import BINS, NOWHERE, PATIENCE, Buckets, Outcome, Tools, agreement, keeping
from cleaner.dedup.deciding.corpus import Corpus
from cleaner.dedup.differences import bits_of
from cleaner.dedup.parameters import KINDS, PERMUTATIONS, Parameters
from cleaner.dedup.sketching.blocks import (
    SPARED,
)

_NEAR = KINDS.index("near")
MOST_SPENT: Final = 16_000_000
"""Characters cut into shingles, after which compiled code takes over: to make it takes about as long."""
SPENT_BY_A_MEETING: Final = 8
"""What it costs to look at two passages that share a bucket, in such characters."""


def _originals(digests: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return for every passage the first one with the same digest."""
    first: dict[tuple[int, int], int] = {}
    return np.array([first.setdefault((a, b), i) for i, (a, b) in enumerate(digests.tolist())], np.int32)


def _mark(keys: NDArray[np.uint32], bits: NDArray[np.uint64], meets: NDArray[np.bool_]) -> None:
    """Mark rows whose key occurs twice."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    meets |= counts[inverse] > 1


def _group(keys: NDArray[np.uint64], number: int, bucket: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return numbers to the groups of two or more equal keys; return their sizes."""
    _, inverse, counts = np.unique(keys >> np.uint64(32), return_inverse=True, return_counts=True)
    several = counts > 1
    numbers = np.where(several, number + np.cumsum(several) - 1, NOWHERE).astype(np.uint32)
    bucket[(keys & np.uint64(0xFFFFFFFF)).astype(np.int64)] = numbers[inverse]
    sizes: NDArray[np.uint32] = counts[several].astype(np.uint32)
    return sizes


def _decide(
    corpus: Corpus, parameters: Parameters, found: Buckets, passages: NDArray[np.int32], out: Outcome
) -> None:
    """Take passages in order, from the start again in compiled code where many are similar to many."""
    columns: Iterable[Any] = out
    trial = Outcome._make(column.copy() for column in columns)
    if _decided(corpus, parameters, found, passages, trial):
        for column, made in zip(columns, iter(trial), strict=True):
            column[:] = made
        return
    from cleaner.dedup.deciding import compiled

    compiled.TOOLS.decide(corpus, parameters, found, passages, out)


def _decided(
    corpus: Corpus, parameters: Parameters, found: Buckets, passages: NDArray[np.int32], out: Outcome
) -> bool:
    """Remove a passage if one kept before it shares a bucket and is similar enough; false when that takes long."""
    order = keeping(corpus, parameters, passages, np.zeros(passages.size, np.bool_)).tolist()
    rank = {passage: place for place, passage in enumerate(order)}
    least, cap = agreement(parameters.threshold), parameters.bucket_cap
    room = np.diff(found.start).tolist()
    members: dict[int, list[int]] = {}
    capped: set[int] = set()
    buckets = [[here for here in row if here != NOWHERE] for row in found.bucket.tolist()]
    short = _low_bits(corpus, found)
    spent = 0

    @lru_cache(maxsize=4096)
    def shingles(passage: int) -> frozenset[int]:
        nonlocal spent
        text = _text(corpus, int(passages[passage]))
        spent += len(text)
        return frozenset(minhash.shingle_hashes(text, size=parameters.shingle))

    def differing(passage: int, other: int) -> int:
        one, two = int(passages[passage]), int(passages[other])
        spares = parameters.spares(int(corpus.words[one]))
        return spares & bits_of(_text(corpus, one), _text(corpus, two)) if spares else 0

    for passage in order:
        met = {other for here in buckets[passage] for other in members.get(here, ())}
        if parameters.scope == "document":
            met = {other for other in met if corpus.doc[passages[other]] == corpus.doc[passages[passage]]}
        spent += len(met) * SPENT_BY_A_MEETING
        if spent > MOST_SPENT:
            return False
        if corpus.flags[passages[passage]] & SPARED:
            met = {other for other in met if corpus.doc[passages[other]] != corpus.doc[passages[passage]]}
        if not corpus.pinned[passages[passage]]:
            passed = 0
            for other in sorted(met, key=rank.__getitem__):
                if np.count_nonzero(short[passage] == short[other]) < least:
                    continue
                value = minhash.jaccard(shingles(passage), shingles(other))
                out.counts[0] += 1
                out.histogram[min(int(value * BINS), BINS - 1)] += 1
                if value >= parameters.threshold:
                    bits = differing(passage, other)
                    if bits:
                        if not passed:
                            out.unlike[passage], out.differs[passage] = other, bits
                            out.likeness[passage] = value
                        passed += 1
                        if passed == PATIENCE:
                            break
                        continue
                    out.kept[passage], out.kind[passage], out.similarity[passage] = other, _NEAR, value
                    break
        if out.kept[passage] >= 0:
            continue
        for here in buckets[passage]:
            inside = members.setdefault(here, [])
            if len(inside) < room[here]:
                inside.append(passage)
            elif len(inside) == cap:
                capped.add(here)
    out.counts[1] += len(capped)
    return True


def _low_bits(corpus: Corpus, found: Buckets) -> NDArray[np.uint8]:
    """Return the lowest four bits of the signatures of the passages that meet others."""
    parts = [np.zeros((0, PERMUTATIONS), np.uint32), *(shard.table.signatures for shard in corpus.shards)]
    low: NDArray[np.uint8] = (np.concatenate(parts)[found.rows] & np.uint32(15)).astype(np.uint8)
    return low


def _text(corpus: Corpus, passage: int) -> str:
    """Return the text of a passage."""
    number = int(np.searchsorted(corpus.offset, passage, side="right")) - 1
    shard = corpus.shards[number]
    local = passage - int(corpus.offset[number])
    raw = shard.text[shard.table.start[local] : shard.table.end[local]].tobytes()
    return raw.decode("utf-8", "surrogatepass")


TOOLS = Tools(_originals, _mark, _group, _decide, short_passages.runs, short_passages.repeats)
