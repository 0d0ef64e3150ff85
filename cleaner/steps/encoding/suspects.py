"""Finds the few places of a text that the encoding step has to look at, and proves the rest clean.

A place is a pair of neighbouring characters. Two tables list for every character the conditions that
it can open and those that it can close; a pair is suspect when some condition is opened by its first
and closed by its second character. The conditions follow ftfy's `BADNESS_RE` (the first two characters
of each alternative), its ligatures, control characters and surrogates. They may suspect too much,
never too little: the tests compare with ftfy over Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES
from ftfy.chardata import CONTROL_CHARS, LIGATURES

from cleaner.engines.lazy import regex
from cleaner.steps.encoding.codepages import OTHER_PAGES, rare_together
from cleaner.steps.encoding.entities import ENTITY

Codes: TypeAlias = npt.NDArray[np.uint16]
Masks: TypeAlias = npt.NDArray[np.uint32]
Positions: TypeAlias = npt.NDArray[np.intp]

MARKS_KEPT: Final = 30
"""Combining marks in a row that are kept: normalizing longer runs takes quadratic time."""

WHITE: Final = "\t\x0b\x0c \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""White space that has no business at the end of a line, as the inside of a character class."""
ODD_BREAKS: Final = "\r\x85\u2028\u2029"
"""Line ends other than the newline."""

GLUED: Final = regex(r"(?<=[a-z])[\xc4\xc5][—–](?=[a-z])|[\xc4\xc5][ŒŠŽŸ](?=[a-z])")
"""What UTF-8 makes of letters of Central Europe and ftfy leaves alone: no word is written so."""

_BEYOND: Final = 0xFFFF  # stands for all code points that the tables do not reach

_ACCENTED = "lower_accented upper_accented"
_PUNCTUATION = "start_punctuation end_punctuation"
_ODD = f"{_ACCENTED} box {_PUNCTUATION} currency numeric law"


class _Pair(NamedTuple):
    """Two neighbours that ftfy may take for mojibake: names of its categories, and further characters."""

    first: str
    second: str
    first_chars: str = ""
    second_chars: str = ""


_PAIRS: Final = (
    _Pair(f"bad {_ODD} lower_common upper_common", "bad"),
    _Pair("bad", _ODD),
    _Pair("lower_accented lower_common box end_punctuation currency numeric", "upper_accented"),
    _Pair("box end_punctuation currency numeric", "lower_accented"),
    _Pair(f"{_ACCENTED} box end_punctuation", "currency"),
    _Pair("upper_accented box", "numeric law"),
    _Pair(f"{_ACCENTED} box currency end_punctuation", "start_punctuation"),
    _Pair(f"{_ACCENTED} currency numeric box law", "end_punctuation"),
    _Pair("currency numeric box", "start_punctuation"),
    _Pair("box", "kaomoji"),
    _Pair(f"{_ACCENTED} currency numeric {_PUNCTUATION} law", "box"),
    _Pair("box", "end_punctuation"),
    _Pair("upper_accented", f"{_PUNCTUATION} currency", "", "°"),
    _Pair("", _PUNCTUATION, "ÂÃÎÐ", "€œŠš¢£Ÿž\xa0\xad°·´–— "),
    _Pair("", "", "×", "²³"),
    _Pair("", "common currency bad numeric start_punctuation", "ØÙ", "ŸŠ®°µ»"),
    _Pair("", "", "à", "²µ¹¼½¾"),
    _Pair("", "", "√", "±∂†≠®™´≤≥¥µø"),
    _Pair("", "", "≈", "°¢"),
    _Pair("", "", "‚", "Äâó"),
    _Pair("", "", "вГ", "Ђў"),
    _Pair("", f"c1 bad currency {_PUNCTUATION}", "ВГРСΒΓΞΟ", "°µ"),
    _Pair("", "", "βāÄÅ", "€ŒŠŽŸ–—"),  # with the letters of Central Europe that ftfy leaves alone
)
_OTHERS: Final = sum(
    1 << len(_PAIRS) + k for k in range(len(OTHER_PAGES))
)  # UTF-8 in code pages that ftfy leaves alone
_LATIN_END: Final = 0x180  # of the letters that code pages of Europe have
_TRIPLE: Final = 1 << len(_PAIRS) + len(OTHER_PAGES) - 1
_SINGLE: Final = 1 << len(_PAIRS) + len(OTHER_PAGES)  # suspect whatever follows
_OE: Final = _SINGLE << 1  # the letter œ before anything but a letter from a to z
_TAIL: Final = _SINGLE << 2  # white space before a line end
_BREAK: Final = _SINGLE << 3  # a line end that is not a newline
_MARK: Final = _SINGLE << 4  # a combining mark, or outside the table; closed by nothing
_CONTENT: Final = _TAIL - 1


