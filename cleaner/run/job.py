"""What a run needs to know, who does the work, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from cleaner.engines import Engine, Exchanger, Guarded, Hop
from cleaner.run.discover import Inputs
from cleaner.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Advance:
    """How far a stage is: tasks done, and how many there are; of those done bytes and documents, if known."""

    stage: str
    done: int
    total: int
    bytes: int = 0
    documents: int = 0


Progress = Callable[[Advance], None]


@dataclass(slots=True)
class Took:
    """What a stage took, and what it worked on, if that is known."""

    seconds: float = 0.0
    bytes: int = 0
    documents: int = 0


@dataclass(slots=True)
class Timings:
    """The times of each stage; the only thing in an output that differs between two equal runs."""

    stages: dict[str, Took] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[Took]:
        """Add the time of a block to a stage."""
        took = self.stages.setdefault(name, Took())
        start = time.perf_counter()
        try:
            yield took
        finally:
            took.seconds += time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that a run needs to know, and who does the work."""

    settings: Settings
    inputs: Inputs
    work: Path
    engine: Engine
    progress: Progress = lambda now: None
    timings: Timings = field(default_factory=Timings)

    def map(
        self,
        stage: str,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        killed: Callable[[int], tuple[Any, ...] | None] | None = None,
        apart: Collection[int] = (),
        sizes: Sequence[int] = (),
        documents: Callable[[T], int] = lambda result: 0,
    ) -> list[T]:
        """Let the engine do one stage.

        `killed` and `apart` are for one that survives the end of a worker; `sizes` are the bytes of each call, and
        `documents` tells how many documents there were from what a call returned.
        """
        count = size = texts = 0

        def done(index: int, result: T | None = None) -> None:
            nonlocal count, size, texts
            count += 1
            size += sizes[index] if sizes else 0
            texts += documents(result) if result is not None else 0
            self.progress(Advance(stage, count, len(calls), size, texts))

        self.progress(Advance(stage, 0, len(calls)))
        with self.timings.stage(stage) as took:
            if killed and isinstance(self.engine, Guarded):
                results = self.engine.guarded_map(function, calls, killed=killed, apart=apart, done=done)
            else:
                results = self.engine.map(function, calls, done=done)
            took.bytes += size
            took.documents += sum(map(documents, results))
        return results

    @property
    def jobs(self) -> int:
        """How many calls run at once."""
        return self.engine.jobs

    @property
    def cluster(self) -> Job | None:
        """This job, if its engine has several machines."""
        return self if isinstance(self.engine, Exchanger) else None

    def exchange(self, stage: str, calls: Sequence[tuple[Any, ...]], hops: Sequence[Hop]) -> list[Any]:
        """Let the engine do one shuffle."""
        self.progress(Advance(stage, 0, len(calls)))
        engine = cast(Exchanger, self.engine)
        with self.timings.stage(stage):
            return engine.exchange(
                calls, hops, done=lambda index: self.progress(Advance(stage, index, len(calls)))
            )
