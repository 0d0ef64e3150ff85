"""Fitted trees as the plain lists that `cleaner.fitted.trees` reads: what all `fit_*.py` write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import lightgbm
import numpy as np

FIXED: Mapping[str, Any] = {
    "objective": "binary",
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 2,
    "seed": 0,
    "verbose": -1,
    "max_bin": 63,
}
"""What all fits have in common: the same trees from the same rows."""


def grown(rows: Any, labels: Any, weights: Any, trees: int, **size: float) -> Any:
    """Fit trees that tell rows with a label from others; `size` are parameters of LightGBM."""
    options = {**FIXED, **size}
    weights = np.asarray(weights) * len(weights) / np.sum(weights)
    data = lightgbm.Dataset(rows, np.asarray(labels, float), weight=weights, params=options)
    return lightgbm.train(options, data, trees)


def exported(model: Any) -> dict[str, Any]:
    """Turn fitted trees into plain lists; a leaf points at itself."""
    out: dict[str, list[Any]] = {k: [] for k in ("roots", "feature", "threshold", "left", "right", "value")}
    for tree in model.dump_model()["tree_info"]:
        out["roots"].append(_added(out, tree["tree_structure"]))
    return {"base": 0.0, **out}


def _added(out: dict[str, list[Any]], node: Mapping[str, Any]) -> int:
    """Append a node and those below it; return its place."""
    at = len(out["feature"])
    leaf = "leaf_value" in node
    out["feature"].append(0 if leaf else int(node["split_feature"]))
    out["threshold"].append(0.0 if leaf else round(float(node["threshold"]), 5))
    out["value"].append(round(float(node["leaf_value"]), 5) if leaf else 0.0)
    out["left"].append(at)
    out["right"].append(at)
    if not leaf:
        out["left"][at] = _added(out, node["left_child"])
        out["right"][at] = _added(out, node["right_child"])
    return at
