"""Which files a run reads, under which keys, and what it passes over."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from cleaner.audit.trail import AUDIT
from cleaner.errors import QuarantineError, UsageError
from cleaner.formats import opaque
from cleaner.formats.archives.members import archive_at, members
from cleaner.formats.compression import split_name
from cleaner.formats.format import InputFile
from cleaner.formats.registry import FORMATS, format_of
from cleaner.storage.places import Place
from cleaner.storage.remote import RemotePath, listing, stamped
from cleaner.storage.transfer import is_safe

OTHER_KIND: Final = "no format has its extension"
"""Why most files are skipped."""
_KINDS: Final = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Skipped(NamedTuple):
    """A file that is not read, by its key, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of a run in the order of their keys' bytes, and what is not read."""

    files: tuple[InputFile, ...]
    skipped: tuple[Skipped, ...]


class _Found(NamedTuple):
    """Something in a source: its key, its place, and why it is not read, or what kept it from being looked at.

    `member` is its name in the archive that lies there, if it is in one, and `length` are its bytes then.
    """

    key: str
    path: Place
    status: os.stat_result | None = None
    skip: str = ""
    problem: str = ""
    member: str = ""
    length: int = 0

    @property
    def size(self) -> int:
        """Return the bytes of the file."""
        if self.member:
            return self.length
        if isinstance(self.path, RemotePath):
            return self.path.size
        return self.status.st_size if self.status else 0


def discover(sources: Sequence[Place], *, format_name: str | None = None) -> Inputs:
    """List the input files of `sources` in the order of their keys.

    Folders are walked recursively, `_clean` folders in them are left out. Only regular files are read, and
    links to them; a folder that cannot be listed is an input that cannot be read. A source that does not
    exist, and two inputs that would have one output, are a `UsageError`.
    """
    files: list[InputFile] = []
    skipped: list[Skipped] = []
    for found in (inner for source in sources for outer in _walk(source) for inner in _opened(outer)):
        reason = found.skip or (not found.problem and _no_format(found.key, format_name))
        if reason:
            skipped.append(Skipped(found.key, reason))
        else:
            files.append(_input(found, format_name))
    for name in {file.format for file in files}:
        FORMATS[name].check()
    files.sort(key=lambda file: os.fsencode(file.key))
    _refuse_clashes(files)
    return Inputs(tuple(files), tuple(sorted(skipped, key=lambda item: os.fsencode(item.path))))


def _no_format(key: str, format_name: str | None) -> str:
    """Say why no format takes a file; empty when one does."""
    bare = split_name(key)[0]
    if bare.split("/")[0] == AUDIT:
        return "its output would stand where the audit trail is"
    if not is_safe(key):
        return "its name is none that a file of this machine can have"
    return "" if format_name or format_of(bare) else OTHER_KIND


def _input(found: _Found, format_name: str | None) -> InputFile:
    """Describe a file; what is known to be unreadable has the format that quarantines it."""
    bare, end, codec = split_name(found.key)
    if found.problem:
        return InputFile(
            found.key, found.path, found.size, opaque.FORMAT.name, found.key, problem=found.problem
        )
    name = format_name or format_of(bare) or opaque.FORMAT.name
    output = FORMATS[name].output_name(bare) + end
    changed = found.status.st_mtime_ns if found.status else 0
    return InputFile(
        found.key, found.path, found.size, name, output, codec, changed=changed, member=found.member
    )


def _opened(found: _Found) -> Iterator[_Found]:
    """Yield the files in an archive, and of what is none, itself; so of one that cannot be read: it is quarantined."""
    archive = None if found.skip or found.problem else archive_at(found.path, found.key, found.size)
    if archive is None:
        yield found
        return
    if not archive.size:
        yield found._replace(skip="an archive without content")
        return
    try:
        for member in members(archive):
            key = f"{found.key}/{member.name}"
            yield found._replace(key=key, skip=member.skip, member=member.name, length=member.size)
    except QuarantineError as error:
        yield found._replace(problem=str(error))


def _walk(source: Place) -> Iterable[_Found]:
    """Yield everything in one source but folders."""
    if isinstance(source, RemotePath):
        return _listed(source)
    try:
        status = source.stat()
    except FileNotFoundError:
        message = f"{source}: no such file or folder"
        raise UsageError(message) from None
    if stat.S_ISDIR(status.st_mode):
        return _folder(source, "")
    kind = _irregular(status)
    if kind:
        message = f"{source} is {kind}, not a file or folder; `clean run - -` reads standard input"
        raise UsageError(message)
    return [_Found(source.name, source, status)]


def _listed(source: RemotePath) -> Iterator[_Found]:
    """Yield every file of a store; each can be opened as long as it stays what it is now."""
    info = source.info()
    if info is None:
        message = f"{source}: no such file or folder"
        raise UsageError(message)
    if info["type"] == "file":
        yield _Found(source.name, stamped(source, info))
        return
    for key, found in listing(source):
        if AUDIT not in key.split("/")[:-1]:
            yield _Found(key, stamped(source / key, found))


def _folder(folder: Path, prefix: str) -> Iterator[_Found]:
    """Yield what is in a folder and below it; `prefix` is what their keys begin with."""
    waiting = [(folder, prefix)]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                listed = list(entries)
        except OSError as error:
            yield _unlisted(folder, prefix, error)
            continue
        for entry in listed:
            key, path = prefix + entry.name, folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name != AUDIT:
                    waiting.append((path, f"{key}/"))
            else:
                yield _looked_at(key, path)


def _unlisted(folder: Path, prefix: str, error: OSError) -> _Found:
    """Return a folder that cannot be listed, as something that cannot be read."""
    problem = f"cannot be read: the folder cannot be listed: {error.strerror or error}"
    return _Found(prefix or "./", folder, problem=problem)


def _looked_at(key: str, path: Path) -> _Found:
    """Return a file, or what else it is; one that cannot be looked at is read all the same, which says why not."""
    try:
        status = path.stat()
    except OSError:
        return _Found(key, path)
    if stat.S_ISDIR(status.st_mode):
        return _Found(key, path, skip="a link to a folder, which is not followed")
    kind = _irregular(status)
    return _Found(key, path, status, skip=f"{kind}, not a regular file" if kind else "")


def _irregular(status: os.stat_result) -> str:
    """Say what a file is if it is no regular one."""
    if stat.S_ISREG(status.st_mode):
        return ""
    return next((name for test, name in _KINDS if test(status.st_mode)), "something else")


def _refuse_clashes(files: Sequence[InputFile]) -> None:
    """Raise when two inputs would be written to one output file, or one where another needs a folder."""
    seen: dict[str, InputFile] = {}
    for file in files:
        other = seen.setdefault(file.output, file)
        if other is not file:
            raise UsageError(_clash(other, file, f"both be written to {file.output}"))
    for file in files:
        at = file.output.find("/")
        while at >= 0:
            if file.output[:at] in seen:
                what = f"need {file.output[:at]} as a file and as a folder"
                raise UsageError(_clash(seen[file.output[:at]], file, what))
            at = file.output.find("/", at + 1)


def _clash(one: InputFile, other: InputFile, what: str) -> str:
    return f"{one.path} and {other.path} would {what}: rename one of them, or clean them into two folders"
