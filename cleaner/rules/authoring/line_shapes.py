"""The shapes of lines: a line with its digits masked, or the fixed words at its start and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.engines.lazy import regex

_DIGITS = regex(r"\d+")
_NAME = regex(r"(?:[^\W\d_][\w.'’-]*)")
_SYNTAX = regex(r"[\\.^$*+?{}()|\[\]]")
_MOST_FIXED = 4
_SENTENCE_END = regex(r"[.!?…。！？][\"'”’»)\]]*$")
MOST_WORDS = 20
"""A line of more words is never a candidate."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Fixed words (case folded, digits masked as 0) at the start and end of a line.

    `whole`: there is nothing between them.
    """

    start: tuple[str, ...]
    end: tuple[str, ...] = ()
    whole: bool = False

    @property
    def fixed(self) -> int:
        """Return the number of fixed words."""
        return len(self.start) + len(self.end)


def is_prose(line: str) -> bool:
    """Tell whether a line reads like a sentence of an article rather than furniture.

    >>> is_prose("The ferry was late again, and nobody could say when it would leave."), is_prose("Read also")
    (True, False)
    """
    words = len(line.split())
    return len(line) >= 160 or (words >= 8 and _SENTENCE_END.search(line) is not None)


def masked(line: str) -> tuple[str, ...]:
    """Return the words of a line with case folded and digits masked.

    >>> masked("12 Comments")
    ('0', 'comments')
    """
    return tuple(_DIGITS.sub("0", line.casefold()).split())


def shapes(words: tuple[str, ...]) -> Iterator[Shape]:
    """Yield the shapes that a line has, given its masked words: whole, by its start, its end, and both.

    >>> [(shape.start, shape.end) for shape in shapes(("photo:", "ann"))]
    [(('photo:', 'ann'), ()), (('photo:',), ()), ((), ('ann',))]
    """
    yield Shape(words, whole=True)
    most = min(_MOST_FIXED, len(words) - 1)
    for k in range(1, most + 1):
        yield Shape(words[:k])
        yield Shape((), words[-k:])
    for k in range(1, 3):
        for m in range(1, 3):
            if k + m < len(words):
                yield Shape(words[:k], words[-m:])


def between(shape: Shape, line: str) -> str:
    """Return the text between the fixed words of a line that has this shape.

    >>> between(Shape(("photo:",)), "Photo: Ann Lee")
    'Ann Lee'
    """
    words = line.split()
    return " ".join(words[len(shape.start) : len(words) - len(shape.end)])


def is_name(text: str) -> bool:
    """Tell whether a text is up to four words that all begin with a capital letter.

    >>> is_name("Ann Lee"), is_name("more news")
    (True, False)
    """
    words = text.split()
    return 0 < len(words) <= 4 and all(_NAME.fullmatch(word) and word[0].isupper() for word in words)


def matcher(shape: Shape, lines: list[str]) -> dict[str, str]:
    r"""Write the matcher of a shape, given lines that have it.

    >>> matcher(Shape(("0", "comments"), whole=True), ["3 comments", "12 Comments"])
    {'regex': '^\\s*\\d+ comments\\s*$'}
    >>> matcher(Shape(("photo:",)), ["Photo: Ann Lee", "Photo: Bo Ek"])
    {'regex': "^\\s*photo: (?-i:\\p{Lu})[\\p{L}.'’-]*(?: (?-i:\\p{Lu})[\\p{L}.'’-]*){0,3}\\s*$"}
    """
    first = lines[0].split()
    if shape.whole and not any("0" in word for word in shape.start):
        return {"literal": " ".join(first)}
    start = [_spelled(word) for word in shape.start]
    end = [_spelled(word) for word in shape.end]
    if shape.whole:
        return {"regex": rf"^\s*{' '.join(start)}\s*$"}
    fillers = [between(shape, line) for line in lines]
    name = r"(?-i:\p{Lu})[\p{L}.'’-]*"
    filler = rf"{name}(?: {name}){{0,3}}" if all(map(is_name, fillers)) else ".+"
    if filler == ".+" and not end and not any("0" in word for word in shape.start):
        return {"prefix": " ".join(first[: len(start)])}
    return {"regex": rf"^\s*{' '.join([*start, filler, *end])}\s*$"}


def _spelled(word: str) -> str:
    r"""Spell a masked word as a regex.

    >>> _spelled("(0"), _spelled("photo:")
    ('\\(\\d+', 'photo:')
    """
    return r"\d+".join(_SYNTAX.sub(r"\\\g<0>", piece) for piece in word.split("0"))
