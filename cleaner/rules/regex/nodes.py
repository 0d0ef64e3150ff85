"""The parsed form of a regex: frozen nodes, and walks over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Char:
    """One character; `fold`: in any case."""

    char: str
    fold: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Several characters one after another, as one node for the sake of speed."""

    text: str
    fold: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A class with a name: `w`, `d`, `s`, `p{L}` or `[:alpha:]`."""

    name: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Chars:
    """A class of characters: ranges (first, last) and named classes."""

    items: tuple[tuple[str, str] | Named, ...]
    negated: bool
    fold: bool


@dataclass(frozen=True, slots=True)
class AnyChar:
    """The dot; `newline`: also a newline."""

    newline: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A place: start or end of the text (`many`: of a line), a word boundary or none."""

    kind: Literal["start", "end", "b", "B"]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group."""

    node: Node
    name: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A lookaround."""

    node: Node
    ahead: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Atomic:
    """A group that is never entered again."""

    node: Node


@dataclass(frozen=True, slots=True)
class Backref:
    """A backreference by number or name."""

    ref: str
    fold: bool


@dataclass(frozen=True, slots=True)
class Seq:
    """Nodes one after another."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    """A choice, the first that leads to a match wins."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A quantifier; `mode` is empty (greedy), `?` (lazy) or `+` (possessive)."""

    node: Node
    low: int
    high: int | None
    mode: Literal["", "?", "+"] = ""


Node: TypeAlias = Char | Text | Chars | AnyChar | Edge | Group | Look | Atomic | Backref | Seq | Alt | Repeat

SPACE = Chars((Named("s"),), negated=False, fold=False)
"""White space."""


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order in which they were written.

    >>> from cleaner.rules.regex.syntax import parse
    >>> [type(node).__name__ for node in walk(parse("a(b)"))]
    ['Seq', 'Char', 'Group', 'Char']
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case Seq(nodes) | Alt(nodes):
                waiting += reversed(nodes)
            case Group(inner) | Look(inner) | Atomic(inner) | Repeat(inner):
                waiting.append(inner)


def needs_backtracking(node: Node) -> str:
    """Name the first construct that no linear engine can run; empty if there is none.

    >>> from cleaner.rules.regex.syntax import parse
    >>> needs_backtracking(parse("a(?!b)"))
    'lookaround'
    """
    for found in walk(node):
        match found:
            case Look():
                return "lookaround"
            case Backref():
                return "a backreference"
            case Atomic():
                return "an atomic group"
            case Repeat(mode="+"):
                return "a possessive quantifier"
    return ""
