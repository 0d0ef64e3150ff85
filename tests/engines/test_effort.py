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


def module(tmp_path: Path) -> Path:
    """Return a module beside which notes can be written."""
    (tmp_path / "__pycache__").mkdir()
    maker = tmp_path / "kernel.py"
    maker.touch()
    return maker


def work(maker: Path, size: int) -> tuple[Effort, bool]:
    """Do work in steps as a new process does; return what it has done, and whether code was used at last."""
    effort = Effort(100, 100, 1000, maker=str(maker))
    pays = False
    for _ in range(0, size, 50):
        effort.spent += 50
        pays = effort.pays(lambda: False)
    return effort, pays


@pytest.mark.parametrize(("size", "pays"), [(500, False), (800, True)])
def test_what_earlier_processes_did_without_code_adds_up(*, size: int, pays: bool, tmp_path: Path) -> None:
    maker = module(tmp_path)
    assert not work(maker, 450)[1]
    assert work(maker, size)[1] == pays


def test_what_was_done_before_the_code_was_made_is_forgotten(tmp_path: Path) -> None:
    maker = module(tmp_path)
    effort, pays = work(maker, 1050)
    assert pays
    notes = tmp_path / "__pycache__" / "kernel.effort"
    assert notes.read_text().split()
    assert effort.pays(lambda: True)
    assert not notes.exists()


@pytest.mark.parametrize("content", ["", "12 no -3\n99", "\xff\x00"])
def test_notes_that_are_not_whole_count_for_nothing(content: str, tmp_path: Path) -> None:
    maker = module(tmp_path)
    (tmp_path / "__pycache__" / "kernel.effort").write_text(content, "latin-1")
    assert not work(maker, 850)[1]


def test_where_no_note_can_be_written_none_is(tmp_path: Path) -> None:
    maker = tmp_path / "kernel.py"
    maker.touch()
    assert not work(maker, 950)[1]
    assert [*tmp_path.iterdir()] == [maker]
