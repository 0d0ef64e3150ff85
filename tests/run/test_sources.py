"""What strangers' folders hold: names, pipes, links, folders that cannot be listed, files that change meanwhile."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.audit.rebuild import open_run
from cleaner.audit.restore import restore
from cleaner.audit.verify import verify
from cleaner.formats.registry import FORMATS
from cleaner.run.guard import reading
from tests.conftest import Result
from tests.run.test_promises import run_to
from tests.support.corpora import PIECES, trail, tree, write

Clean = Callable[..., Result]
LONG = PIECES[0]
NO_UTF8 = os.fsdecode(b"caf\xe9.txt")


def run_json(out: Path) -> Any:
    return json.loads((out / "_clean" / "run.json").read_bytes())


# ---------------------------------------------------------------- what is no file


def pipe(path: Path) -> None:
    os.mkfifo(path)


def zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_pipe(path: Path) -> None:
    os.mkfifo(path.parent / "pipe.other")
    path.symlink_to("pipe.other")


def plug(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def loop(path: Path) -> None:
    path.symlink_to(path.parent)


NO_FILES = {
    "a pipe": (pipe, "a pipe, not a regular file"),
    "a link to a device": (zero, "a device, not a regular file"),
    "a link to a pipe": (link_to_pipe, "a pipe, not a regular file"),
    "a socket": (plug, "a socket, not a regular file"),
    "a link to a folder": (loop, "a link to a folder, which is not followed"),
}


@pytest.mark.parametrize("name", NO_FILES)
@pytest.mark.parametrize("command", ["run", "check", "diff"])
def test_what_is_no_file_is_not_read(
    name: str, command: str, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, reason = NO_FILES[name]
    source = write(tmp_path / "in", {"a.txt": f"{LONG}\n"})
    monkeypatch.chdir(source)  # the name of a socket must be short
    make(Path("b.txt"))
    out = tmp_path / "out"
    assert clean(command, source, *([out, "-q"] if command == "run" else [])).code == 0
    if command == "run":
        skipped = {item["path"]: item["reason"] for item in run_json(out)["skipped"]}
        assert skipped["b.txt"] == reason
        assert tree(out, audit=False) == {"a.txt": f"{LONG}\n".encode()}


@pytest.mark.parametrize("command", ["run", "check", "diff"])
def test_a_source_that_is_no_file_is_refused(command: str, tmp_path: Path, clean: Clean) -> None:
    pipe(tmp_path / "a.txt")
    result = clean(command, tmp_path / "a.txt", *([tmp_path / "out"] if command == "run" else []))
    assert (result.code, "is a pipe, not a file or folder" in result.err) == (2, True)
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- what cannot be read


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Make a folder one that cannot be listed; root can list all, so that permissions say nothing here."""
    real = os.scandir
    folders: set[Path] = set()

    def scandir(path: Any) -> Any:
        if not isinstance(path, int) and Path(path) in folders:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    return folders.add


def test_a_folder_that_cannot_be_listed_is_quarantined(
    tmp_path: Path, clean: Clean, closed: Callable[[Path], None]
) -> None:
    source = write(tmp_path / "in", {"a.txt": f"{LONG}\n", "shut/b.txt": "lost?"})
    closed(source / "shut")
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 3
    (line,) = trail(out, "quarantine")
    assert (line["path"], line["raw"]) == ("shut/", None)
    assert line["reason"] == "cannot be read: the folder cannot be listed: Permission denied"
    result = clean("verify", out)
    assert result.code == 0
    assert "shut/: cannot be proven: it could not be read" in result.out
    assert "1 inputs rebuilt" in result.out
    result = clean("restore", out, tmp_path / "back")
    assert (result.code, "they could not be read: shut/" in result.err) == (1, True)
    assert tree(tmp_path / "back") == {"a.txt": f"{LONG}\n".encode()}
    result = clean("check", source)
    assert (result.code, "shut/ quarantine cannot be read" in result.out) == (1, True)
    assert clean("diff", source) == Result(0, "", "")


