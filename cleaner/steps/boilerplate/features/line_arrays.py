"""All lines of a document measured at once: the words and marks of `line_features` as arrays.

Each character is looked up in a table of what it is (made as characters are met), words are runs of
letters or digits in it, and a word is known by a number made of its letters, so that nothing is done
line by line but a few patterns on lines that can match them. The scalar definitions that these
numbers must equal are in `tests/steps/boilerplate/plain_lines.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log1p
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.lazy import regex
from cleaner.language.vocabulary import FUNCTION_WORDS, FURNITURE_WORDS
from cleaner.steps.boilerplate.features.characters import Counts, Flags, Measured

Matrix: TypeAlias = NDArray[np.float64]

BULLET: Final = regex(r"\s*(?:[•●▪◦‣·*+–—►▶→»›>-]|o|\d{1,3}[.)])\s+\S")
LINK: Final = regex(r"https?://|www\.|\S@\S+\.\w|[»›→]|\w\.(?:com|org|net|de|fr|it|ru|co)\b")
_LINK_SIGNS: Final = (
    "//", "www.", "@", "»", "›", "→", ".com", ".org", ".net", ".de", ".fr", ".it", ".ru", ".co",
)  # fmt: skip
"""What a link surely holds one of."""
TIME: Final = regex(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_RIGHTS: Final = regex(r"(?i)copyright")
TIME_DIGITS: Final = 3
"""Digits of the shortest time or date."""
CONTENT_LETTERS: Final = 4
"""Letters of the shortest word that indicates the topic of a text."""
LONG_WORD: Final = 22
"""Letters of a word that is longer than words are."""
BASE: Final = 0x9E3779B97F4A7C15
"""An odd number: words are polynomials in it, modulo 2 to the 64th."""
_INVERSE: Final = pow(BASE, -1, 1 << 64)
_SLOT_BITS: Final = 17
SLOT_SHIFT: Final = np.uint64(64 - _SLOT_BITS)
_LEAST_POWERS: Final = 1 << 16
"""Powers that are made at once: as many as most documents have characters."""
SMALL: Final = 4096
"""Counts of which the logarithm is looked up."""


COUNTED: Final = (
    "words", "size", "functions", "indent", "inner", "sentences", "separators", "quotes", "repeated",
    "furniture", "letters", "digits", "capitals", "uppers", "ends", "colon", "bullet", "link", "time",
    "lower", "copyright", "long", "question", "breaks_off",
)  # fmt: skip
"""What is counted of a line, or told of it as 0 or 1."""


@dataclass(frozen=True, slots=True)
class Content:
    """The words that may indicate a topic, in their order: their lines, and their numbers."""

    line: Counts
    name: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all lines in their order: line, extent, number, whether it is a function word."""

    line: Counts
    begin: Counts
    end: Counts
    name: NDArray[np.uint64]
    function: Flags


def logarithms(counts: Any) -> Matrix:
    """Return log(1 + n) of each count, as `math.log1p` has it."""
    counts = np.asarray(counts, np.int64)
    if counts.size and int(counts.max()) >= SMALL:
        unique, inverse = np.unique(counts, return_inverse=True)
        found: Matrix = np.array([log1p(int(n)) for n in unique])[inverse].reshape(counts.shape)
        return found
    small: Matrix = _small_logarithms()[counts]
    return small


@cache
def _small_logarithms() -> Matrix:
    return np.array([log1p(n) for n in range(SMALL)])


def words_of(chars: Measured) -> Words:
    """Return the words and numbers of all lines, as `tokens` finds them."""
    run = _runs(chars)
    edges = np.concatenate([[0], np.flatnonzero(run[1:] != run[:-1]) + 1, [len(run)]])
    begin, end = edges[:-1], edges[1:]
    real = run[begin] > 0
    begin, end = begin[real], end[real]
    name = names_of(_final_sigmas(chars, begin, end), begin, end)
    return Words(chars.line[begin], begin, end, name, _among(name, FUNCTION_WORDS))


def _final_sigmas(chars: Measured, begin: Counts, end: Counts) -> NDArray[np.uint32]:
    """Return the lower case of all characters, with another letter for a capital sigma that ends a word."""
    sigma = chars.at(end - 1, "sigma") & (end - begin > 1)
    if not sigma.any():
        return chars.lower
    lower = chars.lower.copy()
    lower[(end - 1)[sigma]] = ord("ς")
    return lower


def _runs(chars: Measured) -> NDArray[np.int8]:
    """Mark letters 1 and decimal digits 2, with single apostrophes and points between two of a kind."""
    run = np.zeros(len(chars.kinds), np.int8)
    run[chars.flags("letter")] = 1
    run[chars.flags("decimal")] = 2
    inside = run[:-2] * (run[:-2] == run[2:])
    joined = np.where(
        chars.flags("apostrophe")[1:-1], inside == 1, chars.flags("point")[1:-1] & (inside == 2)
    )
    run[1:-1] = np.where(joined, inside, run[1:-1])
    return run


