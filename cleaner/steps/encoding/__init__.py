"""The encoding step: mojibake, entities, control characters, NFC, line ends, white space at line ends.

It looks only at the lines that `suspects` could not prove clean. A line is repaired to a
fixpoint, and the edits lead from the original line to that state.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from cleaner.edits import splice
from cleaner.lines import Recent, Rest, line_spans
from cleaner.model import JSON, Edit, Span
from cleaner.steps.encoding import repairs as repairs
from cleaner.steps.encoding.codepages import read_in
from cleaner.steps.encoding.literal import spare_literal
from cleaner.steps.encoding.misread import RULE as MOJIBAKE
from cleaner.steps.encoding.misread import mojibake
from cleaner.steps.encoding.suspects import BLANKS, ODD_BREAKS, suspects
from cleaner.steps.encoding.whole import pages_of, readings

if TYPE_CHECKING:
    from cleaner.steps import Context

_REPAIRS: Final[tuple[tuple[str, repairs.Repair], ...]] = (
    ("encoding/entities", repairs.entities),
    (MOJIBAKE, mojibake),
    ("encoding/ligatures", repairs.ligatures),
    ("encoding/width", repairs.width),
    ("encoding/quotes", repairs.quotes),
    ("encoding/surrogates", repairs.surrogates),
    ("encoding/controls", repairs.controls),
    ("encoding/nfc", repairs.nfc),
    ("encoding/trailing-space", repairs.trailing_space),
)
"""The repairs of a line, in ftfy's order."""

_ROUNDS: Final = 50
_WIDE: Final = ("encoding/width", "encoding/quotes")


@dataclass(frozen=True, slots=True)
class _Plan:
    """The repairs that are on, and where the lines of a text end under them."""

    active: dict[str, repairs.Repair]
    breaks: re.Pattern[str]
    line_ends: bool

    @classmethod
    def of(cls, context: Context) -> _Plan:
        """Read the rules."""
        get = context.rules.get
        active = tuple(rule for rule, _ in _REPAIRS if get(rule) is not None)
        return _plan(active, get("encoding/line-ends") is not None)

    def of_pages(self, pages: Sequence[str]) -> _Plan:
        """Return the plan for a text that was read in some code pages."""
        return replace(self, active=self.active | {MOJIBAKE: partial(mojibake, pages=pages)})

    def steps(self, followed: bool) -> Iterator[repairs.Repair]:
        """Yield the repairs of one round in their order."""
        for repair in self.active.values():
            yield partial(_by_line, repair=repair, breaks=self.breaks)
        if self.line_ends:
            yield partial(_line_ends, breaks=self.breaks, followed=followed)


@lru_cache(maxsize=16)
def _plan(rules: tuple[str, ...], line_ends: bool) -> _Plan:
    """Make a plan: without `mojibake`, U+0085 is a line end and not an ellipsis of Windows-1252."""
    active = {rule: repair for rule, repair in _REPAIRS if rule in rules}
    odd_breaks = ODD_BREAKS.replace("\x85", "") if MOJIBAKE in active else ODD_BREAKS
    return _Plan(active, re.compile(f"[\n{odd_breaks}]"), line_ends)


def find(text: str, context: Context) -> Iterator[Edit]:
    r"""Propose the repairs of a text; a second call on the result proposes nothing.

    The rules of pack `encoding` decide which repairs are on. Typography (curly quotes, full-width
    forms) is left alone unless its rule is switched on, and so is every line that ftfy would
    leave alone. Inside code only line ends and lone surrogates are repaired.

    >>> from types import SimpleNamespace
    >>> everything = SimpleNamespace(rules={name: name for name, _ in _REPAIRS})
    >>> [(edit.rule, edit.old, edit.new) for edit in find("the cafÃ©  \nAT&T", everything)]
    [('encoding/mojibake', 'Ã©', 'é'), ('encoding/trailing-space', '  ', '')]
    """
    plan = _Plan.of(context)
    if not _CLEAN.holds(text, plan):
        places, ends = suspects(text)
        doubtful = _doubtful(text, places) if MOJIBAKE in plan.active else []
        found = list(_repaired(text, places, ends, plan, pages_of(doubtful)))
        if not found and not doubtful:
            _CLEAN.note(text, plan)
        yield from spare_literal(text, found)
    elif _CLEAN.recent.get(text) is None:
        _CLEAN.recent.keep(text, plan)


def learned(text: str, context: Context) -> bool | None:
    """Return whether nothing in a text needs a repair, if it was looked at lately."""
    return True if _CLEAN.recent.get(text) is _Plan.of(context) else None


def recall(text: str, context: Context, known: JSON, rest: Rest | None = None) -> None:
    """Take it as known that nothing in a text needs a repair, nor in what is left of its lines."""
    if known:
        _CLEAN.note(rest.text if rest else text, _Plan.of(context))


