"""Breaks inside sentences that have nothing to do with a width."""

from __future__ import annotations

import re

from cleaner.steps.linebreaks.conventions import Habits
from cleaner.steps.linebreaks.edges import SPACELESS, STOPS, EndShape, StartShape, is_prose, last_word
from cleaner.steps.linebreaks.stripped_lines import Lines

_BROKEN_NUMBER = re.compile(r"(?:\b[^\W\dA-Z_]+ |[$£€])\d{1,3}[.,]$")
_REST_OF_NUMBER = re.compile(r"\d{3}\b(?!\.\s)|\d+ ?(?:%|percent|per cent|million|billion)")

NO_BLANK_LINE = "no blank line, continues in lower case"
"""Why a line end is soft where paragraphs stand apart."""

OPEN_BRACKET = "a bracket is open"
"""Why a bracket that is open at a line end closes it."""

_CLOSERS = "\"')]\u201d\u2019\u00bb\u00ab\u201c\u300d\u300f\uff09"
_WORDS_BEFORE: dict[EndShape, int] = {
    "lower": 8,
    "comma": 8,
    "hyphen": 8,
    "capital": 12,
    "digit": 12,
    "dash": 12,
}
"""How many words a line needs to be prose and no heading, by what it ends in."""


def mid_sentence(
    left: str, right: str, end: EndShape, start: StartShape, habits: Habits, *, goes_on: bool = False
) -> str | None:
    """Say why two lines are one sentence, or None.

    Both must look like prose: the left one starts a sentence and has several words, the right one
    goes on in lower case (or after a word that binds what follows) and ends a sentence. `goes_on`
    says that the right line is itself to be joined to the one after it.
    """
    whole = goes_on or _ends_sentence(right)
    if start == "lower":
        return _continued(left, right, end, whole)
    if start == "uncased":
        return _continued_uncased(left, end, goes_on or right.rstrip(_CLOSERS)[-1:] in STOPS)
    if len(left) < 40 or not _is_sentence_start(left) or not whole:
        return None
    if start in ("capital", "digit") and end == "function" and last_word(left) in habits.binding:
        return f"ends in '{last_word(left)}'"
    if start == "capital" and left[left.rfind(" ") + 1 :].lower() in habits.titles:
        return "ends in a title that needs a name"
    return "a number was broken" if is_broken_number(left, right) else None


def is_broken_number(left: str, right: str) -> bool:
    """Whether a number goes on over a line end; after a capital it may be a day ("July 12, 500 people").

    >>> is_broken_number("it will cost 12,", "500 pounds"), is_broken_number("On July 12,", "500 people")
    (True, False)
    """
    return _BROKEN_NUMBER.search(left) is not None and _REST_OF_NUMBER.match(right) is not None


def stands_apart(lines: Lines) -> bool:
    """Whether the paragraphs of a text are set apart by blank lines, nearly all of them.

    A line end without a blank line is then either soft or inside a heading, a list or verse.
    """
    return len(lines.blank) >= 6 and sum(map(bool, lines.blank)) >= 0.8 * len(lines.blank)


def inside_paragraph(left: str, right: str, end: EndShape, start: StartShape) -> str | None:
    """Say why two lines without a blank one between are one paragraph in a text whose others stand apart."""
    if start not in ("lower", "quoted-lower") or end in ("stop", "colon", "semicolon", "other"):
        return None
    if left.count(" ") < 2:
        return None
    return NO_BLANK_LINE if is_prose(left) and is_prose(right) else None


def inside_brackets(left: str, right: str, start: StartShape) -> str | None:
    """Say why a bracket that is open at a line end, and closed on the next line, makes them one.

    >>> inside_brackets("the old harbour (closed since", "the war) is for sale", "lower")
    'a bracket is open'
    """
    if start not in ("lower", "uncased") or left.rfind("(") <= left.rfind(")"):
        return None
    close, opened = right.find(")"), right.find("(")
    if close < 0 or -1 < opened < close or not is_prose(left) or not is_prose(right):
        return None
    return OPEN_BRACKET


def _continued(left: str, right: str, end: EndShape, whole: bool) -> str | None:
    if not _is_sentence_start(left) or not is_prose(left) or not is_prose(right):
        return None
    words = left.count(" ") + 1
    if end == "function":
        if words >= 4 and (whole or words + right.count(" ") >= 12):
            return f"ends in '{last_word(left)}', continues in lower case"
        return None
    needed = _WORDS_BEFORE.get(end)
    if needed and words >= needed and whole:
        return f"no sentence ends at '{left[-12:]}', continues in lower case"
    return None


def _continued_uncased(left: str, end: EndShape, whole: bool) -> str | None:
    """Without capitals, only a word that binds what follows shows a sentence going on (or a Han comma)."""
    spaceless = SPACELESS.match(left[0]) is not None
    open_end = end == "function" or (spaceless and end == "comma")
    if open_end and whole and len(left) >= (16 if spaceless else 40):
        return f"no sentence ends at '{left[-6:]}'"
    return None


def _is_sentence_start(line: str) -> bool:
    first = line.lstrip("\"'([\u201c\u2018\u00ab\u00bb\u201e\u00bf\u00a1 \u2014\u2013-")[:1]
    return first.isupper() or first.isdigit()


def _ends_sentence(line: str) -> bool:
    return line.rstrip(_CLOSERS)[-1:] in STOPS and line.count(" ") >= 2
