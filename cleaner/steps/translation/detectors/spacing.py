"""Spaces before punctuation marks: where none belongs, and where French has one."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.engines.lazy import regex
from cleaner.protected.code.signals import has_prose, signal
from cleaner.protected.shapes import LOOK
from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger
from cleaner.steps.translation.masks import masked

_SPACED = r"[\p{L}\d][\p{L}\d%)\]][ \x{a0}][.,;](?:\s|$)"
_WORD = regex(r"[^\W_]+[%)\]]?$")
_NOT_PROSE = frozenset({"code", "table", "list"})
_WITHOUT = r"\p{L}[:;?!] \p{L}"
_WITH = regex(r"[\w)\]»%][ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}][:;?!](?=\s|$)")
_SMALL_WORD = regex(r"[^\W\d_]{2,}$")


def space_before_punct(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark a word, a space and a full stop, comma or semicolon.

    A text with more than `options["most"]` of them lost its links on the way, all in one manner, and is
    left alone.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> [m.suggestion for m in space_before_punct(sheet_of("the spring . Then"), {"most": 2})]
    ['spring.']
    """
    found = [mark for mark in _spaced(sheet) if not _masked(sheet, mark)]
    if len(found) <= options["most"]:
        yield from found


def _spaced(sheet: Sheet) -> Iterator[Mark]:
    text = sheet.text
    for start, end in sheet.scan.finditer(_SPACED):
        stop = end if text[end - 1] in ".,;" else end - 1
        word = _WORD.search(text, max(0, start - 40), start + 2)
        if _is_argument(text, stop) or _is_command(text, start):
            continue
        if word and text[max(0, word.start() - 1) : word.start()] == ".":  # the name of a file
            continue
        if word and _spelled(word[0]) and not text[stop : stop + 2].strip(" \xa0").startswith("."):
            yield Mark(word.start(), stop, suggestion=word[0] + text[stop - 1])


def _is_argument(text: str, stop: int) -> bool:
    """Tell whether a dot is followed by a number on its line: in settings it stands for a place.

    >>> _is_argument("forward . 10.0.0.1", 9), _is_argument("in the spring . Then", 15)
    (True, False)
    """
    return text[stop - 1] == "." and text[stop : stop + 2].strip(" ").isdecimal()


def _is_command(text: str, at: int) -> bool:
    """Tell whether a line looks like code and has no words in a row; of a long one, what is around the place."""
    first, last = max(0, at - LOOK), min(len(text), at + LOOK)
    first = max(first, text.rfind("\n", first, at) + 1)
    last = (text.find("\n", at, last) + 1 or last + 1) - 1
    line = text[first:last]
    return signal(line) > 0 and not has_prose(line)


def _spelled(word: str) -> bool:
    """Tell whether a word has letters with case, or is a number: words in other scripts are left alone."""
    return word[0].isdecimal() or word.lower() != word.upper()


def french_spacing(sheet: Sheet, options: Options) -> Iterator[Mark]:
    r"""Mark a colon, semicolon, question or exclamation mark without its space, where a text mostly has one.

    Many who write French put no space there, and those of Quebec and Switzerland need not: only a text
    with `options["fewest"]` such spaces or more, and at least as many as are missing, shows what it meant
    to do.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> sheet = sheet_of("Il a dit : non ! Puis il est parti: le bac attendait.", "fr")
    >>> [(m.start, m.end, m.suggestion) for m in french_spacing(sheet, {"fewest": 2})]
    [(29, 35, 'parti\xa0:')]
    """
    text = sheet.text
    found = [mark for start, _ in sheet.scan.finditer(_WITHOUT) if (mark := _unspaced(sheet, start + 1))]
    spaced = len(_WITH.findall(text)) if found else 0
    if spaced >= max(options["fewest"], len(found)):
        yield from found


def _unspaced(sheet: Sheet, at: int) -> Mark | None:
    """Return the mark for a punctuation mark right after a word in small letters."""
    word = _SMALL_WORD.search(sheet.text, max(0, at - 40), at)
    if word is None or not word[0].islower():
        return None
    return Mark(word.start(), at + 1, suggestion=f"{word[0]}\N{NO-BREAK SPACE}{sheet.text[at]}")


def _masked(sheet: Sheet, mark: Mark) -> bool:
    return masked(sheet.text, sheet.lines, mark.start, mark.end, _NOT_PROSE)


FRENCH_SPACING = Detector(french_spacing, plain_trigger(_WITHOUT))
SPACE_BEFORE_PUNCT = Detector(space_before_punct, plain_trigger(_SPACED))
