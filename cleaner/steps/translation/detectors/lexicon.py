"""Lexicons: phrases with the wording that was to be expected, found in one pass over the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet


class Entry(NamedTuple):
    """A phrase of a lexicon: its section (a source language), the wording to expect, its pattern."""

    section: str
    expected: str
    pattern: re.Pattern[str]


def lexicon(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark the phrases of `options["phrases"]`: {section: {phrase: expected wording}}.

    A phrase is a linear regular expression between word boundaries; its first letter may be of either
    case, all others must be as written. Where two phrases start at one place the longer one counts.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> options = {"phrases": {"Italian": {"double usefulness": "double purpose"}}}
    >>> [(m.note, m.suggestion) for m in lexicon(sheet_of("It has a double usefulness."), options)]
    [('from Italian', 'double purpose')]
    """
    phrases = _frozen(options["phrases"])
    for start, end in sheet.scan.finditer(_pattern(phrases)):
        entry = _entry(phrases, sheet.text[start:end])
        if entry is not None and _whole(sheet.text, start, end):
            yield Mark(start, end, f"from {entry.section}", entry.expected)


def _frozen(phrases: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((section, *item) for section, entries in phrases.items() for item in entries.items())


@lru_cache(maxsize=16)
def _pattern(phrases: tuple[tuple[str, str, str], ...]) -> str:
    ordered = sorted({phrase for _, phrase, _ in phrases}, key=lambda phrase: (-len(phrase), phrase))
    return r"\b(?:" + "|".join(map(either_case, ordered)) + r")\b"


def either_case(phrase: str) -> str:
    """Let the first letter of a phrase be of either case, within a leading group of choices too.

    >>> either_case("on the eve"), either_case("(?:of|in) it")
    ('[oO]n the eve', '(?:[oO]f|[iI]n) it')
    """
    match = re.match(r"\(\?:([^()]*)\)(?!\?)", phrase)
    if match:
        return "(?:" + "|".join(map(either_case, match[1].split("|"))) + ")" + phrase[match.end() :]
    first = phrase[:1]
    return f"[{first}{first.upper()}]{phrase[1:]}" if first.islower() else phrase


@lru_cache(maxsize=16)
def _entries(phrases: tuple[tuple[str, str, str], ...]) -> tuple[Entry, ...]:
    return tuple(
        Entry(section, expected, re.compile(either_case(phrase))) for section, phrase, expected in phrases
    )


def _entry(phrases: tuple[tuple[str, str, str], ...], found: str) -> Entry | None:
    return next((entry for entry in _entries(phrases) if entry.pattern.fullmatch(found)), None)


def _whole(text: str, start: int, end: int) -> bool:
    """Confirm the word boundaries, which RE2 knows for ASCII letters only."""
    return not (text[start - 1 : start].isalnum() and text[start].isalnum()) and not (
        text[end : end + 1].isalnum() and text[end - 1].isalnum()
    )


LEXICON = Detector(lexicon, lambda options, _: _pattern(_frozen(options["phrases"])))
