"""Quotation marks that stand the wrong way round, apart from their text, or in the middle of one phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cleaner.engines.lazy import regex
from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger
from cleaner.steps.translation.masks import ends_sentence, line_at

_REVERSED = regex(
    r"""(?:(?<=\s)|(?<=[(:—–])|^)\N{RIGHT DOUBLE QUOTATION MARK}\ ?(?=\w)     # closes where a quotation opens
        [^“”„\n]{2,600}
        (?<=[\w.,!?…%)])\N{LEFT DOUBLE QUOTATION MARK}(?=[\s.,;:!?)]|$)       # opens where it closes""",
    re.X | re.M,
)
_LOW_LAST = regex(r"(?:(?<=[\s(—–])|^)“(?=\w)[^“”„\n]{2,300}(?<=[\w.,!?…])„(?=[\s.,;:!?)]|$)", re.M)
_INWARD = regex(r"(?:(?<=[\s(—–])|^)»(?=\w)[^«»\n]{2,300}(?<=[\w.,!?…])«(?=[\s.,;:!?)]|$)", re.M)
_OUTWARD = frozenset({"ru", "uk"})
"""Languages whose guillemets never point inward, as German ones do, and that are not taken for each other."""
_MARKS = {
    "en": "“ ”",
    "es": "“« ”»",
    "it": "“« ”»",
    "pt": "“« ”»",
    "nl": "“„ ”",
    "tr": "“ ”",
    "de": "„» “«",
    "cs": "„» “«",
    "pl": "„ ”",
    "ro": "„« ”»",
    "ru": "«„ »“",
    "uk": "«„ »“",
}
"""What opens and what closes a quotation, by language; Swedish and Finnish have one mark for both."""
_GUILLEMETS = {"«": "»", "»": "«"}
_DITTO = 3
"""Marks alone between cells from which on, when they are most of all, the others are ditto marks as well."""
_ORPHAN = regex(r'^[ \t]*["“”„«»‘’「」『』]{1,2}[ \t]*$', re.M)
_CELL_WORDS = 5
"""Words of a line up to which it may be a cell of a table that has lost its shape."""
_SPLIT = regex(
    r"""["“][^"“”\n]{2,60}
        [.]["\N{RIGHT DOUBLE QUOTATION MARK}]\s+                              # "Pearl of the Sea."
        (?:Called|Named|Known|Dubbed|Titled|So-called|Nicknamed|Entitled|Of|And|Or|The|In)\s+
        ["“][^"“”\n]{2,40}
        [.]["\N{RIGHT DOUBLE QUOTATION MARK}]                                 # Called "Blue." """,
    re.X,
)


