"""What is removed, for each shard, which passage is kept for it, and the statistics of the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_ROWS = 1 << 12
"""Rows that are made Python numbers at once."""


class Row(NamedTuple):
    """One row of `Removed`: a removed passage and the one that is kept for it."""

    doc: int
    passage: int
    start: int
    end: int
    byte_start: int
    byte_end: int
    kept_doc: int
    kept_index: int
    kept_start: int
    kept_end: int
    kept_byte_start: int
    kept_byte_end: int
    kept_shard: int
    kept_corpus: int
    kind: int
    similarity: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Removed:
    """The removed passages of one shard as parallel columns, in the order of the text.

    `doc` is the document's number in the shard, `index` the passage's; `start`, `end` are code points
    of the document, `byte_start`, `byte_end` bytes of the shard's text. `kind` is a code of
    `parameters.KINDS`. The kept passage is named in the same way in its own shard, `kept_shard`.
    `kept_corpus` is -1, or the number of the earlier corpus that holds it (then `kept_shard` is -1
    and `kept_index` its row there). `similarity` (float64) is the exact Jaccard similarity of the
    two, 1.0 for equal tokens. `cluster` is the number of passages that are removed for the same kept one.
    """

    doc: NDArray[np.int64]
    index: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    byte_start: NDArray[np.int64]
    byte_end: NDArray[np.int64]
    kept_doc: NDArray[np.int64]
    kept_index: NDArray[np.int64]
    kept_start: NDArray[np.int64]
    kept_end: NDArray[np.int64]
    kept_byte_start: NDArray[np.int64]
    kept_byte_end: NDArray[np.int64]
    kept_shard: NDArray[np.int32]
    kept_corpus: NDArray[np.int32]
    kind: NDArray[np.uint8]
    similarity: NDArray[np.float64]
    cluster: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.doc.shape[0])

    @classmethod
    def none(cls) -> Removed:
        """Return no rows."""
        narrow = {"kept_shard": np.int32, "kept_corpus": np.int32, "kind": np.uint8, "similarity": np.float64}
        return cls(**{field.name: np.zeros(0, narrow.get(field.name, np.int64)) for field in fields(cls)})

    def packed(self) -> NDArray[np.void]:
        """Return the rows as one array of records, which a file holds in one piece.

        >>> Removed.none().packed().dtype.names[:3]
        ('doc', 'index', 'start')
        """
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        rows = np.empty(len(self), [(name, column.dtype) for name, column in columns.items()])
        for name, column in columns.items():
            rows[name] = column
        return rows

    @classmethod
    def unpacked(cls, rows: NDArray[np.void]) -> Removed:
        """Return the columns of what `packed` has made."""
        return cls(**{field.name: np.ascontiguousarray(rows[field.name]) for field in fields(cls)})

    def some(self, wanted: NDArray[np.bool_]) -> Removed:
        """Return some of the rows."""
        return Removed(**{field.name: getattr(self, field.name)[wanted] for field in fields(self)})

    def rows(self) -> Iterator[Row]:
        """Yield the columns row by row, as Python numbers."""
        columns = [getattr(self, field.name) for field in fields(self)]
        for at in range(0, len(self), _ROWS):
            yield from map(Row, *(column[at : at + _ROWS].tolist() for column in columns))


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of one run, for `run.json`; the same for any number of workers.

    `similarities` counts verified pairs in twenty bins of 0.05, 1.0 in the last; `clusters` maps
    the size of a cluster (kept passage included) to the number of such clusters.
    """

    passages: int
    long: int
    removed: dict[str, int]
    verified: int
    capped: int
    similarities: tuple[int, ...]
    clusters: dict[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is removed from each shard, in the order of the shards that were combined.

    `unlike` are passages that are kept, although they are similar enough to another kept one: their
    `kind` is the bits of the `parameters.DIFFERENCES` for which they are.
    """

    shards: tuple[Removed, ...]
    unlike: tuple[Removed, ...]
    statistics: Statistics
