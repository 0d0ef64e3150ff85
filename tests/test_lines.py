"""What is kept of the texts of a batch, and for how long."""

from __future__ import annotations

import pytest

from cleaner.lines import REMEMBERED, line_spans, remembered


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
