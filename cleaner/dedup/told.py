"""What a shard is told: its removed passages, and those that are kept beside a similar one; one file for each shard.

Such a file holds three arrays of NumPy, one behind the other: the rows of the removed passages, those of the others,
and JSON with what is kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from cleaner.dedup.parameters import Parameters
from cleaner.dedup.plan import Removed
from cleaner.engines.staging import staged_file

KEYS: Final = "keys.json"
"""File with the keys of the documents of a shard of an earlier corpus, beside its table."""


class Elsewhere(NamedTuple):
    """A kept passage in an earlier corpus: the name of that, document, code points, text."""

    corpus: str
    doc: str
    start: int
    end: int
    text: str


class Told(NamedTuple):
    """Removed passages and those that are only like another; by row what is kept elsewhere."""

    removed: Removed
    unlike: Removed
    removed_elsewhere: Mapping[int, Elsewhere]
    unlike_elsewhere: Mapping[int, Elsewhere]


def beside(first: Told, second: Told) -> Told:
    """Return what a shard is told by two; of a passage that both remove, what the first one says."""
    others = ~np.isin(second.removed.index, first.removed.index)
    names = [field.name for field in fields(Removed)]
    parts = first.removed, second.removed.some(others)
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    order = np.argsort(joined["index"], kind="stable")
    numbers = {old: new for new, old in enumerate(order.tolist())}
    rows = np.cumsum(others) - 1 + len(first.removed)
    elsewhere = {numbers[row]: kept for row, kept in first.removed_elsewhere.items()}
    elsewhere |= {
        numbers[int(rows[row])]: kept for row, kept in second.removed_elsewhere.items() if others[row]
    }
    removed = Removed(**{name: column[order] for name, column in joined.items()})
    return Told(removed, second.unlike, elsewhere, second.unlike_elsewhere)


def write(path: Path, told: Told, parameters: Parameters) -> bool:
    """Write what a shard is told, with those unlike passages that are to be flagged; nothing when there is nothing."""
    wanted = np.array([parameters.flagged(kind) for kind in told.unlike.kind.tolist()], np.bool_)
    unlike = told.unlike.some(wanted)
    if not len(told.removed) and not len(unlike):
        return False
    renumbered = {int(row): number for number, row in enumerate(np.flatnonzero(wanted))}
    others = {renumbered[row]: kept for row, kept in told.unlike_elsewhere.items() if row in renumbered}
    texts = json.dumps([[*told.removed_elsewhere.items()], [*others.items()]]).encode("ascii")
    with staged_file(path) as part, part.open("wb") as stream:
        for array in (told.removed.packed(), unlike.packed(), np.frombuffer(texts, np.uint8)):
            np.save(stream, array, allow_pickle=False)
    return True


def read(path: Path) -> Told:
    """Read what `write` has written."""
    with path.open("rb") as stream:
        removed, unlike, texts = (np.load(stream, allow_pickle=False) for _ in range(3))
    one, other = ({row: Elsewhere(*kept) for row, kept in rows} for rows in json.loads(texts.tobytes()))
    return Told(Removed.unpacked(removed), Removed.unpacked(unlike), one, other)
