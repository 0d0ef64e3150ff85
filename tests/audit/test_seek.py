"""Lines of the trail that are looked up: the same as those that reading everything finds, whatever the names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.audit.records import DOCUMENTS, EDITS
from cleaner.audit.seek import heads, lines_with, order
from cleaner.audit.trail import look_up, part_name, read_part
from cleaner.formats import jsontext

ODD = [
    "a.jsonl",
    "a.jsonl:1",
    "a.jsonl:10",
    "a.jsonl:2",
    "a.jsonl:1.txt",
    "a.jsonl:1:2",
    "é.txt",
    "z:",
    ":1",
    'q",.txt',
]


def part(folder: Path, docs: list[str], *, ascii_only: bool = False) -> None:
    """Write a part with as many lines about each document as it is named times."""
    write = jsontext.dump_ascii if ascii_only else jsontext.dumps
    lines = [b'{"doc":' + write(doc) + b',"n":' + str(n).encode() + b"}\n" for n, doc in enumerate(docs)]
    (folder / part_name(EDITS, 0)).write_bytes(b"".join(lines))


@given(st.lists(st.sampled_from(ODD), max_size=30), st.sampled_from(ODD), st.booleans(), st.booleans())
def test_what_is_looked_up_is_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, docs: list[str], wanted: str, ascii_only: bool, in_order: bool
) -> None:
    folder = tmp_path_factory.mktemp("trail")
    docs.sort(key=order if in_order else lambda doc: doc)
    part(folder, docs, ascii_only=ascii_only)
    expected = [n for n, doc in enumerate(docs) if doc == wanted]
    assert [line["n"] for line in read_part(folder, EDITS, 0, {wanted})] == expected  # type: ignore[typeddict-item]
    found = [line["n"] for line in look_up(folder, EDITS, 0, wanted)]  # type: ignore[typeddict-item]
    assert found in ([], expected)
    if in_order:
        assert found == expected


def test_few_lines_are_read_of_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part(tmp_path, [f"x.jsonl:{k}" for k in range(1, 20_001)])
    read = 0
    loads = jsontext.loads

    def counted(line: bytes) -> object:
        nonlocal read
        read += 1
        return loads(line)

    monkeypatch.setattr(jsontext, "loads", counted)
    (line,) = read_part(tmp_path, EDITS, 0, {"x.jsonl:19876"})
    assert line["doc"] == "x.jsonl:19876"
    assert read <= 20


def test_a_part_that_is_empty_or_absent(tmp_path: Path) -> None:
    part(tmp_path, [])
    assert look_up(tmp_path, EDITS, 0, "a") == []
    assert look_up(tmp_path, DOCUMENTS, 0, "a") == []
    (head,) = heads("doc", ["a"])
    assert list(lines_with(tmp_path / part_name(EDITS, 0), head)) == []
