"""Lines judged together: what a page keeps is not decided line by line.

Text and furniture stand in runs, so that a line that a fitted model is unsure about has the fate of the
lines beside it. Of all ways to call the lines text or furniture the one is taken that has the most
evidence, where each change from one to the other costs as much as a constant amount of evidence: the
Viterbi path of a chain with two states, which is exact and takes one pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

_SURE = 1e-4
"""A score is not taken to be surer than this."""


def log_odds(scores: Values) -> Values:
    """Return the logarithm of the odds of each score.

    >>> log_odds(np.array([0.5, 0.9])).round(2).tolist()
    [0.0, 2.2]
    """
    bounded = np.clip(scores, _SURE, 1 - _SURE)
    result: Values = np.log(bounded / (1 - bounded))
    return result


def smoothed(evidence: Values, cost: float) -> Flags:
    """Return which lines are text, given the evidence for that of each, where a change costs `cost`.

    What the best path that ends in text has more than the best that ends in furniture is a running
    sum, held between `-cost` and `cost` before each line. Read backwards, a line that exceeds these
    bounds decides, and any other is what the line after it is.

    >>> smoothed(np.array([-3.0, -1.0, 4.0, -1.0, 4.0, -9.0]), 2.0).tolist()
    [False, False, True, True, True, False]
    """
    listed = []
    lead = 0.0
    for value in evidence.tolist():
        if lead > cost:
            lead = cost
        elif lead < -cost:
            lead = -cost
        lead += value
        listed.append(lead)
    leads = np.array(listed)
    decided = np.abs(leads) > cost
    decided[-1:] = True
    deciding = np.where(decided, np.arange(len(leads)), len(leads))
    next_decided = np.minimum.accumulate(deciding[::-1])[::-1]
    result: Flags = leads[next_decided] >= 0
    return result


def runs(flags: Flags) -> Iterator[tuple[int, int]]:
    """Yield the runs of lines that are flagged, half-open.

    >>> list(runs(np.array([True, True, False, True])))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def with_lists(kept: Flags, items: Flags, scores: Values, least: float, number: int) -> Flags:
    """Return which lines are text when a list beside text is kept: `number` items that score `least` on average.

    A list is a menu or what the text lists; that is told by all of it and by what it stands beside.

    >>> kept = np.array([True, False, False, False])
    >>> with_lists(kept, ~kept, np.array([0.9, 0.1, 0.2, 0.3]), 0.2, 3).tolist()
    [True, True, True, True]
    """
    out = kept.copy()
    for first, stop in runs(items):
        if stop - first < number:
            continue
        beside = out[max(first - 1, 0) : first].any() or kept[stop : stop + 1].any()
        if beside and scores[first:stop].mean() >= least:
            out[first:stop] = True
    return out


def without_gaps(kept: Flags, scores: Values, least: float) -> Flags:
    """Return which lines are text when what is removed amid text scores less than `least` on average.

    Around the text nearly all is furniture; amid it one removal in five is wrong, so that more is asked of it.

    >>> without_gaps(np.array([False, True, False, True, False]), np.full(5, 0.4), 0.3).tolist()
    [False, True, True, True, False]
    """
    out = kept.copy()
    for first, stop in runs(~kept):
        if first and stop < len(kept) and scores[first:stop].mean() >= least:
            out[first:stop] = True
    return out


def best_cut(scores: Values, words: Values) -> float:
    """Return the score from which lines are kept, for the highest F1 in words that the scores let expect.

    That is a half of this F1: where a scorer is sure of a page the cut is near one half, and where it
    is unsure the cut is lower, so that less is removed.

    >>> best_cut(np.array([0.95, 0.9, 0.05]), np.array([10.0, 10.0, 10.0])), best_cut(np.array([0.3, 0.2]), np.ones(2))
    (0.9, 0.2)
    """
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum((scores * words)[order])
    expected = 2 * right / (np.cumsum(words[order]) + right[-1])
    return float(scores[order[np.argmax(expected)]])
