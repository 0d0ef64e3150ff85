"""The inputs of a finished run written back, each proven by its sha256 before anything is where it was asked for."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.audit.errors import NotKeptError, RebuildError, following
from cleaner.audit.rebuild import Finished, rebuild_packed
from cleaner.audit.verify import unread
from cleaner.errors import UsageError
from cleaner.formats.compression import compress


def restore(finished: Finished, target: Path) -> int:
    """Write every input file below `target`, which must not hold anything yet; return the number of files.

    Every file is compared with its sha256 in `run.json`. RebuildError, and no `target`, when one of them
    differs or the trail cannot be followed. Files whose bytes were not kept (`--no-raw`) are left
    out, as are those that could not be read, and NotKeptError names them when all others are there. What was
    compressed is compressed again: the same content, not the same archive.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        message = f"{target} exists and is not an empty folder: restore into a new one"
        raise UsageError(message)
    try:
        with _new_folder(target) as folder:
            count, lost, absent = _write(finished, folder)
    except RebuildError as error:
        message = f"nothing was restored: {error}"
        raise RebuildError(message) from None
    for paths, why in ((lost, "--no-raw kept no bytes of them"), (absent, "they could not be read")):
        if paths:
            message = f"{count} files were restored; {len(paths)} cannot be, as {why}: "
            raise NotKeptError(message + ", ".join(paths[:10]))
    return count


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """Yield a folder beside `target` that replaces it on success and is removed on failure."""
    place = target.resolve()
    folder = place.with_name(f".{place.name}.restoring")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
        if place.is_dir():
            place.rmdir()
        folder.rename(place)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(finished: Finished, folder: Path) -> tuple[int, list[str], list[str]]:
    """Write and prove every file; return how many there are, and the paths of those that were not kept, or not read."""
    count, lost = 0, list[str]()
    with following():
        absent = unread(finished)
        sums = {item["path"]: item["sha256"] for item in finished.run["inputs"]}
        for path, codec, pieces in rebuild_packed(finished):
            expected, file = sums.pop(path, ""), _inside(folder, path)
            if path in absent:
                continue
            try:
                found = _write_file(file, codec, pieces)
            except NotKeptError:
                file.unlink()
                lost.append(path)
                continue
            if found != expected:
                raise RebuildError(_differs(path))
            count += 1
    if sums:
        message = f"{next(iter(sums))} is not in the audit trail"
        raise RebuildError(message)
    return count, lost, sorted(absent)


def _differs(path: str) -> str:
    return (
        f"{path}: what output and audit trail rebuild is not what was read; "
        "`clean verify` tells what was changed after the run"
    )


def _write_file(file: Path, codec: str, pieces: Iterator[bytes]) -> str:
    """Write one file; return the sha256 of its content, before compression."""
    digest = hashlib.sha256()

    def summed() -> Iterator[bytes]:
        for piece in pieces:
            digest.update(piece)
            yield piece

    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        for piece in compress(summed(), codec) if codec else summed():
            stream.write(piece)
    return digest.hexdigest()


def _inside(folder: Path, path: str) -> Path:
    """Return the place of a restored file; a path that leads out of the folder is refused."""
    if path.startswith("/") or ".." in Path(path).parts:
        message = f"{path}: the audit trail names a file outside the corpus"
        raise RebuildError(message)
    return folder / path
