"""Bytes that output and trail cannot rebuild, kept as zstd frames one behind the other in a file."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import zstandard

RawRef = list[int]
"""Offset and length of a frame, in bytes."""


def raw_name(shard: int) -> str:
    """Name the file of kept bytes for one shard.

    >>> raw_name(3)
    'raw-00003.zst'
    """
    return f"raw-{shard:05d}.zst"


class RawWriter:
    """Appends frames to an open file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._compress = zstandard.ZstdCompressor(level=3).compress

    def keep(self, data: bytes) -> RawRef:
        """Append bytes as a frame and return its place."""
        frame = self._compress(data)
        at = self._stream.tell()
        self._stream.write(frame)
        return [at, len(frame)]


def read_raw(path: Path, ref: RawRef) -> bytes:
    """Return the bytes of one frame."""
    with path.open("rb") as stream:
        stream.seek(ref[0])
        return zstandard.ZstdDecompressor().decompressobj().decompress(stream.read(ref[1]))
