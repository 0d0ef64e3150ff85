"""Breaks inside sentences that are not caused by a line width."""

from __future__ import annotations

import re
from typing import NamedTuple

from cleaner.engines.lazy import regex
from cleaner.steps.linebreaks.conventions import Habits
from cleaner.steps.linebreaks.described_lines import Lines
from cleaner.steps.linebreaks.edges import (
    BARRED,
    DASHES,
    HYPHENS,
    SPACELESS,
    STOPS,
    EndShape,
    StartShape,
    in_brackets,
    is_prose,
    is_title,
    last_word,
)
from cleaner.steps.linebreaks.wrapped.widths import VERSE_COLUMNS

NO_BLANK_LINE = "no blank line, continues in lower case"
"""Why a line end is soft where paragraphs stand apart."""

OPEN_BRACKET = "a bracket is open"
"""Why a bracket that is open at a line end closes it."""

NO_BEGINNING = "no line begins with this mark"
"""Why a mark at the beginning of a line belongs to the line before, in verse too."""

CERTAIN = frozenset({OPEN_BRACKET, NO_BEGINNING})
"""Reasons that hold wherever lines are short."""

WORDS_BEFORE: dict[EndShape, int] = {
    "lower": 8,
    "comma": 8,
    "hyphen": 8,
    "dash": 8,
    "abbreviation": 8,
    "capital": 12,
    "digit": 12,
}
"""How many words a line needs to be prose and no heading, by what it ends in."""
HYPHEN_WORDS = 4
"""A line that ends in a hyphen has so many when the next one is wider than verse."""
LETTERS_BEFORE, FEWEST_WORDS = 50, 5
"""Where words are long, so many letters in so many words do as well as eight words."""
FUNCTION_WORDS = 4
"""A line that ends in a function word has so many words or more."""
TOGETHER, REST_WORDS = 12, 3
"""Two lines of which the second ends no sentence have so many words together, and so many in the second."""
CAPITAL_LETTERS = 40
"""Before a capital or a number, a line has so many letters or more."""
SPACED_LETTERS, UNSPACED_LETTERS = 40, 16
"""Without capitals, a line has so many letters or more, by whether the script has spaces."""
BARRED_LETTERS = 8
"""Before a mark that no line may begin with, a line has so many letters or more: it is no word of a list."""
APART_GAPS, APART = 6, 0.8
"""Paragraphs stand apart where so many gaps or more, and this share of them, have a blank line."""
APART_WORDS = 3
"""Two lines of one paragraph, in such a text, have so many words or more each; the second may be shorter if it ends."""
APART_LETTERS = 120
"""A longer line is a paragraph of its own, unless its end shows that it continues."""
ENDS_WORDS = 3
"""A line that ends a sentence has so many words or more."""

_BROKEN_NUMBER = regex(r"(?:\b[^\W\dA-Z_]+ |[$£€])\d{1,3}[.,]$")
_REST_OF_NUMBER = regex(r"\d{3}\b(?!\.\s)|\d+ ?(?:%|percent|per cent|million|billion)")
_DAY = regex(r"\b\d{1,4}\.?$")
_YEAR = regex(r"\d{1,2}\b(?![:.]\d)|\d{4}\b")
_STAMP = regex(r"\d[:/.]\d+(?: ?[ap]\.?m\.?)?$", re.IGNORECASE)
"""A line that ends in a time or a date in figures is the head of something."""
_DOMAIN = regex(r"[\w.-]+\.[a-z]{2,}(?:[ ,/]|$)")
"""An address of the web without its scheme begins an item of a list."""
_DASH_INSIDE = regex(r"[-\u2013\u2014] [^\W\d_].* [-\u2013\u2014](?: |$)")
_CLOSERS = "\"')]\u201d\u2019\u00bb\u00ab\u201c\u300d\u300f\uff09"


class Pair(NamedTuple):
    """Two lines that may be one sentence, their shapes, and what else is known of the gap between them.

    `goes_on` tells that the right line is itself to be joined to the one after it.
    """

    left: str
    right: str
    end: EndShape
    start: StartShape
    blank: bool = False
    goes_on: bool = False

    @property
    def stops(self) -> bool:
        """Tell whether the right line ends with a stop, or continues on one that does."""
        return self.goes_on or self.right.rstrip(_CLOSERS)[-1:] in STOPS

    @property
    def whole(self) -> bool:
        """Tell whether the right line ends a sentence of some words, or continues on one that does."""
        return self.goes_on or (self.stops and words(self.right) >= ENDS_WORDS)


