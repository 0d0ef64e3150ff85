"""What happened to one document between its source and its final text, and excerpts with all of it marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cleaner.audit.records import EditLine
from cleaner.model import Span
from cleaner.report.texts.marks import Piece, changed, shorten, visible

CONTEXT = 90
"""Characters of unchanged text around a change."""
LONGEST = 700
"""Characters that are shown of one changed piece."""


@dataclass(frozen=True, slots=True)
class Change:
    """`source[start:end]` has become `final[final_start:final_end]`, by these rules."""

    start: int
    end: int
    final_start: int
    final_end: int
    rules: tuple[str, ...]


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


def excerpt(source: str, final: str, found: Sequence[Change], start: int, end: int) -> tuple[Piece, ...]:
    r"""Return `source[start:end]` with some text around it, and every change in all of that marked.

    What was removed there is of the kind "hit", other removals are "del".

    >>> cut = [Change(4, 12, 4, 4, ("t/x",))]
    >>> [(piece.kind, piece.text) for piece in excerpt("One Ad\nLink\nTwo", "One Two", cut, 4, 7)]
    [('same', 'One '), ('hit', 'Ad'), ('del', '\nLink\n'), ('same', 'Two')]
    """
    low, high = _window(source, start, end)
    pieces: list[Piece] = [Piece("same", "… ")] if low else []
    at = low
    for change in found:
        if change.end < low or change.start > high or change.end < at:
            continue
        pieces.append(Piece("same", visible(source[at : change.start])))
        own = change.start <= end and start <= change.end
        pieces += _shown(
            source,
            final,
            change,
            (max(low, change.start), min(high, change.end)),
            (start, end) if own else None,
        )
        at = max(at, min(high, change.end))
    pieces += [Piece("same", visible(source[at:high])), Piece("same", " …" if high < len(source) else "")]
    return tuple(piece for piece in pieces if piece.text)


def _window(source: str, start: int, end: int) -> Span:
    """Return where an excerpt begins and ends: at blanks, if there are any near."""
    low, high = max(0, start - CONTEXT), min(len(source), end + CONTEXT)
    while low and low < start and not source[low - 1].isspace():
        low += 1
    while high < len(source) and high > end and not source[high].isspace():
        high -= 1
    return low, high


def _shown(source: str, final: str, change: Change, seen: Span, hit: Span | None) -> list[Piece]:
    """Show a change as far as it is seen; of one that only removes, what was hit apart from the rest."""
    new = final[change.final_start : change.final_end]
    if hit is None or new.strip():
        old = source[change.start : change.end]
        pieces = replacement(old, new)
        return [replace(piece, kind="hit") if hit and piece.kind == "del" else piece for piece in pieces]
    first, last = max(seen[0], hit[0]), max(seen[0], min(seen[1], hit[1]))
    body = source[first:last]
    if body.strip():  # the line ends around it are no part of what is pointed at
        first, last = first + len(body) - len(body.lstrip("\n")), last - len(body) + len(body.rstrip("\n"))
    parts = [
        Piece("del", visible(shorten(source[seen[0] : first], LONGEST))),
        Piece("hit", changed(shorten(source[first:last], LONGEST))),
        Piece("del", visible(shorten(source[last : seen[1]], LONGEST))),
    ]
    return [*parts, Piece("ins", changed(new)) if new else Piece("same", "")]


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
