"""Each threshold about sentences and widths, just below and just above."""

from __future__ import annotations

import pytest

from cleaner.model import Edit
from cleaner.steps import Context
from cleaner.steps.linebreaks import find
from cleaner.steps.linebreaks.conventions import Habits, OrphanHabits
from cleaner.steps.linebreaks.decide import MANY
from cleaner.steps.linebreaks.described_lines import View, split, suspects
from cleaner.steps.linebreaks.edges import TITLE_LETTERS, Words, is_title
from cleaner.steps.linebreaks.orphans import _side, characters_alone
from cleaner.steps.linebreaks.sentences import Pair, inside_paragraph, mid_sentence, stands_apart
from cleaner.steps.linebreaks.wrapped.evidence import _is_verse
from cleaner.steps.linebreaks.wrapped.widths import SHORT, width_at
from cleaner.steps.linebreaks.wrapped.wraps import LONGEST, ROOMY, SPACED, candidates
from tests.steps.linebreaks.test_linebreaks import BOOK, repaired

KNOWN = Habits(words=Words(function=frozenset({"of", "the"})), binding=frozenset({"of", "the"}))


def line(count: int, last: str = "pier") -> str:
    """Make a line of so many words of three letters, the first with a capital."""
    return " ".join(["Sea", *["sea"] * (count - 2), last])


def joined(left: str, right: str, end: str = "lower", start: str = "lower", **more: bool) -> bool:
    return mid_sentence(Pair(left, right, end, start, **more), KNOWN) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("end", "count", "whole"),
    [
        ("lower", 8, True),
        ("lower", 7, False),
        ("comma", 8, True),
        ("comma", 7, False),
        ("dash", 8, True),
        ("dash", 7, False),
        ("abbreviation", 8, True),
        ("abbreviation", 7, False),
        ("hyphen", 8, True),
        ("hyphen", 7, False),
        ("capital", 12, True),
        ("capital", 11, False),
        ("digit", 12, True),
        ("digit", 11, False),
        ("function", 4, True),
        ("function", 3, False),
        ("stop", 20, False),
        ("colon", 20, False),
    ],
)
def test_words_before(end, count, whole):
    assert joined(line(count), "and then it rained.", end) == whole


@pytest.mark.parametrize(("count", "columns", "whole"), [(4, 64, True), (4, 63, False), (3, 64, False)])
def test_a_broken_word_before_a_line_wider_than_verse(count: int, columns: int, whole: bool) -> None:
    right = "er and then it rained ".ljust(columns - 1, "x") + "."
    assert joined(line(count, "pi-"), right, "hyphen") == whole


@pytest.mark.parametrize(("words", "letters", "whole"), [(5, 50, True), (5, 49, False), (4, 50, False)])
def test_long_words_count_for_more(words, letters, whole):
    left = " ".join(["Sea", *["sea"] * (words - 2), ""]).ljust(letters, "x")
    assert len(left) == letters
    assert left.count(" ") + 1 == words
    assert joined(left, "and then it rained.") == whole


@pytest.mark.parametrize(
    ("count", "right", "whole"),
    [
        (10, "pier at night", True),
        (9, "pier at night", False),
        (11, "old pier", False),
        (4, "pier at night.", True),
    ],
)
def test_a_rest_without_an_end(count, right, whole):
    assert joined(line(count, "of"), right, "function") == whole


def test_a_rest_without_an_end_stands_directly_below():
    assert joined(line(12, "of"), "old pier at night", "function")
    assert not joined(line(12, "of"), "old pier at night", "function", blank=True)


@pytest.mark.parametrize(("right", "whole"), [("then it rained.", True), ("it rained.", False)])
def test_words_of_a_whole_rest(right, whole):
    assert joined(line(9), right) == whole


@pytest.mark.parametrize(("letters", "whole"), [(40, True), (39, False)])
def test_letters_before_a_capital(letters, whole):
    left = ("Sea sea sea " * 5)[: letters - 3].rstrip().ljust(letters - 3, "x") + " of"
    assert len(left) == letters
    assert joined(left, "Northport was closed.", "function", "capital") == whole


@pytest.mark.parametrize(
    ("letter", "letters", "whole"), [("क", 40, True), ("क", 39, False), ("港", 16, True), ("港", 15, False)]
)
def test_letters_without_capitals(letter, letters, whole):
    assert joined(letter * letters, letter * 9 + "।", "function", "uncased") == whole


@pytest.mark.parametrize(("right", "whole"), [("does it rain?", False), ("does it rain.", True)])
def test_a_question_after_a_blank_line_stands_alone(right, whole):
    assert joined(line(9), right, blank=True) == whole
    assert joined(line(9), right)


@pytest.mark.parametrize(("gaps", "apart"), [(6, True), (5, False)])
def test_gaps_that_show_that_paragraphs_stand_apart(gaps, apart):
    assert stands_apart(split("A.\n\n" * gaps + "A.")) == apart


