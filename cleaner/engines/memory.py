"""Memory that is given back: what glibc has to be asked for (with another C library nothing happens), and Python."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Any

_ARENA_MAX = -8
"""The number of glibc's parameter for how many heaps there may be."""


def one_heap() -> None:
    """Let all threads share one heap: each of several would keep what its thread once needed."""
    _call("mallopt", _ARENA_MAX, 1)


def trim() -> None:
    """Return freed memory back to the system; much lies between what is used, and would be kept."""
    _call("malloc_trim", 0)


def collect_rarely() -> None:
    """Look for cyclic garbage less often, in a process that is all ours.

    What a document needs is freed when nobody refers to it any more, and what is loaded is kept for good.
    """
    gc.set_threshold(50_000, 20, 20)


def _call(name: str, *arguments: int) -> None:
    function: Any = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:
        function(*arguments)