def mid_sentence(pair: Pair, habits: Habits) -> str | None:
    """Return why two lines are one sentence, or None.

    Both must look like prose: the left one starts a sentence and has several words, the right one
    continues in lower case (or after a word that binds what follows) and ends a sentence.
    """
    left, right = pair.left, pair.right
    why = _why_one(pair, habits)
    if (
        why is None
        or _are_alike(left, right)
        or is_title(left)
        or _STAMP.search(left)
        or _DOMAIN.match(right)
    ):
        return None
    return why


def _why_one(pair: Pair, habits: Habits) -> str | None:
    """Return why two lines are one sentence by how the second one starts, or None."""
    if pair.start == "lower":
        return _continued(pair)
    if pair.start == "uncased":
        return _continued_uncased(pair)
    if pair.right[0] in BARRED:
        return _before_barred(pair)
    if pair.start == "dash" or (pair.start == "item" and pair.right[0] in DASHES | HYPHENS):
        return _continued_dash(pair)
    if len(pair.left) < CAPITAL_LETTERS or not _is_sentence_start(pair.left) or not pair.whole:
        return None
    return _before_capital(pair, habits)


def _before_barred(pair: Pair) -> str | None:
    """Return why a line that begins with a mark which no line may begin with continues the one before."""
    if pair.blank or len(pair.left) < BARRED_LETTERS or not pair.left[-1].isalpha():
        return None
    return NO_BEGINNING if SPACELESS.match(pair.left[-1]) else None


def is_broken_number(left: str, right: str) -> bool:
    """Tell whether a number continues across a line end; after a capital it may be a day ("July 12, 500 people").

    >>> is_broken_number("it will cost 12,", "500 pounds"), is_broken_number("On July 12,", "500 people")
    (True, False)
    """
    if left[-1:] not in (".", ",") or not left[-2:-1].isdecimal():
        return False
    return _BROKEN_NUMBER.search(left) is not None and _REST_OF_NUMBER.match(right) is not None


def is_broken_date(left: str, right: str, after_number: frozenset[str]) -> bool:
    """Tell whether a number and the month or the unit that belongs to it are on two lines.

    >>> is_broken_date("It was opened on 3", "May 1931 by the mayor.", frozenset({"may"}))
    True
    """
    first = right.split(" ", 1)[0].rstrip(",.;").lower()
    if first in after_number and _DAY.search(left):
        return True
    return last_word(left).lower() in after_number and _YEAR.match(right) is not None


def stands_apart(lines: Lines) -> bool:
    """Tell whether the paragraphs of a text are set apart by blank lines, nearly all of them.

    A line end without a blank line is then either soft or inside a heading, a list or verse.
    """
    return len(lines.blank) >= APART_GAPS and sum(map(bool, lines.blank)) >= APART * len(lines.blank)


def inside_paragraph(pair: Pair) -> str | None:
    """Return why two lines without a blank one between are one paragraph in a text whose others stand apart."""
    left, right, end = pair.left, pair.right, pair.end
    if pair.start not in ("lower", "quoted-lower") or end in ("stop", "colon", "semicolon", "other"):
        return None
    if words(left) < APART_WORDS or is_title(left) or _are_alike(left, right):
        return None
    if in_brackets(right) and words(right) < APART_WORDS:
        return None
    bound = end in ("function", "comma", "dash", "hyphen")
    statement = len(left) > VERSE_COLUMNS and left[0].islower()
    if not bound and (statement or len(left) > APART_LETTERS):
        return None
    if not (bound or pair.stops or words(right) >= APART_WORDS):
        return None
    return NO_BLANK_LINE if is_prose(left) and is_prose(right) else None


