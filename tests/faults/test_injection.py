"""Whatever call fails: the output is whole or not there, the message is one line, and the run can be continued."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Result
from tests.faults.corpus import small
from tests.faults.injection import KINDS, count, inject
from tests.support.corpora import tree

Clean = Callable[..., Result]
SOME = 2
"""Calls of each kind that fail in the suite; `python -m tests.faults.nightly` lets each fail."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_that_fails(kind: str, tmp_path: Path, clean: Clean) -> None:
    def run(*arguments: object) -> int:
        result = clean(*arguments)
        assert result.err.count("\n") <= 1, result.err
        return result.code

    source = small(tmp_path / "in")
    assert run("run", source, tmp_path / "whole", "-q", "-j", "1") == 3
    number = count(kind, run, source)
    turns = sorted({1, number, *range(1, number + 1, max(1, number // SOME))})
    outcome = inject(kind, turns, run, source, tree(tmp_path / "whole"), 3)
    assert outcome.injected >= min(number, SOME)
    assert (outcome.lost, outcome.silent) == ([], [])
