"""Engines: something that maps a function over tasks, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Engine(Protocol):
    """Runs `function(*args)` for every `args`, at most `jobs` of them at once, and gives the results in order.

    `done` is called with the index of every call as it finishes, in any order.
    """

    jobs: int

    def map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        done: Callable[[int], None] = ...,
    ) -> list[T]:
        """Run all calls; an error in one of them is raised here."""
        ...