@pytest.mark.parametrize(("blank", "apart"), [(8, True), (7, False)])
def test_share_of_blank_lines(blank, apart):
    assert stands_apart(split("A.\n\n" * blank + "A.\n" * (10 - blank) + "A.")) == apart


@pytest.mark.parametrize(
    ("left", "right", "end", "whole"),
    [
        ("Sea sea sea", "pier sea sea", "lower", True),
        ("Sea sea", "pier sea sea", "lower", False),
        ("Sea sea sea", "pier sea", "lower", False),
        ("Sea sea sea", "pier.", "lower", True),
        ("Sea sea sea,", "pier", "comma", True),
        ("Sea " + "sea " * 29, "pier sea sea", "lower", True),
        ("Sea " + "sea " * 30, "pier sea sea", "lower", False),
        ("Sea " + "sea " * 30, "pier sea sea", "function", True),
        ("sea " + "eel " * 15, "pier sea sea", "lower", True),
        ("sea " + "eel " * 15 + "x", "pier sea sea", "lower", False),
    ],
)
def test_lines_of_one_paragraph(left, right, end, whole):
    assert (inside_paragraph(Pair(left, right, end, "lower")) is not None) == whole


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Pier Lamp Rope", True),
        ("Pier Lamp", False),
        ("Pier of the Lamp and Rope", True),
        ("Pier Lamp rope", False),
        ("Pier Lamp Rope sea", True),
    ],
)
def test_titles(text, title):
    assert TITLE_LETTERS == 4
    assert is_title(text) == title


