"""What the detectors ask of single lines first: how they begin, how long they are, whether they are plainly prose.

As with the marks of characters, one look at a line tells for all detectors whether it is worth more. A shape that a
line *may* have is given to too many lines, never to too few, and the detector asks again; one that it has is given to
too few. `cleaner.protected.line_kernel` looks at the characters; without compiled code, it costs less not to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.lazy import regex

Kinds = NDArray[np.uint32]
Numbers = NDArray[np.int32]

_bit = (1 << bit for bit in count())
PLAIN, PROSELESS, STATED, CODED, SIGNED, ENTRY, SOURCED, ITEM, NAMED, CAPITALS, QUOTES = (
    next(_bit) for _ in range(11)
)
"""Of a line: has six words in a row; has no six words in a row; is a sentence, with a capital and without any sign of
code; may be unmistakable code; may have a sign of code; does not begin as a sentence does; such a line that may have
signs of a source; may begin as an item of a list; may begin with a speaker; may begin with capitals; may have three
quotation marks in a row."""
_MAY_BE: Final = CODED | SOURCED | NAMED | CAPITALS | QUOTES
_bit = (1 << bit for bit in count())
FIELDS, SAID, LOGGED, ROWS, STATEMENTS, TERMS, PAGES, DOTTED = (next(_bit) for _ in range(8))
"""Of a text: may have two lines of one paragraph with a colon; that begin as those of a chat; that begin as those of a
log; that are rows of a table; a line of code in a paragraph; four lines that part a term from its definition; two
lines of one paragraph that end in a page number; a line that begins with a full stop."""
ANYTHING: Final = (1 << 8) - 1

LOOK: Final = 400
"""Characters of a line that are looked at."""
MANY_WORDS: Final = 15
"""A line of so many words is a sentence whatever it ends in."""
SIGNS: Final = regex(r"[;:(){}\[\]<>=|\\/&#@$%]")
"""What a line has that only code has, unless it begins with one of a few words."""
PLAINLY_PROSE: Final = regex(r"(?<![A-Za-z])[A-Za-z]++(?:[,;:]?['\u2019]?[ ][A-Za-z]++){5}")
"""Six words of ASCII letters in a row."""
DECLARING, WORDED, DATED = 1, 2, 4
KEY_BITS: Final = 5
KEY_MASK: Final = (1 << KEY_BITS) - 1
_LABEL_ENDS: Final = frozenset(".)]:")
"""What stands after a label, within the first six characters of a line that begins with a letter."""
_WORDED: Final = frozenset(
    ("imp", "cim", "fro", "sub", "rea", "int", "log", "dou", "cha", "com", "end", "got", "sel", "ins", "cre",
     "upd", "del", "alt", "dro", "fi", "don", "esa", "...", "dif", "cty", "cde", "syn", "hi ", "hig", "hi!", "men",
     "tme", "set", "aut", "run", "scr", "nor", "nno", "vno", "ino", "xno", "ono")
)  # fmt: skip
"""The first three letters of words that need no sign to be code."""
_DECLARING: Final = (
    "def", "asy", "cpd", "cde", "fun", "fn ", "fn\t", "fn\f", "fn\r", "pro", "pub", "pri", "sta", "inl", "exp",
)  # fmt: skip
"""The first three characters of declarations that need no sign but a bracket."""
_DATED: Final = (
    "mon", "tue", "wed", "thu", "fri", "sat", "sun",
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "tra", "exc",
)  # fmt: skip
"""Those of days and months, and of what is written of an exception."""


ASCII, BEYOND = 0x80, 0x10000
"""The first characters outside ASCII, and outside of the tables."""
LETTER, OTHER, ALPHA, SMALL, HARD, MARK, LINK, QUOTED = (1 << k for k in range(8))
NAMING, ASIDE, LABELLING, STOPPING, CLOSING, PAGE, SOURCE, PLACED = (1 << k for k in range(8, 16))
"""Classes of characters: see `_CLASSES`. Letters are those of all versions of Unicode, and others are surely none, and
no white space but a space."""
_CLASSES: Final = (
    (SMALL, "".join(map(chr, (*range(ord("a"), ord("z") + 1), *range(ord("а"), ord("я") + 1))))),
    (HARD, ";{}<>=|\\[]"),  # signs that code has alone
    (MARK, ",;:"),  # what may follow a word of prose
    (LINK, "'\u2019"),  # what may follow that
    (QUOTED, "\"'"),
    (NAMING, ":\uff1a"),  # what follows the name of a speaker
    (ASIDE, "(["),  # what begins a remark after it
    (LABELLING, ".)]:"),
    (STOPPING, ".!?…。"),
    (CLOSING, ')"”’»'),
    (PAGE, "0123456789ivxlc"),  # what a page number ends in
    (SOURCE, "./№:(-–"),
    (PLACED, "#$"),  # what follows a place in a prompt
)
_LETTERS: Final = (("A", "Z"), ("a", "z"), ("À", "Ö"), ("Ø", "ö"), ("ø", "ɏ"), ("Ѐ", "ҁ"), ("Ҋ", "ԯ"))


@cache
def classes() -> NDArray[np.uint16]:
    """Return what a character is to words and signs."""
    found = np.zeros(BEYOND, np.uint16)
    for first, last in _LETTERS:
        found[ord(first) : ord(last) + 1] = LETTER
    found[:ASCII][found[:ASCII] == 0] = OTHER
    found[0xA0:0xC0], found[[0xAA, 0xB5, 0xBA]], found[0x2000:0x2070] = OTHER, 0, OTHER
    found[[*map(ord, "\t\n\f\r")]] = 0
    for mark, members in _CLASSES:
        found[[*map(ord, members)]] |= mark
    found[np.strings.isalpha(np.arange(BEYOND, dtype=np.uint32).view("U1"))] |= ALPHA
    return found


class Shapes(NamedTuple):
    """The shapes of each line, its size without white space at its end, how many letters and digits it has.

    These are None where they were not counted. `text` is what the text may have.
    """

    kinds: Kinds
    sizes: Numbers
    letters: Numbers | None
    text: int


def shapes_of(lines: Sequence[str], signed: NDArray[np.bool_]) -> Shapes:
    """Return the shapes of lines that have no white space at their ends: what they may be, at a glance.

    `signed` tells which have a sign of code.

    >>> shapes = shapes_of(["It rained.", "- a wall", ""], np.zeros(3, np.bool_))
    >>> [bool(kinds & ENTRY) for kinds in shapes.kinds], shapes.sizes.tolist()
    ([False, True, False], [10, 8, 0])
    """
    kinds = np.array([_kinds(line) if line else 0 for line in lines], np.uint32)
    kinds[signed & (kinds > 0)] |= SIGNED
    return Shapes(kinds, np.array([*map(len, lines)], np.int32), None, ANYTHING)


def _kinds(line: str) -> int:
    head = line[0]
    item = not (head.islower() or head.isupper()) or not _LABEL_ENDS.isdisjoint(line[1:6])
    return _MAY_BE | ITEM * item | ENTRY * may_be_entry(line)


def may_be_entry(line: str) -> bool:
    """Tell whether a line does not begin as a sentence does: with no word, or with one before a comma or an initial.

    >>> may_be_entry("Example, J."), may_be_entry("J. Example"), may_be_entry("It rained.")
    (True, False, False)
    """
    first, _, rest = line.partition(" ")
    return first[-1:] == "," or rest[1:2] == "." or not line[0].isalpha()


def begins_as_code(line: str) -> bool:
    """Tell whether a line may begin with a word that needs no sign to be code.

    >>> begins_as_code("from harbours import piers"), begins_as_code("It rained.")
    (True, False)
    """
    return line[:3].casefold() in _WORDED


@cache
def heads() -> NDArray[np.uint8]:
    """Return by the key of the first three characters of a line what it may begin with."""
    known = np.zeros(1 << 3 * KEY_BITS, np.uint8)
    for first, words in ((DECLARING, _DECLARING), (WORDED, _WORDED), (DATED, _DATED)):
        known[[_key(head) for head in words]] |= first
    return known


def _key(head: str) -> int:
    """Return five bits of each of three characters, in one number; of those that are missing, none."""
    return sum((ord(char) & KEY_MASK) << (2 - i) * KEY_BITS for i, char in enumerate(head))
