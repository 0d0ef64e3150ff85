"""Which rules may match which lines of texts in a language, asked once for all steps and passes.

The filter knows the rules of all steps. What it says about a text is kept for the step that asks next, and
what it says about a line for the texts that still have that line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from cleaner.lines import Recent, line_texts
from cleaner.model import Span
from cleaner.rules.linefilter import LineFilter

Candidates: TypeAlias = Mapping[int, Sequence[int]]
"""The numbers of the rules that may match, in their order, by the number of the line."""
REMEMBERED: Final = 1 << 14
"""Lines whose candidates are kept: furniture comes again, and every pass asks about the same lines."""
PASSED: Final = 1 << 18
"""Characters of lines that are remembered to have no candidates."""


class Lookup:
    """Asks a filter about texts in a language; a text, or a line, that was seen lately is not looked at again."""

    __slots__ = ("_filter", "_held", "_known", "_language", "_passed", "_recent", "rules")

    def __init__(self, line_filter: LineFilter, language: str | None = None) -> None:
        self._filter, self._language = line_filter, language
        self.rules = line_filter.rules
        self._known: dict[str, Sequence[int]] = {}
        self._passed: set[str] = set()
        self._held = 0  # characters in it
        self._recent = Recent[Candidates]()

    def candidates(self, text: str, lines: Sequence[Span], asked: Sequence[int] | None = None) -> Candidates:
        """Return which rules may match which of the lines of a text; of the lines `asked` about, if that says some."""
        known = self._recent.get(text)
        if known is None:
            known = self._look(line_texts(text), range(len(lines)) if asked is None else asked)
            if asked is None:
                self._recent.keep(text, known)
        return known

    def _look(self, lines: Sequence[str], asked: Sequence[int]) -> Candidates:
        """Ask about the lines that were not seen before."""
        passed, known = self._passed, self._known
        open_ = [k for k in asked if lines[k] not in passed]
        found = {k: known[lines[k]] for k in open_ if lines[k] in known}
        if len(found) < len(open_):
            found.update(self._ask({k: lines[k] for k in open_ if k not in found}))
        return found

    def _ask(self, new: Mapping[int, str]) -> Candidates:
        """Ask the filter about some lines, and remember what it says, as long as there is room."""
        places = [*new]
        answers = self._filter.lines("\n".join(new.values()), self._language)
        found = {places[i]: numbers for i, numbers in answers.items()}
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known.update((new[k], numbers) for k, numbers in found.items())
        rest = [line for k, line in new.items() if k not in found]
        size = sum(map(len, rest))
        if self._held + size > PASSED:
            self._passed.clear()
            self._held = 0
        if size <= PASSED:
            self._passed.update(rest)
            self._held += size
        return found
