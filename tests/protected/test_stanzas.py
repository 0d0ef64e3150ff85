"""Refrains: paragraphs that recur because somebody pasted them twice first, then stanzas and choruses."""

from __future__ import annotations

import pytest

from cleaner.protected import protect
from cleaner.protected.stanzas import OFTEN

WRAPPED = "The harbour was shut in May, and\nnobody knew why until the boat\ncame in with the first letters."
SHORT_LINES = "We tied the boat up,\nwe carried the lamp,\nand the rain came on."
BETWEEN = "\n\nSomebody had written it down.\n\n"


def kinds(text: str) -> list[str]:
    """Return the kinds of the blocks of a text."""
    return [block.kind for block in protect(text).blocks]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WRAPPED + BETWEEN + WRAPPED, id="wrapped prose that was pasted twice"),
        pytest.param(
            "The harbour was shut in May, and nobody on the wall knew why it was,\nand so it went.\n\n"
            "The harbour was open in June, and nobody on the wall knew why it was,\nand so it went.",
            id="too wide a text",
        ),
        pytest.param(SHORT_LINES[:42] + BETWEEN + SHORT_LINES[:42], id="two lines that come twice"),
        pytest.param(
            "It was cold that day,\nit went.\n\nIt was wet that day,\nit went.",
            id="one line of two words",
        ),
        pytest.param(
            "Pumps\nRead our full test.\n\nRopes\nRead our full test.", id="half of the lines end in a mark"
        ),
        pytest.param(
            "- a pump,\n- a lamp,\n- a rope of hemp.\n\n- a pump,\n- a lamp,\n- a bell.", id="items"
        ),
    ],
)
def test_other_repetition_is_no_refrain(text: str) -> None:
    assert "stanza" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SHORT_LINES + BETWEEN + SHORT_LINES, id="a chorus"),
        pytest.param((SHORT_LINES[:42] + BETWEEN) * 3, id="two lines that come three times"),
        pytest.param(
            "It was cold that day,\nand so it went.\n\nIt was wet that day,\nand so it went.",
            id="one line of four words",
        ),
    ],
)
def test_lines_that_come_again_are_a_refrain(text: str) -> None:
    assert kinds(text).count("stanza") >= 2


def test_the_other_stanzas_of_a_song_are_verse_unless_they_are_wider() -> None:
    chorus = SHORT_LINES + BETWEEN
    assert kinds(f"I left the lamp,\nand went in.\n\n{chorus}{chorus}").count("stanza") == 3
    assert kinds(f"I left the lamp out in the rain\nand went in.\n\n{chorus}{chorus}").count("stanza") == 2


RHYMES = ["bread", "stone", "head", "bone", "lamp", "bell", "damp", "well"]
"""Crossed rhymes."""
REST = ["by the fence", "on some table", "near its window", "with no answer"]


def lines_ending_in(words: list[str]) -> str:
    """Return lines in lower case, as wide as one another, that end in these words."""
    return "\n".join(f"and something that was said of it {word}" for word in words)


def test_a_scheme_of_rhymes_holds_in_half_of_its_places_four_times() -> None:
    assert kinds(lines_ending_in(RHYMES)) == ["stanza"]
    assert "stanza" not in kinds(lines_ending_in([*RHYMES[:5], "door", *RHYMES[6:]]))  # three times
    assert kinds(lines_ending_in([*RHYMES, *REST, *REST[1:], "of course"])) == ["stanza"]  # four of eight
    assert "stanza" not in kinds(lines_ending_in([*RHYMES, *REST, *REST, *REST[1:], "of course", "a", "b"]))


def test_a_mark_at_every_line_end_makes_a_poem() -> None:
    line = "the harbour is a book that nobody reads, and every morning somebody turns a page of it"
    marks = [",", ",", ",", "."]
    poem = "\n".join(line + mark for mark in marks)
    assert kinds(poem) == ["stanza"]
    assert "stanza" not in kinds(poem.replace(",\n", "\n", 1))
    assert kinds(poem.replace(",\n", ".\n", 1)) == ["stanza"]
    assert "stanza" not in kinds(poem.replace(",\n", ".\n", 2))
    assert "stanza" not in kinds(poem.rpartition("\n")[0])  # three lines
    assert "stanza" not in kinds(poem.replace("harbour", "old grey harbour of the north and of the west"))
    prose = poem.replace("it,", "it all")
    assert "stanza" not in kinds(f"{poem}\n\n{prose}")  # no more than half
    assert "stanza" in kinds(f"{poem}\n\n{prose}\n\n{poem.replace('book', 'hook')}")


@pytest.mark.parametrize(("lines", "stanza"), [(OFTEN, True), (OFTEN + 1, False)])
def test_lines_that_recur_by_chance_make_no_stanza_of_a_long_list(lines: int, stanza: bool) -> None:
    names = [*"abcdefghijklmnopqrst"]
    first = [
        f"{name * 4} {other * 5}" + ",;"[k % 2] * (k % 3 > 0)
        for k, (name, other) in enumerate(zip(names, names[5:] + names, strict=False))
    ]
    second = [
        f"{other * 4} of the {name * 3}" + ",;"[k % 2] * (k % 3 > 0)
        for k, (name, other) in enumerate(zip(names, names[7:] + names, strict=False))
    ]
    kept = lines - 1
    text = (
        "\n".join([*first[:kept], "it is a long rope,"])
        + BETWEEN
        + "\n".join([*second[:kept], "it is a long rope,"])
    )
    assert ("stanza" in kinds(text)) is stanza
