"""The passages of one shard as columns, in memory or mapped from a work folder."""

from __future__ import annotations

import json
import math
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
_FILE: Final = "columns.bin"
_PAGE: Final = 4096
"""Where columns begin, so that one of them can be released."""


@dataclass(frozen=True, slots=True)
class PassageTable:
    """Columns over the `n` passages of a shard, in the order of the text, and over its `m` long ones.

    `bounds` (int64, documents + 1): where documents begin and end, in bytes of the shard's text. `doc`
    (int32, n): number of the document in the shard. `start`, `end` (int64, n): bytes in the shard's
    text, white space at both ends left out. `at` (int64, n), `chars` (int32, n): the same in code
    points, `at` counted from the start of the document. `words`, `tokens` (int32, n): how many; signs
    are tokens but no words. `flags` (uint8, n): see `cleaner.dedup.sketching.blocks`. `digest` (uint64,
    n x 2): of the tokens, and of the bytes of a protected block. `long` (int32, m): the passages that
    have a signature. `signatures` (uint32, m x 128), `keys` (uint32, bands x m): one key for each band.
    `brief` (uint64, m x 8): the lowest four bits of each value of the signature, which tell most pairs
    that are not similar.
    """

    bounds: NDArray[np.int64]
    doc: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    at: NDArray[np.int64]
    chars: NDArray[np.int32]
    words: NDArray[np.int32]
    tokens: NDArray[np.int32]
    flags: NDArray[np.uint8]
    digest: NDArray[np.uint64]
    long: NDArray[np.int32]
    signatures: NDArray[np.uint32]
    keys: NDArray[np.uint32]
    brief: NDArray[np.uint64]

    @property
    def size(self) -> int:
        """Number of passages."""
        return int(self.doc.shape[0])

    def matched(self) -> PassageTable:
        """Return the table without the columns that only matching needs, so that they can be freed."""
        return replace(
            self, digest=self.digest[:0].copy(), keys=self.keys[:0].copy(), brief=self.brief[:0].copy()
        )

    def save(self, folder: Path) -> None:
        """Write all columns to one file in `folder`: a line says what they are, and each begins on a page."""
        folder.mkdir(parents=True, exist_ok=True)
        columns = [np.ascontiguousarray(getattr(self, field.name)) for field in fields(self)]
        head = json.dumps([[column.dtype.str, column.shape] for column in columns]).encode() + b"\n"
        with (folder / _FILE).open("wb") as stream:
            stream.write(head)
            for column in columns:
                stream.write(bytes(-stream.tell() % _PAGE))
                stream.write(column.data)


def load(folder: Path) -> PassageTable:
    """Map a saved table; nothing is read before it is used."""
    with (folder / _FILE).open("rb") as stream:
        head = stream.readline()
        mapped = np.asarray(np.memmap(stream, np.uint8, mode="r"))
    columns, at = [], len(head)
    for dtype, shape in json.loads(head):
        at += -at % _PAGE
        size = np.dtype(dtype).itemsize * math.prod(shape)
        columns.append(mapped[at : at + size].view(dtype).reshape(shape))
        at += size
    return PassageTable(*columns)


def release(array: NDArray[Any]) -> None:
    """Release the memory of a mapped array; it is read again when used again. A no-op for other arrays."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(base, "madvise") and array.size and array.flags.c_contiguous:
        at = array.ctypes.data - np.frombuffer(base, np.uint8).ctypes.data
        first = at // mmap.PAGESIZE * mmap.PAGESIZE
        base.madvise(mmap.MADV_DONTNEED, first, at + array.nbytes - first)


@dataclass(frozen=True, slots=True)
class Shard:
    """The passages of a shard and the text they point into."""

    table: PassageTable
    text: Bytes


def map_text(path: Path) -> Bytes:
    """Map a file of UTF-8 text; an empty array for an empty file."""
    if path.stat().st_size == 0:
        return np.zeros(0, np.uint8)
    return np.memmap(path, np.uint8, mode="r")


@contextmanager
def open_text(text: Bytes) -> Iterator[int]:
    """Open the file of a mapped text, to read single passages without holding the text around them.

    Yields a file descriptor, or -1 for a text in memory and where the platform has no `pread`.
    """
    file = _opened(text)
    try:
        yield file
    finally:
        if file >= 0:
            os.close(file)


def _opened(text: Bytes) -> int:
    """Open the file that a text is mapped from; -1 when there is none or no more files can be opened."""
    path = getattr(text, "filename", None)
    if path is None or getattr(text, "offset", None) or not hasattr(os, "pread"):
        return -1
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return -1
