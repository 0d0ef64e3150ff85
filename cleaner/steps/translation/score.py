"""Two numbers about a whole document: how dense its defects are, and how it ranks among native news.

`defect_density` counts flags only. `translated_score` adds weak evidence (`markers`) and is a
percentile: 95 means that 95 of 100 native texts of that length have less of it. A careful human
translation scores like a machine's, and a fluent machine like a native writer: the score orders
documents for review; it proves nothing about a single one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from cleaner.engines.lazy import regex
from cleaner.model import JSON, Fact, Flag
from cleaner.steps.translation.findings import Sheet
from cleaner.steps.translation.markers import MARKERS, NATIVE, Marker, markers, native_weight
from cleaner.steps.translation.masks import ends_sentence
from cleaner.steps.translation.reference import percentile
from cleaner.steps.translation.scan import Scan

NOT_COUNTED = frozenset(
    {
        "translation/glued-function-words",
        "translation/glued-words",
        "translation/number-percent",
        "translation/quote-inner-space",
        "translation/quote-straight",
        "translation/space-before-punct",
        "translation/space-missing-after",
        "translation/translation-notice",
    }
)
"""Damage of extraction, and typography that native writers of the web ignore as well."""

WEIGHT = {"error": 3.0, "warn": 2.0, "info": 0.5}
FEWEST_SENTENCES = 5
SPANS = 5
_FEWEST_WORDS = 60
_PROSE_SHARE = 0.6
_MOST_READER = 0.012
_WORDS_OF_SENTENCE = (6, 60)
_LINE_OF_PROSE = 40
_SENTENCE_END = regex(r"[.!?][\"”)]?(?=\s|$)")
_READER = (" you ", " your ")


def facts(sheet: Sheet, flags: Sequence[Flag]) -> Iterator[Fact]:
    """Yield `defect_density` (weighted flags in 1,000 words), `translated_score` (0 to 100 or None), and why.

    `translated_reason` states why there is no score, `translated_spans` lists what contributed most to
    one: text, what it is, weight, and its place in the text that entered the step.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [(fact.name, fact.value) for fact in facts(sheet_of("It rained.", "en"), [])][:3]
    [('defect_density', 0.0), ('translated_score', None), ('translated_reason', 'fewer than 5 sentences')]
    """
    words = sheet.scan.spaces() + len(sheet.lines)
    counted = [flag for flag in flags if flag.rule not in NOT_COUNTED]
    yield Fact("defect_density", round(1000 * sum(_weight(flag) for flag in counted) / max(words, 1), 3))
    reason = _withheld_by_form(sheet, words)
    found = [] if reason else list(markers(sheet.text, sheet.scan))
    score = None if reason else percentile(_evidence(sheet.scan, counted, found, words), words)
    yield Fact("translated_score", score)
    yield Fact("translated_reason", reason or None)
    yield Fact("translated_spans", [] if reason else _top(sheet.text, counted, found))


def fingerprint() -> str:
    """Name the state of what the reference was fitted with; another one asks for another fit.

    >>> len(fingerprint())
    16
    """
    parts = (MARKERS, NATIVE, sorted(WEIGHT.items()), sorted(NOT_COUNTED))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def evidence(text: str, flags: Sequence[Flag]) -> float:
    """Return the evidence of a text in 100 words: what the reference distribution is made of."""
    counted = [flag for flag in flags if flag.rule not in NOT_COUNTED]
    return _evidence(Scan(text), counted, list(markers(text)), text.count(" ") + text.count("\n") + 1)


def _evidence(scan: Scan, counted: Sequence[Flag], found: Sequence[Marker], words: int) -> float:
    flagged = sum(_weight(flag) for flag in counted)
    return 100 * (flagged + sum(marker.weight for marker in found) + native_weight(scan)) / max(words, 1)


def _weight(flag: Flag) -> float:
    return WEIGHT[flag.severity]


def _withheld_by_form(sheet: Sheet, words: int) -> str:
    """Return why a text gets no score: its language, its length, too little prose; nothing when it gets one."""
    if sheet.language != "en":
        return f"no native reference for the language {sheet.language}"
    sentences = _sentences(sheet, words)
    if sentences < FEWEST_SENTENCES:
        return f"fewer than {FEWEST_SENTENCES} sentences"
    if words < _FEWEST_WORDS:
        return f"fewer than {_FEWEST_WORDS} words"
    if not _WORDS_OF_SENTENCE[0] <= words / sentences <= _WORDS_OF_SENTENCE[1]:
        return "not news-like: the length of its sentences"
    if sum(map(sheet.scan.count, _READER)) > _MOST_READER * words:
        return "not news-like: it speaks to the reader"
    if not _is_prose(sheet, _PROSE_SHARE * len(sheet.text)):
        return "not news-like: too little of it is prose"
    return ""


def _sentences(sheet: Sheet, words: int) -> int:
    """Count the sentences, or fewer where these are enough and even all full stops would not be too many."""
    least, most = sheet.scan.sentences()
    fewest, longest = _WORDS_OF_SENTENCE
    if least >= FEWEST_SENTENCES and words <= longest * least and words >= fewest * most:
        return least
    return sentence_count(sheet.text)


def sentence_count(text: str) -> int:
    """Count the places where a sentence ends; quick, not exact.

    >>> sentence_count('It rained. "We left." Then what?')
    3
    """
    return len(_SENTENCE_END.findall(text))


def _is_prose(sheet: Sheet, least: float) -> bool:
    """Tell whether lines that are long enough for a sentence and end as one have so many code points together."""
    text, found = sheet.text, 0
    for start, end in sheet.lines:
        if end - start > _LINE_OF_PROSE and (text[end - 1] in ".!?" or ends_sentence(text[end - 12 : end])):
            found += end - start
            if found >= least:
                return True
    return found >= least


def _top(text: str, counted: Sequence[Flag], found: Sequence[Marker]) -> list[JSON]:
    """Return the spans that contribute most, the heaviest first, then by place."""
    spans = [(_weight(flag), flag.start, flag.end, flag.rule) for flag in counted]
    spans += [(marker.weight, marker.start, marker.end, marker.name) for marker in found if marker.weight > 0]
    spans.sort(key=lambda span: (-span[0], span[1]))
    return [
        {"start": start, "end": end, "text": text[start:end], "why": why, "weight": weight}
        for weight, start, end, why in spans[:SPANS]
    ]
