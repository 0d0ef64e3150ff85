"""Lines of a text, the one way to take lines out of it, and what is known of the texts of a batch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Final, Generic, TypeVar

from cleaner.model import Edit, Span

T = TypeVar("T")
REMEMBERED: Final = 1 << 19
"""Characters of the texts, all together, for which is surely kept what a function returned: those of a batch."""


class Recent(Generic[T]):
    """Keeps values for the last texts: for `REMEMBERED` characters of them or more, and for no more than twice as many.

    There are two parts. When the newer one is full it becomes the older one, and what was in that is forgotten.

    >>> words = Recent[int]()
    >>> words.keep("low tide", 2)
    >>> words.get("low tide"), words.get("high tide")
    (2, None)
    """

    __slots__ = ("_known", "_older", "_room")

    def __init__(self) -> None:
        self._known: dict[str, T] = {}
        self._older: dict[str, T] = {}
        self._room = REMEMBERED

    def get(self, text: str) -> T | None:
        """Return what was kept for a text; None when nothing was, or no longer is."""
        found = self._known.get(text)
        return self._older.get(text) if found is None else found

    def keep(self, text: str, value: T) -> None:
        """Keep a value for a text that has none."""
        self._room -= len(text)
        if self._room < 0:
            self._known, self._older = {}, self._known
            self._room = REMEMBERED - len(text)
        self._known[text] = value


def remembered(function: Callable[[str], T]) -> Callable[[str], T]:
    """Return a function that keeps what it returned for the last texts: steps ask in turn about a batch of them.

    It never returns None.

    >>> @remembered
    ... def words(text):
    ...     print("looked")
    ...     return len(text.split())
    >>> words("low tide"), words("low tide")
    looked
    (2, 2)
    """
    known = Recent[T]()

    @wraps(function)
    def asked(text: str) -> T:
        found = known.get(text)
        if found is None:
            found = function(text)
            known.keep(text, found)
        return found

    return asked


def line_spans(text: str) -> list[Span]:
    r"""Return the span of every line, without its newline; a final newline starts no further line.

    >>> line_spans("ab\n\nc\n")
    [(0, 2), (3, 3), (4, 5)]
    """
    return list(_line_spans(text))


@remembered
def _line_spans(text: str) -> tuple[Span, ...]:
    """Find the lines."""
    spans, at = [], 0
    for length in map(len, text.split("\n")):
        end = at + length
        spans.append((at, end))
        at = end + 1
    if spans[-1][0] == spans[-1][1]:
        spans.pop()
    return tuple(spans)


@remembered
def line_texts(text: str) -> tuple[str, ...]:
    r"""Return the lines of a text, one for each of `line_spans`.

    >>> line_texts("ab\n\nc\n")
    ('ab', '', 'c')
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return tuple(lines)


def line_of(text: str, offset: int) -> int:
    r"""Return the number of the line, from 1, in which the text from `offset` begins.

    >>> line_of("a\n\nb", 1), line_of("a\n\nb", 3)
    (3, 3)
    """
    while offset < len(text) and text[offset] in "\r\n":
        offset += 1
    return text.count("\n", 0, offset) + 1


def drop_lines(text: str, lines: Sequence[Span], drops: Mapping[int, tuple[str, str]]) -> list[Edit]:
    r"""Propose edits that take out the lines in `drops` (index of a line: rule and note).

    Of the blank lines around a removal one is kept, and none at the head or tail of the text.
    The last newline is kept as it was. Every dropped line gets an edit of its own, with
    its own rule, which also takes the blank lines after it.

    >>> from cleaner.edits import splice
    >>> text = "a\n\nAd\n\nb\nShare"
    >>> splice(text, drop_lines(text, line_spans(text), {2: ("t/ad", ""), 5: ("t/share", "")}))
    'a\n\nb'
    """
    return [edit for run in _drop_runs(text, lines, drops) for edit in _drop_run(text, lines, drops, *run)]


def without_lines(text: str, lines: Sequence[Span], drops: Collection[int]) -> str:
    r"""Return what the edits of `drop_lines` leave of a text.

    >>> without_lines("a\n\nAd\n\nb\nShare", line_spans("a\n\nAd\n\nb\nShare"), {2, 5})
    'a\n\nb'
    """
    pieces: list[str] = []
    at = 0
    for first, stop, dropped in _drop_runs(text, lines, drops):
        start, end, gap = _bounds(text, lines, first, stop, len(dropped))
        pieces += (text[at:start], gap)
        at = end
    return "".join((*pieces, text[at:]))


