"""Stanzas that are certain: by lines that come again, by a scheme of rhymes, by a mark at every line end.

Wrapped prose has none of these by chance, however wide or even the lines are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.model import Span
from cleaner.protected.claims import Claim, Sheet
from cleaner.protected.verse import WIDEST, ends_marked, ends_weakly, last_word

NARROW: Final = 64
"""A paragraph of which some lines recur is no wrapped prose when no line of it is wider."""
LEAST_WORDS: Final = 3
"""A single line that recurs has so many words or more; shorter ones come in pairs."""
OFTEN: Final = 20
"""At least one line in so many recurs in a stanza; in a longer word list a few do by chance."""
MARKED: Final = 0.6
"""Share of the lines of such a paragraph that end in punctuation; labels and titles of a page do not."""
CHORUS: Final = 3
"""Lines of a chorus that comes twice; one of two lines comes so many times."""
LONGEST_CHORUS: Final = 12
SONG: Final = 0.3
"""Share of stanzas that recur, from which a text is a song, and its other stanzas are verse too."""
WIDER: Final = 1.2
"""They may be so much wider."""
QUATRAIN: Final = 4
SCHEMES: Final[tuple[tuple[Span, ...], ...]] = (
    ((0, 1), (2, 3)),
    ((0, 2), (1, 3)),
    ((0, 3), (1, 2)),
    ((1, 3),),
)
"""Which lines of a quatrain rhyme: in couplets, crossed, embraced, or every second one."""
RHYMES, RHYMED = 4, 0.5
"""A scheme has so many rhymes in a text, and this share of those that it should have."""
SAMPLE: Final = 400
"""Lines that are looked at for rhymes."""
LONG_LINES: Final = 120
"""Lines of verse with a mark at every end may be so wide."""
WEAK: Final = 0.5
"""So many of the marks inside are commas and the like."""
POEM: Final = 0.5
"""Of the paragraphs of several lines, so many or more have such ends in a poem."""
_BULLET: Final = regex(r"[-*\N{BULLET}]\s")


def stanzas(sheet: Sheet) -> Iterator[Claim]:
    """Claim the stanzas of a song, of a rhymed poem, and of one with a mark at every line end."""
    runs, narrow = sheet.narrow(LONG_LINES), sheet.narrow(WIDEST)
    found = refrains(sheet, narrow) or rhymed(sheet, narrow) or marked(sheet, runs)
    yield from ((*run, "stanza") for run in found)


def refrains(sheet: Sheet, runs: Sequence[Span]) -> list[Span]:
    """Return the stanzas of which some lines recur elsewhere, and whole choruses.

    A paragraph that recurs as a whole may be wrapped prose that somebody pasted twice: it is a chorus
    when every line of it ends in a mark, and when other text is between the times that it comes.
    """
    lines = [line.strip().casefold() for first, stop in runs for line in sheet.lines[first:stop]]
    if len(set(lines)) == len(lines):
        return []
    seen, folded = Counter(lines), iter(lines)
    stanzas = [tuple(islice(folded, stop - first)) for first, stop in runs]
    times = Counter(stanzas)
    sung = [_recurs_in_part(one, seen, times[one]) or _is_chorus(one, times[one]) for one in stanzas]
    if not any(sung):
        return []
    widths = [max(map(len, one)) for one in stanzas]
    song = sum(sung) >= SONG * len(sung)
    widest = WIDER * max(width for width, is_sung in zip(widths, sung, strict=True) if is_sung)
    judged = zip(runs, widths, sung, strict=True)
    return [run for run, width, is_sung in judged if is_sung or (song and width <= widest)]


def _recurs_in_part(stanza: tuple[str, ...], seen: Counter[str], times: int) -> bool:
    """Tell whether some lines of a narrow stanza come in other ones, too, and the rest does not."""
    recurring = [line for line in stanza if seen[line] > times]
    if not recurring or max(map(len, stanza)) >= NARROW or len(recurring) == len(stanza):
        return False
    if sum(map(ends_marked, stanza)) < MARKED * len(stanza) or any(map(_BULLET.match, stanza)):
        return False
    if len(recurring) * OFTEN < len(stanza):
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


def rhymed(sheet: Sheet, runs: Sequence[Span]) -> list[Span]:
    """Return the paragraphs of a text when one scheme of rhymes holds in all of them together."""
    long = [run for run in runs if run[1] - run[0] >= QUATRAIN and run[0] < SAMPLE]
    if sum(stop - first for first, stop in long) < 2 * RHYMES:
        return []
    quatrains = [part for first, stop in long for part in _quatrains(sheet.lines[first:stop])]
    alike = [words for words in quatrains if len({word[-2:] for word in words}) < len(words)]
    for scheme in SCHEMES if 2 * len(alike) >= RHYMES else ():
        hits = sum(_rhyme(*pair) for words in alike for pair in _pairs(words, scheme))
        if hits >= RHYMES and hits >= RHYMED * sum(len(_pairs(words, scheme)) for words in quatrains):
            return long
    return []


def _quatrains(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the last words of four lines and four, and of those that are left over."""
    ends = [last_word(line) for line in lines]
    yield from (ends[at : at + QUATRAIN] for at in range(0, len(ends), QUATRAIN))


def _pairs(words: Sequence[str], scheme: Sequence[Span]) -> list[tuple[str, str]]:
    """Return the words that should rhyme, no more than two pairs; two lines that are left over are a couplet."""
    if len(words) == 2:
        return [(words[0], words[1])]
    return [(words[i], words[j]) for i, j in scheme if j < len(words)]


def _rhyme(word: str, other: str) -> bool:
    """Tell whether two different words end alike."""
    return len(word) > 1 and len(other) > 1 and word != other and word[-2:] == other[-2:]


def marked(sheet: Sheet, runs: Sequence[Span]) -> list[Span]:
    """Return the paragraphs of four lines or more with a mark at every line end, where most have them.

    Half of the marks are such as end no sentence: lines that are sentences may be paragraphs.
    """
    long = [run for run in runs if run[1] - run[0] >= QUATRAIN]
    found = [run for run in long if _is_marked(sheet.lines[run[0] : run[1]])]
    return found if found and len(found) > POEM * len(long) else []


def _is_marked(lines: Sequence[str]) -> bool:
    weak = sum(map(ends_weakly, lines[:-1]))
    return weak >= WEAK * (len(lines) - 1) and all(map(ends_marked, lines))
