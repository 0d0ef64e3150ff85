"""Lines that belong to no sentence: each threshold just below and just above."""

from __future__ import annotations

import pytest

from cleaner.steps.linebreaks.described_lines import View, split
from cleaner.steps.linebreaks.edges import NO_WORDS, Words
from cleaner.steps.linebreaks.labels import (
    BESIDE,
    BESIDE_FILLED,
    ITEMS,
    LABEL_WORDS,
    NAME_WORDS,
    Labels,
    among_items,
    is_dated_name,
)


def view(*lines: str) -> View:
    return View(split("\n".join(lines)), NO_WORDS)


@pytest.mark.parametrize(("words", "label"), [(LABEL_WORDS, True), (LABEL_WORDS + 1, False)])
def test_a_label_is_short(words: int, label: bool) -> None:
    line = " ".join(["tide"] * words)
    assert Labels(view("The rope", line, "The sail", line)).divide(0) is label


@pytest.mark.parametrize(("others", "label"), [(BESIDE - 1, False), (BESIDE, True)])
def test_a_label_comes_again_beside_other_lines(others: int, label: bool) -> None:
    titles = [f"The {noun} of the harbour" for noun in ("rope", "sail")[:others]] * 2
    lines = [line for title in titles[:2] for line in (title, "by the crew")]
    assert Labels(view(*lines)).divide(0) is label


@pytest.mark.parametrize(("others", "label"), [(BESIDE_FILLED - 1, False), (BESIDE_FILLED, True)])
def test_filled_lines_end_alike_by_chance(others: int, label: bool) -> None:
    lines = [line for noun in ("rope", "sail", "mast")[:others] for line in (f"The {noun}", "by the crew")]
    assert Labels(view(*lines)).divide(0, filled=True) is label


def test_a_word_that_binds_goes_on() -> None:
    lines = split("He gave it to\nthe crew\nShe took it from\nthe crew")
    assert Labels(View(lines, NO_WORDS)).divide(0)
    assert not Labels(View(lines, Words(function=frozenset({"to"})))).divide(0)


@pytest.mark.parametrize("line", ["as follows:", "and so on.", "the rope,"])
def test_what_ends_or_goes_on_is_no_label(line: str) -> None:
    assert not Labels(view("He said it", line, "She wrote it", line)).divide(0)


def test_a_label_may_stand_above() -> None:
    assert Labels(view("The yard", "a brush", "The yard", "paint of two kinds")).divide(0)
    assert not Labels(view("The yard", "a brush", "The yard", "a brush")).divide(0)


@pytest.mark.parametrize(("words", "name"), [(NAME_WORDS, True), (NAME_WORDS + 1, False)])
def test_a_name_is_short(words: int, name: bool) -> None:
    assert is_dated_name(" ".join(["Berg"] * words), "lundi 4 mai") is name


@pytest.mark.parametrize(("items", "listed"), [(ITEMS - 1, False), (ITEMS, True)])
def test_items_in_a_row(items: int, listed: bool) -> None:
    lines = [f"the {noun}" for noun in ("rope", "sail", "mast")[:items]]
    assert among_items(view("We have", *lines, "and what not"), 0) is listed


@pytest.mark.parametrize(
    ("lines", "item"),
    [
        (["+ The mooring", "o repairs"], True),
        (["It pays", "o repairs", "o paint"], True),
        (["É assim que", "o barco parte"], False),
    ],
)
def test_a_letter_is_a_bullet_beside_other_items(lines: list[str], item: bool) -> None:
    assert Labels(view(*lines)).divide(0) is item


@pytest.mark.parametrize(
    ("line", "note"),
    [("photo: Anna Berg", True), ("of it: Anna came", False), ("reason: the rope, 2 m", True)],
)
def test_a_note_is_no_rest_of_a_sentence(line: str, note: bool) -> None:
    labels = Labels(view("—Olga, at sea", line))
    assert labels.divide(0) is note
    assert not labels.divide(0, filled=True)
