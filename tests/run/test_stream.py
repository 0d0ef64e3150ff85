"""The filter: `clean run - -` keeps the order, waits for nothing that it need not, and keeps what it leaves out."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.engines.local import LocalEngine
from cleaner.model import Finding
from cleaner.run import stream
from cleaner.run.guard.reading import KILLED
from cleaner.run.stream import Batch, Cleaned, batches, clean_batch, clean_stream
from cleaner.settings import Settings
from cleaner.steps import Context, Step
from tests.conftest import PROJECT, Result
from tests.support.corpora import PIECES, tree, write

Clean = Callable[..., Result]
SETTINGS = Settings(steps=("encoding",))


def record(number: int) -> bytes:
    return json.dumps({"id": number, "text": f"{PIECES[number % 7]}  \n"}).encode() + b"\n"


@pytest.fixture
def feed(clean: Clean, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `clean run - -` in this process on some bytes."""

    def run(data: bytes, *options: object) -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return clean("run", "-", "-", *options)

    return run


# ---------------------------------------------------------------- batches


@given(data=st.binary(max_size=60), size=st.integers(1, 9), most=st.integers(1, 20), step=st.integers(1, 7))
@settings(max_examples=200)
def test_batches_are_the_stream(data: bytes, size: int, most: int, step: int) -> None:
    source = io.BytesIO(data)
    found = list(batches(lambda length: source.read(step), size=size, most=most))
    assert b"".join(line for batch in found for line in batch.lines) == data
    at = 0
    for batch in found:
        assert batch.start == at
        assert batch.number == data.count(b"\n", 0, at) + 1
        at += sum(map(len, batch.lines))
        if batch.reason:
            assert len(batch.lines) == 1
        for line in batch.lines:
            assert line.count(b"\n") <= 1
    whole = [line for batch in found if not batch.reason for line in batch.lines]
    assert all(line.endswith(b"\n") for line in whole[:-1])


def test_a_long_record_is_never_held_whole() -> None:
    source = io.BytesIO(b"x" * 1000 + b"\nshort\n")
    found = list(batches(lambda length: source.read(10), most=100))
    assert max(len(line) for batch in found for line in batch.lines) <= 110
    assert [bool(batch.reason) for batch in found] == [True] * (len(found) - 1) + [False]
    assert {batch.number for batch in found if batch.reason} == {1}
    assert found[-1] == Batch(2, 1001, (b"short\n",))


# ---------------------------------------------------------------- order


def slow(batch: Batch) -> Cleaned:
    import time

    time.sleep(0.01 * (batch.number % 3))
    return Cleaned(b"".join(batch.lines))


def test_workers_keep_the_order() -> None:
    data = b"".join(map(record, range(300)))
    one = list(clean_stream(batches(io.BytesIO(data).read1, size=500), SETTINGS, LocalEngine(1)))
    with LocalEngine(2) as engine:
        two = list(clean_stream(batches(io.BytesIO(data).read1, size=500), SETTINGS, engine, alone=0))
        found = engine.stream(
            slow, batches(io.BytesIO(data).read1, size=900), split=stream._records, lost=stream._lost
        )
        assert b"".join(cleaned.data for cleaned in found) == data
    assert two == one


