"""Deduplication inside documents alone: each block decides for itself, as no document is in two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.dedup.deciding.combine import combine
from cleaner.dedup.parameters import KINDS
from cleaner.dedup.plan import Removed
from cleaner.dedup.rounds.frame import block_at
from cleaner.dedup.told import Told, write


def within(path: Path, number: int) -> dict[str, Any]:
    """Decide about a block, write what its shards are told, and return counts."""
    block = block_at(path, number)
    frame = block.frame
    if not block.own:
        return {"told": []}
    pins = {(shard - block.first, index) for shard, index in frame.pins if shard >= block.first}
    plan = combine(block.shards, frame.parameters, pins={pin for pin in pins if pin[0] < len(block.shards)})
    told, first = [], block.first - frame.earlier
    for k, (removed, unlike) in enumerate(zip(plan.shards, plan.unlike, strict=True)):
        target = frame.work / "told" / f"{first + k:05d}.npy"
        if write(target, Told(_moved(removed, first), _moved(unlike, first), {}, {}), frame.parameters):
            told.append(first + k)
    counts = plan.statistics
    return {
        "told": told,
        "passages": counts.passages,
        "long": counts.long,
        "removed": [counts.removed[kind] for kind in KINDS],
        "verified": counts.verified,
        "capped": counts.capped,
        "histogram": list(counts.similarities),
        "clusters": [list(counts.clusters), list(counts.clusters.values())],
    }


def _moved(rows: Removed, first: int) -> Removed:
    """Count shards from the first one of the corpus."""
    return replace(rows, kept_shard=(rows.kept_shard + np.int32(first)).astype(np.int32))
