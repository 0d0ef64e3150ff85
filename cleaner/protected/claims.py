"""The input of the detectors of protected text, and their claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.model import Span
from cleaner.protected.blocks import Kind
from cleaner.protected.marks import CALL, GAP, HEAD, ODD, RULE, SPACE, TAB, Marks
from cleaner.protected.shapes import Shapes

Claim: TypeAlias = tuple[int, int, Kind]
"""First line, line after the last, kind."""
Flags: TypeAlias = NDArray[np.bool_]


LONGEST: Final = 200
"""A longer line is a paragraph of its own, and no row, verse or statement."""


@dataclass
class Sheet:
    """The lines of a text without white space at their ends, and what has been claimed of them so far.

    `known` and `shapes` tell which kinds of characters the lines have, and how they begin (`protected.marks`,
    `protected.shapes`); `marks` and `kinds` are the same line by line. `odd` are lines with characters that prose
    seldom has, and `indented` tells whether any line begins with white space. `owner[i]` is the number of the claim
    that holds line `i`, or -1, if that `is_free`.
    """

    text: str
    lines: list[str]
    known: Marks
    shapes: Shapes
    marks: list[int] = field(init=False)
    kinds: list[int] = field(init=False)
    odd: Flags = field(init=False)
    indented: bool = field(init=False)
    owner: list[int] = field(init=False)
    is_free: Flags = field(init=False)
    claimed: bool = False
    _runs: dict[int, tuple[list[Span], NDArray[np.intp]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marks, self.kinds = self.known.lines.tolist(), self.shapes.kinds.tolist()
        self.indented = bool((self.known.heads & (SPACE | TAB)).any())
        self.odd = self._odd()
        self.owner = [-1] * len(self.lines)
        self.is_free = np.ones(len(self.lines), np.bool_)

    @property
    def seen(self) -> int:
        """Return the marks of all lines."""
        return self.known.text

    @cached_property
    def heads(self) -> list[int]:
        """Return which kind the first character of each line is."""
        found: list[int] = self.known.heads.tolist()
        return found

    def _odd(self) -> Flags:
        """Tell which lines have characters that prose seldom has.

        A space at the head of a line makes it odd, but for one that goes on after a colon.
        """
        found = self.known.lines & (ODD | CALL | GAP | RULE | HEAD) > 0
        if self.indented:
            after = np.zeros(len(self.lines), np.bool_)
            after[1:] = self.known.lines[:-1] & HEAD > 0
            found |= (self.known.heads & SPACE > 0) & ~after
        return found

    def has(self, *marks: str) -> bool:
        """Tell whether one of some marks is anywhere in the text: what cannot be there need not be looked for."""
        return any(mark in self.text for mark in marks)

    def marked(self, mark: int) -> list[int]:
        """Return the lines that have one of some kinds of characters."""
        return places(self.known.lines & mark) if self.seen & mark else []

    def shaped(self, shape: int) -> list[int]:
        """Return the free lines that have one of some shapes."""
        return places((self.shapes.kinds & shape > 0) & self.is_free)

    def free_among(self, found: Flags) -> list[int]:
        """Return those of some lines that are free."""
        return places(found & self.is_free)

    def take(self, number: int, first: int, stop: int) -> None:
        """Let a claim have the lines of a range that are free."""
        self.owner[first:stop] = [number if owner < 0 else owner for owner in self.owner[first:stop]]
        self.is_free[first:stop] = False
        self.claimed = True
        self._runs.clear()

    def free(self, first: int, stop: int) -> bool:
        """Tell whether no line of a range is claimed."""
        return not self.claimed or bool(self.is_free[first:stop].all())

    def runs(self, least: int = 1) -> list[Span]:
        """Return the ranges of free lines, of at least `least`, between blank ones and lines of a whole paragraph."""
        return self._bounded(least)[0]

    def counts(self, flags: Flags, least: int) -> list[int]:
        """Count the lines with a flag in each run of at least `least`."""
        bounds = self._bounded(least)[1]
        if not bounds.size:
            return []
        before = np.zeros(len(flags) + 1, np.int64)
        flags.cumsum(out=before[1:])
        counts: list[int] = (before[bounds[1]] - before[bounds[0]]).tolist()
        return counts

    def runs_with(self, flags: Flags, count: int, *, least: int = 2) -> list[Span]:
        """Return the runs of at least `least` lines of which at least `count` have a flag."""
        return [
            run
            for run, hits in zip(self.runs(least), self.counts(flags, least), strict=True)
            if hits >= count
        ]

    def narrow(self, widest: int) -> list[Span]:
        """Return the runs of two lines or more of which no line is wider."""
        wide = self.counts(self.shapes.sizes > widest, 2)
        return [run for run, count in zip(self.runs(2), wide, strict=True) if not count]

    def _bounded(self, least: int) -> tuple[list[Span], NDArray[np.intp]]:
        """Return the runs, and their bounds in an array of two rows."""
        found = self._runs.get(least)
        if found is None:
            bounds = self._bounds() if least == 1 else self._bounded(1)[1]
            if least > 1:
                bounds = bounds[:, bounds[1] - bounds[0] >= least]
            found = self._runs[least] = list(zip(*bounds.tolist(), strict=True)), bounds
        return found

    def _bounds(self) -> NDArray[np.intp]:
        """Find where the runs begin and end."""
        sizes = self.shapes.sizes
        inside = np.zeros(len(sizes) + 2, np.bool_)
        inside[1:-1] = (sizes > 0) & (sizes <= LONGEST) & self.is_free
        edges: NDArray[np.intp] = (inside[1:] != inside[:-1]).nonzero()[0]
        return edges.reshape(-1, 2).T


def places(found: NDArray[np.bool_ | np.integer[Any]]) -> list[int]:
    """Return the places of what is not zero."""
    return found.nonzero()[0].tolist()


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
