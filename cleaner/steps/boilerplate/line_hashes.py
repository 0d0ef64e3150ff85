"""The lines of a text hashed without regard to case, numbers and white space, in compiled code when it pays.

Workers compare their hashes, so both ways to make them make the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cleaner.engines.effort import Effort
from cleaner.steps.boilerplate.plain_hashes import Hashed, plainly

PLAIN_EFFORT: Final = 1_500_000
"""Characters that are hashed before compiled code is used: about as long as loading the compiler takes."""
SHARED_EFFORT: Final = 400_000
"""The same where other code has loaded the compiler: what is left is to read the machine code."""
UNCOMPILED_EFFORT: Final = 16_000_000
"""The same where there is no machine code yet: to make that takes longer than to read it."""


_EFFORT: Final = Effort(PLAIN_EFFORT, SHARED_EFFORT, UNCOMPILED_EFFORT, maker=__file__)


def hashed(text: str) -> Hashed:
    r"""Hash the lines of a text, blank ones and what follows the last line end among them.

    >>> first, second = hashed(" Share  THIS 12 times\nshare this 1,200 times").folded.tolist()
    >>> first == second
    True
    """
    return _way(len(text))(text)


def _way(size: int) -> Callable[[str], Hashed]:
    """Return what to hash with: string operations for the first texts of a process, compiled code from then on."""
    if not _EFFORT.pays(_is_kept):
        _EFFORT.spent += size
        return plainly
    from cleaner.steps.boilerplate import hash_kernel

    return hash_kernel.hashed


def load_compiled() -> bool:
    """Load the compiled code that hashes lines, if it is on disk, and use it from now on; tell whether it is."""
    if not _is_kept():
        return False
    _EFFORT.exhaust()
    hashed("Two boats left at dawn.")
    return True


def _is_kept() -> bool:
    """Tell whether the machine code is on disk."""
    from cleaner.engines.compiling import are_kept
    from cleaner.steps.boilerplate import hash_kernel

    return are_kept(*hash_kernel.KERNELS)
