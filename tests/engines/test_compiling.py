"""numba without SciPy's linear algebra, and machine code that is fresh as long as all that it is made of is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cleaner.engines.compiling import keep, stamp, without
from cleaner.protected import line_kernel as protected_kernel
from cleaner.steps.boilerplate import hash_kernel
from cleaner.steps.boilerplate.features import line_kernel

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


def one() -> int:
    """Return what a kernel may return."""
    return 1


def test_another_source_makes_other_machine_code(tmp_path: Path) -> None:
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    first.write_text("LENGTH = 1")
    second.write_text("LENGTH = 2")
    kept: list[Any] = [keep(one, str(path)) for path in (first, second)]
    stamps = [kernel._cache._cache_file._source_stamp for kernel in kept]
    assert stamps == [stamp(__file__, str(path)) for path in (first, second)]
    assert stamps[0] != stamps[1]


@pytest.mark.parametrize(
    ("kernels", "names"),
    [
        (hash_kernel.KERNELS, ("hash_kernel", "features/line_arrays", "plain_hashes")),
        (line_kernel.KERNELS, ("line_kernel", "characters", "line_arrays")),
        (protected_kernel.KERNELS, ("line_kernel", "marks", "shapes")),
    ],
)
def test_kernels_name_the_files_of_their_constants(kernels: Sequence[Any], names: Sequence[str]) -> None:
    folder = Path(kernels[0].py_func.__code__.co_filename).parent
    wanted = stamp(*(str(folder / f"{name}.py") for name in names))
    assert {kernel._cache._cache_file._source_stamp for kernel in kernels} == {wanted}