def measured(sizes: list[int], open_gaps: list[int], gaps: int = 0, *, cased: bool = True) -> bool:
    gaps = gaps or len(sizes) - 1
    return width_at(len(sizes) // 2, gaps, open_gaps, sizes, cased=cased, short=gaps <= SHORT) is not None


WRAPPED = [70] * 12


@pytest.mark.parametrize(
    ("sizes", "open_gaps", "cased", "found"),
    [
        (WRAPPED, [1, 2], True, True),
        (WRAPPED, [1], True, False),
        (WRAPPED, [1, 2, 3, 4], False, True),
        (WRAPPED, [1, 2, 3], False, False),
        ([30] * 12, [1, 2], True, True),
        ([29] * 12, [1, 2], True, False),
        ([200] * 12, [1, 2], True, True),
        ([201] * 12, [1, 2], True, False),
        ([12] * 12, [1, 2, 3, 4], False, True),
        ([11] * 12, [1, 2, 3, 4], False, False),
        # Lines of which the shortest differs by three tenths, a quarter without capitals.
        ([100, 70] * 6, [0, 1], True, True),
        ([100, 69] * 6, [0, 1], True, False),
        ([100, 75] * 6, [0, 0, 1, 1], False, True),
        ([100, 74] * 6, [0, 0, 1, 1], False, False),
        ([100, 70] * 10, [*range(8), 8, 9], True, True),
        ([100, 55] * 10, list(range(10)), True, True),
        ([100, 55] * 10, list(range(9)), True, False),
        ([100, 54] * 10, list(range(10)), True, False),
        # Few lines are longer by more than a quarter.
        ([70] * 10 + [87] * 3, [1, 2], True, True),
        ([70] * 10 + [88], [1, 2], True, True),
        ([70] * 10 + [88] * 3, [1, 2], True, False),
        # A short text has no longer lines, and wider ones than verse has.
        ([64] * 9, [1, 2], True, True),
        ([63] * 9, [1, 2], True, False),
        ([63] * 10, [1, 2], True, True),
        ([64] * 8 + [81], [1, 2], True, False),
        ([64] * 8 + [80], [1, 2], True, True),
    ],
)
def test_widths(sizes, open_gaps, cased, found):
    assert measured(sizes, open_gaps, cased=cased) == found


@pytest.mark.parametrize(("lines", "found"), [(17, True), (18, False)])
def test_share_of_open_gaps(lines, found):
    assert measured([70] * lines, [1, 2], lines - 1) == found


def wrapped_with_hyphens(lines: int, hyphens: int) -> str:
    """Make a paragraph of wrapped lines, of which the last ones end in a hyphen."""
    whole = "The harbour lamp was lit again at night and many people came to see"
    rest = "harbour lamp that was lit again at night and all people came to"
    broken = "harbour lamp that was lit again and the people came out of com-"
    starts = ("the", "one", "our", "his", "her", "its")
    ends = [rest] * (lines - hyphens - 1) + [broken] * hyphens
    inner = [f"{starts[number % 6]} {end}" for number, end in enumerate(ends)]
    return "\n".join([whole, *inner, "pletely and for good."])


@pytest.mark.parametrize(
    ("lines", "hyphens", "kept"),
    [(MANY + 1, 1, True), (MANY - 1, 1, False), (MANY * 2, 3, False), (MANY * 2, 2, True)],
)
def test_rare_hyphens_belong_to_their_words(lines, hyphens, kept):
    out = repaired(wrapped_with_hyphens(lines, hyphens))
    assert ("com-pletely" in out) == kept
    assert ("completely" in out) != kept


def notes(text: str) -> list[str]:
    rules = BOOK.select("linebreaks", "en")
    return [edit.note for edit in find(text, Context(rules, "en")) if isinstance(edit, Edit)]


@pytest.mark.parametrize(("wide", "whole"), [(64, True), (63, False)])
def test_a_chain_is_joined_whole_where_lines_are_wider_than_verse(wide, whole):
    first = "The lamp of the pier was lit again and the keeper".ljust(wide - 7, "x") + " of the"
    second = "harbour said that he had seen nobody in the night and".ljust(wide - 7, "x") + " was in"
    text = f"{first}\n{second}\nno mood to talk about it with them"
    assert len(first) == len(second) == wide
    assert (repaired(text).count("\n") == 0) == whole
    assert repaired(text).count("\n") in (0, 2)


@pytest.mark.parametrize(
    ("letters", "note"), [(57, "line ends near the width 67"), (56, "lines of about 67")]
)
def test_notes_say_how_near_the_width_a_line_ends(letters, note):
    rest = "the harbour lamp that was lit again at night and all people came to"
    short = "the lamp that was lit again and all people came out and".ljust(letters, "x")
    first = "The lamp was lit at night. It was seen by all those who came there to"
    lines = [f"{word} {rest[4:]}" for word in ("the", "one", "our", "his", "her", "its", "any", "all", "new")]
    assert notes("\n".join([first, *lines, short, *lines, "see it."]))[10] == note


@pytest.mark.parametrize(("before", "side"), [('a"', 0), ('a" ', -1)])
def test_a_line_that_is_too_short_says_nothing_about_a_lone_mark(before: str, side: int) -> None:
    marks = OrphanHabits(frozenset(), frozenset(), frozenset('"'))
    assert _side('"', before, "b", marks) == side


@pytest.mark.parametrize(
    ("lines", "verse"),
    [
        (("Over the bay", "Under the sky", "Nobody came"), True),
        (("over the bay", "Under the sky", "Nobody came", "Nobody left", "Nobody slept"), False),
        (("Over the bay", "Under the sky", "Nobody came", "Nobody left", "nobody slept"), False),
        (("Over the bay", "Under the sky", "Nobody came", "Nobody left", "So it was", "nobody slept"), True),
    ],
)
def test_lines_around_a_gap_that_begin_with_capitals(lines: tuple[str, ...], verse: bool) -> None:
    view = View(split("\n".join(lines)), KNOWN.words)
    assert _is_verse(view, 1) is verse


def test_characters_alone_one_line_apart_are_two_runs():
    first, second = list("港口昨天上午重新开放。"), list("渡船早上离开港口。啊啊")
    marks = OrphanHabits(frozenset(), frozenset(), frozenset(), sentence=frozenset("。"))
    found = characters_alone([*first, "two words", *second], marks)
    assert len(first) == len(second) == 11
    assert sorted(found) == [*range(10), *range(12, 22)]


def wrapped(lines: int, words: int = 13) -> list[str]:
    """Make wrapped lines of words of four letters, with the end of a sentence inside every fourth."""
    sea = ("pier", "ship", "wind", "rain", "sail", "rope", "tide", "salt")
    made = [" ".join(sea[(line + k) % 8] for k in range(words)) for line in range(lines)]
    return [
        row if line % 4 != 1 else f"{row[:24]}. {row[26].upper()}{row[27:]}" for line, row in enumerate(made)
    ]


def wrapped_gaps(lines: list[str]) -> dict[int, list[str]]:
    described = split("\n".join(lines))
    view = View(described, Words())
    return {
        gap: shown for gap, _, shown in candidates(view, suspects(described.texts, frozenset(), frozenset()))
    }


@pytest.mark.parametrize(("lines", "spaced"), [(2 * SPACED, True), (2 * SPACED + 1, False)])
def test_blank_lines_that_set_things_apart(lines, spaced):
    text = wrapped(lines)
    shown = wrapped_gaps([*text[:10], "", *text[10:20], "", *text[20:]])
    assert all(("spaced open" in signs) == spaced for signs in shown.values() if "end lower" in signs)
    assert shown


@pytest.mark.parametrize(("length", "prose"), [(int(64 * LONGEST), True), (int(64 * LONGEST) + 1, False)])
def test_longest_line_of_wrapped_prose(length, prose):
    text = wrapped(40)
    assert len(text[20]) == 64
    text[20] += " " + "x" * (length - 65)
    assert (20 in wrapped_gaps(text)) == prose


@pytest.mark.parametrize(("length", "roomy"), [(int(64 * ROOMY) - 5, True), (int(64 * ROOMY) - 4, False)])
def test_a_paragraph_that_left_room_at_all_its_ends(length, roomy):
    text = wrapped(40)
    verse = ["x" * 20 + " " + "y" * (length - 21), "pier and rope", "sail and salt"]
    gaps = wrapped_gaps([*text[:20], "", *verse, "", *text[20:]])
    assert (20 not in gaps and 21 not in gaps) == roomy
