"""How the lines of a page are laid out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.steps.boilerplate.features import line_features
from cleaner.steps.boilerplate.features.layout import PRICE, PROPERTY, layout_features
from cleaner.steps.boilerplate.features.line_features import document_features, neighbour_scores

COLUMNS = (
    "block lines", "block words", "block prose", "before", "after", "shape", "share", "repeats", "properties",
    "prices", "short", "dated", "short farther", "all properties", "all prices", "all short", "all dated",
)  # fmt: skip
SENTENCE = "The council met on Friday to talk about the bridge, and it agreed on nothing at all."


def measured(*lines: str, blank: tuple[int, ...] = ()) -> dict[str, list[float]]:
    """Measure lines; `blank` are the numbers of those after a blank line."""
    before = [k in blank for k in range(len(lines))]
    rows = layout_features(lines, before, document_features(lines, before))
    return dict(zip(COLUMNS, rows.T.tolist(), strict=True))


@pytest.mark.parametrize(
    "line", ["", "https", ": 8", "12: 8", "Memory:", "Memory", f"Memory: {'x' * 82}", f"{'x' * 43}: 8"]
)
def test_no_property(line: str) -> None:
    assert not PROPERTY.search(line)


@pytest.mark.parametrize("line", ["Memory: 8 GB", "• Gewicht : 2 kg", "Вес: 2 кг", f"M: {'x' * 81}"])
def test_a_property(line: str) -> None:
    assert PROPERTY.search(line)


@pytest.mark.parametrize(("line", "is_one"), [("8 GB", False), ("$ off", False), ("$8", True), ("8 €", True)])
def test_a_price(line: str, is_one: bool) -> None:
    assert bool(PRICE.search(line)) == is_one


def test_blocks_end_at_blank_lines() -> None:
    found = measured("a", "b", "c", SENTENCE, blank=(2,))
    assert np.expm1(found["block lines"]).round().tolist() == [2, 2, 2, 2]
    assert np.expm1(found["block words"]).round().tolist() == [2, 2, 18, 18]
    assert np.expm1(found["block prose"]).round().tolist() == [0, 0, 17, 17]
    assert np.expm1(found["before"]).round().tolist() == [0, 1, 0, 1]
    assert np.expm1(found["after"]).round().tolist() == [1, 0, 1, 0]


def test_lines_of_one_shape_are_counted() -> None:
    found = measured("Harbour", "* Harbour", "Bridge", SENTENCE)
    assert np.expm1(found["shape"]).round().tolist() == [2, 1, 2, 1]
    assert found["share"] == [0.5, 0.25, 0.5, 0.25]
    assert measured("Harbour", "Bridge")["repeats"] == [0.5, 0.5]


def test_what_is_nearby_is_counted_there_and_in_all() -> None:
    found = measured("Memory: 8 GB", "Price: 12 €", *[SENTENCE] * 18)
    assert found["properties"][0] == pytest.approx(2 / 9, abs=1e-4)
    assert found["prices"][-1] == found["properties"][-1] == 0
    assert found["all properties"][0] == found["all properties"][-1] == 0.1
    assert found["all prices"][-1] == 0.05


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=8))
def test_all_is_finite(lines: list[str]) -> None:
    assert all(np.isfinite(column).all() for column in measured(*lines).values())


SHOWN = [
    "Home",
    "Memory: 8 GB",
    "Price: 12 €",
    "* Harbour",
    "12 May 2021",
    SENTENCE,
    f"{SENTENCE} {SENTENCE}",
    "»",
    "1. a",
]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(SHOWN), st.booleans(), st.floats(0.001, 0.999)), min_size=1, max_size=60
    )
)
def test_both_ways_measure_a_page_the_same(page: list[tuple[str, bool, float]]) -> None:
    lines, blank, scores = zip(*page, strict=True)
    rows = document_features(lines, blank)
    found = []
    for compiled in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(line_features._EFFORT, "compiled", compiled)
            measures = layout_features(lines, blank, rows), neighbour_scores(np.array(scores), rows)
            found.append([of.tolist() for of in measures])
    assert found[0] == found[1]
