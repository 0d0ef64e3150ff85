"""A punctuation mark with no space after it, between two sentences or two clauses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from cleaner.engines.lazy import regex
from cleaner.language.vocabulary import FUNCTION_WORDS
from cleaner.model import Span
from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet, plain_trigger
from cleaner.steps.translation.masks import ends_sentence, line_at

_TRIGGER = r"[\pL\d)\]”»\"'’][.!?]\p{Lu}|\pL[,;]\pL"
_BEFORE = regex(r"[^\W_]+(?:[-'’][^\W_]+)*[)\]”»\"'’]?$")
_AFTER = regex(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LONGER = regex(r"[@/\\_(\[=`\d]|[.:,;][^\s\"'”’»)]")
"""What follows a word that is a part of an address, of code, or of a list of values."""
_EXPLAINED = regex(r"\s+[—–-]\s|\s*:\s")
"""What follows a name at the start of a line that explains it."""
_YEAR = regex(r"(?:1[5-9]|20)\d\d$")
_IN_ADDRESS = frozenset("@#/\\_.:,;&`=<$%~+*|{[")
_REACH = 40
"""Code points of a word that are looked at."""
_WHOLE = 3
"""Letters from which on a word in small letters is no abbreviation."""
_TIGHT = regex(r"[,;](?=\S)")
_TICK = regex("`")
_CALLED = regex(r"\.(\w+)\(")
_DATA = 3
"""Commas without a space from which on a line may be a row of values."""
_ABBREVIATIONS = """
vs cf ca pp ed al eg ie nr bl st dr mr ms sr jr av op vd ff fr fl ss art bd ul ur св см ул ст др пр тт рр мм кк гг вв
им гр тж ср нп пн
"""
_ABBREVIATED = frozenset(_ABBREVIATIONS.split())
"""Abbreviations of two letters: what follows one is part of its sentence."""
_ENDINGS = """
com org net gov edu io js ai py md pdf exe doc app tv me dev co uk us eu ru de xml
"""
_SUFFIXES = frozenset(_ENDINGS.split())
"""What ends the name of a host or a file."""


def space_missing_after(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark two words and the punctuation mark between them that should have a space after it.

    Before a capital it is the end of a sentence: after a word in small letters that is no abbreviation,
    after a year or a closing bracket, and after a name that a function word follows. A comma or
    semicolon must be between two words of prose. Names of hosts and files, abbreviations, code and
    lists of values are left alone.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> sheet = sheet_of("We lived on it.The bank is near Paris,and it was cold, in example.Com too.")
    >>> [m.suggestion for m in space_missing_after(sheet, {})]
    ['it. The', 'Paris, and']
    """
    last_end = -1
    facts = _Facts(sheet)
    for _, end in sheet.scan.finditer(_TRIGGER):
        at = end - 2
        words = _words(sheet.text, at)
        if words is None or words[0] < last_end:
            continue
        before, after = sheet.text[words[0] : at], sheet.text[at + 1 : words[1]]
        if _apart(before, sheet.text[at], after) and not facts.forbid(at, after):
            last_end = words[1]
            yield Mark(*words, suggestion=f"{before}{sheet.text[at]} {after}")


class _Facts:
    """What is asked about the line of a mark, and about the text: found once, as lines can be long."""

    __slots__ = ("_called", "_line", "_row", "_sheet", "_ticks")

    def __init__(self, sheet: Sheet) -> None:
        self._sheet, self._line, self._row = sheet, -1, False
        self._ticks: list[int] = []
        self._called: frozenset[str] | None = None

    def forbid(self, at: int, after: str) -> bool:
        """Tell whether a mark is in code or in a row of values."""
        self._look(line_at(self._sheet.lines, at))
        if bisect_left(self._ticks, at) % 2:
            return True
        return self._row if self._sheet.text[at] in ",;" else after in self._methods()

    def _look(self, index: int) -> None:
        """Find the backticks of a line, and whether it is a row: tight commas alone, and no end of a sentence."""
        if index == self._line:
            return
        start, end = self._sheet.lines[index]
        line = self._sheet.text[start:end]
        tight = len(_TIGHT.findall(line))
        self._line = index
        self._row = tight >= _DATA and tight == line.count(",") + line.count(";") and not ends_sentence(line)
        self._ticks = [start + match.start() for match in _TICK.finditer(line)]

    def _methods(self) -> frozenset[str]:
        """Return what the text calls: `Close` of `file.Close()`."""
        if self._called is None:
            self._called = frozenset(_CALLED.findall(self._sheet.text))
        return self._called


def _apart(before: str, mark: str, after: str) -> bool:
    """Tell whether the words are of two clauses or two sentences."""
    return _clauses(before, after) if mark in ",;" else _sentences(before, after)


def _words(text: str, at: int) -> Span | None:
    """Return the span of the words on both sides of a mark; None where they are parts of something longer."""
    blank = max(
        text.rfind(" ", max(0, at - _REACH), at), at - _REACH - 1
    )  # where a word begins at the latest
    before = _BEFORE.search(text, blank + 1, at)
    after = _AFTER.match(text, at + 1, at + 1 + _REACH)
    if before is None or after is None:
        return None
    begin, stop = before.start(), after.end()
    argument = (
        begin > 1 and text[begin - 1] == "(" and text[begin - 2].isalnum() and text[stop : stop + 1] == ")"
    )
    longer = argument or (begin > 0 and text[begin - 1] in _IN_ADDRESS)
    explained = text[begin - 1 : begin] in ("", "\n") and _EXPLAINED.match(text, stop)
    return None if longer or explained or _LONGER.match(text, stop) else (begin, stop)


def _sentences(before: str, after: str) -> bool:
    """Tell whether one sentence ends with `before` and the next one begins with `after`."""
    if not _begins(after) or after.lower() in _SUFFIXES:
        return False
    word = before.rstrip(")]”»\"'’")
    if _YEAR.fullmatch(word):
        return True
    if len(word) < 2 or not (word[-1].isalpha() and word[1:].islower()):
        return False
    if word.islower():
        return len(word) >= _WHOLE or word not in _ABBREVIATED
    return len(word) >= _WHOLE and after.lower() in FUNCTION_WORDS


def _begins(word: str) -> bool:
    """Tell whether a word can be the first of a sentence: one capital and small letters, or a capital alone.

    >>> [_begins(word) for word in ("The", "Don't", "A", "NATO", "McVeigh", "X")]
    [True, True, True, False, False, False]
    """
    return word[:1].isupper() and (word[1:].islower() if len(word) > 1 else word.lower() in FUNCTION_WORDS)


def _clauses(before: str, after: str) -> bool:
    """Tell whether two words beside a comma are prose: whole words, or one of them a function word."""
    if not (before.isalpha() and after.islower() and before[1:].islower()):
        return False
    short = min(len(before), len(after))
    known = not {before.lower(), after}.isdisjoint(FUNCTION_WORDS)
    return short >= _WHOLE if before.islower() and not known else known and short > 1


SPACE_MISSING_AFTER = Detector(space_missing_after, plain_trigger(_TRIGGER))
