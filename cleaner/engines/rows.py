"""Rows of fixed width, as tasks send them to each other in a shuffle, and files of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.staging import staged_file

Rows: TypeAlias = NDArray[Any]
Chunks: TypeAlias = Sequence[tuple[int, bytes]]
"""What a part is sent: (number of the sender, bytes), in the order of the senders."""
Messages: TypeAlias = Iterator[tuple[int, bytes]]
"""What is sent: (number of the part, bytes)."""


def rows(dtype: np.dtype[Any], size: int, **columns: Any) -> Rows:
    """Make rows of columns; those that are not given are 0.

    >>> rows(np.dtype([("place", "<i8"), ("to", "<i8")]), 2, place=[1, 2], to=3).tolist()
    [(1, 3), (2, 3)]
    """
    made = np.zeros(size, dtype)
    for name, values in columns.items():
        made[name] = values
    return made


def sent(found: Rows, parts: NDArray[Any]) -> Messages:
    """Yield for each part the rows that are for it, in their order."""
    if not found.size:
        return
    order = np.argsort(parts, kind="stable")
    targets, starts = np.unique(parts[order], return_index=True)
    for target, some in zip(targets.tolist(), np.split(order, starts[1:]), strict=True):
        yield int(target), found[some].tobytes()


def received(chunks: Chunks, dtype: np.dtype[Any]) -> Rows:
    """Return all rows that a part was sent, in the order of the senders."""
    return np.frombuffer(b"".join(data for _, data in chunks), dtype)


def senders(chunks: Chunks, dtype: np.dtype[Any]) -> NDArray[np.int64]:
    """Return who sent each row."""
    sizes = [len(data) // dtype.itemsize for _, data in chunks]
    return np.repeat(np.array([sender for sender, _ in chunks], np.int64), sizes)


def groups(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """Return where each group of equal neighbours begins, and, last, the number of rows.

    >>> groups(np.array([1, 1, 2])).tolist(), groups(np.zeros(0)).tolist()
    ([0, 2, 3], [0])
    """
    size = columns[0].shape[0]
    if not size:
        return np.zeros(1, np.int64)
    new = np.zeros(size, np.bool_)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.append(np.flatnonzero(new), size)


def save(path: Path, **arrays: Any) -> None:
    """Write arrays to one file, whole or not at all."""
    with staged_file(path) as part, part.open("wb") as stream:
        np.savez(stream, **arrays)


def load(path: Path) -> dict[str, NDArray[Any]]:
    """Read what `save` has written."""
    with np.load(path, allow_pickle=False) as data:
        return {name: data[name] for name in data.files}