def test_a_source_that_cannot_be_listed(tmp_path: Path, clean: Clean, closed: Callable[[Path], None]) -> None:
    source = write(tmp_path / "in", {"a.txt": LONG})
    closed(source)
    assert clean("run", source, tmp_path / "out", "-q").code == 3
    assert clean("verify", tmp_path / "out").code == 0


LARGE = "".join(json.dumps({"id": k, "text": f"{LONG} Number {k}."}) + "\n" for k in range(4200))


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_large_file_that_cannot_be_opened_where_it_is_cut(
    name: str, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "in", {name: LARGE, "b.txt": LONG})
    real = Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path == source / name:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert clean("run", source, tmp_path / "out", "-q", "-j", "1").code == 3
    assert "Permission denied" in trail(tmp_path / "out", "quarantine")[0]["reason"]
    assert "b.txt" in tree(tmp_path / "out", audit=False)


# ---------------------------------------------------------------- names


NAMES = [
    NO_UTF8,
    os.fsdecode(b"\xff\xfe/\x80.txt"),
    "new\nline.txt",
    "\x1b[31mred.txt",
    "\u202eright.txt",
    "x.jsonl:a.txt",
    "x.jsonl:1.txt",
    "x.jsonl:1/a.txt",
    "x.jsonl:1.jsonl",
    ":1.txt",
    "a:2:3.txt",
    "con.txt",
    "nul.txt",
    "-rf.txt",
    "~.txt",
    " .txt",
    "x.txt.part00000.txt",
    "p" * 251 + ".txt",
    "q" * 249 + ".jsonl",
    "r" * 248 + ".txt.gz",
    "a.packed.txt.gz",
]


def content(name: str, number: int) -> bytes:
    import gzip

    text = f"{LONG} Number {number}, and no two of them are the same at all.\n\nAdvertisement\n"
    data = (json.dumps({"text": text}) if ".jsonl" in Path(name).suffixes else text).encode()
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else data


def test_odd_names(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {name: content(name, k) for k, name in enumerate([*NAMES, "x.jsonl"])})
    out = tmp_path / "out"
    assert clean("run", source, out, "-q").code == 0
    assert sorted(tree(out, audit=False)) == sorted([*NAMES, "x.jsonl"])
    assert clean("verify", out).code == 0
    assert clean("restore", out, tmp_path / "back").code == 0
    again, before = tree(tmp_path / "back"), tree(source)
    plain = {name for name in before if not name.endswith(".gz")}
    assert again.keys() == before.keys()
    assert {name: again[name] for name in plain} == {name: before[name] for name in plain}
    for line in trail(out, "documents"):
        told = clean("why", "--", out, line["doc"])
        assert told.code == 0 and "Advertisement" in told.out, line["doc"]
        assert "\x1b" not in told.out and "\u202e" not in told.out
    for command in ("check", "diff"):
        told = clean(command, source)
        assert told.code == 1 and "\x1b" not in told.out and "\u202e" not in told.out
    assert clean("report", out).code == 0
    later = write(tmp_path / "later", {"z.txt": (source / NO_UTF8).read_bytes()})
    assert clean("run", later, tmp_path / "out2", "-q", "--against", out).code == 0
    assert trail(tmp_path / "out2", "duplicates")[0]["kept_doc"] == NO_UTF8
    assert clean("verify", tmp_path / "out2").code == 0


PARTS = st.text(st.sampled_from("ab:1./\udce9é "), min_size=1, max_size=6)


