"""A run that is ended anywhere leaves a whole output or none, no process, and goes on to the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import corruption, kills
from tests.faults.corpus import small
from tests.faults.nightly import run_here
from tests.support.corpora import tree

KILLS, CORRUPTED = 5, 2
"""How many in the suite; `python -m tests.faults.nightly` injects thousands."""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers by /proc")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    source = small(tmp_path / "in")
    assert run_here("run", source, tmp_path / "whole", "-q", "-j", "1") == 3
    whole = tree(tmp_path / "whole")
    seconds = {jobs: kills.duration(source, jobs) for jobs in (1, 2)}
    for number in range(KILLS):
        outcome = kills.kill(number, run_here, source, whole, 3, 20, seconds)
        assert (outcome.lost, outcome.silent) == ([], [])


@pytest.mark.parametrize("number", range(CORRUPTED))
def test_damaged_files(number: int) -> None:
    outcome = corruption.corrupt(number, run_here, 20)
    assert outcome.injected == corruption.TOGETHER
    assert (outcome.lost, outcome.silent) == ([], [])
