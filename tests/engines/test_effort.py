"""When compiled code pays."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.engines.effort import Effort


@pytest.mark.parametrize(
    ("loaded", "kept", "spent", "pays"),
    [
        (False, True, 100, False),
        (False, True, 101, True),
        (True, True, 10, False),
        (True, True, 11, True),
        (False, False, 1000, False),
        (False, False, 1001, True),
        (True, False, 1000, False),
        (True, False, 1001, True),
    ],
)
def test_compiled_code_pays_after_enough_without_it(
    *, loaded: bool, kept: bool, spent: int, pays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.modules", {"numba": object()} if loaded else {})
    effort = Effort(plain=100, shared=10, uncompiled=1000, spent=spent)
    assert effort.pays(lambda: kept) == pays


def test_what_is_on_disk_is_not_asked_before_that_matters() -> None:
    def refused() -> bool:
        raise AssertionError

    assert not Effort(100, 100, 1000, spent=100).pays(refused)
    assert Effort(100, 100, 1000, spent=1001).pays(refused)


@pytest.mark.parametrize("uncompiled", [3, 300])
def test_nothing_is_done_without_it_when_it_is_loaded(uncompiled: int) -> None:
    effort = Effort(100, 10, uncompiled)
    effort.exhaust()
    assert effort.pays(lambda: False)


def test_one_process_makes_the_code_and_others_do_without_until_it_is_there(tmp_path: Path) -> None:
    maker = tmp_path / "kernel.py"
    maker.touch()
    first, second = (Effort(100, 10, 1000, spent=1001, maker=str(maker)) for _ in range(2))
    assert first.pays(lambda: False)
    assert not second.pays(lambda: False)
    second.spent += 11
    assert second.pays(lambda: True)


def test_the_code_is_made_by_another_process_when_the_first_has_done_with_it(tmp_path: Path) -> None:
    maker = tmp_path / "kernel.py"
    maker.touch()
    first, second = (Effort(100, 10, 1000, spent=1001, maker=str(maker)) for _ in range(2))
    assert first.pays(lambda: False)
    assert first.pays(lambda: False)
    assert second.pays(lambda: False)


def test_who_cannot_hold_a_file_makes_the_code(tmp_path: Path) -> None:
    assert Effort(100, 10, 1000, spent=1001, maker=str(tmp_path / "absent.py")).pays(lambda: False)


def test_what_is_on_disk_is_asked_again_after_more_work() -> None:
    effort, answers = Effort(100, 10, 1000, spent=101), iter([False, True])
    assert [effort.pays(lambda: next(answers)) for _ in range(3)] == [False, False, False]
    effort.spent += 10
    assert effort.pays(lambda: next(answers))
