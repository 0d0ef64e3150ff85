"""What the characters of lines are, looked up all at once in a table that is made as characters are met."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, TypeAlias
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

Flags: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]

KINDS: Final = (
    "known", "letter", "decimal", "digit", "space", "upper", "lower", "small", "end", "closer", "closing",
    "inner", "dash", "separator", "quote", "apostrophe", "point", "bullet", "linkish", "colon", "sigma",
    "question", "rights",
)  # fmt: skip
BIT: Final = {name: 1 << k for k, name in enumerate(KINDS)}
_MARKS: Final = {
    "end": ".!?…。！？",
    "closer": "\"'”’»“)]",
    "closing": "\"'”’»)]",
    "inner": ",;:，、",
    "dash": "–—",
    "separator": "|/•·",
    "quote": '"“”„«»',
    "apostrophe": "'’",
    "point": ".,:",
    "bullet": "•●▪◦‣·*+–—►▶→»›>-o",
    "linkish": "/.@»›→",
    "colon": ":：",
    "sigma": "Σ",
    "question": "?",
    "rights": "©",
}
_CODE_POINTS: Final = 0x110000


@cache
def tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return what is known of each character: its kinds, and its lower case."""
    return np.zeros(_CODE_POINTS, np.uint32), np.zeros(_CODE_POINTS, np.uint32)


def _looked_up(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return kinds and lower case of characters, and learn those that are new."""
    kinds, lower = tables()
    found = kinds[codes]
    if not found.all():
        learn(codes)
        found = kinds[codes]
    return found, lower[codes]


def learn(codes: NDArray[np.uint32]) -> None:
    """Look up those of some characters that are new."""
    kinds, lower = tables()
    for code in set(codes[kinds[codes] == 0].tolist()):
        small = chr(code).lower()
        kinds[code], lower[code] = _kinds_of(chr(code)), ord(small) if len(small) == 1 else code


def _kinds_of(char: str) -> int:
    """Return the properties of a character, one bit each."""
    letter = char.isalnum() and not char.isdecimal()
    facts = {
        "known": True,
        "letter": letter,
        "decimal": char.isdecimal(),
        "digit": char.isdigit(),
        "space": char.isspace(),
        "upper": char.isupper(),
        "lower": char.islower(),
        "small": char.islower() or category(char) == "Lt",
    }
    bits = sum(BIT[name] for name, true in facts.items() if true)
    return bits + sum(BIT[name] for name, marks in _MARKS.items() if char in marks)


class Measured:
    """The characters of lines joined by line ends, and what is counted of them by line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.text = "\n".join(lines) + "\n"
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        self.kinds, self.lower = _looked_up(codes)
        sizes = np.fromiter(map(len, lines), np.int64, len(lines)) + 1
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.line = np.repeat(np.arange(len(lines)), sizes)
        solid = ~self.flags("space")
        self.first = self.next(solid, self.starts)
        self.last = self.latest(solid, self.starts + sizes - 1)

    def flags(self, name: str) -> Flags:
        """Mark the characters of a kind."""
        found: Flags = (self.kinds & np.uint32(BIT[name])) != 0
        return found

    def count(self, marked: Flags) -> Counts:
        """Count marked characters by line."""
        return np.bincount(self.line[np.flatnonzero(marked)], minlength=len(self.lines))

    def next(self, marked: Flags, places: Counts) -> Counts:
        """Return the first marked characters from some places on, the size of the text where there are none."""
        found = np.append(np.flatnonzero(marked), len(marked))
        return found[np.searchsorted(found, places)]

    def latest(self, marked: Flags, places: Counts) -> Counts:
        """Return the last marked characters up to some places, -1 where there are none."""
        found = np.concatenate([[-1], np.flatnonzero(marked)])
        return found[np.searchsorted(found, places, "right") - 1]

    def at(self, places: Counts, name: str) -> Flags:
        """Tell whether the characters at some places are of a kind."""
        found: Flags = (self.kinds[places] & np.uint32(BIT[name])) != 0
        return found
