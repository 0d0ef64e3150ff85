r"""Regexes as PCRE2's just-in-time compiler runs them: the quick way for a short text of common characters.

RE2 is linear whatever the text, but it compiles and wakes slowly: with its tables of Unicode, in several forms for
several texts. Most lines that a rule may match are short, and most rules see few of them. For these PCRE2 is
asked first. Its answer is the same: classes are spelled as RE2 reads them, and what the two read differently
is not asked. It is bounded by a count of steps; a regex that once takes more is left to RE2 from then on, so
that what is found never depends on that count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

import pcre2
import re2

from cleaner.engines.lazy import regex
from cleaner.model import Span
from cleaner.rules import kept
from cleaner.rules.regex.classes import COMMON, WORD, compiled, count, engine, folded, spelled
from cleaner.rules.regex.nodes import Alt, AnyChar, Char, Chars, Edge, Group, Node, Repeat, Seq, Text, walk
from cleaner.rules.regex.stand_ins import named_rare
from cleaner.rules.regex.subject import PLAIN_WORDS, Short, Unit
from cleaner.rules.regex.translate import short_escape

STEPS: Final = 5000
"""Steps that it may take from one place."""
_CODES: Final = (*range(0xD800), *range(0xE000, 0x20000))
"""All common characters are among these."""
_PLAIN_CODES: Final = range(0x2123)
"""All characters of texts whose words are ASCII are among these."""
_MARKS: Final = regex(r"[^\w]|_")
_I: Final = regex("[iI\u0130\u0131]")


class Quick:
    """A regex for short texts; it knows which it cannot judge."""

    __slots__ = ("_group", "_name", "_rare", "_regexes", "_tree", "_usable")

    def __init__(self, tree: Callable[[], Node], group: int, name: str = "") -> None:
        """Take what returns the regex, and the number of the group whose place is that of a match.

        With a name, which tells it from all others, the regex is parsed and spelled once, and kept on disk.
        """
        self._tree, self._group, self._name = tree, group, name
        self._regexes: dict[bool, pcre2.Pattern | None] = {}
        self._rare: str | None = None
        self._usable = True

    def found(self, unit: Unit) -> list[Span] | None:
        r"""Return the places of all matches from left to right; None for what only RE2 can tell.

        >>> from cleaner.rules.regex.syntax import parse
        >>> quick = Quick(lambda: parse(r"\ba\d"), 0)
        >>> quick.found(Unit("a1 ba2 a3")), quick.found(Unit("\N{GEORGIAN LETTER AN} a1"))
        ([(0, 2), (7, 9)], None)
        """
        short = unit.short
        regex = None if short is None else self._regex(short)
        if short is None or regex is None:
            return None
        try:
            return self._spans(regex, short.text)
        except pcre2.LibraryError:  # more steps than it may take, or more room than it has
            self._usable = False
            return None

    def lacks(self, unit: Unit) -> bool:
        r"""Tell whether there is no match; False for what only RE2 can tell, too.

        >>> from cleaner.rules.regex.syntax import parse
        >>> [Quick(lambda: parse("a"), 0).lacks(Unit(text)) for text in ("b", "ba", "b\n")]
        [True, False, False]
        """
        short = unit.short
        regex = None if short is None else self._regex(short)
        if short is None or regex is None:
            return False
        try:
            return regex.search(short.text) is None
        except pcre2.LibraryError:
            self._usable = False
            return False

    def _regex(self, short: Short) -> pcre2.Pattern | None:
        """Return what tells about a text; None where only RE2 can."""
        if not self._usable:
            return None
        plain = short.plain
        regex = self._regexes[plain] if plain in self._regexes else self._compiled(plain=plain)
        if short.replaced and (self._rare is None or not short.replaced.isdisjoint(self._rare)):
            return None
        return regex

    def _spans(self, regex: pcre2.Pattern, text: str) -> list[Span]:
        spans: list[Span] = []
        at = 0
        while (match := regex.search(text, at)) is not None:
            spans.append(match.span(self._group))
            at = match.end() + (match.start() == match.end())
            if at > len(text):
                break
        return spans

    def _compiled(self, *, plain: bool) -> pcre2.Pattern | None:
        """Compile for texts whose words are ASCII, or for all; None where that cannot be done."""
        pattern, self._rare = self._spelled(plain=plain)
        if not pattern:
            self._usable = False
            return None
        try:
            self._regexes[plain] = pcre2.compile(f"(*LIMIT_MATCH={STEPS}){pattern}", pcre2.ASCII, jit=True)
        except pcre2.LibraryError:
            self._usable = False
            return None
        return self._regexes[plain]

    def _spelled(self, *, plain: bool) -> tuple[str, str | None]:
        """Return the regex as PCRE2 reads it, and the rare characters that it names, if it may be asked about any.

        What the engines may read differently is not spelled.
        """
        if not self._name:
            return _spelled(self._tree(), plain=plain)
        content = "\n".join(("quick", engine(), str(plain), self._name)).encode("utf-8", "surrogatepass")
        path = kept.folder_of("regexes") / kept.name_of(content)
        match kept.read(path):
            case [str(pattern), str() | None as rare]:
                return pattern, rare
        found = _spelled(self._tree(), plain=plain)
        kept.write(path, found)
        return found


def _spelled(node: Node, *, plain: bool) -> tuple[str, str | None]:
    return ("" if _may_stand_still(node) else _written(node, plain=plain)), named_rare(node)


def _written(node: Node, *, plain: bool) -> str:
    """Spell a regex for a text of common characters without line ends; `plain`: its words are ASCII."""
    match node:
        case Char(char, fold):
            return _text(char, fold=fold)
        case Text(text, fold):
            return _text(text, fold=fold)
        case Chars():
            return _class(node, plain=plain)
        case AnyChar():
            return r"[^\n]"
        case Edge(kind):
            return _place(kind, plain=plain)
        case Group(inner):
            return f"({_written(inner, plain=plain)})"
        case Seq(nodes):
            return "".join([_written(child, plain=plain) for child in nodes])
        case Alt(nodes):
            return f"(?:{'|'.join([_written(child, plain=plain) for child in nodes])})"
        case Repeat(inner, low, high, mode):
            again = _written(inner, plain=plain)
            if not isinstance(inner, Chars | AnyChar):  # a group of one would be copied for each time
                again = f"(?:{again})"
            return f"{again}{count(low, high)}{mode}"
        case _:
            message = f"no linear engine has {type(node).__name__}"
            raise TypeError(message)


def _text(text: str, *, fold: bool) -> str:
    found = _MARKS.sub(_escaped, text)
    if not fold:
        return found
    return f"(?i:{_I.sub(_every_i, found)})"


def _escaped(mark: re.Match[str]) -> str:
    return short_escape(ord(mark[0]))


def _every_i(letter: re.Match[str]) -> str:
    return f"(?-i:[{letter[0]}{folded(letter[0])}])"


@lru_cache(maxsize=4096)
def _class(node: Chars, *, plain: bool) -> str:
    return _among(spelled(node), plain=plain)


@lru_cache(maxsize=1024)
def _among(pattern: str, *, plain: bool) -> str:
    """Spell what a class takes of the characters that there are; what lies between two of them makes no difference.

    To ask about all characters takes a millisecond or more, so what is found is kept on disk; of a few, it is not.
    """
    if plain:
        return _found_among(pattern, plain=True)
    content = "\n".join(("class", engine(), pattern)).encode("utf-8", "surrogatepass")
    path = kept.folder_of("classes") / kept.name_of(content)
    found = kept.read(path)
    if not isinstance(found, str):
        found = _found_among(pattern, plain=False)
        kept.write(path, found)
    return found


def _found_among(pattern: str, *, plain: bool) -> str:
    """Ask RE2 which of all characters are in a class."""
    data = _characters(plain=plain)
    regex = compiled(f"{pattern}+")._regexp
    found: list[str] = []
    at = 0
    while (span := regex.Match(re2._Anchor.UNANCHORED, data, at, len(data))[0])[0] >= 0:
        at = span[1]
        run = data[span[0] : at].decode()
        found.append(f"{short_escape(ord(run[0]))}-{short_escape(ord(run[-1]))}")
    return f"[{''.join(found)}]" if found else "(?!)"


@cache
def _characters(*, plain: bool) -> bytes:
    """Return all characters that a text may have, in their order."""
    known, codes = (PLAIN_WORDS, _PLAIN_CODES) if plain else (COMMON, _CODES)
    return "".join(known.findall("".join(map(chr, codes)))).encode()


@cache
def _place(kind: str, *, plain: bool) -> str:
    """Spell a place; without its tables of Unicode, PCRE2 knows the boundaries of words that are ASCII."""
    if kind in ("start", "end"):
        return r"\A" if kind == "start" else r"\z"
    if plain:
        return f"\\{kind}"
    word = _among(f"[{WORD}]", plain=False)
    before, after = f"(?<={word})", f"(?<!{word})"
    ahead, none = f"(?={word})", f"(?!{word})"
    if kind == "b":
        return f"(?:{before}{none}|{after}{ahead})"
    return f"(?:{before}{ahead}|{after}{none})"


def _may_stand_still(node: Node) -> bool:
    """Tell whether a regex repeats what may match the empty text: there the engines differ."""
    return any(
        isinstance(found, Repeat) and found.high != 1 and _least(found.node) == 0 for found in walk(node)
    )


def _least(node: Node) -> int:
    """Return a number of characters that every match has."""
    match node:
        case Char() | Chars() | AnyChar():
            return 1
        case Text(text):
            return len(text)
        case Group(inner):
            return _least(inner)
        case Seq(nodes):
            return sum(map(_least, nodes))
        case Alt(nodes):
            return min(map(_least, nodes), default=0)
        case Repeat(inner, low):
            return low * _least(inner)
        case _:
            return 0
