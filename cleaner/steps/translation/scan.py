"""Linear matching with RE2 over one text, with offsets in code points.

RE2 works on bytes and knows only ASCII word boundaries: a match is confirmed by its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import re2

from cleaner.model import Span

_STOP, _SPACE, _NEWLINE = b". \n"
_MEMORY = 64 << 20
"""Bytes for the automaton of one pattern; RE2 falls back to a slow engine when it runs out."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re2._Regexp:
    """Compile an RE2 pattern over bytes, once.

    >>> compiled("a+").search(b"baa").span()
    (1, 3)
    """
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return re2.compile(pattern.encode(), options=options)


@lru_cache(maxsize=64)
def words_pattern(words: tuple[str, ...]) -> str:
    r"""Return the pattern of any of some words or phrases, the longest first, as whole words.

    >>> words_pattern(("a", "ab"))
    '\\b(?:ab|a)\\b'
    """
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return r"\b(?:" + "|".join(re2.escape(word) for word in ordered) + r")\b"


class Scan:
    """A text as bytes; encodes once and maps offsets back."""

    __slots__ = ("_ascii", "_data", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._data = text.encode("utf-8", "replace")
        self._ascii = len(self._data) == len(text)

    def finditer(self, pattern: str) -> Iterator[Span]:
        """Yield the spans of all matches, in code points.

        >>> list(Scan("né a").finditer("a"))
        [(3, 4)]
        """
        if self._ascii:
            yield from self._places(pattern)
            return
        at_byte, at_char = 0, 0
        for start, end in self._places(pattern):
            at_char += len(self._data[at_byte:start].decode("utf-8", "replace"))
            length = len(self._data[start:end].decode("utf-8", "replace"))
            yield at_char, at_char + length
            at_byte, at_char = end, at_char + length

    def _places(self, pattern: str) -> Iterator[Span]:
        """Yield the spans of all matches, in bytes."""
        data, size, at = self._data, len(self._data), 0
        match, anchor = compiled(pattern)._regexp.Match, re2._Anchor.UNANCHORED
        while at <= size and (span := match(anchor, data, at, size)[0])[0] >= 0:
            yield span
            at = span[1] + (span[0] == span[1])

    def count(self, literal: str) -> int:
        """Count a literal: in bytes, which is quicker than in wide characters.

        >>> Scan("né, né").count("é")
        2
        """
        return self._data.count(literal.encode())

    def spaces(self) -> int:
        """Count the spaces: so many are compared more quickly than looked for.

        >>> Scan("a b  c").spaces()
        3
        """
        return int(np.count_nonzero(np.frombuffer(self._data, np.uint8) == _SPACE))

    def may_have(self, literal: str) -> bool:
        """Tell whether a literal can be in the text: all its signs are, which is quick to tell.

        >>> [Scan("I don't — no").may_have(literal) for literal in ("n't", "—", " – ")]
        [True, True, False]
        """
        return all(char in self._text for char in literal if not char.isalpha() and char != " ")

    def sentences(self) -> tuple[int, int]:
        """Return bounds for the number of ends of sentences: full stops before white space, and all marks.

        >>> Scan("It is 3.5 m. Why?").sentences()
        (1, 3)
        """
        codes = np.frombuffer(self._data, np.uint8)
        after = codes[1:]
        least = int(np.count_nonzero((codes[:-1] == _STOP) & ((after == _SPACE) | (after == _NEWLINE))))
        return least, sum(map(self._data.count, b".!?"))

    def which(self, patterns: re2.Set) -> Sequence[int]:
        """Return the indices of the patterns of a set that match somewhere."""
        return patterns.Match(self._data) or ()
