"""Documents that end the process that works on them, or that are too large to be worked on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.formats import csv, jsonl
from cleaner.run.guard import reading
from cleaner.run.guard.reading import KILLED, Attempts, Doing, Place, Refusal
from cleaner.run.units import LONGEST, MOST
from tests.conftest import Result
from tests.support.corpora import PIECES, trail, tree, write

Clean = Callable[..., Result]
LONG = PIECES[0]
DEADLY = "This line is deadly to whoever reads it."


# ---------------------------------------------------------------- documents that kill

KILLER = """
import os, signal
from cleaner.steps import encoding

real = encoding.find

def find(text, context):
    if "deadly" in text and os.environ.get("DEADLY_FROM", "0") != str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(text, context)

encoding.find = find
"""


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every worker process be killed when it works on a text with the word deadly in it; this process lives."""
    write(tmp_path / "site", {"sitecustomize.py": KILLER})
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])
    )
    monkeypatch.setenv("DEADLY_FROM", str(os.getpid()))


def test_a_document_that_kills_its_worker_is_quarantined(
    tmp_path: Path, clean: Clean, deadly: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [{"id": k, "text": f"{PIECES[k % 7]} {k}"} for k in range(9)]
    records[4]["text"] = DEADLY
    lines = [json.dumps(record) + "\n" for record in records]
    source = write(tmp_path / "in", {"a.jsonl": "".join(lines), "b.txt": f"{LONG}\n"})
    monkeypatch.setattr("cleaner.run.units.LEAST", 300)
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "-j", "2").code == 3
    (line,) = trail(out, "quarantine")
    assert (line["doc"], line["reason"]) == ("a.jsonl:5", KILLED)
    assert (out / "a.jsonl").read_text() == "".join(lines[:4] + lines[5:])
    assert (out / "b.txt").read_text() == f"{LONG}\n"
    assert clean("verify", out, "-q").code == 0
    assert clean("restore", out, tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)


def test_the_unit_of_a_killed_run_gets_a_worker_of_its_own(
    tmp_path: Path, clean: Clean, deadly: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{LONG}\n"
    source = write(
        tmp_path / "in", {"a.txt": text, "b.txt": DEADLY, "c.txt": text.replace("Harrow", "Farlow")}
    )
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr("cleaner.run.settle.prepare", interrupted)
        assert clean("run", source, out, "-q", "-j", "1").code == 130
    assert Doing.read(out / "_clean/work/0/00000") == Place(1, 1)
    assert clean("run", source, out, "-q", "-j", "1", "--resume").code == 3
    (line,) = trail(out, "quarantine")
    assert (line["path"], line["reason"]) == ("b.txt", KILLED)
    assert sorted(tree(out, audit=False)) == ["a.txt", "c.txt"]
    assert clean("verify", out, "-q").code == 0
    assert clean("restore", out, tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)


def interrupted(settings: object, unit: object, folder: Path, refused: object = ()) -> None:
    """Leave what a process leaves that is killed at the first document of the second segment."""
    doing = Doing(folder)
    doing.__enter__().note(1, 1)
    raise KeyboardInterrupt


def attempts(tmp_path: Path, place: Place | None) -> Attempts:
    folder = tmp_path / "00000"
    if place:
        with Doing(folder) as doing:
            doing.note(*place)
            data = Doing.path(folder).read_bytes()
        Doing.path(folder).write_bytes(data)
    return Attempts([("call",)], [folder])


def test_what_becomes_of_a_killed_unit(tmp_path: Path) -> None:
    again = attempts(tmp_path, Place(0, 3))
    first = (Refusal(Place(0, 3), KILLED),)
    assert again(0) == ("call", ()), "anything may kill a process once"
    assert again(0) == ("call", first)
    assert again(0) == ("call", (*first, Refusal(Place(0, 0), KILLED))), "it was what came after"
    assert again(0) is None


def test_a_unit_that_kills_before_it_begins_is_tried_once_more(tmp_path: Path) -> None:
    again = attempts(tmp_path, None)
    assert again(0) == ("call", ())
    assert again(0) is None


# ---------------------------------------------------------------- documents that are too large


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.jsonl", "a.csv", "a.txt.gz", "a.jsonl.xz"])
@pytest.mark.parametrize("more", [0, 1])
def test_a_document_may_have_so_many_bytes(name: str, more: int, tmp_path: Path, clean: Clean) -> None:
    import gzip
    import lzma

    text = f"{LONG} It has a length."
    kinds = {"jsonl": json.dumps({"text": text}) + "\n", "csv": f'1,"{text}"\n', "html": f"<p>{text}</p>"}
    kind = name.split(".")[1]
    record = kinds.get(kind, text)
    limit = len(record) - more
    config = write(tmp_path, {"clean.yaml": f"limits: {{document_bytes: {limit}}}\n"}) / "clean.yaml"
    data = (("id,text\n" if kind == "csv" else "") + record).encode()
    packers: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "xz": lzma.compress}
    packed = packers.get(name.split(".")[-1], bytes)(data)
    source = write(tmp_path / "in", {name: packed, "b.txt": "Short.\n"})
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "--config", config).code == (3 if more else 0)
    reasons = [line["reason"] for line in trail(out, "quarantine")]
    assert reasons == [f"it has {len(record):,} bytes, limits.document_bytes allows {limit:,}"] * more
    assert clean("verify", out, "-q").code == 0
    assert clean("restore", out, tmp_path / "back", "-q").code == 0
    assert packers.get(name.split(".")[-1]) or (tmp_path / "back" / name).read_bytes() == packed