def _expanded(ranges: str) -> list[int]:
    """Expand the inside of a character class to code points.

    >>> _expanded("a-cx")
    [97, 98, 99, 120]
    """
    found: set[int] = set()
    for low, high in re.findall(r"(.)(?:-(.))?", ranges, re.DOTALL):
        found.update(range(ord(low), ord(high or low) + 1))
    return sorted(found)


BLANKS: Final = frozenset(map(chr, _expanded(WHITE)))
"""The same, one by one."""


def _members(names: str, chars: str) -> list[int]:
    return sorted(
        {*map(ord, chars), *(c for name in names.split() for c in _expanded(MOJIBAKE_CATEGORIES[name]))}
    )


@cache
def _tables() -> tuple[Masks, Masks]:
    """Build the tables of conditions opened and closed, for the first 65,536 code points."""
    opens, closes = np.zeros(0x10000, np.uint32), np.full(0x10000, _SINGLE | _OE | _BREAK, np.uint32)
    for bit, pair in enumerate(_PAIRS):
        opens[_members(pair.first, pair.first_chars)] |= np.uint32(1 << bit)
        closes[_members(pair.second, pair.second_chars)] |= np.uint32(1 << bit)
    for bit, (first, second) in enumerate(OTHER_PAGES, len(_PAIRS)):
        opens[_expanded(first)] |= np.uint32(1 << bit)
        closes[_expanded(second)] |= np.uint32(1 << bit)
    opens[sorted({*_expanded("\x80-\x9f\ud800-\udfff"), *CONTROL_CHARS, *LIGATURES})] |= np.uint32(_SINGLE)
    opens[_expanded("Œœ")] |= np.uint32(_OE)
    closes[_expanded("A-Za-z")] &= np.uint32(~_OE & 0xFFFFFFFF)
    opens[_expanded(WHITE)] |= np.uint32(_TAIL)
    closes[_expanded("\n" + ODD_BREAKS)] |= np.uint32(_TAIL)
    opens[_expanded(ODD_BREAKS)] |= np.uint32(_BREAK)
    opens[[code for code in _expanded(marks()) if code < 0x10000]] |= np.uint32(_MARK)
    opens[_BEYOND] |= np.uint32(_MARK)
    return opens, closes


def _codes(text: str) -> Codes:
    """Return the code points of a text and a newline; all above the first 65,536 are one, never suspect."""
    data = text.encode("utf-16-le", "surrogatepass")
    if len(data) == 2 * len(text):
        return np.frombuffer(data + b"\n\0", np.dtype("<u2")).astype(np.uint16, copy=False)
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass") + b"\n\0\0\0", np.dtype("<u4"))
    return np.minimum(wide, np.uint32(_BEYOND)).astype(np.uint16)


def suspects(text: str) -> tuple[list[int], list[int]]:
    r"""Return positions in all lines that a repair could change, and those of line ends that need one.

    What concerns only the end of a line (the last white space before it, `\r\n`) is only in the second value.

    >>> suspects("AT&T, “naïve”\n\x07 fine \n")
    ([14], [20])
    """
    codes = _codes(text)
    special = ((codes < 0x20) | (codes > 0x7E)).nonzero()[0]
    places, masks = _suspect_pairs(codes, special)
    positions = [
        i
        for i, mask in zip(places, masks, strict=True)
        if mask & (_SINGLE | _OTHERS) or (mask & _CONTENT and _is_bad_at(text, i))
    ]
    if "&" in text:
        positions += [match.start() for match in ENTITY.finditer(text)]
    if not text.isascii():
        positions += _coupled(text, codes, special)
    if not text.isascii() and (
        _may_have_long_marks(codes, special) or not unicodedata.is_normalized("NFC", text)
    ):
        positions += _unnormalized(text)
    ends = {i for i, mask in zip(places, masks, strict=True) if mask & (_TAIL | _BREAK)}
    return sorted(set(positions)), sorted(ends)


