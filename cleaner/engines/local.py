"""The local engine: this process, or worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from cleaner.errors import InterruptedRunError

T = TypeVar("T")


def cores() -> int:
    """Count the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Up to `jobs` worker processes; one call, or one job, stays in this process.

    Workers are spawned, never forked: the same on every system and Python, and safe beside the
    thread that draws the progress bar.
    """

    jobs: int = 1

    def map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        done: Callable[[int], None] = lambda index: None,
    ) -> list[T]:
        """Run all calls and give their results in order; a worker that was killed ends the run with a clear error."""
        workers = min(self.jobs, len(calls))
        if workers <= 1:
            results = []
            for index, call in enumerate(calls):
                results.append(function(*call))
                done(index)
            return results
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupt) as pool:
            futures = {pool.submit(function, *call): index for index, call in enumerate(calls)}
            try:
                for future in as_completed(futures):
                    future.result()
                    done(futures[future])
            except BrokenProcessPool:
                message = (
                    "a worker process was killed (out of memory?): nothing is lost, --resume continues, "
                    "fewer --jobs need less memory"
                )
                raise InterruptedRunError(message) from None
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            return [future.result() for future in futures]


def _ignore_interrupt() -> None:
    """Leave Ctrl-C to the main process, which ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
