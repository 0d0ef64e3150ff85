"""The width at which the lines around a gap were broken, if they were.

Evidence comes from *open* gaps: no blank line, the line before ends in the middle of a sentence
and the next one goes on in lower case. In prose that was wrapped at a width, the lines before open
gaps are all about as long; in lists of words, verse and one-line paragraphs they are not, or there
are none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

REACH = 20
"""How many lines to either side of a gap count as its surroundings."""

SHORT = 8
"""A text of so few gaps shows a width only when no line is longer, and lines are wider than verse."""

VERSE_COLUMNS = 64
"""Verse is seldom wider."""

_FEWEST = 2
_LEAST_SHARE = 0.12
"""So many open gaps around, and such a share of all, are the least."""
_FEWEST_UNCASED = 4
_RAGGED_UNCASED = 0.25
"""Without capitals an open gap shows less: there must be more of them, and they must agree better."""


@dataclass(frozen=True, slots=True)
class Width:
    """The width of wrapped lines: nine in ten end at `full` or before, nearly all at `low` or after.

    `share` is the share of open gaps among the gaps around.
    """

    full: int
    low: int
    share: float


def width_at(
    gap: int, gaps: int, open_gaps: Sequence[int], lengths: Sequence[int], *, cased: bool = True
) -> Width | None:
    """Measure the width of the lines around `gap` (of `gaps`); None when they were not wrapped.

    `open_gaps` is sorted; `lengths[i]` is the length of the line before gap `i`; `cased` says
    whether the script has capitals.

    >>> width_at(1, 4, [0, 1, 2], [70, 72, 71, 30])
    Width(full=72, low=71, share=0.75)
    >>> width_at(1, 4, [0, 1, 2], [20, 72, 45, 30]) is None
    True
    """
    first, last = max(0, gap - REACH), min(gaps, gap + REACH + 1)
    near = open_gaps[bisect_left(open_gaps, first) : bisect_right(open_gaps, last - 1)]
    share = len(near) / (last - first)
    if len(near) < (_FEWEST if cased else _FEWEST_UNCASED) or share < _LEAST_SHARE:
        return None
    sizes = sorted([lengths[i] for i in near])
    odd = len(sizes) // 10
    full, low = sizes[-1 - odd], sizes[max(odd, len(sizes) > 2)]
    ragged = _RAGGED_UNCASED if not cased else 0.3 if len(near) < 10 else 0.45
    if gaps <= SHORT and full < VERSE_COLUMNS:
        return None
    if not (30 if cased else 12) <= full <= 200 or full - low > ragged * full:
        return None
    around = sorted(lengths[first : last + 1])
    longer = len(around) - bisect_right(around, 1.25 * full)
    if longer > (0 if gaps <= SHORT else 0.15 * len(around)):
        return None
    return Width(full, low, share)
