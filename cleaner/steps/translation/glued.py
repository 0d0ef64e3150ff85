"""Words that lost the space between them: "Kadyrovthere". Damage of extraction, not of translation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.steps.translation.scan import Scan
from cleaner.steps.translation.sheet import Detector, Mark, Options, Sheet

_GERMANIC = frozenset({"de", "nl", "sv", "da", "no", "fi", "et", "hu", "af"})
"""Languages that build words by gluing words: nothing can be told from the shape of a word."""


def glued_words(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a capitalized word that ends in a function word of four letters or more.

    `options["words"]` are the function words, `options["except"]` words that are right as they stand
    (compared without case), `options["except_endings"]` endings that make names. Languages of compounds are
    left alone.

    >>> from cleaner.steps.translation.sheet import sheet_of
    >>> options = {"words": ["there"], "except": [], "except_endings": []}
    >>> [m.suggestion for m in glued_words(sheet_of("Ramzan Kadyrovthere are those"), options)]
    ['Kadyrov there']
    """
    if sheet.language in _GERMANIC:
        return
    excepted = {word.lower() for word in options["except"]}
    endings = tuple(options["except_endings"])
    for start, end in Scan(sheet.text).finditer(_pattern(options)):
        word = sheet.text[start:end]
        if not _whole(sheet.text, start, end) or word.lower() in excepted or word.endswith(endings):
            continue
        tail = max((w for w in options["words"] if word.endswith(w)), key=len)
        head = word[: -len(tail)]
        if _is_name(head):
            yield Mark(start, end, f"{head} + {tail}", f"{head} {tail}")


def _is_name(head: str) -> bool:
    """Tell whether a head can be a word of its own: it has a vowel."""
    return re.search("[aeiouyAEIOUY]", head) is not None


def _whole(text: str, start: int, end: int) -> bool:
    """Tell whether a match is a whole word, and neither a handle nor a part of an address."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before in ("@", "#", "_", "/", ".", "-")) and not (
        after.isalnum() or after in ("_", "/", "-", "@")
    )


def _pattern(options: Options, language: str = "") -> str:
    return rf"\b[A-Z][a-z]{{3,}}(?:{'|'.join(options['words'])})\b"


GLUED_WORDS = Detector(glued_words, _pattern)
