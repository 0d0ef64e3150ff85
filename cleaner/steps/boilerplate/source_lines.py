"""Lines that repeat across the documents of a source, counted over a corpus of any size.

    Lines of one unit    hashes of its documents' lines, kept in a folder    (in the worker of the unit)
    combine               which lines repeat, over all units                 (once)
    Repeats.of            what the boilerplate step is told about a document  (in the worker of the unit)

What counts as repeated is decided by `cleaner.steps.boilerplate.repeated`; here it is only counted.
Documents with the same lines count once. Only hashes are held, 8 bytes for each line of a unit, and
of the corpus those that are in enough documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from cleaner.engines.staging import staged_file
from cleaner.steps.boilerplate.plain_hashes import Keys
from cleaner.steps.boilerplate.repeated import Repeated, Threshold, keys_of, keys_of_all

_PART: Final = 1 << 22
"""Lines that are counted at once."""
_TOGETHER: Final = 1 << 16
"""Characters of documents from which on no more of them are hashed in one call."""
_ARRAYS: Final = ("sources", "prints", "bounds", "numbers", "keys")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a unit's documents that have a source.

    For each document a hash of its source, one of all its lines, and its number in the unit; its own lines, each
    once, are `keys[bounds[i]:bounds[i + 1]]`, hashed together with the source.
    """

    sources: Keys
    prints: Keys
    bounds: NDArray[np.int64]
    numbers: NDArray[np.int64]
    keys: Keys

    def save(self, folder: Path) -> None:
        """Write the arrays to a folder; it is complete when `done` is there."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "done").touch()


def load(folder: Path) -> Lines:
    """Read what `save` has written; the keys are left in the file."""
    small = {name: np.load(folder / f"{name}.npy") for name in _ARRAYS[:-1]}
    size = int(small["bounds"][-1])
    keys = np.load(folder / "keys.npy", mmap_mode="r") if size else np.zeros(0, np.uint64)
    return Lines(**small, keys=keys)


def lines_of(documents: Iterable[tuple[str | None, str]]) -> Lines:
    r"""Hash the lines of documents, given as source and text.

    >>> lines_of([("a.example", "Home\nNews\n\nHome"), (None, "Home")]).bounds.tolist()
    [0, 3]
    """
    sources: list[int] = []
    prints: list[int] = []
    bounds = [0]
    numbers: list[int] = []
    parts: list[Keys] = []
    for number, source, found in _keys(documents):
        if not len(found):
            continue
        name = source_hash(source)
        sources.append(name)
        prints.append(xxhash.xxh3_64_intdigest(found.tobytes(), seed=name))
        parts.append(mixed(name, found))
        bounds.append(bounds[-1] + len(found))
        numbers.append(number)
    keys = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
    return Lines(
        np.array(sources, np.uint64),
        np.array(prints, np.uint64),
        np.array(bounds, np.int64),
        np.array(numbers, np.int64),
        keys,
    )


def _keys(documents: Iterable[tuple[str | None, str]]) -> Iterator[tuple[int, str, Keys]]:
    """Yield number, source and hashes of the documents that have a source; many of them are hashed together."""
    sourced = (
        (number, source, text) for number, (source, text) in enumerate(documents) if source is not None
    )
    for batch in _batches(sourced):
        found = keys_of_all([text for _, _, text in batch])
        for (number, source, _), keys in zip(batch, found, strict=True):
            yield number, source, keys


def _batches(sourced: Iterable[tuple[int, str, str]]) -> Iterator[list[tuple[int, str, str]]]:
    """Put documents together that are hashed in one call."""
    batch: list[tuple[int, str, str]] = []
    size = 0
    for one in sourced:
        batch.append(one)
        size += len(one[2])
        if size >= _TOGETHER:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def updated(before: Lines, changed: NDArray[np.int64], found: Lines) -> Lines:
    """Return the lines of a unit after some documents `changed`, by their numbers: those `found` in these are new.

    >>> old = lines_of([("a.example", "Home"), ("a.example", "News")])
    >>> new = updated(old, np.array([1]), lines_of([("a.example", "More news")]))
    >>> (new.keys == lines_of([("a.example", "Home"), ("a.example", "More news")]).keys).all()
    np.True_
    """
    stays = np.flatnonzero(~np.isin(before.numbers, changed))
    numbers = np.concatenate([before.numbers[stays], changed[found.numbers]])
    order = np.argsort(numbers)
    sources = np.concatenate([before.sources[stays], found.sources])[order]
    prints = np.concatenate([before.prints[stays], found.prints])[order]
    old, new = np.split(before.keys, before.bounds[1:-1]), np.split(found.keys, found.bounds[1:-1])
    parts = [*(old[k] for k in stays.tolist()), *new[: len(found.numbers)]]
    parts = [parts[k] for k in order.tolist()]
    bounds = np.cumsum([0, *map(len, parts)])
    keys = np.concatenate([np.zeros(0, np.uint64), *parts])
    return Lines(sources, prints, bounds, numbers[order], keys)


def source_hash(source: str) -> int:
    """Hash the name of a source."""
    return xxhash.xxh3_64_intdigest(source.encode("utf-8", "surrogatepass"))


def mixed(source: int, lines: Keys) -> Keys:
    """Join the hashes of lines and of their source into one each."""
    found: Keys = (lines ^ np.uint64(source)) * np.uint64(0x9E3779B97F4A7C15)
    return found


@dataclass(frozen=True, slots=True)
class Repeats:
    """Lines that may repeat: sorted keys, in how many documents each is, and the sizes of the sources."""

    keys: Keys
    counts: NDArray[np.int64]
    sources: Keys
    sizes: NDArray[np.int64]
    limits: Threshold

    def of(self, source: str | None, text: str) -> Repeated | None:
        """Return which lines of a document repeat in its source; None when none of them does."""
        if source is None or not len(self.keys):
            return None
        name = source_hash(source)
        at = int(np.searchsorted(self.sources, np.uint64(name)))
        if at == len(self.sources) or int(self.sources[at]) != name:
            return None
        size = int(self.sizes[at])
        least = self.limits.least(size)
        found = keys_of(text)
        wanted = mixed(name, found)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        counts = np.where(self.keys[place] == wanted, self.counts[place], 0)
        seen = {int(line): int(count) for line, count in zip(found, counts, strict=True) if count >= least}
        return Repeated(size, seen, source) if seen else None

    def concerned(self, lines: Lines) -> frozenset[int]:
        """Return the numbers of the documents of a unit of which a line repeats in their source."""
        if not len(self.keys) or not len(self.sources):
            return frozenset()
        at = np.minimum(np.searchsorted(self.sources, lines.sources), len(self.sources) - 1)
        known = self.sources[at] == lines.sources
        enough = np.array([self.limits.least(size) for size in self.sizes.tolist()], np.int64)
        least = np.where(known, enough[at], np.iinfo(np.int64).max)
        place = np.minimum(np.searchsorted(self.keys, lines.keys), len(self.keys) - 1)
        counts = np.where(self.keys[place] == lines.keys, self.counts[place], 0)
        document = np.repeat(np.arange(len(lines.sources)), np.diff(lines.bounds))
        return frozenset(lines.numbers[np.unique(document[counts >= least[document]])].tolist())

    def save(self, path: Path) -> None:
        """Write to a file."""
        with staged_file(path) as part, part.open("wb") as stream:
            np.savez(stream, keys=self.keys, counts=self.counts, sources=self.sources, sizes=self.sizes)


def load_repeats(path: Path, limits: Threshold) -> Repeats:
    """Read what `Repeats.save` has written."""
    with np.load(path) as data:
        return Repeats(data["keys"], data["counts"], data["sources"], data["sizes"], limits)


def combine(units: Sequence[Lines], limits: Threshold, work: Path) -> Repeats:
    """Count over all units in how many documents of its source each line is.

    Sources with fewer documents than `limits` asks for are left out, and so are lines that are in
    fewer than it asks for at least. `work` is a folder for counts. The result does not depend on how
    the corpus is cut into units.
    """
    chosen, sources, sizes = _documents(units, limits)
    work.mkdir(parents=True, exist_ok=True)
    pairs = enumerate(zip(units, chosen, strict=True))
    counted = [_counted(unit, mask, work / str(k)) for k, (unit, mask) in pairs]
    found = list(_merged(counted, limits.seen))
    keys = np.concatenate([part for part, _ in found]) if found else np.zeros(0, np.uint64)
    counts = np.concatenate([part for _, part in found]) if found else np.zeros(0, np.int64)
    return Repeats(keys, counts, sources, sizes, limits)


def _documents(
    units: Sequence[Lines], limits: Threshold
) -> tuple[list[NDArray[np.bool_]], Keys, NDArray[np.int64]]:
    """Mark the documents that count: the first of those with the same lines, of sources with enough of them.

    Also returns these sources, sorted, and how many documents each has.
    """
    sources = np.concatenate([unit.sources for unit in units]) if units else np.zeros(0, np.uint64)
    prints = np.concatenate([unit.prints for unit in units]) if units else np.zeros(0, np.uint64)
    first = np.zeros(len(prints), bool)
    first[np.unique(prints, return_index=True)[1]] = True  # the source is part of a print
    names, sizes = np.unique(sources[first], return_counts=True)
    enough = sizes >= limits.documents
    names, sizes = names[enough], sizes[enough]
    chosen = first & np.isin(sources, names)
    ends = np.cumsum([len(unit.sources) for unit in units])
    return np.split(chosen, ends[:-1]), names, sizes.astype(np.int64)


def counted_lines(unit: Lines, mask: NDArray[np.bool_]) -> Keys:
    """Return the hashes of the lines of the marked documents of a unit."""
    found: Keys = unit.keys[np.repeat(mask, np.diff(unit.bounds))]
    return found


def _counted(unit: Lines, mask: NDArray[np.bool_], folder: Path) -> tuple[Any, Any]:
    """Count the lines of the marked documents of a unit; the sorted keys and counts are kept in files."""
    keys, counts = np.unique(counted_lines(unit, mask), return_counts=True)
    if not len(keys):
        return keys, counts
    folder.mkdir(exist_ok=True)
    for name, values in (("keys", keys), ("counts", counts)):
        np.save(folder / f"{name}.npy", values)
    return np.load(folder / "keys.npy", mmap_mode="r"), np.load(folder / "counts.npy", mmap_mode="r")


def _merged(counted: Sequence[tuple[Any, Any]], least: int) -> Iterator[tuple[Keys, NDArray[np.int64]]]:
    """Add the counts of all units, a range of keys at a time, and yield those that are large enough."""
    parts = max(1, sum(len(keys) for keys, _ in counted) // _PART)
    edges = [np.uint64(k * ((1 << 64) // parts)) for k in range(parts)]
    cuts = [[*np.searchsorted(keys, edges).tolist(), len(keys)] for keys, _ in counted]
    for k in range(parts):
        ranges = [slice(at[k], at[k + 1]) for at in cuts]
        some = np.concatenate([keys[part] for (keys, _), part in zip(counted, ranges, strict=True)])
        each = np.concatenate([counts[part] for (_, counts), part in zip(counted, ranges, strict=True)])
        keys, inverse = np.unique(some, return_inverse=True)
        sums = np.zeros(len(keys), np.int64)
        np.add.at(sums, inverse, each)
        yield keys[sums >= least], sums[sums >= least]
