"""What every task is told: where the passages are, the parameters, and how they are spread over blocks and parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.compiled import originals
from cleaner.dedup.deciding.corpus import Corpus, gather
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.table import Shard, load, map_text
from cleaner.engines.staging import staged_file

_INDEX = np.int64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Frame:
    """The corpus as tasks see it; a JSON file in the work folder.

    `tables` and `texts` are the places of all shards, those of the earlier corpora first; `corpora` says how many
    shards each of those has, `names` how it was called. Block `k` is the shards `bounds[k]` to `bounds[k + 1]`.
    `pins` are (shard, passage). Buckets of more than `hot` passages are spread over several parts.
    """

    work: Path
    tables: tuple[str, ...]
    texts: tuple[str, ...]
    corpora: tuple[int, ...]
    names: tuple[str, ...]
    bounds: tuple[int, ...]
    parts: int
    pins: tuple[tuple[int, int], ...]
    parameters: Parameters
    hot: int

    @property
    def earlier(self) -> int:
        """Count the shards of earlier corpora."""
        return sum(self.corpora)

    @property
    def blocks(self) -> int:
        """Count the blocks."""
        return len(self.bounds) - 1

    @property
    def path(self) -> Path:
        """Return the place of the file."""
        return self.work / "frame.json"

    def owner(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the block of each passage."""
        found: NDArray[np.int64] = np.searchsorted(np.array(self.bounds), places >> 32, side="right") - 1
        return found

    def file(self, name: str, number: int) -> Path:
        """Name a file of a block or a part."""
        return self.work / f"{name}-{number:06d}.npz"

    def save(self) -> None:
        """Write the frame to its place."""
        with staged_file(self.path) as part:
            part.write_text(json.dumps(asdict(self), default=str), "utf-8")


def frame_at(path: Path) -> Frame:
    """Read a frame, once in each process."""
    return _frame_at(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _frame_at(path: Path, time: int) -> Frame:
    del time
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    pins = tuple((shard, passage) for shard, passage in data["pins"])
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
    given |= {"work": Path(data["work"]), "pins": pins, "parameters": Parameters(**data["parameters"])}
    return Frame(**given)


@dataclass(frozen=True, slots=True)
class Block:
    """The passages of a block. `place` names each in the whole corpus: shard and index; `doc` its document."""

    number: int
    frame: Frame
    first: int
    corpus: Corpus
    place: NDArray[np.int64]
    doc: NDArray[np.int64]

    @property
    def shards(self) -> Sequence[Shard]:
        """Return the shards."""
        return self.corpus.shards

    @property
    def own(self) -> bool:
        """Tell whether it is part of this corpus, not of an earlier one."""
        return self.first >= self.frame.earlier

    def local(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers in the block of passages of it."""
        found: NDArray[np.int64] = self.corpus.offset[(places >> 32) - self.first] + (places & _INDEX)
        return found

    def has(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which passages are in the block."""
        shard = places >> 32
        found: NDArray[np.bool_] = (shard >= self.first) & (shard < self.first + len(self.shards))
        return found

    def major(self) -> NDArray[np.int64]:
        """Return what decides about the order of keeping before the place does."""
        if self.frame.parameters.keep == "first":
            return np.zeros(self.place.size, np.int64)
        return (np.int64(self.own) << np.int64(40)) - self.corpus.words.astype(np.int64)


def block_at(path: Path, number: int) -> Block:
    """Open a block; the last one is kept for the next task of this process."""
    return _block_at(path, path.stat().st_mtime_ns, number)


@lru_cache(maxsize=1)
def _block_at(path: Path, time: int, number: int) -> Block:
    frame = _frame_at(path, time)
    first, last = frame.bounds[number], frame.bounds[number + 1]
    shards = [Shard(load(Path(frame.tables[k])), map_text(Path(frame.texts[k]))) for k in range(first, last)]
    pins = {(shard - first, passage) for shard, passage in frame.pins if first <= shard < last}
    corpus = gather(shards, frame.parameters, pins, (), originals)
    if first < frame.earlier:
        corpus.pinned[:] = True
    sizes = [shard.table.size for shard in shards]
    shard_of = np.repeat(np.arange(first, last, dtype=np.int64), sizes)
    index = np.arange(int(corpus.offset[-1]), dtype=np.int64) - np.repeat(corpus.offset[:-1], sizes)
    docs = [np.asarray(shard.table.doc, np.int64) for shard in shards]
    doc = np.concatenate([np.zeros(0, np.int64), *docs])
    return Block(number, frame, first, corpus, shard_of << 32 | index, shard_of << 32 | doc)


def spread(sizes: Sequence[int], earlier: int, blocks: int) -> tuple[int, ...]:
    """Return the bounds of blocks of about equal size; earlier corpora and this one share none.

    >>> spread([5, 5, 5, 5], 1, 2)
    (0, 1, 3, 4)
    """
    most = max(1, -(-sum(sizes) // blocks))
    bounds, held = [0], 0
    for number, size in enumerate(sizes):
        if number > bounds[-1] and (held + size > most or number == earlier):
            bounds.append(number)
            held = 0
        held += size
    return (*bounds, len(sizes))