@given(
    names=st.sets(st.tuples(PARTS, st.sampled_from([".txt", ".jsonl"])).map("".join), min_size=1, max_size=4)
)
@settings(max_examples=8)
def test_any_names_can_be_told_apart(names: set[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("names")
    made: dict[str, bytes] = {}
    for k, name in enumerate(sorted(names)):
        clean_name = "/".join(part for part in name.split("/") if part.strip(". ")) or "a.txt"
        parents = [clean_name[:at] for at in range(len(clean_name)) if clean_name[at] == "/"]
        if not any(parent in made for parent in parents) and not any(
            other.startswith(f"{clean_name}/") for other in made
        ):
            made[clean_name] = content(clean_name, k)
    write(folder / "in", made)
    run_to(folder / "in", folder / "out")
    finished = open_run(folder / "out")
    assert list(verify(finished)) == []
    if restore(finished, folder / "back"):
        assert tree(folder / "back").items() <= tree(folder / "in").items()


def test_a_file_where_another_needs_a_folder(tmp_path: Path, clean: Clean) -> None:
    one = write(tmp_path / "one", {"a.txt": LONG})
    two = write(tmp_path / "two", {"a.txt/b.txt": LONG})
    result = clean("run", one, two, tmp_path / "out")
    assert (result.code, "as a file and as a folder" in result.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_trail(tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"_clean": LONG, "a": LONG})
    assert clean("run", source, tmp_path / "out", "-q", "--format", "txt").code == 0
    assert [item["path"] for item in run_json(tmp_path / "out")["skipped"]] == ["_clean"]


# ---------------------------------------------------------------- files that change while they are read


def changes(path: Path, data: bytes | None) -> None:
    """Write other bytes to a file, or remove it."""
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
        os.utime(path, ns=(1, 1))


@pytest.fixture
def meddled(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], None], bool], None]:
    """Let something happen just before, or just after, the segments of a file are read."""

    def meddle(key: str, act: Callable[[], None], after: bool) -> None:
        real = FORMATS
        done: list[None] = []

        def once() -> None:
            if not done:
                done.append(None)
                act()

        def wrapped(name: str) -> Any:
            from dataclasses import replace

            def read(segment: Any, fields: Any) -> Iterator[Any]:
                if segment.file.key == key and not after:
                    once()
                yield from real[name].read(segment, fields)
                if segment.file.key == key and after:
                    once()

            return replace(real[name], read=read)

        monkeypatch.setattr(reading, "FORMATS", {name: wrapped(name) for name in real})

    return meddle


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("data", [b"short", LARGE.encode() * 2], ids=["shrinks", "grows"])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv", "a.html"])
def test_a_file_that_changes_while_it_is_read(
    name: str, data: bytes, after: bool, tmp_path: Path, clean: Clean, meddled: Any
) -> None:
    source = write(tmp_path / "in", {name: f"id,text\n1,{LONG}\n", "b.txt": LONG})
    meddled(name, lambda: changes(source / name, data), after)
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "-j", "1").code == 3
    (line,) = [line for line in trail(out, "quarantine") if line["path"] == name]
    assert line["reason"] == reading.CHANGED
    assert clean("verify", out).code == 0
    assert clean("restore", out, tmp_path / "back", "-q").code == 0
    assert data.startswith((tmp_path / "back" / name).read_bytes())
    assert tree(out, audit=False) == {"b.txt": LONG.encode()}


@pytest.mark.parametrize("data", [None, b'{"text": "a b"}\n'], ids=["vanishes", "shrinks"])
def test_a_large_file_that_changes_between_its_parts(
    data: bytes | None, tmp_path: Path, clean: Clean, meddled: Any
) -> None:
    source = write(tmp_path / "in", {"a.jsonl": LARGE})
    meddled("a.jsonl", lambda: changes(source / "a.jsonl", data), after=True)
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "-j", "1", "--steps", "encoding").code == 3
    assert trail(out, "quarantine")
    assert clean("verify", out).code == 0
    assert clean("restore", out, tmp_path / "back", "-q").code == 0


def test_a_file_that_vanishes_before_it_is_read(tmp_path: Path, clean: Clean, meddled: Any) -> None:
    source = write(tmp_path / "in", {"a.txt": LONG, "b.txt": LONG})
    meddled("a.txt", lambda: changes(source / "a.txt", None), after=False)
    assert clean("run", source, tmp_path / "out", "-q").code == 3
    assert "No such file" in trail(tmp_path / "out", "quarantine")[0]["reason"]
    assert clean("verify", tmp_path / "out").code == 0
