"""The output of a run: locked while it is written, whole or not there, and cleared without ever looking whole."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cleaner.errors import UsageError
from cleaner.run.guard.lock import locked
from tests.conftest import Result
from tests.support.corpora import PIECES, tree, write

Clean = Callable[..., Result]
LONG = PIECES[0]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "in", {"a.txt": f"{LONG}\n\nAdvertisement\n", "b/c.txt": LONG})


# ---------------------------------------------------------------- the lock


@contextmanager
def holder(out: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Hold the lock on an output in another process."""
    code = (
        "import sys; from pathlib import Path; from cleaner.run.guard.lock import locked\n"
        "with locked(Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def test_a_second_run_is_told_who_writes(source: Path, tmp_path: Path, clean: Clean) -> None:
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 0
    before = tree(out)
    with holder(out) as process:
        for option in ("--overwrite", "--resume"):
            result = clean("run", source, out, "-q", option)
            assert result.code == 2
            assert (
                f"another run is writing to {out} (process {process.pid} on {socket.gethostname()}"
                in result.err
            )
        assert tree(out) | {"_clean/lock": b""} == before | {"_clean/lock": b""}
        assert clean("verify", out, "-q").code == 0, "reading needs no lock"
        process.kill()
        process.wait()
        assert (out / "_clean/lock").exists(), "a killed process leaves its lock, which is free"
        assert clean("run", source, out, "-q", "--overwrite").code == 0
    assert tree(out) == before


def test_a_lock_of_another_machine_is_believed(source: Path, tmp_path: Path, clean: Clean) -> None:
    out = tmp_path / "out"
    lock = {"pid": 7, "host": "elsewhere", "since": "yesterday"}
    write(out / "_clean", {"lock": json.dumps(lock)})
    result = clean("run", source, out, "-q")
    assert (result.code, "process 7 on elsewhere, since yesterday" in result.err) == (2, True)
    assert f"remove {out / '_clean/lock'}" in result.err
    (out / "_clean/lock").write_text(json.dumps(lock | {"host": socket.gethostname()}))
    assert clean("run", source, out, "-q").code == 0
    assert not (out / "_clean/lock").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_lock_that_says_nothing_is_stale(content: str, tmp_path: Path) -> None:
    write(tmp_path / "_clean", {"lock": content})
    with locked(tmp_path):
        assert json.loads((tmp_path / "_clean/lock").read_bytes())["pid"] == os.getpid()
        with pytest.raises(UsageError, match="another run is writing"), locked(tmp_path):
            pass
        assert (tmp_path / "_clean/lock").exists()


def test_a_run_that_is_refused_leaves_no_folder(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.html": "<p>a", "b.txt": LONG})
    write(tmp_path / "out", {"mine.txt": "mine"})
    assert clean("run", source, tmp_path / "out").code == 2
    assert tree(tmp_path / "out") == {"mine.txt": b"mine"}
    assert not (tmp_path / "out/_clean").exists()


# ---------------------------------------------------------------- after run.json


def test_interrupted_while_tidying_up(
    source: Path, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr("cleaner.run.publishing.finish.tidy", interrupt)
        assert clean("run", source, out, "-q").code == 130
    assert (out / "_clean/run.json").exists() and (out / "_clean/work").exists()
    assert clean("run", source, out, "-q", "--resume").code == 0
    assert not (out / "_clean/work").exists()
    assert clean("verify", out, "-q").code == 0
    assert clean("run", source, out, "--resume") == Result(0, f"{out} is ready: that run was finished\n", "")
    write(source, {"d.txt": LONG})
    refused = clean("run", source, out, "-q", "--resume")
    assert (refused.code, "holds a finished run" in refused.err) == (2, True)


def test_a_resumed_run_that_was_done_tells_of_quarantine(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.jsonl": "broken\n"})
    assert clean("run", source, tmp_path / "out", "-q").code == 3
    assert clean("run", source, tmp_path / "out", "-q", "--resume").code == 3


def interrupt(*args: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", range(1, 8))
def test_interrupted_while_an_earlier_run_is_removed(
    step: int, source: Path, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 0
    before = tree(out)
    left = step
    real = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise KeyboardInterrupt
        real(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        clean("run", source, out, "-q", "--overwrite")
    assert not (out / "_clean/run.json").exists() or tree(out) == before
    refused = clean("run", source, out, "-q")
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert clean("run", source, out, "-q", "--overwrite").code == 0
    assert tree(out) == before


def test_a_run_that_names_files_outside_is_not_obeyed(source: Path, tmp_path: Path, clean: Clean) -> None:
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 0
    write(tmp_path, {"precious.txt": "keep me"})
    path = out / "_clean/run.json"
    run = json.loads(path.read_bytes())
    run["outputs"] += [{"path": "../precious.txt"}, {"path": str(tmp_path / "precious.txt")}]
    path.write_text(json.dumps(run))
    assert clean("run", source, out, "-q", "--overwrite").code == 0
    assert (tmp_path / "precious.txt").read_text() == "keep me"
    path.write_text("{")
    refused = clean("run", source, out, "-q", "--overwrite")
    assert (refused.code, "is damaged" in refused.err) == (2, True)


def test_a_link_to_nothing_is_no_output(source: Path, tmp_path: Path, clean: Clean) -> None:
    (tmp_path / "out").symlink_to("nowhere")
    refused = clean("run", source, tmp_path / "out")
    assert (refused.code, "is a link to nothing" in refused.err) == (2, True)
    assert not (tmp_path / "nowhere").exists()
