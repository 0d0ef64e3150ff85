"""The lock on an output: one run at a time writes to it, and the other is told who does."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cleaner.audit.trail import AUDIT
from cleaner.errors import UsageError
from cleaner.formats import jsontext

fcntl: Any = None
with suppress(ImportError):  # a system without it has no locks that end with their process
    import fcntl


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the lock on an output; UsageError says who else holds it.

    The system releases the lock when its process ends, however it ends, so that one that a killed run left
    is free. On a file system shared by machines that does not hold, so that another host's name is believed.
    """
    folder = out / AUDIT
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    descriptor = _held(path, out)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, jsontext.dumps(_holder()), 0)
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)
        for empty in made:
            with suppress(OSError):
                empty.rmdir()


def _held(path: Path, out: Path) -> int:
    """Open and lock a file; again, when the holder before removed it in the meantime."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if not _taken(descriptor):
                raise UsageError(_occupied(out, _read(descriptor)))
            other = _read(descriptor)
            if other and other.get("host") != socket.gethostname():
                message = f"{_occupied(out, other)}. If that run has ended, remove {path}"
                raise UsageError(message)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    """Try to lock an open file; where the file system knows no locks, it is taken for free."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _holder() -> dict[str, Any]:
    began = time.strftime("%Y-%m-%d %H:%M:%S")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": began}


def _read(descriptor: int) -> dict[str, Any]:
    """Return who wrote a lock; nothing when it was written by none, or not to the end."""
    try:
        value = jsontext.loads(os.pread(descriptor, 1 << 12, 0))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _occupied(out: Path, holder: dict[str, Any]) -> str:
    who = f"process {holder.get('pid', '?')} on {holder.get('host', '?')}, since {holder.get('since', '?')}"
    return f"another run is writing to {out} ({who}): wait for it or choose another output"
