"""What documents became: the outputs of a finished run, read piece by piece."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Self

from cleaner.audit.errors import RebuildError
from cleaner.audit.records import DocumentLine, InputLine
from cleaner.errors import QuarantineError
from cleaner.formats.compression import NO_LIMITS, expand


class Outputs:
    """Reads what segments became; a compressed output is unpacked once for all its segments."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._name = ""
        self._content: IO[bytes] = BytesIO()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._content.close()

    def read(self, line: InputLine, at: int) -> bytes:
        """Return what the segment of a line of the trail became; it begins at `at` in the output."""
        name = line["output"]
        if name is None:
            return b""
        try:
            if line["codec"]:
                return self._unpacked(name, line, at)
            with (self._out / name).open("rb") as stream:
                stream.seek(at)
                data: bytes = stream.read(line["output_bytes"])
                return data
        except (OSError, QuarantineError) as error:
            message = f"{name}: {getattr(error, 'strerror', None) or error}"
            raise RebuildError(message) from None

    def _unpacked(self, name: str, line: InputLine, at: int) -> bytes:
        if name != self._name:
            self._content.close()
            self._content = SpooledTemporaryFile(max_size=1 << 26)  # noqa: SIM115 - held for the next segment of the file
            self._name = name
            with (self._out / name).open("rb") as stream:
                self._content.writelines(expand(stream, line["codec"], limits=NO_LIMITS))
        self._content.seek(at)
        return self._content.read(line["output_bytes"])


def part_of(output: bytes, unit: DocumentLine) -> bytes:
    """Return the bytes that a written document became."""
    start, end = unit["output_start"], unit["output_end"]
    part = output[start:end]
    if start is None or end is None or len(part) != end - start:
        message = f"the output ends before {unit['doc']}"
        raise RebuildError(message)
    return part
