"""Which kinds of characters each line of a text has: found for all lines at once.

What a detector looks for needs a character, or two side by side, that lines of prose seldom have. One look-up
for each character tells for all detectors which lines are worth a look; it may name too many, never too few.
`cleaner.protected.line_kernel` does the same in compiled code, once enough text was seen to pay for it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import count
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Codes = NDArray[np.uint16] | NDArray[np.uint32]

_bit = (1 << bit for bit in count())
SPACE, HYPHEN, NEWLINE, COLON, STOP, WORD, BRACKET, BLANK, TRAILER = (next(_bit) for _ in range(9))
UPPER, LOWER, DIGIT, DASH, WIDE_COLON, TICK, DOLLAR, BACKSLASH, RAISED = (next(_bit) for _ in range(9))
LESS, GREATER, SQUARE, PIPE, TAB, AT, HASH, EQUALS, PLUS, TILDE, FIELD = (next(_bit) for _ in range(11))
ODD, SIGN, RELATION, SURROGATE, PART, GENDER = (next(_bit) for _ in range(6))
"""What a character is. A line has the marks of all its characters."""

_PAIR: Final = 37
_COUNT: Final = 9
"""The first of the marks for pairs, and how many there are; above them a character says which it closes and opens."""
CALL, GAP, RULE, HEAD, TYPED, TRAILING, OPEN, DOTS, PARTED = (
    1 << bit for bit in range(_PAIR, _PAIR + _COUNT)
)
"""Two characters side by side: a bracket after a word, two spaces, two hyphens, a colon or white space before a line
end, two colons, a space in a bracket, two full stops, white space before what may part a term from its definition."""

_PAIRS: Final = (
    (CALL, WORD, BRACKET),
    (GAP, SPACE, SPACE),
    (RULE, HYPHEN, HYPHEN),
    (HEAD, COLON, NEWLINE),
    (TYPED, COLON, COLON),
    (TRAILING, TRAILER, NEWLINE),
    (OPEN, BRACKET, SPACE),
    (DOTS, STOP, STOP),
    (PARTED, BLANK | GENDER, PART),
)
_CLASSES: Final = (
    (SPACE, " "),
    (HYPHEN, "-"),
    (NEWLINE, "\n"),
    (COLON, ":"),
    (STOP, "."),
    (BRACKET, "("),
    (TRAILER, " \t\r\x0b\x0c\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u3000"),
    (DASH, "\u2013\u2014\u2015"),
    (WIDE_COLON, "\uff1a"),
    (TICK, "`"),
    (TILDE, "~"),
    (DOLLAR, "$"),
    (BACKSLASH, "\\"),
    (RAISED, "\\^_="),
    (LESS, "<"),
    (GREATER, ">"),
    (SQUARE, "["),
    (PIPE, "|"),
    (TAB, "\t"),
    (AT, "@"),
    (HASH, "#"),
    (EQUALS, "="),
    (PLUS, "+"),
    (WORD, "_"),
    (FIELD, "_[\u2610\u2611\u2612"),
    (ODD, "{}<>=|\\`$#~^_\t[]@*+;/&%" + "".join(map(chr, (*range(0x2500, 0x25A0), *range(0x2190, 0x2300))))),
    (SIGN, ";:(){}[]<>=|\\/&#@$%"),
    (RELATION, "=<>\u2264\u2265\u2248\u2260\u2261\u2208\u2282\u2286\u2192\u21d2\u21d4\u221d\u2245\u223c"),
    (PART, ".-\u2013\u2014=("),
    (GENDER, "nvjmf"),
    (SURROGATE, "".join(map(chr, range(0xD800, 0xE000)))),
)
_CASES: Final = (
    (WORD, str.isalnum, np.strings.isalnum),
    (BLANK, str.isspace, np.strings.isspace),
    (UPPER, str.isupper, np.strings.isupper),
    (LOWER, str.islower, np.strings.islower),
    (DIGIT, str.isdigit, np.strings.isdigit),
)
"""What is asked of one character, and of many: numpy asks Python."""
MARKED: Final = np.uint64((1 << _PAIR + _COUNT) - 1)
PAIRED: Final = np.uint64((1 << _PAIR + _COUNT) - (1 << _PAIR))
CLOSES, OPENS = np.uint64(_COUNT), np.uint64(2 * _COUNT)
_NEWLINE: Final = 10
_SHORT: Final = 2
"""Bytes of a code point in a text without rare ones."""
_BEYOND: Final = 0x10000
"""Characters from here on are rare, and looked up one by one."""


class Marks(NamedTuple):
    """The marks of each line, those of its first character, and those of the whole text."""

    lines: Bits
    heads: Bits
    text: int


def marks_of(text: str) -> Marks:
    r"""Return the marks of every line.

    >>> marks = marks_of("It rained.\nprint(x)\n")
    >>> [bool(line & CALL) for line in marks.lines], bool(marks.text & TICK)
    ([False, True, False], False)
    """
    codes = _codes(text)
    bits = _bits(codes)
    starts = np.concatenate((np.zeros(1, np.intp), (codes[:-1] == _NEWLINE).nonzero()[0] + 1))
    heads = bits[starts] & MARKED
    bits[:-2] |= (bits[:-2] >> OPENS) & (bits[1:-1] >> CLOSES) & PAIRED
    lines = np.bitwise_or.reduceat(bits, starts) & MARKED
    return Marks(lines, heads, int(np.bitwise_or.reduce(lines)))


def _codes(text: str) -> Codes:
    """Return the code points of a text, and a newline after it."""
    data = text.encode("utf-16-le", "surrogatepass")
    if len(data) == 2 * len(text):
        return np.frombuffer(data + b"\n\0", np.dtype("<u2"))
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass") + b"\n\0\0\0", np.dtype("<u4"))


def _bits(codes: Codes) -> Bits:
    """Look up characters."""
    if codes.itemsize == _SHORT:
        return table().take(codes)
    bits = table().take(np.minimum(codes, _BEYOND - 1))
    rare = (codes >= _BEYOND).nonzero()[0]
    bits[rare] = [of_rare(code) for code in codes[rare].tolist()]
    return bits


@cache
def table() -> Bits:
    """Return what each of the first 65,536 characters is."""
    found = np.zeros(_BEYOND, np.uint64)
    characters = np.arange(_BEYOND, dtype=np.uint32).view("U1")
    for mark, _, belong in _CASES:
        found[belong(characters)] |= np.uint64(mark)
    for mark, members in _CLASSES:
        found[list(map(ord, members))] |= np.uint64(mark)
    return found | _sides(found)


@lru_cache(maxsize=1024)
def of_rare(code: int) -> int:
    """Return what a character is that the table does not reach."""
    found = np.array([sum(mark for mark, belongs, _ in _CASES if belongs(chr(code)))], np.uint64)
    return int((found | _sides(found))[0])


def _sides(found: Bits) -> Bits:
    """Return which pairs characters open and close."""
    sides = np.zeros_like(found)
    for pair, first, second in _PAIRS:
        sides[(found & np.uint64(first)) > 0] |= np.uint64(pair) << OPENS
        sides[(found & np.uint64(second)) > 0] |= np.uint64(pair) << CLOSES
    return sides
