"""One byte changed anywhere in a finished run: `verify` notices it, and no command breaks on it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.audit.errors import following
from cleaner.audit.history import history
from cleaner.audit.rebuild import open_run
from cleaner.audit.restore import restore
from cleaner.audit.verify import verify
from cleaner.errors import CleanerError
from cleaner.report import write_report
from tests.audit.test_history import SOURCE
from tests.audit.test_proof import html, parquet
from tests.conftest import Result
from tests.run.test_promises import run_to
from tests.support.corpora import write

Clean = Callable[..., Result]
BYTES = (0, 10, 32, 34, 44, 48, 58, 93, 123, 255)
"""Besides one bit: what JSON, text and archives are sensitive to."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tampering")
    source = write(folder / "in", SOURCE | {"broken.jsonl": '{"text": 1}\n\n{"text": "a b"}\n'})
    parquet(source / "p")
    html(source / "h")
    run_to(source, folder / "out")
    return folder / "out"


@contextmanager
def changed(path: Path, at: float, value: int | None) -> Iterator[bool]:
    """Change one byte of a file for a while; yield whether it is another one."""
    data = path.read_bytes()
    place = int(at * len(data))
    byte = data[place] ^ 1 if value is None else value
    path.write_bytes(data[:place] + bytes([byte]) + data[place + 1 :])
    try:
        yield byte != data[place]
    finally:
        path.write_bytes(data)


def files(out: Path) -> list[Path]:
    """Return all files that say something; the report and the times are made of the others."""
    skipped = ("report.html", "timings.json")
    found = sorted(path for path in out.rglob("*") if path.is_file() and path.name not in skipped)
    return [path for path in found if path.stat().st_size]


@given(data=st.data())
@settings(max_examples=150)
def test_one_byte(data: st.DataObject, out: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = data.draw(st.sampled_from(files(out)))
    at = data.draw(st.floats(0, 1, exclude_max=True))
    value = data.draw(st.none() | st.sampled_from(BYTES))
    docs = re.findall(rb'"doc":"([^"]*)"', (out / "_clean" / "documents-00000.jsonl").read_bytes())
    doc = data.draw(st.sampled_from(docs)).decode()
    back = tmp_path_factory.mktemp("back") / "back"
    with changed(path, at, value) as other:
        found = attempt(lambda: list(verify(open_run(out))))
        if other and path.name != "run.json":
            assert found != [], f"{path.name}: nothing was noticed"
        restored = attempt(lambda: restore(open_run(out), back))
        assert back.exists() == isinstance(restored, int)
        attempt(lambda: list(history(open_run(out), doc)))
        attempt(lambda: write_report(open_run(out)))
    assert list(verify(open_run(out))) == []


def attempt(command: Callable[[], object]) -> object:
    """Return what a command does; an error of ours is a result, any other fails the test."""
    try:
        with following(OSError):
            return command()
    except CleanerError as error:
        return error


# what run.json may not be, and what is said of it
RUNS = {
    "no JSON": (lambda run: "{", "not readable as JSON"),
    "a list": (lambda run: "[]", "not what this version of clean writes"),
    "an older schema": (lambda run: json.dumps(run | {"schema": 1}), "not what this version of clean writes"),
    "a field less": (
        lambda run: json.dumps({name: run[name] for name in run if name != "shards"}),
        "not what this version of clean writes",
    ),
}


@pytest.mark.parametrize("command", ["verify", "report", "why", "restore"])
@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_is_none(name: str, command: str, out: Path, tmp_path: Path, clean: Clean) -> None:
    change, message = RUNS[name]
    path = out / "_clean" / "run.json"
    before = path.read_bytes()
    path.write_text(change(json.loads(before)))
    try:
        more: dict[str, tuple[object, ...]] = {"why": ("a.txt:1",), "restore": (tmp_path / "back",)}
        result = clean(command, out, *more.get(command, ()))
    finally:
        path.write_bytes(before)
    assert result.code == 2 and message in result.err
    assert not (tmp_path / "back").exists()


def test_another_configuration_is_noticed(out: Path, clean: Clean) -> None:
    path = out / "_clean" / "run.json"
    before = path.read_bytes()
    run = json.loads(before)
    run["configuration"]["unsafe"] = True
    path.write_text(json.dumps(run))
    try:
        result = clean("verify", out)
    finally:
        path.write_bytes(before)
    assert (result.code, "the configuration was changed after the run" in result.out) == (1, True)
