"""Memory that is given back: what glibc has to be asked for. With another C library nothing happens."""

from __future__ import annotations

import ctypes
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


def _call(name: str, *arguments: int) -> None:
    function: Any = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:
        function(*arguments)
