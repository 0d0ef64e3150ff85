"""When compiled code pays."""

from __future__ import annotations

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
