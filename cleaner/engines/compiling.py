"""numba, loaded in half the time: without the linear algebra of SciPy, which no kernel here uses.

numba looks for a BLAS when it loads its functions on arrays, and so loads `scipy.linalg` with all that this needs, in
each worker again. What it then does without is asked for when a kernel multiplies matrices, and found as ever.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np
import xxhash

_SPARED = "scipy.linalg"


class _Without(MetaPathFinder):
    """Refuses one module to one thread; others find it."""

    def __init__(self, name: str) -> None:
        self._name, self._thread = name, threading.get_ident()

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Raise ImportError for the module, in that thread; leave all others to the other finders."""
        if fullname == self._name and threading.get_ident() == self._thread:
            message = f"{fullname} is not needed here"
            raise ImportError(message, name=fullname)


@contextmanager
def without(name: str) -> Iterator[None]:
    """Let a module seem missing to this thread, as long as nobody has loaded it yet.

    >>> with without("this"):
    ...     import this
    Traceback (most recent call last):
    ImportError: this is not needed here
    """
    finder = _Without(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


with without(_SPARED):
    import numba.np.arraymath  # noqa: F401 - where it looks
    from numba import carray, njit, types  # type: ignore[attr-defined]
    from numba.extending import intrinsic

__all__ = ["INTEGER", "are_kept", "carray", "intrinsic", "keep", "part", "stamp", "types", "without"]

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

INTEGER: Final = cast("type[int]", np.int64)
"""Makes a number of a constant: a function that is called with both in turn would be compiled for each."""


def keep(function: Kernel, *sources: str, nogil: bool = True) -> Kernel:
    """Compile a function at its first call, and keep the machine code on disk where that can be written.

    numba takes kept code for fresh as long as the file of the function is unchanged, but constants and functions of
    other files are in it, too: these are named as `sources`, and the code is stamped with all of them.
    """
    options: dict[str, Any] = {"nogil": nogil, "error_model": "numpy"}  # no kernel divides by zero
    try:
        compiled: Any = njit(cache=True, **options)(function)
    except RuntimeError:  # neither the folder of the package nor that of the user can be written
        kernel: Kernel = njit(**options)(function)
        return kernel
    file = getattr(compiled._cache, "_cache_file", None)
    if file is not None:
        file._source_stamp = stamp(function.__code__.co_filename, *sources)
    found: Kernel = compiled
    return found


def part(function: Kernel, *, inline: str = "never") -> Kernel:
    """Compile a function for the use of kernels alone: it cannot be called from Python once it is in one."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "inline": inline}
    compiled: Any = njit(nogil=True, error_model="numpy", **options)(function)
    return cast(Kernel, compiled)


@cache
def stamp(*sources: str) -> tuple[str, int]:
    """Identify files by what is in them.

    >>> stamp(__file__) == stamp(__file__) != stamp(__file__, __file__)
    True
    """
    text = b"\0".join(Path(source).read_bytes() for source in sources)
    return xxhash.xxh3_128_hexdigest(text), len(text)


def are_kept(*functions: Callable[..., object]) -> bool:
    """Tell whether the machine code of kernels, as they are now, is on disk: to load it takes no time.

    What has nowhere to be kept is not.
    """
    files = [getattr(getattr(function, "_cache", None), "_cache_file", None) for function in functions]
    return all(file is not None and bool(file._load_index()) for file in files)
