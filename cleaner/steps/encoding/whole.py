"""The code pages that the lines of one document were read in, all of them together.

A line with one letter outside ASCII says little of how it was read, but a document was mostly read in one page: what
its lines say together is certain where none of them is alone, and a line that fits two pages was read in that of the
others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cleaner.steps.encoding.codepages import GAIN, gain, pages_for, read_in, telling

SAMPLE: Final = 32
"""Lines that decide; more of them say the same."""
LEAST: Final = 3
"""Characters that UTF-8 must make in all of them: two lines may have a pair of characters by chance."""
LONGEST: Final = 8000
"""Characters of a line; one that is longer says enough alone."""
BY_LINE: Final = "cp1252"
"""The page that is usual: ftfy tells line by line what was read in it, and `MANHÃ…` is Portuguese."""


def readings(line: str) -> dict[str, str]:
    """Return what a line is by each code page in which all of it may be UTF-8 that was read wrongly.

    >>> readings("M├®r l├¡├░ur vel"), readings("Mér líður vel")
    ({'cp850': 'Mér líður vel'}, {})
    """
    found = {page: read_in(line, page) for page in pages_for(line)} if len(line) <= LONGEST else {}
    return {page: again.text for page, again in found.items() if again}


def pages_of(lines: Sequence[str]) -> tuple[str, ...]:
    r"""Return the code pages that lines were read in where that is certain: that of most first.

    The next one is that of lines which do not fit it.

    >>> pages_of(["P┼Öe─Źt─Ťte si", "─î├ístka"]), pages_of(["Ă¤", "Ă¤"])
    (('cp852',), ())
    """
    found = {line: readings(line) for line in lines[:SAMPLE]}
    pages: list[str] = []
    while page := _best(found):
        pages.append(page)
        found = {line: by_page for line, by_page in found.items() if page not in by_page}
    return tuple(page for page in pages if page != BY_LINE)


def _best(found: Mapping[str, Mapping[str, str]]) -> str:
    """Return the page that explains most of some lines; nothing where none is certain."""
    gains: dict[str, float] = {}
    for page in dict.fromkeys(page for by_page in found.values() for page in by_page):
        lines = [line for line, by_page in found.items() if page in by_page]
        fixed = [found[line][page] for line in lines]
        if sum(map(telling, lines, fixed)) >= LEAST:
            gains[page] = gain(lines, fixed, page)
    best = max(gains, key=gains.__getitem__, default="")
    return best if best and gains[best] >= GAIN else ""
