"""An output on its way to a store: built here, judged before the work begins, valid there with its last file alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from cleaner.errors import InterruptedRunError, UsageError
from cleaner.storage.places import Place
from cleaner.storage.remote import RemotePath, listing
from cleaner.storage.transfer import Across, deliver, here, is_safe, withdraw, write

AUDIT: Final = "_clean"
"""Folder of the audit trail."""
LAST: Final = f"{AUDIT}/run.json"
"""The file that makes an output valid."""
MARKER: Final = f"{AUDIT}/work/job.json"
"""The file that tells that an output is on its way, and which files it may have."""
LOCK: Final = f"{AUDIT}/lock"
"""The file that tells which run works on an output."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A remote output, and the folder of this machine in which it is built."""

    target: RemotePath
    folder: Path
    token: str = field(default_factory=partial(token_hex, 8))

    @classmethod
    def to(cls, target: RemotePath, base: Path | None = None) -> Outgoing:
        """Return the output for a remote folder; it is built in the same folder each time, so that it can be resumed.

        That is a folder in `base`, which needs room for output and work, and which all machines must see that work on
        it; by default it is in the user's cache (`XDG_CACHE_HOME`).
        """
        if base is None:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "cleaner", "outputs")
        digest = hashlib.sha256(str(target).encode()).hexdigest()[:20]
        return cls(target, base.absolute() / digest)

    def judge(self, *, overwrite: bool, resume: bool) -> None:
        """Raise UsageError, or InterruptedRunError, when the remote folder holds what may not be replaced."""
        if self.target.protocol in ("http", "https"):
            message = f"{self.target}: {self.target.protocol}:// can be read, not written"
            raise UsageError(message)
        names = {name for name, _ in listing(self.target)} - {LOCK}
        interrupted = MARKER in names or (self.folder / MARKER).exists()
        if names and LAST not in names and MARKER not in names:
            message = f"{self.target} is not empty, and not written by clean: choose a new folder"
            raise UsageError(message)
        if LAST in names and not overwrite:
            message = f"{self.target} holds a finished run: --overwrite replaces it"
            raise UsageError(message)
        if LAST not in names and interrupted and not (overwrite or resume):
            message = (
                f"{self.target} holds an interrupted run: --resume continues it, --overwrite starts anew"
            )
            raise InterruptedRunError(message)
        if (self.folder / MARKER).exists():  # complete here, but not there: the run has not ended
            (self.folder / LAST).unlink(missing_ok=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock on the remote folder; UsageError says who else holds it.

        A store has no locks that end with their process, and most cannot write a file only where there is none. So
        what is written is read again, now and before the output is delivered: of two runs that begin at the same
        moment one finds the lock of the other, and delivers nothing. The lock of a process of this machine that has
        ended is free.
        """
        holder = self._holder()
        if holder and not _has_ended(holder):
            raise UsageError(_occupied(self.target, holder))
        write(self.target / LOCK, json.dumps(_us(self.token)).encode())
        self._check_lock()
        try:
            yield
        finally:
            with suppress(OSError):
                if self._holder().get("token") == self.token:
                    withdraw(self.target, [LOCK])

    def _check_lock(self) -> None:
        """Raise InterruptedRunError when another run has taken the lock."""
        holder = self._holder()
        if holder.get("token") != self.token:
            message = f"{_occupied(self.target, holder)}; nothing was written there, --resume continues later"
            raise InterruptedRunError(message)

    def _holder(self) -> dict[str, Any]:
        """Return what the lock says; nothing when there is none."""
        place = self.target / LOCK
        if place.info() is None:
            return {}
        try:
            value = json.loads(place.read_bytes())
        except ValueError:
            value = None
        return value if isinstance(value, dict) else {"host": "?"}

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Refuse to replace files of the remote folder that no run has written."""
        ours, there = set(self._written()), {name for name, _ in listing(self.target)}
        for name in names:
            if name in there and name not in ours:
                message = (
                    f"{self.target / name} was not written by clean: move it away, or choose another folder"
                )
                raise UsageError(message)

    def deliver(self, across: Across = here) -> None:
        """Write the output, its last file last; what an earlier run wrote there and this one did not is removed.

        `across` makes the calls that send files: here, or on the machines that all see the folder.
        From the removal of the earlier run's last file until the end the remote output is marked as being on its way.
        Raises InterruptedRunError when the store fails: what was built stays here for `--resume`.
        """
        try:
            self._deliver(across)
        except OSError as error:
            message = f"the output is complete on this machine, but not at {self.target}: {error}; --resume continues"
            raise InterruptedRunError(message) from error

    def _deliver(self, across: Across) -> None:
        self._check_lock()
        new = [item["path"] for item in json.loads((self.folder / LAST).read_bytes())["outputs"]]
        old = self._written()
        content = json.dumps({"outputs": [{"path": name} for name in sorted({*old, *new})]}).encode()
        write(self.target / MARKER, content)
        withdraw(self.target, [LAST])
        withdraw(self.target, [name for name in old if not (self.folder / name).is_file()])
        withdraw(self.target, [name for name in self._trail() if not (self.folder / name).is_file()])
        deliver(self.folder, self.target, last=LAST, leave_out=(f"{AUDIT}/work", LOCK), across=across)
        withdraw(self.target, [MARKER])

    def clear(self) -> None:
        """Remove the folder of this machine, when all is in its place."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _trail(self) -> Collection[str]:
        """Return the files of a remote audit trail."""
        names = (name for name, _ in listing(self.target))
        return [name for name in names if name.startswith(f"{AUDIT}/") and name not in (LAST, MARKER, LOCK)]

    def _written(self) -> list[str]:
        """Return the outputs that a run wrote to the remote folder, or may have written."""
        found: list[str] = []
        for name in (LAST, MARKER):
            place = self.target / name
            if place.info() is not None:
                found += _outputs(place.read_bytes())
        return found


def outgoing_to(target: Place, base: Path | None = None) -> Outgoing | None:
    """Return the output for a folder, built inside `base`; None for one of this machine: that is written where it is.

    >>> outgoing_to(Path("out"))
    >>> outgoing_to(Path("out"), Path("work"))
    Traceback (most recent call last):
    cleaner.errors.UsageError: out is no address, so it is built where it is: --work-dir is for outputs at an address
    """
    if isinstance(target, RemotePath):
        return Outgoing.to(target, base)
    if base is not None:
        message = (
            f"{target} is no address, so it is built where it is: --work-dir is for outputs at an address"
        )
        raise UsageError(message)
    return None


def _outputs(record: bytes) -> list[str]:
    """Return the outputs that a record of a run lists; names that are no paths in its folder are not believed."""
    try:
        value: Any = json.loads(record)
        names = [item["path"] for item in value["outputs"]]
    except (ValueError, TypeError, LookupError):
        return []
    return [name for name in names if isinstance(name, str) and is_safe(name)]


def _us(token: str) -> dict[str, Any]:
    """Return what the lock of this process says."""
    began = time.strftime("%Y-%m-%d %H:%M:%S")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": began, "token": token}


def _has_ended(holder: dict[str, Any]) -> bool:
    """Tell whether a lock is that of a process of this machine that is no more; of another one nobody knows."""
    number = holder.get("pid")
    if holder.get("host") != socket.gethostname() or not isinstance(number, int) or number <= 0:
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return number == os.getpid()


def _occupied(target: RemotePath, holder: dict[str, Any]) -> str:
    who = f"process {holder.get('pid', '?')} on {holder.get('host', '?')}, since {holder.get('since', '?')}"
    return (
        f"another run is writing to {target} ({who}): wait for it or choose another output. "
        f"If that run has ended, remove {target / LOCK}"
    )
