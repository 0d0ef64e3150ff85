"""When compiled code pays: loading it, or making it first, takes as long as so much work without it.

What was done changes the speed of what is done later, and nothing else. To make code as soon as doing
without it has taken as long as that takes takes at most twice as long as what would have been best.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

_ALL: Final = 1 << 62
"""In place of what was done without compiled code, once that is used."""
_FREE: Final = -1
_NOTES: Final = 8
"""Notes that work of one process makes, at most, before the code is made."""


@dataclass(slots=True)
class Effort:
    """What was done without some compiled code, and after how much of that it is used.

    That is `plain` at first, `shared` where other code has loaded the compiler, so that what is left is to read the
    machine code, and `uncompiled` where there is no machine code yet. What other processes did counts there, too,
    at any time: it is noted beside the module `maker`. One of them holds that file and makes the code, and the others
    do without until it is there.

    >>> effort = Effort(plain=9, shared=9, uncompiled=50)
    >>> effort.spent += 10
    >>> effort.pays(kept=lambda: False)
    False
    >>> effort.spent += 10
    >>> effort.pays(kept=lambda: True)
    True
    """

    plain: int
    shared: int
    uncompiled: int
    spent: int = 0
    maker: str = ""
    _asked: int = field(default=-_ALL, init=False)
    _noted: int = field(default=0, init=False)
    _elsewhere: int = field(default=0, init=False)
    _held: int = field(default=_FREE, init=False)

    def pays(self, kept: Callable[[], bool]) -> bool:
        """Tell whether to use compiled code from now on; `kept` tells whether it is on disk, and is asked late."""
        if self.spent >= _ALL:
            self._release()
            return True
        least = self.shared if "numba" in sys.modules else self.plain
        if self.spent <= least:
            self._asked, self._elsewhere = -_ALL, 0
            return False
        if (self.spent + self._elsewhere > self.uncompiled and self._may_make()) or self._is_there(kept):
            self.exhaust()
            return True
        return False

    def exhaust(self) -> None:
        """Do nothing without compiled code from now on: it is loaded."""
        self.spent = _ALL

    def _is_there(self, kept: Callable[[], bool]) -> bool:
        """Ask whether the code is on disk, unless that was asked a moment ago."""
        if 0 <= self.spent - self._asked < self.shared:
            return False
        self._asked = self.spent
        if kept():
            return True
        self._note()
        return False

    def _note(self) -> None:
        """Note what was done since the last note, and learn what others did."""
        notes = _notes(self.maker)
        if notes is None:
            return
        new = self.spent - self._noted
        if new >= max(self.shared, self.uncompiled // _NOTES):
            with contextlib.suppress(OSError), notes.open("a") as file:
                file.write(f"\n{new}\n")
                self._noted = self.spent
        self._elsewhere = max(0, _sum_of(notes) - self._noted)

    def _may_make(self) -> bool:
        """Tell whether no other process is at it, which are told so until the code is asked for again."""
        if self.maker and self._held == _FREE:
            self._held = _lock(self.maker)
            return self._held != _FREE
        return True

    def _release(self) -> None:
        """Let others make the code when they need it again, as this process has done it."""
        if self._held >= 0:
            os.close(self._held)
            notes = _notes(self.maker)
            if notes is not None:
                with contextlib.suppress(OSError):
                    notes.unlink(missing_ok=True)
        self._held = _FREE


def _notes(maker: str) -> Path | None:
    """Return the file in which the work done without the code of a module is noted, beside what Python made of it."""
    path = Path(maker)
    return path.parent / "__pycache__" / f"{path.stem}.effort" if maker else None


def _sum_of(notes: Path) -> int:
    """Return the sum of all notes; those that are not whole count for nothing."""
    try:
        return sum(int(line) for line in notes.read_text("ascii", "replace").split() if line.isdecimal())
    except OSError:
        return 0


def _lock(path: str) -> int:
    """Return a file that only this process holds, less than -1 where there are no locks; -1 if another one does."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return _FREE - 1
    try:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return _FREE
    except OSError:
        pass  # a file system without locks
    return file
