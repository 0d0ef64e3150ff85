"""The data that the parts of near-duplicate removal hand to each other; numpy only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.corpus import Corpus
from cleaner.dedup.parameters import PERMUTATIONS, Parameters

NOWHERE = 0xFFFFFFFF
"""In place of a bucket number: the passage shares its bucket with no other in this band."""
PATIENCE = 8
"""Passages that one may be similar to but for a difference; then it is kept, and no others are looked at."""
BINS = 20
"""Bins of the histogram of similarities, 0.05 each."""


class Crowd(NamedTuple):
    """The passages that meet others, as columns.

    `spares`: the differences for which it is kept. `spared`: it is no duplicate of one in its own `doc`.
    `text` and `length`: address and bytes of the text. `bucket`: the number of the bucket in each band,
    or `NOWHERE`. `holder_start`, `holders`: the passages that hold the whole of this one.
    """

    pinned: NDArray[np.bool_]
    spared: NDArray[np.bool_]
    spares: NDArray[np.uint8]
    doc: NDArray[np.int32]
    scope: NDArray[np.int32]
    text: NDArray[np.int64]
    length: NDArray[np.int32]
    brief: NDArray[np.uint64]
    bucket: NDArray[np.uint32]
    holder_start: NDArray[np.int64]
    holders: NDArray[np.int32]


class Kept(NamedTuple):
    """The kept passages: `rank` in the order of keeping, `by_rank` back, and those in each bucket."""

    rank: NDArray[np.int32]
    by_rank: NDArray[np.int64]
    start: NDArray[np.uint32]
    members: NDArray[np.int32]
    filled: NDArray[np.int32]


class Room(NamedTuple):
    """Room to work in: candidates, shingles of two passages, two sets."""

    stamps: NDArray[np.int32]
    found: NDArray[np.int32]
    own: NDArray[np.uint64]
    other: NDArray[np.uint64]
    slots: NDArray[np.uint64]
    marks: NDArray[np.uint32]


class Outcome(NamedTuple):
    """What becomes of each passage (`kept` -1: it is kept), and counts.

    `unlike` is the first passage that it is similar to but for `differs` (bits of `DIFFERENCES`), -1 for
    none; `likeness` their similarity. `counts`: pairs verified, buckets over their cap, and the last
    stamp of a set (1 is taken).
    """

    kept: NDArray[np.int32]
    kind: NDArray[np.uint8]
    similarity: NDArray[np.float64]
    unlike: NDArray[np.int32]
    differs: NDArray[np.uint8]
    likeness: NDArray[np.float64]
    histogram: NDArray[np.int64]
    counts: NDArray[np.int64]


def agreement(threshold: float) -> int:
    """Return the least number of equal values in two brief signatures at which a pair is verified.

    Five deviations under the mean: at the threshold itself one pair in three million agrees in
    fewer, while most dissimilar pairs of a crowded bucket do.

    >>> agreement(0.7)
    66
    """
    share = threshold + (1 - threshold) / 16
    return max(0, int(PERMUTATIONS * share - 5 * (PERMUTATIONS * share * (1 - share)) ** 0.5))


@dataclass(frozen=True, slots=True)
class Buckets:
    """The passages that meet another one, and where.

    `rows` (ascending): their signature rows in the corpus. `bucket` (uint32, rows x bands): the
    number of the bucket in each band, or `NOWHERE`. `start` (uint32, buckets + 1): room for the
    members that later ones are compared with, at most `cap` and never the last one.
    """

    rows: NDArray[np.int64]
    bucket: NDArray[np.uint32]
    start: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Tools:
    """The inner loops: compiled, or for small corpora interpreted, with equal results.

    `decide` fills an outcome for the given passages, those in the buckets.
    """

    originals: Callable[[NDArray[np.uint64]], NDArray[np.int32]]
    mark: Callable[[NDArray[np.uint32], NDArray[np.uint64], NDArray[np.bool_]], None]
    group: Callable[[NDArray[np.uint64], int, NDArray[np.uint32]], NDArray[np.uint32]]
    decide: Callable[[Corpus, Parameters, Buckets, NDArray[np.int32], Outcome], None]
    runs: Callable[..., None]
    repeats: Callable[..., None]


def keeping(
    corpus: Corpus, parameters: Parameters, passages: NDArray[np.int32], held: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the order in which passages are kept; a passage comes after all those that may contain it."""
    words = corpus.words[passages].astype(np.int64)
    order = np.arange(passages.size)
    if parameters.keep == "longest":
        earlier = passages < corpus.offset[corpus.earlier]
        order = np.lexsort((-words, ~earlier))
    if not held.any():
        return order
    inside = np.flatnonzero(held)
    return np.concatenate([order[~held[order]], inside[np.argsort(-words[inside], kind="stable")]])
