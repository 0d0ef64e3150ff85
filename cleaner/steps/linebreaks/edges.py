"""What the end of a line and the start of the next one look like.

The shape of an end or a start is one word out of `END_SHAPES` or `START_SHAPES`; all decisions
about line breaks are made of shapes, widths and word lists, never of single words of a text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from cleaner.engines.lazy import regex
from cleaner.protected.code.filling import is_justified

EndShape: TypeAlias = Literal[
    "stop", "colon", "comma", "semicolon", "dash", "hyphen", "closer", "opener", "function", "abbreviation",
    "lower", "capital", "digit", "uncased", "other",
]  # fmt: skip
StartShape: TypeAlias = Literal[
    "lower", "capital", "capitals", "uncased", "digit", "quoted-lower", "quoted", "dash", "item", "closer",
    "other",
]  # fmt: skip

SPACELESS = regex(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u31c0-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Characters of scripts written without spaces (Thai, Lao, Myanmar, Khmer, Han, kana), and their marks."""

STOPS = frozenset(".!?\u2026\u203d\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362\u104b\u17d4")
COMMAS = frozenset(",\u060c\u3001\uff0c\u1363\u055d")
SEMICOLONS = frozenset(";\u061b\uff1b\u1364")
COLONS = frozenset(":\uff1a\u17d6")
DASHES = frozenset("\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}")
END_DASHES = frozenset("\N{EM DASH}\N{HORIZONTAL BAR}")
BARRED = frozenset("、。，！：；？」』）》〉】")
"""Marks of scripts without spaces that no line begins with, by the rules of their typesetting."""
HYPHENS = frozenset("-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SOFT HYPHEN}\N{NOT SIGN}")

QUOTES = frozenset("\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u00ab\u00bb")
"""Quotation marks; which of them open and which close is a matter of the language."""
OPENING = frozenset("([{\u00bf\u00a1\u201a\u201e\u3008\u300a\u300c\u300e\u3010\u3014\u3016\uff08\uff3b\uff5b")
CLOSING = frozenset(")]}\u3009\u300b\u300d\u300f\u3011\u3015\u3017\uff09\uff3d\uff5d")
_CLOSERS = "".join(sorted(CLOSING | QUOTES))
_OPENERS = "".join(sorted(OPENING | QUOTES)) + " "

_CAMEL = regex(r"[^\W\d_A-Z]{1,12}[A-Z]")
"""A name that begins in lower case: eBay."""
_NOT_PROSE = regex(
    r"""(?x)
    [{}\\|\t] | ^ \S+ @ \S+ | ^ (?: \S+ \s ){0,2} \S* (?: :// | www\. ) | :// \S{0,300} $
    | \w\(\) | [a-z]_[a-z] | \s [<>=]{1,3} \s | </?[a-z] | ; \s* //
    | \d \s* -> | -> \s* [-+]? \d
    | [({=<>] $ | \w \( [^()]{0,300} \) ; $ | ^ // | ^ [a-z][\w.-]* : \s? \S+ $ | ^ [a-z]\w*[_.-][\w.-]* : $
    """
)
"""Code, configuration, markup, addresses of the web."""

_ODD = (*"{}\\|\t_<>=@", "//", "()", "www.")
"""One of these is in what `_NOT_PROSE` finds, but for what a bracket ends, and for keys of settings."""

_ITEM = regex(
    r"""(?x)
    [\N{BULLET}\u2023\u25a0-\u25ff\u2043\u2219\N{MIDDLE DOT}\u2713-\u2718\u27a4\u2605\u2606] \s* \S
    | [-*+>#|\N{EN DASH}] \s+ \S
    | \(? (?: \d{1,3} | [A-Za-z] | [ivxlcIVXLC]{1,5} ) [.)\]] \s
    | \# | \| | // | [{}<>]
    """
)


