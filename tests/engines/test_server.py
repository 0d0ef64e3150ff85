"""The server that workers are forked from: what it has loaded, and workers all the same where there is none."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from cleaner.engines import server
from cleaner.engines.local import LocalEngine

SERVER: Any = getattr(forkserver, "_forkserver")  # noqa: B009 - not in the types of the standard library
needs_forks = pytest.mark.skipif(
    server.FORKING not in multiprocessing.get_all_start_methods(), reason="no server of forks on this system"
)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Begin and end without a server."""
    for name in ("started", "asked"):
        monkeypatch.setattr(server._STATE, name, False)
    SERVER._stop()
    yield
    SERVER._stop()


def has_loaded(name: str) -> tuple[bool, int]:
    return name in sys.modules, os.getppid()


def kept(folder: str) -> bool:
    server.settle_on(folder)
    return "cleaner.engines.server" in sys.modules


def test_without_a_server_workers_are_spawned(stopped: None) -> None:
    assert server.method() == "spawn"


@needs_forks
def test_workers_begin_with_what_the_server_has_loaded(stopped: None) -> None:
    server.preload(["this_is_no_module", "sched"])
    assert server.method() == server.FORKING
    with LocalEngine(2) as engine:
        engine.start()
        found = engine.map(has_loaded, [("sched",)] * 2)
    assert [loaded for loaded, _ in found] == [True, True]
    assert os.getpid() not in {parent for _, parent in found}


@needs_forks
def test_the_server_loads_what_is_loaded_here(stopped: None) -> None:
    import cleaner.lines  # noqa: F401 - no engine needs it

    server.preload([])
    with LocalEngine(2) as engine:
        engine.start()
        assert {loaded for loaded, _ in engine.map(has_loaded, [("cleaner.lines",)] * 2)} == {True}


@needs_forks
def test_a_server_that_no_worker_was_asked_of_is_not_waited_for(
    stopped: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "takes_long.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    server.preload(["takes_long"])
    start = time.monotonic()
    server.end()
    assert time.monotonic() - start < 30
    assert server.method() == "spawn"


@needs_forks
def test_a_server_that_was_killed_is_started_again(stopped: None) -> None:
    server.preload([])
    os.kill(SERVER._forkserver_pid, 9)
    with LocalEngine(2) as engine:
        engine.start()
        assert engine.map(abs, [(-1,), (-2,)]) == [1, 2]


def busy(seconds: float) -> float:
    begun = time.process_time()
    while time.process_time() < begun + seconds:
        pass
    return seconds


@needs_forks
def test_time_of_workers_is_time_of_the_process_that_had_them(stopped: None) -> None:
    import resource

    def taken() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime  # to ask for the time takes time of the system

    before = taken()
    server.preload([])
    with LocalEngine(2) as engine:
        engine.start()
        engine.map(busy, [(0.3,), (0.3,)])
    server.end()
    assert taken() - before > 0.5
    assert server.method() == "spawn"


@pytest.mark.parametrize(("folder", "stays"), [(server.ROOT, True), ("/another/copy/cleaner", False)])
def test_another_copy_of_the_package_is_forgotten(
    folder: str, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    assert kept(folder) is stays


def test_a_system_without_such_a_server_spawns(stopped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    server.preload(["this"])
    assert (server.method(), Path(server.ROOT).name) == ("spawn", "cleaner")
