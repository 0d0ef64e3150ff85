"""Single paragraphs that were filled to a width, whatever surrounds them.

In wrapped prose each line is filled: the first word of the next one would not have fitted. Lines of
verse, lists and menus end where they are meant to, so that sooner or later a word would have fitted.
A run of lines that are all filled, begins as a sentence does and ends as one, is one paragraph; it is
joined whole or not at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from cleaner.engines.lazy import regex
from cleaner.steps.linebreaks.described_lines import View
from cleaner.steps.linebreaks.edges import (
    SPACELESS,
    STOPS,
    begin_alike,
    cased,
    in_brackets,
    is_mark,
    is_page_number,
    is_title,
)

WIDEST = 100
"""Nobody wraps at more columns than this; longer lines are paragraphs of one line."""
COLUMNS_WIDE, COLUMNS_MIDDLE, COLUMNS_NARROW, COLUMNS_LEAST = 64, 54, 44, 39
"""Verse is seldom wider than `COLUMNS_WIDE`: the narrower the lines, the more of them are asked for."""
COLUMNS_FEWEST = 29
"""Nobody wraps prose to fewer columns; lists of single words fill such lines."""
GAPS_WIDE, GAPS_MIDDLE, GAPS_NARROW, GAPS_LEAST = 2, 3, 6, 10
"""So many line ends, for lines of these widths and for narrower ones, are a paragraph."""
GAPS_PROSE = 3
"""So many are enough from `COLUMNS_LEAST` on when a sentence ends inside a line, or a word is broken."""
INSIDE = 0.5
"""At such a share of the line ends, or more, no sentence ends."""
SHORT_LAST = 0.7
"""A last line of less than this part of the width is short: prose ends anywhere, verse in a whole line."""
ALIKE = 0.1
"""Widths that differ by no more than this part are one width."""
COLUMNS_TWO = 2
"""A script without spaces may leave room for one character, so as to begin no line with a comma."""
ROOM_UNSPACED = 0.12
"""Thai and similar scripts break between words without visible spaces: a line may leave this part of the width."""
ROOM_MARKED = 0.08
"""Where marks make columns uncertain (Hindi, Arabic), so much more room counts as none."""

WORD = 8
"""A line with a word of so many letters that reaches to less than half of the next line is not filled."""
FIRST_MARK, LAST_MARK = 0x300, 0x3100
"""Marks have code points in this range, but for rare scripts."""

_WIDE = regex(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001f64f\U00020000-\U0003ffff]"
)
_SOUTH_EAST = regex("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_CLOSERS = "\"')]\u201d\u2019\u00bb\u00ab\u201c\u300d\u300f\uff09"
_STARTERS = "\"'([\u201c\u2018\u00ab\u00bb\u201e\u00bf\u00a1\u300c\u300e\uff08 \u2014\u2013-"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A wrapped paragraph: its first and last line, the columns of the widest, whether the last is short."""

    first: int
    last: int
    columns: int
    short: bool

    @property
    def gaps(self) -> range:
        """Return the gaps between its lines."""
        return range(self.first, self.last)


def paragraphs(view: View, open_gaps: Sequence[int]) -> list[Paragraph]:
    """Find the paragraphs whose lines are all filled, among runs of lines with open gaps.

    Paragraphs of one text that were filled to about the same width confirm each other.
    """
    candidates: list[Paragraph] = []
    done, known = 0, frozenset(open_gaps)
    for gap in open_gaps:
        if gap >= done and _may_go_on(view, gap):
            first, done = _run(view, gap)
            if done - first > 1 or 2 * (len(view.texts[first]) + WORD) >= len(view.texts[done]):
                candidates += _either_way(view, first, done, known)
    widths: dict[int, tuple[int, bool]] = {}
    for one in candidates:
        gaps, signs = widths.get(one.columns, (0, False))
        widths[one.columns] = gaps + len(one.gaps), signs or _has_signs(view, one)
    prose = {width for width in widths if _is_prose(width, widths)}
    return [one for one in candidates if one.columns in prose]