def test_a_file_that_is_too_large_is_never_read_whole(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.formats.opaque.BLOCK", 50)
    monkeypatch.setattr(reading, "LONGEST", 400)
    line = json.dumps({"text": "long " * 100}) + "\n"
    data = json.dumps({"text": LONG}) + "\n"
    source = write(tmp_path / "in", {"a.jsonl": data * 3 + line + data * 3, "b.txt": "long " * 100})
    config = write(tmp_path, {"clean.yaml": "limits: {document_bytes: 200}\n"}) / "clean.yaml"
    monkeypatch.setattr("cleaner.run.units.LEAST", 200)
    monkeypatch.setattr("cleaner.formats.plaintext.decode", refuse)
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "-j", "1", "--config", config, "--steps", "encoding").code == 3
    assert [line["doc"] for line in trail(out, "quarantine")] == ["a.jsonl:4", "b.txt"]
    assert [line["doc"] for line in trail(out, "documents")] == [f"a.jsonl:{k}" for k in (1, 2, 3, 5, 6, 7)]
    assert clean("verify", out, "-q").code == 0
    assert clean("restore", out, tmp_path / "back", "-q").code == 0
    assert tree(tmp_path / "back") == tree(source)


def refuse(data: bytes) -> None:
    message = "it was read"
    raise AssertionError(message)


CUTS = {
    # lines of so many bytes, the newline among them; step; (end, lines) of the segments
    "one line": ([50], 10, [(50, 1)]),
    "equal lines": ([10] * 4, 20, [(20, 2), (40, 2)]),
    "a line over the step alone": ([5, 30, 5], 10, [(5, 1), (35, 1), (40, 1)]),
    "it is the first": ([30, 5, 5], 10, [(30, 1), (40, 2)]),
    "it is the last": ([5, 5, 30], 10, [(10, 2), (40, 1)]),
    "it begins after the step": ([9, 5, 30], 10, [(14, 2), (44, 1)]),
    "a line as long as the step": ([5, 10, 5], 10, [(15, 2), (20, 1)]),
    "two of them": ([30, 30, 3], 10, [(30, 1), (60, 1), (63, 1)]),
}


@pytest.mark.parametrize("block", [3, 1 << 18])
@pytest.mark.parametrize("name", CUTS)
def test_where_a_file_is_cut(name: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, step, segments = CUTS[name]
    data = b"".join(b"x" * (length - 1) + b"\n" for length in lines)
    path = write(tmp_path, {"a.jsonl": data}) / "a.jsonl"
    monkeypatch.setattr(jsonl, "_BLOCK", block)
    assert list(jsonl.cuts(path, len(data), step)) == segments


def test_a_long_row_has_a_segment_of_its_own(tmp_path: Path) -> None:
    rows = ["id,text", "1,short", "2," + "x" * 40, "3,short", "4,short"]
    path = write(tmp_path, {"a.csv": "\n".join(rows) + "\n"}) / "a.csv"
    assert list(csv.cuts(path, path.stat().st_size, 15)) == [(16, 1), (59, 1), (75, 2)]


def test_segments_of_several_records_are_shorter_than_what_one_record_may_have() -> None:
    from cleaner.settings import Limits

    assert 2 * MOST == LONGEST <= Limits().document_bytes


# ---------------------------------------------------------------- memory


def test_a_document_that_needs_too_much_memory(
    tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleaner.charsets.decode import decode

    def hungry(data: bytes) -> object:
        if b"deadly" in data:
            raise MemoryError
        return decode(data)

    monkeypatch.setattr("cleaner.formats.plaintext.decode", hungry)
    source = write(tmp_path / "in", {"a.txt": f"{LONG}\n", "b.txt": DEADLY})
    assert clean("run", source, tmp_path / "out", "-q").code == 3
    assert [line["reason"] for line in trail(tmp_path / "out", "quarantine")] == [reading.NO_MEMORY]
    assert clean("verify", tmp_path / "out", "-q").code == 0
