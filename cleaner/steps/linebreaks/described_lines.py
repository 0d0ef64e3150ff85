"""Lines with what is known of them: shapes of ends and starts, each worked out when first asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.steps.linebreaks.edges import (
    DASHES,
    HYPHENS,
    OPENING,
    QUOTES,
    STOPS,
    EndShape,
    StartShape,
    Words,
    end_shape,
    is_lower,
    is_prose,
    start_shape,
)
from cleaner.steps.linebreaks.stripped_lines import Lines

_INNER_STOP = re.compile(r"[.!?]\S?\s(?![a-z])|[\u3002\uff01\uff1f](?!$)")
_OPENERS = OPENING | QUOTES


class View:
    """The lines of a text and, on demand, their shapes."""

    def __init__(self, lines: Lines, words: Words) -> None:
        self.lines = lines
        self.texts = lines.texts
        self.gaps = len(lines.gaps)
        self._words = words
        self._ends: dict[int, EndShape] = {}
        self._starts: dict[int, StartShape] = {}
        self._prose: dict[int, bool] = {}
        self._inner_stops: dict[int, int] = {}

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
            shape = self._starts[line] = start_shape(self.texts[line])
        return shape

    def is_function(self, word: str) -> bool:
        """Whether a word binds what follows it, in the language of the text."""
        return word.lower() in self._words.function

    def prose(self, line: int) -> bool:
        """Whether a line may be prose: no code, no markup."""
        known = self._prose.get(line)
        if known is None:
            known = self._prose[line] = is_prose(self.texts[line])
        return known

    def inner_stops(self, line: int) -> int:
        """Count the sentences that end inside a line."""
        known = self._inner_stops.get(line)
        if known is None:
            known = self._inner_stops[line] = len(_INNER_STOP.findall(self.texts[line]))
        return known


def suspects(texts: Sequence[str], binding: frozenset[str], dotted: frozenset[str]) -> list[int]:
    """Find the gaps that deserve a look, by the characters next to them; in most texts there are none.

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
            suspect = len(text) < 3 or len(before) < 3 or _opens_lower(text, last)
        if suspect:
            found.append(i)
        before = text
    return found


def _opens_lower(text: str, last: str) -> bool:
    """Whether a line opens with a mark and a small letter, or with a dash and one after an open end."""
    first = text[0]
    if first in DASHES or first in HYPHENS:
        return last not in STOPS and text[1] == " " and is_lower(text[2])
    return first in _OPENERS and is_lower(text[1])


def _last_token(line: str) -> str:
    return line[line.rfind(" ") + 1 :].lower()
