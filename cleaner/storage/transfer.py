"""Whole files and folders to a store and back, each compared with what it should be."""

from __future__ import annotations

import atexit
import base64
import binascii
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import starmap
from pathlib import Path
from typing import Any, Final

from cleaner.errors import UsageError
from cleaner.storage.places import Place
from cleaner.storage.remote import RemotePath, listing

AT_ONCE: Final = 8
"""Files that are on their way at one time."""
TOGETHER: Final = 64
"""Files that are sent by one call."""
_PIECE: Final = 1 << 20
_MD5: Final = re.compile(r'"?([0-9a-f]{32})"?')
_LONGEST: Final = 255
"""Bytes of the longest name that file systems have."""


def is_safe(name: str) -> bool:
    r"""Tell whether a name in a store can be a path below a folder of this machine.

    >>> [is_safe(name) for name in ("a/b.txt", "../b", "a//b", "/b", "a/./b", "a\0")]
    [True, False, False, False, False, False]
    """
    parts = name.split("/")
    return "\0" not in name and all(
        part not in ("", ".", "..") and len(part.encode("utf-8", "surrogatepass")) <= _LONGEST
        for part in parts
    )


# ---------------------------------------------------------------- to a store


def send_all(folder: Path, target: RemotePath, names: Sequence[str]) -> str | None:
    """Write files of a folder to a store, several at a time; return why one was not written, if so."""
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(lambda name: send(folder / name, target / name), names):
                pass
    except OSError as error:
        return str(error)
    return None


Sent = tuple[Path, RemotePath, Sequence[str]]
"""The arguments of a call of `send_all`."""
Across = Callable[[Callable[..., str | None], Sequence[Sent]], Iterable[str | None]]
"""Makes calls of a function, here or elsewhere, and returns what they return."""


def here(function: Callable[..., str | None], calls: Sequence[Sent]) -> Iterator[str | None]:
    """Make calls one after the other in this process."""
    return starmap(function, calls)


def deliver(
    folder: Path, target: RemotePath, *, last: str, leave_out: Collection[str] = (), across: Across = here
) -> None:
    """Write all files of a folder to a store, and `last` when the others are there and are what they should be.

    What is there already and is the same is kept. Files of an earlier output that are not wanted any more are
    removed by `withdraw` before. `leave_out` names files and folders that are not written. `across` makes the calls
    that write all but the last.
    """
    names = [
        name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (name := path.relative_to(folder).as_posix()) != last
        if not any(name == part or name.startswith(f"{part}/") for part in leave_out)
    ]
    calls = [(folder, target, names[at : at + TOGETHER]) for at in range(0, len(names), TOGETHER)]
    for reason in across(send_all, calls):
        if reason is not None:
            raise OSError(reason)
    part = target / f"{last}.part"
    send(folder / last, part)
    fs = target.filesystem()
    target.patiently(partial(_move, fs, folder / last, part, target / last))


def _move(fs: Any, path: Path, part: RemotePath, final: RemotePath) -> None:
    """Move a file within a store; the move may have been made although its answer was lost."""
    if part.info() is None:
        send(path, part)
    fs.mv(part.path, final.path)
    if not _same(path, final, final.info()):
        message = f"{final} is not what was written"
        raise OSError(message)


def write(target: RemotePath, content: bytes) -> None:
    """Write a small file to a store."""
    target.patiently(partial(target.filesystem().pipe_file, target.path, content))


def send(path: Path, target: RemotePath) -> None:
    """Write one file to a store, unless it is there, and compare it with what is there then."""
    info = target.info()
    if info is None or not _same(path, target, info):
        target.patiently(partial(_put, path, target))


def _put(path: Path, target: RemotePath) -> None:
    try:
        target.filesystem().put_file(str(path), target.path)
    except NotImplementedError:
        message = f"{target}: {target.protocol}:// can be read, not written"
        raise UsageError(message) from None
    if not _same(path, target, target.info()):
        message = f"{target} is not what was written"
        raise OSError(message)


def _same(path: Path, target: RemotePath, info: Mapping[str, Any] | None) -> bool:
    """Tell whether a file in a store has the content of a local one: by its size and its sum.

    The sum is the one that the store states if that is the same; if it has none, or another kind, the file is
    read back.
    """
    if info is None or info.get("size") != path.stat().st_size:
        return False
    return stated_md5(info) == _sum(path, "md5") or _sum(target, "sha256") == _sum(path, "sha256")


def stated_md5(info: Mapping[str, Any]) -> str | None:
    """Return the MD5 sum that a store states of a file, if it does.

    >>> stated_md5({"ETag": '"d41d8cd98f00b204e9800998ecf8427e"'}), stated_md5({"ETag": '"d41d-2"'})
    ('d41d8cd98f00b204e9800998ecf8427e', None)
    """
    found = _MD5.fullmatch(str(info.get("ETag", "")))
    if found:
        return found[1]
    try:
        return base64.b64decode(info["md5Hash"], validate=True).hex()
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _sum(place: Place, algorithm: str) -> str:
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def withdraw(target: RemotePath, names: Collection[str]) -> None:
    """Remove files from a store, in their order; those that are not there count as removed."""
    fs = target.filesystem()
    for name in names:
        try:
            target.patiently(partial(fs.rm_file, (target / name).path))
        except FileNotFoundError:
            continue


# ---------------------------------------------------------------- and back


def fetch(source: Place, target: Path) -> None:
    """Copy a file to this machine."""
    with source.open("rb") as stream, target.open("wb") as file:
        shutil.copyfileobj(stream, file, _PIECE)


def mirror(place: Place, wanted: Callable[[str], bool] = lambda name: True) -> Path:
    """Return a folder as one of this machine: itself, or a copy that lives as long as this process.

    Of a remote folder the files are copied whose path in it is `wanted`; those that were copied before are
    not copied again.
    """
    if isinstance(place, Path):
        return place
    folder = Path(_scratch().name, hashlib.sha256(str(place).encode()).hexdigest()[:16])
    names = [name for name, _ in listing(place) if is_safe(name) and wanted(name)]
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(partial(_mirror_file, place, folder), names):
            pass
    return folder


def _mirror_file(place: RemotePath, folder: Path, name: str) -> None:
    target = folder / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        fetch(place / name, part)
        part.replace(target)


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="clean-remote-")
    atexit.register(folder.cleanup)
    return folder