def inside_brackets(pair: Pair) -> str | None:
    """Return why a bracket that is open at a line end, and closed on the next line, makes them one.

    >>> inside_brackets(Pair("the old harbour (closed since", "the war) is for sale", "lower", "lower"))
    'a bracket is open'
    """
    left, right = pair.left, pair.right
    if pair.start not in ("lower", "uncased") or left.rfind("(") <= left.rfind(")"):
        return None
    close, opened = right.find(")"), right.find("(")
    if close < 0 or -1 < opened < close or not is_prose(left) or not is_prose(right):
        return None
    return OPEN_BRACKET


def words(line: str) -> int:
    """Count the words of a line by its spaces."""
    return line.count(" ") + 1


def _continued(pair: Pair) -> str | None:
    """Return why a line that starts in lower case continues the one before."""
    left, right = pair.left, pair.right
    if not _is_sentence_start(left):
        return None
    why = _why_open(pair)
    return why if why and is_prose(left) and is_prose(right) else None


def _why_open(pair: Pair) -> str | None:
    """Return why no sentence ends at the end of a line before one in lower case."""
    left, right, end = pair.left, pair.right, pair.end
    count = words(left)
    if end == "function":
        rest = words(right) >= REST_WORDS and count + words(right) > TOGETHER and not pair.blank
        if count >= FUNCTION_WORDS and (pair.whole or rest):
            return f"ends in '{last_word(left)}', continues in lower case"
        return None
    needed = WORDS_BEFORE.get(end)
    if needed is None or not pair.whole or (pair.blank and end == "lower" and right[-1] == "?"):
        return None
    if end == "hyphen" and len(right) >= VERSE_COLUMNS:
        needed = HYPHEN_WORDS
    long = needed == WORDS_BEFORE["lower"] and count >= FEWEST_WORDS and len(left) >= LETTERS_BEFORE
    return f"no sentence ends at '{left[-12:]}', continues in lower case" if count >= needed or long else None


def _continued_uncased(pair: Pair) -> str | None:
    """Without capitals, only a word that binds what follows (or a Han comma) shows that a sentence continues."""
    left = pair.left
    spaceless = SPACELESS.match(left[0]) is not None
    open_end = pair.end == "function" or (spaceless and pair.end == "comma")
    if open_end and pair.stops and len(left) >= (UNSPACED_LETTERS if spaceless else SPACED_LETTERS):
        return f"no sentence ends at '{left[-6:]}'"
    return None


def _continued_dash(pair: Pair) -> str | None:
    """Return why a line that starts with a dash is no item and no turn: the dash closes inside the line."""
    left, right, end = pair.left, pair.right, pair.end
    if end not in ("lower", "function", "comma") or words(left) < WORDS_BEFORE["lower"] or not pair.whole:
        return None
    inserted = _is_sentence_start(left) and _DASH_INSIDE.match(right) is not None
    return "a dash opens and closes in the next line" if inserted else None


def _before_capital(pair: Pair, habits: Habits) -> str | None:
    """Return why a line that starts with a capital or a number continues the one before."""
    left, right, start = pair.left, pair.right, pair.start
    if start in ("capital", "digit") and pair.end == "function" and last_word(left) in habits.binding:
        first = right.split(" ", 1)[0].lower()
        if first not in habits.words.function:
            return f"ends in '{last_word(left)}'"
    last = left[left.rfind(" ") + 1 :].lower()
    if start == "capital" and last in habits.titles:
        return "ends in a title that needs a name"
    if start == "digit" and last in habits.before_number:
        return f"ends in '{last}', which needs a number"
    if is_broken_number(left, right):
        return "a number was broken"
    if start in ("capital", "digit") and is_broken_date(left, right, habits.words.after_number):
        return "a date was broken"
    return None


def _are_alike(left: str, right: str) -> bool:
    """Tell whether two lines begin with the same word, as items of a list do.

    An "o" is a bullet in some plain text.

    >>> _are_alike("rate this boat 1", "rate this boat 2"), _are_alike("a boat", "a pier"), _are_alike("o oar", "o net")
    (True, False, True)
    """
    first = right.split(" ", 1)[0]
    return (len(first) > 1 or first == "o") and left.split(" ", 1)[0] == first


def _is_sentence_start(line: str) -> bool:
    first = line.lstrip("\"'([\u201c\u2018\u00ab\u00bb\u201e\u00bf\u00a1 \u2014\u2013-")[:1]
    return first.isupper() or first.isdigit()
