r"""Common characters that stand in for rarer ones, so that no regex has to be compiled for these.

For a regex that does not name it, an ideograph is a letter like any other without case, and an ideographic
comma a mark like any other. What a character is, is asked of RE2, whose tables decide.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import re2

from cleaner.engines.lazy import regex
from cleaner.rules.regex.classes import COMMON, compiled, named
from cleaner.rules.regex.nodes import Char, Chars, Named, Node, Text, walk

_KINDS: Final = ("w", "d", "s", "p{L}", "p{Lu}", "p{Ll}", "p{M}")
"""The named classes by which characters are told apart; a regex with others is not asked about stand-ins."""
_STAND_INS: Final = "\u01bb\u0483\u2042\u2002"
"""A letter without case, a mark, a sign and a space."""
_RARE: Final = regex(
    "[\u0590-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7a3\ue000-\ufaff\ufb1d-\ufdcf"
    "\ufdf0-\ufe0e\ufe30-\ufe4f\ufe70-\ufeff\uff01-\uff20\uff5b-\uffef\U0001f000-\U0001f2ff\U0001f650-\U0001f67f\U0001f700-\U0001f8ff\U0001fa00-\U0001faff"
    "\U00020000-\U0003ffff]"
)
"""Characters of scripts without case, signs, and icons in private use. None of them equals another one in any case."""


def with_stand_ins(text: str) -> tuple[str, frozenset[str]] | None:
    r"""Return a text with its rare characters replaced, each by one, and which they are; None where that cannot be.

    >>> text, replaced = with_stand_ins("Photo: \u8239\u3001") or ("", frozenset())
    >>> ascii(text), sorted(map(ascii, replaced))
    ("'Photo: \\u01bb\\u2042'", ["'\\u3001'", "'\\u8239'"])
    """
    rare = frozenset(_RARE.findall(text))
    places = {ord(char): stand_in(char) for char in rare}
    if None in places.values():
        return None
    replaced = text.translate(places)
    return (replaced, rare) if COMMON.fullmatch(replaced) else None


@lru_cache(maxsize=1 << 14)
def stand_in(char: str) -> str | None:
    """Return the character that stands in for a rare one; None where there is none of its kind."""
    kinds = _kinds_of(char)
    return next((other for other in _STAND_INS if _kinds_of(other) == kinds), None)


@lru_cache(maxsize=1 << 14)
def _kinds_of(char: str) -> tuple[bool, ...]:
    data = char.encode()
    anchor = re2._Anchor.ANCHOR_BOTH
    return tuple(_class(kind)._regexp.Match(anchor, data, 0, len(data))[0][0] >= 0 for kind in _KINDS)


@lru_cache(maxsize=len(_KINDS))
def _class(kind: str) -> re2._Regexp:
    return compiled(f"[{named(kind)}]")


def named_rare(node: Node) -> str | None:
    r"""Return the rare characters that a regex names; None where it names more than some, or a stand-in.

    >>> from cleaner.rules.regex.syntax import parse
    >>> [named_rare(parse(pattern)) for pattern in (r"\w+[:：]", "[一-中]", r"\p{Han}")]
    ['：', None, None]
    """
    found: set[str] = set()
    for part in walk(node):
        for item in _items(part):
            if isinstance(item, Named):
                if item.name not in _KINDS and not item.name.startswith("["):
                    return None
            elif item[0] == item[1]:
                found.add(item[0])
            elif item[1] > "\u024f":
                return None
    if not found.isdisjoint(_STAND_INS):
        return None
    return "".join(sorted(filter(_RARE.match, found)))


def _items(node: Node) -> tuple[tuple[str, str] | Named, ...]:
    """Return the characters, ranges and classes that a node names."""
    match node:
        case Char(text) | Text(text):
            return tuple((char, char) for char in text)
        case Chars(items):
            return items
        case _:
            return ()
