"""A look at all lines of a text: in compiled code, where that pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from cleaner.engines.effort import Effort
from cleaner.protected.marks import SIGN, TRAILING, Marks, marks_of
from cleaner.protected.shapes import Shapes, shapes_of

Known: TypeAlias = tuple[Marks, Shapes, bool]
"""Marks and shapes of lines, and whether white space at their ends was left out."""

PLAIN_EFFORT: Final = 8_000_000
"""Characters looked at without compiled code before that is used: some of the time that loading the compiler takes."""
SHARED_EFFORT: Final = 1_000_000
"""The same where other steps have loaded the compiler: what is left is to read the machine code."""
UNCOMPILED_EFFORT: Final = 150_000_000
"""The same where there is no machine code yet: to make that takes longer than to read it."""
SPENT_BY_A_CALL: Final = 1000
"""What one call costs besides, in characters."""


_EFFORT: Final = Effort(PLAIN_EFFORT, SHARED_EFFORT, UNCOMPILED_EFFORT, maker=__file__)


def look(text: str) -> Known:
    """Return what is known of the lines of a text.

    >>> marks, shapes, stripped = look("It rained. ")
    >>> len(marks.lines), shapes.sizes.tolist(), stripped
    (1, [10], True)
    """
    return _looking(len(text))(text)


def plainly(text: str) -> Known:
    """Look without compiled code."""
    marks = marks_of(text)
    stripped = bool(marks.text & TRAILING) or text[-1:].isspace()
    lines = text.split("\n")
    lines = [line.rstrip() for line in lines] if stripped else lines
    return marks, shapes_of(lines, marks.lines & SIGN > 0), stripped


def _looking(size: int) -> Callable[[str], Known]:
    """Return what to look with."""
    if not _EFFORT.pays(_is_kept):
        _EFFORT.spent += size + SPENT_BY_A_CALL
        return plainly
    from cleaner.protected import line_kernel

    return line_kernel.look


def _is_kept() -> bool:
    """Tell whether the machine code is on disk."""
    from cleaner.engines.compiling import are_kept
    from cleaner.protected import line_kernel

    return are_kept(*line_kernel.KERNELS)
