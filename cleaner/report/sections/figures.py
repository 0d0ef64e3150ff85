"""Geometry of the figures, in the units of their view boxes; the template only draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 1000.0


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
    """A bin of a histogram: what it is called, two counts, and their heights as shares of 100."""

    label: str
    first: int
    second: int
    first_height: float
    second_height: float


def scaled(value: float, most: float) -> float:
    """Return a length of at most 100; what is not nothing can be seen.

    >>> scaled(1, 2), scaled(1, 1000), scaled(0, 5)
    (50.0, 1.0, 0.0)
    """
    return round(max(value / most * 100, 1.0), 2) if value > 0 and most > 0 else 0.0


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


def columns(labels: Sequence[str], first: Sequence[int], second: Sequence[int]) -> tuple[Column, ...]:
    """Return the columns of two histograms over the same bins, from the first to the last that holds anything.

    >>> [column.label for column in columns(["a", "b", "c", "d"], [0, 4, 0, 0], [0, 0, 1, 0])]
    ['b', 'c']
    """
    most = max([*first, *second], default=0)
    used = [k for k, pair in enumerate(zip(first, second, strict=True)) if any(pair)]
    return (
        tuple(
            Column(labels[k], first[k], second[k], scaled(first[k], most), scaled(second[k], most))
            for k in range(used[0], used[-1] + 1)
        )
        if used
        else ()
    )


def lengths(before: Mapping[int, int], after: Mapping[int, int]) -> tuple[Column, ...]:
    """Return the columns of documents by the binary digits of their length: each bin is twice as long as the last.

    >>> [(column.label, column.first, column.second) for column in lengths({7: 2}, {0: 1, 6: 1})]
    [('0', 0, 1), ('32–63', 0, 1), ('64–127', 2, 0)]
    """
    used = {*before, *after}
    some = used - {0}
    bins = [*({0} & used), *(range(min(some), max(some) + 1) if some else ())]
    return columns(
        [_size(k) for k in bins], [before.get(k, 0) for k in bins], [after.get(k, 0) for k in bins]
    )


def _size(digits: int) -> str:
    """Name the lengths of so many binary digits.

    >>> _size(0), _size(1), _size(12)
    ('0', '1', '2k–4k')
    """
    low, high = (1 << digits) >> 1, 1 << digits
    if digits < 2:
        return str(digits)
    return f"{low >> 10}k–{high >> 10}k" if low >= 1024 else f"{low}–{high - 1}"
