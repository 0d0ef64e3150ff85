"""Hashes of the lines of a text without regard to case, numbers and white space, by string and array operations.

A line is a polynomial of its characters, modulo 2 to the 64th, mixed with how many there are.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.lazy import regex
from cleaner.steps.boilerplate.features.line_arrays import names_of

Keys: TypeAlias = NDArray[np.uint64]

LETTERS: Final = regex(r"[^\W\d_]\W*[^\W\d_]")
"""What a line has that can repeat: two letters with nothing but signs between them."""
_NUMBER: Final = regex(r"[0-9]+(?:[.,:][0-9]+)*")
LENGTH: Final = 0xC2B2AE3D27D4EB4F
MIXED: Final = 0xFF51AFD7ED558CCD
"""Odd numbers that spread the length of a line, and what is known of it, over all bits."""


class Hashed(NamedTuple):
    """Of each line: a hash with all folded, whether it has letters, and a hash with white space alone folded."""

    folded: Keys
    lettered: NDArray[np.bool_]
    spaced: Keys


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
