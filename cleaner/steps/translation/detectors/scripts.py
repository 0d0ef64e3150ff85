"""Letters of a script that the text is not written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from cleaner.engines.lazy import regex
from cleaner.language import UNKNOWN
from cleaner.language.letters import ALPHABETS
from cleaner.steps.translation.findings import Detector, Mark, Options, Sheet
from cleaner.steps.translation.masks import line_at, quoted
from cleaner.steps.translation.scan import Scan

_MIXED = r"\p{Latin}\p{Cyrillic}|\p{Cyrillic}\p{Latin}"
_INDIC = (
    r"\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}"
)
_WORD_OF = {
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+": frozenset({"zh", "ja", "ko"}),
    r"\p{Cyrillic}{2,}": frozenset({"ru", "uk", "bg", "mk", "zh", "ja", "ko"}) | frozenset(ALPHABETS),
    r"\p{Arabic}[\p{Arabic}\p{M}]+": frozenset({"ar", "fa", "ur", "ps", "sd", "ug", "ckb", "dv"}),
    r"\p{Hebrew}[\p{Hebrew}\p{M}]+": frozenset({"he", "yi"}),
    rf"[{_INDIC}][{_INDIC}\p{{M}}]+": frozenset(
        {"hi", "mr", "ne", "bn", "as", "pa", "gu", "ta", "te", "kn", "ml", "si"}
    ),
    r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{2,}": frozenset({"th", "lo", "km", "my"}),
    r"[\p{Georgian}\p{Armenian}]{2,}": frozenset({"ka", "hy"}),
}
"""What a word of a script looks like, and the languages in which it is none of another one."""
_BRACKET = 400
"""Code points after an opening bracket within which a word counts as bracketed."""
_MOSTLY = 0.2
"""Share of a text from which on a script is its own, whatever language it was taken for."""
_QUOTED_LINES = 20
"""Lines below a colon, blank ones with them, that may be its quotation."""
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_WORD_BEFORE = regex(r"\w*$")
_WORD_AFTER = regex(r"\w*")
_ALIKE = dict(zip("aceiopsxyABCEHIJKMOPSTXYəäëïh", "асеіорѕхуАВСЕНІЈКМОРЅТХУәӓёїһ", strict=True))
"""Latin letters and the Cyrillic ones that look the same: only these are typed for each other."""
_LATIN_ALIKE, _CYRILLIC_ALIKE = frozenset(_ALIKE), frozenset(_ALIKE.values())
_NAME_BEFORE = regex(r"[^\W\d_a-z][\w&.'’-]*,?\ $")
_NAME_AFTER = regex(r"\s*(?:[,.;:)\]|/·•–—-]|$)")
_NAMES = """
русский українська беларуская български македонски српски қазақ қазақша кыргызча монгол тоҷикӣ татарча башҡортса чӑвашла
ўзбекча 中文 汉语 漢語 简体中文 繁體中文 繁体中文 简体 繁體 日本語 にほんご 한국어 조선말 粵語 粤语 文言
"""
_LANGUAGE_NAMES = frozenset(_NAMES.split())
"""Languages in their own words, as menus list them."""


def script_foreign(sheet: Sheet, options: Options) -> Iterator[Mark]:
    """Mark words of both Latin and Cyrillic letters, and words in a script that is not the language's.

    Letters of the other alphabet count within a word when they look like those of its own. A run counts
    from `options["fewest"]` letters on; what is in brackets or quotation marks, or after a name and
    before a punctuation mark, is named, not left over, and so is a language in a menu of languages. Lines
    of the other script alone below a colon are quoted.
    Greek is left alone: it is the alphabet of formulas.

    >>> from cleaner.steps.translation.findings import sheet_of
    >>> sheet = sheet_of("The M\N{CYRILLIC SMALL LETTER O}scow office")
    >>> [(m.start, m.end) for m in script_foreign(sheet, {"fewest": 2})]
    [(4, 10)]
    >>> two = sheet_of("The boat is red \N{CJK UNIFIED IDEOGRAPH-8239}\N{CJK UNIFIED IDEOGRAPH-8236} today.", "en")
    >>> [len(list(script_foreign(two, {"fewest": fewest}))) for fewest in (2, 3)]
    [1, 0]
    """
    scan = sheet.scan
    yield from _mixed_words(sheet.text, scan)
    for pattern in _foreign_runs(sheet.language):
        runs = list(scan.finditer(pattern))
        if sum(end - start for start, end in runs) > _MOSTLY * len(sheet.text):
            continue
        named = {sheet.text[start:end] for start, end in runs if _named(sheet, start, end)}
        for start, end in runs:
            known = sheet.text[start:end] in named or _is_announced(sheet, start)
            if end - start >= options["fewest"] and not known:
                yield Mark(start, end)


def _mixed_words(text: str, scan: Scan) -> Iterator[Mark]:
    last_end = -1
    for start, end in scan.finditer(_MIXED):
        if start < last_end:
            continue
        before = _WORD_BEFORE.search(text[max(0, start - 40) : start])
        after = _WORD_AFTER.match(text[end : end + 40])
        start, last_end = start - len(before[0] if before else ""), end + len(after[0] if after else "")
        if text[start - 1 : start] not in ("%", "\\") and _mistyped(text[start:last_end]):
            yield Mark(start, last_end, _alphabets(text[start:last_end]))


def _mistyped(word: str) -> bool:
    """Tell whether all letters of the rarer alphabet in a word look like letters of the other one.

    Accented Latin vowels in a Cyrillic word show where its stress is.

    >>> _mistyped("M\N{CYRILLIC SMALL LETTER O}scow"), _mistyped("SMS\N{CYRILLIC SMALL LETTER KA}")
    (True, False)
    """
    cyrillic = {char for char in word if "\N{CYRILLIC CAPITAL LETTER IE WITH GRAVE}" <= char <= "\u052f"}
    latin = {char for char in word if char.isalpha()} - cyrillic
    counts = [sum(char in letters for char in word) for letters in (latin, cyrillic)]
    if counts[0] > counts[1]:
        return cyrillic <= _CYRILLIC_ALIKE
    return latin <= _LATIN_ALIKE


def _foreign_runs(language: str) -> Iterator[str]:
    """Yield the patterns of words in scripts that a language is not written in; none for an unknown one."""
    if language != UNKNOWN:
        yield from (pattern for pattern, languages in _WORD_OF.items() if language not in languages)


def _named(sheet: Sheet, start: int, end: int) -> bool:
    """Tell whether a run is shown as a foreign word: in brackets or quotation marks, after a name, in a menu."""
    around = sheet.text[start - 1 : start] + sheet.text[end : end + 1]
    if any(char in "()[]（）「」『』《》/" or char.isalnum() for char in around):
        return True
    if sheet.text[max(0, start - 2) : start] == "| ":  # "Japan | ...": the same in two scripts
        return True
    at, stop = line = sheet.lines[line_at(sheet.lines, start)]
    if sheet.text[start:end].lower() in _LANGUAGE_NAMES:
        return True
    if _NAME_BEFORE.search(sheet.text, max(at, start - 40), start) and _NAME_AFTER.match(
        sheet.text, end, stop
    ):
        return True
    back = max(at, start - _BRACKET)
    if sheet.text.count("(", back, start) > sheet.text.count(")", back, start):
        return True
    return quoted(sheet.text, line, start, end)


def _is_announced(sheet: Sheet, start: int) -> bool:
    """Tell whether a word is in lines of its script alone below a colon: a quotation in its own language."""
    script = _script(sheet.text[start])
    index = line_at(sheet.lines, start)
    for begin, end in reversed(sheet.lines[max(0, index - _QUOTED_LINES) : index + 1]):
        line = sheet.text[begin:end].rstrip()
        if any(char.isalpha() and _script(char) != script for char in line):
            return line.endswith((":", "\N{FULLWIDTH COLON}"))
    return False


@lru_cache(maxsize=1024)
def _script(char: str) -> str:
    """Return the first word of the name of a letter, which is its script; one for all of Chinese, Japanese, Korean."""
    name = unicodedata.name(char, "").partition(" ")[0]
    return "CJK" if name in _EAST_ASIAN else name


def _alphabets(word: str) -> str:
    """Name the alphabets of a word.

    >>> _alphabets("M\N{CYRILLIC SMALL LETTER O}")
    'Cyrillic and Latin'
    """
    names = {unicodedata.name(char, "").partition(" ")[0] for char in word if char.isalpha()}
    return " and ".join(sorted(name.capitalize() for name in names if name))


def _trigger(options: Options, language: str) -> str:
    return "|".join((_MIXED, *_foreign_runs(language)))


SCRIPT_FOREIGN = Detector(script_foreign, _trigger)
