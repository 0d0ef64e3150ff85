"""A space before a punctuation mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.steps.translation.masks import masked
from cleaner.steps.translation.sheet import Detector, Mark, Options, Sheet, plain_trigger

_SPACED = re.compile(r"[^\W\d_]{2,}[ \N{NO-BREAK SPACE}][.,;](?=\s|$)(?![ \N{NO-BREAK SPACE}]?\.)")
_NOT_PROSE = frozenset({"code", "table", "list"})


def space_before_punct(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a word, a space and a full stop, comma or semicolon.

    A text with more than `options["most"]` of them lost its links on the way, all in one manner, and is
    left alone.

    >>> from cleaner.steps.translation.sheet import sheet_of
    >>> [m.suggestion for m in space_before_punct(sheet_of("the spring . Then"), {"most": 2})]
    ['spring.']
    """
    found = [
        match
        for match in _SPACED.finditer(sheet.text)
        if match[0][0].islower() and not masked(sheet.text, sheet.lines, *match.span(), _NOT_PROSE)
    ]
    if len(found) <= options["most"]:
        for match in found:
            yield Mark(match.start(), match.end(), suggestion=match[0][:-2] + match[0][-1])


SPACE_BEFORE_PUNCT = Detector(space_before_punct, plain_trigger(r"\p{L}\p{L}[ \x{a0}][.,;](?:\s|$)"))