def names_of(lower: NDArray[np.uint32], begin: Counts, end: Counts) -> NDArray[np.uint64]:
    """Make one number of the letters of each word."""
    powers, inverse = _powers(max(_LEAST_POWERS, 1 << len(lower).bit_length()))
    with np.errstate(over="ignore"):
        sums = np.zeros(len(lower) + 1, np.uint64)
        np.cumsum(lower * powers[: len(lower)], out=sums[1:])
        names: NDArray[np.uint64] = (sums[end] - sums[begin]) * inverse[begin]
    return names


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the powers of the base, and what undoes them."""
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(size, BASE, np.uint64), dtype=np.uint64)
        return powers, np.cumprod(np.full(size, _INVERSE, np.uint64), dtype=np.uint64)


def _among(names: NDArray[np.uint64], words: frozenset[str]) -> Flags:
    """Tell which names are those of known words."""
    known, factor = slots(words)
    with np.errstate(over="ignore"):
        found: Flags = known[names * factor >> SLOT_SHIFT] == names
    return found


@cache
def slots(words: frozenset[str]) -> tuple[NDArray[np.uint64], np.uint64]:
    """Put the numbers of known words into slots, each in one of its own, and return by what factor they are found.

    What is in an empty slot is not found there, as it has another one.
    """
    known = _named(words)
    factor = BASE
    while True:
        with np.errstate(over="ignore"):
            places = known * np.uint64(factor) >> SLOT_SHIFT
        if len(distinct(places)) == len(known):
            break
        factor = (factor + 2 * BASE) % (1 << 64)
    table = np.full(1 << _SLOT_BITS, known[0], np.uint64)
    table[places] = known
    return table, np.uint64(factor)


@cache
def _named(words: frozenset[str]) -> NDArray[np.uint64]:
    """Return the numbers of known words, sorted."""
    listed = sorted(words)
    text = " ".join(listed)
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    ends = np.cumsum([len(word) + 1 for word in listed]) - 1
    begins = np.concatenate([[0], ends[:-1] + 1])
    return distinct(names_of(codes, begins, ends))


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Return values sorted, each once, as `np.unique` does, which loads all of NumPy's masked arrays first.

    >>> distinct(np.array([3, 1, 3])).tolist(), distinct(np.array([])).tolist()
    ([1, 3], [])
    """
    found = np.sort(values)
    first = np.ones(found.size, np.bool_)
    np.not_equal(found[1:], found[:-1], out=first[1:])
    return found[first]


def look(lines: Sequence[str]) -> tuple[Counts, Content]:
    """Count what there is in lines that are not blank, in the order of `COUNTED`; find what they are about."""
    chars = Measured(lines)
    words = words_of(chars)
    return counted(chars, words), content_of(chars, words)


def content_of(chars: Measured, words: Words) -> Content:
    """Return the words of some letters that are no function words."""
    asked = ~words.function & (words.end - words.begin >= CONTENT_LETTERS) & ~chars.at(words.begin, "digit")
    return Content(words.line[asked], words.name[asked])


def shared(content: Content, main: Flags) -> tuple[Counts, Counts, Counts]:
    """Count by line its different words: those that another main line has, or two of them, and all."""
    names, number = np.unique(content.name, return_inverse=True)
    pairs = distinct(content.line * max(1, len(names)) + number)
    line, number = np.divmod(pairs, max(1, len(names)))
    said = np.bincount(number[main[line]], minlength=len(names))
    once, twice = (
        np.bincount(line[said[number] > main[line] + more], minlength=len(main)) for more in (0, 1)
    )
    return once, twice, np.bincount(line, minlength=len(main))


def counted(chars: Measured, words: Words) -> Counts:
    """Count what there is in lines that are not blank, in the order of `COUNTED`."""
    lines = len(chars.lines)
    sizes = words.end - words.begin
    digits = chars.count(chars.flags("digit"))
    columns = [
        np.bincount(words.line, minlength=lines), chars.last - chars.first + 1,
        np.bincount(words.line[words.function], minlength=lines), chars.first - chars.starts,
        *_marks(chars), chars.count(chars.flags("separator")), chars.count(chars.flags("quote")),
        repeated(chars.lines), np.bincount(words.line[_among(words.name, FURNITURE_WORDS)], minlength=lines),
        np.bincount(words.line, sizes, minlength=lines), digits, *_cases(chars, words), _ends(chars),
        chars.at(chars.last, "colon"), _bullets(chars), _links(chars), _times(chars, digits),
        chars.at(chars.first, "lower"), _copyright(chars),
        np.bincount(words.line[sizes > LONG_WORD], minlength=lines) > 0,
        chars.count(chars.flags("question")) > 0, _breaks_off(chars),
    ]  # fmt: skip
    return np.column_stack([np.asarray(column, np.int64) for column in columns])


