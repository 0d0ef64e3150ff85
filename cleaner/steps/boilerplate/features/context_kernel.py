"""What stands around lines, in compiled code: the rows of `line_features.document_features`, those that are wanted.

Sums are added up in the order of the array operations, and logarithms are left to these: the numbers are the same.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.compiling import keep, part
from cleaner.steps.boilerplate.features.characters import Counts
from cleaner.steps.boilerplate.features.line_arrays import logarithms

Matrix = NDArray[np.float64]

_PLACE: Final = 17
"""Columns that tell where a line stands, before those of the windows."""
_LOGARITHMS: Final = (3, 4, 6, 7, 9, 10, 13, 14, 15, 16)
"""Of these, those that are logarithms."""
_SERIES: Final = 3
"""What is summed up in the windows: strength, words and items of lists."""
_SHARED: Final = 4
"""Columns about the words that a line shares, before those of its neighbours; the second and fourth are logarithms."""


class Shape(NamedTuple):
    """What is measured around a line: sizes of windows, neighbours, and the columns that are copied of these."""

    windows: tuple[int, ...]
    neighbours: tuple[int, ...]
    copied: tuple[int, ...]
    item: int
    farthest: int


class Lines(NamedTuple):
    """What is known of the lines of a document."""

    alone: Matrix
    words: Matrix
    strength: Matrix
    blank: Matrix
    shared: tuple[Counts, Counts, Counts]
    last: Counts
    stretch: tuple[int, int]


def around(lines: Lines, wanted: Counts, shape: Shape) -> Matrix:
    """Return the rows of the wanted lines, not rounded."""
    base = lines.alone.shape[1]
    windows = 2 * _SERIES * len(shape.windows)
    about = base + _PLACE + windows + len(shape.neighbours) * len(shape.copied)
    out = np.empty((wanted.size, about + 2 * _SHARED + 1))
    start, stop = lines.stretch
    whole = lines.strength.sum()
    inside = lines.strength[start:stop].sum() / (whole or 1.0)
    _fill(
        lines.alone,
        lines.words,
        lines.strength,
        lines.blank,
        *lines.shared,
        lines.last,
        wanted,
        np.array(shape.windows),
        np.array(shape.neighbours),
        np.array(shape.copied),
        shape.item,
        shape.farthest,
        start,
        stop,
        whole,
        inside,
        out,
    )
    logs = [base + k for k in (*_LOGARITHMS, *range(_PLACE, _PLACE + windows))]
    out[:, logs] = np.log1p(out[:, logs])
    counts = [about + 1, about + 3]
    out[:, counts] = logarithms(out[:, counts])
    return out


def densest_stretch(strength: Matrix, cost: float) -> tuple[int, int]:
    """Return the run of lines with the most prose, as `line_features.densest_stretch` does."""
    start, stop = _densest(strength, cost)
    return int(start), int(stop)


def _densest_in(strength: Any, cost: float) -> tuple[int, int]:
    """Find the run of lines with the most prose."""
    best = total = 0.0
    first = stop = start = 0
    for i in range(strength.size):
        if total <= 0:
            total, start = 0.0, i
        total += strength[i] if strength[i] > 0 else -cost
        if total > best:
            best, first, stop = total, start, i + 1
    return first, stop


def _fill_in(
    alone: Any,
    words: Any,
    strength: Any,
    blank: Any,
    once: Any,
    twice: Any,
    found: Any,
    last: Any,
    wanted: Any,
    widths: Any,
    neighbours: Any,
    copied: Any,
    item: int,
    farthest: int,
    start: int,
    stop: int,
    whole: float,
    inside: float,
    out: Any,
) -> None:
    """Fill in the rows; in place of logarithms of one more, numbers."""
    n, base = alone.shape
    sums = np.zeros((3, n + 1))
    for i in range(n):
        sums[0, i + 1] = sums[0, i] + strength[i]
        sums[1, i + 1] = sums[1, i] + words[i]
        sums[2, i + 1] = sums[2, i] + alone[i, item]
    every = max(sums[1, n], 1.0)
    before, after = np.full(n, -1, np.int64), np.full(n, -1, np.int64)  # the nearest lines of prose
    for i in range(1, n):
        before[i] = i - 1 if strength[i - 1] > 0 else before[i - 1]
        k = n - 1 - i
        after[k] = k + 1 if strength[k + 1] > 0 else after[k + 1]
    for number in range(wanted.size):
        at, row = wanted[number], out[number]
        for column in range(base):
            row[column] = alone[at, column]
        row[base] = blank[at]
        row[base + 1] = blank[at + 1] if at + 1 < n else 1.0
        row[base + 2] = at / n
        row[base + 3], row[base + 4] = at, n - 1 - at
        row[base + 5] = sums[1, at + 1] / every
        row[base + 6], row[base + 7], row[base + 8] = every, n, whole / every
        row[base + 9], row[base + 10] = max(start - at, 0), max(at - stop + 1, 0)
        row[base + 11] = (at - start) / max(1, stop - start) if start <= at < stop else -1.0
        row[base + 12] = inside
        row[base + 13] = min(at - before[at], farthest) if before[at] >= 0 else farthest
        row[base + 14] = strength[before[at]] if before[at] >= 0 else 0.0
        row[base + 15] = min(after[at] - at, farthest) if after[at] >= 0 else farthest
        row[base + 16] = strength[after[at]] if after[at] >= 0 else 0.0
        column = base + _PLACE
        for width in widths:
            low, high = max(at - width, 0), min(at + width + 1, n)
            for series in range(_SERIES):
                row[column] = sums[series, at] - sums[series, low]
                row[column + 1] = sums[series, high] - sums[series, at + 1]
                column += 2
        for by in neighbours:
            for name in copied:
                row[column] = alone[at + by, name] if 0 <= at + by < n else -1.0
                column += 1
        row[column] = _share(once, found, at, n)
        row[column + 1], row[column + 2], row[column + 3] = once[at], _share(twice, found, at, n), found[at]
        row[column + 4], row[column + 5] = _share(once, found, at - 2, n), _share(once, found, at - 1, n)
        row[column + 6], row[column + 7] = _share(once, found, at + 1, n), _share(once, found, at + 2, n)
        row[column + 8] = last[at]


def _share_at(times: Any, found: Any, at: int, n: int) -> float:
    """Return the share of the words of a line that others have, -1 for none and for a line that there is not."""
    if at < 0 or at >= n or found[at] == 0:
        return -1.0
    return float(times[at] / found[at])


_share = part(_share_at)
KERNELS = _fill, _densest = keep(_fill_in), keep(_densest_in)
