"""Compressed inputs are unpacked into the work folder before anything reads them, and cut like all others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cleaner.errors import QuarantineError
from cleaner.formats import opaque
from cleaner.formats.compression import Limits, expand
from cleaner.formats.format import InputFile


def unpack(file: InputFile, target: Path, *, limits: Limits | None = None) -> InputFile:
    """Write the content of a compressed file to `target` and return the file that is to be read instead.

    What cannot be unpacked is quarantined as it is.
    """
    part = target.with_name(target.name + ".part")
    try:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with file.path.open("rb") as source, part.open("wb") as stream:
                for piece in expand(source, file.codec, limits=limits):
                    stream.write(piece)
            part.replace(target)
    except QuarantineError as error:
        part.unlink(missing_ok=True)
        return replace(file, format=opaque.FORMAT.name, codec="", problem=str(error))
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        return replace(file, format=opaque.FORMAT.name, codec="", problem=reason)
    return replace(file, path=target, size=target.stat().st_size)
