"""Cutting the input into shards of about 64 MB: the unit of work, of resuming and of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.formats.format import InputFile, Segment
from cleaner.formats.registry import FORMATS

SHARD_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shard:
    """Consecutive segments, in the order of the corpus."""

    index: int
    segments: tuple[Segment, ...]

    @property
    def size(self) -> int:
        """Bytes of input."""
        return sum(segment.end - segment.start for segment in self.segments)


def cut(files: Sequence[InputFile], *, shard_bytes: int = SHARD_BYTES) -> tuple[Shard, ...]:
    """Cut the input into shards; it depends on nothing but names, contents and `shard_bytes`.

    Small files share a shard, a large file of records is cut between two. There is always one
    shard at least.
    """
    shards: list[Shard] = []
    segments: list[Segment] = []
    size = 0
    for file in files:
        for segment in _segments(file, shard_bytes):
            length = segment.end - segment.start
            if segments and size + length > shard_bytes:
                shards.append(Shard(len(shards), tuple(segments)))
                segments, size = [], 0
            segments.append(segment)
            size += length
    if segments or not shards:
        shards.append(Shard(len(shards), tuple(segments)))
    return tuple(shards)


def _segments(file: InputFile, shard_bytes: int) -> Iterator[Segment]:
    """Cut one file between records after every `shard_bytes`, if it can be cut."""
    cuts = FORMATS[file.format].cuts
    if cuts is None or file.size <= shard_bytes:
        yield Segment(file, 0, file.size)
        return
    start, line = 0, 1
    for end, records in cuts(file.path, file.size, shard_bytes):
        yield Segment(file, start, end, line)
        start, line = end, line + records
