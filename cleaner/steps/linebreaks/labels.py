"""Lines that belong to no sentence, by what else the text holds: labels that come again, items, names over dates.

A byline under each of some titles, or the name of a part above what it says, begins in lower case as often as not
and looks like the rest of the line before it; that it comes again beside other lines tells what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.steps.linebreaks.described_lines import View
from cleaner.steps.linebreaks.edges import COLONS, COMMAS, STOPS

LABEL_WORDS: Final = 6
"""Words of a label."""
BESIDE: Final = 2
"""Different lines beside which a label comes again."""
BESIDE_FILLED: Final = 3
"""The same among lines that are filled to a width."""
ITEMS: Final = 3
"""Lines in a row with the same first word that are items of a list."""
NAME_WORDS: Final = 4
"""Words of a name, each with a capital."""
_REACH: Final = 30
"""Lines around a line end that are looked at for items."""
_NOTE: Final = regex(r"[^\W\d_]{3,}: [^\W\d_]+ [^\W\d_]+")
"""A word with a colon, and a name: who made a picture."""
_BULLET: Final = "o "
"""How some plain text writes the bullets of a second level."""
_CLOSING: Final = "\"')]\u201d\u2019\u00bb"


class Labels:
    """The lines of a text that are labels, looked for once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._under: Counter[str] = Counter()
        self._over: Counter[str] = Counter()
        repeated = _repeated(view.texts)
        if repeated:
            self._under = _among(repeated, view.texts, -1)
            self._over = _among(repeated, view.texts, 1)

    def divide(self, gap: int, *, filled: bool = False) -> bool:
        """Tell whether one of the lines beside a gap is a label, a name over a date, or an item.

        Of lines that are `filled` to a width, the last words of two paragraphs may be the same by chance.
        """
        left, right = self._view.texts[gap], self._view.texts[gap + 1]
        least = BESIDE_FILLED if filled else BESIDE
        if self._view.end(gap) != "function" and max(self._under[right], self._over[left]) >= least:
            return True
        if is_dated_name(left, right) or (not filled and _NOTE.match(right)):
            return True
        return right.startswith(_BULLET) and self._is_item(gap)

    def _is_item(self, gap: int) -> bool:
        """Tell whether an item is before or after the line below a gap, which begins with an "o"."""
        view = self._view
        after = view.texts[gap + 2] if gap + 2 < len(view.texts) else ""
        return view.start(gap) == "item" or view.texts[gap].startswith(_BULLET) or after.startswith(_BULLET)


def _repeated(texts: Sequence[str]) -> frozenset[str]:
    """Return the short lines without a stop that are there more than once."""
    found = Counter(text for text in texts if text.count(" ") < LABEL_WORDS)
    return frozenset(text for text, times in found.items() if times > 1 and not _goes_on_or_ends(text))


def _goes_on_or_ends(text: str) -> bool:
    """Tell whether the end of a line shows that a sentence goes on or ends there."""
    last = text.rstrip(_CLOSING)[-1:]
    return last in STOPS or last in COMMAS or last in COLONS


def _among(repeated: frozenset[str], texts: Sequence[str], side: int) -> Counter[str]:
    """Count the different lines beside each of some: with `side` -1 those above it, with 1 those below."""
    beside: dict[str, set[str]] = {}
    for k, text in enumerate(texts):
        if text in repeated and 0 <= k + side < len(texts):
            beside.setdefault(text, set()).add(texts[k + side])
    return Counter({text: len(others) for text, others in beside.items()})


def is_dated_name(left: str, right: str) -> bool:
    """Tell whether a line is a name of a few words and the next one holds a date or a count.

    >>> is_dated_name("Anna Berg", "lundi 4 mai"), is_dated_name("Old Anna saw", "in May 12 boats")
    (True, False)
    """
    words = left.split()
    named = 1 < len(words) <= NAME_WORDS and all(word[0].isupper() for word in words)
    return named and any(map(str.isdigit, right)) and not any(map(str.isdigit, left))


def among_items(view: View, gap: int) -> bool:
    r"""Tell whether `ITEMS` lines in a row of the block around a gap begin with the same word.

    >>> from cleaner.steps.linebreaks.described_lines import split
    >>> from cleaner.steps.linebreaks.edges import NO_WORDS
    >>> among_items(View(split("We have\nthe wood\nthe rope\nthe sail"), NO_WORDS), 0)
    True
    """
    blank = view.lines.blank
    first, last = gap, gap + 1
    while first > max(0, gap - _REACH) and not blank[first - 1]:
        first -= 1
    while last < min(view.gaps, gap + _REACH) and not blank[last]:
        last += 1
    words = [view.texts[line].split(" ", 1)[0] for line in range(first, last + 1)]
    return any(len(set(words[k : k + ITEMS])) == 1 for k in range(len(words) - ITEMS + 1))