def quote_reversed(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark both quotation marks of a quotation that stand the wrong way round.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [(m.start, m.end) for m in quote_reversed(sheet_of("He said: ” We stay“."), {})]
    [(9, 11), (18, 19)]
    """
    for match in _reversed(sheet):
        start, end = match.span()
        if sheet.text[start] == "”":
            yield Mark(start, start + 1 + (sheet.text[start + 1] == " "), suggestion="“")
            yield Mark(end - 1, end, suggestion="”")
        else:
            yield Mark(start, start + 1)
            yield Mark(end - 1, end)


def _reversed(sheet: Sheet) -> Iterator[re.Match[str]]:
    """Yield the quotations whose marks stand the wrong way round."""
    for pattern in (_REVERSED, _LOW_LAST, *((_INWARD,) if sheet.language in _OUTWARD else ())):
        yield from pattern.finditer(sheet.text)


def quote_inner_space(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a space between a quotation mark and the text that it encloses.

    A text with more than `options["most"]` of them on one side of its quotations lost links or markup
    there, all in one manner, and is left alone.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [(m.start, m.end) for m in quote_inner_space(sheet_of("It is “ open”.", "en"), {"most": 1})]
    [(6, 8)]
    """
    marks = _MARKS.get(sheet.language)
    if marks is None:
        return
    places = [start for start, _ in sheet.scan.finditer(_inner_trigger(options, sheet.language))]
    matches = [match for start in places if (match := _inner(marks).match(sheet.text, start))]
    if not matches:
        return
    reversed_spans = [match.span() for match in _reversed(sheet)]
    lone = _lone(sheet, matches)
    found = [
        match
        for match in matches
        if (match[0].strip(), line_at(sheet.lines, match.start())) not in lone
        and not any(a <= match.start() < b for a, b in reversed_spans)
    ]
    opening = sum(match[0].endswith(" ") for match in found)
    if max(opening, len(found) - opening) <= options["most"]:
        for match in found:
            yield Mark(match.start(), match.end(), suggestion=match.group().strip())


def _lone(sheet: Sheet, matches: Sequence[re.Match[str]]) -> frozenset[tuple[str, int]]:
    """Return the guillemets, with their lines, that have no partner there: arrows between headings."""
    places = {(match[0].strip(), line_at(sheet.lines, match.start())) for match in matches}
    return frozenset(
        (mark, line)
        for mark, line in places
        if mark in _GUILLEMETS
        and sheet.text.count(_GUILLEMETS[mark], *sheet.lines[line])
        < sheet.text.count(mark, *sheet.lines[line])
    )


def _inner_trigger(options: Options, language: str) -> str:
    """Return a quick pattern for what `_inner` confirms."""
    opening, closing = _MARKS.get(language, "“ ”").split()
    return rf"[{opening}] [\pL\pN]| [{closing}]"


@lru_cache(maxsize=16)
def _inner(marks: str) -> re.Pattern[str]:
    """Compile the pattern of a space on the inner side of quotation marks."""
    opening, closing = marks.split()
    return re.compile(rf"[{opening}] (?=\w)|(?<=[\w.,!?…]) [{closing}](?=[\s.,;:!?)]|$)", re.M)


def quote_orphan_line(sheet: Sheet, options: Options) -> Iterator[Mark]:
    r"""Mark a line that holds nothing but a quotation mark, unless it is a ditto mark between cells.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [(m.start, m.end) for m in quote_orphan_line(sheet_of('He left.\n"\nShe stayed.'), {})]
    [(9, 10)]
    """
    found, cells = [], 0
    for match in _ORPHAN.finditer(sheet.text):
        index = line_at(sheet.lines, match.start())
        beside = (_shown(sheet, index, -1), _shown(sheet, index, 1))
        if any(_is_text(line) for line in beside):
            found.append(Mark(match.start(), match.end()))
        else:
            cells += 1
    if cells < max(_DITTO, len(found)):
        yield from found


def _is_text(line: str) -> bool:
    """Tell whether a line is more than a cell of a table: it has some words, or ends a sentence of two."""
    words = len(line.split())
    return words > _CELL_WORDS or (words > 1 and ends_sentence(line))


def _shown(sheet: Sheet, index: int, step: int) -> str:
    """Return the next line with text before or after one; empty at an end."""
    index += step
    while 0 <= index < len(sheet.lines):
        start, end = sheet.lines[index]
        if line := sheet.text[start:end].strip():
            return line
        index += step
    return ""


def quote_split_phrase(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark one quoted phrase that became two, each with a full stop: `"Pearl of the Sea." Called "Blue."`.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [m.start for m in quote_split_phrase(sheet_of('A port, "Pearl of the Sea." Called "Blue."'), {})]
    [8]
    """
    for match in _SPLIT.finditer(sheet.text):
        yield Mark(match.start(), match.end())


QUOTE_REVERSED = Detector(
    quote_reversed, plain_trigger(r"(?m)(?:^|[\s(:—–])” ?[\pL\pN]|(?:^|[\s(—–])»[\pL\pN]|„(?:[\s.,;:!?)]|$)")
)
QUOTE_INNER_SPACE = Detector(quote_inner_space, _inner_trigger)
QUOTE_ORPHAN_LINE = Detector(quote_orphan_line, plain_trigger(r'(?m)^[ \t]*["“”„«»‘’「」『』]{1,2}[ \t]*$'))
QUOTE_SPLIT_PHRASE = Detector(quote_split_phrase, plain_trigger(r'[.]["”]\s+(?:\pL|-)+\s+["“]'))
