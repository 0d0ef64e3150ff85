"""When compiled code is used: from some text on where it is on disk, and from much more where it has to be compiled."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cleaner.dedup.deciding import combine as combining
from cleaner.dedup.deciding import compiled, interpreted
from cleaner.dedup.deciding.combine import combine
from cleaner.dedup.kernels import compiler
from cleaner.dedup.kernels.effort import (
    INTERPRETED_BYTES,
    SHARED_BYTES,
    UNCOMPILED_BYTES,
    effort_of,
    interpreting_pays,
)
from cleaner.dedup.parameters import Parameters
from tests.support.passages import shard_of


@pytest.mark.parametrize(
    ("loaded", "size", "kept", "pays"),
    [
        (False, INTERPRETED_BYTES, True, True),
        (False, INTERPRETED_BYTES + 1, True, False),
        (True, SHARED_BYTES, True, True),
        (True, SHARED_BYTES + 1, True, False),
        (True, INTERPRETED_BYTES, False, True),
        (False, UNCOMPILED_BYTES, False, True),
        (False, UNCOMPILED_BYTES + 1, False, False),
    ],
)
def test_what_is_not_compiled_yet_is_done_without_it_for_longer(
    *, loaded: bool, size: int, kept: bool, pays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not loaded:
        monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setattr(compiler, "is_kept", lambda function: kept)
    assert interpreting_pays(size, effort_of(""), lambda: (len, abs)) is pays


def test_what_is_done_adds_up() -> None:
    effort = effort_of("")
    assert [interpreting_pays(SHARED_BYTES // 2, effort, tuple) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("size", "pays"), [(UNCOMPILED_BYTES, True), (UNCOMPILED_BYTES + 1, False)])
def test_a_large_text_does_not_wait_for_another_process_that_compiles(
    *, size: int, pays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = tmp_path / "kernel.py"
    maker.touch()
    monkeypatch.setattr(compiler, "is_kept", lambda function: False)
    first, second = effort_of(str(maker)), effort_of(str(maker))
    first.spent = second.spent = UNCOMPILED_BYTES + 1
    assert first.pays(lambda: False)
    assert interpreting_pays(size, second, lambda: (len,)) is pays


def test_what_is_loaded_is_used() -> None:
    effort = effort_of("")
    effort.exhaust()
    assert not interpreting_pays(1, effort, lambda: (len,))


def test_a_function_that_is_no_kernel_is_not_kept() -> None:
    from cleaner.dedup.kernels.compiler import is_kept

    assert not is_kept(len)


@pytest.mark.parametrize(("most", "taken_over"), [(10_000, False), (100, True)])
def test_compiled_code_takes_over_where_many_passages_are_similar(
    *, most: int, taken_over: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    tools = compiled.TOOLS

    class Counted:
        @staticmethod
        def decide(*arguments: object) -> None:
            calls.append(arguments)
            tools.decide(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(combining, "_EFFORT", effort_of(""))  # whatever other tests have spent
    monkeypatch.setattr(compiled, "TOOLS", Counted)
    monkeypatch.setattr(interpreted, "MOST_SPENT", most)
    line = (
        "the ferry of the evening left the lower harbour {} with four boats and a long tow "
        "of timber behind, and nobody on the quay could tell whether the pilot had seen the lamp of the mole "
        "go out before he turned to the east, where the water is deep enough for a tow"
    )
    docs = [line.format(word) for word in ("early", "late", "slowly", "quickly")]
    settings = Parameters(number_words=0)
    plan = combine([shard_of(docs, settings)], settings)
    assert bool(calls) == taken_over
    assert plan.statistics.removed["near"] == 3
