"""Every line of a trail is what `records` says of its kind: these fields, all of them, of these types."""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from cleaner.audit.records import KINDS, SCHEMA, Run
from tests.audit.test_history import SOURCE
from tests.audit.test_proof import html, parquet
from tests.conftest import Result
from tests.support.corpora import trail, write

Clean = Callable[..., Result]


def faults(value: Any, kind: Any, where: str) -> list[str]:
    """Return where a JSON value is not of a type.

    >>> faults(1, int | None, "n"), faults("1", int, "n"), faults(True, int, "n")
    ([], ["n is '1'"], ['n is True'])
    """
    if is_typeddict(kind):
        hints = get_type_hints(kind)
        if not isinstance(value, dict) or value.keys() != hints.keys():
            return [f"{where}: the fields are {sorted(value)}"]
        return [found for name in hints for found in faults(value[name], hints[name], f"{where}.{name}")]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        tried = [faults(value, other, where) for other in arguments]
        return [] if [] in tried else max(tried)
    if origin is Literal:
        fits = value in arguments
    elif origin is list:
        fits = isinstance(value, list)
        if fits:
            return [
                found for k, item in enumerate(value) for found in faults(item, arguments[0], f"{where}[{k}]")
            ]
    elif origin is dict:
        fits = isinstance(value, dict)
        if fits:
            return [
                found for name in value for found in faults(value[name], arguments[1], f"{where}[{name!r}]")
            ]
    else:
        fits = kind is Any or (type(value) is kind) or (kind is float and type(value) is int)
        fits = fits or (kind is type(None) and value is None)
    return [] if fits else [f"{where} is {value!r}"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with something of everything: quarantine, gaps, kept bytes, documents that are not written."""
    from cleaner.cli import clean

    folder = tmp_path_factory.mktemp("records")
    source = write(
        folder / "in",
        SOURCE
        | {
            "empty.txt": "",
            "gone.txt": "Read also: Five more bridges\n",
            "flag.txt": "The mayor, who had a double usefulness, opened it.\n",
            "broken.jsonl": '{"text": 1}\n\n{"text": "a b"}\n',
        },
    )
    parquet(source / "p")
    html(source / "h")
    (source / "skipped.bin").write_bytes(b"x")
    write(folder, {"clean.yaml": "limits: {min_words: 3}\n"})
    arguments = [
        "run",
        str(source),
        str(folder / "out"),
        "-q",
        "--config",
        str(folder / "clean.yaml"),
        "--jobs",
        "1",
    ]
    with pytest.raises(SystemExit) as left:
        clean.main(arguments, standalone_mode=False)
    assert left.value.code == 3
    return folder / "out"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_line_is_what_its_type_says(kind: Any, out: Path) -> None:
    lines = trail(out, kind.name)
    assert lines
    for number, line in enumerate(lines):
        assert not faults(line, kind.line, f"{kind.name}:{number}")
        assert [*line] == [*get_type_hints(kind.line)], "the fields stand in their order"


def test_the_run_is_what_its_type_says(out: Path) -> None:
    run = json.loads((out / "_clean" / "run.json").read_bytes())
    assert not faults(run, Run, "run")
    assert run["schema"] == SCHEMA


def test_the_sample_of_this_test_has_all_there_is(out: Path) -> None:
    documents = trail(out, "documents")
    assert {line["kept"] for line in documents} == {True, False}
    for name in ("aside", "raw", "output_start"):
        assert {line[name] is None for line in documents} == {True, False}, name
    assert any(line["rest"] for line in documents) and any(line["facts"].get("title") for line in documents)
    assert {line["inside"] for line in trail(out, "quarantine")} == {True, False}
    assert any(line["gaps"] for line in trail(out, "inputs"))


def test_no_field_begins_with_an_underscore() -> None:
    for kind in KINDS:
        assert not [name for name in get_type_hints(kind.line) if name.startswith("_")]


@pytest.mark.parametrize(
    ("value", "kind", "count"),
    [
        (1, int, 0), (None, int | None, 0), ([1, 2], list[int], 0), ({"a": 1}, dict[str, int], 0), (1, float, 0),
        (True, int, 1), ("1", int, 1), (None, int, 1), (["a", 1], list[str], 1), ({"a": "b"}, dict[str, int], 1),
        ("c", Literal["a", "b"], 1), ({"path": "a"}, Run, 1),
    ],
)  # fmt: skip
def test_the_check_itself_can_fail(value: Any, kind: Any, count: int) -> None:
    assert len(faults(value, kind, "x")) == count
