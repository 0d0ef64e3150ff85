"""Compressed inputs, and remote ones that are cut, are brought into the work folder and cut like all others."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from cleaner.errors import QuarantineError
from cleaner.formats import opaque
from cleaner.formats.compression import PIECE, Limits, expand
from cleaner.formats.format import InputFile
from cleaner.formats.registry import FORMATS
from cleaner.storage.remote import RemotePath


def is_brought(file: InputFile) -> bool:
    """Tell whether a file is copied into the work folder before it is read: a remote one of records."""
    return isinstance(file.path, RemotePath) and FORMATS[file.format].records


def unpack(file: InputFile, target: Path, *, limits: Limits | None = None) -> InputFile:
    """Write the content of a compressed or remote file to `target` and return the file that is to be read instead.

    What cannot be unpacked is quarantined as it is.
    """
    part = target.with_name(target.name + ".part")
    try:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with file.path.open("rb") as source, part.open("wb") as stream:
                if file.codec:
                    stream.writelines(expand(source, file.codec, limits=limits))
                else:
                    shutil.copyfileobj(source, stream, PIECE)
            part.replace(target)
    except QuarantineError as error:
        part.unlink(missing_ok=True)
        return replace(file, format=opaque.FORMAT.name, codec="", problem=str(error))
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        return replace(file, format=opaque.FORMAT.name, codec="", problem=reason)
    return replace(file, path=target, size=target.stat().st_size, changed=0)
