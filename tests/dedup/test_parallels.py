"""Passages of one text that begin differently and end alike, at the thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching.blocks import SPARED
from cleaner.dedup.sketching.parallels import FEW, HEAD, SPAN, TAIL, VARIED
from cleaner.dedup.sketching.tabulating import tabulate

BODY = " side of the boat: loosen the bolts at the foot of the lamp with the long key, and then lift "
END = "it out of its seat by hand once more."


def spared(*texts: str) -> list[list[bool]]:
    """Return for each document which of its passages are spared."""
    data = [text.encode() for text in texts]
    bounds = np.cumsum([0, *map(len, data)])
    table = tabulate(np.frombuffer(b"".join(data), np.uint8), bounds, Parameters())
    flags = (table.flags & SPARED > 0).tolist()
    return [[flag for flag, doc in zip(flags, table.doc, strict=True) if doc == k] for k in range(len(texts))]


CASES = [
    (["Left", "Left"], [False, False]),
    (["Left", "LEFT"], [False, False]),
    (["Left", "Right", "Left", "Right", "Stern"], [True, True, False, False, True]),
    (["x" * (HEAD - 1) + "a", "x" * (HEAD - 1) + "b"], [True, True]),
    (["x" * HEAD + "a", "x" * HEAD + "b"], [False, False]),
    (["The left", "Anna wrote: The left"], [False, False]),
    (["* The left", "The left"], [False, False]),
    (["The left", f"{'x' * (SPAN - HEAD)}The left"], [False, False]),
    (["The left", f"{'x' * (SPAN - HEAD + 1)}The left"], [True, True]),
    ([f"{k:03} left" for k in range(FEW - 1)] + ["No 001 left"], [True] * (FEW - 1) + [False]),
    ([f"{k:03} left" for k in range(FEW)] + ["No 001 left"], [True] * (FEW + 1)),
]


@pytest.mark.parametrize(("heads", "expected"), CASES)
def test_the_first_with_each_beginning_is_spared(heads: list[str], expected: list[bool]) -> None:
    assert spared("\n".join(head + BODY + END for head in heads)) == [expected]


@pytest.mark.parametrize(("alike", "expected"), [(TAIL - 1, False), (TAIL, True)])
def test_so_much_of_the_end_is_alike(alike: int, *, expected: bool) -> None:
    end = (BODY + END)[-alike:]
    left, right = (f"{head}{BODY}{mark}{end}" for head, mark in (("Left", "1"), ("Right", "2")))
    assert spared(f"{left}\n{right}") == [[expected, expected]]


def test_documents_are_apart_and_short_lines_are_left_out() -> None:
    assert spared(f"Left{BODY}{END}\n", f"Right{BODY}{END}\n") == [[False], [False]]
    assert spared(f"Left {'x' * 60}\nRight {'x' * 60}") == [[False, False]]


NAMED = (
    "At this point you can open the folder in {0} and look at what it holds, as {0} reads it when it starts. "
)
NUMBERED = "Take {0} spoons of oats and soak them in water" + " of the day" * 9 + "{1} until noon."


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (NAMED.format("Gradle"), NAMED.format("Maven"), True),
        (NAMED.format("Gradle"), NAMED.format("Grad"), False),
        (NAMED.format("Gradle"), NAMED.format("GRADLE"), False),
        (NAMED.format("Gradle"), NAMED.format("gardens"), False),
        (NAMED.format("Gradle"), NAMED.format("Big Maven"), False),
        (NUMBERED.format(8, ""), NUMBERED.format(4, ""), False),
        (NUMBERED.format(8, " now"), NUMBERED.format(4, " now"), True),
    ],
)
def test_names_and_many_worded_numbers_in_the_place_of_others_are_parallels(
    first: str, second: str, *, expected: bool
) -> None:
    assert spared(f"{first}\n{second}\n{second}") == [[False, expected, False]]


@pytest.mark.parametrize(("names", "expected"), [(VARIED, True), (VARIED + 1, False)])
def test_only_a_few_names_may_differ(names: int, *, expected: bool) -> None:
    first, second = (
        "It is made of the best oak by those who live there, by " + f" and {name}" * names + END
        for name in ("Ann", "Bob")
    )
    assert spared(f"{first}\n{second}") == [[False, expected]]
