"""Single paragraphs that were filled to a width: each threshold, just below and just above."""

from __future__ import annotations

import pytest

from cleaner.steps.linebreaks.described_lines import View, split, suspects
from cleaner.steps.linebreaks.edges import Words
from cleaner.steps.linebreaks.wrapped.filled import paragraphs
from cleaner.steps.linebreaks.wrapped.wraps import is_open

WORDS = ("pier", "ship", "wind", "rain", "sail", "rope", "tide", "salt")


def block(width: int, gaps: int, last: int, *, inner: str = "") -> str:
    """Make lines of words of four letters, each of exactly `width` columns (four more than a multiple of five)."""
    assert width % 5 == 4 == last % 5
    full = [" ".join(WORDS[(line + k) % 8] for k in range((width + 1) // 5)) for line in range(gaps)]
    full.append(" ".join(WORDS[k % 8] for k in range((last + 1) // 5)) + ".")
    full[0] = full[0].capitalize()
    if inner:
        full[1] = full[1][:3] + inner + " " + full[1][5].upper() + full[1][6:]
    return "\n".join(full)


def found(text: str) -> list[tuple[int, int]]:
    lines = split(text)
    view = View(lines, Words())
    open_gaps = [gap for gap in suspects(lines.texts, frozenset(), frozenset()) if is_open(view, gap)]
    return [(one.first, one.last) for one in paragraphs(view, open_gaps)]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        # Without another sign of prose, the narrower the lines the more of them.
        (block(64, 2, 59), True),
        (block(64, 1, 59), False),
        (block(59, 2, 54), False),
        (block(54, 3, 49), True),
        (block(54, 2, 49), False),
        (block(49, 3, 44), False),
        (block(44, 6, 39), True),
        (block(44, 5, 39), False),
        (block(39, 6, 34), False),
        (block(34, 10, 29), True),
        (block(34, 9, 29), False),
        (block(29, 12, 24), True),
        (block(24, 40, 19), False),
        # A short last line, a sentence that ends inside a line, or a broken word is such a sign.
        (block(39, 3, 24), True),
        (block(39, 3, 29), False),
        (block(39, 2, 24), False),
        (block(34, 3, 19), False),
        (block(39, 3, 34, inner="."), True),
        (block(39, 3, 34, inner=","), False),
        (block(39, 3, 34)[:38] + "-" + block(39, 3, 34)[39:], True),
        # Lines wider than 100 columns are paragraphs of one line.
        (block(99, 2, 54), True),
        (block(104, 2, 54), False),
        # It starts as a sentence does and ends as one.
        (block(64, 2, 59).lower(), False),
        (block(64, 2, 59)[:-1], False),
    ],
)
def test_widths(text, whole):
    assert found(text) == ([(0, text.count("\n"))] if whole else [])


def test_paragraphs_of_one_width_speak_for_each_other():
    assert found(block(64, 1, 24) + "\n\n" + block(64, 1, 24)) == [(0, 1), (2, 3)]
    assert found(block(64, 1, 24) + "\n\n" + block(69, 1, 24)) == [(0, 1), (2, 3)]
    assert found(block(64, 1, 24) + "\n\n" + block(79, 1, 24)) == []


def test_a_paragraph_has_its_own_width_whatever_follows_it():
    alone = "Ships\n\n" + block(44, 1, 34) + "\n" + block(64, 1, 39)
    assert found(alone) == []
    assert found("Ships\n\n" + block(64, 1, 34) + "\n" + block(64, 1, 39)) == [(1, 2), (3, 4)]


def test_a_line_with_room_for_the_next_word_is_not_filled():
    text = block(64, 3, 24).split("\n")
    assert found("\n".join(text)) == [(0, 3)]
    shorter = text[1].rsplit(" ", 1)[0]
    assert found("\n".join([text[0], shorter, *text[2:]])) == []


def test_a_line_in_brackets_and_a_title_are_no_part_of_it():
    text = block(64, 3, 24)
    title = "Ships Winds Tides Sails " * 3
    assert found(title[:64].strip() + "\n" + text) == [(1, 4)]
    assert found(f"({text[:62]})\n" + text) == [(1, 4)]


def test_a_heading_after_a_last_line_that_is_full_is_no_part_of_it():
    text = block(64, 2, 64)
    assert found(text + "\nThe next part of it") == [(0, 2)]
    assert found(text[:-1] + "\nthe next part of it") == []


def test_a_colon_before_a_capital_ends_it():
    text = block(64, 3, 24).split("\n")
    assert found("\n".join(text)) == [(0, 3)]
    text[1] = text[1][:-1] + ":"
    text[2] = text[2].capitalize()
    assert found("\n".join(text)) == []


def test_most_lines_end_inside_a_sentence():
    text = block(64, 4, 24).split("\n")
    ended = [line[:-1] + "." if number in (0, 1) else line for number, line in enumerate(text)]
    capital = [line.capitalize() if number in (1, 2) else line for number, line in enumerate(ended)]
    assert found("\n".join(capital)) == [(0, 4)]
    ended = [line[:-1] + "." if number in (0, 1, 2) else line for number, line in enumerate(text)]
    capital = [line.capitalize() if number in (1, 2, 3) else line for number, line in enumerate(ended)]
    assert found("\n".join(capital)) == []


def test_a_narrow_first_line_without_a_comma_may_be_a_heading():
    text = block(54, 4, 24).split("\n")
    text[1] = text[1].capitalize()
    assert found("\n".join(text)) == []
    text[0] = text[0].replace(" wind", ", ind")
    assert found("\n".join(text)) == [(0, 4)]


def test_a_line_that_is_indented_more_begins_a_paragraph():
    text = block(64, 2, 24)
    assert found(text + "\n  " + text) == [(0, 2), (3, 5)]


@pytest.mark.parametrize(
    ("sizes", "whole"), [((32, 32, 20), True), ((32, 30, 20), True), ((32, 29, 20), False)], ids=str
)
def test_room_for_one_character_in_a_script_without_spaces(sizes, whole):
    lines = ["港" * size for size in sizes]
    assert found("\n".join(lines) + "。") == ([(0, 2)] if whole else [])


@pytest.mark.parametrize(("second", "whole"), [(71, True), (70, False)])
def test_room_for_a_word_in_thai(second, whole):
    assert found("\n".join(["ก" * 80, "ก" * second, "ก" * 75, "ก" * 40])) == ([(0, 3)] if whole else [])


@pytest.mark.parametrize(("second", "whole"), [(69, True), (67, False)])
def test_room_where_columns_are_uncertain(second, whole):
    word = "क" * 4
    lines = [" ".join([word] * 15) + "क" * (80 - 74), "क" * second, "क" * 30 + "।"]
    lines[1] = "क" * 4 + " " + "क" * (second - 5)
    lines[2] = "क" * 4 + " " + "क" * 25 + "।"
    assert found("\n".join(lines)) == ([(0, 2)] if whole else [])
