"""The lines of a text as this step sees them: stripped, with the gaps between, and their shapes on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cleaner.engines.lazy import regex
from cleaner.model import Span
from cleaner.steps.linebreaks.edges import (
    BARRED,
    DASHES,
    HYPHENS,
    OPENING,
    QUOTES,
    STOPS,
    EndShape,
    StartShape,
    Words,
    end_shape,
    is_dated,
    is_lower,
    is_page_number,
    is_prose,
    start_shape,
)

_INNER_STOP = regex(r"[.!?]\S?\s(?![a-z])|[\u3002\uff01\uff1f](?!$)")
_OPENERS = OPENING | QUOTES
LABEL = 8
"""The text of a list item is set in by so many columns, or fewer."""


@dataclass(frozen=True, slots=True)
class Join:
    """A decision about one gap: it becomes `new`, and `drop` characters before it are removed too."""

    new: str
    rule: str
    note: str
    drop: int = 0


@dataclass(slots=True)
class Lines:
    """Non-empty lines without the white space around them, and the gap after each but the last.

    `gaps[i]` is the span, in the text that was split, of all white space between lines `i` and
    `i + 1`; `blank[i]` counts the empty lines in it; `indents[i]` is the white space before line
    `i` on its own line. `texts` may hold joined lines, the gaps always refer to the text. `pages` are
    the gaps that hold what a page break left inside a sentence, and why.
    """

    texts: list[str] = field(default_factory=list)
    gaps: list[Span] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    pages: dict[int, str] = field(default_factory=dict)

    def joined(self, joins: dict[int, Join]) -> Lines:
        """Return the lines that are left when the gaps in `joins` are closed."""
        out = Lines()
        for i, text in enumerate(self.texts):
            join = joins.get(i - 1)
            if join is None:
                out.texts.append(text)
                out.indents.append(self.indents[i])
            else:
                left = out.texts[-1]
                out.texts[-1] = left[: len(left) - join.drop] + join.new + text
            if i < len(self.gaps) and i not in joins:
                out.gaps.append(self.gaps[i])
                out.blank.append(self.blank[i])
        return out


def split(text: str) -> Lines:
    r"""Split a text into its non-empty lines.

    >>> lines = split("Russia \n\n  left.\n")
    >>> lines.texts, lines.gaps, lines.blank, lines.indents
    (['Russia', 'left.'], [(6, 11)], [1], [0, 2])
    """
    texts: list[str] = []
    gaps: list[Span] = []
    blank: list[int] = []
    indents: list[int] = []
    at, last_end, newlines = 0, 0, 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            indent = 0 if stripped[0] == raw[0] else len(raw) - len(raw.lstrip())
            start = at + indent
            if texts:
                gaps.append((last_end, start))
                blank.append(newlines - 1)
            texts.append(stripped)
            indents.append(indent)
            last_end, newlines = start + len(stripped), 0
        newlines += 1
        at += len(raw) + 1
    return Lines(texts, gaps, blank, indents)


class View:
    """The lines of a text and, on demand, their shapes."""

    def __init__(self, lines: Lines, words: Words) -> None:
        self.lines = lines
        self.texts = lines.texts
        self.gaps = len(lines.gaps)
        self.open: dict[int, bool] = {}
        self._words = words
        self._ends: dict[int, EndShape] = {}
        self._starts: dict[int, StartShape] = {}
        self._prose: dict[int, bool] = {}
        self._inner_stops: dict[int, int] = {}
        self._numbers: dict[int, bool] = {}

    def end(self, line: int) -> EndShape:
        """Name the shape of the end of a line."""
        shape = self._ends.get(line)
        if shape is None:
            shape = self._ends[line] = end_shape(self.texts[line], self._words)
        return shape

    def start(self, line: int) -> StartShape:
        """Name the shape of the start of a line."""
        shape = self._starts.get(line)
        if shape is None:
            shape = start_shape(self.texts[line])
            if shape == "item" and is_dated(self.texts[line], self._words.after_number):
                shape = "digit"
            self._starts[line] = shape
        return shape

    def is_function(self, word: str) -> bool:
        """Tell whether a word binds what follows it, in the language of the text."""
        return word.lower() in self._words.function

    def prose(self, line: int) -> bool:
        """Tell whether a line may be prose: no code, no markup."""
        known = self._prose.get(line)
        if known is None:
            known = self._prose[line] = is_prose(self.texts[line])
        return known

    def page_number(self, line: int) -> bool:
        """Tell whether a line holds a number and nothing else."""
        known = self._numbers.get(line)
        if known is None:
            known = self._numbers[line] = is_page_number(self.texts[line])
        return known

    def is_alone(self, line: int) -> bool:
        """Tell whether a line is a paragraph of its own: no line stands beside it."""
        blank = self.lines.blank
        return (line == 0 or blank[line - 1] > 0) and (line == self.gaps or blank[line] > 0)

    def is_set_in(self, line: int) -> bool:
        """Tell whether a line is set in further than the one before and does not hang under a word of that.

        So is what stands under a heading, a term or the name of an option, which would have had room beside it; the
        text of a list item hangs under its first word.
        """
        deeper = self.lines.indents[line] - self.lines.indents[line - 1]
        if deeper <= 1:
            return False
        before = self.texts[line - 1]
        if self.start(line - 1) == "item" and deeper <= LABEL:
            return False
        return deeper >= len(before) or before[deeper] == " " or before[deeper - 2 : deeper] != "  "

    def inner_stops(self, line: int) -> int:
        """Count the sentences that end inside a line."""
        known = self._inner_stops.get(line)
        if known is None:
            known = self._inner_stops[line] = len(_INNER_STOP.findall(self.texts[line]))
        return known


def suspects(texts: Sequence[str], binding: frozenset[str], dotted: frozenset[str]) -> list[int]:
    """Find the gaps worth examining, by the characters next to them; most texts have none.

    `dotted` are the words whose full stop may end no sentence. A gap that is not among these is only
    ever closed within wrapped lines, of which some are.

    >>> suspects(["The end.", "The next", "day it rained", "again."], frozenset(), frozenset())
    [1, 2]
    """
    found = []
    before = texts[0] if texts else ""
    for i, text in enumerate(texts[1:]):
        first, last = text[0], before[-1]
        if first.isupper():
            if last.isalpha():
                suspect = before[before.rfind(" ") + 1 :] in binding
            else:
                suspect = len(before) < 3 or last.isdigit() or last in "'\u2019"
                suspect = suspect or (last == "." and (before[-2].isdigit() or _last_token(before) in dotted))
        elif first.isalpha():
            suspect = last not in STOPS or (last == "." and _last_token(before) in dotted)
        elif first.isdigit():
            suspect = before[-2:-1].isdigit() or last.isalpha() or last == "." or len(before) < 3
        else:
            suspect = first in BARRED or len(text) < 3 or len(before) < 3 or _opens_lower(text, last)
        if suspect:
            found.append(i)
        before = text
    return found


def _opens_lower(text: str, last: str) -> bool:
    """Tell whether a line opens with a mark and a small letter, or with a dash and one after an open end."""
    first = text[0]
    if first in DASHES or first in HYPHENS:
        return last not in STOPS and text[1] == " " and is_lower(text[2])
    return first in _OPENERS and is_lower(text[1])


def _last_token(line: str) -> str:
    return line[line.rfind(" ") + 1 :].lower()
