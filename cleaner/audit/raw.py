"""Bytes that output and trail cannot rebuild, kept as zstd frames one behind the other in a file."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from cleaner.audit.errors import RebuildError
from cleaner.storage.zstd import zstd

_LEVEL: Final = 3
RawRef = list[int]
"""Offset and length of a frame, in bytes; in the trail they follow the work unit whose file it is in."""


def raw_name(unit: int) -> str:
    """Name the file of kept bytes for one work unit.

    >>> raw_name(3)
    'raw-00003.zst'
    """
    return f"raw-{unit:05d}.zst"


class RawWriter:
    """Appends frames to an open file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._compressor = zstd.ZstdCompressor(_LEVEL)  # to make one takes longer than a short record

    def keep(self, data: bytes) -> RawRef:
        """Append bytes as a frame and return its place."""
        frame = self._compressor.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)
        at = self._stream.tell()
        self._stream.write(frame)
        return [at, len(frame)]


def read_raw(audit: Path, ref: RawRef) -> bytes:
    """Return the bytes that a line of the trail in the folder `audit` refers to; RebuildError: they are not there."""
    unit, start, length = ref
    name = raw_name(unit)
    try:
        with (audit / name).open("rb") as stream:
            stream.seek(start)
            return zstd.decompress(stream.read(length))
    except (OSError, zstd.ZstdError) as error:
        message = f"{name}: kept bytes cannot be read: {getattr(error, 'strerror', None) or error}"
        raise RebuildError(message) from None
