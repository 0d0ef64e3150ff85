"""A space before a punctuation mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger
from cleaner.steps.translation.masks import masked
from cleaner.steps.translation.scan import Scan

_SPACED = r"\p{L}{2}[ \x{a0}][.,;](?:\s|$)"
_WORD = re.compile(r"[^\W\d_]+$")
_NOT_PROSE = frozenset({"code", "table", "list"})


def space_before_punct(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a word, a space and a full stop, comma or semicolon.

    A text with more than `options["most"]` of them lost its links on the way, all in one manner, and is
    left alone.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [m.suggestion for m in space_before_punct(sheet_of("the spring . Then"), {"most": 2})]
    ['spring.']
    """
    found = [mark for mark in _spaced(sheet.text) if not _masked(sheet, mark)]
    if len(found) <= options["most"]:
        yield from found


def _spaced(text: str) -> Iterator[Mark]:
    for start, end in Scan(text).finditer(_SPACED):
        stop = end if text[end - 1] in ".,;" else end - 1
        word = _WORD.search(text, max(0, start - 40), start + 2)
        if word and word[0][0].islower() and not text[stop : stop + 2].strip(" \xa0").startswith("."):
            yield Mark(word.start(), stop, suggestion=word[0] + text[stop - 1])


def _masked(sheet: Sheet, mark: Mark) -> bool:
    return masked(sheet.text, sheet.lines, mark.start, mark.end, _NOT_PROSE)


SPACE_BEFORE_PUNCT = Detector(space_before_punct, plain_trigger(_SPACED))
