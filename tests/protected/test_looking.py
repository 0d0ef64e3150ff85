"""Shapes of lines: too many have those that may be, too few those that are, and both ways of looking know the same."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner import protected
from cleaner.protected import line_kernel, looking
from cleaner.protected import shapes as s
from cleaner.protected.code.signals import UNMISTAKABLE, has_prose, is_sentence, signal
from cleaner.protected.marks import RULE, SIGN
from cleaner.protected.scholarly import is_entry
from cleaner.protected.speech import speaker
from cleaner.protected.tables import letters_of
from tests.protected.test_protect import CELLS
from tests.test_unharmed import CASES

WORDS = """It rained, all; day’ café x1 12 - (so) Bo: Ör “Hm” March. the 你好 late on Monday. *
\U0001d400 \U0001f600 \u2160 \u01c5a \u0219i a) (b) 3. été quai vert the mer, le port: fun\u017f \u2014"""
CODE = r"""from import as SELECT SET End fi Real def async fn function pub public int cpdef ... class . ; :
( ) { } = [ ] <a> // && -> \n </ % $ $( # @ a@b " ' , + f( f() :: In [1]: PS mov rax, %rax $t0 &amp; /* */ -- |"""
OTHERS = """Example, J. pp. 3 et al. (1999) Press doi no. 12\u201313: Univ ISBN NURSE. ANNA Anna: [12:30] <tom>
INFO Mon"""
PIECES = [
    *WORDS.split(),
    *CODE.split(),
    *OTHERS.split(),
    '"""',
    "'''",
    "\x85",
    "\u2028",
    "\xa0",
    "\t",
    "\u3000",
]
QUOTED_ROFF = "'SH NAME\n'B pier\n'BR rope\nties a boat\n"
TEXTS = st.lists(
    st.lists(st.sampled_from([*PIECES, "", " "]), max_size=20).map(" ".join)
    | st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    max_size=6,
).map("\n".join)


@settings(deadline=None)
@given(TEXTS)
@example("")
@example("a\n")
@example("It rained all day in March.\n" + "The piers were wet all of the day, " * 15)
@example("a \U0001d7ce\n\U0001f130\n\U00010107")
def test_compiled_code_sees_the_same_marks_and_sizes(text: str) -> None:
    marks, shapes, stripped = looking.plainly(text)
    found, compiled, without = line_kernel.look(text)
    assert np.array_equal(marks.lines, found.lines)
    assert np.array_equal(marks.heads, found.heads)
    assert (marks.text, stripped) == (found.text, without)
    assert np.array_equal(shapes.sizes, compiled.sizes)
    assert np.array_equal(shapes.kinds & s.ENTRY, compiled.kinds & s.ENTRY)
    assert compiled.letters is not None
    assert compiled.letters.tolist() == [*map(letters_of, _lines(text, stripped))]


@settings(deadline=None)
@given(TEXTS)
@example('The harbour was shut.\nThe ferry of the island left late.\n"The ferry of the island left late."')
@example("The ferry of the island left " * 15)
def test_what_a_line_has_is_true(text: str) -> None:
    for line, kinds, marks in _seen(text):
        assert not kinds & s.PLAIN or has_prose(line)
        assert not kinds & s.PROSELESS or not has_prose(line)
        if kinds & s.STATED:
            assert line[0].isupper()
            assert line[1].islower()
            assert is_sentence(line[: s.LOOK])
            assert not (marks & (SIGN | RULE) or s.begins_as_code(line))


