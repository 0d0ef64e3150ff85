"""How the lines of a whole page are laid out: numbers for the page scorer beside those of `line_features`.

A page in plain text still shows its boxes: blocks between blank lines, entries of one shape after
another, runs of short lines, properties of a thing, prices, dates. Only the lines around show whether
such a run is a menu or what the page is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.lazy import regex
from cleaner.steps.boilerplate.features.line_features import (
    LINE_NAMES,
    Matrix,
    in_compiled_code,
    prose_strength,
)

Counts: TypeAlias = NDArray[np.int64]

PROPERTY: Final = regex(r"^[\W_]*[^\W\d_][\w ./()&-]{0,40}?\s?:\s?\S.{0,80}$")
"""A property of a thing: `Memory: 8 GB`."""
PRICE: Final = regex(r"[$€£¥₹]\s?\d|\d\s?(?:[$€£¥₹]|USD|EUR|GBP)")
NEARBY: Final = 8
"""Lines before and after a line that are nearby."""
FARTHER: Final = 15
FEW_WORDS: Final = 4
LONGEST: Final = 5
"""Lines are alike when their words differ by less than a factor of two; all from 2 to the fifth on are alike."""
_BULLET, _ENDS, _TIME, _DIGITS = (
    LINE_NAMES.index(name) for name in ("bullet", "ends", "time", "digit_share")
)


def layout_features(lines: Sequence[str], blank_before: Sequence[bool], rows: Matrix) -> Matrix:
    """Measure how the lines of a page are laid out; `rows` is what `document_features` measured of them.

    Columns: lines of the block, its words and prose, and lines of it before and after; lines of the same
    shape, their share, and how often lines nearby have the shape of the line before; properties, prices,
    short lines and dates nearby and in all.
    """
    alone = rows[:, : len(LINE_NAMES)]
    words, strength = np.rint(np.expm1(alone[:, 0])), prose_strength(alone)
    dated, short = alone[:, _TIME], (words <= FEW_WORDS).astype(np.float64)
    properties = _matching(lines, np.array([":" in line for line in lines]), PROPERTY)
    prices = _matching(lines, alone[:, _DIGITS] > 0, PRICE)
    told, shape = (properties, prices, short, dated), _shapes(lines, alone, words)
    if in_compiled_code():
        from cleaner.steps.boilerplate.features.page_kernel import Layout, laid_out

        begins = np.array(blank_before, dtype=np.bool_)
        out = laid_out(Layout(begins, words, strength, shape, told, NEARBY, FARTHER))
    else:
        columns = [*_blocks(blank_before, words, strength), *_repetition(shape)]
        columns += [_around(of, NEARBY) for of in told]
        columns.append(_around(short, FARTHER))
        columns += [np.full(len(lines), of.mean()) for of in told]
        out = np.column_stack(columns)
    return np.asarray(np.round(out, 4), dtype=np.float64)


def _around(series: Matrix, width: int) -> Matrix:
    """Return the mean of a series from `width` lines before each line to as many after it."""
    total = np.concatenate([[0.0], np.cumsum(series)])
    at = np.arange(len(series))
    low, high = np.maximum(at - width, 0), np.minimum(at + width + 1, len(series))
    means: Matrix = (total[high] - total[low]) / (high - low)
    return means


def _matching(lines: Sequence[str], asked: NDArray[np.bool_], pattern: re.Pattern[str]) -> Matrix:
    """Ask a pattern about some lines."""
    out = np.zeros(len(lines))
    for k in np.flatnonzero(asked).tolist():
        out[k] = pattern.search(lines[k]) is not None
    return out


def _blocks(blank_before: Sequence[bool], words: Matrix, strength: Matrix) -> list[Matrix]:
    """Measure the block without a blank line that each line is in, and where in it the line is."""
    begins = np.array(blank_before, dtype=np.bool_)
    begins[0] = True
    block = np.cumsum(begins) - 1
    size = np.bincount(block)[block]
    place = np.arange(len(block)) - np.flatnonzero(begins)[block]
    sums = [np.bincount(block, of)[block] for of in (words, strength)]
    return [np.log1p(of) for of in (size, *sums, place, size - 1 - place)]


def _shapes(lines: Sequence[str], alone: Matrix, words: Matrix) -> Counts:
    """Return a number for the shape of each line: mark at the beginning, length, bullet, end of a sentence, date."""
    firsts = [line.lstrip()[0] for line in lines]
    mark = np.array([0 if first.isalnum() else ord(first) for first in firsts], dtype=np.int64)
    shape = np.minimum(LONGEST, np.log2(np.maximum(words, 1.0))).astype(np.int64)
    for flag in (alone[:, _BULLET], alone[:, _ENDS], alone[:, _TIME]):
        shape = shape * 2 + (flag > 0)
    numbers: Counts = (mark << 8) + shape
    return numbers


def _repetition(shape: Counts) -> list[Matrix]:
    """Measure how frequent the shape of each line is, and how often a line nearby has that of the line before."""
    _, number, count = np.unique(shape, return_inverse=True, return_counts=True)
    times = count[number]
    same = np.concatenate([[0.0], shape[1:] == shape[:-1]])
    return [np.log1p(times), times / len(shape), _around(same, NEARBY)]
