"""Text that runs in a loop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from cleaner.steps.translation.findings import ALWAYS, Detector, Mark, Options, Sheet, plain_trigger

_PROBE = 10
"""Code points of a probe: shorter than most loops, longer than what comes back by chance."""
_SHORTEST = 80
"""Code points of a line that is looked at."""
_SHORTEST_LOOP = 40
"""Code points of all rounds of a loop together: a shorter one is emphasis."""
_MOST_WORDS = 8
"""Words of one round."""
_LONGEST_LINE = 4000


def looping_text(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a run of words that stands `options["times"]` times or more, one after another.

    A loop usually runs to the end of its line. Where neither a probe near the end nor one from the middle
    comes back often enough, no loop is looked for; where one does, a pattern looks at 4,000 code points
    at most.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> text = "It was one of the best of the best of the best of the best of the best of all towns."
    >>> [text[m.start:m.end] for m in looping_text(sheet_of(text), {"times": 4})]
    ['of the best of the best of the best of the best of the best']
    """
    text, times = sheet.text, options["times"]
    for start, end in sheet.lines:
        if end - start < _SHORTEST:
            continue
        for at in (end - 2 * _PROBE - 6, (start + end) // 2):
            probe = text[at : at + _PROBE]
            if text.count(probe, start, end) >= times - 1 and _even(text, probe, start, end):
                yield from _loops(text[start : min(end, start + _LONGEST_LINE)], start, times)
                break


def _even(text: str, probe: str, start: int, end: int) -> bool:
    """Tell whether a probe comes back twice at one distance, as it does in a loop and hardly by chance."""
    places = [start - 1]
    while (at := text.find(probe, places[-1] + 1, end)) >= 0:
        places.append(at)
    steps = [b - a for a, b in pairwise(places[1:])]
    return any(a == b for a, b in pairwise(steps))


def _loops(line: str, at: int, times: int) -> Iterator[Mark]:
    for match in _pattern(times).finditer(line):
        if any(char.isalpha() for char in match[1]) and len(match[0]) >= _SHORTEST_LOOP:
            yield Mark(at + match.start(), at + match.end())


@lru_cache(maxsize=8)
def _pattern(times: int) -> re.Pattern[str]:
    return re.compile(
        rf"\b(\w+(?:[ ,'’-]{{1,2}}\w+){{1,{_MOST_WORDS - 1}}}?)(?:[ ,;.]{{1,2}}\1\b){{{times - 1},}}"
    )


LOOPING_TEXT = Detector(looping_text, plain_trigger(ALWAYS))
