"""What one pass over the trail leaves: counts, and samples of bounded size. Those of several shards are added up."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeAlias

from cleaner.audit.records import DocumentLine, DuplicateLine, EditLine, FlagLine, QuarantineLine
from cleaner.engines.spark.values import plain, value_of
from cleaner.formats import jsontext
from cleaner.report.sampling import Distinct, Frequent, Sample, Top
from cleaner.storage.zstd import zstd

HITS: Final = 8
"""Hits of one rule, drawn at random."""
TEXTS: Final = 64
"""Distinct texts of one rule that are counted without error."""
FEW_SOURCES: Final = 64
SHOWN_DOCUMENTS: Final = 12
"""Documents that changed most, and documents drawn at random."""
MINED: Final = 240
"""Documents that are searched for candidates of rules."""
LISTED: Final = 100
"""Entries of the lists of quarantine, of documents of which nothing is left, and of skipped files."""
DOUBTS: Final = 16
"""Entries of one kind of doubt; `WIDE` are looked at where context decides which are shown."""
WIDE: Final = 64
CLUSTERS: Final = 60
MEMBERS: Final = 5
"""Clusters of duplicates, of all and of those with members that are not exact, and removed members of each."""
SOURCES: Final = 20_000
"""Sources that are counted; those that lost least are forgotten."""
BINS: Final = 20

Place: TypeAlias = tuple[int, str]
"""A document: its shard and its key."""
EditHit: TypeAlias = tuple[int, EditLine]
FlagHit: TypeAlias = tuple[int, FlagLine]


@dataclass(slots=True)
class Tally:
    """What is known of one rule: how often, how many characters, where, and some of it to be shown.

    `texts` holds what was there and what it became, both cut to what is shown; `distinct` counts whole
    texts. `home` is one of the sources.
    """

    count: int = 0
    removed: int = 0
    added: int = 0
    documents: int = 0
    sources: Distinct = field(default_factory=lambda: Distinct(FEW_SOURCES))
    home: str = ""
    distinct: Distinct = field(default_factory=lambda: Distinct(4 * TEXTS))
    texts: Frequent[tuple[str, str]] = field(default_factory=lambda: Frequent(TEXTS))
    hits: Sample[tuple[int, Any]] = field(default_factory=lambda: Sample(HITS))
    last: int = -1
    """Number of the last document that it was seen in, within a part."""

    def add(self, other: Tally) -> None:
        """Add what was found in another shard."""
        self.count += other.count
        self.removed += other.removed
        self.added += other.added
        self.documents += other.documents
        self.sources.add(other.sources)
        self.home = min(filter(None, (self.home, other.home)), default="")
        self.distinct.add(other.distinct)
        self.texts.add(other.texts)
        self.hits.add(other.hits)


@dataclass(slots=True)
class Cluster:
    """Passages that repeat one kept passage: how many, the line of one, and a sample of them."""

    size: int
    line: DuplicateLine
    members: Sample[DuplicateLine] = field(default_factory=lambda: Sample(MEMBERS))


@dataclass(slots=True)
class Clusters:
    """The largest clusters; `cluster` of any line tells the size of its own, so that small ones need not be held."""

    size: int
    _found: dict[tuple[str, str, int, int], Cluster] = field(default_factory=dict)
    _least: int = 0

    def see(self, number: int, line: DuplicateLine) -> None:
        """Look at one removed passage."""
        size = line["cluster"]
        if size < self._least:
            return
        kept = line["kept_doc"], line["kept_source_start"], line["kept_source_end"]
        key = (line["kept_corpus"] or "", *kept)
        cluster = self._found.get(key)
        if cluster is None:
            if len(self._found) >= 4 * self.size:
                self._prune()
            cluster = self._found[key] = Cluster(size, line)
        cluster.members.offer(number, line)

    def add(self, other: Clusters) -> None:
        """Add the clusters of another shard."""
        for key, cluster in other._found.items():
            mine = self._found.get(key)
            if mine is None:
                self._found[key] = cluster
            else:
                mine.members.add(cluster.members)
        if len(self._found) >= 4 * self.size:
            self._prune()

    def shorten(self) -> None:
        """Forget what is not among the largest."""
        if len(self._found) > self.size:
            self._prune()

    def _ordered(self) -> list[tuple[tuple[str, str, int, int], Cluster]]:
        return sorted(self._found.items(), key=lambda entry: (-entry[1].size, entry[0]))

    def _prune(self) -> None:
        self._found = dict(self._ordered()[: self.size])
        self._least = min(cluster.size for cluster in self._found.values())

    def largest(self) -> list[Cluster]:
        """Return the largest, in order."""
        return [cluster for _, cluster in self._ordered()[: self.size]]


@dataclass(slots=True)
class Collected:
    """What the page is made of, apart from the texts of documents."""

    edits: dict[tuple[str, str], Tally] = field(default_factory=dict)
    """By step and rule."""
    flags: dict[tuple[str, str], Tally] = field(default_factory=dict)
    """By severity and rule."""
    touched: Counter[str] = field(default_factory=Counter)
    """Documents that a step changed."""
    changed: Top[Place] = field(default_factory=lambda: Top(SHOWN_DOCUMENTS))
    some: Sample[Place] = field(default_factory=lambda: Sample(SHOWN_DOCUMENTS))
    """Documents that changed, at random."""
    changed_count: int = 0
    mined: Sample[Place] = field(default_factory=lambda: Sample(MINED))
    languages: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    lengths_in: Counter[int] = field(default_factory=Counter)
    lengths_out: Counter[int] = field(default_factory=Counter)
    """Documents by the number of binary digits of their length in characters."""
    sources: dict[str, list[int]] = field(default_factory=dict)
    """Documents, characters in, characters out, by source."""
    scored: Top[tuple[int, DocumentLine]] = field(default_factory=lambda: Top(2 * DOUBTS))
    """Documents with the highest scores of translation."""
    lost: Top[tuple[int, DocumentLine]] = field(default_factory=lambda: Top(DOUBTS))
    lost_count: int = 0
    legacy: Sample[tuple[int, DocumentLine]] = field(default_factory=lambda: Sample(WIDE))
    long: Top[EditHit] = field(default_factory=lambda: Top(WIDE))
    amid: Sample[EditHit] = field(default_factory=lambda: Sample(WIDE))
    joins: Sample[EditHit] = field(default_factory=lambda: Sample(WIDE))
    close: Top[DuplicateLine] = field(default_factory=lambda: Top(DOUBTS))
    unlike: Sample[DuplicateLine] = field(default_factory=lambda: Sample(DOUBTS))
    emptied: list[str] = field(default_factory=list)
    emptied_count: int = 0
    aside: list[DocumentLine] = field(default_factory=list)
    """Lines of documents that were set aside, as the limits of the configuration ask for."""
    aside_count: int = 0
    clusters: Clusters = field(default_factory=lambda: Clusters(CLUSTERS))
    varied: Clusters = field(default_factory=lambda: Clusters(CLUSTERS))
    """Clusters with members that are not exact."""
    duplicates: Counter[str] = field(default_factory=Counter)
    differs: Counter[str] = field(default_factory=Counter)
    within: int = 0
    """Duplicates whose kept passage is in the same document."""
    similarities: list[int] = field(default_factory=lambda: [0] * BINS)
    """Near duplicates, in bins of 0.05."""
    quarantine: list[QuarantineLine] = field(default_factory=list)
    quarantine_count: int = 0


_LISTS: Final = ("emptied", "aside", "quarantine")


def together(parts: Iterable[Collected]) -> Collected:
    """Add up what was collected of all shards, given in their order."""
    whole = Collected()
    for part in parts:
        for entry in fields(Collected):
            mine, more = getattr(whole, entry.name), getattr(part, entry.name)
            setattr(whole, entry.name, _sum(entry.name, mine, more))
        if len(whole.sources) > 2 * SOURCES:
            whole.sources = dict(worst_sources(whole.sources)[:SOURCES])
    return whole


def _sum(name: str, mine: Any, more: Any) -> Any:
    if name in _LISTS:
        return mine + more[: LISTED - len(mine)]
    if name == "similarities":
        return [a + b for a, b in zip(mine, more, strict=True)]
    if isinstance(mine, int):
        return mine + more
    if isinstance(mine, Counter):
        mine.update(more)
    elif isinstance(mine, dict):
        _add_entries(mine, more)
    else:
        mine.add(more)
    return mine


def _add_entries(mine: dict[Any, Any], more: dict[Any, Any]) -> None:
    for key, entry in more.items():
        if key not in mine:
            mine[key] = entry
        elif isinstance(entry, Tally):
            mine[key].add(entry)
        else:
            mine[key] = [a + b for a, b in zip(mine[key], entry, strict=True)]


def worst_sources(sources: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    """Return the sources with what they lost, those that lost most characters first.

    >>> worst_sources({"a": [1, 10, 9], "b": [2, 20, 5]})[0]
    ('b', [2, 20, 5])
    """
    return sorted(sources.items(), key=lambda entry: (entry[1][2] - entry[1][1], entry[0]))


def packed(collected: Collected) -> str:
    """Pack what a worker found, as text that any engine can send; a run holds one for each unit until its end.

    What cannot be among the first of its kind is left out.
    """
    for entry in fields(Collected):
        found = getattr(collected, entry.name)
        if isinstance(found, Top | Clusters):
            found.shorten()
    return base64.b64encode(zstd.compress(jsontext.dumps(plain(collected)), 3)).decode("ascii")


def unpacked(text: str) -> Collected:
    """Return what was packed."""
    found: Collected = value_of(jsontext.loads(zstd.decompress(base64.b64decode(text))))
    return found
