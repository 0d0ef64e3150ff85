"""The Spark engine: the same functions as tasks of a Spark cluster, or of Spark on this machine.

Functions are sent by name and their arguments as JSON (`values`), so a task needs this package, the
folders of input and output at the same paths, and nothing else from the driver. Tasks may be tried
again, or run twice at once: what they write is committed by a rename (`cleaner.engines.staging`).
`exchange` is what the local engine has no need of: a shuffle, by which what the tasks know of the corpus
meets without passing through one machine.

pyspark is imported when the engine is entered, and not before.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from cleaner.engines import Hop, cores
from cleaner.engines.lazy import regex
from cleaner.engines.spark.java import java_home
from cleaner.engines.spark.tasks import Called, Receiving, Relaying, Sending
from cleaner.engines.spark.values import answer, dumps, name_of
from cleaner.errors import InterruptedRunError, UsageError

T = TypeVar("T")

POLL: Final = 0.2
"""Seconds between two looks at how far a job is."""
DEFAULTS: Final = {
    "spark.app.name": "clean",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.python.worker.reuse": "true",  # kernels and rules stay loaded
}
"""What is set unless the user has set it (`spark-submit --conf`, `spark-defaults.conf`)."""
LOCAL: Final = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
"""The same for Spark on this machine alone: nobody else may connect."""


class SparkEngine:
    """Runs calls as tasks of Spark; a context manager.

    `master` is the URL of a cluster; without one that of `spark-submit` is used, or this machine with
    `jobs` cores. `remark` states what the work runs on, once the engine is entered.
    """

    def __init__(self, jobs: int | None = None, master: str | None = None) -> None:
        self.jobs = jobs or cores()
        self._master = master
        self._context: Any = None
        self._own = True
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._number = 0
        self.remark = ""

    def __enter__(self) -> Self:
        if not find_spec("pyspark"):
            message = "the engine spark needs pyspark: pip install 'cleaner[spark]'"
            raise UsageError(message)
        self._folder = tempfile.TemporaryDirectory(prefix="clean-spark-")
        try:
            self._start(Path(self._folder.name))
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._context is not None and self._own:
            with suppress(Exception):  # a driver that has died has nothing left to stop
                self._context.stop()
        self._context = None
        if self._folder is not None:
            self._folder.cleanup()

    def start(self) -> None:
        """Start nothing more: Spark starts its workers itself."""

    def map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        done: Callable[[int], None] = lambda index: None,
    ) -> list[T]:
        """Run all calls, a task for each, and return their results in order."""
        if not calls:
            return []
        called = Called(name_of(function), str(Path.cwd()))
        tasks = self._context.parallelize([dumps(call) for call in calls], len(calls)).map(called)
        return [answer(text) for text in self._collected(tasks, len(calls), done)]

    def guarded_map(
        self,
        function: Callable[..., T],
        calls: Sequence[tuple[Any, ...]],
        *,
        killed: Callable[[int], tuple[Any, ...] | None],
        apart: Collection[int] = (),
        done: Callable[[int, T], None] = lambda index, result: None,
    ) -> list[T]:
        """Run all calls; `killed` says what becomes of one that ends its worker whenever it is tried.

        Spark tries a task again elsewhere, and ends the job when it fails too often, naming it. That call is made
        alone then, and the job begins anew: what was done finds its files, and is not done again. Calls in
        `apart` need no more than that.
        """
        del apart
        now: dict[int, tuple[Any, ...]] = dict(enumerate(calls))
        alone: dict[int, T] = {}
        told = set[int]()

        def tell(index: int, result: Any = None) -> None:
            if index not in told:
                told.add(index)
                done(index, result)

        while True:
            rest = [index for index in now if index not in alone]
            try:
                found = self.map(function, [now[index] for index in rest], done=_renamed(tell, rest))
            except _KilledError as error:
                index = rest[error.task]
                alone[index] = self._alone(function, now[index], partial(killed, index))
                tell(index, alone[index])
                continue
            results = dict(zip(rest, found, strict=True)) | alone
            return [results[index] for index in now]

    def _alone(
        self, function: Callable[..., T], call: tuple[Any, ...], killed: Callable[[], tuple[Any, ...] | None]
    ) -> T:
        """Make one call as a job of its own; again, as often as `killed` says how."""
        again: tuple[Any, ...] | None = call
        while again is not None:
            try:
                return self.map(function, [again])[0]
            except _KilledError:
                again = killed()
        message = (
            "a worker process of Spark was killed again and again (out of memory?): nothing is lost, "
            "--resume continues"
        )
        raise InterruptedRunError(message)

    def exchange(
        self,
        calls: Sequence[tuple[Any, ...]],
        hops: Sequence[Hop],
        *,
        done: Callable[[int], None] = lambda index: None,
    ) -> list[Any]:
        """Send what the calls of the first hop yield through all others; return the answers of the last, in order."""
        folder = str(Path.cwd())
        first, *others = hops
        numbered = [(number, dumps(call)) for number, call in enumerate(calls)]
        data = self._context.parallelize(numbered, max(1, len(numbered)))
        data = data.flatMap(Sending(name_of(first.function), folder))
        for hop in others:
            kind: Any = Receiving if hop is others[-1] else Relaying
            step = kind(name_of(hop.function), folder, dumps(tuple(hop.arguments)))
            data = data.partitionBy(hop.parts, _same).mapPartitionsWithIndex(step)
        return [answer(text) for text in self._collected(data, len(calls), done)]

    def _start(self, folder: Path) -> None:
        """Start Spark, or take the one that runs in this process already."""
        from pyspark import SparkConf, SparkContext

        running = SparkContext._active_spark_context
        if running is not None:
            self._context, self._own = running, False
            self.jobs = max(1, running.defaultParallelism)
            self.remark = f"Spark {running.version} at {running.master}"
            return
        submitted = "PYSPARK_GATEWAY_PORT" in os.environ
        java = "" if submitted else _java(folder)
        conf = SparkConf()
        given = self._master or conf.get("spark.master", None)
        master = given or f"local[{self.jobs}]"
        local = master.startswith("local")
        for name, value in {**DEFAULTS, **(LOCAL if local else {})}.items():
            conf.setIfMissing(name, value)
        if "PYSPARK_PYTHON" not in os.environ and not conf.contains("spark.pyspark.python"):
            os.environ["PYSPARK_PYTHON"] = sys.executable
        try:
            self._context = SparkContext(master=master, conf=conf)
        except Exception as error:
            message = f"Spark does not start at {master}: {_last_words(error)}"
            raise UsageError(message) from None
        self._context.setLogLevel(conf.get("spark.log.level"))
        self.jobs = max(1, self._context.defaultParallelism)
        self.remark = ", ".join(filter(None, (f"Spark {self._context.version} at {master}", java)))

    def _collected(self, data: Any, total: int, done: Callable[[int], None]) -> list[str]:
        """Run a job and return what its tasks answered; meanwhile its progress is looked at."""
        self._number += 1
        group = f"clean-{self._number}"
        found: list[list[str]] = []
        failed: list[BaseException] = []

        def work() -> None:
            try:
                self._context.setJobGroup(group, group, interruptOnCancel=True)
                found.append(data.collect())
            except BaseException as error:
                failed.append(error)

        thread = _thread(work)
        thread.start()
        try:
            self._watch(thread, group, total, done)
        except BaseException:
            with suppress(Exception):
                self._context.cancelJobGroup(group)
            raise
        if failed:
            message = f"a task of Spark failed for good: {_last_words(failed[0])}; nothing is lost, --resume continues"
            task = _killed_task(str(failed[0]))
            raise InterruptedRunError(message) if task is None else _KilledError(message, task) from None
        return found[0]

    def _watch(self, thread: threading.Thread, group: str, total: int, done: Callable[[int], None]) -> None:
        """Report tasks as they finish, until the job is done."""
        reported = 0
        while thread.is_alive():
            thread.join(POLL)
            for _ in range(reported, min(total, self._finished(group))):
                done(reported)
                reported += 1
        for index in range(reported, total):
            done(index)

    def _finished(self, group: str) -> int:
        """Count the finished tasks of a job by Spark's own account; 0 when it has none."""
        count = 0
        with suppress(Exception):
            tracker = self._context.statusTracker()
            for number in tracker.getJobIdsForGroup(group):
                job = tracker.getJobInfo(number)
                for stage in job.stageIds if job else ():
                    info = tracker.getStageInfo(stage)
                    count += info.numCompletedTasks if info else 0
        return count