_ORDINAL = regex(r"\d{1,2}\.\s?([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language that matter beside a line end (all in lower case)."""

    function: frozenset[str] = frozenset()
    abbreviations: frozenset[str] = frozenset()
    elisions: frozenset[str] = frozenset()
    after_number: frozenset[str] = frozenset()


NO_WORDS = Words()


def end_shape(line: str, words: Words) -> EndShape:
    """Name the shape of the end of a stripped, non-empty line.

    >>> [end_shape(line, NO_WORDS) for line in ("He left.", 'He "left"', "and so,", "In Rome")]
    ['stop', 'closer', 'comma', 'capital']
    """
    last = line[-1]
    if last.isalpha():
        return _word_end(line, words)
    if last in STOPS:
        return _stop_end(line, words)
    if last in COMMAS:
        return "comma"
    if last.isdigit():
        return "digit"
    if last in HYPHENS:
        return "hyphen" if line[-2:-1].isalnum() else "dash"
    return _mark_end(line, last, words)


def _word_end(line: str, words: Words) -> EndShape:
    word = last_word(line)
    if word.lower() in words.function or (SPACELESS.match(line[-1]) and line[-1] in words.function):
        return "function"
    if not cased(word[-1]):
        return "uncased"
    return "capital" if word[0].isupper() else "lower"


def _stop_end(line: str, words: Words) -> EndShape:
    if line[-1] == "." and not line.endswith(".."):
        word = line[line.rfind(" ") + 1 :].lstrip("(\"'\u201c\u2018")
        if word.lower() in words.abbreviations or (len(word) == 2 and word[0].isupper()):
            return "abbreviation"
    return "stop"


def _mark_end(line: str, last: str, words: Words) -> EndShape:
    if last in COLONS:
        return "colon"
    if last in SEMICOLONS:
        return "semicolon"
    if last in DASHES:
        return "dash"
    if last in OPENING:
        return "opener"
    if last in "'\u2019" and is_elision(line, words.elisions):
        return "function"
    if last in CLOSING or last in QUOTES:
        inner = line.rstrip(_CLOSERS)
        return "stop" if inner and inner[-1] in STOPS else "closer"
    if is_mark(last):
        return "function" if line[line.rfind(" ") + 1 :] in words.function else "uncased"
    return "uncased" if last.isalnum() else "other"


def is_elision(line: str, elisions: frozenset[str]) -> bool:
    """Tell whether a line ends in a word that lost its vowel before the next one.

    >>> is_elision("devant l'", frozenset({"l"})), is_elision("dit 'oui'", frozenset({"l"}))
    (True, False)
    """
    return line[-1] in "'\u2019" and last_word(line[:-1]).lower() in elisions


def start_shape(line: str) -> StartShape:
    """Name the shape of the start of a stripped, non-empty line.

    >>> [start_shape(line) for line in ("left.", '"We left', "2. Rome", "CHAPTER II", "Rome")]
    ['lower', 'quoted', 'item', 'capitals', 'capital']
    """
    first = line[0]
    if first.isalpha():
        if is_lower(first):
            if _CAMEL.match(line):
                return "capital"
            return "item" if len(line) > 2 and line[1] in ".)" and line[2] == " " else "lower"
        if not cased(first):
            return "uncased"
        if _ITEM.match(line) and line[1:2] in (")", "]"):
            return "item"
        return "capitals" if len(line) > 1 and line.isupper() else "capital"
    if _ITEM.match(line):
        return "item"
    if first.isdigit():
        return "digit"
    if first in DASHES or first in HYPHENS:
        return "dash"
    return _marked_start(line, first)


def is_dated(line: str, after_number: frozenset[str]) -> bool:
    """Tell whether a line begins with an ordinal number that is no label: a month or the like follows it.

    >>> is_dated("3. Mai 1931 und", frozenset({"mai"})), is_dated("3. Die Mole", frozenset({"mai"}))
    (True, False)
    """
    found = _ORDINAL.match(line)
    return found is not None and found[1].lower() in after_number


def _marked_start(line: str, first: str) -> StartShape:
    if first in OPENING or first in QUOTES:
        inner = line.lstrip(_OPENERS)
        return "quoted-lower" if inner and is_lower(inner[0]) else "quoted"
    if first in STOPS or first in COMMAS or first in SEMICOLONS or first in COLONS or first in CLOSING:
        return "closer"
    return "other"


def is_prose(line: str) -> bool:
    """Tell whether a line may be prose: not code, configuration, markup or an address of the web.

    >>> is_prose("He left."), is_prose("return f(x);"), is_prose("https://example.org/a")
    (True, False, False)
    """
    if "   " in line and not is_justified(line):  # columns of a table
        return False
    return not _may_be_other(line) or _NOT_PROSE.search(line) is None


def _may_be_other(line: str) -> bool:
    """Tell whether a line has what is in whatever `_NOT_PROSE` finds: quicker to ask."""
    if any(map(line.__contains__, _ODD)):
        return True
    return line[-1:] == "(" or line.endswith(");") or ("a" <= line[:1] <= "z" and ":" in line)


def begin_alike(left: str, right: str) -> bool:
    """Tell whether two lines begin with the same three words, or two of which one is no word, as commands do.

    A name before options is enough: they are two ways to call one command. So is a label with a colon, or a
    name that counts.

    >>> begin_alike("rope --new a", "rope --new b"), begin_alike("of the rope", "of the pier")
    (True, False)
    >>> begin_alike("rope [-n] pier ...", "rope --version")
    True
    >>> begin_alike("tide3 adds 1", "tide4 adds 2"), begin_alike("pilot: no tide", "pilot: no wind")
    (True, True)
    """
    if left[:1] != right[:1]:
        return False
    first, second = left.split(" ", 3)[:3], right.split(" ", 3)[:3]
    if _label(first[0]) == _label(second[0]) != "":
        return True
    if first[0] == second[0] and all(words[1:] and words[1].startswith(_OPTION) for words in (first, second)):
        return True
    if len(first) < 3 or first[:2] != second[:2]:
        return False
    return first == second or not first[1].isalpha()


def _label(word: str) -> str:
    """Return what a label with a colon, or a name before figures, shares with the next one; nothing for a word."""
    name = word.rstrip("0123456789")
    return word if word.endswith(":") else name if name != word and name.isalpha() else ""


_OPTION = ("-", "[-", "[<")
"""How the options of a command begin."""

TITLE_WORDS = 3
"""A title in capitals has so many words of `TITLE_LETTERS` letters or more, each with its capital."""
TITLE_LETTERS = 4
_LONG_WORD = regex(rf"[^\W\d_]{{{TITLE_LETTERS},}}")


def is_title(line: str) -> bool:
    """Tell whether a line is written as English titles are: every long word with a capital.

    >>> is_title("The Long Way to the Northern Islands"), is_title("The long way to Berlin")
    (True, False)
    """
    words = _LONG_WORD.findall(line)
    return len(words) >= TITLE_WORDS and all(word[0].isupper() for word in words)


def in_brackets(line: str) -> bool:
    """Tell whether a whole line is in brackets, as stage directions are.

    >>> in_brackets("(They leave.)"), in_brackets("(Berg) left (early)")
    (True, False)
    """
    return line[0] in "([" and line[-1] in ")]" and line.find(line[-1]) == len(line) - 1


BARE_NUMBER = regex(r"\d{1,4}|[ivxlc]{1,6}")
_ROMAN = frozenset("ivxlc")
_NUMBER_ENDS = _ROMAN | frozenset("-\u2013\u2014])\u00b7*~")
_LONGEST_BARE = 6
"""A longer line that begins with a letter is no number."""
_MARKED_NUMBER = regex(
    r"[-\u2013\u2014\[(\u00b7*~]+ ?\d{1,4} ?[-\u2013\u2014\])\u00b7*~]+|\d{1,4} ?(?:/|of) ?\d{1,4}"
)


def is_page_number(line: str) -> bool:
    """Tell whether a line holds a number and nothing else.

    >>> is_page_number("12"), is_page_number("– 12 –"), is_page_number("12 ships")
    (True, True, False)
    """
    first, last = line[:1], line[-1:]
    if first.isalpha() and (len(line) > _LONGEST_BARE or first not in _ROMAN):
        return False
    if last not in _NUMBER_ENDS and not last.isdecimal():
        return False
    return BARE_NUMBER.fullmatch(line) is not None or _MARKED_NUMBER.fullmatch(line) is not None


def last_word(line: str) -> str:
    """Return the letters (and apostrophes) at the very end of a line.

    >>> last_word("that's what they don't")
    "don't"
    """
    at = len(line)
    while at and (line[at - 1].isalpha() or (line[at - 1] in "'\u2019" and at < len(line))):
        at -= 1
    return line[at:].lstrip("'\u2019")


def first_word_length(line: str) -> int:
    """Count the characters before the first space; a line without spaces counts one character for its script.

    >>> first_word_length("liberating the city")
    10
    """
    if SPACELESS.match(line):
        return 1
    at = line.find(" ")
    return len(line) if at < 0 else at


@lru_cache(maxsize=4096)
def cased(character: str) -> bool:
    """Tell whether a letter belongs to a script with capitals.

    >>> cased("ж"), cased("ש"), cased("中")
    (True, False, False)
    """
    return character.lower() != character.upper() and not "\u10d0" <= character <= "\u10ff"


def is_lower(character: str) -> bool:
    """Tell whether a character is a small letter beside capitals; Unicode counts all of Georgian as small.

    >>> is_lower("a"), is_lower("A"), is_lower("ა")
    (True, False, False)
    """
    return character.islower() and not "\u10d0" <= character <= "\u10ff"


def is_mark(character: str) -> bool:
    """Tell whether a character is a combining mark, such as a vowel sign that ends a Hindi or Thai word."""
    return unicodedata.category(character).startswith("M")


def spaceless(left: str, right: str) -> bool:
    """Tell whether two lines meet without a space: a side is of a script that has none, or is its mark.

    >>> spaceless("我们", "今天"), spaceless("we", "today"), spaceless("使用 Linux", "系统")
    (True, False, True)
    """
    return bool(SPACELESS.match(left[-1]) or SPACELESS.match(right[0]))
