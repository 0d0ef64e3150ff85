r"""Widen a regex for the prefilter, which looks for all rules of a set at once.

The widened pattern matches wherever the exact one does, and is cheap as an automaton: classes are
exact in ASCII and take anything (or their few explicit ranges) outside it, counts become loops,
lookaround is dropped. What the prefilter lets through is confirmed exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.engines.lazy import regex
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
    Named,
    Node,
    Repeat,
    Seq,
    Text,
    walk,
)
from cleaner.rules.regex.translate import one_char, spelled_text

_MAX_COUNT = 4
"""Counts above this become loops: the automaton would have a state for each combination of them."""
_LEAST_WEIGHT = 3
_BEYOND = r"\x{80}-\x{10FFFF}"


@dataclass(frozen=True, slots=True)
class Wide:
    """Writes the widened form; `lines`: no match holds a newline."""

    lines: bool = True

    def pattern(self, node: Node) -> str:
        r"""Spell a whole pattern; a word boundary at its ends looks at the character next to it.

        >>> from cleaner.rules.regex.syntax import parse
        >>> Wide().pattern(parse(r"[a-c]{1,90}x(?=y)$"))
        '(?:(?-i:[\\x{61}-\\x{63}]))+x(?m:$)'
        """
        return self._write(narrowed(node), first=True, last=True)

    def _write(self, node: Node, *, first: bool = False, last: bool = False) -> str:
        match node:
            case Char(char, fold):
                return one_char(char, fold=fold)
            case Text(text, fold):
                return spelled_text(text, fold=fold)
            case Chars():
                return self._chars(node)
            case AnyChar(newline):
                return self._any(newline=newline)
            case Edge(kind):
                return {"start": "(?m:^)", "end": "(?m:$)"}.get(kind, "")
            case Group(inner) | Atomic(inner):
                return f"(?:{self._write(inner, first=first, last=last)})"
            case Look():
                return ""
            case Backref():
                return f"{self._any(newline=True)}*"
            case Seq(nodes):
                return self._seq(nodes, first=first, last=last)
            case Alt(nodes):
                return f"(?:{'|'.join(self._write(child, first=first, last=last) for child in nodes)})"
            case Repeat(inner, low, high):
                return f"(?:{self._write(inner)}){_loose(low, high)}"

    def _any(self, *, newline: bool) -> str:
        return "(?s:.)" if newline and not self.lines else r"[^\n]"

    def _chars(self, node: Chars) -> str:
        """Keep explicit ranges and white space as they are; of other classes keep the ASCII part."""
        exact = classes.spelled(node)
        spaces = Named("s")
        if not node.negated and all(item == spaces or not isinstance(item, Named) for item in node.items):
            return exact.replace(classes.SPACE, classes.SPACE_IN_LINE) if self.lines else exact
        inside = classes.ascii_part(exact, without="\n" if self.lines else "")
        return f"[{inside}{_BEYOND}]"

    def _seq(self, nodes: tuple[Node, ...], *, first: bool, last: bool) -> str:
        end = len(nodes) - 1
        parts = []
        for i, node in enumerate(nodes):
            if not (isinstance(node, Edge) and node.kind == "b"):
                parts.append(self._write(node, first=first and i == 0, last=last and i == end))
            elif (i < end and _is_ascii_word(nodes[i + 1], at=0)) or (
                i and _is_ascii_word(nodes[i - 1], at=-1)
            ):
                parts.append(r"\b")
            elif first and i == 0 < end and (letters := _alphabet(nodes[1], at=0)):
                parts.append(rf"(?:(?m:^)|[^\n{letters}])")
            elif last and i == end > 0 and (letters := _alphabet(nodes[i - 1], at=-1)):
                parts.append(rf"(?:(?m:$)|[^\n{letters}])")
        return "".join(parts)


def narrowed(node: Node) -> Node:
    r"""Keep, of a sequence with wide gaps, the most specific piece between two gaps.

    A piece matches wherever the whole does. With its gaps, a pattern would make the automaton
    remember to the end of the line that it has begun; for many patterns that means a new state for
    every combination of them, at almost every character of new text.

    >>> from cleaner.rules.regex.syntax import parse
    >>> Wide().pattern(parse(r"\bwe\b.{0,90}cookies(?:,.*)?$"))
    'cookies'
    """
    match node:
        case Group(inner):
            return narrowed(inner)
        case Alt(nodes):
            return Alt(tuple(map(narrowed, nodes)))
        case Seq(nodes) if any(map(_has_gap, nodes)):
            pieces = _pieces(nodes)
            best = max(pieces, key=_weight)
            return best if _weight(best) >= _LEAST_WEIGHT else node
        case _:
            return node


def _pieces(nodes: tuple[Node, ...]) -> list[Node]:
    """Cut a sequence at whatever holds a gap."""
    pieces: list[list[Node]] = [[]]
    for child in nodes:
        if _has_gap(child):
            pieces.append([])
        else:
            pieces[-1].append(child)
    return [Seq(tuple(piece)) for piece in pieces]


def _has_gap(node: Node) -> bool:
    return any(isinstance(found, Repeat) and _is_wide(found) for found in walk(node))


def _is_wide(node: Repeat) -> bool:
    """Tell whether a repetition can pass over any words and the spaces between them."""
    if node.high is not None and node.high <= _MAX_COUNT:
        return False
    passed = [classes.ascii_part(classes.spelled(found)) for found in walk(node) if isinstance(found, Chars)]
    passed += [r"\x{20}\x{65}" for found in walk(node) if isinstance(found, AnyChar)]
    return all(any(char in taken for taken in passed) for char in (r"\x{20}", r"\x{65}"))


def _weight(node: Node) -> float:
    """Estimate how specific a match of a node is: the characters that it surely holds, and its anchors."""
    match node:
        case Char():
            return 1
        case Text(text):
            return len(text)
        case Chars(negated=False):
            return 0.5
        case Edge("start"):
            return 1
        case Group(inner) | Atomic(inner):
            return _weight(inner)
        case Repeat(inner, low):
            return min(low, _MAX_COUNT) * _weight(inner)
        case Seq(nodes):
            return sum(map(_weight, nodes))
        case Alt(nodes):
            return min(map(_weight, nodes), default=0)
        case _:
            return 0


def _loose(low: int, high: int | None) -> str:
    if max(low, high or 0) <= _MAX_COUNT:
        return classes.count(low, high)
    return "+" if low else "*"


def _ends(node: Node, at: int) -> Iterator[Node]:
    """Yield the nodes that take the first (`at` 0) or last (-1) character; an Edge where that is open."""
    match node:
        case Group(inner) | Atomic(inner):
            yield from _ends(inner, at)
        case Repeat(inner, low):
            yield from _ends(inner, at) if low else (_OPEN,)
        case Alt(nodes):
            for child in nodes:
                yield from _ends(child, at)
        case Seq(nodes):
            yield from _ends(nodes[at], at) if nodes else (_OPEN,)
        case Text(text, fold):
            yield Char(text[at], fold)
        case _:
            yield node


_OPEN = Edge("b")


def _alphabet(node: Node, *, at: int) -> str:
    """Return the range of letters that has the first (last) character of all that a node matches, or nothing."""
    found = {_range_of(end.char) if isinstance(end, Char) else "" for end in _ends(node, at)}
    return found.pop() if len(found) == 1 else ""


def _range_of(char: str) -> str:
    for first, last in classes.LETTERS_BEYOND:
        if first <= char <= last:
            return f"{first}-{last}"
    return ""


def _is_ascii_word(node: Node, *, at: int) -> bool:
    r"""Tell whether RE2's own `\b` suffices beside a node: ASCII, and ASCII in any case.

    The letters i, k and s have forms outside ASCII in some case.
    """
    return all(_is_ascii_letter(end) for end in _ends(node, at))


def _is_ascii_letter(node: Node) -> bool:
    match node:
        case Char(char, fold):
            return bool((_ASCII_FOLDED if fold else _ASCII).fullmatch(char))
        case Chars(items, negated=False, fold=fold):
            known = _ASCII_FOLDED if fold else _ASCII
            return all(
                not isinstance(item, Named) and item[0] == item[1] and known.fullmatch(item[0])
                for item in items
            )
        case _:
            return False


_ASCII = regex("[0-9A-Za-z_]")
_ASCII_FOLDED = regex("[0-9A-HJLM-RT-Za-hjlm-rt-z_]")
