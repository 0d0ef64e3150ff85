"""The width at which the lines around a gap were broken, if they were.

Evidence comes from *open* gaps: no blank line, the line before ends in the middle of a sentence
and the next one continues in lower case. In prose that was wrapped at a width, the lines before open
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
"""Paragraphs of so few gaps in all show a width only when no line is longer, and lines are wider than verse."""

VERSE_COLUMNS = 64
"""Verse is seldom wider."""

_FEWEST = 2
_LEAST_SHARE = 0.12
"""So many open gaps around, and such a share of all, are the least."""
_FEWEST_UNCASED = 4
_RAGGED, _RAGGED_MANY, _RAGGED_UNCASED = 0.3, 0.45, 0.25
"""Lines before open gaps differ by no more than this part of the width; of many, some more.

Without capitals an open gap shows less: there must be more of them, and they must agree better.
"""
_MANY = 10
"""So many open gaps are many."""
_NARROWEST, _NARROWEST_UNCASED, _WIDEST = 30, 12, 200
"""Plausible widths for wrapping; the characters of scripts without capitals may be wide."""
_LONGER, _FEW_LONGER = 1.25, 0.15
"""Lines longer than so many widths are not wrapped; few lines around are."""


@dataclass(frozen=True, slots=True)
class Width:
    """The width of wrapped lines: nine in ten end at `full` or before, nearly all at `low` or after.

    `share` is the share of open gaps among the gaps around.
    """

    full: int
    low: int
    share: float


def width_at(
    gap: int,
    gaps: int,
    open_gaps: Sequence[int],
    lengths: Sequence[int],
    *,
    cased: bool = True,
    short: bool = False,
) -> Width | None:
    """Measure the width of the lines around `gap` (of `gaps`); None when they were not wrapped.

    `open_gaps` is sorted; `lengths[i]` is the length of the line before gap `i`, 0 for a paragraph of one line, which
    was not wrapped; `cased` tells whether the script has capitals, and `short` whether the paragraphs have so
    few lines in all that they may be verse.

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
    ragged = _RAGGED_UNCASED if not cased else _RAGGED if len(near) < _MANY else _RAGGED_MANY
    if short and full < VERSE_COLUMNS:
        return None
    if not (_NARROWEST if cased else _NARROWEST_UNCASED) <= full <= _WIDEST or full - low > ragged * full:
        return None
    around = sorted(lengths[first : last + 1])
    longer = len(around) - bisect_right(around, _LONGER * full)
    if longer > (0 if short else _FEW_LONGER * len(around)):
        return None
    return Width(full, low, share)
