"""Which lines of a source each edit of its document changed, as `clean why` tells it.

A line is changed by an edit that takes, alters or adds text in it, that takes it away, or that joins it
to the line before or behind: a join belongs to both of its lines, and to the blank ones between. A
line that no edit changed is in the cleaned text as it was, a line of its own, in its order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from cleaner.audit.records import EditLine
from cleaner.edits import OffsetMap
from cleaner.lines import line_spans
from cleaner.model import Edit, Span


class Lines:
    """The lines of a source, followed through the revisions of its document."""

    def __init__(self, source: str) -> None:
        self._left = list(enumerate(line_spans(source)))  # number of each line that is left, and where it is

    def revise(
        self, before: str, edits: Sequence[EditLine], after: str
    ) -> Iterator[tuple[EditLine, list[int]]]:
        """Yield the edits of a revision in order, each with the numbers, from 0, of the lines that it changed."""
        offsets = OffsetMap([Edit(*span, line["old"], line["new"], "") for line, span in _spans(edits)])
        moved = [offsets.place(*span) for _, span in self._left]
        ends = [span[1] for _, span in self._left]
        gone: set[int] = set()
        for line, (start, end) in _spans(edits):
            changed = []
            for k in range(bisect_left(ends, start), len(ends)):
                number, span = self._left[k]
                if span[0] > end:
                    break
                if _takes_text((start, end), span) or _joins(before, span, after, moved[k], (start, end)):
                    changed.append(number)
                if moved[k][0] == moved[k][1] and (start <= span[1] < end or span[1] == len(before)):
                    gone.add(number)
            yield line, changed
        self._left = [
            (number, place)
            for (number, _), place in zip(self._left, moved, strict=True)
            if number not in gone
        ]

    def place(self, number: int) -> Span | None:
        """Return where what is left of a line is now; None when it was taken away whole."""
        return next((span for known, span in self._left if known == number), None)


def changed_lines(
    source: str, revisions: Sequence[tuple[Sequence[EditLine], str]]
) -> Iterator[tuple[EditLine, list[int]]]:
    r"""Yield every edit with the numbers, from 0, of the lines of `source` that it changed.

    `revisions` holds the edits of each revision and the text that they left.

    >>> join = {"start": 3, "end": 5, "old": "\n\n", "new": " "}
    >>> [lines for _, lines in changed_lines("one\n\ntwo\nthree\n", [([join], "one two\nthree\n")])]
    [[0, 1, 2]]
    """
    lines, before = Lines(source), source
    for edits, after in revisions:
        yield from lines.revise(before, edits, after)
        before = after


def _spans(edits: Sequence[EditLine]) -> Iterator[tuple[EditLine, Span]]:
    return ((line, (line["start"], line["end"])) for line in edits)


def _takes_text(edit: Span, line: Span) -> bool:
    """Tell whether an edit takes or adds text inside a line; an empty line is its newline."""
    if line[0] == line[1]:
        return edit[0] <= line[0] < edit[1]
    return edit[0] < line[1] and line[0] < edit[1]


def _joins(before: str, line: Span, after: str, moved: Span, edit: Span) -> bool:
    """Tell whether an edit joins other text to an end of a line that was free until then."""
    head = edit[1] >= line[0] >= edit[0] and _free_head(before, line[0]) and not _free_head(after, moved[0])
    tail = edit[0] <= line[1] <= edit[1] and _free_tail(before, line[1]) and not _free_tail(after, moved[1])
    return head or tail


def _free_head(text: str, at: int) -> bool:
    return not at or text[at - 1] == "\n"


def _free_tail(text: str, at: int) -> bool:
    return at == len(text) or text[at] == "\n"
