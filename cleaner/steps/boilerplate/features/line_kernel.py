"""Lines looked at in compiled code: the numbers of `line_arrays` in one pass over the characters.

Everything is an integer, so they are those of the array operations. Two patterns are left to Python, for the
few lines that may hold an address or a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.compiling import INTEGER, keep, part
from cleaner.language.vocabulary import FUNCTION_WORDS, FURNITURE_WORDS
from cleaner.steps.boilerplate.features import characters, line_arrays
from cleaner.steps.boilerplate.features.characters import BIT, Counts, Flags, learn, tables
from cleaner.steps.boilerplate.features.line_arrays import (
    BASE,
    CONTENT_LETTERS,
    COUNTED,
    LINK,
    LONG_WORD,
    SLOT_SHIFT,
    TIME,
    Content,
    repeated,
    slots,
)

U64 = np.uint64
_BASE = U64(BASE)
_WORDS, _SIZE, _FUNCTIONS, _INDENT, _INNER, _SENTENCES, _SEPARATORS, _QUOTES, _REPEATED, _FURNITURE = range(
    10
)
_LETTERS, _DIGITS, _CAPITALS, _UPPERS, _ENDS, _COLON, _BULLET, _LINK, _TIME, _LOWER = range(10, 20)
_RIGHTS, _LONG, _QUESTION, _BREAKS = range(20, len(COUNTED))
_LETTER, _DECIMAL, _DIGIT, _SPACE, _UPPER, _SMALL_LETTER, _SMALL = (
    BIT[name] for name in ("letter", "decimal", "digit", "space", "upper", "lower", "small")
)
_END, _CLOSER, _CLOSING, _INNER_MARK, _DASH, _SEPARATOR, _QUOTE = (
    BIT[name] for name in ("end", "closer", "closing", "inner", "dash", "separator", "quote")
)
_APOSTROPHE, _POINT, _ITEM, _LINKISH, _COLON_MARK, _SIGMA, _QUESTION_MARK, _RIGHTS_SIGN = (
    BIT[name] for name in ("apostrophe", "point", "bullet", "linkish", "colon", "sigma", "question", "rights")
)
_FINAL_SIGMA = U64(ord("ς"))
_NEWLINE, _C, _O = map(ord, "\nco")
_WORD = _LETTER | _DECIMAL
_COUNTED = (
    _DIGIT
    | _DECIMAL
    | _SEPARATOR
    | _QUOTE
    | _DASH
    | _INNER_MARK
    | _END
    | _LINKISH
    | _QUESTION_MARK
    | _RIGHTS_SIGN
)
"""What is counted, or asked about."""
_ELLIPSIS, _DOT, _SLASH, _AT, _HYPHEN, _COLON_SIGN = map(ord, "…./@-:")
_W, _BRACKET = map(ord, "w)")
_COPYRIGHT = np.array([*map(ord, "copyright")], np.uint32)
_POINTERS = np.array([*map(ord, "»›→")], np.uint32)
_DOMAINS = np.array([*map(ord, "condfir")], np.uint32)
"""The first letters of what follows the point of a domain."""


def look(lines: Sequence[str]) -> tuple[Counts, Content]:
    """Count what there is in lines that are not blank, and find what they are about, as `line_arrays` does."""
    text = "\n".join(lines) + "\n"
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds, lower = tables()
    counts = np.zeros((len(lines), len(COUNTED)), np.int64)
    line = np.empty(len(codes) // 2 + 1, np.int64)
    name = np.empty(len(line), np.uint64)
    known = (*_found_by(FUNCTION_WORDS), *_found_by(FURNITURE_WORDS))
    found = _look(codes, kinds, lower, *known, counts, line, name)
    if found < 0:
        learn(codes)
        counts[:] = 0
        found = _look(codes, kinds, lower, *known, counts, line, name)
    counts[:, _REPEATED] = repeated(lines)
    for column, pattern in ((_LINK, LINK), (_TIME, TIME)):
        for k in np.flatnonzero(counts[:, column]).tolist():
            counts[k, column] = pattern.search(lines[k]) is not None
    return counts, Content(line[:found], name[:found])


def shared(content: Content, main: Flags) -> tuple[Counts, Counts, Counts]:
    """Count by line its different words: those that another main line has, or two of them, and all."""
    out = np.zeros((3, len(main)), np.int64)
    _share(content.line, content.name, main, out)
    return out[0], out[1], out[2]


@cache
def _found_by(words: frozenset[str]) -> tuple[NDArray[np.uint64], np.uint64]:
    return slots(words)


def _look_at(
    codes: Any,
    kinds: Any,
    lower: Any,
    functions: Any,
    by: Any,
    furniture: Any,
    with_: Any,
    counts: Any,
    line_of: Any,
    names: Any,
) -> int:
    """Fill the counts line by line, and the words that may indicate a topic; their number, -1 for a new character."""
    known = np.empty(codes.size, np.uint32)
    for at in range(codes.size):
        known[at] = kinds[codes[at]]
        if known[at] == 0:
            return -1
    total = INTEGER(0)
    begin = INTEGER(0)
    for line in range(counts.shape[0]):
        stop = begin
        while codes[stop] != _NEWLINE:
            stop += 1
        _marks(codes, known, lower, begin, stop, counts[line])
        total = _words(
            codes,
            known,
            lower,
            begin,
            stop,
            functions,
            by,
            furniture,
            with_,
            counts[line],
            line_of,
            names,
            line,
            total,
        )
        begin = stop + 1
    return total


def _marks_in(codes: Any, known: Any, lower: Any, begin: int, stop: int, row: Any) -> None:
    """Count the marks of the line `begin:stop`, and tell how it begins and ends."""
    first, last = begin, stop - 1
    while known[first] & _SPACE:
        first += 1
    while known[last] & _SPACE:
        last -= 1
    digits = separators = quotes = inner = sentences = 0
    seen = np.uint32(0)
    link = time = False
    for at in range(first, last + 1):
        kind = known[at]
        if lower[codes[at]] == _C and lower[codes[at + 1]] == _O and _is_copyright(codes, lower, at, stop):
            seen |= np.uint32(_RIGHTS_SIGN)
        if not kind & _COUNTED:
            continue
        seen |= kind
        digits += (kind & _DIGIT) != 0
        separators += (kind & _SEPARATOR) != 0
        quotes += (kind & _QUOTE) != 0
        inner += (kind & _DASH) != 0 or ((kind & _INNER_MARK) != 0 and (known[at + 1] & _SPACE) != 0)
        if kind & _END and not known[at + 1] & _END:
            place = at + 1
            while known[place] & _CLOSING:
                place += 1
            sentences += (known[place] & _SPACE) != 0
        if kind & _DECIMAL and not time:
            time = _may_be_time(codes, known, at, stop)
        if kind & _LINKISH and not link:
            link = _may_be_link(codes, known, begin, at)
    row[_SIZE], row[_INDENT] = last - first + 1, first - begin
    row[_DIGITS], row[_SEPARATORS], row[_QUOTES], row[_INNER] = digits, separators, quotes, inner
    row[_SENTENCES], row[_LINK], row[_TIME] = sentences, link, time
    row[_QUESTION] = (seen & _QUESTION_MARK) != 0
    row[_RIGHTS] = (seen & _RIGHTS_SIGN) != 0
    row[_COLON] = (known[last] & _COLON_MARK) != 0
    row[_LOWER] = (known[first] & _SMALL_LETTER) != 0
    place = last
    while place >= first and known[place] & _CLOSER:
        place -= 1
    row[_ENDS] = place >= first and (known[place] & _END) != 0
    dots = last - 2 >= begin and codes[last] == _DOT and codes[last - 1] == _DOT and codes[last - 2] == _DOT
    row[_BREAKS] = codes[last] == _ELLIPSIS or dots
    row[_BULLET] = _is_item(codes, known, first, last)


def _is_item_at(codes: Any, known: Any, first: int, last: int) -> bool:
    """Tell whether a line begins as an item of a list: with a mark, or up to three digits and a mark, and space."""
    place = first
    if known[first] & _DECIMAL:
        while known[place] & _DECIMAL:
            place += 1
        if place - first > 3 or not (codes[place] == _DOT or codes[place] == _BRACKET):
            return False
    elif not known[first] & _ITEM:
        return False
    return (known[place + 1] & _SPACE) != 0 and last > place


def _may_be_time_at(codes: Any, known: Any, at: int, stop: int) -> bool:
    """Tell whether a digit is the first of four, or of a time or date; `stop` is the line end, which is no digit."""
    if at + 2 >= stop:
        return False
    mark = codes[at + 1]
    if mark in (_DOT, _SLASH, _HYPHEN, _COLON_SIGN):
        return bool(known[at + 2] & _DECIMAL)
    return at + 3 < stop and (
        (known[at + 1] & _DECIMAL) != 0
        and (known[at + 2] & _DECIMAL) != 0
        and (known[at + 3] & _DECIMAL) != 0
    )


def _may_be_link_at(codes: Any, known: Any, begin: int, at: int) -> bool:
    """Tell whether a character may be one of an address, or is an arrow."""
    code = codes[at]
    if code == _DOT:
        if at == begin or known[at - 1] & _SPACE:
            return False
        after = codes[at + 1]
        if codes[at - 1] == _W:
            return True
        k = 0
        while k < _DOMAINS.size and _DOMAINS[k] != after:
            k += 1
        return k < _DOMAINS.size
    if code == _SLASH:
        return bool(codes[at + 1] == _SLASH)
    return bool(code == _AT or code == _POINTERS[0] or code == _POINTERS[1] or code == _POINTERS[2])


def _is_copyright_at(codes: Any, lower: Any, at: int, stop: int) -> bool:
    """Tell whether the word for a copyright begins here."""
    if at + _COPYRIGHT.size > stop:
        return False
    k = 0
    while k < _COPYRIGHT.size and lower[codes[at + k]] == _COPYRIGHT[k]:
        k += 1
    return k == _COPYRIGHT.size


def _words_in(
    codes: Any,
    known: Any,
    lower: Any,
    begin: int,
    stop: int,
    functions: Any,
    by: Any,
    furniture: Any,
    with_: Any,
    row: Any,
    line_of: Any,
    names: Any,
    line: int,
    total: int,
) -> int:
    """Count the words of the line `begin:stop` by what they are; add those that may indicate a topic."""
    count = letters = capitals = uppers = long = of_furniture = of_functions = 0
    at = begin
    while at < stop:
        head = known[at]
        if not head & _WORD:
            at += 1
            continue
        mask, joint = (_LETTER, _APOSTROPHE) if head & _LETTER else (_DECIMAL, _POINT)
        start = at
        name, power, last = U64(0), U64(1), U64(0)
        rest = np.uint32(0)
        while at < stop and (
            known[at] & mask or (known[at] & joint and known[at - 1] & mask and known[at + 1] & mask)
        ):
            if at > start:
                rest |= known[at]
                power *= _BASE
            last = U64(lower[codes[at]])
            name += last * power
            at += 1
        size = at - start
        if size > 1 and known[at - 1] & _SIGMA:
            name += (_FINAL_SIGMA - last) * power
        count += 1
        letters += size
        capitals += (head & _UPPER) != 0
        uppers += ((head | rest) & _UPPER) != 0 and not (head | rest) & _SMALL and size > 1
        long |= size > LONG_WORD
        of_furniture += furniture[(name * with_) >> SLOT_SHIFT] == name
        if functions[(name * by) >> SLOT_SHIFT] == name:
            of_functions += 1
        elif size >= CONTENT_LETTERS and not head & _DIGIT:
            line_of[total], names[total] = line, name
            total += 1
    row[_WORDS], row[_LETTERS], row[_CAPITALS], row[_UPPERS] = count, letters, capitals, uppers
    row[_LONG], row[_FURNITURE], row[_FUNCTIONS] = long, of_furniture, of_functions
    return total


def _share_out(line: Any, name: Any, main: Any, out: Any) -> None:
    """Count the words of each line in `out`: those that another main line has, or two of them, and all."""
    size = 16
    while size < 2 * name.size:
        size *= 2
    number = np.full(size, -1, np.int64)  # of the word in a slot: where it stands first
    latest = np.full(name.size, -1, np.int64)  # the last line that has it
    said = np.zeros(name.size, np.int64)
    words = np.empty(name.size, np.int64)  # each word once a line
    lines = np.empty(name.size, np.int64)
    pairs = 0
    for k in range(name.size):
        slot = np.int64((name[k] * _BASE) >> U64(40)) & (size - 1)
        while number[slot] >= 0 and name[number[slot]] != name[k]:
            slot = (slot + 1) & (size - 1)
        if number[slot] < 0:
            number[slot] = k
        word = number[slot]
        if latest[word] != line[k]:
            latest[word] = line[k]
            said[word] += main[line[k]]
            out[2, line[k]] += 1
            words[pairs], lines[pairs] = word, line[k]
            pairs += 1
    for k in range(pairs):
        at = lines[k]
        others = said[words[k]] - main[at]
        out[0, at] += others > 0
        out[1, at] += others > 1


_is_item = part(_is_item_at)
_may_be_time = part(_may_be_time_at)
_may_be_link = part(_may_be_link_at)
_is_copyright = part(_is_copyright_at)
_marks = part(_marks_in)
_words = part(_words_in)
_SOURCES = str(characters.__file__), str(line_arrays.__file__)
KERNELS = _look, _share = keep(_look_at, *_SOURCES), keep(_share_out, *_SOURCES)
