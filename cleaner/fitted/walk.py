"""The walk through fitted trees, compiled: several times as fast as array operations."""

from __future__ import annotations

from typing import Any

from cleaner.engines.compiling import njit


def _odds(
    rows: Any,
    base: Any,
    roots: Any,
    feature: Any,
    threshold: Any,
    left: Any,
    right: Any,
    value: Any,
    out: Any,
) -> None:
    for row in range(rows.shape[0]):
        total = base
        for root in roots:
            node = root
            while left[node] != node:
                node = left[node] if rows[row, feature[node]] <= threshold[node] else right[node]
            total += value[node]
        out[row] = total


def _compiled() -> Any:
    try:
        return njit(cache=True, nogil=True)(_odds)
    except RuntimeError:  # nowhere to keep the machine code
        return njit(nogil=True)(_odds)


walked = _compiled()
"""Fill `out` with the log odds of all rows; the values of the trees are added one by one in their order."""
