"""The local engine: this process, or worker processes on this machine."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self, TypeVar

from cleaner.engines.memory import one_heap
from cleaner.errors import InterruptedRunError

T = TypeVar("T")


class LocalEngine:
    """Up to `jobs` worker processes, kept from the first stage that needs them to the end; a context manager.

    One job runs in this process, and so does one call as long as there are no workers yet. Workers are
    spawned, never forked: the same on every system and Python, and safe beside the thread that draws
    the progress bar. They keep what they have loaded (rules, compiled kernels) from stage to stage.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
            self._pool = None

    def start(self) -> None:
        """Start the workers now, while the caller prepares their work; without it they start with it."""
        if self.jobs > 1:
            pool = self._workers()
            for _ in range(self.jobs):
                pool.submit(_nothing)

    def map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        done: Callable[[int], None] = lambda index: None,
    ) -> list[T]:
        """Run all calls and return their results in order; a worker that was killed ends the run with an error."""
        if self._pool is None and min(self.jobs, len(calls)) <= 1:
            results = []
            for index, call in enumerate(calls):
                results.append(function(*call))
                done(index)
            return results
        pool = self._workers()
        try:
            futures = {pool.submit(function, *call): index for index, call in enumerate(calls)}
            for future in as_completed(futures):
                future.result()
                done(futures[future])
        except BrokenProcessPool:
            message = (
                "a worker process was killed (out of memory?): nothing is lost, --resume continues, "
                "fewer --jobs need less memory"
            )
            raise InterruptedRunError(message) from None
        return [future.result() for future in futures]

    def _workers(self) -> ProcessPoolExecutor:
        """Return the pool, started at first use; it starts a worker when a task waits for one."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_prepare)
        return self._pool


def _prepare() -> None:
    """Leave Ctrl-C to the main process, which ends the workers; save time and memory.

    Cyclic garbage is looked for less often: what a document needs is freed when nobody refers to it
    any more, and what is loaded is kept for good.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 20)
    one_heap()


def _nothing() -> None:
    """Take a task's place, so that a worker starts."""
