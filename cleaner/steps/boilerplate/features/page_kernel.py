"""How the lines of a page are laid out, and the scores around them, in compiled code.

The numbers are those of `layout` and of `line_features.neighbour_scores`: sums are added up in the same order, and
logarithms are left to NumPy.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.compiling import keep

Matrix = NDArray[np.float64]
Counts = NDArray[np.int64]

_MIXED: Final = np.int64(0x9E3779B9)
_BLOCK, _TIMES, _NEARBY = 0, 5, 7
"""First columns about the block of a line, the times of its shape, and what is nearby."""
_SERIES: Final = 5
"""What is counted nearby: repeated shapes, properties, prices, short lines and dates; all but the first also in all."""
_SHORT: Final = 3
_COLUMNS: Final = _NEARBY + _SERIES + 1 + (_SERIES - 1)
_LAID_OUT: Final = slice(_BLOCK, _TIMES + 1)
"""Columns that are logarithms."""
_SHIFTS: Final = (-4, -3, -2, -1, 1, 2, 3, 4)
_WIDTHS: Final = (4, 10, 25)
_DISTANCE: Final = 1 + len(_SHIFTS) + 2 * len(_WIDTHS) + 2
_DISTANCES: Final = slice(_DISTANCE, _DISTANCE + 2)
"""Columns that are logarithms."""


class Layout(NamedTuple):
    """What is known of each line of a page, and how many lines are nearby and farther."""

    begins: NDArray[np.bool_]
    words: Matrix
    strength: Matrix
    shape: Counts
    told: tuple[Matrix, Matrix, Matrix, Matrix]
    nearby: int
    farther: int


def laid_out(page: Layout) -> Matrix:
    """Return the columns of `layout.layout_features`, not rounded."""
    out = np.empty((page.shape.size, _COLUMNS))
    _lay_out(*page[:4], *page.told, page.nearby, page.farther, out)
    out[:, _LAID_OUT] = np.log1p(out[:, _LAID_OUT])
    return out


def beside(scores: Matrix, stretch: tuple[int, int]) -> Matrix:
    """Return the columns of `line_features.neighbour_scores`, not rounded; `stretch` is what scores best."""
    out = np.empty((scores.size, _DISTANCES.stop + 2))
    _look_beside(scores, float(scores.mean()), *stretch, np.array(_SHIFTS), np.array(_WIDTHS), out)
    out[:, _DISTANCES] = np.log1p(out[:, _DISTANCES])
    return out


def _lay_out_in(
    begins: Any,
    words: Any,
    strength: Any,
    shape: Any,
    properties: Any,
    prices: Any,
    short: Any,
    dated: Any,
    nearby: int,
    farther: int,
    out: Any,
) -> None:
    """Fill in the rows; in place of logarithms of one more, numbers."""
    n = shape.size
    first = 0
    while first < n:
        stop = first + 1
        while stop < n and not begins[stop]:
            stop += 1
        said = strong = 0.0
        for k in range(first, stop):
            said += words[k]
            strong += strength[k]
        for k in range(first, stop):
            out[k, 0], out[k, 1], out[k, 2] = stop - first, said, strong
            out[k, 3], out[k, 4] = k - first, stop - 1 - k
        first = stop
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1, np.int64)  # of a shape: where it stands first
    same = np.empty(n, np.int64)  # the slot of each line
    times = np.zeros(size, np.int64)
    for k in range(n):
        slot = ((shape[k] * _MIXED) >> 16) & (size - 1)
        while slots[slot] >= 0 and shape[slots[slot]] != shape[k]:
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot] = k
        same[k] = slot
        times[slot] += 1
    sums = np.zeros((_SERIES, n + 1))
    for k in range(n):
        sums[0, k + 1] = sums[0, k] + (k > 0 and same[k] == same[k - 1])
        sums[1, k + 1] = sums[1, k] + properties[k]
        sums[2, k + 1] = sums[2, k] + prices[k]
        sums[3, k + 1] = sums[3, k] + short[k]
        sums[4, k + 1] = sums[4, k] + dated[k]
    for k in range(n):
        out[k, _TIMES], out[k, _TIMES + 1] = times[same[k]], times[same[k]] / n
        low, high = max(k - nearby, 0), min(k + nearby + 1, n)
        for series in range(_SERIES):
            out[k, _NEARBY + series] = (sums[series, high] - sums[series, low]) / (high - low)
        low, high = max(k - farther, 0), min(k + farther + 1, n)
        out[k, _NEARBY + _SERIES] = (sums[_SHORT, high] - sums[_SHORT, low]) / (high - low)
        for series in range(1, _SERIES):
            out[k, _NEARBY + _SERIES + series] = sums[series, n] / n


def _look_beside_in(
    scores: Any, mean: float, start: int, stop: int, shifts: Any, widths: Any, out: Any
) -> None:
    """Fill in the rows; in place of logarithms of one more, numbers."""
    n = scores.size
    total = np.zeros(n + 1)
    for k in range(n):
        total[k + 1] = total[k] + scores[k]
    for k in range(n):
        row = out[k]
        row[0] = scores[k]
        column = 1
        for by in shifts:
            row[column] = scores[k + by] if 0 <= k + by < n else -1.0
            column += 1
        for width in widths:
            low, high = max(k - width, 0), min(k + width + 1, n)
            row[column] = (total[k] - total[low]) / max(k - low, 1)
            row[column + 1] = (total[high] - total[k + 1]) / max(high - k - 1, 1)
            column += 2
        row[column], row[column + 1] = total[k] / total[n], mean
        row[column + 2], row[column + 3] = max(start - k, 0), max(k - stop + 1, 0)
        row[column + 4], row[column + 5] = 1.0 if start <= k < stop else 0.0, (stop - start) / n


_lay_out, _look_beside = keep(_lay_out_in), keep(_look_beside_in)
KERNELS = _lay_out, _look_beside
