"""When compiled code is used: from some text on where it is on disk, and from much more where it has to be compiled."""

from __future__ import annotations

import sys

import pytest

from cleaner.dedup.kernels import compiler, effort
from cleaner.dedup.kernels.effort import (
    INTERPRETED_BYTES,
    SHARED_BYTES,
    UNCOMPILED_BYTES,
    interpreting_pays,
)


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
    monkeypatch.setattr(effort._SPENT, "size", 0)
    monkeypatch.setattr(compiler, "is_kept", lambda function: kept)
    assert interpreting_pays(size, lambda: (len, abs)) is pays


def test_what_is_done_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort._SPENT, "size", 0)
    assert [interpreting_pays(SHARED_BYTES // 2) for _ in range(3)] == [True, True, False]


def test_what_is_loaded_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort._SPENT, "size", 0)
    effort.use_compiled()
    assert not interpreting_pays(1, lambda: (len,))


def test_a_function_that_is_no_kernel_is_not_kept() -> None:
    from cleaner.dedup.kernels.compiler import is_kept

    assert not is_kept(len)
