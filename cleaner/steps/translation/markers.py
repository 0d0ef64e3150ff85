"""Turns of phrase that translated news has more or less often than native news: weak evidence.

A translation keeps the order and the nouns of its source ("the size of the", "according to", "at the
same time") and uses fewer contractions and dashes than people who write English. No marker is a defect,
so none becomes a flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cleaner.steps.translation.scan import Scan

MARKERS: tuple[tuple[str, str, float], ...] = (
    ("noun chain", r"\b[tT]he [a-z]+ of the\b", 0.6),
    (
        "noun chain",
        r"\b[a-z]+(?:tion|ment|sion|ance) of [a-z]+ [a-z]+(?:tion|ment|sion|ance|ity)\b",
        0.6,
    ),
    ("attribution", r"\b(?:[aA]ccording to|[aA]s reported|[iI]t is known that|[iI]t was noted)\b", 0.4),
    (
        "connective",
        r"\b(?:[iI]n addition|[aA]t the same time|[iI]n this regard|[tT]hus|[iI]n particular)\b",
        0.5,
    ),
    ("connective", r"\b(?:[iI]n turn|[dD]espite the fact that|[aA]gainst the background|[mM]oreover)\b", 0.8),
    ("light verb", r"\b(?:carr(?:y|ied|ies|ying) out|conduct(?:ed|ing|s)?|implementation of)\b", 0.4),
    ("empty noun", r"\bthe (?:issue|question|problem|process|situation|territory|work|direction) of\b", 0.5),
    (
        "bureaucratic",
        r"\b(?:in (?:connection|accordance) with|within the framework of|the number of|relevant)\b",
        0.4,
    ),
    ("impersonal", r"\b[tT]here are those who\b", 0.5),
    ("impersonal", r"\b[iI]t is (?:necessary|important|worth|possible) (?:to|that|noting)\b", 0.5),
    ("full name of a state", r"\b(?:the Russian Federation|the USA|People(?:'|’)s Republic of)\b", 0.5),
)
"""Name, RE2 pattern, weight: what translations have more often."""

NATIVE: tuple[tuple[tuple[str, ...], float], ...] = (
    (("n't ", "n’t "), -0.5),
    (("—", " – "), -0.3),
)
"""Contractions and dashes, which native writers have more often, and their weight."""


class Marker(NamedTuple):
    """A marker found at `start:end`."""

    start: int
    end: int
    name: str
    weight: float


def markers(text: str, scan: Scan | None = None) -> Iterator[Marker]:
    """Yield the markers of a text in one pass.

    >>> [(m.name, m.weight) for m in markers("The size of the crowd is not known, according to police.")]
    [('noun chain', 0.6), ('attribution', 0.4)]
    """
    kinds = _kinds()
    for start, end in (scan or Scan(text)).finditer(_merged()):
        found = text[start:end]
        kind = next((kind for kind in kinds if kind[1].fullmatch(found)), None)
        if kind is not None:
            yield Marker(start, end, kind[0], kind[2])


def native_weight(scan: Scan) -> float:
    """Return the sum of the weights of contractions and dashes, zero or less.

    >>> native_weight(Scan("They don't know."))
    -0.5
    """
    return sum(
        weight * sum(scan.count(literal) for literal in literals if scan.may_have(literal))
        for literals, weight in NATIVE
    )


@lru_cache(maxsize=1)
def _merged() -> str:
    return "|".join(pattern for _, pattern, _ in MARKERS)


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, re.Pattern[str], float], ...]:
    return tuple((name, re.compile(pattern), weight) for name, pattern, weight in MARKERS)
