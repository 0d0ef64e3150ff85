"""Compressed inputs, and remote ones that are cut, are brought into the work folder and cut like all others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cleaner.engines.staging import staged_file
from cleaner.errors import QuarantineError
from cleaner.formats import opaque
from cleaner.formats.compression import PIECE, Limits, expand
from cleaner.formats.format import InputFile
from cleaner.formats.registry import FORMATS
from cleaner.run.guard.reading import CHANGED, altered
from cleaner.storage.remote import RemotePath


def is_brought(file: InputFile) -> bool:
    """Tell whether a file is copied into the work folder before it is read: a remote one of records."""
    return isinstance(file.path, RemotePath) and FORMATS[file.format].records


def unpack(file: InputFile, target: Path, *, limits: Limits | None = None) -> InputFile:
    """Write the content of a compressed or remote file to `target` and return the file that is to be read instead.

    What cannot be unpacked is quarantined as it is.
    """
    try:
        if not target.exists():
            _write(_pieces(file, limits), target)
    except QuarantineError as error:
        return replace(file, format=opaque.FORMAT.name, codec="", problem=str(error))
    return replace(file, path=target, size=target.stat().st_size, changed=0)


def _pieces(file: InputFile, limits: Limits | None) -> Iterator[bytes]:
    """Yield the content of a file; an error of reading is a QuarantineError, unlike one of writing."""
    try:
        with file.path.open("rb") as source:
            if file.codec:
                yield from expand(source, file.codec, limits=limits)
            else:
                yield from iter(lambda: source.read(PIECE), b"")
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise QuarantineError(message) from None
    if altered(file):
        raise QuarantineError(CHANGED)


def _write(pieces: Iterator[bytes], target: Path) -> None:
    """Write pieces to a file that is there whole or not at all."""
    with staged_file(target) as part, part.open("wb") as stream:
        for piece in pieces:
            stream.write(piece)
