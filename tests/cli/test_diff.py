"""`clean diff`: a unified diff that `patch` applies, with the rules at each hunk, in colours on a terminal."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.cli import diff as module
from cleaner.cli.diff import unified
from cleaner.model import Document, Edit, Revision
from tests.conftest import Result
from tests.support.corpora import tree, write

Clean = Callable[..., Result]
LINES = [f"Line {k} of a text about the harbour." for k in range(1, 31)]


def edited(before: str, *edits: Edit) -> Document:
    """Return a document after one revision of `before`."""
    after, at = "", 0
    for edit in edits:
        assert before[edit.start : edit.end] == edit.old
        after += before[at : edit.start] + edit.new
        at = edit.end
    return Document("a.txt", after + before[at:], trail=(Revision("boilerplate", edits),))


def test_each_hunk_names_its_own_rules() -> None:
    before = "\n".join(LINES) + "\n"
    first, last = before.index("Line 3 "), before.index("Line 27 ")
    doc = edited(
        before,
        Edit(first, first + 38, before[first : first + 38], "", "t/first"),
        Edit(last, last + 4, "Line", "Row", "t/last"),
    )
    heads = [line for line in unified(doc) if line.startswith("@@")]
    assert [head.split(" @@ ")[1] for head in heads] == ["t/first", "t/last"]


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("new", ["", "\n"])
def test_patch_applies_it(end: str, new: str, tmp_path: Path) -> None:
    patch = shutil.which("patch")
    if patch is None:
        pytest.skip("there is no `patch` on this machine")
    before = "\n".join(LINES) + end
    at = before.index("Line 30")
    edits = [Edit(0, 4, "Line", "Row", "t/x"), Edit(at, len(before), before[at:], f"The end.{new}", "t/y")]
    doc = edited(before, *edits)
    write(tmp_path, {"a.txt": before, "d.patch": "\n".join(unified(doc)) + "\n"})
    subprocess.run([patch, "-s", "-p1", "-i", "d.patch"], cwd=tmp_path, check=True)
    assert (tmp_path / "a.txt").read_text("utf-8") == doc.text


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with one line too many."""
    return write(
        tmp_path / "in",
        {
            "a.txt": f"{LINES[0]} It stays.\n\nAdvertisement\n\n{LINES[1]} So does it.\n",
            "b.txt": "It stays, too.\n",
        },
    )


def test_colours_are_for_terminals_alone(corpus: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(corpus)
    plain = clean("diff", corpus)
    assert plain.code == 1 and "\x1b" not in plain.out
    assert "boilerplate/en/advertisement" in plain.out.split("@@")[2]
    monkeypatch.setattr(module, "in_colour", lambda *, no_color: not no_color)
    told = clean("diff", corpus)
    assert re.sub(r"\x1b\[\d*m", "", told.out) == plain.out
    assert "\x1b[31m-Advertisement" in told.out
    assert clean("diff", corpus, "--no-color").out == plain.out
    assert tree(corpus) == before


def test_a_pager_gets_all_of_it(corpus: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("click.echo_via_pager", lambda lines, color: shown.extend(lines))
    plain = clean("diff", corpus)
    paged = clean("diff", corpus, "--pager")
    assert (paged.code, paged.out) == (1, "")
    assert "".join(shown) == plain.out
