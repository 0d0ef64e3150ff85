"""Which files a run reads, under which keys, and what it passes over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.audit.trail import AUDIT
from cleaner.errors import UsageError
from cleaner.formats.compression import split_name
from cleaner.formats.format import InputFile
from cleaner.formats.registry import FORMATS, format_of
from cleaner.storage.places import Place
from cleaner.storage.remote import RemotePath, listing, stamped
from cleaner.storage.transfer import is_safe


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of a run in the order of their keys' bytes, and the keys of those that no format takes."""

    files: tuple[InputFile, ...]
    skipped: tuple[str, ...]


def discover(sources: Sequence[Place], *, format_name: str | None = None) -> Inputs:
    """List the input files of `sources` in the order of their keys.

    Folders are walked recursively, `_clean` folders in them are left out. A source that does not
    exist, and two inputs that would have one output, are a `UsageError`.
    """
    files: list[InputFile] = []
    skipped: list[str] = []
    for source in sources:
        for key, path in _walk(source):
            bare, end, codec = split_name(key)
            name = format_name or format_of(bare)
            if name is None or not is_safe(key):
                skipped.append(key)
            else:
                output = FORMATS[name].output_name(bare) + end
                files.append(InputFile(key, path, _size(path), name, output, codec))
    for name in {file.format for file in files}:
        FORMATS[name].check()
    files.sort(key=lambda file: os.fsencode(file.key))
    _refuse_clashes(files)
    return Inputs(tuple(files), tuple(sorted(skipped, key=os.fsencode)))


def _walk(source: Place) -> Iterable[tuple[str, Place]]:
    """Yield (key, path) of every file of one source."""
    if isinstance(source, RemotePath):
        yield from _listed(source)
        return
    if not source.exists():
        message = f"{source}: no such file or folder"
        raise UsageError(message)
    if not source.is_dir():
        yield source.name, source
        return
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name != AUDIT]
        for name in names:
            path = Path(folder, name)
            yield path.relative_to(source).as_posix(), path


def _listed(source: RemotePath) -> Iterator[tuple[str, RemotePath]]:
    """Yield (key, path) of every file of a store; each can be opened as long as it stays what it is now."""
    info = source.info()
    if info is None:
        message = f"{source}: no such file or folder"
        raise UsageError(message)
    if info["type"] == "file":
        yield source.name, stamped(source, info)
        return
    for key, found in listing(source):
        if AUDIT not in key.split("/")[:-1]:
            yield key, stamped(source / key, found)


def _size(path: Place) -> int:
    """Return the size of a file; 0 when it cannot be looked at (reading it will say so)."""
    if isinstance(path, RemotePath):
        return path.size
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _refuse_clashes(files: Sequence[InputFile]) -> None:
    """Raise when two inputs would be written to one output file."""
    seen: dict[str, InputFile] = {}
    for file in files:
        other = seen.setdefault(file.output, file)
        if other is not file:
            message = (
                f"{other.path} and {file.path} would both be written to {file.output}: "
                "rename one of them, or clean them into two folders"
            )
            raise UsageError(message)
