"""Reading what others may change, cut short or remove meanwhile, and documents that end the process that reads them."""

from __future__ import annotations

import os
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from cleaner.errors import CleanerError
from cleaner.formats import opaque
from cleaner.formats.format import Entry, Fields, InputFile, Segment
from cleaner.formats.opaque import quarantined
from cleaner.formats.registry import FORMATS
from cleaner.run.units import LONGEST

CHANGED: Final = "the file was changed while it was being read"
NO_MEMORY: Final = "there is not enough memory to read it"
KILLED: Final = "its worker process was killed twice while it worked on this (out of memory?)"


class Place(NamedTuple):
    """A document of a unit: the number of its segment and its own in that, from 1; 0 is the whole segment."""

    segment: int
    entry: int


NOWHERE: Final = Place(-1, -1)
"""Where a process was that had not begun with a unit."""


class Refusal(NamedTuple):
    """A document that is not tried again, and why."""

    place: Place
    reason: str


class UnreadableError(CleanerError):
    """A segment, with its number in the unit, that has to be quarantined whole: it became known while it was read."""

    def __init__(self, message: str, segment: int = 0) -> None:
        super().__init__(message)
        self.segment = segment


def altered(file: InputFile) -> bool:
    """Tell whether a file is not the one that the run found; what is gone was at least not written to."""
    if not (file.changed and isinstance(file.path, Path)):
        return False
    try:
        status = os.stat(file.path)  # noqa: PTH116 - called for every file, twice
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) != (file.size, file.changed)


def entries(segment: Segment, fields: Fields, refused: str, most: int) -> Iterator[Entry]:
    """Yield the entries of a segment, which is quarantined whole if there is a reason for it.

    So is one document of more than `most` bytes, before it is read. UnreadableError: the segment has to be
    quarantined whole, and what was yielded is void.
    """
    large = _too_large(segment, most)
    if refused or large:
        records = FORMATS[segment.file.format].records and not refused
        key = f"{segment.file.key}:{segment.line}" if records else segment.file.key
        yield from quarantined(segment, refused or large, key=key)
        return
    if altered(segment.file):
        raise UnreadableError(CHANGED)
    try:
        yield from FORMATS[segment.file.format].read(segment, fields)
    except MemoryError:
        raise UnreadableError(NO_MEMORY) from None
    if altered(segment.file):
        raise UnreadableError(CHANGED)


def _too_large(segment: Segment, most: int) -> str:
    """Say that a segment is one document that is larger than it may be; empty when it is not."""
    fmt, size = FORMATS[segment.file.format], segment.end - segment.start
    if fmt is opaque.FORMAT or (fmt.records and (fmt.cuts is None or size <= LONGEST)):
        return ""
    return too_large(size, most)


def too_large(size: int, most: int) -> str:
    """Say that a document is larger than it may be; empty when it is not.

    >>> too_large(9, 9), too_large(10, 9)
    ('', 'it has 10 bytes, limits.document_bytes allows 9')
    """
    return f"it has {size:,} bytes, limits.document_bytes allows {most:,}" if size > most else ""


class Doing:
    """Notes on disk which document a process works on, so that its end tells which one ended it; a context manager."""

    _layout: Final = struct.Struct("<qq")

    def __init__(self, folder: Path) -> None:
        self._path = self.path(folder)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)
        with suppress(OSError):
            self._path.unlink()

    def note(self, segment: int, entry: int) -> None:
        """Note what is begun."""
        os.pwrite(self._file, self._layout.pack(segment, entry), 0)

    @staticmethod
    def path(folder: Path) -> Path:
        """Return the file of notes that belongs to the state of a unit."""
        return folder.with_name(f"{folder.name}.doing")

    @classmethod
    def read(cls, folder: Path) -> Place | None:
        """Return what a process was doing that ended before it was done; None when nothing is known of one."""
        try:
            return Place(*cls._layout.unpack(cls.path(folder).read_bytes()))
        except (OSError, struct.error):
            return None


class Attempts:
    """Decides what becomes of a unit whose worker was killed, though that worked on nothing else.

    Killed for the first time at a document, it is tried again: anything may kill a process. Killed there again,
    that document is quarantined, and where that does not help its whole segment.
    """

    def __init__(self, calls: Sequence[tuple[Any, ...]], folders: Sequence[Path]) -> None:
        self._calls, self._folders = calls, folders
        self._deaths: Counter[tuple[int, Place]] = Counter()
        self._refused: dict[int, tuple[Refusal, ...]] = {}

    def interrupted(self) -> frozenset[int]:
        """Return the units that a process of an earlier attempt left unfinished as it was killed."""
        found = frozenset(k for k, folder in enumerate(self._folders) if Doing.read(folder))
        for unit in found:
            Doing.path(self._folders[unit]).unlink()
        return found

    def __call__(self, unit: int) -> tuple[Any, ...] | None:
        """Return the call to make for a unit whose worker was killed; None when it cannot be helped."""
        place = Doing.read(self._folders[unit]) or NOWHERE
        self._deaths[unit, place] += 1
        refused = self._refused.get(unit, ())
        if self._deaths[unit, place] > 1:
            known = {refusal.place for refusal in refused}
            place = Place(place.segment, 0) if place in known else place
            if place in known or place == NOWHERE:
                return None
            refused = self._refused[unit] = (*refused, Refusal(place, KILLED))
        return (*self._calls[unit], refused)
