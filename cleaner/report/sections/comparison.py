"""A run beside an earlier one of the same corpus: which rules did more or less, and which documents came out otherwise.

Both trails are read once, side by side, in the order of the corpus; memory holds one document of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from cleaner.audit.rebuild import Finished
from cleaner.audit.records import DOCUMENTS, EDITS, DocumentLine, EditLine, Run
from cleaner.audit.trail import read_all
from cleaner.report.lookup import name
from cleaner.report.sampling import Top
from cleaner.report.sections.clusters import last_part

SHOWN: Final = 60
"""Documents, and rules, that are shown."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a rule did in both runs: hits, and the documents in which it did something else."""

    rule: str
    before: int
    after: int
    documents: int


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that came out otherwise: characters kept in both runs, and what rules did more (+) or less (-)."""

    doc: str
    before: int
    after: int
    rules: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different from an earlier run, whose folder is called `name`."""

    name: str
    settings: tuple[tuple[str, str, str], ...]
    rules: tuple[RuleChange, ...]
    documents: tuple[DocumentChange, ...]
    same: int
    changed: int
    fresh: int
    gone: int


class _Told(NamedTuple):
    """A document and what was done to it."""

    order: tuple[bytes, int]
    line: DocumentLine
    deeds: Counter[tuple[str, int, int, str]]


def compare(new: Finished, old: Finished) -> Comparison:
    """Compare two finished runs."""
    touched: Counter[str] = Counter()
    shown: Top[DocumentChange] = Top(SHOWN)
    counts: Counter[str] = Counter()
    for ours, theirs in _side_by_side(_told(new), _told(old)):
        if ours is None or theirs is None:
            counts["gone" if ours is None else "fresh"] += 1
            continue
        rules = _differences(ours.deeds, theirs.deeds)
        if not rules and ours.line["chars_out"] == theirs.line["chars_out"]:
            counts["same"] += 1
            continue
        counts["changed"] += 1
        touched.update(rules)
        change = DocumentChange(
            name(ours.line["doc"]),
            theirs.line["chars_out"],
            ours.line["chars_out"],
            tuple((name(rule), number) for rule, number in sorted(rules.items())),
        )
        weight = abs(change.after - change.before) + sum(map(abs, rules.values()))
        shown.offer(weight, ours.line["doc"], change)
    return Comparison(
        name(last_part(str(old.out.resolve()))),
        _settings(new.run, old.run),
        _rules(new.run, old.run, touched),
        tuple(shown.items()),
        counts["same"],
        counts["changed"],
        counts["fresh"],
        counts["gone"],
    )


def _told(finished: Finished) -> Iterator[_Told]:
    """Yield the documents of a run with what was done to them, in the order of the corpus."""
    edits = groupby(read_all(finished.audit, EDITS, finished.shards), key=lambda line: line["doc"])
    doc, group = next(edits, (None, iter(())))
    for line in read_all(finished.audit, DOCUMENTS, finished.shards):
        deeds: Counter[tuple[str, int, int, str]] = Counter()
        if line["doc"] == doc:
            deeds.update(map(_deed, group))
            doc, group = next(edits, (None, iter(())))
        yield _Told(order_of(line["doc"]), line, deeds)


def _deed(line: EditLine) -> tuple[str, int, int, str]:
    return line["rule"], line["source_start"], line["source_end"], line["new"]


def order_of(doc: str) -> tuple[bytes, int]:
    """Return what keys are ordered by: the bytes of the path, then the number of the record.

    >>> order_of("a.jsonl:9") < order_of("a.jsonl:10") < order_of("b.txt")
    True
    """
    path, _, number = doc.rpartition(":")
    record = path and number.isascii() and number.isdigit()
    return (path if record else doc).encode("utf-8", "surrogatepass"), int(number) if record else 0


def _side_by_side(
    ours: Iterator[_Told], theirs: Iterator[_Told]
) -> Iterator[tuple[_Told | None, _Told | None]]:
    """Yield pairs of the same key; what only one of the runs has, beside None."""
    mine, other = next(ours, None), next(theirs, None)
    while mine or other:
        if other is None or (mine is not None and mine.order < other.order):
            yield mine, None
            mine = next(ours, None)
        elif mine is None or other.order < mine.order:
            yield None, other
            other = next(theirs, None)
        else:
            yield mine, other
            mine, other = next(ours, None), next(theirs, None)


def _differences(
    ours: Counter[tuple[str, int, int, str]], theirs: Counter[tuple[str, int, int, str]]
) -> dict[str, int]:
    """Return by how many edits the rules differ that did not do the same; 0 where as many are elsewhere."""
    rules: dict[str, int] = {}
    for more, sign in ((ours - theirs, 1), (theirs - ours, -1)):
        for (rule, *_), number in more.items():
            rules[rule] = rules.get(rule, 0) + sign * number
    return rules


def _rules(new: Run, old: Run, touched: Counter[str]) -> tuple[RuleChange, ...]:
    ours = {**new["counts"]["edits"], **new["counts"]["flags"]}
    theirs = {**old["counts"]["edits"], **old["counts"]["flags"]}
    found = [
        RuleChange(name(rule), theirs.get(rule, 0), ours.get(rule, 0), touched[rule])
        for rule in {*ours, *theirs}
        if ours.get(rule, 0) != theirs.get(rule, 0) or touched[rule]
    ]
    return tuple(
        sorted(found, key=lambda row: (-abs(row.after - row.before), -row.documents, row.rule))[:SHOWN]
    )


def _settings(new: Run, old: Run) -> tuple[tuple[str, str, str], ...]:
    """Return the settings and versions that differ: name, before, after."""
    ours: dict[str, object] = {**new["configuration"], **new["versions"]}
    theirs: dict[str, object] = {**old["configuration"], **old["versions"]}
    return tuple(
        (name(key), name(_shown(theirs.get(key))), name(_shown(ours.get(key))))
        for key in sorted({*ours, *theirs})
        if ours.get(key) != theirs.get(key)
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    text = str(value)
    return text[:12] if len(text) == 64 else text
