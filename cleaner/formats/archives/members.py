"""Archives of files, `.zip` and `.tar`: their members are inputs like files in a folder of the archive's name.

Nothing is written where a member's name says: names are keys alone, and one that could lead out of a folder
is passed over. What a member may become is bounded by the limits of compressed files, and the whole archive
too; an archive in an archive is not opened. Links, devices and sparse files are no files here.
"""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Final

from cleaner.errors import QuarantineError
from cleaner.formats.compression import PIECE, Limits, expand, split_name
from cleaner.storage.places import Place
from cleaner.storage.transfer import is_safe

MOST: Final = 1_000_000
"""Members of an archive that is opened."""
LONG_ZIP_HEAD: Final = 30
"""Bytes before the name in the local head of a member."""
ZIP_MEMBER: Final = b"PK\x03\x04"
"""What a member of a zip begins with."""
UTF8_NAME: Final = 1 << 11
"""Flag of a member of a zip whose name is UTF-8."""
_DAMAGED: Final = (
    EOFError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    tarfile.TarError,
)
"""What readers of archives raise for what is wrong in them; an error of the machine is none of these."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive: where it lies, its size in bytes, what it is (`zip`, `tar`), and the compression around it."""

    path: Place
    size: int
    kind: str
    codec: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; `skip` says why it is not read."""

    name: str
    size: int
    skip: str = ""


def archive_at(path: Place, key: str, size: int) -> Archive | None:
    """Return the archive that a file is by its name; None when it is none.

    >>> archive_at(Path("a"), "a.TGZ", 1).codec, archive_at(Path("a"), "a.tar.zst", 1).codec
    ('gz', 'zst')
    >>> archive_at(Path("a"), "a.zip.gz", 1), archive_at(Path("a"), "a.txt", 1)
    (None, None)
    """
    bare, _, codec = split_name(key)
    lower = bare.lower()
    if lower.endswith(".tar"):
        return Archive(path, size, "tar", codec)
    if lower.endswith(".tgz") and not codec:
        return Archive(path, size, "tar", "gz")
    return Archive(path, size, "zip") if lower.endswith(".zip") and not codec else None


def members(archive: Archive, *, limits: Limits | None = None) -> list[Member]:
    """List the files of an archive in their order; of several with one name the last is read.

    Raises QuarantineError for an archive that cannot be read to its end, and one that has too many members or
    becomes too large.
    """
    limits = limits or Limits()
    try:
        found = list(_listed(archive, limits))
    except (*_DAMAGED, OSError) as error:
        message = f"not readable as {archive.kind}: {_told(error)}"
        raise QuarantineError(message) from None
    last = {member.name: number for number, member in enumerate(found)}
    return [
        member if last[member.name] == number else Member(member.name, 0, "a later member has its name")
        for number, member in enumerate(found)
    ]


def _listed(archive: Archive, limits: Limits) -> Iterator[Member]:
    total = 0
    entries = _zip_members if archive.kind == "zip" else _tar_members
    for number, member in enumerate(entries(archive, limits)):
        total += member.size
        if number >= MOST:
            message = f"it has more than {MOST:,} members: not unpacked"
            raise QuarantineError(message)
        if total > limits.free and total > limits.ratio * archive.size:
            message = f"it becomes more than {limits.ratio} times as large: not unpacked"
            raise QuarantineError(message)
        yield member


def _judged(name: str, size: int, skip: str) -> Member:
    """Return a member under a name that can be a key."""
    name = name.removeprefix("./")
    shown = name.encode("utf-8", "replace").decode()
    if not is_safe(name) or shown != name:
        return Member(shown, 0, "its name is no path in a folder")
    return Member(name, 0 if skip else size, skip)


# ---------------------------------------------------------------- zip


def _zip_members(archive: Archive, limits: Limits) -> Iterator[Member]:
    del limits
    with archive.path.open("rb") as stream, zipfile.ZipFile(stream) as file:
        for info in file.infolist():
            _check_head(stream, info)
            if not info.is_dir():
                mode = info.external_attr >> 16
                skip = "not a file" if stat.S_IFMT(mode) not in (0, stat.S_IFREG) else ""
                yield _judged(info.filename, info.file_size, skip)


def _check_head(stream: BinaryIO, info: zipfile.ZipInfo) -> None:
    """Raise QuarantineError unless a member begins where the list of members says: that list is damaged then."""
    if info.header_offset >= 0:
        stream.seek(info.header_offset)
        if stream.read(len(ZIP_MEMBER)) == ZIP_MEMBER:
            return
    message = f"not readable as zip: there is no member at byte {info.header_offset:,}"
    raise QuarantineError(message)


def _extract_zip(archive: Archive, targets: Mapping[str, Path], limits: Limits) -> dict[str, str]:
    problems: dict[str, str] = {}
    with archive.path.open("rb") as stream, zipfile.ZipFile(stream) as file:
        begins = sorted({info.header_offset for info in file.infolist()} | {file.start_dir})
        for info in file.infolist():
            name = info.filename.removeprefix("./")
            if name in targets:
                problems.pop(name, None)
                try:
                    _copy(_pieces(partial(file.open, info)), targets[name], limits, info.compress_size)
                except QuarantineError as error:
                    problems[name] = str(error)
                    stop = next((at for at in begins if at > info.header_offset), 0)
                    _copy_stored(stream, info, stop, targets[name])
    return problems


def _copy_stored(stream: BinaryIO, info: zipfile.ZipInfo, stop: int, target: Path) -> None:
    """Keep the bytes of a member as they are stored, up to where the next one begins; its size may be wrong."""
    start = _stored_start(stream, info, stop)
    stream.seek(start)
    left = max(info.compress_size, stop - start)
    with target.open("wb") as file:
        while left > 0 and (piece := stream.read(min(PIECE, left))):
            left -= file.write(piece)


def _stored_start(stream: BinaryIO, info: zipfile.ZipInfo, stop: int) -> int:
    """Return where the bytes of a member begin: behind its head, or, when that may be damaged, with it."""
    stream.seek(info.header_offset)
    head = stream.read(LONG_ZIP_HEAD)
    name = stream.read(int.from_bytes(head[26:28], "little"))
    start = info.header_offset + len(head) + len(name) + int.from_bytes(head[28:30], "little")
    named = name.decode("utf-8" if info.flag_bits & UTF8_NAME else "cp437", "replace") == info.orig_filename
    return start if named and start + info.compress_size <= stop else info.header_offset


# ---------------------------------------------------------------- tar


def _tar_members(archive: Archive, limits: Limits) -> Iterator[Member]:
    with _opened_tar(archive, limits) as file:
        for info in file:
            if not info.isdir():
                skip = "" if info.isreg() and not info.issparse() else "not a file"
                yield _judged(info.name, info.size, skip)
            _forget(file)


def _extract_tar(archive: Archive, targets: Mapping[str, Path], limits: Limits) -> dict[str, str]:
    with _opened_tar(archive, limits) as file:
        for info in file:
            name = info.name.removeprefix("./")
            if name in targets and info.isreg() and not info.issparse():
                _copy(_pieces(partial(_tar_stream, file, info)), targets[name], limits, info.size)
            _forget(file)
    return {}


def _tar_stream(file: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    return file.extractfile(info) or io.BytesIO()


def _forget(file: tarfile.TarFile) -> None:
    """Let a tar forget the members that it has passed: it would keep all of them."""
    file.members = []  # type: ignore[attr-defined]


@contextmanager
def _opened_tar(archive: Archive, limits: Limits) -> Iterator[tarfile.TarFile]:
    """Open a tar for one reading from front to end; what is around it is unpacked on the way, within limits."""
    with archive.path.open("rb") as stream:
        source: BinaryIO = stream
        if archive.codec:
            source = io.BufferedReader(_Joined(expand(stream, archive.codec, limits=limits)), PIECE)
        watched = _Watched(source)
        with tarfile.open(fileobj=watched, mode="r|", errors="surrogateescape") as file:  # type: ignore[call-overload]
            yield file
            watched.check_end(file.offset)


class _Watched:
    """A file that is read from front to end, and remembers the last of what it gave."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._at = source, 0
        self._last = b""

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self._at += len(data)
        self._last = (self._last + data)[-2 * tarfile.RECORDSIZE :]
        return data

    def check_end(self, at: int) -> None:
        """Raise QuarantineError unless zeros follow, and nothing else: the reader takes a damaged head for the end."""
        rest = self._last[max(0, len(self._last) - (self._at - at)) :]
        if not rest:
            message = "not readable as tar: it ends without the mark of its end"
            raise QuarantineError(message)
        while not rest.strip(b"\0"):
            rest = self._source.read(PIECE)
            if not rest:
                return
        message = f"not readable as tar: what is at byte {at:,} is no member"
        raise QuarantineError(message)


