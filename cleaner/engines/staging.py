"""Files and folders that are there whole or not at all, however many attempts at a task write them.

On a cluster the same task may run twice at once: a slow one is started again, a lost machine turns
out to be alive. Each attempt writes under a name of its own, and one rename commits it; as all
attempts write the same bytes, it does not matter whose is the last.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def attempt(path: Path) -> Path:
    """Return a name beside `path` that no other attempt uses.

    >>> attempt(Path("a/b")).parent, attempt(Path("a/b")) == attempt(Path("a/b"))
    (PosixPath('a'), False)
    """
    return path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")


@contextmanager
def staged_file(path: Path) -> Iterator[Path]:
    """Yield the place to write a file to; it gets its name when the block ends well, and is gone otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = attempt(path)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def staged_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder, which gets its name when the block ends well; one that is there already is kept."""
    part = attempt(path)
    part.mkdir(parents=True)
    try:
        yield part
        commit_folder(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def commit_folder(part: Path, path: Path) -> None:
    """Give a complete folder its name; when another attempt was faster, its folder is kept."""
    try:
        part.rename(path)
    except OSError:
        if not path.is_dir():
            raise
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def staged_tree(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """Yield a new folder for each target; all files in it move to the target when the block ends well."""
    parts = [attempt(target) for target in targets]
    try:
        for part in parts:
            part.mkdir(parents=True)
        yield tuple(parts)
        for part, target in zip(parts, targets, strict=True):
            move_files(part, target)
    finally:
        for part in parts:
            shutil.rmtree(part, ignore_errors=True)


def move_files(source: Path, target: Path) -> None:
    """Move all files below a folder into another one: a whole folder at once where that has none of its name.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "a" / "b").mkdir(parents=True), (folder / "a" / "b" / "c").touch()
    (None, None)
    >>> move_files(folder / "a", folder / "z")
    >>> (folder / "z" / "b" / "c").exists()
    True
    """
    target.mkdir(parents=True, exist_ok=True)
    for entry in list(os.scandir(source)):
        place = target / entry.name
        if not entry.is_dir(follow_symlinks=False):
            os.replace(entry.path, place)  # noqa: PTH105 - there may be many
            continue
        try:
            os.rename(entry.path, place)  # noqa: PTH104
        except OSError:  # there is one: of another unit, or of another attempt at this one
            move_files(Path(entry.path), place)
