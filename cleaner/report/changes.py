"""What happened to one document, from its source to its final text, in hunks with some text around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.audit.records import EditLine
from cleaner.lines import line_of
from cleaner.report.marks import Piece, after, before, changed, shorten, visible

CONTEXT = 90
"""Characters of unchanged text around a change."""
LONGEST = 700
"""Characters that are shown of one changed piece."""
HUNKS = 12
HUNK_CHANGES = 25
"""Hunks of one document, and changes in one hunk."""


@dataclass(frozen=True, slots=True)
class Change:
    """`source[start:end]` has become `final[final_start:final_end]`, by these rules."""

    start: int
    end: int
    final_start: int
    final_end: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changes that stand close together: first line in the source, number, rules, and the text in pieces."""

    line: int
    changes: int
    rules: tuple[str, ...]
    pieces: tuple[Piece, ...]


def changes(source: str, final: str, edits: Sequence[EditLine]) -> list[Change]:
    """Merge all edits of a document, of whatever revision, into changes from source to final text.

    Between two changes source and final text are the same. Should that not hold (edits that do not
    fit the texts), all of the document is one change.

    >>> edit = {"source_start": 1, "source_end": 3, "old": "bc", "new": "", "rule": "t/x"}
    >>> changes("abcd", "ad", [edit])
    [Change(start=1, end=3, final_start=1, final_end=1, rules=('t/x',))]
    """
    found: list[Change] = []
    shift = end_before = final_before = 0
    for start, end, delta, rules in _clusters(edits):
        item = Change(start, end, start + shift, end + shift + delta, rules)
        if source[end_before:start] != final[final_before : item.final_start]:
            break
        found.append(item)
        shift, end_before, final_before = shift + delta, end, item.final_end
    else:
        if source[end_before:] == final[final_before:]:
            return found
    rules = tuple(sorted({line["rule"] for line in edits}))
    return [Change(0, len(source), 0, len(final), rules)]


def _clusters(edits: Sequence[EditLine]) -> Iterator[tuple[int, int, int, tuple[str, ...]]]:
    """Yield (start, end, difference in length, rules) of edits that touch or overlap in the source."""
    start = end = delta = -1
    rules: list[str] = []
    for line in sorted(edits, key=lambda line: (line["source_start"], line["source_end"])):
        if start >= 0 and line["source_start"] > end:
            yield start, end, delta, tuple(rules)
            start = -1
        if start < 0:
            start, end, delta, rules = line["source_start"], line["source_end"], 0, []
        end = max(end, line["source_end"])
        delta += len(line["new"]) - len(line["old"])
        if line["rule"] not in rules:
            rules.append(line["rule"])
    if start >= 0:
        yield start, end, delta, tuple(rules)


def hunks(source: str, final: str, found: Sequence[Change]) -> list[Hunk]:
    """Return the first `HUNKS` hunks of a document."""
    groups: list[list[Change]] = []
    for change in found:
        near = groups and change.start - groups[-1][-1].end <= 2 * CONTEXT
        if near and len(groups[-1]) < HUNK_CHANGES:
            groups[-1].append(change)
        elif len(groups) < HUNKS:
            groups.append([change])
        else:
            break
    return [_hunk(source, final, group) for group in groups]


def _hunk(source: str, final: str, group: Sequence[Change]) -> Hunk:
    first, last = group[0], group[-1]
    floor = source.rfind("\n", 0, max(0, first.start - CONTEXT)) + 1
    lead = before(source, first.start, min(CONTEXT, first.start - floor) if floor else CONTEXT)
    pieces = [Piece("same", visible(lead))]
    at = first.start
    for change in group:
        pieces.append(Piece("same", visible(source[at : change.start])))
        pieces += replacement(source[change.start : change.end], final[change.final_start : change.final_end])
        at = change.end
    pieces.append(Piece("same", visible(after(source, last.end, CONTEXT))))
    rules = tuple(dict.fromkeys(rule for change in group for rule in change.rules))
    return Hunk(
        line_of(source, first.start), len(group), rules, tuple(piece for piece in pieces if piece.text)
    )


def replacement(old: str, new: str) -> list[Piece]:
    """Return what was removed and what was added, without the beginning and the end that they share.

    >>> [(piece.kind, piece.text) for piece in replacement("a cat", "a dog")]
    [('same', 'a '), ('del', 'cat'), ('ins', 'dog')]
    """
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    pieces = (
        Piece("same", visible(shorten(old[:head], LONGEST))),
        Piece("del", changed(shorten(old[head : len(old) - tail], LONGEST))),
        Piece("ins", changed(shorten(new[head : len(new) - tail], LONGEST))),
        Piece("same", visible(shorten(old[len(old) - tail :], LONGEST))),
    )
    return [piece for piece in pieces if piece.text]
