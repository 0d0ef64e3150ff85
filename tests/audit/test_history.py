"""`clean why` tells the truth about every line of a source: what happened to it, and nothing about what did not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.audit.changed_lines import changed_lines
from cleaner.edits import checked, splice
from cleaner.lines import line_spans
from cleaner.model import Edit
from tests.conftest import Result
from tests.run.test_promises import run_to
from tests.support.corpora import texts, write
from tests.support.stories import assert_in_order, assert_true, stories

Clean = Callable[..., Result]
NOTHING = "  nothing was changed or flagged"
LONG = (
    "The council of Harrow met on Tuesday evening and voted to keep the old bridge open for another year, "
    "although repairs will cost about two million crowns, as the engineer said who had inspected the pillars."
)
BROKEN = "Shopkeepers along the river say that with"
REST = "longer hours they could sell more than in any other month."


# ---------------------------------------------------------------- which lines an edit changes

# source, edits of each revision (start, end, new), and the lines that each edit changed, from 1
CHANGES = {
    "a letter": ("one\ntwo\n", [[(1, 2, "u")]], [[1]]),
    "a letter at the head": ("one\ntwo\n", [[(4, 5, "T")]], [[2]]),
    "all of a line but its end": ("one\ntwo\n", [[(4, 7, "")]], [[2]]),
    "a line": ("one\ntwo\nthree\n", [[(4, 8, "")]], [[2]]),
    "the first line": ("one\ntwo\n", [[(0, 4, "")]], [[1]]),
    "the last line": ("one\ntwo\n", [[(4, 8, "")]], [[2]]),
    "the last line, with the newline before it": ("one\ntwo", [[(3, 7, "")]], [[2]]),
    "a line and a blank one": ("one\n\ntwo\n\nthree\n", [[(5, 10, "")]], [[3, 4]]),
    "a line, and a new blank one": ("one\ntwo\nthree\n", [[(4, 8, "\n")]], [[2]]),
    "two lines at once": ("one\ntwo\nthree\nfour\n", [[(4, 14, "")]], [[2, 3]]),
    "two lines, one after the other": ("one\ntwo\nthree\n", [[(0, 4, ""), (4, 8, "")]], [[1], [2]]),
    "a blank line": ("one\n\n\ntwo\n", [[(4, 5, "")]], [[2]]),
    "blank lines at the end": ("one\n\n\n", [[(4, 6, "")]], [[2, 3]]),
    "the last newline": ("one\n", [[(3, 4, "")]], [[]]),
    "a join": ("one\ntwo\nthree\n", [[(3, 4, " ")]], [[1, 2]]),
    "a join over a blank line": ("one\n\ntwo\nthree\n", [[(3, 5, " ")]], [[1, 2, 3]]),
    "a join without a space": ("one-\ntwo\n", [[(3, 5, "")]], [[1, 2]]),
    "a join that alters both": ("one \n two\n", [[(3, 6, " ")]], [[1, 2]]),
    "a cut up to a join": ("one x\ntwo\n", [[(3, 6, " ")]], [[1, 2]]),
    "a line and what it parted": ("one\nAd\ntwo\n", [[(3, 7, " ")]], [[1, 2, 3]]),
    "two joins": ("one\ntwo\nthree\n", [[(3, 4, " "), (7, 8, " ")]], [[1, 2], [2, 3]]),
    "a letter in joined lines": ("one\ntwo\n", [[(3, 4, " ")], [(4, 5, "T")]], [[1, 2], [2]]),
    "joined lines go": ("one\ntwo\nthree\n", [[(3, 4, " ")], [(0, 8, "")]], [[1, 2], [1, 2]]),
    "a line behind joined ones": ("one\ntwo\nthree\n", [[(3, 4, " ")], [(8, 13, "")]], [[1, 2], [3]]),
    "text at the head": ("one\ntwo\n", [[(4, 4, "x")]], [[2]]),
    "text at the end": ("one\ntwo\n", [[(3, 3, "x")]], [[1]]),
    "text inside": ("one\n", [[(2, 2, "x")]], [[1]]),
    "white space at the end": ("one  \ntwo\n", [[(3, 5, "")]], [[1]]),
    "a carriage return": ("one\r\n\r\ntwo\r\n", [[(3, 4, ""), (5, 6, ""), (10, 11, "")]], [[1], [2], [3]]),
    "a line whose text went first": ("one\ntwo\nthree\n", [[(4, 7, "")], [(4, 5, "")]], [[2], [2]]),
    "what is gone is gone": ("one\ntwo\nthree\n", [[(4, 8, "")], [(4, 5, "T")]], [[2], [3]]),
    "a line that is parted": ("one two\nthree\n", [[(3, 4, "\n")]], [[1]]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_an_edit_changes_these_lines(name: str) -> None:
    source, revisions, expected = CHANGES[name]
    found = [[k + 1 for k in lines] for _, lines in changed_lines(source, list(applied(source, revisions)))]
    assert found == expected


def applied(text, revisions):
    """Yield the lines of the trail, and the text, of each revision."""
    for spans in revisions:
        edits = checked(text, [Edit(start, end, text[start:end], new, "t/x") for start, end, new in spans])
        lines = [{"start": e.start, "end": e.end, "old": e.old, "new": e.new} for e in edits]
        text = splice(text, edits)
        yield lines, text


@given(
    st.text(alphabet="ab\n\n \r", max_size=24),
    st.lists(st.lists(st.tuples(*[st.integers(0, 24)] * 2, st.text("xy \n", max_size=3)), max_size=4), max_size=4),
)  # fmt: skip
@settings(max_examples=400)
def test_unchanged_lines_are_what_is_left_in_order(source, raw) -> None:
    """Whatever the edits, the lines that none of them changed are whole lines of the result, in their order."""
    text, revisions = source, []
    for spans in raw:
        at, fitting = 0, []
        for start, end, new in sorted((min(a, b), max(a, b), new) for a, b, new in spans):
            if start >= at and end <= len(text) and text[start:end] != new:
                fitting.append((start, end, new))
                at = end + (start == end)
        ((lines, text),) = applied(text, [fitting]) if fitting else (([], text),)
        revisions.append((lines, text))
    changed = {k for _, lines in changed_lines(source, revisions) for k in lines}
    unchanged = [source[slice(*span)] for k, span in enumerate(line_spans(source)) if k not in changed]
    assert_in_order(unchanged, text)


# ---------------------------------------------------------------- whole documents


@given(documents=st.lists(texts(), min_size=1, max_size=3))
@example(
    documents=[f"{BROKEN}\n\n{REST}\n", f"{LONG}\n\nRead also:\n• One\n• Two\n", f"Title here\n{LONG}\n"]
)
@example(documents=[f"{BROKEN}\r\n\r\n{REST}\r\n\r\nRead also: Five more bridges\r\n\r\n{LONG}\r\n"] * 2)
@example(documents=["\ufeffIt\u00e2\u20ac\u2122s\r\n\r\n  \r\nover \r\n"])
@settings(max_examples=60)
def test_every_line_of_made_texts(documents: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("lines")
    files = {f"{k}.txt": text for k, text in enumerate(documents)}
    files["r.jsonl"] = "".join(json.dumps({"text": text}) + "\n" for text in documents)
    write(folder / "in", files)
    run_to(folder / "in", folder / "out")
    assert_true(folder / "out")


def test_every_line_of_the_sample(real_seeds: Path, tmp_path: Path, clean: Clean) -> None:
    assert clean("run", real_seeds, tmp_path / "out", "-q").code == 0
    assert assert_true(tmp_path / "out") > 20


# ---------------------------------------------------------------- what the command prints

SOURCE: dict[str, str | bytes] = {
    "a.txt": f"{LONG}\n\n{BROKEN}\n\n{REST}\n\nRead also:\n• One more\n• Another one\n",
    "b.txt": f"\ufeffFirst.\r\n\r\n{LONG.replace('Tuesday', 'Monday')}\r\n\r\nIt is late.  \r\n",
    "c.jsonl": json.dumps({"text": f"Read also: Five more bridges\n\nA line of its own.\n\n{LONG}"}) + "\n",
    "d.txt": b"\xef\xbb\xbfThe mill is open.\nNobod\xff\xffy knows why.\n",
    "e.txt": "One two.\n",
}
STORIES = {
    "a.txt:1": [NOTHING],
    "a.txt:2": [NOTHING],
    "a.txt:3": ["lines 3–5: linebreaks: changed “\\n\\n” to “ ” by linebreaks/mid-sentence (ends in 'with', ",
              "\n  in the output, line 3: "],
    "a.txt:4": ["lines 3–5: linebreaks: changed"],
    "a.txt:5": ["lines 3–5: linebreaks: changed"],
    "a.txt:7": ["lines 6–7: boilerplate: removed “\\nRead also:\\n”"],
    "a.txt:8": ["line 8: boilerplate: removed “• One more\\n” by boilerplate/en/related-section (belongs to",
              "\n  nothing of it is left in the output\n"],
    "a.txt:9": ["line 9: boilerplate: removed “• Another one\\n” by boilerplate/en/related-section"],
    "b.txt:1": ["line 1: encoding: removed “\\r” by encoding/line-ends"],
    "b.txt:2": ["encoding: removed “\\r”"],
    "b.txt:3": ["line 3: encoding: removed “\\r”", "dedup: removed as near duplicate of a.txt (similarity 0.7",
              "\n    removed: The council of Harrow met on [Monday]"],
    "b.txt:5": ["line 5: encoding: removed “  ” by", "line 5: encoding: removed “\\r”"],
    "c.jsonl:1:1": ["boilerplate: removed “Read also: Five more bridges\\n\\n” by"],
    "c.jsonl:1:3": [NOTHING],
    "c.jsonl:1:5": ["dedup: removed as exact duplicate of a.txt (similarity 1.000)"],
    "d.txt:2": ["line 2: bytes 26–27 are in quarantine: not "],
    "e.txt:1": [NOTHING],
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("why")
    run_to(write(folder / "in", SOURCE), folder / "out")
    return folder / "out"


@pytest.mark.parametrize("place", STORIES)
def test_why_tells_of_a_line(place: str, out: Path, clean: Clean) -> None:
    result = clean("why", out, place)
    assert result.code == 0
    head, *told = result.out.splitlines()
    assert head.startswith(f"{place}: ")
    for expected in STORIES[place]:
        assert expected in result.out
    if STORIES[place] == [NOTHING]:
        assert told == [NOTHING]
    else:
        assert NOTHING not in told


def test_a_line_and_its_label_agree(out: Path) -> None:
    """Whoever asks for a line that a story names is told that story."""
    assert assert_true(out) > 20
    for _, source, _, told in stories(out):
        for event in told:
            assert event.lines <= set(range(len(line_spans(source))))


def test_why_of_a_document_that_was_set_aside(tmp_path: Path, clean: Clean) -> None:
    write(
        tmp_path / "in", {"a.txt": "A word or two.\n\nRead also: Five more bridges\n", "b.txt": f"{LONG}\n"}
    )
    config = write(tmp_path, {"clean.yaml": "limits: {min_words: 6}\n"}) / "clean.yaml"
    assert clean("run", tmp_path / "in", tmp_path / "out", "-q", "--config", config).code == 0
    reason = "set aside: 4 words are left, fewer than 6"
    assert reason in clean("why", tmp_path / "out", "a.txt:1").out
    assert "set aside, it was not written: 4 words" in clean("why", tmp_path / "out", "a.txt").out
    assert NOTHING in clean("why", tmp_path / "out", "b.txt:1").out


def test_check_prints_what_decided_it(tmp_path: Path, clean: Clean) -> None:
    write(tmp_path / "in", SOURCE)
    result = clean("check", tmp_path / "in")
    assert result.code == 1
    assert (
        "a.txt:3:42 linebreaks/mid-sentence “\\n\\n” -> “ ” (ends in 'with', continues in lower" in result.out
    )
    assert (
        "a.txt:8:1 boilerplate/en/related-section remove “• One more\\n” (belongs to “Read also:”)"
        in result.out
    )
    assert "b.txt:3:1 dedup/near remove " in result.out
    assert ", which repeats a.txt:1 (near, similarity 0.7" in result.out
    assert "d.txt quarantine bytes 26–27: not " in result.out
    assert "e.txt" not in result.out
