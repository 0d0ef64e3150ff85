"""What a machine refuses: space, memory, shared memory, a home, a locale, a reader of what is printed."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cleaner.cli import is_out_of_memory
from cleaner.engines.local import LocalEngine
from cleaner.engines.registry import ENGINES
from tests.conftest import PROJECT, Result
from tests.faults.corpus import LONG, is_proven, is_restored, small
from tests.support.corpora import trail, tree, write

Clean = Callable[..., Result]
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
often = pytest.mark.skipif(not NIGHTLY, reason="starts many processes: HYPOTHESIS_PROFILE=nightly")


def clean_in_shell(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `clean ARGUMENTS` in a process of its own."""
    command = [sys.executable, "-m", "cleaner", *map(str, arguments)]
    options = {"capture_output": True} | options if "stdout" not in options else options
    return subprocess.run(command, text=True, check=False, cwd=PROJECT, **options)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("environment") / "in")


@pytest.fixture
def whole(source: Path, tmp_path: Path, clean: Clean) -> dict[str, bytes]:
    assert clean("run", source, tmp_path / "whole", "-q", "-j", "1").code == 3
    return tree(tmp_path / "whole")


# ---------------------------------------------------------------- space and memory


def test_no_file_may_be_that_large(
    source: Path, tmp_path: Path, whole: dict[str, bytes], clean: Clean
) -> None:
    """Let a file have 3,000 bytes (RLIMIT_FSIZE), as a disk that is full would; then continue."""
    out = tmp_path / "out"
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (3_000, 3_000))
    untraced = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    result = clean_in_shell("run", source, out, "-q", "-j", "1", preexec_fn=limit, env=untraced)
    assert result.returncode == 5, result
    assert result.stderr.count("\n") == 1 and "File too large: raise the limit" in result.stderr
    assert not (out / "_clean/run.json").exists()
    assert clean("run", source, out, "-q", "-j", "1", *(["--resume"] if out.exists() else [])).code == 3
    assert tree(out) == whole


def test_no_memory(
    source: Path, tmp_path: Path, whole: dict[str, bytes], clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(*arguments: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("cleaner.run.publishing.finish.publish", hungry)
        result = clean("run", source, tmp_path / "out", "-q", "-j", "1")
    assert (result.code, result.err.count("\n")) == (5, 1)
    assert "out of memory: fewer --jobs" in result.err
    assert clean("run", source, tmp_path / "out", "-q", "-j", "1", "--resume").code == 3
    assert tree(tmp_path / "out") == whole


@pytest.mark.parametrize(
    ("megabytes", "jobs"),
    [(200, 2), *(pytest.param(size, jobs, marks=often) for size in range(160, 400, 20) for jobs in (1, 2))],
)
def test_little_address_space(
    megabytes: int, jobs: int, source: Path, tmp_path: Path, whole: dict[str, bytes], clean: Clean
) -> None:
    """Let processes have little memory (`ulimit -v`): one line says so, or all is done; then continue."""
    out = tmp_path / "out"
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    result = clean_in_shell(
        *("run", source, out, "-q", "-j", jobs),
        preexec_fn=limit,
        timeout=300,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    assert result.returncode in (3, 5, 130), result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == (result.returncode != 3)
    if result.returncode != 3:
        assert "memory" in result.stderr
        assert not (out / "_clean/run.json").exists()
        assert clean("run", source, out, "-q", "-j", "1", *(["--resume"] if out.exists() else [])).code == 3
    if any("memory" in line["reason"] for line in trail(out, "quarantine")):  # it was not enough for a file
        assert is_restored(out, source, tmp_path / "back") == []
    else:
        assert tree(out) == whole


def test_an_error_that_stands_for_no_memory(
    source: Path, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise ImportError("numpy.so: failed to map segment from shared object" if room else "a bug")

    monkeypatch.setattr("cleaner.run.publishing.finish.publish", broken)
    room = False
    with pytest.raises(ImportError, match="a bug"):
        clean("run", source, tmp_path / "one", "-q", "-j", "1")
    room = True
    result = clean("run", source, tmp_path / "two", "-q", "-j", "1")
    assert (result.code, result.err.count("\n")) == (5, 1)


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (LookupError("unknown encoding: nosuch"), False),
        (KeyError("gb18030"), False),
        (RuntimeError("a thread"), False),
        (LookupError("unknown encoding: gb18030"), True),
        (RuntimeError("can't start new thread"), True),
    ],
)
def test_what_stands_for_no_memory(error: Exception, found: bool) -> None:
    assert is_out_of_memory(error) is found


def test_workers_that_nobody_manages_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """End the thread that hands out work, as it ends when it finds no memory: the call does not wait for ever."""
    monkeypatch.setattr("cleaner.engines.local.LOOK", 0.05)
    monkeypatch.setattr("concurrent.futures.process._ExecutorManagerThread.run", lambda thread: None)
    with pytest.raises(MemoryError), LocalEngine(2) as engine:
        engine.map(abs, [(-1,), (2,)])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "command", ["check", *(pytest.param(name, marks=often) for name in ("diff", "why", "verify"))]
)
def test_standard_output_is_full(command: str, source: Path, tmp_path: Path, clean: Clean) -> None:
    arguments: list[object] = [source]
    if command in ("why", "verify"):
        assert clean("run", source, tmp_path / "out", "-q", "-j", "1").code == 3
        arguments = [tmp_path / "out", "a.txt"][: 1 + (command == "why")]
    with Path("/dev/full").open("w") as full:
        result = clean_in_shell(command, *arguments, stdout=full, stderr=subprocess.PIPE)
    assert (result.returncode, result.stderr.count("\n")) == (5, 1)
    assert result.stderr.startswith("clean: standard output: No space left on device")


@pytest.mark.parametrize("name", [pytest.param("check", marks=often), "filter"])
def test_standard_output_is_closed_by_its_reader(name: str, tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"id": k, "text": f"{LONG} {k}"}).encode() + b"\n" for k in range(2000))
    source = write(tmp_path / "in", {"a.jsonl": lines + b"broken\n" * 5000})
    words = ["check", str(source)] if name == "check" else ["run", "-", "-", "-j", "1", "--steps", "encoding"]
    command = [sys.executable, "-m", "cleaner", *words]
    with (
        (source / "a.jsonl").open("rb") as stdin,
        subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT
        ) as process,
    ):
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait() == 5


