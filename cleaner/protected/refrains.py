"""Refrains: lines that come again, which nobody wraps by chance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.protected.claims import Claim, Sheet
from cleaner.protected.verse import WIDEST, ends_marked

NARROW: Final = 64
"""A paragraph of which some lines recur is no wrapped prose when no line of it is wider."""
MARKED: Final = 0.6
"""Share of the lines of such a paragraph that end in punctuation; labels and titles of a page do not."""
_BULLET: Final = re.compile(r"[-*\N{BULLET}]\s")
LEAST_WORDS: Final = 3
"""A single line that recurs has so many words or more; shorter ones come in pairs."""
CHORUS: Final = 3
"""Lines of a chorus that comes twice; one of two lines comes so many times."""
LONGEST_CHORUS: Final = 12
SONG: Final = 0.3
"""Share of stanzas that recur, from which a text is a song, and its other stanzas are verse too."""
WIDER: Final = 1.2
"""They may be so much wider."""


def refrains(sheet: Sheet) -> Iterator[Claim]:
    """Claim stanzas of which some lines recur elsewhere, and whole choruses.

    A paragraph that recurs as a whole may be wrapped prose that somebody pasted twice: it is a chorus
    when every line of it ends in a mark, and when other text is between the times that it comes.
    """
    runs = [run for run in sheet.runs(2) if max(map(len, sheet.lines[run[0] : run[1]])) <= WIDEST]
    if not runs:
        return
    stanzas = [_folded(sheet.lines[first:stop]) for first, stop in runs]
    seen = Counter(line for stanza in stanzas for line in stanza)
    if len(seen) == sum(map(len, stanzas)):
        return
    times = Counter(stanzas)
    sung = [_recurs_in_part(one, seen, times[one]) or _is_chorus(one, times[one]) for one in stanzas]
    widths = [max(map(len, one)) for one in stanzas]
    song = sum(sung) >= SONG * len(sung)
    widest = WIDER * max((width for width, is_sung in zip(widths, sung, strict=True) if is_sung), default=0)
    for run, width, is_sung in zip(runs, widths, sung, strict=True):
        if is_sung or (song and width <= widest):
            yield *run, "refrain"


def _folded(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip().casefold() for line in lines)


def _recurs_in_part(stanza: tuple[str, ...], seen: Counter[str], times: int) -> bool:
    """Tell whether some lines of a narrow stanza come in other ones, too, and the rest does not."""
    recurring = [line for line in stanza if seen[line] > times]
    if not recurring or max(map(len, stanza)) >= NARROW or len(recurring) == len(stanza):
        return False
    if sum(map(ends_marked, stanza)) < MARKED * len(stanza) or any(map(_BULLET.match, stanza)):
        return False
    return len(recurring) > 1 or len(recurring[0].split()) >= LEAST_WORDS


def _is_chorus(stanza: tuple[str, ...], times: int) -> bool:
    """Tell whether a stanza comes again as a whole, and is no prose by the ends of its lines."""
    return (
        times > 1
        and len(stanza) <= LONGEST_CHORUS
        and (len(stanza) >= CHORUS or times >= CHORUS)
        and all(map(ends_marked, stanza))
    )
