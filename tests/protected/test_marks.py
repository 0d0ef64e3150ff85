"""Marks of lines: what they are, and that they never name too few lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.protected import marks as m
from cleaner.protected import tables
from cleaner.protected.code.signals import (
    PROSE,
    STRONG,
    UNMISTAKABLE,
    WEAK,
    _is_weak,
    has_prose,
    is_unmistakable,
    signal,
)
from cleaner.protected.code.source import is_source
from cleaner.protected.shapes import SIGNS, begins_as_code

PAIRS = [
    (m.CALL, "f(x)", "f (x)"),
    (m.CALL, "_(x)", "((x)"),
    (m.CALL, "\N{MATHEMATICAL BOLD SMALL X}(x)", "\N{GRINNING FACE}(x)"),
    (m.GAP, "a  b", "a b "),
    (m.RULE, "a--b", "a- -b"),
    (m.HEAD, "a:\n", "a: \n"),
    (m.HEAD, "a:\nb", "a:"),
    (m.TYPED, "a::b", "a: :b"),
    (m.TRAILING, "a \n", "a "),
    (m.OPEN, "( a", "(a "),
    (m.DOTS, "a..", "a. ."),
    (m.PARTED, "a - b", "a-b"),
    (m.PARTED, "a m. b", "a s. b"),
    (m.SURROGATE, "a\ud800", "a"),
]


@pytest.mark.parametrize(("mark", "has", "lacks"), PAIRS)
def test_two_characters_side_by_side(mark: int, has: str, lacks: str) -> None:
    assert m.marks_of(lacks).text & mark == 0
    assert m.marks_of(has).lines[0] & mark == mark


@given(st.text(alphabet=st.sampled_from("aB1 _:.-(\n\t\u2014\u00e9\U0001d400\U0001f600"), max_size=40))
def test_every_line_has_the_marks_of_its_characters_and_of_its_first_one(text: str) -> None:
    marks = m.marks_of(text)
    lines = text.split("\n")
    assert len(marks.lines) == len(marks.heads) == len(lines)
    for line, found, head in zip(lines, marks.lines, marks.heads, strict=True):
        for mark, belongs in (
            (m.WORD, lambda char: char.isalnum() or char == "_"),
            (m.UPPER, str.isupper),
            (m.DIGIT, str.isdigit),
            (m.COLON, ":".__eq__),
            (m.DASH, "\u2014".__eq__),
        ):
            assert bool(found & mark) == any(map(belongs, line))
            assert bool(head & mark) == any(map(belongs, line[:1]))


def test_an_empty_text_has_one_line_without_marks_of_characters() -> None:
    marks = m.marks_of("")
    assert (len(marks.lines), marks.text & ~m.NEWLINE & ~m.BLANK & ~m.TRAILER) == (1, 0)


WORDS = """
from import as SELECT UPDATE SET End if do done fi goto Real x ... diff --git set def class . ; : ( ) { } = [ ]
// && -> \\n </ % $ # @ " ' , - + x.y The harbour was shut Integer kinds \u017fubroutine
"""
CODE = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=7).map(" ".join)


@given(CODE)
def test_no_unmistakable_code_is_without_a_sign_or_a_word_of_code(line: str) -> None:
    if STRONG.Match(line.encode()):
        assert SIGNS.search(line) or begins_as_code(line)


@given(CODE | st.text())
def test_unmistakable_lines_are_those_with_this_signal(line: str) -> None:
    assert is_unmistakable(line) == (signal(line) == UNMISTAKABLE)


@given(CODE | st.text(min_size=1))
def test_what_code_has_often_is_told_at_a_glance(line: str) -> None:
    assert _is_weak(line) == (WEAK.Match(line.encode("utf-8", "replace")) is not None)


@given(
    st.lists(st.sampled_from(["It", "rained,", "all;", "day’", "café", "x1", "12", "-", "(so)"]), max_size=12)
)
def test_prose_that_is_found_quickly_is_prose(words: list[str]) -> None:
    line = " ".join(words)
    assert has_prose(line) == (line.count(" ") >= 5 and PROSE.Match(line.encode()) is not None)


SENTENCE = "The harbour was shut for all of the winter."


@pytest.mark.parametrize(
    "text",
    [
        '"""\n' + (SENTENCE + "\n") * 9 + '"""\nimport os\nprint(os.name)\nx = f(1)\ny = g(x)\n',
        "cat <<EOF\n" + (SENTENCE + "\n") * 9 + "EOF\nx=1\nexport x\nif [ -f a ]; then\n  make b;\nfi\n",
        "/*\n" + (SENTENCE + "\n") * 9 + "*/\nint main(void) {\n  return f(1);\n}\n",
    ],
)
def test_sentences_of_a_long_comment_do_not_make_prose_of_a_program(text: str) -> None:
    from cleaner.protected import protect

    assert is_source(text.splitlines())
    assert [block.kind for block in protect(text).blocks] == ["code"]


def test_signs_are_those_of_the_pattern() -> None:
    assert {char for mark, chars in m._CLASSES if mark == m.SIGN for char in chars} == set(
        filter(SIGNS.search, map(chr, range(0x10000)))
    )


@given(st.text() | st.text(st.characters(codec="ascii")))
def test_letters_and_digits_of_a_line_are_counted(line: str) -> None:
    assert tables.letters_of(line) == sum(map(str.isalnum, line))


@pytest.mark.parametrize(("mark", "belongs"), [(mark, belongs) for mark, belongs, _ in m._CASES])
def test_characters_are_what_python_says(mark: int, belongs: Callable[[str], bool]) -> None:
    assert (m.table() & mark > 0).tolist() == [
        belongs(chr(code)) or (mark == m.WORD and chr(code) == "_") for code in range(0x10000)
    ]
