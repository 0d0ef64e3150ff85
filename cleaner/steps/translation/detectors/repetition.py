"""Repetition: a function word twice, one stem twice, a text that loops."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger


def stem_repeat(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a participle that leads to the noun of its own stem: "negotiated to negotiation".

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [(m.start, m.end) for m in stem_repeat(sheet_of("an opening negotiated to negotiation"), options={})]
    [(11, 36)]
    """
    for start, end in sheet.scan.finditer(_STEM_TRIGGER):
        first, _, second = sheet.text[start:end].split(" ")
        if _same_stem(first, second):
            yield Mark(start, end)


def doubled_word(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a word that stands twice: those of `options["words"]`, which holds them by language.

    Only words that a language never doubles belong there: German "die die", Dutch "het het" and French
    "nous nous" are grammar.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> options = {"words": {"fr": "dans les"}}
    >>> [(m.start, m.end) for m in doubled_word(sheet_of("Il est dans dans le port.", "fr"), options)]
    [(7, 16)]
    """
    text = sheet.text
    for start, end in sheet.scan.finditer(_doubled(options, sheet.language)):
        around = text[start - 1 : start] + text[end : end + 1]
        if not any(char.isalnum() or char in _IN_WORDS for char in around):
            yield Mark(start, end, suggestion=text[start:end].split()[0])


def _doubled(options: Options, language: str) -> str:
    """Return the pattern of each word twice; the first may begin with a capital."""
    words = sorted(options["words"].get(language, "").split())
    return "|".join(f"[{word[0]}{word[0].upper()}]{word[1:]} {word}" for word in words) or _NEVER


def _same_stem(first: str, second: str) -> bool:
    """Tell whether two words share a stem: all but their endings."""
    common = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        common += 1
    return (
        first != second
        and common >= max(_STEM, len(first) - _LONGEST_ENDING)
        and common >= _STEM_SHARE * len(second)
    )


_STEM = 5
"""Letters of a stem, at least."""
_LONGEST_ENDING = 3
"""Letters that the first word may have after the stem ("ed" and a consonant that is doubled)."""
_STEM_SHARE = 0.6
"""Share of the second word that the stem has, at least."""
_IN_WORDS = frozenset("-'’‑")
_NEVER = r"[^\x00-\x{10FFFF}]"
_STEM_TRIGGER = r"\b[a-z]{4,}ed (?:to|by|into|through|with) [a-z]{3,}(?:tion|sion|ment|ance|ence|ing)\b"

DOUBLED_WORD = Detector(doubled_word, _doubled)
STEM_REPEAT = Detector(stem_repeat, plain_trigger(_STEM_TRIGGER))
