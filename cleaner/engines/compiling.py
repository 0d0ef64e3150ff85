"""numba, loaded in half the time: without the linear algebra of SciPy, which no kernel here uses.

numba looks for a BLAS when it loads its functions on arrays, and so loads `scipy.linalg` with all that this needs, in
each worker again. What it then does without is asked for when a kernel multiplies matrices, and found as ever.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

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

__all__ = ["are_kept", "carray", "intrinsic", "njit", "types", "without"]


def are_kept(*functions: Callable[..., object]) -> bool:
    """Tell whether the machine code of kernels, as they are now, is on disk: to load it takes no time.

    What has nowhere to be kept is not.
    """
    files = [getattr(getattr(function, "_cache", None), "_cache_file", None) for function in functions]
    return all(file is not None and bool(file._load_index()) for file in files)
