"""The input of the detectors of protected text, and their claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from cleaner.protected.blocks import Kind

Claim: TypeAlias = tuple[int, int, Kind]
"""First line, line after the last, kind."""


LONGEST: Final = 200
"""A longer line is a paragraph of its own, and no row, verse or statement."""


@dataclass(slots=True)
class Sheet:
    """The lines of a text without white space at their ends, and what has been claimed of them so far.

    `odd` are the numbers of lines with characters that prose seldom has. `owner[i]` is the number of
    the claim that holds line `i`, or -1. `indented` tells whether any line begins with white space.
    """

    text: str
    lines: list[str]
    odd: frozenset[int]
    owner: list[int]
    indented: bool = True

    def has(self, *marks: str) -> bool:
        """Tell whether one of some marks is anywhere in the text: what cannot be there need not be looked for."""
        return any(mark in self.text for mark in marks)

    def odd_in(self, first: int, stop: int) -> int:
        """Count the lines of a range that have characters that prose seldom has."""
        odd = self.odd
        return sum(i in odd for i in range(first, stop)) if odd else 0

    def free(self, first: int, stop: int) -> bool:
        """Tell whether no line of a range is claimed."""
        return all(owner < 0 for owner in self.owner[first:stop])

    def runs(self, least: int = 1) -> Iterator[tuple[int, int]]:
        """Yield the ranges of free lines, of at least `least`, between blank ones and lines of a whole paragraph."""
        lines, owner = self.lines, self.owner
        first = -1
        for i, line in enumerate(lines):
            if line and owner[i] < 0 and len(line) <= LONGEST:
                if first < 0:
                    first = i
            elif first >= 0:
                if i - first >= least:
                    yield first, i
                first = -1
        if first >= 0 and len(lines) - first >= least:
            yield first, len(lines)


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
