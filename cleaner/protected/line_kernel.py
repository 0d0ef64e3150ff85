"""Marks and shapes of all lines of a text in compiled code, in two looks at a character."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from cleaner.engines.compiling import INTEGER, keep, part
from cleaner.protected import marks, shapes
from cleaner.protected.marks import (
    BLANK,
    BRACKET,
    CALL,
    COLON,
    DASH,
    DIGIT,
    GAP,
    HEAD,
    LESS,
    LOWER,
    ODD,
    PARTED,
    RULE,
    SIGN,
    SPACE,
    SQUARE,
    STOP,
    TAB,
    TRAILING,
    TYPED,
    UPPER,
    WIDE_COLON,
    WORD,
    Marks,
)
from cleaner.protected.shapes import Shapes

U64: Final = np.uint64
_CLOSES, _OPENS, _MARKED, _PAIRED = marks.CLOSES, marks.OPENS, marks.MARKED, marks.PAIRED
_BLANK, _LOWER, _UPPER, _WORD, _TRAILING = map(U64, (BLANK, LOWER, UPPER, WORD, TRAILING))
_CASED: Final = _LOWER | _UPPER
_SIGN, _RULE, _TYPED = map(U64, (SIGN, RULE, TYPED))
_PLAIN, _PROSELESS, _STATED, _CODED = shapes.PLAIN, shapes.PROSELESS, shapes.STATED, shapes.CODED
_ENTRY, _SOURCED, _ITEM, _NAMED = shapes.ENTRY, shapes.SOURCED, shapes.ITEM, shapes.NAMED
_CAPITALS, _QUOTES, _SIGNED = shapes.CAPITALS, shapes.QUOTES, shapes.SIGNED
_FIELDS, _SAID, _LOGGED, _ROWS = shapes.FIELDS, shapes.SAID, shapes.LOGGED, shapes.ROWS
_STATEMENTS, _TERMS, _PAGES, _DOTTED = shapes.STATEMENTS, shapes.TERMS, shapes.PAGES, shapes.DOTTED
_DECLARING, _WORDED, _DATED = shapes.DECLARING, shapes.WORDED, shapes.DATED
_DIGIT, _LESS, _COLONS, _PARTS = map(U64, (DIGIT, LESS, COLON | WIDE_COLON, COLON | TAB | PARTED))
_INDENTS, _DASHED, _STOP, _HEADS = map(
    U64, (SPACE | TAB, BLANK | DASH, STOP, BRACKET | SQUARE | LESS | DIGIT | BLANK)
)
_CELLED: Final = U64(TAB | GAP)
_ODD_ONES: Final = U64(ODD | CALL | GAP | RULE | HEAD)
_LOOK, _SPACES, _KEY_BITS, _KEY_MASK = shapes.LOOK, shapes.MANY_WORDS - 1, shapes.KEY_BITS, shapes.KEY_MASK
_LABEL_END, _ROW = 6, 6
"""Characters of a line among which a label ends; words in a row that are prose."""
_IN_WORD, _AFTER_MARK, _AFTER_QUOTE, _AFTER_SPACE = 1, 2, 3, 4
"""Where a character stands in a row of words."""
_LETTER, _OTHER, _ALPHA, _HARD = shapes.LETTER, shapes.OTHER, shapes.ALPHA, shapes.HARD
_SMALL, _MARK, _LINK, _QUOTED = shapes.SMALL, shapes.MARK, shapes.LINK, shapes.QUOTED
_NAMING, _ASIDE, _LABELLING, _STOPPING = shapes.NAMING, shapes.ASIDE, shapes.LABELLING, shapes.STOPPING
_CLOSING, _PAGE, _SOURCE, _PLACED = shapes.CLOSING, shapes.PAGE, shapes.SOURCE, shapes.PLACED
_ASCII, _BEYOND = shapes.ASCII, shapes.BEYOND
_COMMA, _COLON, _LOWLINE, _SPACE, _POINT, _OPEN, _CLOSE, _AND, _AT, _DOLLAR, _NEWLINE = map(
    ord, ",:_ .()&@$\n"
)
_A, _Z, _E, _T = map(ord, "azet")
_NAMES: Final = np.array(
    [[*map(ord, name)] for name in ("doi", "ISB", "Uni", "Pre", "Ver", "arX")], np.uint32
)
"""How words begin that are signs of a source by themselves; "et al" is another."""
_SIGNS_WITH_YEAR, _SIGNS, _NAME, _LEAST_TERMS, _LONGEST = 2, 4, 4, 4, 200
_NEVER: Final = 1 << 62


_STAND_INS: Final = (0x2600, 0x4E00, 0xA640, 0xA641, 0xFF10, 0x24B6, 0x2153)
"""Characters that are what rare ones can be: signs, letters, capitals, small letters, digits, other numbers."""


def look(text: str) -> tuple[Marks, Shapes, bool]:
    """Return marks and shapes of the lines of a text, and whether white space at their ends was left out."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass") + b"\n\0\0\0", np.uint32)
    size = text.count("\n") + 1
    lines, heads, kinds = np.empty(size, U64), np.empty(size, U64), np.empty(size, np.uint32)
    sizes, letters = np.empty(size, np.int32), np.empty(size, np.int32)
    known = marks.table(), shapes.classes(), shapes.heads(), lines, heads, kinds, sizes, letters
    seen, stripped, facts = _look(codes, *known)
    if seen < 0:
        codes = codes.copy()
        rare = codes >= _BEYOND
        codes[rare] = [*map(_stand_in, codes[rare].tolist())]
        codes.flags.writeable = False  # as those above: for others the kernel would be compiled again
        seen, stripped, facts = _look(codes, *known)
    return Marks(lines, heads, seen), Shapes(kinds, sizes, letters, facts), stripped


