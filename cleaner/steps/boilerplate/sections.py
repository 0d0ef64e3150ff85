"""What belongs to a heading such as "Read also:": the lines that go together with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.language.words import count_words
from cleaner.protected.claims import indent_of

_BULLET = regex(r"[\s>]*(?:[•●▪◦‣·∙■□◆►▶→»›*+–—-]\s*|\d{1,2}[.)]\s+|\W{1,3}\s)(?=\S)")
_SENTENCE_END = regex(r"[.!?…。！？।॥؟۔։።][\"'”’»)\]]*$")
_QUESTION_END = regex(r"[!?…！？؟][\"'”’»)\]]*$")

_PROPERTY = regex(r"[\W_]*[^\W\d_]+(?: [^\W\d_]+)?\s?:\s?[^\s\"“„«'‘].{0,60}$")
_FIGURE = regex(r"[\W_]*[^\W\d_]+(?: [^\W\d_]+){0,2}\s?:\s?[^\s\w]?\d[^:]{0,60}$")
_PRICE = regex(r"[\W_]*(?:[$€£¥₹]\s?\d.{0,20}|\d[\d.,]*\s?[$€£¥₹].{0,20})$")

MAX_ITEM_WORDS: Final = 26
"""Words of a title; a longer line is prose."""
MAX_QUESTION_WORDS: Final = 18
"""Words of a title that is a question or an exclamation."""
MAX_SUBHEADING_WORDS: Final = 10
"""Words up to which the last title before prose may be a subheading of that prose."""
MAX_SENTENCE_WORDS: Final = 2
"""Words of a title that ends in a full stop."""
LEAST_PRICES: Final = 2
"""Lines that are a price in a list that describes things to buy."""
FIGURES: Final = 3
"""Lines in a row that state figures of a thing: with them a list of links has ended."""
PROPERTY_SHARE: Final = 0.5
"""Share of the items that name a property in a list that describes a thing."""


def is_bulleted(line: str) -> bool:
    """Tell whether a line begins with a bullet or a number.

    >>> is_bulleted("  • Five bridges"), is_bulleted("Five bridges")
    (True, False)
    """
    return bool(_BULLET.match(line))


def is_item(line: str) -> bool:
    """Tell whether a line looks like the title of something and not like prose.

    A title has no full stop at its end; a question or an exclamation may be one when it is short.

    >>> is_item("Five bridges that close"), is_item("The bridge was closed on Friday.")
    (True, False)
    """
    line = line.strip()
    words = count_words(line)
    if not words or words > MAX_ITEM_WORDS:
        return False
    if not _SENTENCE_END.search(line):
        return True
    if words <= MAX_SENTENCE_WORDS or is_bulleted(line):
        return True
    return bool(_QUESTION_END.search(line)) and words <= MAX_QUESTION_WORDS


def section_end(lines: Sequence[str], heading: int) -> int:
    """Return the index after the last line that belongs to the heading at index `heading`.

    The list under the heading ends where prose begins. The last line before that prose is kept when it
    may be a subheading of the article: short, set off by a blank line, or not bulleted as the others are. What stands
    over a list of properties (`Memory: 8 GB`, prices) is no heading over links but a label of the thing, so
    nothing is removed, not even the heading; nor is a section of a manual, whose text is set in under its heading.

    >>> section_end(["Read also:", "• One bridge closes", "", "The council met on Friday again."], 0)
    2
    >>> section_end(["Read also:", "A", "The council met on Friday again."], 0)
    1
    >>> section_end(["SEE ALSO", "       passwd(5), shadow(5)."], 0)
    0
    """
    if heading + 1 < len(lines) and _is_set_in(lines[heading], lines[heading + 1]):
        return heading
    items: list[int] = []
    at = heading + 1
    while at < len(lines) and (not lines[at].strip() or is_item(lines[at])):
        if lines[at].strip():
            items.append(at)
        at += 1
    figures = _first_figures([lines[k] for k in items])
    if figures:
        at = items[figures]
        del items[figures:]
    if at < len(lines):
        _spare_subheading(lines, items)
    if _are_properties([lines[k] for k in items]):
        return heading
    return items[-1] + 1 if items else heading + 1


def _is_set_in(heading: str, line: str) -> bool:
    """Tell whether a line without a bullet is set in under a heading."""
    return indent_of(line) > indent_of(heading) + 1 and not is_bulleted(line.strip())


def _spare_subheading(lines: Sequence[str], items: list[int]) -> None:
    """Take from the end of `items` what may be a subheading of the prose after them."""
    bullets = [_bullet(lines[k]) for k in items]
    if not items:
        return
    if not any(bullets):
        spaced = [not lines[k - 1].strip() for k in items]
        apart = len(items) > 1 and spaced[-1] and not any(spaced[:-1])
        if apart or count_words(lines[items[-1]]) <= MAX_SUBHEADING_WORDS:
            items.pop()
        return
    usual = Counter(filter(None, bullets)).most_common(1)[0][0]
    while items and bullets[len(items) - 1] != usual:
        items.pop()


def _bullet(line: str) -> str:
    """Return the bullet of a line, a digit for a number, nothing for none."""
    if not is_bulleted(line):
        return ""
    mark = line.strip()[0]
    return "0" if mark.isdigit() else mark


def _first_figures(items: Sequence[str]) -> int | None:
    """Return the first of `FIGURES` lines in a row that state figures of a thing, such as `Rope: 30 m`.

    >>> _first_figures(["Five knots", "Data", "* Rope: 30 m", "* Mast: 9.5 m", "* Crew: 2"])
    2
    """
    stated = [_FIGURE.match(item) is not None for item in items]
    return next(
        (k for k in range(len(items)) if all(stated[k : k + FIGURES]) and k + FIGURES <= len(items)), None
    )


def _are_properties(items: Sequence[str]) -> bool:
    """Tell whether so many items name a property or a price that they describe a thing."""
    prices = sum(_PRICE.match(item) is not None for item in items)
    named = sum(_PROPERTY.match(item) is not None for item in items)
    return prices >= LEAST_PRICES or (named > 1 and named >= PROPERTY_SHARE * len(items))
