r"""Rewrite a regex for the text at hand: what cannot occur in it need not be compiled.

A regex for ASCII text has classes of a few bytes and no branches with other letters; one for a short
text need not count to a number that the text has no characters for. The result matches such a text as the
regex itself does, and compiles in a tenth of the time.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from cleaner.rules.regex import classes
from cleaner.rules.regex.nodes import (
    Alt,
    AnyChar,
    Atomic,
    Backref,
    Char,
    Chars,
    Edge,
    Group,
    Look,
    Node,
    Repeat,
    Seq,
    Text,
    walk,
)

WIDE: Final = 8
"""Repetitions of a character from which it is worth to leave out their bound for a text too short for it."""
NOTHING: Final = Seq(())
_FOLDED: Final = {
    "\N{LATIN SMALL LETTER LONG S}": "s",
    "\N{KELVIN SIGN}": "k",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}": "i",
    "\N{LATIN SMALL LETTER DOTLESS I}": "I",
}
"""Characters beyond ASCII that equal one of ASCII in any case."""


def wide_counts(node: Node) -> list[int]:
    """Return the bounds of a regex that a short text cannot exceed, in order.

    >>> from cleaner.rules.regex.syntax import parse
    >>> wide_counts(parse("a{2,90}.{0,40}(?:bc){0,60}b{3}"))
    [40, 90]
    """
    return sorted({bound for found in walk(node) if (bound := _bound(found))})


def _bound(node: Node) -> int:
    """Return how often a single character may be repeated, if counting that takes an automaton apart; else 0."""
    match node:
        case Repeat(Char() | Chars() | AnyChar(), _, int(high)) if high >= WIDE:
            return high
    return 0


def uncounted(node: Node, size: int) -> Node:
    r"""Leave out the bounds that no text of `size` characters exceeds.

    >>> from cleaner.rules.regex.syntax import parse
    >>> uncounted(parse("a.{0,90}"), 50) == parse("a.*"), uncounted(parse("a.{0,90}"), 91) == parse("a.{0,90}")
    (True, True)
    """
    match node:
        case Repeat() if _bound(node) >= max(size, WIDE):
            return replace(node, high=None)
        case Seq(nodes) | Alt(nodes):
            return type(node)(tuple(uncounted(child, size) for child in nodes))
        case Group(inner) | Repeat(inner):
            return replace(node, node=uncounted(inner, size))
        case _:
            return node


def in_ascii(node: Node) -> Node | None:
    """Leave out what matches no ASCII text; None when nothing is left.

    >>> from cleaner.rules.regex.syntax import parse
    >>> in_ascii(parse("(?:é|b)c")) == parse("(?:b)c"), in_ascii(parse("né"))
    (True, None)
    """
    match node:
        case Char(char, fold):
            return _ascii_char(char, fold=fold)
        case Text(text, fold):
            if text.isascii():
                return node
            chars = [_ascii_char(char, fold=fold) for char in text]
            found = [char for char in chars if char is not None]
            return Seq(tuple(found)) if len(found) == len(chars) else None
        case Chars():
            return node if _ascii_class(node) else None
        case Alt(nodes):
            kept = tuple(child for child in map(in_ascii, nodes) if child is not None)
            return kept[0] if len(kept) == 1 else Alt(kept) if kept else None
        case Seq(nodes):
            kept = tuple(child for child in map(in_ascii, nodes) if child is not None)
            return Seq(kept) if len(kept) == len(nodes) else None
        case Repeat(inner, low):
            narrow = in_ascii(inner)
            if narrow is None:
                return None if low else NOTHING
            return replace(node, node=narrow)
        case Group(inner):
            narrow = in_ascii(inner)
            return None if narrow is None else replace(node, node=narrow)
        case AnyChar() | Edge() | Look() | Atomic() | Backref():
            return node


def _ascii_char(char: str, *, fold: bool) -> Char | None:
    if char.isascii():
        return Char(char, fold)
    return Char(_FOLDED[char], fold) if fold and char in _FOLDED else None


@lru_cache(maxsize=4096)
def _ascii_class(node: Chars) -> str:
    return classes.ascii_part(classes.spelled(node))


class ForAscii:
    """Writes what `in_ascii` has left of a regex for RE2; groups only group."""

    def write(self, node: Node) -> str:
        r"""Spell a node.

        >>> from cleaner.rules.regex.syntax import parse
        >>> ForAscii().write(parse(r"(?i)is.$"))
        '[iI][sS][\\x00-\\x09\\x0B-\\x7F](?-m:$)'
        """
        match node:
            case Char(char, fold):
                return _spelled(char, fold=fold)
            case Text(text, fold):
                return "".join(_spelled(char, fold=fold) for char in text)
            case Chars():
                return f"[{_ascii_class(node)}]"
            case AnyChar(newline):
                return r"[\x00-\x7F]" if newline else r"[\x00-\x09\x0B-\x7F]"
            case Edge(kind, many):
                sign = {"start": "^", "end": "$"}.get(kind)
                return f"(?{'m' if many else '-m'}:{sign})" if sign else f"\\{kind}"
            case Group(inner):
                return f"(?:{self.write(inner)})"
            case Seq(nodes):
                return "".join(map(self.write, nodes))
            case Alt(nodes):
                return f"(?:{'|'.join(map(self.write, nodes))})"
            case Repeat(inner, low, high, mode):
                return f"(?:{self.write(inner)}){classes.count(low, high)}{mode}"
            case _:
                message = f"RE2 has no {type(node).__name__}"
                raise TypeError(message)


def _spelled(char: str, *, fold: bool) -> str:
    """Spell a character of ASCII; three letters have forms beyond it, which RE2 would add."""
    if not fold or not char.isalpha():
        return classes.quoted(char)
    return f"[{char.lower()}{char.upper()}]" if char in "iksIKS" else f"(?i:{char})"