def columns(line: str) -> int:
    """Count the columns that a line takes in a fixed-width font: wide characters two, marks none.

    >>> columns("harbour"), columns("港口"), columns("ท่าเรือ")
    (7, 4, 5)
    """
    if line.isascii():
        return len(line)
    return 2 * len(line) - len(_WIDE.sub("", line)) - len(line) + len(_marks().sub("", line))


@cache
def _marks() -> re.Pattern[str]:
    """Compile a pattern for runs of marks, which take no column."""
    codes = (chr(code) for code in range(FIRST_MARK, LAST_MARK))
    return re.compile(f"[{''.join(code for code in codes if is_mark(code))}]+")


def _run(view: View, gap: int) -> tuple[int, int]:
    """Return the first and the last line of the run of lines around a gap that may be one paragraph."""
    first, last = gap, gap + 1
    while first > 0 and _may_go_on(view, first - 1):
        first -= 1
    while last < view.gaps and _may_go_on(view, last):
        last += 1
    return first, last


def _may_go_on(view: View, gap: int) -> bool:
    """Tell whether nothing between two lines sets them apart."""
    lines, texts = view.lines, view.texts
    if lines.blank[gap] or view.start(gap + 1) == "item" or lines.indents[gap + 1] > lines.indents[gap] + 1:
        return False
    if max(len(texts[gap]), len(texts[gap + 1])) > WIDEST or begin_alike(texts[gap], texts[gap + 1]):
        return False
    return not any(in_brackets(texts[line]) or not view.prose(line) for line in (gap, gap + 1))


def _either_way(view: View, first: int, last: int, open_gaps: frozenset[int]) -> list[Paragraph]:
    """Return the filled paragraphs of a run: by columns, or by characters, as many programs count."""
    lines = range(first, last + 1)
    margin = min(view.lines.indents[line] for line in lines)
    indents = [view.lines.indents[line] - margin for line in lines]
    sizes = [indent + columns(view.texts[line]) for indent, line in zip(indents, lines, strict=True)]
    characters = [indent + len(view.texts[line]) for indent, line in zip(indents, lines, strict=True)]
    found = list(_filled(view, first, sizes, open_gaps, columns))
    if characters == sizes:
        return found
    return max(found, list(_filled(view, first, characters, open_gaps, len)), key=_weight)


def _weight(found: Sequence[Paragraph]) -> tuple[int, int]:
    return sum(len(one.gaps) for one in found), max((one.columns for one in found), default=0)


def _filled(
    view: View, first: int, sizes: Sequence[int], open_gaps: frozenset[int], measure: Callable[[str], int]
) -> Iterator[Paragraph]:
    """Yield the filled paragraphs of the run of lines of these sizes, which `measure` told.

    Where a run holds more than one paragraph, a line that ends a sentence may end one of them.
    """
    reach = [_reach(view, line, size, measure) for line, size in enumerate(sizes[:-1], first)]
    whole = list(_parts(view, first, sizes, reach, divided=False))
    widths = sorted(max(sizes[at - first : line + 1 - first]) for at, line in whole)
    if any(_alike(one, other) for one, other in pairwise(widths)):
        whole = list(_parts(view, first, sizes, reach, divided=True))
    for at, end in whole:
        line = _last_line(view, at, end, open_gaps)
        width = max(sizes[at - first : line + 1 - first])
        if line > at and _goes_on(view, range(at, line), width, open_gaps) and _starts(view, at):
            yield Paragraph(at, line, width, sizes[line - first] < SHORT_LAST * width)


def _last_line(view: View, at: int, end: int, open_gaps: frozenset[int]) -> int:
    """Return the line that ends the paragraph which begins on line `at`; `at` when no line does.

    A heading may follow a last line that happens to be full.
    """
    line = end
    while line > at and not _ends(view, line):
        line -= 1
        if line in open_gaps:
            return at
    return line


def _goes_on(view: View, gaps: range, width: int, open_gaps: frozenset[int]) -> bool:
    """Tell whether sentences plainly continue across some of the gaps; a narrow first line may be a heading."""
    first = gaps[0]
    short = width < COLUMNS_WIDE and "," not in view.texts[first] and not view.inner_stops(first)
    if short and first not in open_gaps and view.end(first) in ("lower", "capital", "digit"):
        return False
    inside = sum(view.end(gap) != "stop" for gap in gaps)
    return not open_gaps.isdisjoint(gaps) and inside >= INSIDE * len(gaps)


