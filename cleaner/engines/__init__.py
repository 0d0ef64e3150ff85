"""Engines: something that maps a function over tasks, and nothing else.

An engine is entered before its first task and left after the last one; what it starts (workers, a
session) it ends then. Nothing else in the package knows what a process is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

T = TypeVar("T")


class Engine(Protocol):
    """Runs `function(*args)` for every `args`, at most `jobs` of them at once; a context manager.

    The functions are those of `cleaner.run.stages` and `cleaner.run.publishing.publish`, their arguments and
    results can be pickled.
    """

    @property
    def jobs(self) -> int:
        """How many calls run at once."""
        ...

    def __enter__(self) -> Self:
        """Open the engine."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all that the engine started; after an error without waiting for it."""
        ...

    def start(self) -> None:
        """Start now what the first call would start, while the caller prepares it."""
        ...

    def map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        done: Callable[[int], None] = ...,
    ) -> list[T]:
        """Run all calls and return their results in order; an error in one of them is raised here.

        `done` is called with the index of every call as it finishes, in any order.
        """
        ...


@runtime_checkable
class Guarded(Protocol):
    """An engine that survives the end of a worker: it finds out which call ends its worker, and asks what to do."""

    def guarded_map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        killed: Callable[[int], tuple[Any, ...] | None],
        apart: Collection[int] = ...,
        done: Callable[[int, T], None] = ...,
    ) -> list[T]:
        """Run all calls as `map` does; those in `apart` in a worker that does nothing else. `done` gets results, too.

        `killed` is called with the index of a call whose worker was killed while that did nothing else. It returns
        the call to make instead, or None, which ends the map with an InterruptedRunError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Hop:
    """A step of a shuffle: a function, and over how many parts what it is given is spread.

    The first one is called with each of the calls, and yields (part, bytes), for each part at most once. Each
    other is called with (part, chunks, *arguments), where the chunks are (number of the sender, bytes) in the
    order of the senders; all but the last yield as the first does, the last returns what the driver
    is told.
    """

    function: Callable[..., Any]
    parts: int = 1
    arguments: tuple[Any, ...] = ()


@runtime_checkable
class Exchanger(Engine, Protocol):
    """An engine on several machines: what its tasks know of the corpus meets in shuffles."""

    def exchange(
        self, calls: Sequence[tuple[Any, ...]], hops: Sequence[Hop], *, done: Callable[[int], None] = ...
    ) -> list[Any]:
        """Make the calls, pass what they yield from hop to hop, and return the answers of the last, by part."""
        ...


def cores() -> int:
    """Count the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
