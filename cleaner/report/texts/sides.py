"""A document before and after, line by line, with every removed, joined, repaired or flagged span marked by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from cleaner.audit.records import EditLine, FlagLine
from cleaner.model import Span
from cleaner.report.texts.changes import Change, changes
from cleaner.report.texts.marks import Kind, Piece, changed, shorten, visible

AROUND: Final = 1
"""Unchanged lines that are shown beside a change; more of them are folded."""
CELL: Final = 1_600
"""Characters that are shown of one span."""
NOTE: Final = 160


class Reason(NamedTuple):
    """Why a span is marked: the sign that refers to it, the rule, its step or severity, and what decided it."""

    tag: str
    rule: str
    family: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the source and what it became. Where nothing happened `before` is all there is."""

    line: int
    before: tuple[Piece, ...]
    after: tuple[Piece, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing happened."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows that belong together: unchanged ones that are folded away, or rows that are shown."""

    folded: bool
    rows: tuple[Row, ...]


class _Span(NamedTuple):
    kind: Kind
    text: str
    at: int
    rules: tuple[str, ...]


@dataclass(slots=True)
class _Builder:
    """Makes rows; both sides of a row end at a line end that no edit touched."""

    edits: Sequence[EditLine]
    notes: dict[str, str]
    families: dict[str, str]
    flags: dict[bool, list[FlagLine]]
    """Flags on the final text (True) and those on text that was removed (False)."""
    rows: list[Row] = field(default_factory=list)
    line: int = 1
    left: list[_Span] = field(default_factory=list)
    right: list[_Span] = field(default_factory=list)

    def same(self, text: str, at: int, final_at: int) -> None:
        for part in _lines(text):
            body = part.removesuffix("\n")
            if body:
                self.left.append(_Span("same", body, at, ()))
                self.right.append(_Span("same", body, final_at, ()))
            at, final_at = at + len(part), final_at + len(part)
            if part.endswith("\n"):
                self.end()

    def change(self, old: str, new: str, change: Change) -> None:
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        middle, fresh = old[head : len(old) - tail], new[head : len(new) - tail]
        rest = old[len(old) - tail :] if tail else ""
        self._both(old[:head], change.start, change.final_start)
        if middle:
            self.left += self._removed(middle, change.start + head, change.rules)
        if fresh:
            self.right.append(_Span("ins", fresh, change.final_start + head, change.rules))
        self._both(rest, change.end - tail, change.final_end - tail)

    def _removed(self, text: str, at: int, rules: tuple[str, ...]) -> list[_Span]:
        """Cut a removed text where the edits meet that removed it, each part with its own rules."""
        end = at + len(text)
        edits = [edit for edit in self.edits if edit["source_start"] < end and at < edit["source_end"]]
        cuts = {at, end, *(edit["source_start"] for edit in edits), *(edit["source_end"] for edit in edits)}
        ends = sorted(cut for cut in cuts if at <= cut <= end)
        found = []
        for first, last in pairwise(ends):
            own = [
                edit["rule"] for edit in edits if edit["source_start"] <= first and last <= edit["source_end"]
            ]
            found.append(
                _Span("del", text[first - at : last - at], first, tuple(dict.fromkeys(own)) or rules)
            )
        return found

    def _both(self, text: str, at: int, final_at: int) -> None:
        if text:
            self.left.append(_Span("same", text, at, ()))
            self.right.append(_Span("same", text, final_at, ()))

    def end(self) -> None:
        """Close a row."""
        left, right = self._flagged(self.left, final=False), self._flagged(self.right, final=True)
        used = list(dict.fromkeys(rule for span in (*left, *right) for rule in span.rules))
        numbers = sum(span.text.count("\n") for span in self.left) + 1
        if used:
            tags = {rule: str(k) if len(used) > 1 else "" for k, rule in enumerate(used, 1)}
            reasons = tuple(
                Reason(tags[rule], rule, self.families.get(rule, ""), self.notes.get(rule, ""))
                for rule in used
            )
            before, after = (
                tuple(piece for span in side for piece in _pieces(span, tags)) for side in (left, right)
            )
            self.rows.append(Row(self.line, before, after, reasons))
        elif any(span.text.strip() for span in left):
            self.rows.append(Row(self.line, tuple(piece for span in left for piece in _pieces(span, {}))))
        self.line += numbers
        self.left, self.right = [], []

    def _flagged(self, spans: list[_Span], *, final: bool) -> list[_Span]:
        """Cut spans at the ends of flags, and mark what is flagged."""
        found: list[_Span] = []
        for span in spans:
            low, high = span.at, span.at + len(span.text)
            flags = [flag for flag in self.flags[final] if _place(flag)[0] < high and low < _place(flag)[1]]
            cuts = sorted({low, high, *(at for flag in flags for at in _place(flag) if low < at < high)})
            for start, end in pairwise(cuts):
                rules = [flag["rule"] for flag in flags if _place(flag)[0] <= start < _place(flag)[1]]
                kind: Kind = "mark" if rules and span.kind == "same" else span.kind
                every = tuple(dict.fromkeys((*span.rules, *rules)))
                found.append(_Span(kind, span.text[start - low : end - low], start, every))
        return found


def _lines(text: str) -> list[str]:
    """Split at newlines alone: other line ends are characters of a line."""
    parts = text.split("\n")
    return [*(f"{part}\n" for part in parts[:-1]), *filter(None, parts[-1:])]


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _place(flag: FlagLine) -> Span:
    start, end = flag["start"], flag["end"]
    return (flag["source_start"], flag["source_end"]) if start is None or end is None else (start, end)


def _pieces(span: _Span, tags: dict[str, str]) -> Iterator[Piece]:
    """Yield a span as it is shown; the sign of its rules stands before the line ends after it."""
    show = visible if span.kind in ("same", "mark") else changed
    tag = " ".join(filter(None, (tags.get(rule, "") for rule in span.rules)))
    body = span.text.rstrip("\n") if span.text.strip("\n") else span.text
    yield Piece(span.kind, show(shorten(body, CELL)), tag)
    if len(body) < len(span.text):
        yield Piece(span.kind, span.text[len(body) :])


def side_by_side(source: str, final: str, edits: Sequence[EditLine], flags: Sequence[FlagLine]) -> list[Row]:
    r"""Return the lines of a document, those that are blank and unchanged left out.

    >>> edit = {"source_start": 4, "source_end": 7, "old": "Ad\n", "new": "", "rule": "t/ad", "step": "t", "note": ""}
    >>> [(row.line, row.same) for row in side_by_side("One\nAd\nTwo", "One\nTwo", [edit], [])]
    [(1, True), (2, False)]
    """
    notes = {line["rule"]: shorten(visible(line["note"]), NOTE) for line in edits if line["note"]}
    notes |= {flag["rule"]: shorten(visible(flag["message"]), NOTE) for flag in flags}
    families = {line["rule"]: line["step"] for line in edits} | {
        flag["rule"]: flag["severity"] for flag in flags
    }
    apart = {
        final: [flag for flag in flags if (flag["start"] is not None) == final] for final in (True, False)
    }
    builder = _Builder(edits, notes, families, apart)
    at = final_at = 0
    for change in changes(source, final, edits) if edits else ():
        builder.same(source[at : change.start], at, final_at)
        old, new = source[change.start : change.end], final[change.final_start : change.final_end]
        builder.change(old, new, change)
        at, final_at = change.end, change.final_end
    builder.same(source[at:], at, final_at)
    if builder.left or builder.right:
        builder.end()
    return builder.rows


def folded(rows: Sequence[Row]) -> list[Fold]:
    """Fold away unchanged rows that are not beside a change.

    >>> rows = [Row(n, (), (), (Reason("", "t/x", "t", ""),) if n == 3 else ()) for n in range(9)]
    >>> [(fold.folded, len(fold.rows)) for fold in folded(rows)]
    [(True, 2), (False, 3), (True, 4)]
    """
    near = {k + shift for k, row in enumerate(rows) if not row.same for shift in range(-AROUND, AROUND + 1)}
    groups = [
        (away, tuple(rows[k] for k in numbers))
        for away, numbers in groupby(range(len(rows)), key=lambda k: k not in near)
    ]
    return [Fold(away and len(found) > 1, found) for away, found in groups]


def abridged(rows: Sequence[Row], limit: int) -> tuple[list[Row], int]:
    """Return rows for about `limit` characters, changed ones first, and how many changed ones are left out."""
    room, kept, lost = limit, set[int](), 0
    order = sorted(range(len(rows)), key=lambda k: (rows[k].same, k))
    for k in order:
        size = sum(len(piece.text) for piece in (*rows[k].before, *rows[k].after)) + 120
        if size <= room:
            kept.add(k)
            room -= size
        elif not rows[k].same:
            lost += 1
            room = 0
        else:
            break
    return [row for k, row in enumerate(rows) if k in kept], lost
