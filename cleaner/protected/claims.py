"""The input of the detectors of protected text, and their claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, TypeAlias

from cleaner.model import Span
from cleaner.protected.blocks import Kind

Claim: TypeAlias = tuple[int, int, Kind]
"""First line, line after the last, kind."""


LONGEST: Final = 200
"""A longer line is a paragraph of its own, and no row, verse or statement."""


@dataclass(slots=True)
class Sheet:
    """The lines of a text without white space at their ends, and what has been claimed of them so far.

    `marks` and `heads` tell which kinds of characters a line has, and which its first one is (`protected.marks`);
    `seen` are the marks of all lines. `odd` are the numbers of lines with characters that prose seldom has.
    `owner[i]` is the number of the claim that holds line `i`, or -1. `indented` tells whether any line begins with
    white space.
    """

    text: str
    lines: list[str]
    marks: list[int]
    heads: list[int]
    seen: int
    odd: frozenset[int]
    owner: list[int]
    indented: bool
    claimed: bool = False
    _runs: list[Span] | None = None
    _odd_before: list[int] | None = None

    def has(self, *marks: str) -> bool:
        """Tell whether one of some marks is anywhere in the text: what cannot be there need not be looked for."""
        return any(mark in self.text for mark in marks)

    def marked(self, mark: int) -> list[int]:
        """Return the lines that have one of some kinds of characters."""
        return [i for i, marks in enumerate(self.marks) if marks & mark] if self.seen & mark else []

    def take(self, number: int, first: int, stop: int) -> None:
        """Let a claim have the lines of a range that are free."""
        self.owner[first:stop] = [number if owner < 0 else owner for owner in self.owner[first:stop]]
        self.claimed, self._runs = True, None

    def odd_in(self, first: int, stop: int) -> int:
        """Count the lines of a range that have characters that prose seldom has."""
        if not self.odd:
            return 0
        if self._odd_before is None:
            self._odd_before = [0, *accumulate(i in self.odd for i in range(len(self.lines)))]
        return self._odd_before[stop] - self._odd_before[first]

    def free(self, first: int, stop: int) -> bool:
        """Tell whether no line of a range is claimed."""
        return not self.claimed or all(owner < 0 for owner in self.owner[first:stop])

    def runs(self, least: int = 1) -> list[Span]:
        """Return the ranges of free lines, of at least `least`, between blank ones and lines of a whole paragraph."""
        if self._runs is None:
            self._runs = list(self._found_runs())
        return [run for run in self._runs if run[1] - run[0] >= least]

    def _found_runs(self) -> Iterator[Span]:
        first = -1
        for i, (line, owner) in enumerate(zip(self.lines, self.owner, strict=True)):
            if line and owner < 0 and len(line) <= LONGEST:
                if first < 0:
                    first = i
            elif first >= 0:
                yield first, i
                first = -1
        if first >= 0:
            yield first, len(self.lines)


def indent_of(line: str) -> int:
    r"""Count the columns before the first character; a tab advances to the next multiple of four.

    >>> indent_of("  a"), indent_of("\ta"), indent_of("a")
    (2, 4, 0)
    """
    if line[:1] not in " \t":
        return 0
    head = line[: len(line) - len(line.lstrip())]
    return len(head.expandtabs(4))


def share(hits: int, of: int) -> float:
    """Return a ratio, 0 of nothing."""
    return hits / of if of else 0.0


def next_text(lines: Sequence[str], i: int) -> int:
    """Return the number of the first line from `i` on that is not blank, or the number of lines."""
    while i < len(lines) and not lines[i]:
        i += 1
    return i
