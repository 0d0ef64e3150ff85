"""`clean restore` proves what it writes: a file that differs from what was read is an error, and nothing is there."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Result
from tests.support.corpora import tree, write

Clean = Callable[..., Result]
TEXT = "The ferry was late again.  \n\nRead also: Five more bridges\n\nNobody on the pier could say why that was so.\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(
        tmp_path / "in",
        {
            "a.txt": TEXT,
            "b/c.jsonl": json.dumps({"text": TEXT}) + "\n\n",
            "d.txt.gz": gzip.compress(TEXT.encode(), mtime=0),
        },
    )


@pytest.fixture
def out(source: Path, tmp_path: Path, clean: Clean) -> Path:
    assert clean("run", source, tmp_path / "out", "-q").code == 0
    return tmp_path / "out"


def replace(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def edited(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    return lambda out: replace(out / name, old, new)


def repacked(out: Path) -> None:
    data = gzip.decompress((out / "d.txt.gz").read_bytes())
    (out / "d.txt.gz").write_bytes(gzip.compress(data.replace(b"ferry", b"fairy")))


def forgotten(out: Path) -> None:
    """Take the last input out of the trail, as if it had never been read."""
    (path,) = (out / "_clean").glob("inputs-*.jsonl")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


TAMPERINGS = {
    "one letter of the output": (edited("a.txt", b"ferry", b"fairy"), "a.txt: what output and audit trail"),
    "one letter of a record": (edited("b/c.jsonl", b"ferry", b"fairy"), "b/c.jsonl: what output and audit"),
    "one letter in an archive": (repacked, "d.txt.gz: what output and audit trail"),
    "one letter of what was removed": (
        edited("_clean/edits-00000.jsonl", b"Read also: Five more bridges", b"Read also: Five more bridgez"),
        "a.txt: what output and audit trail",
    ),
    "an output that is gone": (lambda out: (out / "a.txt").unlink(), "a.txt: No such file"),
    "an output that is shorter": (lambda out: (out / "a.txt").write_bytes(b""), "the output ends before"),
    "an archive that is none": (lambda out: (out / "d.txt.gz").write_bytes(b"x" * 40), "d.txt.gz: "),
    "an edit less": (lambda out: (out / "_clean/edits-00000.jsonl").write_bytes(b""), "nothing was restored"),
    "a trail that is no JSON": (edited("_clean/edits-00000.jsonl", b"{", b"["), "cannot be followed"),
    "a trail without a field": (edited("_clean/edits-00000.jsonl", b'"old"', b'"elder"'), "cannot be followed"),
    "a path that leads away": (
        edited("_clean/inputs-00000.jsonl", b'"a.txt"', b'"../a.txt"'),
        "names a file outside the corpus",
    ),
    "an input that the trail forgot": (forgotten, "d.txt.gz is not in the audit trail"),
}  # fmt: skip


@pytest.mark.parametrize("existing", [False, True], ids=["new", "empty folder"])
@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_differs_is_not_restored(
    name: str, out: Path, tmp_path: Path, clean: Clean, *, existing: bool
) -> None:
    tamper, message = TAMPERINGS[name]
    tamper(out)
    back = tmp_path / "deep" / "back"
    if existing:
        back.mkdir(parents=True)
    before = {path.name for path in tmp_path.iterdir()}
    result = clean("restore", out, back)
    assert result.code == 1
    assert message in result.err and result.out == ""
    assert not any((tmp_path / "deep").rglob("*")) or [*(tmp_path / "deep").rglob("*")] == [back]
    assert {path.name for path in tmp_path.iterdir()} - before <= {"deep"}


def test_what_was_read_comes_back(out: Path, source: Path, tmp_path: Path, clean: Clean) -> None:
    result = clean("restore", out, tmp_path / "back")
    assert (result.code, result.out) == (0, f"3 files restored to {tmp_path / 'back'}\n")
    again = tree(tmp_path / "back")
    assert gzip.decompress(again.pop("d.txt.gz")).decode() == TEXT
    assert again.items() <= tree(source).items()


def test_an_empty_folder_is_filled_and_a_full_one_refused(out: Path, tmp_path: Path, clean: Clean) -> None:
    back = tmp_path / "back"
    back.mkdir()
    assert clean("restore", out, back, "-q").code == 0
    before = tree(back)
    result = clean("restore", out, back)
    assert result.code == 2 and "not an empty folder" in result.err
    assert tree(back) == before


def test_what_an_interrupted_restore_left_is_no_obstacle(out: Path, tmp_path: Path, clean: Clean) -> None:
    write(tmp_path / ".back.restoring", {"half": b"x"})
    assert clean("restore", out, tmp_path / "back", "-q").code == 0
    assert not (tmp_path / ".back.restoring").exists()
    assert "half" not in tree(tmp_path / "back")


def test_the_folder_can_be_named_from_inside(
    out: Path, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert clean("restore", out.name, os.path.join("x", "..", "back"), "-q").code == 0  # noqa: PTH118
    assert {*tree(tmp_path / "back")} == {"a.txt", "b/c.jsonl", "d.txt.gz"}
