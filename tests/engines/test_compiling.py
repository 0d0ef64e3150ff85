"""numba without SciPy's linear algebra: refused to one thread, once, and to nobody who has it already."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest

from cleaner.engines.compiling import without

MODULE = "antigravity_of_nobody"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / f"{MODULE}.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield MODULE
    sys.modules.pop(MODULE, None)


def test_other_threads_find_the_module(module: str) -> None:
    with without(module), ThreadPoolExecutor(1) as pool:
        assert pool.submit(import_module, module).result().__name__ == module


def test_what_is_loaded_stays(module: str) -> None:
    import_module(module)
    with without(module):
        assert import_module(module).__name__ == module


def test_it_is_found_afterwards(module: str) -> None:
    before = list(sys.meta_path)
    with without(module), pytest.raises(ImportError, match="not needed here"):
        import_module(module)
    assert sys.meta_path == before
    assert import_module(module).__name__ == module