@dataclass(slots=True)
class _Clean:
    """The last text with nothing to repair, under a plan; what it holds changes the speed, and nothing else.

    Whether a line needs a repair depends on that line alone, unless it is doubtful: then a text is not remembered.
    What other steps leave of a clean text is mostly lines of it, and so is clean. `recent` are the plans under which
    other texts were found to be clean.
    """

    last: tuple[str, _Plan] | None = None
    recent: Recent[_Plan] = field(default_factory=Recent)

    def note(self, text: str, plan: _Plan) -> None:
        """Remember a text."""
        if len(text) <= _LONGEST_CLEAN:
            self.last = text, plan
        if self.recent.get(text) is None:
            self.recent.keep(text, plan)

    def holds(self, text: str, plan: _Plan) -> bool:
        """Tell whether all lines of a text are lines of the last clean one; a glance tells most others."""
        if self.last is None or self.last[1] is not plan:
            return False
        clean, middle = self.last[0], len(text) // 2
        if text == clean:
            return True
        if text[middle : middle + _GLANCE] not in clean:
            return False
        return not set(text.split("\n")).difference(clean.split("\n"))


_CLEAN: Final = _Clean()
_LONGEST_CLEAN: Final = 1 << 20
"""Characters of a text that is remembered."""
_GLANCE: Final = 48
"""Characters from the middle of a text that tell whether it is worth while to compare all lines."""


def _repaired(
    text: str, places: Sequence[int], ends: Sequence[int], plan: _Plan, pages: Sequence[str]
) -> Iterator[Edit]:
    """Propose the repairs of all lines, whatever they are part of; `pages` are those that the text was read in."""
    wide = [rule for rule in _WIDE if rule in plan.active]
    if wide:
        places = sorted((*places, *repairs.wide_places(text, wide)))
    by_line = plan.of_pages(pages) if pages else plan
    if pages:
        places = sorted((*places, *_read_in(text, pages)))
    done = 0
    for start, end in _lines_at(text, places):
        yield from _tails(text, ends[bisect_left(ends, done) : bisect_left(ends, start)], plan)
        done = end + 1
        for edit in _settled(text[start:end], by_line, followed=end < len(text)):
            yield replace(edit, start=edit.start + start, end=edit.end + start)
    yield from _tails(text, ends[bisect_left(ends, done) :], plan)


def _lines_at(text: str, places: Iterable[int]) -> Iterator[Span]:
    """Yield the lines in which some places are, each once; the places are in order."""
    done = 0
    for place in places:
        if place >= done:
            end = text.find("\n", place)
            end = len(text) if end < 0 else end
            yield text.rfind("\n", 0, place) + 1, end
            done = end + 1


def _doubtful(text: str, places: Sequence[int]) -> list[str]:
    """Return the lines that are suspect and may have been read in a wrong code page: what they say together counts."""
    lines = (text[start:end] for start, end in _lines_at(text, places))
    return [line for line in lines if not line.isascii() and readings(line)]


def _read_in(text: str, pages: Sequence[str]) -> Iterator[int]:
    """Yield the places of all lines that were read in one of some code pages."""
    for start, end in line_spans(text):
        line = text[start:end]
        if not line.isascii() and any(read_in(line, page) for page in pages):
            yield start


def _tails(text: str, ends: Sequence[int], plan: _Plan) -> Iterator[Edit]:
    """Repair the line ends of lines that need nothing else: odd ones, and the last white space before others."""
    trailing = "encoding/trailing-space" in plan.active
    for at in ends:
        if text[at] in BLANKS:
            start = at
            while start and text[start - 1] in BLANKS:
                start -= 1
            if trailing:
                yield Edit(start, at + 1, text[start : at + 1], "", "encoding/trailing-space")
        elif plan.line_ends and plan.breaks.match(text[at]):
            yield _line_end(text, at, text[at + 1 : at + 2] == "\n")


def _line_end(text: str, at: int, before_newline: bool) -> Edit:
    r"""Make a line end a newline; of `\r\n` the first character is removed."""
    new = "" if text[at] == "\r" and before_newline else "\n"
    return Edit(at, at + 1, text[at], new, "encoding/line-ends")


def _settled(line: str, plan: _Plan, *, followed: bool) -> Sequence[Edit]:
    """Return the edits that repair a line to a fixpoint; `followed` tells that a newline follows it.

    A few hostile strings never reach a fixpoint under ftfy but run in a cycle. Then the first state of
    the cycle in the order of length and text is taken, so that the outcome does not depend on where
    the cycle was entered.
    """
    states: dict[str, list[Edit]] = {line: []}
    current = line
    edits: list[Edit] = []
    for _ in range(_ROUNDS):
        before = current
        for repair in plan.steps(followed):
            found = repair(current)
            if found:
                after = splice(current, found)
                edits = repairs.compose(edits, found, line, after)
                current = after
        if current == before:
            break
        if current in states:
            texts = list(states)
            circle = texts[texts.index(current) :]
            return states[min(circle, key=lambda state: (len(state), state))]
        states[current] = edits
    return edits


def _by_line(text: str, repair: repairs.Repair, breaks: re.Pattern[str]) -> list[Edit]:
    """Apply a repair to each line; an entity or an odd line end may have cut one into several."""
    if not breaks.search(text):
        return repair(text)
    edits: list[Edit] = []
    at = 0
    for part in breaks.split(text):
        edits += (replace(edit, start=edit.start + at, end=edit.end + at) for edit in repair(part))
        at += len(part) + 1
    return edits


def _line_ends(text: str, breaks: re.Pattern[str], followed: bool) -> list[Edit]:
    """Make all line ends newlines."""
    found = (match.start() for match in breaks.finditer(text) if match[0] != "\n")
    return [_line_end(text, at, followed if at == len(text) - 1 else text[at + 1] == "\n") for at in found]
