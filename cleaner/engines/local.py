"""The local engine: this process, or worker processes on this machine."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from cleaner.engines.memory import one_heap
from cleaner.errors import InterruptedRunError

T = TypeVar("T")


class LocalEngine:
    """Up to `jobs` worker processes, kept from the first stage that needs them to the end; a context manager.

    One job runs in this process, and so does one call as long as there are no workers yet. Workers are
    spawned, never forked: the same on every system and Python, and safe beside the thread that draws
    the progress bar. They keep what they have loaded (rules, compiled kernels) from stage to stage, and end when
    this process does, however it ends. Where the system has no workers to give, this process does all the work.
    """

    def __init__(self, jobs: int = 1, *, method: str = "spawn") -> None:
        self.jobs = jobs
        self._method = method
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(at_once=kind is not None)

    def start(self) -> None:
        """Start the workers now, while the caller prepares their work; without it they start with it."""
        if self.jobs > 1 and (pool := self._workers()):
            for _ in range(self.jobs):
                pool.submit(_nothing)

    def map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        done: Callable[[int], None] = lambda index: None,
    ) -> list[T]:
        """Run all calls and return their results in order; one that ends its worker twice ends the run."""
        return self.guarded_map(function, calls, killed=_Twice(calls), done=done)

    def guarded_map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        killed: Callable[[int], tuple[Any, ...] | None],
        apart: Collection[int] = (),
        done: Callable[[int], None] = lambda index: None,
    ) -> list[T]:
        """Run all calls; `killed` says what becomes of one that ends its worker.

        Nobody tells which call ended a worker. Those that may have done so, the first that are not done, are
        made again, each alone, before the others go on together.
        """
        results: dict[int, T] = {}
        suspects = sorted(apart)
        here = self._pool is None and min(self.jobs, len(calls)) <= 1
        while True:
            for index in suspects:
                results[index] = self._alone(function, calls[index], lambda index=index: killed(index))  # type: ignore[misc]
                done(index)
            rest = [index for index in range(len(calls)) if index not in results]
            pool = None if here else self._workers()
            try:
                self._together(pool, function, {index: calls[index] for index in rest}, results, done)
            except BrokenProcessPool:
                self._end(at_once=True)
                suspects = [index for index in rest if index not in results][: self.jobs + 1]
            else:
                return [results[index] for index in range(len(calls))]

    def _together(
        self,
        pool: ProcessPoolExecutor | None,
        function: Callable[..., T],
        calls: Mapping[int, tuple[Any, ...]],
        results: dict[int, T],
        done: Callable[[int], None],
    ) -> None:
        """Run calls at once, or one after the other where there is no pool, and add their results by their index."""
        if pool is None:
            for index, call in calls.items():
                results[index] = function(*call)
                done(index)
            return
        futures = {pool.submit(function, *call): index for index, call in calls.items()}
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            done(futures[future])

    def _alone(
        self, function: Callable[..., T], call: tuple[Any, ...], killed: Callable[[], tuple[Any, ...] | None]
    ) -> T:
        """Run one call in a worker while nothing else runs in any; again, as often as `killed` says how."""
        again: tuple[Any, ...] | None = call
        while again is not None:
            pool = self._workers()
            try:
                return function(*again) if pool is None else pool.submit(function, *again).result()
            except BrokenProcessPool:
                self._end(at_once=True)
                again = killed()
        message = (
            "a worker process was killed (out of memory?): nothing is lost, --resume continues, "
            "fewer --jobs need less memory"
        )
        raise InterruptedRunError(message)

    def _workers(self) -> ProcessPoolExecutor | None:
        """Return the pool, started at first use; it starts a worker when a task waits for one.

        None where there can be none: without shared memory there are no locks between processes.
        """
        if self._pool is None:
            try:
                context = multiprocessing.get_context(self._method)
                self._pool = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_prepare)
            except (OSError, ImportError, NotImplementedError):
                return None
        return self._pool

    def _end(self, *, at_once: bool) -> None:
        """End the workers: when they are done, or in the middle of what they do."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        workers = list((getattr(pool, "_processes", None) or {}).values()) if at_once else []
        pool.shutdown(wait=not at_once, cancel_futures=True)
        for worker in workers:
            with suppress(OSError, ValueError):  # it has ended meanwhile
                worker.kill()


class _Twice:
    """Lets each call be made again once."""

    def __init__(self, calls: Sequence[tuple[Any, ...]]) -> None:
        self._calls, self._again = calls, set[int]()

    def __call__(self, index: int) -> tuple[Any, ...] | None:
        if index in self._again:
            return None
        self._again.add(index)
        return self._calls[index]


def _prepare() -> None:
    """Leave Ctrl-C to the main process, which ends the workers; save time and memory.

    Cyclic garbage is looked for less often: what a document needs is freed when nobody refers to it
    any more, and what is loaded is kept for good.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow, daemon=True).start()
    gc.set_threshold(50_000, 20, 20)
    one_heap()


def _follow() -> None:
    """End this worker when the main process has ended, which cannot tell it when it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """Take a task's place, so that a worker starts."""
