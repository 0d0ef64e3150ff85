"""References and mathematics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import re2

from cleaner.engines.lazy import regex
from cleaner.protected.claims import Claim, Sheet, places
from cleaner.protected.marks import DIGIT, DOLLAR, RELATION, SQUARE
from cleaner.protected.shapes import ENTRY, SOURCED

_YEAR: Final = regex(r"(?<!\d)(?:1[5-9]|20)\d\d[a-z]?(?!\d)")
_ENTRY: Final = regex(
    r"\s*(?:\[\w{1,12}\]|\(\d{1,3}\)|\d{1,3}[.)]|[^\W\d_][\w'\u2019-]++,? (?:[^\W\d_]\.[ -]?)+"
    r"|[-*\N{BULLET}]|[^\W\d_a-z][\w'\u2019-]++, )"
)
_MARK: Final = re2.compile(
    r"\b(?:pp?\.\s?\d|[SsСс]\.\s?\d|vol\.|no\.\s?\d|et\sal\b|doi\b|ISBN|In:|Eds?\.|Hg\.|Proc\.|Univ|Press\b|Verlag\b|arXiv)"
    r"|\d\s?\(\d+\)|\d\s?:\s?\d+[-\x{2013}]\d|\d[-\x{2013}]\d|//|№|\pL\.,?\s(?:\pL\.)?|\((?:1[5-9]|20)\d\d\)"
    r"|:\s\p{Lu}\pL+,\s\d{4}"
)
"""Signs of a source; they are counted by kind."""
_IN_MARKS: Final = "./№:(-\N{EN DASH}"
_WORDY_MARKS: Final = ("doi", "ISBN", "Univ", "Press", "Verlag", "arXiv", "t al", "t\tal", "t\fal", "t\ral")
"""Each sign has one of these characters, or one of these parts of words."""
_NUMBERED: Final = regex(r"\s*\[(\d{1,3})\]\s*\S")
_HEADING: Final = regex(
    r"(?i)\W*(?:\d+\.?\s*)?(?:references?( and notes)?|bibliography|works cited"
    r"|literature( cited)?|literaturverzeichnis|literatur|quellen|références|bibliographie|"
    r"referencias|bibliografía|referências|bibliografia|riferimenti|bronnen|literatuur|kilder"
    r"|källor|literatura|литература|список литературы|"
    r"библиография|література|参考文献|참고문헌|المراجع|kaynakça|lähteet|piśmiennictwo)\W*$"
)
_RELATION: Final = regex(
    "[=<>\u2264\u2265\u2248\u2260\u2261\u2208\u2282\u2286\u2192\u21d2\u21d4\u221d\u2245\u223c]"
)
_OPERATOR: Final = regex(
    r"[-+*/^\u00d7\u00f7\u00b1\u2211\u222b\u221a\u2202\u2207\u220f\u221e\u00b7\u2212()|\[\]{}_]"
)
_WORD: Final = regex(r"[^\W\d_]{4,}")


_LONGEST_FORMULA: Final = 200
_ENTRY_REACH: Final = 4
"""Lines from the beginning of one entry to that of the next."""


def references(sheet: Sheet) -> Iterator[Claim]:
    """Claim lists of references: entries one after the other, or the lines under their heading."""
    lines = sheet.lines
    begun = frozenset(i for i in _beside_others(sheet) if _begins(sheet, i))
    start, entries, last = -1, 0, -1
    for i in range(len(lines) + 1) if begun else ():
        line = lines[i] if i < len(lines) else ""
        claimed = i < len(lines) and sheet.owner[i] >= 0
        if i in begun:
            start = i if start < 0 else start
            entries, last = entries + 1, i
        elif start >= 0 and (i == len(lines) or claimed or i - last >= _ENTRY_REACH or len(line) > 200):
            if entries >= 2 or _headed(lines, start):
                yield start, _end(lines, last), "references"
            start, entries = -1, 0


def _beside_others(sheet: Sheet) -> Iterator[int]:
    """Yield the lines that may begin an entry, and have another one in reach, or a heading before.

    A single entry is no list.
    """
    possible = (sheet.shapes.kinds & ENTRY > 0).nonzero()[0]
    near = possible[1:] - possible[:-1] <= _ENTRY_REACH
    beside = np.zeros(len(possible), np.bool_)
    beside[:-1] = near
    beside[1:] |= near
    sourced = (sheet.shapes.kinds & SOURCED > 0) | (sheet.known.heads & SQUARE > 0)
    for k in places(sourced[possible]):
        i = int(possible[k])
        if beside[k] or _headed(sheet.lines, i):
            yield i


def _begins(sheet: Sheet, i: int) -> bool:
    """Tell whether a free line begins an entry."""
    return sheet.owner[i] < 0 and begins_entry(sheet.lines[i], digits=sheet.marks[i] & DIGIT > 0)


def begins_entry(line: str, *, digits: bool = True) -> bool:
    """Tell whether a line of a bibliography begins an entry: with a number in brackets, or as `is_entry` says.

    >>> begins_entry("[12] A report on piers"), begins_entry("of Harbours, 3(2), 1-12.")
    (True, False)
    """
    return _NUMBERED.match(line) is not None if line[:1] == "[" else is_entry(line, digits=digits)


_LONGEST_ENTRY: Final = 500
_MARKS_WITH_YEAR, _MARKS = 2, 4
"""Different signs of a source that an entry has."""


def is_entry(line: str, *, digits: bool = True) -> bool:
    """Tell whether a line begins an entry of a bibliography: a label or a name, a year, and signs of a source.

    `digits` tells whether there may be any.

    >>> is_entry("Example, J. (1999). Ports and walls. Journal of Harbours, 3(2), 1-12.")
    True
    """
    if len(line) > _LONGEST_ENTRY or _ENTRY.match(line) is None:
        return False
    needed = _MARKS_WITH_YEAR if digits and _YEAR.search(line) else _MARKS
    if sum(map(line.count, _IN_MARKS)) < needed and not any(map(line.__contains__, _WORDY_MARKS)):
        return False
    found = set()
    for match in _MARK.finditer(line.encode()):
        found.add(match[0])
        if len(found) >= needed:
            return True
    return False


def _end(lines: list[str], last: int) -> int:
    stop = last + 1
    while (
        stop < min(len(lines), last + 4)
        and lines[stop]
        and (lines[stop][0] in " \t" or len(lines[stop - 1]) > 50 > len(lines[stop]))
    ):
        stop += 1
    return stop


def _headed(lines: list[str], first: int) -> bool:
    """Tell whether the last line of text before a line is a heading that announces references."""
    while first and not lines[first - 1]:
        first -= 1
    return first > 0 and _HEADING.match(lines[first - 1]) is not None


def mathematics(sheet: Sheet) -> Iterator[Claim]:
    """Claim lines that are formulas: relations and operators, and hardly a word."""
    start = stop = -1
    for i in sheet.marked(DOLLAR | RELATION):
        if sheet.owner[i] < 0 and is_formula(sheet.lines[i]):
            if start >= 0 and i > stop:
                yield start, stop, "mathematics"
                start = -1
            start, stop = (i if start < 0 else start), i + 1
    if start >= 0:
        yield start, stop, "mathematics"


def is_formula(line: str) -> bool:
    r"""Tell whether a line is a formula.

    >>> is_formula("a^2 + b^2 = c^2"), is_formula("The sum = 12 boats")
    (True, False)
    """
    if len(line) >= _LONGEST_FORMULA:
        return False
    if line.lstrip().startswith("$$"):
        return True
    if _RELATION.search(line) is None or not any(map(str.isalnum, line)):
        return False
    words = _WORD.findall(re.sub(r"\\[a-zA-Z]+", "", line))
    return not words or (len(words) == 1 and len(_OPERATOR.findall(line)) > 2)
