"""The local engine: order, errors, and workers that are killed."""

from __future__ import annotations

import os
import signal
import time

import pytest

from cleaner.engines.local import LocalEngine
from cleaner.errors import InterruptedRunError, UsageError


def square(number: int) -> int:
    """Return the square; the later a call, the sooner it is done."""
    time.sleep(0.02 * (3 - number))
    return number * number


def refuse(number: int) -> int:
    message = f"no {number}"
    raise UsageError(message)


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order_and_every_call_is_counted(jobs: int) -> None:
    done: list[int] = []
    with LocalEngine(jobs) as engine:
        assert engine.map(square, [(k,) for k in range(4)], done=done.append) == [0, 1, 4, 9]
        assert engine.map(square, []) == []
    assert sorted(done) == [0, 1, 2, 3]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_call_is_raised(jobs: int) -> None:
    with LocalEngine(jobs) as engine, pytest.raises(UsageError, match=r"no 0|no 1"):
        engine.map(refuse, [(0,), (1,)])


def test_a_killed_worker_ends_the_run_with_a_clear_error() -> None:
    with LocalEngine(2) as engine:
        for _ in range(2):  # the stage in which it dies, and any stage after it
            with pytest.raises(InterruptedRunError, match="--resume continues"):
                engine.map(die, [(k,) for k in range(4)])


def process(_: int) -> int:
    return os.getpid()


def test_one_call_stays_here_until_there_are_workers() -> None:
    with LocalEngine(2) as engine:
        assert engine.map(process, [(0,)]) == [os.getpid()]
        engine.start()
        assert engine.map(process, [(0,)]) != [os.getpid()]
    with LocalEngine(1) as engine:
        engine.start()
        assert engine.map(process, [(0,), (1,)]) == [os.getpid()] * 2


def test_a_worker_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop a worker when all is done, as one that waits for the lock of a killed one: the run ends nevertheless."""
    monkeypatch.setattr("cleaner.engines.local.PATIENCE", 0.2)
    with LocalEngine(2) as engine:
        assert engine.map(abs, [(-1,), (2,), (-3,)]) == [1, 2, 3]
        assert engine._pool is not None
        stopped = next(iter(engine._pool._processes.values()))
        os.kill(stopped.pid or 0, signal.SIGSTOP)
    with pytest.raises(ProcessLookupError):  # its exit status is for the thread of the pool alone to read
        for _ in range(100):
            os.kill(stopped.pid or 0, 0)
            time.sleep(0.1)