def _renamed(done: Callable[[int], None], names: Sequence[int]) -> Callable[[int], None]:
    """Return what tells of calls by the names that they have elsewhere."""
    return lambda number: done(names[number])


class _KilledError(InterruptedRunError):
    """A job that failed as the worker of one of its tasks ended whenever that was tried."""

    def __init__(self, message: str, task: int) -> None:
        super().__init__(message)
        self.task = task


def _killed_task(told: str) -> int | None:
    """Return the number of the task whose worker ended, from the message of a job that failed; None for others.

    >>> _killed_task("Task 3 in stage 1.0 failed 4 times … Python worker exited unexpectedly (crashed)")
    3
    >>> _killed_task("Task 3 in stage 1.0 failed 4 times … ValueError: a bug")
    """
    found = _FAILED.search(told)
    return int(found[1]) if found and any(words in told for words in _ENDED) else None


_FAILED: Final = regex(r"Task (\d+) in stage [\d.]+ failed \d+ times")
_ENDED: Final = ("Python worker exited unexpectedly", "ExecutorLostFailure", "EOFException")
"""What Spark says when the process that ran a task is gone."""


def _thread(work: Callable[[], None]) -> threading.Thread:
    """Return a thread whose properties of jobs are its own."""
    from pyspark import InheritableThread

    thread: threading.Thread = InheritableThread(target=work)
    thread.daemon = True
    return thread


def _java(folder: Path) -> str:
    """Let Spark find a Java; return a word about it."""
    home, remark = java_home(folder)
    os.environ["JAVA_HOME"] = str(home)
    return remark


def _same(part: int) -> int:
    """Return the number of a part: parts are numbered by who sends to them."""
    return part


def _last_words(error: BaseException) -> str:
    """Return the line of an error of Java and Python that says what was wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if "Error: " in line or "Exception: " in line]
    chosen = next((line for line in reversed(told) if not line.startswith(("at ", "Caused by"))), None)
    return (chosen or (lines[0] if lines else type(error).__name__))[:300]
