"""When compiled code pays: loading it, or compiling it first, takes as long as handling this much text without it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

INTERPRETED_BYTES: Final = 1_000_000
"""Bytes of text from which compiled code is used that is on disk."""
SHARED_BYTES: Final = 300_000
"""The same where other code has loaded the compiler: what is left is to read the machine code."""
UNCOMPILED_BYTES: Final = 8_000_000
"""Bytes of text from which it is compiled."""
Kernels = Callable[[], Sequence[Callable[..., object]]]
"""Names the kernels that would be used."""


@dataclass(slots=True)
class _Spent:
    """Bytes that this process handled without compiled code; it changes the speed of later ones, nothing else."""

    size: int = 0


_SPENT = _Spent()


def interpreting_pays(size: int, kernels: Kernels = tuple) -> bool:
    """Tell whether to do without compiled code for a text of `size` bytes, after all those before it.

    >>> interpreting_pays(10**9)
    False
    """
    _SPENT.size += min(size, UNCOMPILED_BYTES + 1)
    least = SHARED_BYTES if "numba" in sys.modules else INTERPRETED_BYTES
    if least < _SPENT.size <= UNCOMPILED_BYTES:
        from cleaner.dedup.kernels.compiler import is_kept

        return not all(map(is_kept, kernels()))
    return _SPENT.size <= least


def use_compiled() -> None:
    """Do no text without compiled code from now on: it is loaded."""
    _SPENT.size = UNCOMPILED_BYTES + 1
