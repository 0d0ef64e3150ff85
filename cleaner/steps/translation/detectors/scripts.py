"""Letters of a script that the text is not written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger
from cleaner.steps.translation.masks import line_at, quotations
from cleaner.steps.translation.scan import Scan

_MIXED = r"\p{Latin}\p{Cyrillic}|\p{Cyrillic}\p{Latin}"
_EAST = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+"
_CYRILLIC_WORD = r"\p{Cyrillic}{2,}"
_EASTERN = frozenset({"zh", "ja", "ko", "und"})
_CYRILLIC = frozenset({"ru", "uk", "bg", "mk", "sr", "be", "kk", "mn", "und"})
_MOSTLY = 0.2
"""Share of a text from which on a script is its own, whatever language it was taken for."""
_WORD_BEFORE = re.compile(r"\w*$")
_WORD_AFTER = re.compile(r"\w*")


def script_foreign(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark words of both Latin and Cyrillic letters, and words in a script that is not the language's.

    A run counts from `options["fewest"]` letters on; what stands in brackets or quotation marks is
    named, not left over. Greek is left alone: it is the alphabet of formulas.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> sheet = sheet_of("The M\N{CYRILLIC SMALL LETTER O}scow office")
    >>> [(m.start, m.end) for m in script_foreign(sheet, {"fewest": 2})]
    [(4, 10)]
    """
    scan = Scan(sheet.text)
    last_end = -1
    for start, end in scan.finditer(_MIXED):
        before = _WORD_BEFORE.search(sheet.text[max(0, start - 40) : start])
        after = _WORD_AFTER.match(sheet.text[end : end + 40])
        start, end = start - len(before[0] if before else ""), end + len(after[0] if after else "")
        if start >= last_end:
            yield Mark(start, end, _alphabets(sheet.text[start:end]))
        last_end = end
    for pattern in _foreign_runs(sheet.language):
        runs = list(scan.finditer(pattern))
        if sum(end - start for start, end in runs) > _MOSTLY * len(sheet.text):
            continue
        for start, end in runs:
            if end - start >= options["fewest"] and not _named(sheet, start, end):
                yield Mark(start, end)


def _foreign_runs(language: str) -> Iterator[str]:
    if language not in _EASTERN:
        yield _EAST
    if language not in _CYRILLIC and language not in _EASTERN:
        yield _CYRILLIC_WORD


def _named(sheet: Sheet, start: int, end: int) -> bool:
    """Tell whether a run is shown as a foreign word: in brackets, in quotation marks, in a longer word."""
    around = sheet.text[start - 1 : start] + sheet.text[end : end + 1]
    if any(char in "()[]（）「」『』《》/" or char.isalnum() for char in around):
        return True
    at, stop = sheet.lines[line_at(sheet.lines, start)]
    line = sheet.text[at:stop]
    if line.count("(", 0, start - at) > line.count(")", 0, start - at):
        return True
    return any(a + at <= start and end <= b + at for a, b in quotations(line))


def _alphabets(word: str) -> str:
    """Name the alphabets of a word.

    >>> _alphabets("M\N{CYRILLIC SMALL LETTER O}")
    'Cyrillic and Latin'
    """
    names = {unicodedata.name(char, "").partition(" ")[0] for char in word if char.isalpha()}
    return " and ".join(sorted(name.capitalize() for name in names if name))


SCRIPT_FOREIGN = Detector(script_foreign, plain_trigger(rf"{_MIXED}|{_EAST}|{_CYRILLIC_WORD}"))
