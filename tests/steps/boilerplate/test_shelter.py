"""Protected blocks go as a whole or not at all."""

from __future__ import annotations

import pytest

from cleaner.steps.boilerplate import shelter
from cleaner.steps.boilerplate.shelter import around_nothing, leading, scattered, torn

TABLE = "| boat | year |\n|---|---|\n| Anna | 1902 |\n| Share | 1911 |\n\nIt rained.\n"


@pytest.mark.parametrize(
    ("drops", "spared"), [({3}, {3}), ({0, 3}, {0, 3}), ({0, 1, 2, 3}, set()), ({5}, set()), (set(), set())]
)
def test_part_of_a_table_is_spared_and_all_of_it_is_not(drops: set[int], spared: set[int]) -> None:
    assert torn(drops, TABLE, TABLE.split("\n"), "article") == spared


def test_a_whole_page_is_laid_out_in_tables() -> None:
    assert torn({3}, TABLE, TABLE.split("\n"), "page") == set()


@pytest.mark.parametrize(("drops", "spared"), [({0}, {0}), ({0, 1}, {0, 1}), ({0, 1, 2}, set())])
def test_items_are_spared_up_to_half_of_a_list(drops: set[int], spared: set[int]) -> None:
    text = "1. the wall\n2. the bridge\n3. the ferry\n4. the quay\n"
    assert torn(drops, text, text.split("\n"), "article") == spared


@pytest.mark.parametrize(
    ("items", "dropped", "spared"),
    [
        (7, 2, 0),
        (8, 5, 0),
        (8, 0, 0),
        (8, 4, 4),
    ],
)
def test_an_outline_is_not_thinned_out(items: int, dropped: int, spared: int) -> None:
    lines = ["It rained."]
    for k in range(items):
        lines += ["", f"{'-o*'[k % 3]} harbour {k}"]
    places = [k for k, line in enumerate(lines) if "harbour" in line]
    assert scattered(places[:dropped], [*lines, "It rained."]) == set(places[:spared])


PROSE = "The harbour master wrote to the council, and the council answered him in the spring."


@pytest.mark.parametrize(
    ("lines", "dropped", "spared"),
    [
        (["Phone", "555-0142", "Address", "3 Quay Street"], {2}, {2}),
        (["A bridge", "Menu", PROSE], {1}, set()),
        (["Menu", "A bridge", PROSE], {0}, set()),
        (["A bridge", "Menu", "Sign in", "By Jane Example", PROSE], {1, 2}, set()),
        (["A bridge", "", "Updated", "", "3 May", PROSE], {2}, {2}),
        ([PROSE, "Fares", "- Children", "- Groups"], {1}, {1}),
        ([PROSE, "More", "General", "- Children", "- Groups"], {1, 2}, {1, 2}),
        ([PROSE, "Fares", "Menu", "Sign in"], {2, 3}, set()),
        ([PROSE, "Menu", "Fares", "Sign in"], {1, 3}, {1}),
        ([PROSE, "Menu", PROSE], {1}, set()),
        ([PROSE], set(), set()),
    ],
)
def test_what_leads_to_lines_that_stay_is_spared(
    lines: list[str], dropped: set[int], spared: set[int]
) -> None:
    assert leading(dropped, lines) == spared


@pytest.mark.parametrize(
    ("first", "states"),
    [
        ("Harbour", False),
        ("the ferry is late again", False),
        ("Fine.", True),
        ("港は開いた。", True),
    ],
)
def test_a_text_that_states_nothing_has_no_furniture_of_a_word_or_two(first: str, *, states: bool) -> None:
    lines = [first, "Share", "Print", "Sign up for all our letters"]
    assert around_nothing({1, 2, 3}, lines) == (set() if states else {1, 2})
    assert around_nothing({0, 1}, lines[1 : shelter.LISTED]) == set()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("The pier was closed on Monday in March.", True),
        ("The pier was closed on Monday morning.", False),
        ("The pier was closed on Monday in March", False),
        ("नगर परिषद ने शुक्रवार को पुराना पुल खोला।", True),
        ("أغلقت المدينة أمس الجسر القديم فوق النهر، أليس كذلك؟", True),
        ("市议会昨天晚上决定关闭河上的旧桥，因为工程师发现了裂缝。", True),
    ],
)
def test_a_sentence_in_any_script(line: str, *, sentence: bool) -> None:
    assert shelter.is_sentence(line) == sentence
