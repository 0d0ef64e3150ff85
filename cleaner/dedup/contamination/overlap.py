"""What a passage has in common with a text of an evaluation set: the longest run of tokens that is in both.

A run counts if it says enough to be no coincidence: `least` words with a letter in them (three characters of a script
without spaces are one), and more than half as many different tokens. GPT-3 was decontaminated by runs of 13 words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cleaner.dedup.tokens import CHARACTERS_PER_WORD, is_unspaced, tokens
from cleaner.engines.lazy import regex

Gram = tuple[str, ...]
_LINE = regex(r"\S(?:[^\n]*\S)?")


class Line(NamedTuple):
    """A line that is not blank: its code points, and its tokens, half-open, counted in the whole text."""

    start: int
    end: int
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Held:
    """A text of an evaluation set, ready to be compared: its tokens, its lines, and where each run of tokens is."""

    tokens: tuple[str, ...]
    lines: tuple[Line, ...]
    places: Mapping[Gram, Sequence[int]]


class Overlap(NamedTuple):
    """A run of `length` tokens, from token `first` of a passage and token `at` of a held text on.

    `whole` tells that one stands whole in the other: the passage in the text, or a line of the text in the passage.
    """

    first: int
    at: int
    length: int
    whole: bool


@lru_cache(maxsize=1024)
def held(text: str, least: int) -> Held:
    """Return a text of an evaluation set as `overlap` compares it with passages."""
    found, lines = list[str](), list[Line]()
    for line in _LINE.finditer(text):
        words = tokens(line[0])
        if words:
            lines.append(Line(*line.span(), len(found), len(found) + len(words)))
            found += words
    places: dict[Gram, list[int]] = {}
    for i in range(len(found) - least + 1):
        gram = tuple(found[i : i + least])
        if len(set(gram)) > 1:
            places.setdefault(gram, []).append(i)
    return Held(tuple(found), tuple(lines), places)


def telling(run: Sequence[str], least: int) -> bool:
    """Tell whether a run of tokens says enough to be no coincidence.

    >>> [telling(text.split(), 3) for text in ("to be or", "to be", "to to to", "12 14 16")]
    [True, False, False, False]
    """
    alone = sum(is_unspaced(token[0]) for token in run)
    words = sum(any(map(str.isalpha, token)) for token in run if not is_unspaced(token[0]))
    return words + alone // CHARACTERS_PER_WORD >= least and len(set(run)) > least // 2


def overlap(text: str, other: str, least: int) -> Overlap | None:
    r"""Return the longest run that a passage shares with a text of an evaluation set, one that is whole before others.

    >>> overlap("He said: to be or not to be.", "Who wrote:\nTo be, or not to be?", 4)
    Overlap(first=2, at=2, length=6, whole=True)
    >>> overlap("To be or not at all, he said.", "Who wrote:\nTo be, or not to be?", 4)
    Overlap(first=0, at=2, length=4, whole=False)
    >>> overlap("To be or not.", "Who wrote:\nTo be, or not to be?", 5)
    >>> overlap("To be or not.", "Who wrote:\nTo be, or not to be?", 3).length
    4
    """
    own, against = tokens(text), held(other, least)
    best: Overlap | None = None
    for first, at, length in _runs(own, against, least):
        if telling(own[first : first + length], least):
            found = Overlap(first, at, length, _whole(own, against, at, length, least))
            if best is None or (found.whole, found.length) > (best.whole, best.length):
                best = found
    return best


def excerpt(other: str, found: Overlap | None, least: int) -> tuple[int, int]:
    r"""Return the lines of a held text that a run is in, as code points; nothing for no run.

    >>> text = "Who wrote:\nTo be, or not to be?"
    >>> text[slice(*excerpt(text, Overlap(2, 2, 6, True), 4))]
    'To be, or not to be?'
    """
    if found is None:
        return 0, 0
    lines = held(other, least).lines
    touched = [line for line in lines if line.first < found.at + found.length and found.at < line.stop]
    return touched[0].start, touched[-1].end


def _runs(own: Sequence[str], against: Held, least: int) -> Iterator[tuple[int, int, int]]:
    """Yield the longest common runs of at least so many tokens: where they begin in each, and their length."""
    other = against.tokens
    done: dict[int, int] = {}
    for i in range(len(own) - least + 1):
        for j in against.places.get(tuple(own[i : i + least]), ()):
            if done.get(j - i, -1) > i:
                continue
            first, stop = i, i + least
            while first and j - i + first and own[first - 1] == other[j - i + first - 1]:
                first -= 1
            while stop < len(own) and j - i + stop < len(other) and own[stop] == other[j - i + stop]:
                stop += 1
            done[j - i] = stop
            yield first, j - i + first, stop - first


def _whole(own: Sequence[str], against: Held, at: int, length: int, least: int) -> bool:
    """Tell whether a run is all of a passage, or holds a whole line that says enough by itself."""
    return length == len(own) or any(
        at <= line.first
        and line.stop <= at + length
        and telling(against.tokens[line.first : line.stop], least)
        for line in against.lines
    )
