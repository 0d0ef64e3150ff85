"""The reference of `translated_score`: quantiles of the evidence in native news-like English, by length.

The table holds numbers alone. `tools/fit_translated_score.py` makes it anew when markers, weights or
rules change.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple


class Reference(NamedTuple):
    """Evenly spaced quantiles of the evidence in texts of about `words` words."""

    words: int
    quantiles: tuple[float, ...]


@lru_cache(maxsize=1)
def references() -> tuple[Reference, ...]:
    """Read the table, by length.

    >>> all(list(r.quantiles) == sorted(r.quantiles) for r in references())
    True
    """
    data = json.loads((files("cleaner") / "fitted" / "translated_score.json").read_text("utf-8"))
    return tuple(Reference(entry["words"], tuple(entry["quantiles"])) for entry in data["references"])


def percentile(evidence: float, words: int) -> float:
    """Return the percentile of some evidence among native texts of `words` words, 0 to 100, one decimal.

    Between two lengths of the table it is interpolated by the logarithm of the length. What lies above
    all native texts is still ordered: it comes nearer to 100 the further it is away.

    >>> percentile(50.0, 300) > percentile(0.0, 300)
    True
    """
    table = references()
    at = bisect_right([reference.words for reference in table], words)
    if at in (0, len(table)):
        return round(_rank(evidence, table[min(at, len(table) - 1)].quantiles), 3)
    low, high = table[at - 1], table[at]
    share = math.log(words / low.words) / math.log(high.words / low.words)
    mixed = (1 - share) * _rank(evidence, low.quantiles) + share * _rank(evidence, high.quantiles)
    return round(mixed, 3)


def _rank(evidence: float, quantiles: Sequence[float]) -> float:
    """Return the percentile among quantiles; equal ones count by half."""
    last = len(quantiles) - 1
    if evidence > quantiles[-1]:
        spread = max(quantiles[-1] - quantiles[last * 9 // 10], 0.1)
        return 100 - (100 / (last + 1)) * math.exp(-(evidence - quantiles[-1]) / spread)
    below, upto = bisect_left(quantiles, evidence), bisect_right(quantiles, evidence)
    if below == upto and below:
        step = quantiles[below] - quantiles[below - 1]
        return 100 * (below - 1 + (evidence - quantiles[below - 1]) / step) / (last + 1)
    return 100 * (below + upto) / 2 / (last + 1)