@lru_cache(maxsize=1024)
def _stand_in(code: int) -> int:
    """Return a character that the table reaches and that has the marks of one that it does not reach."""
    bits, alpha = marks.of_rare(code), chr(code).isalpha()
    return next(one for one in _STAND_INS if marks.table()[one] == bits and chr(one).isalpha() == alpha)


def _look_at(
    codes: Any,
    table: Any,
    classes: Any,
    firsts: Any,
    lines: Any,
    heads: Any,
    kinds: Any,
    sizes: Any,
    letters: Any,
) -> tuple[Any, bool, int]:
    """Fill in what is known of the lines; return the marks of all, -1 for a character that is in no table."""
    size = codes.size
    seen, row, before = U64(0), U64(0), U64(0)
    begin = line = INTEGER(0)
    for at in range(size):
        code = codes[at]
        if code >= _BEYOND:
            return -1, False, 0
        kind = table[code]
        row |= kind
        if at + 1 < size:  # what is behind the text is no neighbour
            row |= (before >> _OPENS) & (kind >> _CLOSES) & _PAIRED
        before = kind
        if code == _NEWLINE:
            if at + 2 < size and codes[at + 1] < _BEYOND:
                row |= (kind >> _OPENS) & (table[codes[at + 1]] >> _CLOSES) & _PAIRED
            lines[line], sizes[line] = row & _MARKED, at - begin
            heads[line] = table[codes[begin]] & _MARKED
            seen |= row & _MARKED
            row, before = U64(0), U64(0)
            begin, line = at + 1, line + 1
    last = table[codes[size - 2]] if size > 1 else U64(0)
    stripped = (seen & _TRAILING) != 0 or (last & _BLANK) != 0
    begin = INTEGER(0)
    for line in range(lines.size):
        end = begin + sizes[line]
        after = end + 1
        while stripped and end > begin and table[codes[end - 1]] & _BLANK:
            end -= 1
        sizes[line], kinds[line], letters[line] = end - begin, 0, 0
        if end > begin:
            kinds[line], letters[line] = _shape(
                codes, table, classes, firsts, lines[line], heads[line], begin, end
            )
        begin = after
    return np.int64(seen), stripped, _facts(codes, classes, firsts, lines, heads, kinds, sizes)


