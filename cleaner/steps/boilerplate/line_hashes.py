"""Hashes of the lines of a text without regard to case, numbers and white space, all lines at once.

A line is a polynomial of its characters, modulo 2 to the 64th, mixed with how many there are. Workers compare their
hashes, so both ways to make them, by string and array operations and in compiled code, make the same ones.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.steps.boilerplate.features.line_arrays import names_of

Keys: TypeAlias = NDArray[np.uint64]

LETTERS: Final = re.compile(r"[^\W\d_]\W*[^\W\d_]")
"""What a line has that can repeat: two letters with nothing but signs between them."""
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")
LENGTH: Final = 0xC2B2AE3D27D4EB4F
MIXED: Final = 0xFF51AFD7ED558CCD
"""Odd numbers that spread the length of a line, and what is known of it, over all bits."""
PLAIN_EFFORT: Final = 1_500_000
"""Characters that are hashed before compiled code is used: about as long as loading the compiler takes."""
SHARED_EFFORT: Final = 400_000
"""The same where other code has loaded the compiler: what is left is to read the machine code."""
UNCOMPILED_EFFORT: Final = 16_000_000
"""The same where there is no machine code yet: to make that takes longer than to read it."""


class Hashed(NamedTuple):
    """Of each line: a hash with all folded, whether it has letters, and a hash with white space alone folded."""

    folded: Keys
    lettered: NDArray[np.bool_]
    spaced: Keys


@dataclass(slots=True)
class _Effort:
    """Characters that this process hashed without compiled code; it changes the speed of later ones, nothing else."""

    spent: int = 0


_EFFORT: Final = _Effort()


def hashed(text: str) -> Hashed:
    r"""Hash the lines of a text, blank ones and what follows the last line end among them.

    >>> first, second = hashed(" Share  THIS 12 times\nshare this 1,200 times").folded.tolist()
    >>> first == second
    True
    """
    return _way(len(text))(text)


def _way(size: int) -> Callable[[str], Hashed]:
    """Return what to hash with: string operations for the first texts of a process, compiled code from then on."""
    least = SHARED_EFFORT if "numba" in sys.modules else PLAIN_EFFORT
    if _EFFORT.spent <= least or (_EFFORT.spent <= UNCOMPILED_EFFORT and not _is_kept()):
        _EFFORT.spent += size
        return plainly
    from cleaner.steps.boilerplate import hash_kernel

    return hash_kernel.hashed


def load_compiled() -> bool:
    """Load the compiled code that hashes lines, if it is on disk, and use it from now on; tell whether it is."""
    if not _is_kept():
        return False
    _EFFORT.spent = UNCOMPILED_EFFORT + 1
    hashed("Two boats left at dawn.")
    return True


@cache
def _is_kept() -> bool:
    """Tell whether the machine code was there when it was first asked about."""
    from cleaner.engines.compiling import are_kept
    from cleaner.steps.boilerplate import hash_kernel

    return are_kept(*hash_kernel.KERNELS)


def plainly(text: str) -> Hashed:
    """Return the hashes by string and array operations."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    lettered = np.fromiter((LETTERS.search(line) is not None for line in lines), np.bool_, len(lines))
    spaced = "\n".join(lines)
    return Hashed(_of_lines(_NUMBER.sub("0", spaced.casefold())), lettered, _of_lines(spaced))


def _of_lines(text: str) -> Keys:
    """Hash the lines of a text as they are."""
    codes = np.frombuffer((text + "\n").encode("utf-32-le", "surrogatepass"), np.uint32) + np.uint32(1)
    ends = np.flatnonzero(codes == ord("\n") + 1)
    begins = np.concatenate([[0], ends[:-1] + 1])
    with np.errstate(over="ignore"):
        found = names_of(codes, begins, ends) + (ends - begins).astype(np.uint64) * np.uint64(LENGTH)
        found = (found ^ (found >> np.uint64(32))) * np.uint64(MIXED)
        keys: Keys = found ^ (found >> np.uint64(29))
    return keys
