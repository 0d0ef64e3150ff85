"""On a terminal: a progress bar that goes away, and a cursor that comes back however a run ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.cli import progress
from tests.conftest import PROJECT, Result
from tests.support.corpora import PIECES, write

HIDE, SHOW = b"\x1b[?25l", b"\x1b[?25h"


def on_a_terminal(*arguments: object) -> tuple[int, bytes]:
    """Run `clean ARGUMENTS` with standard error on a pseudo terminal; return exit code and what it showed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cleaner", *map(str, arguments)]
    environment = os.environ | {"TERM": "xterm-256color"}
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # the other side was closed
        pass
    os.close(ours)
    return process.wait(), shown


@pytest.mark.parametrize("command", ["run", "check", "diff"])
def test_progress_bar_goes_away(command: str, tmp_path: Path) -> None:
    source = write(tmp_path / "in", {"a.txt": f"{PIECES[0]}\n"})
    code, shown = on_a_terminal(command, source, *([tmp_path / "out"] if command == "run" else []))
    assert code == 0
    assert b"prepare" in shown
    assert shown.count(HIDE) == shown.count(SHOW) == 1


def test_the_cursor_comes_back_when_a_run_fails(tmp_path: Path) -> None:
    rules = write(
        tmp_path / "rules",
        {
            "all.yaml": "schema: 1\npack: all\nrules:\n  - id: word\n    description: All\n    scope: document\n"
            "    match: {contains: 'a'}\n    action: drop\n    examples: {match: ['a'], no_match: ['b']}\n"
        },
    )
    source = write(tmp_path / "in", {f"{k:02}.txt": f"{PIECES[0]} {k}\n" for k in range(20)})
    code, shown = on_a_terminal("run", source, tmp_path / "out", "--rules", rules)
    assert code == 4
    assert b"was not published" in shown
    assert shown.count(HIDE) == shown.count(SHOW) == 1


def test_quiet_shows_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {"a.txt": f"{PIECES[0]}\n"})
    assert on_a_terminal("run", source, tmp_path / "out", "-q") == (0, b"")


def test_lines_where_there_is_no_terminal(
    tmp_path: Path, clean: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "in", {f"{k}.txt": f"{PIECES[0]}\n" for k in range(3)})
    assert clean("run", source, tmp_path / "quick").err == ""
    monkeypatch.setattr(progress, "EVERY", 0.0)
    lines = clean("run", source, tmp_path / "out").err.splitlines()
    assert lines[0] == "clean: prepare: 0 of 1"
    assert lines[1].startswith("clean: prepare: 1 of 1, 3 documents, ")
    assert lines[-1].startswith("clean: publish: 1 of 1")
    assert clean("run", source, tmp_path / "quiet", "-q").err == ""
    stages = json.loads((tmp_path / "out" / "_clean" / "timings.json").read_bytes())["stages"]
    size = sum(path.stat().st_size for path in source.iterdir())
    for name in ("prepare", "publish"):
        assert (stages[name]["bytes"], stages[name]["documents"]) == (size, 3)
    assert stages.keys() >= {"prepare", "digest dedup", "combine dedup", "publish", "assemble", "report"}
    assert all(stage["seconds"] >= 0 for stage in stages.values())