def _facts_of(codes: Any, classes: Any, firsts: Any, lines: Any, heads: Any, kinds: Any, sizes: Any) -> int:
    """Return what a text may have."""
    facts = 0
    count = fields = said = logged = odd = digits = pages = 0  # of the lines of a paragraph
    terms = parted = 0
    indented = False
    at = INTEGER(0)
    for line in range(lines.size):
        size, marked, head, kind = sizes[line], lines[line], heads[line], kinds[line]
        begin = at
        while codes[at] != _NEWLINE:
            at += 1
        at += 1
        indented |= (head & _INDENTS) != 0
        facts |= ((head & _STOP) != 0) * _DOTTED
        if size > 0:
            terms = terms + 1 if marked & _PARTS else 0
            parted += (marked & _PARTS) != 0
            facts |= (terms >= _LEAST_TERMS) * _TERMS
        if size == 0 or size > _LONGEST:
            facts |= (size > 0 and (marked & _CELLED) != 0) * _ROWS
            count = fields = said = logged = odd = digits = pages = 0
            continue
        count += 1
        fields += (marked & _COLONS) != 0
        said += (head & _HEADS) != 0 and ((marked & _DIGIT) != 0 or (marked & _LESS) != 0)
        dated = not head & _WORD or (head & _DIGIT) != 0 or (kind & _CAPITALS) != 0
        logged += dated or (_start(codes, firsts, begin, begin + size) & _DATED) != 0
        odd += (marked & _ODD_ONES) != 0 or (head & _INDENTS) != 0
        digits += (marked & _DIGIT) != 0
        pages += (classes[codes[begin + size - 1]] & _PAGE) != 0
        facts |= ((kind & _CODED) != 0) * _STATEMENTS | (fields > 1) * _FIELDS | (said > 1) * _SAID
        facts |= (logged > 0 and count > 1) * _LOGGED | (pages > 1 and count > 2) * _PAGES
        facts |= (odd > 1 or (digits > 2)) * _ROWS
    return facts | (indented and parted >= _LEAST_TERMS) * _TERMS


def _shape_of(
    codes: Any,
    table: Any,
    classes: Any,
    firsts: Any,
    marked: Any,
    head: Any,
    begin: int,
    end: int,
) -> tuple[int, int]:
    """Return the shapes of a line with text, and how many letters and digits it has."""
    letters = spaces = row = state = 0
    space, plain, long = (
        -1,
        _NEVER,
        _NEVER,
    )  # where the first space is, the sixth word of a row, the last needed space
    sure, quotes, named, colons, brackets = True, False, False, 0, 0
    at = begin
    while at < end:
        code: Any = np.int64(codes[at])
        kind: Any = np.int64(classes[code])
        if kind & _LETTER:
            row = row + 1 if state == _AFTER_SPACE else 1
            if row >= _ROW and plain == _NEVER:
                plain = at - begin
            start = at
            while classes[codes[at]] & _LETTER:  # the newline behind the line is none
                at += 1
            letters += at - start
            state = _IN_WORD
            continue
        if code == _SPACE:
            space = at if space < 0 else space
            spaces += 1
            long = at - begin if spaces == _SPACES else long
            sure &= codes[at - 1] != _SPACE or at == begin
            state = _AFTER_SPACE if 0 < state < _AFTER_SPACE else 0
        else:
            sure &= (kind & _OTHER) != 0
            letters += (table[codes[at]] & _WORD) != 0 and code != _LOWLINE
            if state == _IN_WORD and (kind & _MARK):
                state = _AFTER_MARK
            elif 0 < state < _AFTER_QUOTE and (kind & _LINK):
                state = _AFTER_QUOTE
            else:
                state = 0
            if kind & _NAMING:
                named |= colons == 0 and (spaces <= _NAME or brackets > 0)
                colons += 1
            brackets += (kind & _ASIDE) != 0
            if kind & _QUOTED:
                quotes |= at + 2 < end and codes[at + 1] == code and codes[at + 2] == code
        at += 1
    first = begin
    while first < end and table[codes[first]] & _BLANK:
        first += 1
    second = table[codes[begin + 1]] if begin + 1 < end else U64(0)
    start = _start(codes, firsts, first, end)
    coded = (start & _WORDED) != 0
    if marked & _SIGN and not coded:
        coded = (start & _DECLARING) != 0 or not table[codes[first]] & _WORD
        coded = coded or (marked & _TYPED) != 0 or _is_coded(codes, classes, begin, first, end)
    stated = plain < _LOOK and (
        long < _LOOK or (end - begin <= _LOOK and _is_ended(codes, classes, begin, end))
    )
    stated = stated and not coded and not marked & (_SIGN | _RULE)
    stated = stated and (head & _UPPER) != 0 and (second & _LOWER) != 0
    both = head | second
    capitals = (both & _UPPER) != 0 and (both & _LOWER) == 0
    named = (
        named or capitals or (head & _DASHED) != 0 or (not head & _CASED and marked & (_DIGIT | _LESS) != 0)
    )
    kinds = (
        stated * _STATED
        | (marked & _SIGN != 0) * _SIGNED
        | coded * _CODED
        | quotes * _QUOTES
        | capitals * _CAPITALS
        | named * _NAMED
    )
    kinds |= _PLAIN if plain < _NEVER else sure * _PROSELESS
    if not classes[codes[begin]] & _ALPHA or _is_entry(codes, begin, space, end):
        kinds |= _ENTRY | _is_sourced(codes, classes, marked, begin, end) * _SOURCED
    return kinds | (not head & _CASED or _is_item(codes, classes, begin, end)) * _ITEM, letters


