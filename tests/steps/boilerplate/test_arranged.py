"""What is part of something on a whole page that stays, stays; the rest goes."""

from __future__ import annotations

import pytest

from cleaner.steps.boilerplate.arranged import (
    ANNOUNCED,
    ANNOUNCING_WORDS,
    INDEX_GAP,
    INDEX_ITEMS,
    INDEX_LISTS,
    ITEMS,
    MOST_OF_A_LIST,
    MOST_OF_AN_ENUMERATION,
    ROWS,
    ROWS_SHARE,
    SAME_LETTER,
    announced,
    indexed,
    lists_of,
    part_of_what_stays,
    tabled,
    thinned,
)


@pytest.mark.parametrize(
    ("mark", "items", "dropped", "spared"),
    [
        ("*", ITEMS - 1, 1, 0),
        ("*", ITEMS, 1, 1),
        ("* ", 8, int(8 * MOST_OF_A_LIST), 4),
        ("+", 8, int(8 * MOST_OF_A_LIST) + 1, 0),
        ("o ", 8, 4, 4),
        ("{}.", 4, 1, 0),
        ("{}.", 5, 1, 1),
        ("{})", 8, int(8 * MOST_OF_AN_ENUMERATION), 6),
        ("* {}.", 8, 6, 6),
        ("{}.", 8, int(8 * MOST_OF_AN_ENUMERATION) + 1, 0),
        ("{}.", 8, 0, 0),
        ("2{}.", 8, 2, 0),
        ("Pier", 8, 2, 0),
    ],
)
def test_a_list_is_not_thinned_out(mark: str, items: int, dropped: int, spared: int) -> None:
    lines = ["It rained.", ""]
    for k in range(items):
        lines += [f"{mark.format(k + 1)} harbour", ""]
    places = [k for k, line in enumerate(lines) if "harbour" in line]
    found = lists_of([*lines, "It rained."])
    assert thinned(set(places[:dropped]), list(found)) == set(places[:spared])


def test_another_bullet_or_a_missing_number_ends_a_list() -> None:
    assert thinned({0}, list(lists_of(["* a", "* b", "+ c", "* d", "* e", "* f"]))) == set()
    assert thinned({0}, list(lists_of(["1. a", "2. b", "3. c", "5. d", "6. e"]))) == set()


KIT = ["* Rope", "* Anchor", "* Two oars"]


@pytest.mark.parametrize(
    ("above", "items", "dropped", "spared"),
    [
        ("Menu:", KIT, {1, 2, 3}, set()),
        (" ".join(["boats"] * (ANNOUNCING_WORDS - 1)) + ":", KIT, {1, 2, 3}, set()),
        (" ".join(["boats"] * ANNOUNCING_WORDS) + ":", KIT, {1, 2, 3}, {1, 2, 3}),
        ("Our boats all hold:", KIT[: ANNOUNCED - 1], {1}, set()),
        ("Our boats all hold:", KIT, {0, 1, 2, 3}, set()),
        ("Our boats all hold.", KIT, {1, 2, 3}, set()),
        ("Our boats all hold:", ["Rope", "Anchor"], {1, 2}, set()),
        ("Our boats all hold:", KIT[:ANNOUNCED], {1, 2}, {1, 2}),
        ("Our boats all hold:", ["", *KIT], {2, 3, 4}, {2, 3, 4}),
        ("每艘船上都有下面这些东西：", KIT, {1, 3}, {1, 3}),
        ("Our boats all hold:", ["1. Rope", "2. Anchor", "3. Oars"], {2}, {2}),
    ],
)
def test_a_list_that_a_line_announces_stays_with_it(
    above: str, items: list[str], dropped: set[int], spared: set[int]
) -> None:
    page = [above, *items, "Sign in"]
    assert announced(dropped, list(lists_of(page)), page) == spared


def index(letters: str, items: int, between: int = 1) -> list[str]:
    """Write an index with so many items to a letter, and lines between them."""
    page: list[str] = []
    for letter in letters:
        page += [letter.upper(), *(["to the top"] * (between - 1))]
        page += [f"* {letter}{name}" for name in ("nchor", "oat", "rane", "eck", "el", "erry", "ull")[:items]]
    return page


@pytest.mark.parametrize(
    ("page", "stays"),
    [
        (index("abc", 7), False),
        (index("abcd", INDEX_ITEMS // INDEX_LISTS - 1), False),
        (index("dcba", 7), False),
        (index("aaaa", 7), False),
        (index("abcd", 7, INDEX_GAP + 1), False),
        (["* Oak", "* Ash", "* Elm", "* Fir", "* Yew"] * 6, False),
        (index("abcd", INDEX_ITEMS // INDEX_LISTS), True),
        (index("абвг", 5, INDEX_GAP), True),
        (index("AbÇd", 5), True),
    ],
)
def test_an_index_stays(page: list[str], stays: bool) -> None:
    lines = set(range(len(page)))
    spared = indexed(lines, list(lists_of(page)), page)
    assert spared == (set(range(page.index(page[0]) + _head(page), len(page))) if stays else set())


def _head(page: list[str]) -> int:
    """Return the first item of a page."""
    return next(k for k, line in enumerate(page) if line.startswith("*"))


@pytest.mark.parametrize(("others", "stays"), [(1, True), (2, False)])
def test_some_items_of_an_index_begin_otherwise(others: int, stays: bool) -> None:
    assert SAME_LETTER == 4 / 5  # of five items four
    page = index("abcd", 5)
    for k in range(1, 1 + others):
        page[k] = "* The " + page[k]
    assert bool(indexed(set(range(len(page))), list(lists_of(page)), page)) == stays


HOURS = ["Mon  08:00", "Tue  09:00", "Wed  closed", "Thu  closed", "Fri  10:00"]
MENU = ["Boats  Berths", "Tides  Charts", "Fares  Tickets", "News  Weather"]
TABLE = "The harbour is open.\n\n{}\n\nIt is closed on Sundays.\n"


@pytest.mark.parametrize(
    ("rows", "dropped", "spared"),
    [
        (MENU, {2, 3, 4, 5}, set()),
        (HOURS, {2, 3, 4, 5, 6}, set()),
        (["*", "*", "*", "*"], {3}, set()),
        (MENU, {2, 3}, {2, 3}),
        (HOURS, {4}, {4}),
        (HOURS, {2, 3, 4, 5}, {2, 3, 4, 5}),
        (["| boat | year |", "|---|---|", "| Anna | 1902 |", "| Share | 1911 |"], {5}, {5}),
    ],
)
def test_rows_of_a_table_stay(rows: list[str], dropped: set[int], spared: set[int]) -> None:
    text = TABLE.format("\n".join(rows))
    assert tabled(dropped, text, text.split("\n")) == spared


def test_so_many_rows_with_cells_make_a_table() -> None:
    assert (ROWS, ROWS_SHARE) == (3, 0.5)


def test_nothing_is_spared_where_nothing_is_removed() -> None:
    assert part_of_what_stays((), "The kit of every boat holds:\n* Rope\n* Anchor", ["a", "b"]) == set()