class _Joined(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._pieces, b"")
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


# ---------------------------------------------------------------- both


def extract(archive: Archive, targets: Mapping[str, Path], *, limits: Limits | None = None) -> dict[str, str]:
    """Write members to the files of `targets`, by name; return what is wrong with those that cannot be read.

    Of those the file has the bytes as they are stored in the archive. Raises QuarantineError when the
    archive is no longer what it was when it was listed.
    """
    write = _extract_zip if archive.kind == "zip" else _extract_tar
    try:
        return write(archive, targets, limits or Limits())
    except _DAMAGED as error:
        message = f"not readable as {archive.kind}: {_told(error)}"
        raise QuarantineError(message) from None


def _pieces(opened: Callable[[], IO[bytes]]) -> Iterator[bytes]:
    """Yield the content of a member; QuarantineError where it cannot be read."""
    try:
        with opened() as source:
            while piece := source.read(PIECE):
                yield piece
    except _DAMAGED as error:
        message = f"the member cannot be read: {_told(error)}"
        raise QuarantineError(message) from None


def _copy(pieces: Iterator[bytes], target: Path, limits: Limits, stored: int) -> None:
    """Write a member within limits; `stored` are the bytes that it has in the archive."""
    size = 0
    with target.open("wb") as file:
        for piece in pieces:
            size += file.write(piece)
            if size > limits.size or (size > limits.free and size > limits.ratio * stored):
                message = f"it becomes more than {limits.ratio} times as large: not unpacked"
                raise QuarantineError(message)


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__
