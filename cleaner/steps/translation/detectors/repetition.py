"""Repetition: a function word twice, one stem twice, a text that goes in a loop."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger
from cleaner.steps.translation.scan import Scan


def stem_repeat(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a participle that leads to the noun of its own stem: "negotiated to negotiation".

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [(m.start, m.end) for m in stem_repeat(sheet_of("an opening negotiated to negotiation"), options={})]
    [(11, 36)]
    """
    for start, end in Scan(sheet.text).finditer(_STEM_TRIGGER):
        first, _, second = sheet.text[start:end].split(" ")
        if _same_stem(first, second):
            yield Mark(start, end)


def _same_stem(first: str, second: str) -> bool:
    """Tell whether two words share a stem: five letters or more, and all but their endings."""
    common = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        common += 1
    return common >= 5 and first != second and common >= len(first) - 3 and common >= 0.6 * len(second)


_STEM_TRIGGER = r"\b[a-z]{4,}ed (?:to|by|into|through|with) [a-z]{3,}(?:tion|sion|ment|ance|ence|ing)\b"

STEM_REPEAT = Detector(stem_repeat, plain_trigger(_STEM_TRIGGER))
