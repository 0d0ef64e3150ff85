"""A server that workers are forked from: what all of them need is loaded once, while the main process prepares work.

The server is a process of its own with one thread, so that nothing is forked that another thread holds. Where the
system has none, or it was not started, workers are spawned and load everything themselves.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FORKING: Final = "forkserver"
ROOT: Final = str(Path(__file__).parents[1])
"""The folder of the package that this process has loaded."""


@dataclass(slots=True)
class _State:
    """Whether the server was started, and was asked for workers; it changes how fast they start, nothing else."""

    started: bool = False
    asked: bool = False


_STATE = _State()


def preload(modules: Sequence[str]) -> None:
    """Start the server and let it import modules, and what of this package is loaded here; return at once.

    What it cannot import each worker imports.
    """
    import multiprocessing

    if FORKING not in multiprocessing.get_all_start_methods():
        return
    from multiprocessing.forkserver import ensure_running

    names = [*modules, *_loaded()]
    multiprocessing.get_context(FORKING).set_forkserver_preload(names)
    with suppress(OSError):  # workers say what is wrong, if it is still so then
        ensure_running()
        _STATE.started = True
        atexit.register(end)


def _loaded() -> list[str]:
    """Return the names of the modules of this package that are loaded."""
    package = __name__.partition(".")[0]
    return [name for name in sys.modules if name.partition(".")[0] == package]


def leave() -> None:
    """Spawn workers from now on: the server has ended."""
    _STATE.started = False


def end() -> None:
    """End the server and wait for it: what its workers took is then part of what this process took, as `time` tells.

    One that was asked for none, as the run ended before its work began, need not load what it still loads.
    """
    from multiprocessing import forkserver

    leave()
    with suppress(AttributeError, OSError, TypeError):
        one: Any = forkserver._forkserver
        if not _STATE.asked:
            os.kill(one._forkserver_pid, signal.SIGTERM)
        one._stop()


def method() -> str:
    """Return how workers are started."""
    _STATE.asked = _STATE.asked or _STATE.started
    return FORKING if _STATE.started else "spawn"


def settle_on(folder: str) -> None:
    """Forget what the server has loaded of another copy of the package than that of the main process.

    The server looks for modules where Python does when it starts, the main process may have been told otherwise.
    """
    if folder != ROOT:
        for name in _loaded():
            del sys.modules[name]
