"""Lines that repeat across a source, counted in shuffles: what `source_lines.combine` counts in one process.

    prints     which documents count: the first of those with the same lines; how many each source has
    lines      in how many of these each line is; by ranges of hashes
    assemble   the file that units are told

Rows are added up before they are sent, so that a source that is half of the corpus is no more than one row
for each part. Blocks and parts have the same numbers: both are 0 to `blocks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.engines import Hop
from cleaner.engines.rows import (
    Chunks,
    Messages,
    groups,
    load,
    received,
    rows,
    save,
    senders,
    sent,
)
from cleaner.steps.boilerplate.repeated import Threshold
from cleaner.steps.boilerplate.source_lines import Repeats, counted_lines
from cleaner.steps.boilerplate.source_lines import load as load_lines
from cleaner.steps.survey import Cluster

TASKS: Final = 2
"""Blocks for each core."""
BLOCK: Final = 64
"""Units of a block, at most."""
PRINT: Final = np.dtype([("print", "<u8"), ("source", "<u8"), ("document", "<i8")])
FOUND: Final = np.dtype([("kind", "u1"), ("name", "<u8"), ("count", "<i8")])
COUNT: Final = np.dtype([("key", "<u8"), ("count", "<i8")])
_DOCUMENT, _SOURCE = 0, 1


def repeats_of(folders: Sequence[Path], limits: Threshold, work: Path, cluster: Cluster, target: Path) -> int:
    """Write what repeats to a file, as `source_lines.combine` finds it; return how many lines do."""
    blocks = max(1, min(len(folders), max(TASKS * cluster.jobs, -(-len(folders) // BLOCK))))
    bounds = [k * len(folders) // blocks for k in range(blocks + 1)]
    some = [[*folders[first:last]] for first, last in pairwise(bounds)]
    calls = [(group, blocks) for group in some]
    hops = [Hop(send_prints), Hop(join_prints, blocks, (blocks,)), Hop(take_documents, blocks, (work,))]
    cluster.exchange("lines of documents", calls, hops)
    calls_of_lines = [(group, k, blocks, limits, work) for k, group in enumerate(some)]
    cluster.exchange(
        "lines counted", calls_of_lines, [Hop(send_lines), Hop(take_lines, blocks, (limits, work))]
    )
    (count,) = cluster.map("lines that repeat", assemble, [(blocks, limits, work, target)])
    return int(count)


def send_prints(folders: Sequence[Path], blocks: int) -> Messages:
    """Yield the documents of a block, each set of lines once."""
    units = [load_lines(folder) for folder in folders]
    prints = np.concatenate([np.zeros(0, np.uint64), *(unit.prints for unit in units)])
    sources = np.concatenate([np.zeros(0, np.uint64), *(unit.sources for unit in units)])
    _, first = np.unique(prints, return_index=True)
    found = rows(PRINT, first.size, print=prints[first], source=sources[first], document=first)
    yield from sent(found, _part(found["print"], blocks))


def join_prints(part: int, chunks: Chunks, blocks: int) -> Messages:
    """Yield to the blocks which of their documents count, and how many each source has in this part."""
    del part
    found, sender = received(chunks, PRINT), senders(chunks, PRINT)
    order = np.lexsort((sender, found["print"]))
    first = order[groups(found["print"][order])[:-1]]
    chosen = rows(FOUND, first.size, kind=_DOCUMENT, count=found["document"][first])
    name, size = np.unique(found["source"][first], return_counts=True)
    counted = rows(FOUND, name.size, kind=_SOURCE, name=name, count=size)
    parts = np.concatenate([sender[first], _part(name, blocks)])
    yield from sent(np.concatenate([chosen, counted]), parts)


def take_documents(number: int, chunks: Chunks, work: Path) -> int:
    """Write which documents of a block count, and the sizes of the sources of a part."""
    found = received(chunks, FOUND)
    documents = np.sort(found["count"][found["kind"] == _DOCUMENT])
    counted = found[found["kind"] == _SOURCE]
    name, inverse = np.unique(counted["name"], return_inverse=True)
    size = np.zeros(name.size, np.int64)
    np.add.at(size, inverse, counted["count"])
    save(work / f"documents-{number:06d}.npz", documents=documents, name=name, size=size)
    return int(documents.size)


def _sources(work: Path, blocks: int, limits: Threshold) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the sources that have enough documents, sorted, and their sizes."""
    parts = [load(work / f"documents-{k:06d}.npz") for k in range(blocks)]
    name = np.concatenate([np.zeros(0, np.uint64), *(part["name"] for part in parts)])
    size = np.concatenate([np.zeros(0, np.int64), *(part["size"] for part in parts)])
    order = np.argsort(name)
    enough = size[order] >= limits.documents
    return name[order][enough], size[order][enough]


def send_lines(folders: Sequence[Path], number: int, blocks: int, limits: Threshold, work: Path) -> Messages:
    """Yield the lines of the documents of a block that count, with the number of these that have each."""
    names, _ = _sources(work, blocks, limits)
    chosen, at = load(work / f"documents-{number:06d}.npz")["documents"], 0
    keys = [np.zeros(0, np.uint64)]
    for folder in folders:
        unit = load_lines(folder)
        size = unit.prints.size
        mask = np.zeros(size, np.bool_)
        mask[chosen[(chosen >= at) & (chosen < at + size)] - at] = True
        keys.append(counted_lines(unit, mask & np.isin(unit.sources, names)))
        at += size
    key, count = np.unique(np.concatenate(keys), return_counts=True)
    found = rows(COUNT, key.size, key=key, count=count)
    yield from sent(found, _range(key, blocks))


def take_lines(part: int, chunks: Chunks, limits: Threshold, work: Path) -> int:
    """Write the lines of a part that are in enough documents; return how many there are."""
    found = received(chunks, COUNT)
    key, inverse = np.unique(found["key"], return_inverse=True)
    count = np.zeros(key.size, np.int64)
    np.add.at(count, inverse, found["count"])
    enough = count >= limits.seen
    save(work / f"lines-{part:06d}.npz", keys=key[enough], counts=count[enough])
    return int(enough.sum())


def assemble(blocks: int, limits: Threshold, work: Path, target: Path) -> int:
    """Write what units are told: the lines of all parts, which are ranges of hashes, and the sources."""
    parts = [load(work / f"lines-{k:06d}.npz") for k in range(blocks)]
    keys: Any = np.concatenate([np.zeros(0, np.uint64), *(part["keys"] for part in parts)])
    counts: Any = np.concatenate([np.zeros(0, np.int64), *(part["counts"] for part in parts)])
    Repeats(keys, counts, *_sources(work, blocks, limits), limits).save(target)
    return int(keys.size)


def _part(names: NDArray[np.uint64], blocks: int) -> NDArray[np.int64]:
    return (names % np.uint64(blocks)).astype(np.int64)


def _range(keys: NDArray[np.uint64], blocks: int) -> NDArray[np.int64]:
    """Return the range that each hash is in; a later range has greater hashes.

    >>> _range(np.array([0, 1 << 63, (1 << 64) - 1], np.uint64), 4).tolist()
    [0, 2, 3]
    """
    return ((keys >> np.uint64(32)) * np.uint64(blocks) >> np.uint64(32)).astype(np.int64)
