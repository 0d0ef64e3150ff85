"""Faults in rule files: collected, sorted and shown all at once.

A fault points at a place as `FILE:LINE:COLUMN`, shows the line and a caret, and guesses what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from cleaner.errors import UsageError

_SHOWN = 160
"""Characters of a faulty line that are shown."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where (line and column from 1), a stable code, what is wrong, the line itself."""

    file: str
    line: int
    column: int
    code: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        r"""Render for people.

        >>> print(Fault("a.yaml", 2, 3, "unknown-key", "unknown key 'mach'", "  mach: x"))
        a.yaml:2:3: unknown-key: unknown key 'mach'
            mach: x
            ^
        """
        head = f"{self.file}:{self.line}:{self.column}: {self.code}: {self.message}"
        if not self.source.strip():
            return head
        indent = len(self.source) - len(self.source.lstrip())
        start = max(indent, self.column - 1 - _SHOWN // 2) if self.column - 1 > _SHOWN else indent
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in self.source[start:])
        caret = " " * max(0, self.column - 1 - start) + "^"
        return f"{head}\n    {shown[:_SHOWN].rstrip()}\n    {caret}"


class RuleError(UsageError):
    """Rules or their configuration cannot be used; `faults` holds every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = sorted(
            set(faults), key=lambda fault: (fault.file, fault.line, fault.column, fault.code, fault.message)
        )
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[RuleError], tuple[Sequence[Fault]]]:
        return type(self), (self.faults,)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint to append to a message: the closest known word, or nothing.

    >>> did_you_mean("mach", ["match", "scope"])
    " (did you mean 'match'?)"
    >>> did_you_mean("xyzzy", ["match", "scope"])
    ''
    """
    close = get_close_matches(word[:80], list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