def test_no_record_waits_for_one_that_has_not_come() -> None:
    """Write a record, and read what became of it before the next one is written."""
    command = [sys.executable, "-m", "cleaner", "run", "-", "-", "-j", "2", "--steps", "encoding"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdin and process.stdout
        for number in range(3):
            process.stdin.write(record(number))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait() == 0


def test_few_calls_are_made_ahead() -> None:
    taken: list[int] = []

    def calls() -> Iterator[Batch]:
        for number in range(100):
            taken.append(number)
            yield Batch(number + 1, 0, (b"x\n",))

    with LocalEngine(2) as engine:
        results = engine.stream(slow, calls(), split=stream._records, lost=stream._lost)
        next(results)
        assert len(taken) <= 4 * 2 + 3


def kill(batch: Batch) -> Cleaned:
    import signal

    if b"deadly\n" in batch.lines:
        os.kill(os.getpid(), signal.SIGKILL)
    return Cleaned(b"".join(batch.lines))


def test_a_record_that_kills_its_worker_is_left_out() -> None:
    lines = tuple(b"%d\n" % k for k in range(8))
    made = [Batch(1, 0, lines[:4]), Batch(5, 8, (lines[4], b"deadly\n", lines[5])), Batch(8, 19, lines[6:])]
    with LocalEngine(2) as engine:
        found = list(engine.stream(kill, iter(made), split=stream._records, lost=stream._lost))
    assert b"".join(cleaned.data for cleaned in found) == b"".join(lines)
    (broken,) = [broken for cleaned in found for broken in cleaned.broken]
    assert broken == (6, 10, b"deadly\n", KILLED)


# ---------------------------------------------------------------- what is left out

BROKEN = [b"broken\n", b'{"text": 1}\n', b'{"id": 1}\n', b"\xff\xfe\n", b'{"text": "cut']


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_left_out_is_kept(jobs: str, feed: Callable[..., Result], tmp_path: Path) -> None:
    from cleaner.audit.raw import read_raw

    data = b"".join(record(k) + line for k, line in enumerate(BROKEN))
    result = feed(data, "-j", jobs, "--trail", tmp_path / "trail", "--steps", "encoding")
    assert result.code == 3
    lines = trail_of(tmp_path / "trail")
    assert [line["doc"] for line in lines] == ["-:2", "-:4", "-:6", "-:8", "-:10"]
    for line in lines:
        raw = data[line["byte_start"] : line["byte_end"]]
        assert read_raw(tmp_path / "trail", line["raw"]) == raw in BROKEN
        assert f"line {line['doc'][2:]}: {line['reason']}" in result.err
    assert [json.loads(line)["id"] for line in result.out.splitlines() if '"text": "' in line] == [
        0,
        1,
        2,
        3,
        4,
    ]


def trail_of(folder: Path) -> list[dict[str, Any]]:
    path = folder / "quarantine-00000.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_without_a_place_it_is_told(feed: Callable[..., Result]) -> None:
    result = feed(b"broken\n")
    assert result.code == 3
    assert "line 1: not JSON" in result.err and "--trail DIR keeps it" in result.err


def test_a_record_that_is_too_large(feed: Callable[..., Result], tmp_path: Path) -> None:
    config = write(tmp_path, {"clean.yaml": "limits: {document_bytes: 100}\n"}) / "clean.yaml"
    data = record(1) + json.dumps({"text": "x" * 100}).encode() + b"\n" + record(2)
    result = feed(data, "--config", config, "--trail", tmp_path / "trail")
    assert result.code == 3
    assert [json.loads(line)["id"] for line in result.out.splitlines()] == [2]
    assert [line["doc"] for line in trail_of(tmp_path / "trail")] == ["-:1", "-:2"]


def test_a_bug_in_a_step_costs_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Step.find

    def find(self: Step, text: str, context: Context) -> Iterator[Finding]:
        if context.key == "-:2":
            raise ZeroDivisionError
        return real(self, text, context)

    monkeypatch.setattr(Step, "find", find)
    cleaned = clean_batch(SETTINGS, Batch(1, 0, (record(1), record(2), record(3))))
    assert [json.loads(line)["id"] for line in cleaned.data.splitlines()] == [1, 3]
    assert [(one.number, one.reason) for one in cleaned.broken] == [
        (2, "internal error: ZeroDivisionError: ")
    ]


# ---------------------------------------------------------------- options

REFUSED = [
    (("run", "-", "-", "--overwrite"), "--overwrite is for an output folder"),
    (("run", "-", "-", "--resume"), "--resume is for an output folder"),
    (("run", "-", "-", "--dry-run"), "--dry-run is for an output folder"),
    (("run", "-", "-", "--master", "spark://head:7077"), "--master is for an output folder"),
    (("run", "-", "-", "--work-dir", "{in}"), "--work-dir is for an output folder"),
    (("run", "{in}", "{out}", "--trail", "{out}"), "--trail is for `clean run - -`"),
    (("run", "{in}", "{out}", "--work-dir", "{out}"), "--work-dir is for outputs at an address"),
    (("run", "{in}", "{out}", "--unbuffered"), "--unbuffered is for `clean run - -`"),
    (("run", "-", "-", "--trail", "{in}"), "is not an empty folder"),
    (("dedup", "{in}", "{out}", "--steps", "encoding"), "--steps is for `clean run`"),
    (("run", "{in}", "{out}", "--steps", ""), "no step is named"),
    (("run", "-", "-", "--steps", ""), "no step is named"),
    (("run", "{in}", "{out}", "--against", "{in}"), "is not the output of a finished run"),
    (("run", "-", "-", "--against", "{in}"), "--against is for an output folder"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_options_are_judged_before_anything_is_read(
    arguments: tuple[str, ...], message: str, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    source = write(tmp_path / "in", {"a.txt": PIECES[0]})
    words = [word.replace("{in}", str(source)).replace("{out}", str(tmp_path / "out")) for word in arguments]
    result = clean(*words)
    assert (result.code, message in result.err) == (2, True), result
    assert not (tmp_path / "out").exists() and tree(source) == {"a.txt": PIECES[0].encode()}
