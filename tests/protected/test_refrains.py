"""Refrains: paragraphs that recur because somebody pasted them twice first, then stanzas and choruses."""

from __future__ import annotations

import pytest

from cleaner.protected import protect

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
    assert "refrain" not in kinds(text)


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
    assert kinds(text).count("refrain") >= 2


def test_the_other_stanzas_of_a_song_are_verse_unless_they_are_wider() -> None:
    chorus = SHORT_LINES + BETWEEN
    assert kinds(f"I left the lamp,\nand went in.\n\n{chorus}{chorus}").count("refrain") == 3
    assert kinds(f"I left the lamp out in the rain\nand went in.\n\n{chorus}{chorus}").count("refrain") == 2
