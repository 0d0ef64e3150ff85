"""Lines of prose that were filled to a width, as no lines of code or verse are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from cleaner.engines.lazy import regex

_WORDED: Final = regex(r"(?<![^\W\d_])(?:[^\W\d_]+[,;:]? +){3}")
"""Three words in a row: lines of data have none, however full they are."""
_WIDENED: Final = regex(r"(?<=[^\s.!?:;]) +(?=\S)")
"""The space between two words; after a stop there may be two without that a line was justified."""
_FEWEST_SPACES: Final = 3
_NARROWEST, _WIDEST = 30, 120
"""Columns to which prose is filled."""
_BEYOND: Final = 20
"""One line in so many may be wider than the others were filled to."""


def width_of(lines: Sequence[str]) -> int:
    """Return to which column lines of prose reach; 0 where there are none, or nobody fills lines so far.

    >>> width_of(["The ferry that leaves at nine is late,", "and nobody in the harbour office knows."])
    39
    """
    sizes = sorted(len(line) for line in lines if _WORDED.search(line))
    widest = sizes[-1 - len(sizes) // _BEYOND] if sizes else 0
    return widest if _NARROWEST <= widest <= _WIDEST else 0


def ends(lines: Sequence[str], width: int) -> Iterator[bool]:
    """Yield for each end of a line of prose inside a paragraph whether the next word would have had no room.

    >>> list(ends(["It rained all day,", "and it rained on.", "", "Then it was dry."], 20))
    [True]
    """
    for line, after in pairwise(lines):
        if line and after and _WORDED.search(line) and _indent(line) == _indent(after):
            yield len(line) + 1 + len(after.split(None, 1)[0]) > width


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def is_filled(lines: Sequence[str], width: int, *, least: int, share: float) -> bool:
    """Tell whether lines were filled to a width: at `least` so many line ends, and at this share of them."""
    found = list(ends(lines, width)) if width else []
    return len(found) >= least and sum(found) >= share * len(found)


def is_justified(line: str) -> bool:
    """Tell whether the spaces of a line of words are equally wide, or differ by one, as when a program justified it.

    >>> is_justified("It  was  late, and it rained"), is_justified("Fare   It was late and it rained")
    (True, False)
    """
    sizes = [len(space) for space in _WIDENED.findall(line.strip())]
    return len(sizes) >= _FEWEST_SPACES and max(sizes) - min(sizes) <= 1 and _WORDED.search(line) is not None
