"""Text of unknown origin made fit to be shown, and cut into pieces that say what changed.

What a page could take for markup is escaped by the template; what would still do harm is made visible here
after that: control characters, characters that reorder or hide text, lone surrogates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from cleaner.engines.lazy import regex

Kind: TypeAlias = Literal["same", "del", "ins", "mark", "hit"]

_UNSAFE = regex(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e"
    "\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\ud800-\\udfff"
    "\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]"
)
_MARKS = regex(
    "([\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff]{6})[\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff]+"
)
_BLANKS = {"\n": "↵", " ": "·", "\t": "⇥", "\xa0": "⍽"}
_TOKEN = regex(r"\w+|\s+|[^\w\s]")
DIFF_TOKENS = 1_500
"""Longest text, in words and signs, of which differences are marked; longer ones are shown as they are."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text as it is shown, and what it is: unchanged, removed, new, flagged, or removed by what is spoken of.

    `tag` refers to the rule behind it where there are several.
    """

    kind: Kind
    text: str
    tag: str = ""


def visible(text: str) -> str:
    r"""Show what could hide, reorder or break off text; a pile of combining marks is cut to six.

    >>> visible("a\0b\u202ec\ud800")
    'a␀b⟨U+202E⟩c⟨U+D800⟩'
    """
    return _MARKS.sub(r"\1", _UNSAFE.sub(_name, text))


def _name(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def changed(text: str) -> str:
    r"""Show a piece that was removed or inserted: blanks and line ends that stand alone become signs.

    >>> changed("  \n"), changed("a b\n")
    ('··↵', 'a b\n')
    """
    shown = visible(text)
    return shown if shown.strip() else "".join(_BLANKS.get(char, char) for char in shown)


def shorten(text: str, limit: int) -> str:
    """Cut the middle out of a long text.

    >>> shorten("abcdefghij", 5)
    'abc … ij'
    """
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[: limit - half].rstrip()} … {text[len(text) - half :].lstrip()}"


def before(text: str, end: int, width: int) -> str:
    """Return up to `width` characters before `end`, from the beginning of a word where there is one.

    >>> before("one two three", 8, 6)
    '… two '
    """
    start = max(0, end - width)
    if not start:
        return text[:end]
    while start < end and not text[start - 1].isspace():
        start += 1
    return "… " + text[start if start < end else max(0, end - width) : end].lstrip("\n")


def after(text: str, start: int, width: int) -> str:
    """Return up to `width` characters from `start`, to the end of a word where there is one.

    >>> after("one two three", 3, 6)
    ' two …'
    """
    end = min(len(text), start + width)
    if end == len(text):
        return text[start:]
    while end > start and not text[end].isspace():
        end -= 1
    return text[start : end if end > start else start + width] + " …"


def differences(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both texts in pieces, with the words that only one of them has marked.

    >>> one, other = differences("last month", "last winter")
    >>> [piece.text for piece in one if piece.kind == "del"], [p.text for p in other if p.kind == "ins"]
    (['month'], ['winter'])
    """
    one, other = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(one), len(other)) > DIFF_TOKENS or old == new:
        return (Piece("same", visible(old)),), (Piece("same", visible(new)),)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        plain = tag == "equal"
        left += _piece("same" if plain else "del", one[i:j])
        right += _piece("same" if plain else "ins", other[k:m])
    return tuple(left), tuple(right)


def inline(old: str, new: str) -> tuple[Piece, ...]:
    """Return one text in pieces, with the words that it alone has struck out, and those of the other beside them.

    >>> [(piece.kind, piece.text) for piece in inline("last month", "last winter")]
    [('same', 'last '), ('del', 'month'), ('ins', 'winter')]
    """
    one, other = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(one), len(other)) > DIFF_TOKENS:
        return (Piece("same", visible(old)),)
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        found += _piece("same" if tag == "equal" else "del", one[i:j])
        if tag != "equal":
            found += _piece("ins", other[k:m])
    return tuple(found)


def _piece(kind: Kind, tokens: Sequence[str]) -> list[Piece]:
    text = "".join(tokens)
    show = visible if kind == "same" else changed
    return [Piece(kind, show(text))] if text else []
