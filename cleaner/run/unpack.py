"""Compressed inputs, and remote ones that are cut, are brought into the work folder and cut like all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cleaner.engines.staging import staged_file
from cleaner.errors import QuarantineError
from cleaner.formats import jsontext, opaque
from cleaner.formats.archives.members import archive_at, extract
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


# ---------------------------------------------------------------- archives


def together(files: Iterable[InputFile]) -> list[tuple[InputFile, ...]]:
    """Group files that are unpacked at once: those of one archive, and every other by itself."""
    groups: dict[str, list[InputFile]] = {}
    for file in files:
        groups.setdefault(_archive_key(file) if file.member else file.key, []).append(file)
    return [tuple(group) for group in groups.values()]


def _archive_key(file: InputFile) -> str:
    return file.key[: -len(file.member) - 1]


def unpack_group(
    files: Sequence[InputFile], targets: Sequence[Path], *, limits: Limits | None = None
) -> list[InputFile]:
    """Unpack files of one archive, or one that is in none, as `unpack` does.

    A member that cannot be read is quarantined with its bytes as they are stored in the archive.
    """
    if not files[0].member:
        return [unpack(file, target, limits=limits) for file, target in zip(files, targets, strict=True)]
    stored = {
        file.member: target.with_name(f"{target.name}.member")
        for file, target in zip(files, targets, strict=True)
    }
    try:
        problems = _extracted(files[0], stored, targets[0].with_name(f"{targets[0].name}.extracted"), limits)
    except QuarantineError as error:
        problems = dict.fromkeys(stored, str(error))
    found = []
    for file, target in zip(files, targets, strict=True):
        path, problem = stored[file.member], problems.get(file.member, "")
        if problem:
            path.touch()
        plain = replace(file, path=path, size=path.stat().st_size, changed=0)
        if problem:
            found.append(replace(plain, format=opaque.FORMAT.name, codec="", problem=problem))
        else:
            found.append(unpack(plain, target, limits=limits) if file.codec else plain)
    return found


def _extracted(
    file: InputFile, targets: Mapping[str, Path], done: Path, limits: Limits | None
) -> dict[str, str]:
    """Extract the members of an archive that are read, unless that was done; return what is wrong with some of them."""
    if not done.exists():
        done.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(file.path, RemotePath):
            size, changed = file.path.size, file.changed
        else:
            status = file.path.stat()
            size, changed = status.st_size, status.st_mtime_ns
        archive = archive_at(file.path, _archive_key(file), size)
        problems = extract(archive, targets, limits=limits) if archive else {}
        if changed != file.changed:
            raise QuarantineError(CHANGED)
        with staged_file(done) as part:
            part.write_bytes(jsontext.dumps(problems))
    found: dict[str, str] = jsontext.loads(done.read_bytes())
    return found