@often
def test_standard_output_is_not_there(source: Path, tmp_path: Path) -> None:
    result = clean_in_shell(
        "check", source, preexec_fn=partial(os.close, 1), stdout=None, stderr=subprocess.PIPE
    )
    assert (result.returncode, result.stderr.count("\n")) == (5, 1)
    assert result.stderr.startswith("clean: standard output: ")


# ---------------------------------------------------------------- processes


@pytest.mark.parametrize("method", [pytest.param("fork", marks=often), "forkserver"])
def test_any_way_to_start_workers_gives_the_same_bytes(
    method: str,
    source: Path,
    tmp_path: Path,
    whole: dict[str, bytes],
    clean: Clean,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ENGINES, "local", partial(LocalEngine, method=method))
    monkeypatch.setattr("cleaner.run.units.LEAST", 2_000)
    with pytest.warns() if sys.version_info >= (3, 12) and method == "fork" else monkeypatch.context():
        assert clean("run", source, tmp_path / "two", "-q", "-j", "2").code == 3
    assert clean("run", source, tmp_path / "one", "-q", "-j", "1").code == 3
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    assert tree(tmp_path / "two", audit=False) == {
        name: data for name, data in whole.items() if not name.startswith("_clean/")
    }


def test_without_shared_memory_one_process_does_all(
    source: Path, tmp_path: Path, whole: dict[str, bytes], clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refuse)
    assert clean("run", source, tmp_path / "out", "-q", "-j", "2").code == 3
    assert tree(tmp_path / "out") == whole
    with LocalEngine(2) as engine:
        engine.start()
        assert engine.map(abs, [(-1,), (2,)]) == [1, 2]
        made = engine.stream(abs, iter([-3, 4]), split=lambda call: [call], lost=lambda call: 0)
        assert list(made) == [3, 4]


def test_an_error_in_tidying_up_after_an_interruption_is_the_interruption(
    source: Path, tmp_path: Path, whole: dict[str, bytes], clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object) -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise OSError(39, "Directory not empty", "x")

    with monkeypatch.context() as patch:
        patch.setattr("cleaner.run.publishing.finish.publish", interrupted)
        result = clean("run", source, tmp_path / "out", "-q", "-j", "1")
    assert (result.code, result.err) == (130, "interrupted; `clean run ... --resume` continues\n")
    assert clean("run", source, tmp_path / "out", "-q", "-j", "1", "--resume").code == 3
    assert tree(tmp_path / "out") == whole


@pytest.mark.parametrize("late", [False, True])
def test_an_interruption_before_and_after_the_command(
    late: bool, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def threads() -> Iterator[None]:
        try:
            if late:
                yield
        finally:
            raise KeyboardInterrupt

    monkeypatch.setattr("cleaner.cli._threads", threads)
    result = clean("check", write(tmp_path / "in", {"a.txt": LONG}))
    assert (result.code, result.err) == (130, "interrupted; `clean run ... --resume` continues\n")


# ---------------------------------------------------------------- the user's surroundings


def test_an_old_locale_and_a_home_that_cannot_be_written(
    source: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    """Print in LANG=C, with Latin-1 as its encoding, where neither home nor cache can be made."""
    home = write(tmp_path, {"home": b"a file where the folder would be"}) / "home"
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONIOENCODING": "latin-1",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    out = tmp_path / "out"
    result = clean_in_shell("run", source, out, "-j", "1", env=surroundings)
    assert result.returncode == 3, result.stderr
    assert tree(out) == whole
    assert is_proven(out)
    assert "flags" in result.stdout


@often
def test_findings_in_an_old_encoding(source: Path) -> None:
    surroundings = os.environ | {"PYTHONIOENCODING": "latin-1"}
    result = clean_in_shell("check", source, env=surroundings, encoding="latin-1")
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert "\\u201c" in result.stdout


def test_a_clock_that_goes_backwards(
    source: Path, tmp_path: Path, whole: dict[str, bytes], clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    ticks = iter(range(10**9, 0, -1))
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    assert clean("run", source, tmp_path / "out", "-q", "-j", "1").code == 3
    assert tree(tmp_path / "out") == whole


@often
@pytest.mark.skipif(not shutil.which("setpriv"), reason="takes rights from root by setpriv")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    """Take from root the rights that other users do not have."""
    source = write(tmp_path / "in", {"a.txt": LONG, "b.txt": "shut", "shut/c.txt": "shut"})
    for name in ("b.txt", "shut"):
        (source / name).chmod(0)
    rights = "-dac_override,-dac_read_search"
    command = ["setpriv", "--bounding-set", rights, "--inh-caps", rights, sys.executable, "-m", "cleaner"]
    words = [*command, "run", str(source), str(tmp_path / "out"), "-q", "-j", "1"]
    result = subprocess.run(words, cwd=PROJECT, check=False, capture_output=True, text=True)
    (source / "shut").chmod(0o755)
    assert (result.returncode, result.stderr) == (3, "")
    assert [line["path"] for line in trail(tmp_path / "out", "quarantine")] == ["b.txt", "shut/"]
    assert is_proven(tmp_path / "out")
