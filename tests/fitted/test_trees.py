"""Fitted trees: the walk over all of them at once against one step after the other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from cleaner.fitted import trees, walk
from cleaner.fitted.trees import from_lists

DATA = files("cleaner") / "fitted"
PAGE = json.loads((DATA / "page_weights.json").read_text("utf-8"))
FITS = {**PAGE, **json.loads((DATA / "html_trees.json").read_text("utf-8"))}


def walked(data: Mapping[str, Any], row: Any) -> float:
    """Go from each root to a leaf, and add up what the leaves say, tree by tree."""
    odds = data["base"]
    for root in data["roots"]:
        node, before = root, -1
        while node != before:
            side = "left" if row[data["feature"][node]] <= data["threshold"][node] else "right"
            before, node = node, data[side][node]
        odds += data["value"][node]
    return odds


@pytest.mark.parametrize("name", ["first", "second", "edge", "blocks", "forum"])
@given(drawn=st.data())
@settings(max_examples=15)
def test_every_row_by_itself(name: str, drawn: st.DataObject) -> None:
    """To the last bit: a score must not depend on how many lines the page has."""
    data = FITS[name]
    shape = st.tuples(st.sampled_from([1, 2, 7, 8, 9, 40]), st.just(max(data["feature"]) + 1))
    near = st.sampled_from(sorted({*data["threshold"]})) | st.floats(-5, 50)
    rows = drawn.draw(arrays(np.float64, shape, elements=near))
    fit = from_lists(data)
    odds = [walked(data, row) for row in rows]
    splits = trees._splits(fit)
    assert splits is not None
    assert fit._stepwise(rows).tolist() == walk.odds(rows, fit.base, splits).tolist() == odds
    assert fit.probability(rows).tolist() == (1.0 / (1.0 + np.exp(-np.array(odds)))).tolist()


@pytest.mark.parametrize(
    ("leaves", "fits"), [(1, True), (2, True), (walk.MOST_LEAVES, True), (walk.MOST_LEAVES + 1, False)]
)
def test_trees_of_many_leaves_are_walked(leaves: int, *, fits: bool) -> None:
    """A row for each leaf of a tree that halves them."""
    data: dict[str, Any] = {"base": 0.5, "roots": [0], "feature": [0] * (2 * leaves - 1)}
    data |= {name: [0.0] * (2 * leaves - 1) for name in ("threshold", "value")}
    data |= {name: list(range(2 * leaves - 1)) for name in ("left", "right")}
    waiting, size = [(0, 0, leaves)], 1
    while waiting:
        node, first, stop = waiting.pop()
        middle = (first + stop) // 2
        if stop - first == 1:
            data["value"][node] = float(first)
            continue
        data["threshold"][node] = middle - 0.5
        data["left"][node], data["right"][node] = size, size + 1
        waiting += [(size, first, middle), (size + 1, middle, stop)]
        size += 2
    fit = from_lists(data)
    rows = np.arange(leaves, dtype=float)[:, None]
    splits = trees._splits(fit)
    assert (splits is not None) == fits
    expected = [walked(data, row) for row in rows]
    assert fit._stepwise(rows).tolist() == expected == [0.5 + leaf for leaf in range(leaves)]
    assert splits is None or walk.odds(rows, fit.base, splits).tolist() == expected
    assert fit.probability(rows).tolist() == (1.0 / (1.0 + np.exp(-np.array(expected)))).tolist()


LOADED = trees.LOADED_FROM - trees.COMPILED_FROM
"""Rows before those that make it worth loading the compiler."""
MADE = trees.UNCOMPILED_FROM - trees.COMPILED_FROM
"""Rows before those that make it worth compiling."""


@pytest.mark.parametrize(
    ("loaded", "kept", "spent", "rows", "compiled"),
    [
        ("", True, trees._Effort(0), trees.COMPILED_FROM, False),
        ("", True, trees._Effort(LOADED - 1), trees.COMPILED_FROM, False),
        ("", True, trees._Effort(LOADED), trees.COMPILED_FROM, True),
        ("", True, trees._Effort(trees.LOADED_FROM), trees.COMPILED_FROM - 1, False),
        ("numba", True, trees._Effort(0), trees.COMPILED_FROM - 1, False),
        ("numba", True, trees._Effort(0), trees.COMPILED_FROM, True),
        ("numba", False, trees._Effort(0), trees.COMPILED_FROM, False),
        ("numba", False, trees._Effort(MADE - 1), trees.COMPILED_FROM, False),
        ("numba", False, trees._Effort(MADE), trees.COMPILED_FROM, True),
        ("", False, trees._Effort(0, compiled=True), 1, True),
    ],
)
def test_the_compiler_is_loaded_when_it_pays(
    *,
    loaded: str,
    kept: bool,
    spent: trees._Effort,
    rows: int,
    compiled: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fit = from_lists(PAGE["edge"])
    table = np.zeros((rows, max(PAGE["edge"]["feature"]) + 1))
    expected = fit.probability(table[:1]).tolist() * rows
    calls: list[int] = []

    def walk(fit: trees.Trees, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        calls.append(len(rows))
        return fit._stepwise(rows)

    monkeypatch.setattr("sys.modules", {loaded: object()})
    monkeypatch.setattr(trees, "_EFFORT", spent)
    monkeypatch.setattr(trees, "_is_kept", lambda: kept)
    monkeypatch.setattr(trees.Trees, "_compiled", walk)
    assert fit.probability(table).tolist() == expected
    assert bool(calls) == compiled


@pytest.mark.parametrize("kept", [False, True])
def test_the_compiled_walk_is_loaded_at_once_where_it_is_kept(
    *, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "_EFFORT", trees._Effort(0))
    monkeypatch.setattr(trees, "_is_kept", lambda: kept)
    assert trees.load_compiled(from_lists(PAGE["edge"])) == kept
    assert trees._pays(1) == kept
