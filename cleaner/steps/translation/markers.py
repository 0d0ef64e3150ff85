"""Turns of phrase that translated news has more or less often than native news: weak evidence.

A translation keeps the order and the nouns of its source ("the size of the", "according to", "at the
same time") and uses fewer contractions and dashes than people who write English. No marker is a defect,
so none becomes a flag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cleaner.steps.translation.scan import Scan

MARKERS: tuple[tuple[str, str, float], ...] = (
    ("noun chain", r"\b[tT]he [a-z]+ of the\b", 0.6),
    ("noun chain", r"\b[a-z]+(?:tion|ment|sion|ance) of [a-z]+ [a-z]+(?:tion|ment|sion|ance|ity)\b", 0.6),
    ("attribution", r"\b(?:[aA]ccording to|[aA]s reported|[iI]t is known that|[iI]t was noted)\b", 0.4),
    (
        "connective",
        r"\b(?:[iI]n addition|[aA]t the same time|[iI]n this regard|[tT]hus|[iI]n particular|[mM]oreover)\b",
        0.5,
    ),
    (
        "connective",
        r"\b(?:[iI]n turn|[dD]espite the fact that|[aA]gainst the background|[aA]lso noted that)\b",
        0.8,
    ),
    (
        "light verb",
        r"\b(?:carr(?:y|ied|ies|ying) out|conduct(?:ed|ing|s)?|implementation of|realization of)\b",
        0.4,
    ),
    (
        "empty noun",
        r"\bthe (?:issue|question|problem|process|situation|territory|work|beginning|direction) of\b",
        0.5,
    ),
    (
        "bureaucratic",
        r"\b(?:in (?:connection|accordance) with|within the framework of|the number of|relevant)\b",
        0.4,
    ),
    (
        "impersonal",
        r"\b(?:[tT]here are those who|[iI]t is (?:necessary|important|worth|possible) (?:to|that|noting))\b",
        0.5,
    ),
    ("full name of a state", r"\b(?:the Russian Federation|the USA|People(?:'|’)s Republic of)\b", 0.5),
    (
        "contraction",
        r"\b[A-Za-z]+n(?:'|’)t\b|(?:'|’)(?:re|ve|ll|m)\b|\b(?:[iI]t|[hH]e|[sS]he|[tT]hat|[tT]here|[wW]hat)(?:'|’)s\b",
        -0.5,
    ),
    ("dash", r"—| – ", -0.3),
    ("colloquial", r"\b(?:just|really|pretty|kind of|lots|got|gotten|huge|amid)\b", -0.2),
    ("person", r"\b(?:[yY]ou|[yY]our|I|[mM]y|[wW]e|[oO]ur)\b", 0.0),
)
"""Name, RE2 pattern, weight: positive for what translations have more often. `person` only tells the genre."""


class Marker(NamedTuple):
    """A marker found at `start:end`."""

    start: int
    end: int
    name: str
    weight: float


def markers(text: str) -> Iterator[Marker]:
    """Give the markers of a text in one pass.

    >>> [(m.name, m.weight) for m in markers("The size of the crowd, they didn't say.")]
    [('noun chain', 0.6), ('contraction', -0.5)]
    """
    kinds = _kinds()
    for start, end in Scan(text).finditer(_merged()):
        found = text[start:end]
        for name, pattern, weight in kinds:
            if pattern.fullmatch(found):
                yield Marker(start, end, name, weight)
                break


@lru_cache(maxsize=1)
def _merged() -> str:
    return "|".join(pattern for _, pattern, _ in MARKERS)


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, re.Pattern[str], float], ...]:
    return tuple((name, re.compile(pattern), weight) for name, pattern, weight in MARKERS)
