"""A piece of text in the form that an engine needs (encoded, marked or normalised), with offsets mapped back.

Each form is made when first asked for. A lone surrogate, which no engine takes, is read as U+FFFD.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from cleaner.engines.lazy import regex
from cleaner.language.words import count_words
from cleaner.rules.regex.classes import is_common
from cleaner.rules.regex.stand_ins import with_stand_ins
from cleaner.rules.regex.translate import INNER, MARK, marked

_SURROGATE = regex("[\ud800-\udfff]")
PLAIN_WORDS = regex(
    "[\x00-\x7f\xa0-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7"
    "\u2009-\u200b\u2010-\u2027\u202f-\u203e\u20ac\u2122]*"
)
"""ASCII, and characters beyond it that are surely in no word."""
LONGEST: Final = 2000
"""Characters of the longest text that PCRE2 is asked about."""
_STRETCH = regex(r"[\x00-\x7f]?[^\x00-\x7f]*", re.DOTALL)


def encoded(text: str) -> bytes:
    r"""Encode, with U+FFFD for lone surrogates, so that offsets in code points hold.

    >>> encoded("a\ud800").decode()
    'a�'
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


class Short(NamedTuple):
    """A short line of common characters; `plain`: its letters and digits are ASCII; `replaced`: by stand-ins."""

    text: str
    plain: bool
    replaced: frozenset[str] = frozenset()


class Unit:
    """A line, block or document that matchers are run on."""

    __slots__ = ("_common", "_data", "_judged", "_marked", "_plain_words", "_short", "_words", "text")

    def __init__(self, text: str, data: bytes | None = None) -> None:
        self.text = text
        self._data = data
        self._marked: dict[tuple[int, bool], bytes] = {}
        self._words: int | None = None
        self._common: bool | None = None
        self._plain_words: bool | None = None
        self._short: Short | None = None
        self._judged = False  # whether that is known

    @property
    def short(self) -> Short | None:
        """Return the text as a quick engine reads it; None for one that is long, or has characters that are not common.

        Those that have a stand-in are replaced by it.
        """
        if not self._judged:
            self._short, self._judged = self._as_short(), True
        return self._short

    def _as_short(self) -> Short | None:
        text = self.text
        if len(text) > LONGEST or "\n" in text:
            return None
        if text.isascii():
            return Short(text, plain=True)
        if MARK in text or INNER in text:
            return None
        if self.is_common:
            return Short(text, plain=self.has_plain_words)
        replaced = with_stand_ins(text)
        return None if replaced is None else Short(replaced[0], plain=False, replaced=replaced[1])

    @property
    def is_common(self) -> bool:
        """Tell whether the text has only common characters."""
        if self._common is None:
            self._common = is_common(self.text)
        return self._common

    @property
    def has_plain_words(self) -> bool:
        """Tell whether all letters and digits are ASCII."""
        if self._plain_words is None:
            self._plain_words = PLAIN_WORDS.fullmatch(self.text) is not None
        return self._plain_words

    @property
    def data(self) -> bytes:
        """Return the text in UTF-8."""
        if self._data is None:
            self._data = encoded(self.text)
        return self._data

    @property
    def words(self) -> int:
        """Return the number of words; three characters of an unspaced script count as one."""
        if self._words is None:
            self._words = count_words(self.text)
        return self._words

    def has_more_words(self, most: int) -> bool:
        """Tell whether the text has more than so many words; not all of a long line are counted for that.

        >>> [Unit("the ferry left").has_more_words(most) for most in (2, 3)]
        [True, False]
        """
        if self._words is None:
            if len(self.text) < 2 * most:  # a word and the space before it are two characters
                return False
            if self.text.isascii():
                return len(self.text.split(None, most)) > most
        return self.words > most

    def marked(self, copies: int, *, inner: bool) -> bytes:
        """Return the text in UTF-8 with its word boundaries marked."""
        key = (copies, inner)
        if key not in self._marked:
            self._marked[key] = encoded(marked(self.text, copies=copies, inner=inner))
        return self._marked[key]


def code_points(data: bytes, start: int, end: int) -> int:
    """Count the code points of `data[start:end]`, marks not counted."""
    piece = data[start:end].decode()
    return len(piece) - piece.count(MARK) - piece.count(INNER)


def nfkc(text: str) -> tuple[str, list[int] | None]:
    """Normalise to NFKC; the list maps each place in the result to its place in `text`.

    The list is None when nothing changed. Several characters that became others are one
    piece: places inside it map to its start.

    >>> nfkc("aﬁb")
    ('afib', [0, 1, 1, 2, 3])
    """
    if unicodedata.is_normalized("NFKC", text):
        return text, None
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for found in _STRETCH.finditer(text):
        for piece in _separable(found.group()):
            new = unicodedata.normalize("NFKC", piece)
            pieces.append(new)
            places += range(at, at + len(piece)) if len(new) == len(piece) == 1 else [at] * len(new)
            at += len(piece)
    return "".join(pieces), [*places, at]


def _separable(stretch: str) -> list[str]:
    """Cut a stretch where both sides normalise on their own: not before a mark, nor inside a Hangul syllable."""
    pieces: list[str] = []
    for char in stretch:
        if pieces and (unicodedata.combining(char) or _compose(pieces[-1], char)):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _compose(piece: str, char: str) -> bool:
    return _normal(piece + char) != _normal(piece) + _normal(char)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
