"""What is kept of the texts of a batch, and for how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.edits import splice
from cleaner.lines import REMEMBERED, drop_lines, line_spans, remembered, rest_of, without_lines
from cleaner.model import Edit


@pytest.mark.parametrize(
    ("sizes", "asked_again"),
    [
        ([REMEMBERED - 1], []),
        ([REMEMBERED], []),  # `a` is in the older part now
        ([REMEMBERED, REMEMBERED], ["a"]),
        ([REMEMBERED - 1, REMEMBERED], []),
        ([1] * 9, []),
    ],
)
def test_texts_of_a_bounded_size_together_are_remembered(sizes: list[int], asked_again: list[str]) -> None:
    asked: list[str] = []

    @remembered
    def first(text: str) -> str:
        asked.append(text)
        return text[:1]

    letters = [chr(ord("b") + k) for k in range(len(sizes))]
    texts = ["a", *(letter * size for letter, size in zip(letters, sizes, strict=True))]
    assert [first(text) for text in (*texts, texts[-1])] == ["a", *letters, letters[-1]]
    assert len(asked) == len(texts)
    del asked[:]
    assert (first("a"), asked) == ("a", asked_again)


def test_a_longer_text_is_remembered_with_those_before_it() -> None:
    asked: list[int] = []

    @remembered
    def size(text: str) -> int:
        asked.append(len(text))
        return len(text)

    for text in ("a", "b" * 2 * REMEMBERED, "b" * 2 * REMEMBERED, "a", "a"):
        assert size(text) == len(text)
    assert asked == [1, 2 * REMEMBERED]


def test_the_lines_of_a_text_may_be_changed_by_who_asked_for_them() -> None:
    line_spans("a\nb").clear()
    assert line_spans("a\nb") == [(0, 1), (2, 3)]


@pytest.mark.parametrize(
    ("text", "start", "end", "new", "whole"),
    [
        ("a\nb\nc", 0, 2, "", True),
        ("a\nb\nc", 2, 4, "", True),
        ("a\nb\nc", 2, 4, "\n", True),
        ("a\nb\nc", 3, 5, "", True),  # the last line, and the line end before it
        ("a\nb\nc", 4, 5, "", True),
        ("a\nb\nc", 0, 5, "", True),
        ("a\nb\nc", 3, 5, "\n", False),
        ("a\nb\nc", 1, 3, "", False),
        ("a\nb\nc", 1, 4, "", False),
        ("a\nb\nc", 0, 1, "", False),
        ("a\nb\nc", 2, 4, "x", False),
        ("a\nbb\nc", 3, 5, "", False),
        ("a\nb\nc", 2, 2, "", False),
    ],
)
def test_what_takes_out_whole_lines(text: str, start: int, end: int, new: str, *, whole: bool) -> None:
    edit = Edit(start, end, text[start:end], new, "t/x")
    assert (rest_of(text, splice(text, [edit]), [edit]) is not None) == whole


@given(st.lists(st.sampled_from(["", " ", "low", "tide", "at", "nine"]), min_size=1), st.data())
def test_lines_are_found_again_in_what_is_left(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines) + data.draw(st.sampled_from(["", "\n"]))
    spans = line_spans(text)
    shown = [k for k, (start, end) in enumerate(spans) if text[start:end].strip()]
    gone = data.draw(st.sets(st.sampled_from(shown))) if shown else set()
    edits = drop_lines(text, spans, dict.fromkeys(gone, ("t/x", "")))
    left = splice(text, edits)
    assert without_lines(text, spans, gone) == left
    rest = rest_of(text, left, edits)
    assert rest is not None
    found = rest.lines(shown)
    assert [left[slice(*line_spans(left)[k])] for k in found] == [lines[k] for k in shown if k not in gone]
