"""Geometry of the figures, in the units of their view boxes; the template only draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the length `width`, of 100."""

    width: float


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the characters that came in: what stayed, or what one step took."""

    name: str
    chars: int
    percent: float
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Column:
    """One bin of the histogram: from `low` up to `high`; heights are shares of 100."""

    low: str
    high: str
    compared: int
    removed: int
    height: float
    removed_height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins of similarity from the first that holds a pair."""

    columns: tuple[Column, ...]
    compared: int
    removed: int


def bars(counts: Iterable[int]) -> list[Bar]:
    """Return bars in proportion, the longest of length 100; what is not nothing can be seen.

    >>> bars([50, 100, 0])
    [Bar(width=50.0), Bar(width=100.0), Bar(width=0.0)]
    """
    values = list(counts)
    most = max(values, default=0) or 1
    return [Bar(round(max(value / most * 100, 1.0 if value else 0.0), 2)) for value in values]


def shares(total: int, removed: Sequence[tuple[str, int]]) -> tuple[Share, ...]:
    """Divide the characters that came in; a step that added more than it took is left out.

    >>> [(share.name, share.percent) for share in shares(200, [("dedup", 50), ("encoding", -3)])]
    [('kept', 75.0), ('dedup', 25.0)]
    """
    losses = [(step, chars) for step, chars in removed if chars > 0]
    kept = max(0, total - sum(chars for _, chars in losses))
    whole = kept + sum(chars for _, chars in losses)
    found, x = [], 0.0
    for step, chars in [("kept", kept), *losses]:
        width = chars / whole * WIDTH if whole else 0.0
        found.append(Share(step, chars, round(width / WIDTH * 100, 1), round(x, 2), round(width, 2)))
        x += width
    return tuple(found)


def histogram(compared: Sequence[int], removed: Sequence[int]) -> Histogram:
    """Return the columns of the similarities of compared and of removed pairs.

    >>> histogram([0] * 16 + [4, 0, 0, 2], [0] * 19 + [1]).columns[0].height
    100.0
    """
    most = max([*compared, *removed], default=0) or 1
    first = next(
        (k for k, pair in enumerate(zip(compared, removed, strict=True)) if any(pair)), len(compared)
    )
    size = 1 / max(1, len(compared))
    columns = tuple(
        Column(
            f"{k * size:.2f}",
            f"{(k + 1) * size:.2f}",
            compared[k],
            removed[k],
            round(max(compared[k], removed[k]) / most * 100, 2),
            round(removed[k] / most * 100, 2),
        )
        for k in range(first, len(compared))
    )
    return Histogram(columns, sum(compared), sum(removed))
