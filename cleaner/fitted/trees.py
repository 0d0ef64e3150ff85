"""Boosted regression trees read from plain lists: what fitted scorers are made of.

A fit (`tools/fit_*.py`) writes the nodes of all its trees into one table. Reading it needs numpy
alone, and all trees are walked at once; after many rows the walk is compiled (`walk.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cleaner.fitted.walk import Splits

_DEPTH = 32
"""No tree is deeper; the walk stops when every row has reached a leaf."""
COMPILED_FROM = 64
"""Rows at once from which the compiled walk is loaded, where its compiler is."""
LOADED_FROM = 10_000
"""Rows of a process from which it is worth loading: array operations take as long for so many."""
UNCOMPILED_FROM = 100_000
"""The same where there is no machine code yet: to make that takes longer than to read it."""
_BLOCK = 2048
"""Rows that are walked at once, so that memory stays small."""


@dataclass(slots=True)
class _Effort:
    """Rows that this process was asked about, whether in compiled code; it changes the speed, nothing else."""

    rows: int = 0
    compiled: bool = False


_EFFORT = _Effort()


def _pays(rows: int) -> bool:
    """Tell whether to walk in compiled code: when that is loaded, or will soon have been worth it."""
    if _EFFORT.compiled:
        return True
    if rows < COMPILED_FROM or not ("numba" in sys.modules or _EFFORT.rows >= LOADED_FROM):
        return False
    return _EFFORT.rows >= UNCOMPILED_FROM or _is_kept()


@cache
def _is_kept() -> bool:
    """Tell whether the machine code was there when it was first asked about."""
    from cleaner.engines.compiling import are_kept
    from cleaner.fitted import walk

    return are_kept(walk._sum)


def load_compiled(trees: Trees) -> bool:
    """Load the compiled walk, if it is on disk, and use it from now on; tell whether it is."""
    return _is_kept() and trees._compiled(np.zeros((1, 1 + int(trees.feature.max())))) is not None


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees for log odds: nodes of all trees in one table, a leaf points at itself."""

    base: float
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    def probability(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of each row; `rows` has shape (rows, features), features as in the fit."""
        _EFFORT.rows += len(rows)
        odds = self._compiled(rows) if _pays(len(rows)) else None
        odds = self._stepwise(rows) if odds is None else odds
        result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
        return result

    def _compiled(self, rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the log odds of each row in compiled code; None for trees that are too large for it."""
        from cleaner.fitted import walk

        splits = _splits(self)
        _EFFORT.compiled = _EFFORT.compiled or splits is not None
        return None if splits is None else walk.odds(rows, self.base, splits)

    def _stepwise(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log odds of each row by array operations, which need no compiler."""
        parts = [self._odds(rows[at : at + _BLOCK]) for at in range(0, len(rows), _BLOCK)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log odds of each row, walking all trees at once.

        The values of the trees are added one by one in their order: numpy's own sum takes another order
        for another number of rows, and the last bit of a score would depend on its neighbours.
        """
        node = np.repeat(self.roots[:, None], len(rows), axis=1)
        at = np.arange(len(rows))[None, :]
        for _ in range(_DEPTH):
            goes_left = rows[at, self.feature[node]] <= self.threshold[node]
            below = np.where(goes_left, self.left[node], self.right[node])
            if (below == node).all():
                break
            node = below
        odds = np.full(len(rows), self.base)
        for value in self.value[node]:
            odds += value
        return odds


@cache
def _splits(trees: Trees) -> Splits | None:
    from cleaner.fitted import walk

    return walk.splits_of(trees.roots, trees.feature, trees.threshold, trees.left, trees.right, trees.value)


def from_lists(data: Mapping[str, Any]) -> Trees:
    """Read trees from the lists that a fit has written.

    >>> stump = {"base": 0, "roots": [0], "feature": [0, 0, 0], "threshold": [0.5, 0, 0]}
    >>> stump |= {"left": [1, 1, 2], "right": [2, 1, 2], "value": [0, -1, 1]}
    >>> from_lists(stump).probability(np.array([[0.0], [1.0]])).round(2).tolist()
    [0.27, 0.73]
    """
    return Trees(
        float(data["base"]),
        np.array(data["roots"], np.int32),
        np.array(data["feature"], np.int32),
        np.array(data["threshold"], np.float64),
        np.array(data["left"], np.int32),
        np.array(data["right"], np.int32),
        np.array(data["value"], np.float64),
    )
