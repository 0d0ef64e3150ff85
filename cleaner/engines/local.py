"""The local engine: this process, or worker processes on this machine."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, TypeVar

from cleaner.engines import server
from cleaner.engines.memory import collect_rarely, one_heap, trim_if_large
from cleaner.errors import InterruptedRunError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
C = TypeVar("C")
AHEAD: Final = 4
"""Calls of a stream for each worker that are made, or wait to be, before the first result is taken."""
LOOK: Final = 1.0
"""Seconds after which one who waits for a worker looks whether the pool still stands."""
PATIENCE: Final = 10.0
"""Seconds that workers have to end when there is nothing more to do."""
_Given: TypeAlias = "tuple[ProcessPoolExecutor, Future[T]]"
"""A call that was given to a pool."""


class LocalEngine:
    """Up to `jobs` worker processes, kept from the first stage that needs them to the end; a context manager.

    One job runs in this process, and so does one call as long as there are no workers yet. Workers are
    spawned, or forked by a server without threads (`cleaner.engines.server`), never by this process: that is safe
    beside the thread that draws the progress bar. They keep what they have loaded (rules, compiled kernels) from stage
    to stage, and end when this process does, however it ends. Where the system has no workers to give, this
    process does all the work.
    """

    def __init__(self, jobs: int = 1, *, method: str = "") -> None:
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
            try:
                for _ in range(self.jobs):
                    _submit(pool, _nothing)
            except BrokenExecutor:  # they start with their work
                self._end(at_once=True)

    def map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        done: Callable[[int], None] = lambda index: None,
    ) -> list[T]:
        """Run all calls and return their results in order; one that ends its worker twice ends the run."""
        return self.guarded_map(function, calls, killed=_Twice(calls), done=lambda index, result: done(index))

    def guarded_map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        killed: Callable[[int], tuple[Any, ...] | None],
        apart: Collection[int] = (),
        done: Callable[[int, T], None] = lambda index, result: None,
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
                done(index, results[index])
            rest = [index for index in range(len(calls)) if index not in results]
            pool = None if here else self._workers()
            try:
                self._together(pool, function, {index: calls[index] for index in rest}, results, done)
            except BrokenExecutor:
                self._end(at_once=True)
                suspects = [index for index in rest if index not in results][: self.jobs + 1]
            else:
                return [results[index] for index in range(len(calls))]

    def stream(
        self,
        function: Callable[[C], T],
        calls: Iterator[C],
        *,
        split: Callable[[C], list[C]],
        lost: Callable[[C], T],
    ) -> Iterator[T]:
        """Yield the results of calls in their order, as soon as each and those before it are done.

        The calls are taken from their iterator by a thread, a few for each worker ahead, so that one that waits
        keeps no result back. A call that ends its worker is `split`, and what of it does so twice is `lost`.
        """
        room = threading.Semaphore(AHEAD * self.jobs)
        line: SimpleQueue[tuple[C, _Given[T] | None] | BaseException | None] = SimpleQueue()
        threading.Thread(target=self._feed, args=(function, calls, room, line), daemon=True).start()
        while (waiting := line.get()) is not None:
            if isinstance(waiting, BaseException):
                raise waiting
            call, future = waiting
            try:
                yield function(call) if future is None else _outcome(*future)
            except BrokenExecutor:
                yield from _apart(self._method, function, call, split, lost)
            room.release()

    def _feed(
        self,
        function: Callable[[C], T],
        calls: Iterator[C],
        room: threading.Semaphore,
        line: SimpleQueue[tuple[C, _Given[T] | None] | BaseException | None],
    ) -> None:
        """Let workers make calls, as many as there is room for; put each in line with its result to be."""
        try:
            for call in calls:
                room.acquire()
                pool = self._workers()
                try:
                    future = _submit(pool, function, call) if pool else None
                except BrokenExecutor:
                    self._end(at_once=True)
                    pool = self._workers()
                    future = _submit(pool, function, call) if pool else None
                line.put((call, (pool, future) if pool and future else None))
        except BaseException as error:  # whatever it is, the one who waits is told
            line.put(error)
        line.put(None)

    def _together(
        self,
        pool: ProcessPoolExecutor | None,
        function: Callable[..., T],
        calls: Mapping[int, tuple[Any, ...]],
        results: dict[int, T],
        done: Callable[[int, T], None],
    ) -> None:
        """Run calls at once, or one after the other where there is no pool, and add their results by their index."""
        if pool is None:
            for index, call in calls.items():
                results[index] = function(*call)
                done(index, results[index])
            return
        futures = {_submit(pool, function, *call): index for index, call in calls.items()}
        for future in _as_completed(pool, futures):
            results[futures[future]] = future.result()
            done(futures[future], future.result())

    def _alone(
        self, function: Callable[..., T], call: tuple[Any, ...], killed: Callable[[], tuple[Any, ...] | None]
    ) -> T:
        """Run one call in a worker while nothing else runs in any; again, as often as `killed` says how."""
        again: tuple[Any, ...] | None = call
        while again is not None:
            pool = self._workers()
            try:
                return function(*again) if pool is None else _outcome(pool, _submit(pool, function, *again))
            except BrokenExecutor:
                self._end(at_once=True)
                again = killed()
        message = (
            "a worker process was killed (out of memory?): nothing is lost, --resume continues, "
            "fewer --jobs need less memory"
        )
        raise InterruptedRunError(message)

    def _workers(self) -> ProcessPoolExecutor | None:
        """Return the pool, started at first use; it starts a worker when a task waits for one.

        None where there can be none: without shared memory there are no locks between processes. A small run has
        no need of them, and does not import what makes them.
        """
        if self._pool is None:
            try:
                import multiprocessing
                from concurrent.futures import ProcessPoolExecutor

                context = multiprocessing.get_context(self._method or server.method())
                self._pool = ProcessPoolExecutor(
                    self.jobs, mp_context=context, initializer=_prepare, initargs=(server.ROOT,)
                )
            except (OSError, ImportError, NotImplementedError):
                return None
        return self._pool

    def _end(self, *, at_once: bool) -> None:
        """End the workers: when they are done, or in the middle of what they do.

        They are done at once, having no call. One that is killed then may hold the lock of the queue that tells the
        others to end, and nobody looks for the killed any more: who does not end after a while is killed too.
        """
        pool, self._pool = self._pool, None
        if pool is None:
            return
        workers = list((getattr(pool, "_processes", None) or {}).values())
        manager = getattr(pool, "_executor_manager_thread", None)
        pool.shutdown(wait=False, cancel_futures=True)
        if manager is not None and not at_once:
            manager.join(PATIENCE)
            if not manager.is_alive():
                return
        for worker in workers:
            with suppress(OSError, ValueError):  # it has ended meanwhile
                worker.kill()


def _submit(pool: ProcessPoolExecutor, function: Callable[..., T], *arguments: Any) -> Future[T]:
    """Let a pool make a call; one whose workers cannot be forked as their server has ended is broken."""
    try:
        return pool.submit(_made, function, *arguments)
    except (EOFError, ConnectionError) as error:
        server.leave()
        message = "the server that workers are forked from has ended"
        raise BrokenExecutor(message) from error


def _made(function: Callable[..., T], *arguments: Any) -> T:
    """Make a call in a worker, which keeps no memory that the next one may not need."""
    try:
        return function(*arguments)
    finally:
        trim_if_large()


def _apart(
    method: str,
    function: Callable[[C], T],
    call: C,
    split: Callable[[C], list[C]],
    lost: Callable[[C], T],
) -> Iterator[T]:
    """Yield the results of the parts of a call, each made in a worker that does nothing else."""
    for part in split(call):
        with LocalEngine(1, method=method) as engine:
            try:
                yield engine._alone(function, (part,), _Twice([(part,)]).first)
            except InterruptedRunError:
                yield lost(part)


def _as_completed(pool: ProcessPoolExecutor, futures: Iterable[Future[T]]) -> Iterator[Future[T]]:
    """Yield futures as they are done; MemoryError when nobody is left who would tell.

    The thread that manages the pool ends without a word when it finds no room for what it starts.
    """
    line: SimpleQueue[Future[T]] = SimpleQueue()
    left = 0
    for future in futures:
        future.add_done_callback(line.put)
        left += 1
    while left:
        try:
            yield line.get(timeout=LOOK)
            left -= 1
        except Empty:
            manager = getattr(pool, "_executor_manager_thread", None)
            if manager is not None and not manager.is_alive() and line.empty():
                raise MemoryError from None


def _outcome(pool: ProcessPoolExecutor, future: Future[T]) -> T:
    """Wait for a future and return its result."""
    return next(_as_completed(pool, [future])).result()


class _Twice:
    """Lets each call be made again once."""

    def __init__(self, calls: Sequence[tuple[Any, ...]]) -> None:
        self._calls, self._again = calls, set[int]()

    def __call__(self, index: int) -> tuple[Any, ...] | None:
        if index in self._again:
            return None
        self._again.add(index)
        return self._calls[index]

    def first(self) -> tuple[Any, ...] | None:
        """Let the only call be made again once."""
        return self(0)


def _prepare(folder: str) -> None:
    """Leave Ctrl-C and messages to the main process, which ends the workers; save time and memory.

    An error in a call is a result. What multiprocessing itself prints, when a worker cannot even take a call, would
    be a traceback beside the message of the main process.
    """
    server.settle_on(folder)
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the worker is
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_follow, daemon=True).start()
    collect_rarely()
    one_heap()


def _follow() -> None:
    """End this worker when the main process has ended, which cannot tell it when it was killed."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """Take a task's place, so that a worker starts."""