def _suspect_pairs(codes: Codes, special: Positions) -> tuple[list[int], list[int]]:
    """Return the places of suspect pairs and the conditions that they fulfil.

    Every such pair has a character that is special, that is no printable ASCII: where these are few,
    only what is beside them is looked at.
    """
    opens, closes = _tables()
    if special.size * 4 < codes.size:
        at = np.concatenate((special[:-1], special[special > 0] - 1))
        found = opens[codes[at]] & closes[codes[at + 1]]
        hits = found.nonzero()[0]
        return _triples(codes, at[hits], found[hits])
    found = opens[codes[:-1]] & closes[codes[1:]]
    hits = found.nonzero()[0]
    return _triples(codes, hits, found[hits])


def _triples(codes: Codes, places: Positions, masks: Masks) -> tuple[list[int], list[int]]:
    """Leave out two letters of Latin-1 side by side, which are usual (`ß` after `ü`), where no third follows."""
    if (masks & np.uint32(_TRIPLE)).any():
        first, third = codes[places], codes[np.minimum(places + 2, codes.size - 1)]
        latin = (first > 0xA0) & (first < 0x100) & ~((third > 0xA0) & (third < 0x100))
        masks = np.where(latin, masks & np.uint32(~_TRIPLE & 0xFFFFFFFF), masks)
        kept = masks.nonzero()[0]
        places, masks = places[kept], masks[kept]
    return places.tolist(), masks.tolist()


def _coupled(text: str, codes: Codes, special: Positions) -> list[int]:
    """Return the places of letters that rarely share a text: one code page may have been read as another."""
    beyond = codes[special]
    present = np.flatnonzero(np.bincount(beyond[beyond < _LATIN_END])).tolist()
    groups = rare_together(set(map(chr, present)))
    return [match.start() for match in re.finditer(f"[{''.join(groups)}]", text)] if groups else []


def _is_bad_at(text: str, i: int) -> bool:
    """Tell whether ftfy may take the text at `i` for mojibake; it looks at no more than six characters.

    A match that needs the start of the line is assumed.
    """
    if text[i] in "ÃÂ" or GLUED.match(text, i):
        return True
    return BADNESS_RE.search(text, max(0, i - 2), i + 7) is not None


def _may_have_long_marks(codes: Codes, special: Positions) -> bool:
    """Tell whether combining marks may run so long that normalizing must not see them."""
    if not _has_run(special):
        return False
    opens, _ = _tables()
    return _has_run(np.flatnonzero(opens[codes] & np.uint32(_MARK)))


def _has_run(positions: Positions) -> bool:
    """Tell whether more positions follow each other than marks are kept."""
    reach = MARKS_KEPT
    return positions.size > reach and bool(np.any(positions[reach:] - positions[:-reach] == reach))


def _unnormalized(text: str) -> list[int]:
    """Return the starts of the lines that are not in NFC or have too many marks in a row."""
    found, at, many = [], 0, many_marks()
    for line in text.split("\n"):
        if not line.isascii() and (many.search(line) or not unicodedata.is_normalized("NFC", line)):
            found.append(at)
        at += len(line) + 1
    return found


@cache
def long_marks() -> re.Pattern[str]:
    """Match the combining marks over the number that is kept."""
    return re.compile(f"(?<=[{marks()}]{{{MARKS_KEPT}}})[{marks()}]+")


@cache
def many_marks() -> re.Pattern[str]:
    """Match more combining marks than are kept; written so that the search can skip to the first."""
    return re.compile(f"[{marks()}][{marks()}]{{{MARKS_KEPT}}}")


@cache
def marks() -> str:
    """Return all combining marks of the running Unicode version as the inside of a character class."""
    ranges: list[list[int]] = []
    for code in map(ord, filter(unicodedata.combining, map(chr, range(0x300, 0x20000)))):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)
