"""What the detectors look at, and what they hand back: frozen values without behaviour of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from cleaner.lines import line_spans
from cleaner.model import Span
from cleaner.steps.translation.scan import Scan

Options: TypeAlias = Mapping[str, Any]
"""The options of a rule under `with:`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text with the spans of its lines, its language and its bytes; cheap to make, shared by all detectors."""

    text: str
    lines: tuple[Span, ...]
    language: str
    scan: Scan


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that a detector points at; `note` ends the rule's message, `suggestion` replaces the rule's."""

    start: int
    end: int
    note: str = ""
    suggestion: str | None = None


ALWAYS = ""
"""The trigger of a detector that no pattern can replace; the detector itself has to be fast."""


@dataclass(frozen=True, slots=True)
class Detector:
    """A rule decided by code.

    `trigger` returns an RE2 pattern for the rule's options and a language: a text without a match has no
    mark, so that one merged pattern can tell for all detectors at once which of them need to look.
    """

    find: Callable[[Sheet, Options], Iterator[Mark]]
    trigger: Callable[[Options, str], str]


def sheet_of(text: str, language: str = "und") -> Sheet:
    r"""Split a text into lines, once for all detectors.

    >>> sheet_of("a\nbc").lines
    ((0, 1), (2, 4))
    """
    return Sheet(text, tuple(line_spans(text)), language, Scan(text))


def plain_trigger(pattern: str) -> Callable[[Options, str], str]:
    """Return a trigger that depends neither on the options nor on the language.

    >>> plain_trigger("a|b")({}, "en")
    'a|b'
    """
    return lambda options, language: pattern
