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
Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how many of its tasks are done, and how many there are."""


@dataclass(slots=True)
class Timings:
    """Seconds of each stage; the only thing in an output that differs between two equal runs."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that a run needs to know, and who does the work."""

    settings: Settings
    inputs: Inputs
    work: Path
    engine: Engine
    progress: Progress = lambda stage, done, total: None
    timings: Timings = field(default_factory=Timings)

    def map(
        self,
        stage: str,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        killed: Callable[[int], tuple[Any, ...] | None] | None = None,
        apart: Collection[int] = (),
    ) -> list[T]:
        """Let the engine do one stage; `killed` and `apart` are for one that survives the end of a worker."""
        count = 0

        def done(index: int) -> None:
            nonlocal count
            count += 1
            self.progress(stage, count, len(calls))

        self.progress(stage, 0, len(calls))
        with self.timings.stage(stage):
            if killed and isinstance(self.engine, Guarded):
                return self.engine.guarded_map(function, calls, killed=killed, apart=apart, done=done)
            return self.engine.map(function, calls, done=done)

    @property
    def jobs(self) -> int:
        """How many calls run at once."""
        return self.engine.jobs

    @property
    def cluster(self) -> Job | None:
        """This job, if its engine has several machines."""
        return self if hasattr(self.engine, "exchange") else None

    def exchange(self, stage: str, calls: Sequence[tuple[Any, ...]], hops: Sequence[Hop]) -> list[Any]:
        """Let the engine do one shuffle."""
        self.progress(stage, 0, len(calls))
        engine = cast(Exchanger, self.engine)
        with self.timings.stage(stage):
            return engine.exchange(calls, hops, done=lambda index: self.progress(stage, index, len(calls)))