def _is_ended_at(codes: Any, classes: Any, begin: int, end: int) -> Any:
    """Tell whether a line ends in a small word and a stop, closing brackets and quotation marks aside."""
    end = _without_closers(codes, classes, begin, end)
    if end == begin or not classes[codes[end - 1]] & _STOPPING:
        return False
    end = _without_closers(codes, classes, begin, end - 1)
    if end - 2 < begin:
        return False
    return classes[codes[end - 2]] & classes[codes[end - 1]] & _SMALL != 0


def _without_closers_at(codes: Any, classes: Any, begin: int, end: int) -> int:
    """Return where a line ends without closing brackets and quotation marks."""
    while end > begin and classes[codes[end - 1]] & _CLOSING:
        end -= 1
    return end


def _start_of(codes: Any, firsts: Any, first: int, end: int) -> Any:
    """Return what the first three characters of a line are, after white space; outside ASCII, they may be anything."""
    key = 0
    for at in range(first, first + 3):
        code = codes[at] if at < end else 0
        if code >= _ASCII:
            return _WORDED
        key = key << _KEY_BITS | code & _KEY_MASK
    return np.int64(firsts[key])


def _is_coded_at(codes: Any, classes: Any, begin: int, first: int, end: int) -> Any:
    """Tell whether a line with a sign may be one that only code has: see `protected.code.signals.STRONG`."""
    last = codes[end - 1]
    if last == _COLON or end - begin > _LOOK:
        return True
    small = _A <= codes[first] <= _Z
    called = place = number = False
    before: Any = np.int64(_SPACE)
    for at in range(first, end):
        code: Any = np.int64(codes[at])
        if code < _ASCII and classes[code] & _HARD:
            return True
        if (
            (small and code == _COMMA)
            or (code == _AND and before == _AND)
            or (code == _OPEN and before == _DOLLAR)
        ):
            return True
        called |= code == _OPEN and before != _SPACE
        place |= code == _AT
        number |= (classes[code] & _PLACED) != 0
        before = code
    return (place and number) or (called and last in (_CLOSE, _COMMA))


def _is_entry_at(codes: Any, begin: int, space: int, end: int) -> Any:
    """Tell whether a line begins with a word before a comma or an initial."""
    word = end if space < 0 else space
    if word > begin and codes[word - 1] == _COMMA:
        return True
    return space >= 0 and space + 2 < end and codes[space + 2] == _POINT


def _is_sourced_at(codes: Any, classes: Any, marked: Any, begin: int, end: int) -> Any:
    """Tell whether a line may have the signs of a source that an entry has (`protected.scholarly`)."""
    needed, signs = _SIGNS_WITH_YEAR if marked & _DIGIT else _SIGNS, 0
    for at in range(begin, end):
        code = codes[at]
        signs += (classes[code] & _SOURCE) != 0
        if at + 2 < end:
            for k in range(_NAMES.shape[0]):
                if code == _NAMES[k, 0] and codes[at + 1] == _NAMES[k, 1] and codes[at + 2] == _NAMES[k, 2]:
                    return True
            if code == _E and codes[at + 1] == _T and classes[codes[at + 2]] & _LETTER == 0:
                return True
    return signs >= needed


def _is_item_at(codes: Any, classes: Any, begin: int, end: int) -> Any:
    """Tell whether soon after its beginning a line has what may end a label."""
    item = 0
    for at in range(begin + 1, min(begin + _LABEL_END, end)):
        item |= classes[codes[at]]
    return (item & _LABELLING) != 0


_without_closers = part(_without_closers_at)
_is_ended = part(_is_ended_at)
_start = part(_start_of)
_is_coded = part(_is_coded_at)
_is_entry = part(_is_entry_at)
_is_item = part(_is_item_at)
_is_sourced = part(_is_sourced_at)
_shape = part(_shape_of)
_facts = part(_facts_of)
KERNELS = (_look,) = (keep(_look_at, str(marks.__file__), str(shapes.__file__)),)
