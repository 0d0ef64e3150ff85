"""Tokens of a text as pure functions: the definition on which all of deduplication is based.

A token is a word: letters, digits and underscores of the lower-cased NFC text with the marks (vowel signs,
points, accents) that follow them. In scripts that are written without spaces it is a character
with its marks. Signs that carry meaning are tokens as well: currency, mathematics, other symbols
such as emoji, and the hyphen-minus of a negative number. All else separates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from unicodedata import category, normalize

from cleaner.engines.lazy import regex

LIMIT = 0x20000
"""From here on there is no sign, and no mark but the variation selectors."""
SELECTORS = (0xE0100, 0xE01EF)
UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts that are written without spaces between words (first and last code point)."""
CHARACTERS_PER_WORD = 3
"""Characters of such a script that count as a word where a bound is given in words."""

_STYLES = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′‹›`´“”„‟″«»〝〞〟＂＇「」『』", '"'),
        "'": '"',
        **dict.fromkeys("‐‑‒–—―⸺⸻﹘﹣－", "-"),
    }
)
"""Quotation marks and dashes of all styles."""
_ASCII = regex(r"[a-z0-9_]+|[$+<=>|~]|(?<![a-z0-9_])-(?=[0-9])")
_SIGN = regex(r"[$+<=>|~-](?:(?<!-)|(?<![A-Za-z0-9_]-)(?=[0-9]))")
_WORDS = "".join(char.lower() if char.isalnum() or char == "_" else " " for char in map(chr, range(0x80)))
"""What each character of ASCII becomes in a text without such signs."""


def tokens(text: str) -> list[str]:
    """Split a text into its tokens.

    >>> tokens("Don't panic: 東京, -5 < +5 €")
    ['don', 't', 'panic', '東', '京', '-', '5', '<', '+', '5', '€']
    """
    if text.isascii():
        return _ASCII.findall(text.lower()) if _SIGN.search(text) else text.translate(_WORDS).split()
    return pattern().findall(normalize("NFC", text).lower())


def word_count(found: Sequence[str]) -> int:
    """Count the words of a text for a bound: signs are none, three characters without spaces are one.

    >>> word_count(tokens("It was -5 in 東京都"))
    5
    """
    alone = sum(is_unspaced(token[0]) for token in found)
    words = sum(token[0].isalnum() or token[0] == "_" for token in found if not is_unspaced(token[0]))
    return words + alone // CHARACTERS_PER_WORD


def is_unspaced(char: str) -> bool:
    """Tell whether a character is of a script that is written without spaces."""
    return char >= "\u0e00" and any(first <= ord(char) <= last for first, last in UNSPACED)


def same_text(first: str, second: str) -> bool:
    """Tell whether two texts are equal apart from case, white space and the style of quotation marks and dashes.

    >>> same_text("“So it is” – he said", '"so it is" - He  said'), same_text("It is.", "It is!")
    (True, False)
    """
    return first == second or _bare(first) == _bare(second)


def _bare(text: str) -> str:
    """Return a text without white space, in lower case, with one kind of quotation marks and of dashes."""
    return "".join(normalize("NFC", text).lower().translate(_STYLES).split())


@cache
def kinds() -> str:
    """Return a letter for every character below `LIMIT`.

    M for a mark, V for a sign of currency or mathematics, S for another sign that is a token, else a dot.

    >>> kinds()[ord("€")], kinds()[0x0301], kinds()[ord("©")], kinds()[ord("^")]
    ('V', 'M', 'S', '.')
    """
    letter = {"Mn": "M", "Mc": "M", "Me": "M", "Sc": "V", "Sm": "V", "So": "S"}
    return "".join(letter.get(category(char), ".") for char in map(chr, range(LIMIT)))


@cache
def pattern() -> re.Pattern[str]:
    """Return the pattern of one token in a lower-cased NFC text."""
    alone = _class_of(UNSPACED)
    marks = _class_of([*_stretches("M"), SELECTORS])
    letter = rf"[^\W{alone}]"
    return re.compile(
        rf"[{alone}][{marks}]*|{letter}+(?:[{marks}]+{letter}*)*|[{_class_of(_stretches('[SV]'))}]|(?<!\w)-(?=\d)"
    )


def _stretches(kind: str) -> list[tuple[int, int]]:
    """Return first and last character of each stretch of a kind."""
    return [(found.start(), found.end() - 1) for found in re.finditer(f"{kind}+", kinds())]


def _class_of(ranges: Sequence[tuple[int, int]]) -> str:
    """Write ranges of characters as the inside of a character class."""
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in ranges)
