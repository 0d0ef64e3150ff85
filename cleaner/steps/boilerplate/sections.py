"""What belongs to a heading such as "Read also:": the lines that go together with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BULLET = re.compile(r"[\s>]*(?:[•●▪◦‣·∙■□◆►▶→»›*+–—-]\s*|\d{1,2}[.)]\s+|\W{1,3}\s)(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_QUESTION_END = re.compile(r"[!?…][\"'”’»)\]]*$")

MAX_ITEM_WORDS = 26
MAX_QUESTION_WORDS = 18
MAX_SUBHEADING_WORDS = 7


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
    words = len(line.split())
    if not words or words > MAX_ITEM_WORDS:
        return False
    if not _SENTENCE_END.search(line):
        return True
    if words <= 2 or is_bulleted(line):
        return True
    return bool(_QUESTION_END.search(line)) and words <= MAX_QUESTION_WORDS


def section_end(lines: Sequence[str], heading: int) -> int:
    """Return the index after the last line that belongs to the heading at index `heading`.

    The list under the heading ends where prose begins. The last line before that prose stays when it
    may be a subheading of the article: set off by a blank line, not bulleted where others are, or
    much shorter than the others.

    >>> section_end(["Read also:", "• One bridge closes", "", "The council met on Friday again."], 0)
    2
    >>> section_end(["Read also:", "A", "The council met on Friday again."], 0)
    1
    """
    items: list[int] = []
    at = heading + 1
    while at < len(lines) and (not lines[at].strip() or is_item(lines[at])):
        if lines[at].strip():
            items.append(at)
        at += 1
    if at < len(lines):
        _spare_subheading(lines, items)
    return items[-1] + 1 if items else heading + 1


def _spare_subheading(lines: Sequence[str], items: list[int]) -> None:
    """Take from `items` what may be a subheading of the prose after them."""
    bulleted = [is_bulleted(lines[k]) for k in items]
    if any(bulleted):
        while items and not bulleted[len(items) - 1]:
            items.pop()
        return
    if not items:
        return
    sizes = [len(lines[k].split()) for k in items]
    spaced = [not lines[k - 1].strip() for k in items]
    apart = len(items) > 1 and spaced[-1] and not any(spaced[:-1])
    rest = sizes[:-1]
    short = sizes[-1] <= MAX_SUBHEADING_WORDS and (not rest or sizes[-1] < 0.7 * sum(rest) / len(rest))
    if apart or short:
        items.pop()
