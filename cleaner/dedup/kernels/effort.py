"""When compiled code pays: loading it takes as long as handling this much text without it."""

from __future__ import annotations

from dataclasses import dataclass

INTERPRETED_BYTES = 1_000_000


@dataclass(slots=True)
class _Spent:
    """Bytes that this process handled without compiled code; it changes the speed of later ones, nothing else."""

    size: int = 0


_SPENT = _Spent()


def interpreting_pays(size: int) -> bool:
    """Tell whether to do without compiled code for a text of `size` bytes, after all those before it.

    >>> interpreting_pays(10**9)
    False
    """
    _SPENT.size += min(size, INTERPRETED_BYTES + 1)
    return _SPENT.size <= INTERPRETED_BYTES


def use_compiled() -> None:
    """Do no text without compiled code from now on: it is loaded."""
    _SPENT.size = INTERPRETED_BYTES + 1
