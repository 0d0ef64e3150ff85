"""What is told at a glance is what the patterns tell."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.steps.linebreaks import edges
from cleaner.steps.linebreaks.sentences import _BROKEN_NUMBER, _REST_OF_NUMBER, is_broken_number

PARTS = [
    "He",
    "left.",
    "f(x);",
    "()",
    "(",
    "=",
    "<",
    "<b",
    "a_b",
    ";",
    "//",
    "http://a",
    "www.",
    "ftp://",
    "a:",
    "key:",
    "x-y:",
    "key:value",
    "a@b",
    "{",
    "|",
    "It",
    "(so)",
    "12",
    "12,",
    "1.",
    "3/4",
    "of",
    "–",
    "[",
    "]",
    "*",
    "·",
    "iv",
    "ix",
    "~",
    "12.",
    "500",
    "million",
    "£",
    "$",
    "٤",
    "é.",
    "A_b:",
    "Key:",
]
LINES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
)


@given(LINES)
@example("a\tb")
@example("")
def test_prose_is_told_as_the_pattern_tells_it(line: str) -> None:
    assert edges.is_prose(line) == ("   " not in line and edges._NOT_PROSE.search(line) is None)


@given(LINES)
def test_page_numbers_are_told_as_the_patterns_tell_them(line: str) -> None:
    long_word = len(line) > 6 and line[0].isalpha()
    patterns = (edges.BARE_NUMBER, edges._MARKED_NUMBER)
    assert edges.is_page_number(line) == (not long_word and any(one.fullmatch(line) for one in patterns))


@given(LINES, LINES)
def test_broken_numbers_are_told_as_the_patterns_tell_them(left: str, right: str) -> None:
    broken = _BROKEN_NUMBER.search(left) is not None and _REST_OF_NUMBER.match(right) is not None
    assert is_broken_number(left, right) == broken
