"""Fitted trees as the plain lists that `cleaner.fitted.trees` reads: what all `fit_*.py` write."""

from __future__ import annotations

from typing import Any

import numpy as np


def exported(model: Any) -> dict[str, Any]:
    """Turn fitted trees into plain lists; a leaf points at itself."""
    out: dict[str, list[Any]] = {k: [] for k in ("roots", "feature", "threshold", "left", "right", "value")}
    for (predictor,) in model._predictors:
        first = len(out["feature"])
        out["roots"].append(first)
        for i, node in enumerate(predictor.nodes):
            leaf = bool(node["is_leaf"])
            out["feature"].append(0 if leaf else int(node["feature_idx"]))
            out["threshold"].append(0.0 if leaf else round(float(node["num_threshold"]), 5))
            out["left"].append(first + (i if leaf else int(node["left"])))
            out["right"].append(first + (i if leaf else int(node["right"])))
            out["value"].append(round(float(node["value"]), 5) if leaf else 0.0)
    return {"base": round(float(np.ravel(model._baseline_prediction)[0]), 5), **out}
