"""What the lines of a whole page are part of: a score removes none of it where the rest shows that it stays.

A scorer judges lines, and lines of names, figures and prices look alike whether they are a menu or what the
page is about. What they are part of tells more: a list most of whose items stay, a list that the sentence
above it announces, an index from A to Z, a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from cleaner.engines.lazy import regex
from cleaner.language.words import count_words
from cleaner.protected import protect

ITEMS: Final = 5
"""Lines in a row with the same bullet, or numbered on from 1, that are one list of a whole page."""
MOST_OF_A_LIST: Final = 0.5
"""Where more of its items are to be removed, a list is furniture itself."""
MOST_OF_AN_ENUMERATION: Final = 0.75
"""The same share for a list with numbers, which shows where an item is missing."""
ANNOUNCING_WORDS: Final = 4
"""Words of a line with a colon at its end that announces the list below; one of fewer is a label of a form or menu."""
ANNOUNCED: Final = 2
"""Items of a list that can be announced."""
INDEX_LISTS: Final = 4
"""Lists in a row, each with one letter, that are an index."""
INDEX_ITEMS: Final = 20
"""Items of an index."""
INDEX_GAP: Final = 4
"""Lines between two lists of an index: letters, links to the top."""
SAME_LETTER: Final = 0.8
"""Share of the items of a list that begin with its letter; signs, articles and names of templates begin otherwise."""
ROWS: Final = 3
"""Lines with cells of a table."""
ROWS_SHARE: Final = 0.5
"""Share of its lines that have cells."""

_ITEM: Final = regex(r"\s*(?:[*+o] )?(?:(\d{1,3})[.)]|([*+•–-]|o(?= )))\s*\S")
_MARKS: Final = regex(r"^(?:\s*(?:[*+•–-]|o(?= )|\d{1,3}[.)]))?[\W_]*")
_CELLS: Final = regex(r"\S(?: {2,}|\t)\S|^\s*\|.*\|\s*$")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: the numbers of its lines, and whether they are numbered."""

    lines: tuple[int, ...]
    numbered: bool


def part_of_what_stays(drops: Iterable[int], text: str, contents: Sequence[str]) -> set[int]:
    r"""Return those of the lines of a page to be removed that stay because of what they are part of.

    >>> page = "Every boat of ours holds:\n* Rope\n* Anchor\nSign in"
    >>> sorted(part_of_what_stays({1, 2, 3}, page, page.split("\n")))
    [1, 2]
    """
    dropped = set(drops)
    if not dropped:
        return dropped
    lists = list(lists_of(contents))
    stays = thinned(dropped, lists) | announced(dropped, lists, contents) | indexed(dropped, lists, contents)
    return stays | tabled(dropped, text, contents)


def listed(drops: Iterable[int], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed that are in a list of the page: most of it stays, or it is announced.

    >>> page = ["The kit of every boat holds:", "* Rope", "* Anchor"]
    >>> sorted(listed({1}, page))
    [1]
    """
    dropped = set(drops)
    lists = list(lists_of(contents)) if dropped else []
    return thinned(dropped, lists) | announced(dropped, lists, contents)


def thinned(dropped: set[int], lists: Iterable[Listed]) -> set[int]:
    """Return those of the lines to be removed that are in a list most of which would be kept.

    >>> sorted(thinned({2, 3}, lists_of(["1. oak", "2. ash", "3. elm", "4. yew", "5. fir"])))
    [2, 3]
    """
    stays: set[int] = set()
    for found in lists:
        gone = dropped.intersection(found.lines)
        most = MOST_OF_AN_ENUMERATION if found.numbered else MOST_OF_A_LIST
        if len(found.lines) >= ITEMS and len(gone) <= most * len(found.lines):
            stays |= gone
    return stays


def announced(dropped: set[int], lists: Iterable[Listed], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed that are in a list which a line that stays announces with a colon.

    >>> page = ["The kit of every boat holds:", "* Rope", "* Anchor"]
    >>> sorted(announced({1, 2}, lists_of(page), page))
    [1, 2]
    """
    stays: set[int] = set()
    for found in lists:
        above = next((k for k in range(found.lines[0] - 1, -1, -1) if contents[k].strip()), None)
        if above is None or above in dropped or len(found.lines) < ANNOUNCED:
            continue
        line = contents[above].rstrip()
        if line.endswith((":", "\N{FULLWIDTH COLON}")) and count_words(line) >= ANNOUNCING_WORDS:
            stays |= dropped.intersection(found.lines)
    return stays


def indexed(dropped: set[int], lists: Sequence[Listed], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed that are in an index: a list for each letter, in their order."""
    stays: set[int] = set()
    run: list[Listed] = []
    letter = ""
    for found in lists:
        own = _letter([contents[k] for k in found.lines])
        near = bool(run) and _shown(contents, run[-1].lines[-1] + 1, found.lines[0]) <= INDEX_GAP
        if not (near and own > letter):
            stays |= dropped.intersection(_index(run))
            run = []
        if own:
            run.append(found)
        letter = own
    return stays | dropped.intersection(_index(run))


def _letter(items: Sequence[str]) -> str:
    """Return the letter with which nearly all items begin, without its accent; nothing when there is none.

    >>> _letter(["* Oak", "* Öland", "* Osier"]), _letter(["* Oak", "* Ash"])
    ('o', '')
    """
    bodies = (normalize("NFD", _MARKS.sub("", item, count=1).casefold())[:1] for item in items)
    letter, times = Counter(bodies).most_common(1)[0]
    return letter if letter.isalpha() and times >= SAME_LETTER * len(items) else ""


def _index(run: Sequence[Listed]) -> range:
    """Return the lines of a run of lists when it is long enough to be an index."""
    if len(run) < INDEX_LISTS or sum(len(found.lines) for found in run) < INDEX_ITEMS:
        return range(0)
    return range(run[0].lines[0], run[-1].lines[-1] + 1)


def _shown(contents: Sequence[str], first: int, stop: int) -> int:
    """Count lines that are not blank."""
    return sum(1 for k in range(first, stop) if contents[k].strip())


def tabled(dropped: set[int], text: str, contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed that are in a table of which other rows would be kept.

    A table is one here when its lines have cells: lines of bullets and bars are what is left of a menu.
    """
    if not any(_CELLS.search(contents[k]) for k in dropped):
        return set()
    stays: set[int] = set()
    for block in protect(text).blocks:
        if block.kind != "table":
            continue
        lines = {k for k in range(block.first, block.stop) if contents[k].strip()}
        rows = sum(1 for k in lines if _CELLS.search(contents[k]))
        if rows >= max(ROWS, ROWS_SHARE * len(lines)) and not lines <= dropped:
            stays |= lines & dropped
    return stays


def lists_of(contents: Sequence[str]) -> Iterator[Listed]:
    """Yield the lists of a page: lines in a row with the same bullet, or numbered on from 1.

    >>> [found.lines for found in lists_of(["* Rope", "", "* Anchor", "Menu", "1. Row", "2. Rest"])]
    [(0, 2), (4, 5)]
    """
    run: list[int] = []
    last: int | str | None = None
    for k, line in enumerate((*contents, "end")):
        item = _ITEM.match(line)
        mark = None if item is None else int(item[1]) if item[1] else item[2]
        if run and mark is not None and mark == (last + 1 if isinstance(last, int) else last):
            run.append(k)
        elif line.strip():
            if run:
                yield Listed(tuple(run), isinstance(last, int))
            run = [] if mark is None or (isinstance(mark, int) and mark != 1) else [k]
        last = mark if line.strip() else last
