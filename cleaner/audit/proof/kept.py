"""Proof that kept passages are in an output: looked up there, shard by shard, when all claims are known."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from tempfile import TemporaryFile
from typing import Self, TypeAlias

from cleaner.audit.errors import RebuildError
from cleaner.audit.proof.claims import Claim
from cleaner.audit.rebuild import Finished, output_texts
from cleaner.audit.records import DOCUMENTS, INPUTS
from cleaner.audit.trail import read_part
from cleaner.formats import jsontext

Wanted: TypeAlias = tuple[str, int, str, str]
"""A document, where a kept passage is in it (-1: anywhere), its text, and the place of a claim that names it."""

_ROOM = 16_000_000
"""Characters that wait in memory; what is more waits in a file."""


class KeptPassages:
    """Gathers the kept passages of claims and looks for them in the output of one run.

    In an earlier output (`exact`) a passage must be at the very place that the claim names, as
    nothing changed there since. In the run's own output it may have moved; it must be there whole.
    Use as a context manager.
    """

    def __init__(self, finished: Finished, report: Callable[[str], None], *, exact: bool = False) -> None:
        self._finished, self._report, self._exact = finished, report, exact
        self._shards, self._waiting = _Shards(finished), _Waiting()
        self._wanted: dict[str, dict[tuple[int, str], str]] = {}

    def __enter__(self) -> Self:
        self._waiting.open()
        return self

    def __exit__(self, *error: object) -> None:
        self._waiting.close()

    def add(self, claim: Claim) -> None:
        """Add a claim; `look_up` reports whether its kept passage is there."""
        line = claim.line
        doc, start, text = line["kept_doc"], line["kept_source_start"], line["kept_text"]
        if self._exact and line["kept_source_end"] - start != len(text):
            self._report(f"{claim.place}: its kept passage is not {line['kept_source_end'] - start} long")
        shard = self._shards.of(doc)
        if shard is None:
            self._missing(claim.place, doc)
        else:
            self._waiting.add(shard, (doc, start if self._exact else -1, text, claim.place))

    def look_up(self) -> None:
        """Report the claims whose kept passage is not in the output."""
        if not self._waiting.shards:
            return
        try:
            for doc, text in output_texts(self._finished, self._want):
                for (start, kept), place in self._wanted.pop(doc).items():
                    there = text.startswith(kept, start) if self._exact else kept in text
                    if not there:
                        self._missing(place, doc)
        except RebuildError as error:
            message = f"{self._finished.out}: {error}"
            raise RebuildError(message) from None
        self._report_missing()

    def _want(self, shard: int) -> Collection[str]:
        """Return the documents of a shard that are looked for, after those of the shard before."""
        self._report_missing()
        for doc, start, text, place in self._waiting.of(shard):
            self._wanted.setdefault(doc, {}).setdefault((start, text), place)
        return self._wanted

    def _report_missing(self) -> None:
        """Report the claims that name documents which were not in the output of their shard."""
        for doc, passages in self._wanted.items():
            for place in passages.values():
                self._missing(place, doc)
        self._wanted = {}

    def _missing(self, place: str, doc: str) -> None:
        where = f"{self._finished.out}/{doc}" if self._exact else doc
        self._report(f"{place}: its kept passage is not in the output of {where}")


class _Shards:
    """Tells which shard of a run a document is in, by its key; holds little more for a file than its path."""

    def __init__(self, finished: Finished) -> None:
        # of each path the shards that it is in, and the number of its first record in each
        self._starts: dict[str, tuple[list[int], list[int]]] = {}
        for shard in range(finished.shards):
            for line in read_part(finished.audit, INPUTS, shard):
                if line["path"] not in self._starts:
                    self._starts[line["path"]] = [shard], [0]
                elif line["byte_start"]:
                    first = next(read_part(finished.audit, DOCUMENTS, shard), None)
                    path, _, number = first["doc"].rpartition(":") if first else ("", "", "")
                    if path == line["path"]:
                        self._starts[path][0].append(shard)
                        self._starts[path][1].append(int(number))

    def of(self, doc: str) -> int | None:
        """Return the shard of a document; None when there is none of its name."""
        path, _, number = doc.rpartition(":")
        found = self._starts.get(doc)
        if found is None and number.isascii() and number.isdigit():
            found = self._starts.get(path)
        if found is None:
            return None
        shards, numbers = found
        return shards[bisect_right(numbers, int(number)) - 1] if len(shards) > 1 else shards[0]


class _Waiting:
    """Passages that wait for the turn of their shard: in memory, and once they are many in a file."""

    def __init__(self) -> None:
        self._here: defaultdict[int, list[Wanted]] = defaultdict(list)
        self._pieces: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._size = 0

    def open(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by `close`

    def close(self) -> None:
        self._file.close()

    @property
    def shards(self) -> frozenset[int]:
        """Return the shards that something waits for."""
        return frozenset(self._here) | frozenset(self._pieces)

    def add(self, shard: int, passage: Wanted) -> None:
        """Put a passage by for the turn of a shard."""
        self._here[shard].append(passage)
        self._size += len(passage[2])
        if self._size > _ROOM:
            for number, passages in self._here.items():
                data = jsontext.dumps(passages)
                self._pieces[number].append((self._file.tell(), len(data)))
                self._file.write(data)
            self._here.clear()
            self._size = 0

    def of(self, shard: int) -> Iterator[Wanted]:
        """Yield what waits for a shard, in the order in which it came; nothing is added after that."""
        for at, size in self._pieces.get(shard, ()):
            self._file.seek(at)
            yield from jsontext.loads(self._file.read(size))
        yield from self._here.pop(shard, ())
