"""The signs at a line end inside wrapped text: every bound of a step, just below and just above."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cleaner.steps.linebreaks.described_lines import View, split
from cleaner.steps.linebreaks.edges import Words
from cleaner.steps.linebreaks.wrapped import evidence
from cleaner.steps.linebreaks.wrapped.evidence import Scene, signs, speech
from cleaner.steps.linebreaks.wrapped.widths import Width

STEPS = {
    "room": (0.0, 0.04, 0.08, 0.12, 0.17, 0.25, 0.4),
    "next": (0.25, 0.5, 0.75, 0.85, 0.9, 0.95, 1.0, 1.1),
    "share": (0.2, 0.35, 0.5),
    "ragged": (0.06, 0.12, 0.2),
    "short": (-0.15, -0.07, 0.0, 0.07, 0.15, 0.3),
    "over": (-0.15, -0.07, 0.0),
    "paragraphs": (0.06, 0.12, 0.2, 0.35, 0.6, 1.0),
}
"""The bounds with which the weights were fitted: other bounds would need another fit."""


@pytest.mark.parametrize(
    ("name", "bound", "below"),
    [(name, bound, below) for name, bounds in STEPS.items() for below, bound in enumerate(bounds)],
)
def test_each_bound_begins_a_step(name: str, bound: float, below: int) -> None:
    bounds: Sequence[float] = getattr(evidence, f"_{name.upper()}")
    assert evidence._step(name, bounds, bound - 0.001) == f"{name} {below}"
    assert evidence._step(name, bounds, bound + 0.001) == f"{name} {below + 1}"
    assert len(bounds) == len(STEPS[name])


def shown(
    lines: Sequence[str], gap: int, *, full: int = 100, low: int = 100, spaced: bool = False
) -> list[str]:
    view = View(split("\n".join(lines)), Words())
    scene = Scene(view, [len(line) for line in view.texts], spaced=spaced)
    return signs(scene, gap, Width(full, low, 0.5))


def long(letters: int, end: str = "") -> str:
    """Make a line of so many characters, in lower case."""
    return ("sea " * 60)[: letters - len(end)].rstrip().ljust(letters - len(end), "x") + end


@pytest.mark.parametrize(("letters", "is_long"), [(114, False), (116, True)])
def test_a_line_longer_than_the_width(letters: int, is_long: bool) -> None:
    assert ("long line" in shown([long(90), long(letters), long(90)], 1)) == is_long


@pytest.mark.parametrize(("letters", "after"), [(69, True), (70, False)])
def test_after_a_short_line(letters: int, after: bool) -> None:
    assert ("after short open" in shown([long(letters), long(90), long(90)], 1)) == after
    assert "after short open" not in shown([long(letters), "", long(90), long(90)], 1)


def test_the_room_that_is_left_counts_the_space_and_the_next_word() -> None:
    # 100 - 92 - 1 - 7 = 0, and one more character is too much
    assert "room 1 open" in shown([long(90), long(92), "harbour " + long(60)], 1)
    assert "room 0 open" in shown([long(90), long(93), "harbour " + long(60)], 1)


@pytest.mark.parametrize(
    ("line", "kind"), [("sea.", "stop"), ("sea,", "half"), ("sea;", "half"), ("sea", "open")]
)
def test_kinds_of_ends(line: str, kind: str) -> None:
    assert f"{kind} then lower" in shown([long(90), long(90, line), long(90)], 1)


def test_indents_and_spacing() -> None:
    assert "indent more open" in shown([long(90), long(90), "  " + long(90)], 1)
    assert "indent less open" in shown([long(90), "  " + long(90), long(90)], 1)
    assert not [sign for sign in shown([long(90), long(90), long(90)], 1) if "indent" in sign]
    assert {"spaced open", "spaced lower"} <= set(shown([long(90), long(90), long(90)], 1, spaced=True))
    assert not [sign for sign in shown([long(90), long(90), long(90)], 1) if "spaced" in sign]


def test_the_line_before_matters_only_where_it_continues() -> None:
    assert [s for s in shown([long(97), long(90), long(90)], 1) if "over 2" in s]
    assert not [s for s in shown([long(97, "sea."), long(90), long(90)], 1) if "over" in s]
    assert not [s for s in shown([long(90), long(90), long(90)], 0) if "over" in s]


@pytest.mark.parametrize(
    ("lines", "gap", "where"),
    [
        (['He said "we are late', "and the ship", 'is gone" he said'], 0, "oc"),
        (['He said "we are late" and', "went", "home"], 0, "c-"),
        (["He went", "home and", 'said "we are late"'], 0, "-o"),
        # Six lines back and six lines on, and not one more.
        (['He said "we', *["sea"] * 5, "sea"], 5, "o-"),
        (['He said "we', *["sea"] * 6, "sea"], 6, "--"),
        (["sea", *["sea"] * 5, 'and late" he said'], 0, "-c"),
        (["sea", *["sea"] * 6, 'and late" he said'], 0, "--"),
        # A blank line ends the search on both sides.
        (['He said "we', "", "sea", "sea", "sea"], 2, "--"),
        (["sea", "sea", "", 'late" he said'], 0, "--"),
    ],
)
def test_whether_a_gap_is_inside_quotation_marks(lines: list[str], gap: int, where: str) -> None:
    view = View(split("\n".join(lines)), Words())
    assert speech(view, gap) == where


@pytest.mark.parametrize(("letters", "step"), [(74, "paragraphs 6"), (75, "paragraphs 3")])
def test_stops_on_short_lines_are_ends_of_paragraphs(letters: int, step: str) -> None:
    # One other stop on a short line: (1 + .3) / (0 + 1); none: .3.
    lines = [long(letters, "sea."), long(100), long(100, "sea."), long(100), long(100)]
    assert [sign for sign in shown(lines, 2) if sign.startswith(step)]


@pytest.mark.parametrize(("away", "step"), [(15, "paragraphs 6"), (16, "paragraphs 3")])
def test_stops_count_within_reach(away: int, step: str) -> None:
    lines = [long(50, "sea."), *[long(100)] * (away - 1), long(100, "sea."), *[long(100)] * 3]
    assert [sign for sign in shown(lines, away) if sign.startswith(step)]
    lines = [*[long(100)] * 3, long(100, "sea."), *[long(100)] * (away - 1), long(50, "sea."), long(100)]
    assert [sign for sign in shown(lines, 3) if sign.startswith(step)]


def test_a_quotation_mark_after_the_stop_is_a_sign() -> None:
    assert "quoted stop then lower" in shown([long(90), long(90, 'sea."'), long(90)], 1)
    assert "quoted stop then lower" not in shown([long(90), long(90, "sea."), long(90)], 1)
