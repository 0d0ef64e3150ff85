"""The folder that a run writes to: what may be in it before, its work folder, how an earlier run is removed.

A folder holds a finished run when `run.json` is there, an interrupted one when the work folder is, and one
that is being removed when there is a `replaced.json`: what `run.json` was until nothing of the run was left.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cleaner.audit.trail import AUDIT
from cleaner.errors import InterruptedRunError, UsageError
from cleaner.formats import jsontext
from cleaner.run.discover import Inputs
from cleaner.storage.places import Place, overlapping
from cleaner.storage.remote import RemotePath

RUN, REPLACED, TIMINGS = "run.json", "replaced.json", "timings.json"
LOCK = "lock"
_BARE = {LOCK, "work", "work/job.part"}
"""What the trail of a run may hold that ended before it began."""


def open_work(out: Path, job_key: dict[str, Any], *, resume: bool) -> Path:
    """Return the work folder inside an output; a resumed run must be the one that was interrupted."""
    work = out / AUDIT / "work"
    key = jsontext.pretty(job_key)
    path = work / "job.json"
    if path.exists():
        if not resume or path.read_bytes() != key:
            message = (
                f"{out} holds an interrupted run of another input or configuration: --overwrite starts anew"
                if resume
                else f"{out} holds an interrupted run: --resume continues it, --overwrite starts anew"
            )
            raise InterruptedRunError(message)
        return work
    work.mkdir(parents=True, exist_ok=True)
    write_whole(path, key)
    return work


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file so that it is there whole or not at all; a durable one also after a loss of power."""
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        stream.write(data)
        if durable:
            stream.flush()
            os.fsync(stream.fileno())
    part.replace(path)


def digest_of(job_key: dict[str, Any]) -> str:
    """Return a short name of a job, by which a finished run knows it again."""
    return hashlib.sha256(jsontext.pretty(job_key)).hexdigest()


def is_done(out: Path, job_key: dict[str, Any]) -> bool:
    """Tell whether an output holds this very run, finished, though perhaps not tidied up; then tidy up.

    A run that was interrupted after its last file leaves a work folder, which nobody needs any more.
    """
    record, timings = out / AUDIT / RUN, out / AUDIT / TIMINGS
    if not (record.is_file() and timings.is_file()):
        return False
    with suppress(ValueError, AttributeError):
        if jsontext.loads(timings.read_bytes()).get("job") == digest_of(job_key):
            tidy(out)
            return True
    return False


def tidy(out: Path) -> None:
    """Remove the work folder of a finished run."""
    work = out / AUDIT / "work"
    if work.exists():
        shutil.rmtree(work)


def check_place(out: Place, sources: Sequence[Place]) -> None:
    """Refuse an output that lies in a source, or a source that lies in the output."""
    for source in sources:
        if overlapping(out, source):
            message = f"{out} lies inside the source {source}: choose a folder outside it"
            raise UsageError(message)
        if overlapping(source, out):
            message = f"the source {source} lies inside the output {out}: choose another output"
            raise UsageError(message)
    if isinstance(out, RemotePath):
        return
    if out.is_symlink() and not out.exists():
        message = f"{out} is a link to nothing: remove it, or make the folder that it leads to"
        raise UsageError(message)
    if out.exists() and not out.is_dir():
        message = f"{out} exists and is not a folder"
        raise UsageError(message)


def refuse_full(out: Path, *, resume: bool) -> None:
    """Refuse an output folder that holds anything but an interrupted run."""
    if not out.is_dir() or _is_bare(out):
        return
    if (out / AUDIT / RUN).is_file():
        message = f"{out} holds a finished run: --overwrite replaces it"
        raise UsageError(message)
    if (out / AUDIT / REPLACED).is_file():
        message = f"{out} holds a run that was being replaced: --overwrite goes on with that"
        raise UsageError(message)
    if not is_ours(out):
        message = (
            f"{out} exists and is not empty: choose a new folder (what is in it was not written by clean)"
        )
        raise UsageError(message)
    if not resume:
        message = f"{out} holds an interrupted run: --resume continues it, --overwrite starts anew"
        raise UsageError(message)


def _is_bare(out: Path) -> bool:
    """Tell whether a folder holds nothing, or what is left of a run that ended before it began."""
    audit = out / AUDIT
    others = any(path.name != AUDIT for path in out.iterdir())
    return not others and {path.relative_to(audit).as_posix() for path in audit.rglob("*")} <= _BARE


def clear(out: Path) -> None:
    """Remove what an earlier run wrote to `out`, and nothing else.

    Its `run.json` gets another name first and is removed last: at no moment does a part of a run look like
    a whole one, and what was interrupted here can be continued.
    """
    names = _written(out)
    audit = out / AUDIT
    if (audit / RUN).is_file():
        (audit / RUN).replace(audit / REPLACED)
    for name in names:
        (out / name).unlink(missing_ok=True)
    folders = {folder for name in names for folder in (out / name).parents if out in folder.parents}
    for folder in sorted(folders, reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    work = audit / "work"
    for path in audit.iterdir():
        if path.name not in (REPLACED, LOCK) and path != work:
            _remove(path)
    if work.is_dir():
        for path in work.iterdir():
            if path.name != "job.json":
                _remove(path)
        _remove(work)
    (audit / REPLACED).unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def refuse_foreign(out: Path, inputs: Inputs) -> None:
    """Refuse to replace files that no run has written."""
    ours = set(_written(out))
    for file in inputs.files:
        if file.output not in ours and (out / file.output).exists():
            message = f"{out / file.output} was not written by clean: move it away, or choose another folder"
            raise UsageError(message)


def _records(out: Path) -> tuple[Path, ...]:
    audit = out / AUDIT
    return audit / RUN, audit / REPLACED, audit / "work" / "job.json"


def _written(out: Path) -> list[str]:
    """Return the outputs that a finished run wrote to `out`, or that an interrupted one may have written.

    A name that leads out of the folder is none that a run wrote.
    """
    names: list[str] = []
    for record in filter(Path.is_file, _records(out)):
        try:
            names += [str(item["path"]) for item in jsontext.loads(record.read_bytes()).get("outputs", ())]
        except (ValueError, TypeError, KeyError, AttributeError):
            message = (
                f"{record} was changed or is damaged: what that run wrote is not known; remove {out} yourself"
            )
            raise UsageError(message) from None
    return [name for name in names if not (name.startswith("/") or ".." in Path(name).parts)]


def is_ours(out: Path) -> bool:
    """Tell whether a folder holds a run, finished or not."""
    return any(record.is_file() for record in _records(out))
