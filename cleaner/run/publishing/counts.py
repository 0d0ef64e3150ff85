"""What a unit, or a run, did, in numbers: for the summary, for `run.json`, and for the limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from cleaner.pipeline import EXEMPTED
from cleaner.report.collect import LEAST, LONG, LOST
from cleaner.run.entries import Held
from cleaner.steps import named

DIFFERENT = frozenset({"number", "negation", "name"})
"""In what a duplicate may differ that makes it doubtful."""


@dataclass(slots=True)
class Counts:
    """What a unit, or a run, contributes to the summary and to the limits."""

    documents_in: int = 0
    documents_out: int = 0
    chars_in: int = 0
    chars_out: int = 0
    passages_in: int = 0
    passages_out: int = 0
    removed_by_rules: int = 0
    quarantined: int = 0
    aside: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    exempted: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    doubts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Add the counts of another unit."""
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)


def count_document(counts: Counts, held: Held, left: int, *, written: bool) -> None:
    """Add one document, with so many passages left, to the counts."""
    doc = held.doc
    counts.documents_in += 1
    counts.aside += bool(held.aside)
    counts.chars_in += held.meta.chars_in
    counts.passages_in += held.meta.passages_in
    counts.changed += bool(doc.trail)
    for doubt in _doubts(held):
        counts.doubts[doubt] += 1
    if written:
        counts.documents_out += 1
        counts.chars_out += len(doc.text)
        counts.passages_out += left
    for revision in doc.trail:
        for edit in revision.edits:
            counts.edits[edit.rule] += 1
            if not named(revision.step).accounts:
                counts.removed_by_rules += max(0, len(edit.old) - len(edit.new))
    for flag in doc.flags:
        counts.flags[flag.rule] += 1
        counts.severities[flag.severity] += 1
    for fact in doc.facts:
        if fact.name == EXEMPTED and isinstance(fact.value, list):
            counts.exempted.update(str(place) for place in fact.value)
    for account in held.accounts:
        counts.duplicates[account.duplicate.kind] += 1


def _doubts(held: Held) -> Iterator[str]:
    """Yield what the report would have somebody look at first, as far as one document shows it."""
    doc, chars = held.doc, held.meta.chars_in
    if doc.kept and chars >= LEAST and chars - len(doc.text) > LOST * chars:
        yield f"documents that lost over {LOST:.0%}"
    for revision in doc.trail:
        if not named(revision.step).accounts:
            for edit in revision.edits:
                if not edit.new.strip() and len(edit.old.strip()) >= LONG:
                    yield f"removals of {LONG} characters or more"
    for account in held.accounts:
        if account.duplicate.action == "remove" and not DIFFERENT.isdisjoint(account.duplicate.differs):
            yield "removed duplicates that differ in a name, a negation or a number"