def _alike(width: int, other: int) -> bool:
    """Tell whether two widths are one."""
    return abs(width - other) <= ALIKE * min(width, other)


def _parts(
    view: View, first: int, sizes: Sequence[int], reach: Sequence[float], *, divided: bool
) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each part of a run in which every line but the last is filled.

    With `divided`, a line that ends a sentence ends its part.
    """
    at, width, least = 0, sizes[0], math.inf
    for line, size in enumerate(sizes[1:], 1):
        width, least = max(width, size), min(least, reach[line - 1])
        if least > width and not (divided and view.end(first + line - 1) == "stop"):
            continue
        if line - 1 > at:
            yield first + at, first + line - 1
        at, width, least = line, size, math.inf
    if len(sizes) - 1 > at:
        yield first + at, first + len(sizes) - 1


def _reach(view: View, line: int, size: int, measure: Callable[[str], int]) -> float:
    """Return how far a line would reach with the first word of the next one: over the width for a filled line."""
    text, after = view.texts[line], view.texts[line + 1]
    if line in view.lines.pages:
        return math.inf
    if view.end(line) == "colon" and view.start(line + 1) == "capital":
        return 0.0
    if _is_heading(text, after) or is_page_number(text) or is_page_number(after):
        return 0.0
    if SPACELESS.match(after[0]) or SPACELESS.match(text[-1]):
        if _SOUTH_EAST.match(after[0]):
            return size / (1 - ROOM_UNSPACED)
        return size + COLUMNS_TWO + COLUMNS_TWO + 1
    space = after.find(" ")
    word = after if space < 0 else after[:space]
    hyphen = word.find("-") + 1
    reach = size + 1 + measure(word[:hyphen] if hyphen else word)
    return reach if text.isascii() or cased(after[0]) else reach / (1 - ROOM_MARKED)


def _is_heading(line: str, after: str) -> bool:
    """Tell whether a line is written as titles are, with a capital on every long word, and the next one is not.

    >>> _is_heading("Old Piers and Harbours of the North", "Old piers are seldom")
    True
    """
    return after[0].isupper() and is_title(line) and not is_title(after)


def _is_prose(width: int, widths: Mapping[int, tuple[int, bool]]) -> bool:
    """Tell whether lines filled to a width are paragraphs and not verse or a list that fills its lines by chance.

    `widths` are those of all candidates: how many gaps they have, and whether any shows what verse does not.
    """
    alike = [found for other, found in widths.items() if _alike(other, width)]
    gaps = sum(found[0] for found in alike)
    if width < COLUMNS_FEWEST:
        return False
    if width >= COLUMNS_WIDE:
        return gaps >= GAPS_WIDE
    if width >= COLUMNS_LEAST and any(signs for _, signs in alike):
        return gaps >= GAPS_PROSE
    if width >= COLUMNS_MIDDLE:
        return gaps >= GAPS_MIDDLE
    return gaps >= (GAPS_NARROW if width >= COLUMNS_NARROW else GAPS_LEAST)


def _has_signs(view: View, paragraph: Paragraph) -> bool:
    """Tell whether a paragraph shows what verse does not: a short last line, an inner stop, a broken word."""
    lines = range(paragraph.first, paragraph.last + 1)
    return (
        paragraph.short
        or any(view.inner_stops(line) for line in lines)
        or any(view.end(gap) == "hyphen" for gap in paragraph.gaps)
    )


def _starts(view: View, line: int) -> bool:
    """Tell whether a line may begin a paragraph: not in lower case."""
    text = view.texts[line].lstrip(_STARTERS)
    return bool(text) and not (text[0].islower() and view.start(line) in ("lower", "quoted-lower"))


def _ends(view: View, line: int) -> bool:
    """Tell whether a line may end a paragraph: with a stop, or at a blank line in a script that has none."""
    text = view.texts[line]
    if text.rstrip(_CLOSERS)[-1:] in STOPS:
        return True
    return _SOUTH_EAST.match(text[-1]) is not None and (line == view.gaps or view.lines.blank[line] > 0)
