"""Words that lost the space between them: "Kadyrovthere", "boatswhich". Damage of extraction, not of translation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cleaner.steps.translation.detectors.plausible import AMID, BRAND, REACH, frequencies, glued
from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet

_NEVER = r"[^\x00-\x{10FFFF}]"
_GERMANIC = frozenset({"de", "nl", "sv", "da", "no", "fi", "et", "hu", "af"})
"""Languages that build words by gluing words: nothing can be told from the shape of a word."""


def glued_words(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a word that ends in a function word of four letters or more.

    `options["words"]` are the function words that count after a capitalized word, `options["anywhere"]`
    those that end no other word, and count after any, `options["except"]` words that are right as they
    stand (compared without case). With `options["plausibility"]` the frequencies of the extra `words`
    decide, together with the vocabulary of the text, and other words are looked at too. Languages that
    build words by gluing are left alone.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> options = {"words": ["there"], "anywhere": ["which"], "except": []}
    >>> text = "Ramzan Kadyrovthere are those boatswhich left"
    >>> [m.suggestion for m in glued_words(sheet_of(text), options)]
    ['Kadyrov there', 'boats which']
    """
    if sheet.language in _GERMANIC:
        return
    excepted = {word.lower() for word in options["except"]}
    found = _by_plausibility if options.get("plausibility") else _by_ending
    for start, end, cut in found(sheet, options):
        head, tail = sheet.text[start:cut], sheet.text[cut:end]
        if _whole(sheet.text, start, end) and (head + tail).lower() not in excepted:
            yield Mark(start, end, f"{head} + {tail}", f"{head} {tail}")


def glued_pair(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark two function words that lost the space between them: "inthe".

    `options["pairs"]` holds by language the words that come first and those that come second, with a bar
    between; `options["except"]` lists what is a word of its own.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> options = {"pairs": {"en": "of in | the"}, "except": []}
    >>> [m.suggestion for m in glued_pair(sheet_of("It is inthe south ofthe town.", "en"), options)]
    ['in the', 'of the']
    """
    firsts, seconds = _sides(options, sheet.language)
    for start, end in sheet.scan.finditer(_pair(options, sheet.language)):
        word = sheet.text[start:end]
        if word in options["except"] or not _whole(sheet.text, start, end):
            continue
        second = next(
            second for second in seconds if word.endswith(second) and word[: -len(second)] in firsts
        )
        yield Mark(start, end, suggestion=f"{word[: -len(second)]} {second}")


def _sides(options: Options, language: str) -> tuple[list[str], list[str]]:
    first, _, second = options["pairs"].get(language, "|").partition("|")
    return first.split(), second.split()


def _pair(options: Options, language: str) -> str:
    firsts, seconds = _sides(options, language)
    return rf"\b(?:{'|'.join(firsts)})(?:{'|'.join(seconds)})\b" if firsts else _NEVER


def _by_plausibility(sheet: Sheet, options: Options) -> Iterator[tuple[int, int, int]]:
    for (start, end), cut in glued(sheet.text, options["words"], frequencies()):
        yield start, end, cut


def _by_ending(sheet: Sheet, options: Options) -> Iterator[tuple[int, int, int]]:
    """Yield words that end in a function word, and where it begins."""
    spans = list(sheet.scan.finditer(_pattern(options)))
    counts = Counter(sheet.text[start:end] for start, end in spans)
    for start, end in spans:
        word = sheet.text[start:end]
        tails = options["words"] if word[0].isupper() else options.get("anywhere", ())
        tail = max((small for small in tails if word.endswith(small)), key=len)
        head = word[: -len(tail)]
        if _is_name(head) and counts[word] < BRAND and not _is_made_up(sheet.text, start, head):
            yield start, end, end - len(tail)


def _is_made_up(text: str, start: int, head: str) -> bool:
    """Tell whether a word with a capital amid a sentence is a name made of a word that the text has in small letters.

    >>> _is_made_up("We work well, we met at Workfrom twice", 24, "Work")
    True
    """
    if not head.istitle() or AMID.search(text, max(0, start - REACH), start) is None:
        return False
    return re.search(rf"(?<!\w){head.lower()}(?!\w)", text) is not None


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
    if options.get("plausibility"):
        return r"[A-Za-z]{7}"
    named, anywhere = "|".join(options["words"]), "|".join(options.get("anywhere", ()))
    return rf"\b(?:[A-Z][a-z]{{3,}}(?:{named}){rf'|[a-z]{{3,}}(?:{anywhere})' if anywhere else ''})\b"


GLUED_PAIR = Detector(glued_pair, _pair)
GLUED_WORDS = Detector(glued_words, _pattern)
