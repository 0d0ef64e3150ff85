"""Marks alone on a line."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.steps.linebreaks.conventions import OrphanHabits
from cleaner.steps.linebreaks.described_lines import View
from cleaner.steps.linebreaks.edges import SPACELESS

LONE_HYPHENS = ("-", "\N{HYPHEN}")
WORDS_BEFORE, WORDS_AFTER = 4, 3
"""A line before a hyphen alone has so many words or more, one after it so many."""
LONGEST_MARK = 2
"""Characters of a line that may be a mark alone."""
SIDE_CHARS = 3
"""Characters of a line below which it is too short to say where a lone mark belongs."""
CHARACTERS = 10
"""So many characters, one a line, are a sentence and no list."""


def orphans(texts: Sequence[str], suspects: Sequence[int], marks: OrphanHabits) -> dict[int, str]:
    """Find lines that hold only a mark, and return the gap to close and why: before or after the mark.

    A mark that may open or close is paired with the unpaired one in the line before or after.
    """
    found: dict[int, str] = {}
    for i in sorted({i for gap in suspects for i in (gap, gap + 1) if len(texts[i]) <= LONGEST_MARK}):
        text = texts[i]
        before = texts[i - 1] if i else ""
        after = texts[i + 1] if i + 1 < len(texts) else ""
        side = _side(text, before, after, marks)
        if side < 0 and before and i - 1 not in found:
            found[i - 1] = f"a lone {text} closes what is before it"
        elif side > 0 and after:
            found[i] = f"a lone {text} opens what follows"
    return found


def hyphens_alone(view: View, suspects: Sequence[int]) -> dict[int, str]:
    """Find hyphens alone on a line between the parts of a word, and return both gaps: nothing comes between.

    A dash alone on a line separates; what follows it is no word that binds, and is not at the start of a list.
    """
    found: dict[int, str] = {}
    texts, last = view.texts, len(view.texts) - 1
    for i in sorted({i for gap in suspects for i in (gap, gap + 1) if texts[i] in LONE_HYPHENS}):
        if not 0 < i < last or view.start(i + 1) != "lower" or view.end(i - 1) != "lower":
            continue
        first = texts[i + 1].split(" ", 1)[0]
        prose = texts[i - 1].count(" ") + 1 >= WORDS_BEFORE and texts[i + 1].count(" ") + 1 >= WORDS_AFTER
        if prose and first.isalpha() and not view.is_function(first):
            found[i - 1] = found[i] = "a hyphen alone between the parts of a word"
    return found


def characters_alone(texts: Sequence[str], marks: OrphanHabits) -> dict[int, str]:
    """Find runs of lines that hold one character each of a script without spaces, and return their gaps.

    A list of characters is kept: a sentence has at least one character that identifies it.
    """
    found: dict[int, str] = {}
    at = 0 if 1 in map(len, texts) else len(texts)
    while at < len(texts):
        stop = at
        while stop < len(texts) and len(texts[stop]) == 1 and SPACELESS.match(texts[stop]):
            stop += 1
        if stop - at >= CHARACTERS and not marks.sentence.isdisjoint(texts[at:stop]):
            found |= dict.fromkeys(range(at, stop - 1), "one character a line")
        at = stop + 1
    return found


def _side(mark: str, before: str, after: str, marks: OrphanHabits) -> int:
    """-1 when a lone mark belongs to what is before, 1 when to what follows, 0 when that is not clear."""
    if len(before) < SIDE_CHARS and len(after) < SIDE_CHARS:
        return 0
    if mark in marks.either:
        return after.count(mark) % 2 - before.count(mark) % 2
    if mark in marks.opening:
        return int(_balance(after, marks) < 0)
    return -int(_balance(before, marks) > 0) if mark in marks.closing else 0


def _balance(text: str, marks: OrphanHabits) -> int:
    """Return how many more marks open than close."""
    return sum((character in marks.opening) - (character in marks.closing) for character in text)
