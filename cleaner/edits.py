"""The only code that changes text: it checks proposed edits, applies, reverts and maps offsets.

Steps propose edits; this module applies them. Whatever changes a document goes through `revise`, so the
audit trail, `diff`, `why`, `restore` and the report cannot miss anything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from cleaner.errors import CleanerError
from cleaner.model import Document, Edit, Fact, Finding, Flag, Revision, Span


class EditError(CleanerError):
    """A step proposed an edit that does not fit its text, or two that overlap: a bug in that step."""


def checked(text: str, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Sort edits by position and prove that they fit `text` and do not overlap.

    Insertions at one place keep the order in which they were proposed.

    >>> checked("a b", [Edit(2, 3, "b", "c", "t/x"), Edit(0, 1, "a", "", "t/x")])[0].old
    'a'
    >>> checked("a b", [Edit(0, 1, "b", "", "t/x")])
    Traceback (most recent call last):
    ...
    cleaner.edits.EditError: t/x: expected 'b' at 0:1, found 'a'
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    last_end = 0
    for edit in ordered:
        if edit.start < last_end:
            message = f"{edit.rule}: edit at {edit.start}:{edit.end} overlaps the one before it"
            raise EditError(message)
        if not edit.start <= edit.end <= len(text) or text[edit.start : edit.end] != edit.old:
            found = text[edit.start : edit.end]
            message = f"{edit.rule}: expected {edit.old!r} at {edit.start}:{edit.end}, found {found!r}"
            raise EditError(message)
        last_end = edit.end
    return tuple(ordered)


def splice(text: str, edits: Sequence[Edit]) -> str:
    """Apply checked edits.

    >>> splice("one  two", checked("one  two", [Edit(3, 5, "  ", " ", "t/x")]))
    'one two'
    """
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += (text[at : edit.start], edit.new)
        at = edit.end
    parts.append(text[at:])
    return "".join(parts)


def inverse(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits that undo `edits`, in the coordinates of the edited text.

    >>> undo = inverse([Edit(0, 2, "ab", "", "t/x"), Edit(3, 3, "", "!", "t/y")])
    >>> splice("c!", undo)
    'abc'
    """
    undo, shift = [], 0
    for edit in edits:
        start = edit.start + shift
        undo.append(replace(edit, start=start, end=start + len(edit.new), old=edit.new, new=edit.old))
        shift += len(edit.new) - len(edit.old)
    return tuple(undo)


def revise(doc: Document, step: str, findings: Iterable[Finding]) -> Document:
    """Apply what a step found: edits become a revision, flags and facts are attached.

    A fact replaces an earlier one of the same name. Flags are placed in the text that the step
    read, before its own edits.

    >>> revise(Document("a.txt", "x  y"), "encoding", [Edit(1, 3, "  ", " ", "t/x")]).text
    'x y'
    """
    edits: list[Edit] = []
    flags: list[Flag] = []
    facts: dict[str, Fact] = {}
    for finding in findings:
        if isinstance(finding, Edit):
            if finding.old != finding.new:
                edits.append(finding)
        elif isinstance(finding, Flag):
            flags.append(replace(finding, at=len(doc.trail)))
        else:
            facts[finding.name] = finding
    if not (edits or flags or facts):
        return doc
    changes: dict[str, Any] = {}
    if flags:
        changes["flags"] = doc.flags + tuple(flags)
    if facts:
        kept = tuple(fact for fact in doc.facts if fact.name not in facts)
        changes["facts"] = kept + tuple(facts.values())
    if edits:
        revision = Revision(step, checked(doc.text, edits))
        changes |= {"text": splice(doc.text, revision.edits), "trail": (*doc.trail, revision)}
    return replace(doc, **changes)


