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
            _move_files(part, target)
    finally:
        for part in parts:
            shutil.rmtree(part, ignore_errors=True)


def _move_files(part: Path, target: Path) -> None:
    for where, _, names in os.walk(part):
        folder = target / Path(where).relative_to(part)
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            Path(where, name).replace(folder / name)
