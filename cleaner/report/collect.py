"""One pass over the audit trail: everything is counted, a bounded number of lines is chosen to be shown.

What is shown is what comes first in the corpus, so that equal runs give equal pages. Memory holds
one document's edits at a time, and what was chosen. Shards can be collected apart, in any process, and
added up in their order.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Generic, TypeVar

from cleaner.audit.records import (
    DOCUMENTS,
    DUPLICATES,
    EDITS,
    FLAGS,
    QUARANTINE,
    DocumentLine,
    DuplicateLine,
    EditLine,
    FlagLine,
    QuarantineLine,
)
from cleaner.audit.trail import read_part

Finding = TypeVar("Finding", EditLine, FlagLine)
Item = TypeVar("Item")

EXAMPLES = 4
"""Examples of one rule."""
FROM_ONE_DOCUMENT = 2
"""Examples of one rule from one document."""
RULES = 150
"""Rules of which examples are shown; all are counted."""
SHOWN_DOCUMENTS = 12
"""Documents that are shown with their changes."""
NEAR, EXACT = 12, 6
"""Pairs of near and of exact duplicates."""
LISTED = 100
"""Entries of the lists of quarantine, of documents of which nothing is left, and of skipped files."""
BINS = 20


@dataclass(slots=True)
class Chosen(Generic[Finding]):
    """What is known of one rule: how often, how many characters, and the lines to show with their shards."""

    count: int = 0
    removed: int = 0
    added: int = 0
    lines: list[tuple[int, Finding]] = field(default_factory=list)

    def offer(self, shard: int, line: Finding) -> None:
        """Take a line as an example when there is room for it."""
        if len(self.lines) < EXAMPLES:
            own = sum(other["doc"] == line["doc"] for _, other in self.lines)
            if own < FROM_ONE_DOCUMENT:
                self.lines.append((shard, line))

    def add(self, other: Chosen[Finding]) -> None:
        """Add what was found in a later shard."""
        self.count += other.count
        self.removed += other.removed
        self.added += other.added
        for shard, line in other.lines:
            self.offer(shard, line)


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """A document with the number of characters that changed in it; ordered by that, earlier ones greater."""

    amount: int
    order: int
    shard: int = field(compare=False)
    doc: str = field(compare=False)
    edits: list[EditLine] = field(compare=False)


@dataclass(slots=True)
class Collected:
    """What the page is made of, apart from the texts of documents."""

    edits: dict[tuple[str, str], Chosen[EditLine]] = field(default_factory=dict)
    """By step and rule."""
    flags: dict[tuple[str, str], Chosen[FlagLine]] = field(default_factory=dict)
    """By severity and rule."""
    changed: list[Changed] = field(default_factory=list)
    changed_count: int = 0
    documents: dict[str, DocumentLine] = field(default_factory=dict)
    """The lines of the documents in `changed`."""
    languages: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    emptied: list[str] = field(default_factory=list)
    emptied_count: int = 0
    aside: list[DocumentLine] = field(default_factory=list)
    """Lines of documents that were set aside, as the limits of the configuration ask for."""
    aside_count: int = 0
    near: list[DuplicateLine] = field(default_factory=list)
    exact: list[DuplicateLine] = field(default_factory=list)
    duplicates: Counter[str] = field(default_factory=Counter)
    within: int = 0
    """Duplicates whose kept passage is in the same document."""
    similarities: list[int] = field(default_factory=lambda: [0] * BINS)
    """Near duplicates that were removed, in bins of 0.05."""
    quarantine: list[QuarantineLine] = field(default_factory=list)
    quarantine_count: int = 0


_LISTS = {"near": NEAR, "exact": EXACT, "emptied": LISTED, "aside": LISTED, "quarantine": LISTED}
"""Lists of `Collected`, and how long each may become."""
_COUNTS = ("changed_count", "emptied_count", "aside_count", "within", "quarantine_count")


def collect(audit: Path, part: int, shard: int | None = None) -> Collected:
    """Count and choose in one part of the trail in the folder `audit`, which is (or becomes a piece of) a shard."""
    found = Collected()
    shard = part if shard is None else shard
    _edits(found, shard, read_part(audit, EDITS, part))
    _flags(found, shard, read_part(audit, FLAGS, part))
    _documents(found, read_part(audit, DOCUMENTS, part))
    _duplicates(found, read_part(audit, DUPLICATES, part))
    for line in read_part(audit, QUARANTINE, part):
        found.quarantine_count += 1
        _keep(found.quarantine, line, LISTED)
    return found


def together(parts: Iterable[Collected]) -> Collected:
    """Add up what was collected of all shards, given in their order."""
    whole = Collected()
    for part in parts:
        _add(whole.edits, part.edits)
        _add(whole.flags, part.flags)
        later = [replace(item, order=item.order - whole.changed_count) for item in part.changed]
        whole.changed = heapq.nlargest(SHOWN_DOCUMENTS, [*whole.changed, *later])
        whole.documents |= part.documents
        for name in _LISTS:
            mine = getattr(whole, name)
            mine += getattr(part, name)[: _LISTS[name] - len(mine)]
        for name in _COUNTS:
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        for counter, more in (
            (whole.languages, part.languages),
            (whole.encodings, part.encodings),
            (whole.duplicates, part.duplicates),
        ):
            counter.update(more)
        whole.similarities = [a + b for a, b in zip(whole.similarities, part.similarities, strict=True)]
    whole.documents = {item.doc: whole.documents[item.doc] for item in whole.changed}
    return whole


def _add(
    mine: dict[tuple[str, str], Chosen[Finding]], theirs: dict[tuple[str, str], Chosen[Finding]]
) -> None:
    for key, chosen in theirs.items():
        mine.setdefault(key, Chosen()).add(chosen)


def _edits(found: Collected, shard: int, lines: Iterator[EditLine]) -> None:
    for doc, group in groupby(lines, key=itemgetter("doc")):
        own, amount = list(group), 0
        for line in own:
            old, new = len(line["old"]), len(line["new"])
            amount += max(old, new)
            chosen = found.edits.get((line["step"], line["rule"]))
            if chosen is None:
                chosen = found.edits[line["step"], line["rule"]] = Chosen()
            chosen.count += 1
            chosen.removed += max(0, old - new)
            chosen.added += max(0, new - old)
            chosen.offer(shard, line)
        found.changed_count += 1
        if len(found.changed) < SHOWN_DOCUMENTS:
            heapq.heappush(found.changed, Changed(amount, -found.changed_count, shard, doc, own))
        elif amount > found.changed[0].amount:  # of equal ones the earlier is kept
            heapq.heapreplace(found.changed, Changed(amount, -found.changed_count, shard, doc, own))


def _flags(found: Collected, shard: int, lines: Iterator[FlagLine]) -> None:
    for line in lines:
        chosen = found.flags.setdefault((line["severity"], line["rule"]), Chosen())
        chosen.count += 1
        chosen.offer(shard, line)


def _documents(found: Collected, lines: Iterator[DocumentLine]) -> None:
    shown = {item.doc for item in found.changed}
    for line in lines:
        found.languages[line["language"]] += 1
        found.encodings[line["encoding"]] += 1
        if line["doc"] in shown:
            found.documents[line["doc"]] = line
        if line["aside"]:
            found.aside_count += 1
            _keep(found.aside, line, LISTED)
        elif not line["kept"]:
            found.emptied_count += 1
            if len(found.emptied) < LISTED:
                found.emptied.append(line["doc"])


def _duplicates(found: Collected, lines: Iterator[DuplicateLine]) -> None:
    for line in lines:
        kind = line["kind"]
        found.duplicates[kind] += 1
        found.within += line["doc"] == line["kept_doc"] and line["kept_corpus"] is None
        if kind == "near":
            found.similarities[min(BINS - 1, int(line["similarity"] * BINS + 1e-9))] += 1
        _keep(found.near if kind == "near" else found.exact, line, NEAR if kind == "near" else EXACT)


def _keep(lines: list[Item], line: Item, limit: int) -> None:
    if len(lines) < limit:
        lines.append(line)
