"""Memory that is given back: what glibc has to be asked for (with another C library nothing happens), and Python."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from pathlib import Path
from typing import Any, Final

AMPLE: Final = 256 << 20
"""Bytes that a process may have before it looks for memory that it does not use."""
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""The numbers of glibc's parameters for the size of blocks with memory of their own, and for the number of heaps."""
_BLOCK = 4 << 20
"""Bytes of such blocks."""
_STATUS: Final = Path("/proc/self/status")


def one_heap() -> None:
    """Let all threads share one heap, without large blocks.

    Each of several heaps would keep what its thread once needed. Large blocks have memory of their own, which is
    returned when they are freed: glibc would put those of up to 32 MB among small ones once one was freed. Arrow,
    which is loaded later if it is needed, has a heap of its own unless it is told otherwise.
    """
    _call("mallopt", _ARENA_MAX, 1)
    _call("mallopt", _MMAP_THRESHOLD, _BLOCK)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def trim() -> None:
    """Return freed memory to the system; much lies between what is used, and would be kept."""
    _call("malloc_trim", 0)


def trim_if_large(ample: int = AMPLE) -> bool:
    """Return freed memory to the system if this process has more than `ample` bytes of its own; return whether it has.

    >>> trim_if_large(1 << 60)
    False
    """
    large = own_bytes() > ample
    if large:
        trim()
    return large


def own_bytes() -> int:
    """Return the bytes that this process has in memory besides files: 0 where the system does not say.

    >>> own_bytes() >= 0
    True
    """
    try:
        told = _STATUS.read_text("ascii", "replace").partition("RssAnon:")[2].split()
    except OSError:
        return 0
    return int(told[0]) * 1024 if told else 0


def collect_rarely() -> None:
    """Look for cyclic garbage less often, in a process that is all ours.

    What a document needs is freed when nobody refers to it any more, and what is loaded is kept for good.
    """
    gc.set_threshold(50_000, 20, 20)


def _call(name: str, *arguments: int) -> None:
    function: Any = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:
        function(*arguments)