def _drop_runs(
    text: str, lines: Sequence[Span], drops: Collection[int]
) -> Iterator[tuple[int, int, Sequence[int]]]:
    """Yield the runs of lines that are blank or dropped, half-open, that hold dropped ones; and these."""

    def blank(k: int) -> bool:
        start, end = lines[k]
        return start == end or text[start:end].isspace()

    stop, last = 0, len(lines)
    for k in sorted(drops):
        if k < stop:
            continue
        first = k
        while first > stop and blank(first - 1):
            first -= 1
        stop = k + 1
        while stop < last and (stop in drops or blank(stop)):
            stop += 1
        yield first, stop, [n for n in range(k, stop) if n in drops]


def _drop_run(
    text: str,
    lines: Sequence[Span],
    drops: Mapping[int, tuple[str, str]],
    first: int,
    stop: int,
    dropped: Sequence[int],
) -> list[Edit]:
    """Take out lines `first` to `stop` (exclusive): blank or dropped ones between kept lines or text ends."""
    start, end, gap = _bounds(text, lines, first, stop, len(dropped))
    bounds = [lines[k][0] for k in dropped[1:]]
    bounds.append(end)
    edits = []
    for k, end in zip(dropped, bounds, strict=True):
        rule, note = drops[k]
        edits.append(Edit(start, end, text[start:end], gap, rule, note))
        start, gap = end, ""
    return edits


def _bounds(text: str, lines: Sequence[Span], first: int, stop: int, dropped: int) -> tuple[int, int, str]:
    """Return what is taken out with lines `first` to `stop` (exclusive), and the line end that is put in its place."""
    at_head, at_tail = first == 0, stop == len(lines)
    start = lines[first][0]
    end = len(text) if at_tail else lines[stop][0]
    if at_tail and not at_head:  # the last kept line has a newline if the text ended in one
        start -= not text.endswith("\n")
    gap = "\n" if dropped < stop - first and not (at_head or at_tail) else ""
    if gap and text[start] == gap:  # the blank line to keep is there already
        start, gap = start + 1, ""
    return start, end, gap


@dataclass(frozen=True, slots=True)
class Rest:
    """A text of which edits took out whole lines and nothing else; `text` is what they left, `before` what it was."""

    before: str
    text: str
    edits: Sequence[Edit]

    def lines(self, numbers: Sequence[int]) -> list[int]:
        r"""Return what numbers some lines of the text have in what is left, those without that are gone.

        >>> edits = [Edit(2, 6, "Ad\n\n", "", "t/ad")]
        >>> rest_of("a\nAd\n\nb\n", "a\nb\n", edits).lines([0, 1, 3])
        [0, 1]
        """
        spans = line_spans(self.before) if numbers else []
        found = []
        for number in numbers:
            start, at = spans[number][0], number
            for edit in self.edits:
                if edit.start <= start < edit.end:
                    break
                if edit.start < start:
                    at += edit.new.count("\n") - edit.old.count("\n")
            else:
                found.append(at)
        return found


def rest_of(before: str, text: str, edits: Sequence[Edit]) -> Rest | None:
    r"""Return what edits left of a text, if they took out whole lines and put nothing but line ends in their place.

    >>> rest_of("a b\nc\n", "a\nc\n", [Edit(1, 3, " b", "", "t/b")]) is None
    True
    """
    runs: list[tuple[int, int, str]] = []
    for edit in edits:
        start, _, new = runs.pop() if runs and runs[-1][1] == edit.start else (edit.start, 0, "")
        runs.append((start, edit.end, new + edit.new))
    return Rest(before, text, edits) if all(_takes_lines(before, *run) for run in runs) else None


def _takes_lines(text: str, start: int, end: int, new: str) -> bool:
    """Tell whether whole lines are taken out; at the end of a text, the line end may be the one before them."""
    ends = end == len(text) or text[end - 1 : end] == "\n"
    begins = start == 0 or text[start - 1] == "\n" or (end == len(text) and text[start] == "\n" and not new)
    return start < end and begins and ends and not new.strip("\n")