def outside(text: str, spans: Sequence[Span], covers: Sequence[Span]) -> str:
    """Return the first text in `spans` that is in none of `covers`, white space aside; both are sorted.

    >>> outside("a bb c", [(0, 6)], [(0, 2), (4, 6)]), outside("a bb c", [(0, 2)], [(0, 1)])
    ('bb', '')
    """
    first = bisect_right(covers, spans[0][0], key=lambda span: span[1]) if spans else 0
    for start, end in spans:
        while first < len(covers) and covers[first][1] <= start:
            first += 1
        at, k = start, first
        while at < end:
            stop = min(max(covers[k][0], at), end) if k < len(covers) else end
            left = text[at:stop].strip()
            if left:
                return left
            at = max(at, covers[k][1]) if k < len(covers) else end
            k += 1
    return ""


class OffsetMap:
    """Maps spans through the edits of one revision, both ways, in O(log n) each."""

    __slots__ = ("_new_ends", "_new_starts", "_old_ends", "_old_starts")

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._old_starts = [edit.start for edit in edits]
        self._old_ends = [edit.end for edit in edits]
        self._new_starts, self._new_ends = [], []
        shift = 0
        for edit in edits:
            self._new_starts.append(edit.start + shift)
            self._new_ends.append(edit.start + shift + len(edit.new))
            shift += len(edit.new) - len(edit.old)

    def back(self, start: int, end: int) -> Span:
        """Map a span of the edited text to the text before; a part of a replacement counts as all of it.

        >>> OffsetMap([Edit(1, 3, "  ", " ", "t/x")]).back(2, 3)
        (3, 4)
        """
        old = (
            _start(start, self._new_starts, self._new_ends, self._old_starts, self._old_ends),
            _end(end, self._new_starts, self._new_ends, self._old_starts, self._old_ends),
        )
        return old if old[0] <= old[1] else (old[1], old[1])

    def forward(self, start: int, end: int) -> Span | None:
        """Map a span of the text before to the edited text; None when nothing of it is left.

        >>> OffsetMap([Edit(0, 2, "ab", "", "t/x")]).forward(1, 3)
        (0, 1)
        >>> OffsetMap([Edit(0, 2, "ab", "", "t/x")]).forward(0, 2) is None
        True
        """
        new_start, new_end = self.place(start, end)
        return (new_start, new_end) if new_start < new_end else None

    def place(self, start: int, end: int) -> Span:
        """Return where a span of the text before is, or was, in the edited text.

        >>> OffsetMap([Edit(0, 2, "ab", "", "t/x")]).place(0, 2)
        (0, 0)
        """
        new_start = _start(start, self._old_starts, self._old_ends, self._new_starts, self._new_ends)
        new_end = _end(end, self._old_starts, self._old_ends, self._new_starts, self._new_ends)
        return new_start, max(new_start, new_end)


def _start(at: int, starts: list[int], ends: list[int], to_starts: list[int], to_ends: list[int]) -> int:
    """Map the start of a span: inside a change (or at its start) to the start of what it became."""
    i = bisect_right(starts, at) - 1
    if i < 0:
        return at
    if at < ends[i]:
        return to_starts[i]
    return to_ends[i] + at - ends[i]


def _end(at: int, starts: list[int], ends: list[int], to_starts: list[int], to_ends: list[int]) -> int:
    """Map the end of a span: inside a change (or at its end) to the end of what it became."""
    i = bisect_left(starts, at) - 1
    if i < 0:
        return at
    if at < ends[i]:
        return to_ends[i]
    return to_ends[i] + at - ends[i]


class Trail:
    """The offset maps of a document's revisions, built once for many look-ups."""

    __slots__ = ("_maps",)

    def __init__(self, trail: Sequence[Revision]) -> None:
        self._maps = [OffsetMap(revision.edits) for revision in trail]

    def to_source(self, at: int, start: int, end: int) -> Span:
        """Map a span of the text that had seen `at` revisions to the decoded source."""
        for offsets in reversed(self._maps[:at]):
            start, end = offsets.back(start, end)
        return start, end

    def to_final(self, at: int, start: int, end: int) -> Span | None:
        """Map a span of the text that had seen `at` revisions to the final text; None when nothing of it is left."""
        for offsets in self._maps[at:]:
            span = offsets.forward(start, end)
            if span is None:
                return None
            start, end = span
        return start, end