_LOGARITHMS: Final = 10
"""Columns of `COUNTED` of which the logarithm counts."""


def measured(counts: Counts) -> Matrix:
    """Measure lines by what was counted in them, one row each in the order of `LINE_NAMES`."""
    words, size, functions, _, _, _, _, _, _, furniture, letters, digits, capitals, uppers, *told = counts.T
    some = np.maximum(words, 1)
    logs = logarithms(counts[:, :_LOGARITHMS]).T
    ends, colon, bullet, link, time, lower, rights, long, question, _ = told
    columns = (
        logs[0], logs[1], functions / some, logs[2], ends, colon, logs[4], logs[5], digits / size,
        capitals / some, uppers / some, np.maximum(letters, 1) / some, bullet, logs[3], link, logs[6],
        logs[7], time, lower, logs[8], rights, furniture / some, logs[9], long, question,
    )  # fmt: skip
    out = np.empty((len(counts), len(columns)))
    for k, column in enumerate(columns):
        out[:, k] = column
    return out


def _cases(chars: Measured, words: Words) -> tuple[Counts, Counts]:
    """Count by line the words with a capital, and those of capitals alone."""
    upper, small = (np.cumsum(chars.flags(name), dtype=np.int32) for name in ("upper", "small"))
    last = words.end - 1
    capital, small_first = chars.at(words.begin, "upper"), chars.at(words.begin, "small")
    has_upper = capital | (upper[last] > upper[words.begin])
    all_upper = has_upper & ~small_first & (small[last] == small[words.begin]) & (last > words.begin)
    lines = len(chars.lines)
    return (
        np.bincount(words.line[capital], minlength=lines),
        np.bincount(words.line[all_upper], minlength=lines),
    )


def _ends(chars: Measured) -> Flags:
    """Tell which lines end as a sentence does: with its mark, and nothing but closing marks after it."""
    place = chars.latest(~chars.flags("closer"), chars.last)
    return (place >= chars.first) & chars.at(place, "end")


def _marks(chars: Measured) -> tuple[Counts, Counts]:
    """Count by line the marks inside sentences and the ends of sentences."""
    space, end, closing = chars.flags("space"), chars.flags("end"), chars.flags("closing")
    inner = chars.flags("dash")
    inner[:-1] |= chars.flags("inner")[:-1] & space[1:]
    size = len(space)
    last = np.flatnonzero(end[:-1] & ~end[1:])
    done = np.zeros(size, np.bool_)
    done[last[space[chars.next(~closing, last + 1)]]] = True
    return chars.count(inner), chars.count(done)


def _bullets(chars: Measured) -> Flags:
    """Tell which lines begin as a list item."""
    asked = chars.at(chars.first, "bullet") | chars.at(chars.first, "decimal")
    return _matching(asked, chars.lines, BULLET.match)


def _links(chars: Measured) -> Flags:
    """Tell which lines hold an address or an arrow."""
    asked = chars.count(chars.flags("linkish")) > 0
    for k in np.flatnonzero(asked).tolist():
        line = chars.lines[k]
        asked[k] = any(sign in line for sign in _LINK_SIGNS)
    return _matching(asked, chars.lines, LINK.search)


def _times(chars: Measured, digits: Counts) -> Flags:
    """Tell which lines hold a time, a year or a date."""
    return _matching(digits >= TIME_DIGITS, chars.lines, TIME.search)


def _matching(asked: Flags, lines: Sequence[str], matches: Callable[[str], object]) -> Flags:
    """Ask a pattern about some lines."""
    out = np.zeros(len(lines), np.bool_)
    for k in np.flatnonzero(asked).tolist():
        out[k] = matches(lines[k]) is not None
    return out


def repeated(lines: Sequence[str]) -> list[int]:
    """Count how often each line stands elsewhere in the document."""
    bodies = [*map(str.strip, lines)]
    if len({*bodies}) == len(bodies):
        return [0] * len(bodies)
    times = Counter(bodies)
    return [times[body] - 1 for body in bodies]


def _copyright(chars: Measured) -> Flags:
    """Tell which lines mention rights."""
    found = chars.count(chars.flags("rights")) > 0
    hits = [hit.start() for hit in _RIGHTS.finditer(chars.text)]
    for k in set(chars.line[hits].tolist()):
        found[k] |= "copyright" in chars.lines[k].lower()
    return found


def _breaks_off(chars: Measured) -> Flags:
    """Tell which lines end in an ellipsis."""
    found = np.zeros(len(chars.lines), np.bool_)
    for k in np.flatnonzero(chars.at(chars.last, "end")).tolist():
        found[k] = chars.lines[k].rstrip().endswith(("…", "..."))
    return found
