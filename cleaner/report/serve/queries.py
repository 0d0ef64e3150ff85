"""What can be asked of a whole trail. Parts are read as they are needed; memory holds an index of duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cleaner.audit.rebuild import Finished, Texts, document_texts
from cleaner.audit.records import (
    DOCUMENTS,
    DUPLICATES,
    EDITS,
    FLAGS,
    DocumentLine,
    DuplicateLine,
    EditLine,
    FlagLine,
    Kind,
)
from cleaner.audit.trail import part_name, read_part
from cleaner.formats import jsontext
from cleaner.report.collected import Cluster
from cleaner.report.sampling import Sample, drawn

PAGE: Final = 25
"""Entries of one page."""
MEMBERS: Final = 200
"""Members of a cluster that are shown."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of entries, its number from 1, and whether there is another one."""

    entries: tuple[Any, ...]
    number: int
    more: bool


def paged(entries: Iterator[Any], number: int, size: int = PAGE) -> Page:
    """Return one page; no more is read than it needs.

    >>> paged(iter("abcdef"), 2, 2)
    Page(entries=('c', 'd'), number=2, more=True)
    """
    found = list(islice(entries, (number - 1) * size, number * size + 1))
    return Page(tuple(found[:size]), number, len(found) > size)


def documents(finished: Finished, words: str) -> Iterator[DocumentLine]:
    """Yield the documents whose keys hold all of some words."""
    wanted = words.lower().split()
    for shard in range(finished.shards):
        for line in read_part(finished.audit, DOCUMENTS, shard):
            if all(word in line["doc"].lower() for word in wanted):
                yield line


def document(finished: Finished, key: str) -> tuple[int, DocumentLine, Texts] | None:
    """Return shard, line and texts of a document, None when there is no such one."""
    for shard in range(finished.shards):
        for line in read_part(finished.audit, DOCUMENTS, shard, {key}):
            for texts in document_texts(finished, {shard: {key}}):
                return shard, line, texts
    return None


def hits(finished: Finished, rule: str) -> Iterator[tuple[int, EditLine | FlagLine]]:
    """Yield what a rule did, in the order of the corpus, with the shards."""
    needle = b'"rule":' + jsontext.dumps(rule)
    for kind in (EDITS, FLAGS):
        for shard in range(finished.shards):
            for _, line in _lines(finished, kind, shard):
                if needle in line:
                    yield shard, jsontext.loads(line)


def _lines(finished: Finished, kind: Kind[Any], shard: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a part, each with the place where it begins."""
    path = finished.audit / part_name(kind, shard)
    if path.exists():
        at = 0
        with path.open("rb") as stream:
            for line in stream:
                yield at, line
                at += len(line)


@dataclass(slots=True)
class Clusters:
    """All clusters of duplicates by size: 24 bytes for each removed passage."""

    finished: Finished
    _rows: npt.NDArray[np.uint64] | None = None
    _starts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def page(self, number: int, size: int = PAGE) -> Page:
        """Return a page of clusters, the largest first."""
        rows = self._index()
        bounds = [*self._starts.tolist(), len(rows)]
        first = (number - 1) * size
        chosen = bounds[first : first + size + 1]
        found = tuple(self._cluster(rows[a:b, 2]) for a, b in pairwise(chosen))
        return Page(found, number, first + size < len(bounds) - 1)

    def _index(self) -> npt.NDArray[np.uint64]:
        """Return a row for each removed passage (size and number of its cluster, place of its line), by cluster."""
        if self._rows is None:
            rows = np.array([*self._read()], np.uint64).reshape(-1, 3)
            rows = rows[np.lexsort((rows[:, 2], rows[:, 1], ~rows[:, 0]))]
            new = np.ones(len(rows), bool)
            new[1:] = rows[1:, 1] != rows[:-1, 1]
            self._rows, self._starts = rows, np.flatnonzero(new)
        return self._rows

    def _read(self) -> Iterator[tuple[int, int, int]]:
        for shard in range(self.finished.shards):
            for at, line in _lines(self.finished, DUPLICATES, shard):
                found: DuplicateLine = jsontext.loads(line)
                place = found["kept_corpus"] or "", found["kept_doc"], found["kept_source_start"]
                yield found["cluster"], drawn(jsontext.dumps(place)), shard << 40 | at

    def _cluster(self, places: npt.NDArray[np.uint64]) -> Cluster:
        lines = [self._line(int(place)) for place in places[:MEMBERS]]
        members: Sample[DuplicateLine] = Sample(MEMBERS)
        for number, line in enumerate(lines):
            members.offer(number, line)
        return Cluster(lines[0]["cluster"], lines[0], members)

    def _line(self, place: int) -> DuplicateLine:
        path = self.finished.audit / part_name(DUPLICATES, place >> 40)
        with path.open("rb") as stream:
            stream.seek(place & (1 << 40) - 1)
            line: DuplicateLine = jsontext.loads(stream.readline())
            return line
