"""The nth call of a kind fails: every n of a small run, then the run is continued."""

from __future__ import annotations

import builtins
import errno
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.faults.corpus import Outcome, is_proven
from tests.support.corpora import tree

KINDS = ("open", "write", "rename", "mkdir", "remove", "fsync")
CODES = {
    "open": errno.EMFILE,
    "write": errno.ENOSPC,
    "rename": errno.EROFS,
    "mkdir": errno.ENOSPC,
    "remove": errno.EROFS,
    "fsync": errno.EIO,
}
Run = Callable[..., int]
"""Takes the arguments of a command line; returns its exit status."""


class Turns:
    """Counts calls of one kind below a folder; the one whose turn it is fails."""

    def __init__(self, folder: Path, turn: int, code: int) -> None:
        self.count = 0
        self._folder, self._turn, self._code = str(folder), turn, code

    def take(self, path: Any) -> None:
        """Count a call; raise if it is the one."""
        if isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self._folder):
            self.count += 1
            if self.count == self._turn:
                raise OSError(self._code, os.strerror(self._code), os.fspath(path))


class _Raw(io.FileIO):
    """A file whose writing may fail."""

    def __init__(self, path: Any, mode: str, turns: Turns) -> None:
        super().__init__(path, mode.replace("b", ""))
        self._turns, self._path = turns, path

    def write(self, data: Any) -> int:
        self._turns.take(self._path)
        return super().write(data)


@contextmanager
def failing(kind: str, folder: Path, turn: int = 0) -> Iterator[Turns]:
    """Let call number `turn` of a kind fail for files below a folder; 0: count them only."""
    turns = Turns(folder, turn, CODES[kind])
    real_open = io.open

    def opened(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **options: Any) -> Any:
        writes = any(sign in mode for sign in "wax+")
        if kind == "open" and writes:
            turns.take(file)
        if kind == "write" and writes and "b" in mode and isinstance(file, str | os.PathLike):
            raw = _Raw(file, mode, turns)
            return raw if buffering == 0 else io.BufferedWriter(raw, buffering if buffering > 1 else 8192)
        return real_open(file, mode, buffering, *args, **options)

    def wrapped(function: Any, number: int) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            turns.take(args[number])
            return function(*args, **options)

        return call

    calls = {"rename": ("rename", "replace"), "mkdir": ("mkdir",), "remove": ("unlink", "rmdir")}
    with ExitStack() as stack:
        for name in calls.get(kind, ()):
            stack.enter_context(patch.object(os, name, wrapped(getattr(os, name), 0)))
        if kind == "fsync":
            real = os.fsync

            def fsync(number: int) -> None:
                turns.take(folder)
                real(number)

            stack.enter_context(patch.object(os, "fsync", fsync))
        if kind in ("open", "write"):
            stack.enter_context(patch.object(io, "open", opened))
            stack.enter_context(patch.object(builtins, "open", opened))
        yield turns


def tidy(out: Path) -> dict[str, bytes]:
    """Return what is in an output besides what a run removes at its end."""
    apart = ("_clean/work/", "_clean/lock")
    return {name: data for name, data in tree(out).items() if not name.startswith(apart)}


def count(kind: str, run: Run, source: Path) -> int:
    """Count the calls of a kind that a run makes."""
    with tempfile.TemporaryDirectory() as folder, failing(kind, Path(folder)) as turns:
        run("run", source, Path(folder, "out"), "-q", "-j", "1")
    return turns.count


def inject(
    kind: str, turns: Sequence[int], run: Run, source: Path, whole: dict[str, bytes], status: int
) -> Outcome:
    """Let calls fail, one in each run, and continue; `whole` and `status` are what an undisturbed run leaves."""
    outcome = Outcome()
    for turn in turns:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "out")
            with failing(kind, out, turn) as counted:
                ended = run("run", source, out, "-q", "-j", "1")
            if counted.count < turn:  # another order of calls; nothing failed
                continue
            outcome.injected += 1
            where = f"{kind} {turn}"
            if (out / "_clean" / "run.json").exists() and not (is_proven(out) and tidy(out) == whole):
                outcome.lost.append(f"{where}: what is there is not whole")
            if ended not in (5, status) or (ended == status and not (out / "_clean" / "run.json").exists()):
                outcome.silent.append(f"{where}: exit status {ended}")
            again = run("run", source, out, "-q", "-j", "1", *(["--resume"] if out.exists() else []))
            if again != status or tree(out) != whole:
                outcome.lost.append(f"{where}: resumed, exit status {again}")
    return outcome
