"""Cutting the input into work units, what a worker takes, and these into shards, the parts of the audit trail.

Units are small, so that a few megabytes keep all workers busy and a worker needs little memory; shards
are large, so that a corpus has few files of trail. Both depend on nothing but names, sizes and contents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cleaner.errors import QuarantineError
from cleaner.formats import opaque
from cleaner.formats.format import InputFile, Segment
from cleaner.formats.registry import FORMATS

SHARD_BYTES: Final = 64 << 20
"""Bytes of input that share a part of the trail."""
LEAST: Final = 1 << 19
"""Bytes of the smallest unit that is aimed at."""
MOST: Final = 8 << 20
"""Bytes of the largest one."""
UNITS: Final = 32
"""Units that a corpus between these bounds is cut into."""
LONGEST: Final = 2 * MOST
"""Bytes of the longest segment of several records: one longer than a segment has a segment of its own."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Consecutive segments, in the order of the corpus, and the shard that they belong to."""

    index: int
    shard: int
    segments: tuple[Segment, ...]

    @property
    def size(self) -> int:
        """Return its bytes."""
        return sum(segment.end - segment.start for segment in self.segments)


def unit_bytes(total: int) -> int:
    """Return the size of the units of a corpus of so many bytes.

    >>> unit_bytes(1_000), unit_bytes(64 << 20) >> 20, unit_bytes(1 << 40) >> 20
    (524288, 2, 8)
    """
    return min(MOST, max(LEAST, total // UNITS))


def cut(files: Sequence[InputFile], *, shard_bytes: int = SHARD_BYTES) -> tuple[Unit, ...]:
    """Cut the input into units.

    Small files share a unit, a large file of records is cut between two records. There is always one
    unit at least.
    """
    most = min(unit_bytes(sum(file.size for file in files)), shard_bytes)
    units: list[Unit] = []
    shard = held = 0
    for segments, size in _groups(files, most):
        if held and held + size > shard_bytes:
            shard, held = shard + 1, 0
        units.append(Unit(len(units), shard, segments))
        held += size
    return tuple(units) or (Unit(0, 0, ()),)


def _groups(files: Sequence[InputFile], most: int) -> Iterator[tuple[tuple[Segment, ...], int]]:
    """Yield the segments of each unit, and their bytes."""
    group: list[Segment] = []
    size = 0
    for file in files:
        for segment in _segments(file, most):
            length = segment.end - segment.start
            if group and size + length > most:
                yield tuple(group), size
                group, size = [], 0
            group.append(segment)
            size += length
    if group:
        yield tuple(group), size


def _segments(file: InputFile, most: int) -> Iterator[Segment]:
    """Cut one file between records after every `most` bytes, if it can be cut: a remote one cannot."""
    cuts = FORMATS[file.format].cuts
    if cuts is None or file.size <= most or not isinstance(file.path, Path):
        yield Segment(file, 0, file.size)
        return
    try:
        found = list(cuts(file.path, file.size, most))
    except (OSError, ValueError, QuarantineError) as error:
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        yield Segment(replace(file, format=opaque.FORMAT.name, problem=problem), 0, file.size)
        return
    start, line = 0, 1
    for end, records in found:
        yield Segment(file, start, end, line)
        start, line = end, line + records
