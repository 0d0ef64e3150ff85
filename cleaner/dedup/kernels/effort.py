"""When compiled code pays: loading it, or compiling it first, takes as long as handling this much text without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from cleaner.engines.effort import Effort

INTERPRETED_BYTES: Final = 1_000_000
"""Bytes of text from which compiled code is used that is on disk."""
SHARED_BYTES: Final = 300_000
"""The same where other code has loaded the compiler: what is left is to read the machine code."""
UNCOMPILED_BYTES: Final = 16_000_000
"""Bytes of text from which it is compiled."""
Kernels = Callable[[], Sequence[Callable[..., object]]]
"""Names the kernels that would be used."""


def effort_of(maker: str, uncompiled: int = UNCOMPILED_BYTES) -> Effort:
    """Return what counts the bytes handled without the kernels of the module whose file is `maker`."""
    return Effort(INTERPRETED_BYTES, SHARED_BYTES, uncompiled, maker=maker)


def interpreting_pays(size: int, effort: Effort, kernels: Kernels) -> bool:
    """Tell whether to do without compiled code for a text of `size` bytes, after all those before it.

    >>> interpreting_pays(10**9, effort_of(__file__), tuple)
    False
    """
    effort.spent += size
    if size > effort.uncompiled:  # it alone takes longer than compiling, whoever else does that
        effort.exhaust()
    return not effort.pays(partial(_are_kept, kernels))


def _are_kept(kernels: Kernels) -> bool:
    """Tell whether the machine code of kernels is on disk."""
    from cleaner.dedup.kernels.compiler import is_kept

    return all(map(is_kept, kernels()))
