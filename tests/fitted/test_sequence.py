"""Lines that are judged together."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.fitted.sequence import best_cut, log_odds, smoothed

EVIDENCE = st.lists(st.integers(-40, 40).map(lambda tenths: tenths / 8), min_size=1, max_size=9)


def worth(evidence: list[float], kept: tuple[bool, ...], cost: float) -> float:
    """Return the evidence for calling some lines text, less what the changes cost."""
    changes = sum(a != b for a, b in pairwise(kept))
    return sum(value for value, text in zip(evidence, kept, strict=True) if text) - cost * changes


@given(EVIDENCE, st.integers(0, 24).map(lambda tenths: tenths / 8))
def test_no_other_way_to_call_the_lines_is_worth_more(evidence: list[float], cost: float) -> None:
    found = tuple(smoothed(np.array(evidence), cost).tolist())
    best = max(worth(evidence, kept, cost) for kept in product((False, True), repeat=len(evidence)))
    assert worth(evidence, found, cost) == best


@pytest.mark.parametrize(
    ("evidence", "cost", "kept"),
    [
        ([], 1.0, ""),
        ([1.0], 1.0, "+"),
        ([0.0], 1.0, "+"),
        ([-1.0], 1.0, "-"),
        ([2.0, -1.0, 2.0], 0.0, "+-+"),
        ([3.0, -1.9, 3.0], 1.0, "+++"),
        ([3.0, -2.1, 3.0], 1.0, "+-+"),
        ([-3.0, 1.9, -3.0], 1.0, "---"),
        ([-3.0, 2.1, -3.0], 1.0, "-+-"),
        ([-3.0, 0.9], 1.0, "--"),
        ([-3.0, 1.1], 1.0, "-+"),
        ([0.9, -3.0], 1.0, "--"),
        ([1.1, -3.0], 1.0, "+-"),
    ],
)
def test_a_change_costs(evidence: list[float], cost: float, kept: str) -> None:
    assert "".join("+" if text else "-" for text in smoothed(np.array(evidence), cost)) == kept


@given(st.lists(st.integers(1, 99).map(lambda percent: percent / 100), min_size=1, max_size=12), st.data())
def test_the_cut_is_the_best_of_all(scores: list[float], data: st.DataObject) -> None:
    words = data.draw(st.lists(st.integers(1, 50), min_size=len(scores), max_size=len(scores)))

    def expected(cut: float) -> float:
        chosen = [(score, size) for score, size in zip(scores, words, strict=True) if score >= cut]
        right = sum(score * size for score, size in chosen)
        wanted = sum(score * size for score, size in zip(scores, words, strict=True))
        return 2 * right / (sum(size for _, size in chosen) + wanted)

    found = best_cut(np.array(scores), np.array(words, dtype=np.float64))
    assert expected(found) == pytest.approx(max(map(expected, scores)))


@pytest.mark.parametrize(("score", "odds"), [(0.5, 0.0), (0.0, -9.21), (1.0, 9.21)])
def test_a_score_is_never_wholly_sure(score: float, odds: float) -> None:
    assert log_odds(np.array([score]))[0] == pytest.approx(odds, abs=0.01)