@settings(deadline=None)
@given(TEXTS)
def test_what_a_line_may_have_is_never_missed(text: str) -> None:
    for line, kinds, _ in _seen(text):
        signed = s.SIGNS.search(line) is not None
        assert kinds & s.SIGNED or not signed
        assert (
            kinds & s.CODED or not (signed or s.begins_as_code(line.lstrip())) or signal(line) < UNMISTAKABLE
        )
        assert kinds & s.SOURCED or line[0] == "[" or not (kinds & s.ENTRY and is_entry(line))
        assert kinds & s.ITEM or line[0].islower() or line[0].isupper()
        assert kinds & s.ITEM or not any(end in line[1:6] for end in ".)]:")
        assert kinds & s.NAMED or not speaker(line, alone=True) or line[0] in "@*"
        assert kinds & s.CAPITALS or not line[:2].isupper()
        assert kinds & s.QUOTES or not ('"""' in line or "'''" in line)


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("It rained all day in March.", s.PLAIN | s.STATED),
        ("It rained all day.", s.PROSELESS),
        ("It rained (a little) all day.", s.SIGNED | s.PROSELESS),
        ("Photo: Ann (Harbour) / Bo", s.SIGNED | s.PROSELESS | s.NAMED),
        ("f(x)", s.SIGNED | s.CODED | s.PROSELESS),
    ],
)
def test_shapes_tell_lines_apart(line: str, shape: int) -> None:
    told = s.PLAIN | s.PROSELESS | s.STATED | s.CODED | s.SIGNED | s.ENTRY | s.NAMED | s.CAPITALS | s.QUOTES
    assert line_kernel.look(line)[1].kinds[0] & told == shape


def _seen(text: str) -> list[tuple[str, int, int]]:
    """Return the lines with text, with their shapes and marks."""
    marks, shapes, stripped = line_kernel.look(text)
    lines = zip(_lines(text, stripped), shapes.kinds.tolist(), marks.lines.tolist(), strict=True)
    return [(line, kinds, bits) for line, kinds, bits in lines if line]


def _lines(text: str, stripped: bool) -> list[str]:
    lines = text.split("\n")
    return [line.rstrip() for line in lines] if stripped else lines


PARAGRAPHS = [
    (s.FIELDS, "From: Ann\nTo: Bo", "From: Ann\n\nTo: Bo"),
    (s.SAID, "[12:30] <tom> hi\n[12:31] <ann> hi", "[12:30] <tom> hi\nhi"),
    (s.LOGGED, "INFO start\nlow water", "low water\nhigh water"),
    (s.LOGGED, "Mon Jan 3 12:00:00\nx", "Mon Jan 3 12:00:00\n\nx"),
    (s.ROWS, "a | b\nc | d", "a | b\nc, d"),
    (s.ROWS, "1\n2\n3", "1\n2"),
    (s.STATEMENTS, "x = f(1)", "It rained" * 30 + "; x"),
    (s.TERMS, "a: b\n\nc: d\ne: f\ng: h", "a: b\nc: d\ne f\ng: h\ni: j"),
    (s.TERMS, " a: b\n x\n c: d\n x\n e: f\n x\n g: h", "a: b\nx\nc: d\nx\ne: f\nx\ng: h"),
    (s.PAGES, "Tides 3\nWinds\nBoats 9", "Tides 3\nBoats 9"),
    (s.DOTTED, "a\n.. note::", "a\nb .. c"),
]


@pytest.mark.parametrize(("fact", "has", "lacks"), PARAGRAPHS)
def test_what_a_text_may_have(fact: int, has: str, lacks: str) -> None:
    assert line_kernel.look(has)[1].text & fact
    assert not line_kernel.look(lacks)[1].text & fact
    assert looking.plainly(lacks)[1].text & fact


@pytest.mark.parametrize(
    ("loaded", "kept", "limit"),
    [(True, True, "SHARED_EFFORT"), (False, True, "PLAIN_EFFORT"), (True, False, "UNCOMPILED_EFFORT")],
)
def test_lines_are_looked_at_in_compiled_code_when_it_pays(
    *, loaded: bool, kept: bool, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not loaded:
        monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setattr(looking._EFFORT, "spent", getattr(looking, limit))
    monkeypatch.setattr(looking, "_is_kept", lambda: kept)
    assert looking._looking(1) is looking.plainly
    assert looking._looking(1) is line_kernel.look


@pytest.mark.parametrize(
    "text", [*dict.fromkeys(case.text for case in CASES), *(text for text, _ in CELLS), QUOTED_ROFF]
)
def test_compiled_code_finds_the_same_blocks(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    maps = []
    for look in (looking.plainly, line_kernel.look):
        monkeypatch.setattr(protected, "look", look)
        maps.append(protected._protected(text))
    assert maps[0] == maps[1]
