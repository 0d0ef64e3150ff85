"""Rounds of a survey that begin anew: only what is told otherwise is done again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from cleaner.run.job import Job
from cleaner.run.surveys import _Rounds
from cleaner.steps.survey import Applied, Pin, Survey

UNITS = 3


class Timed:
    """Takes no times."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Do nothing."""
        yield


class Recorded:
    """A job that does nothing but note which units are told something."""

    settings = None
    cluster = None
    timings = Timed()

    def __init__(self, work: Path) -> None:
        self.work = work
        self.told: list[list[int]] = []

    def map(self, stage: str, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Note the units; each changes."""
        if not stage.startswith("apply"):
            return [None] * len(calls)
        self.told.append([call[3] for call in calls])
        return [Applied(changed=frozenset([0]), restless=frozenset([0])) for _ in calls]


class Recanting:
    """A survey of one round that takes one thing back, which changes what unit 1 is told, or what all are."""

    portable = opening = False

    def __init__(self, *, all_units: bool) -> None:
        self._all = all_units
        self._asked = 0

    def begin(self) -> None:
        """Begin anew."""

    def combine(
        self, states: Sequence[Any], pins: Collection[tuple[int, int]], work: Path, call: object
    ) -> Sequence[Any]:
        """Tell every unit its number, and what is pinned."""
        paths = []
        for unit in range(len(states)):
            path = work / f"told-{unit}"
            path.write_text(f"{unit} {sorted(pins) if self._all or unit == 1 else ''}")
            paths.append(path)
        return paths

    def again(self, applied: Sequence[Applied]) -> bool:
        """One round is enough."""
        return False

    def recanted(self, states: Sequence[Any], late: Collection[tuple[int, int]]) -> frozenset[Pin]:
        """Take one thing back, once."""
        self._asked += 1
        return frozenset([(0, 1, 7)]) if self._asked == 1 else frozenset()


@pytest.mark.parametrize(("all_units", "again"), [(False, [1]), (True, [0, 1, 2])])
def test_units_that_are_told_the_same_are_not_visited_again(
    all_units: bool, again: list[int], tmp_path: Path
) -> None:
    first = tuple(tmp_path / "0" / f"{unit:05d}" for unit in range(UNITS))
    job = Recorded(tmp_path)
    rounds = _Rounds(cast(Job, job), "dedup", cast(Survey, Recanting(all_units=all_units)))
    first_attempt, second_attempt = "2", "5"
    final = rounds.settle(first)
    assert job.told == [[0, 1, 2], again]
    assert [folder.parent.name for folder in final] == [
        second_attempt if unit in again else first_attempt for unit in range(UNITS)
    ]
