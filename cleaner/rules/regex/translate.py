r"""Write a parsed regex for the engines that run it: exactly, for RE2 and for PCRE2.

RE2 has no `\b` that knows letters outside ASCII. In text that has any, every word boundary is marked
by a character without meaning of its own, `\b` is written as that mark, and all else skips marks. The
match is still exact and linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from cleaner.engines.lazy import regex
from cleaner.rules.regex import classes
from cleaner.rules.regex.nodes import (
    SPACE,
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
)

MARK = "\ufdd0"
"""Stands for a word boundary. This and `INNER` are noncharacters, which no text should hold."""
INNER = "\ufdd1"
r"""Stands, for patterns with `\B`, wherever there is no word boundary."""

_BEHIND = 8
"""White space that a folded space takes inside a lookbehind, whose length PCRE2 wants limited."""
_WORD = f"[{classes.WORD}]"


def folded_spaces(node: Node, *, behind: bool = False) -> Node:
    """Let every space outside a class stand for a run of white space."""
    match node:
        case Char(" "):
            return Repeat(SPACE, 1, _BEHIND if behind else None)
        case Seq(nodes) | Alt(nodes):
            return type(node)(tuple(folded_spaces(child, behind=behind) for child in nodes))
        case Look(inner, ahead):
            return replace(node, node=folded_spaces(inner, behind=behind or not ahead))
        case Group(inner) | Atomic(inner) | Repeat(inner):
            return replace(node, node=folded_spaces(inner, behind=behind))
        case _:
            return node


@dataclass(frozen=True, slots=True)
class ForRE2:
    """Writes a node for RE2.

    `marks` are the characters that the text carries besides its own; `common` tells that it has only
    common characters, for which classes are shorter; without `captures` groups only group, which
    costs a pass less.
    """

    marks: str = ""
    common: bool = False
    captures: bool = True

    def write(self, node: Node) -> str:
        r"""Spell a node.

        >>> from cleaner.rules.regex.syntax import parse
        >>> ForRE2().write(parse(r"\ba(b|\d)"))
        '\\ba((?:b|(?-i:[\\p{Nd}])))'
        """
        match node:
            case Char(char, fold):
                return self._taken(one_char(char, fold=fold))
            case Text(text, fold):
                if not self.marks:
                    return spelled_text(text, fold=fold)
                return "".join(self._taken(one_char(char, fold=fold)) for char in text)
            case Chars():
                spelled = classes.spelled(node, without=self.marks)
                short = self.common and any(isinstance(item, Named) for item in node.items)
                return self._taken(classes.in_common(spelled) if short else spelled)
            case AnyChar(newline):
                other = "" if newline else r"\n"
                return self._taken(f"[^{other}{self.marks}]" if other or self.marks else "(?s:.)")
            case Edge():
                return self._edge(node)
            case Group(inner, name):
                head = "?:" if not self.captures else f"?P<{name}>" if name else ""
                return f"({head}{self.write(inner)})"
            case Seq(nodes):
                return "".join(map(self.write, nodes))
            case Alt(nodes):
                return f"(?:{'|'.join(map(self.write, nodes))})"
            case Repeat(inner, low, high, mode):
                return f"(?:{self.write(inner)}){classes.count(low, high)}{mode}"
            case _:
                message = f"RE2 has no {type(node).__name__}"
                raise TypeError(message)

    def _taken(self, one: str) -> str:
        return f"[{self.marks}]*{one}" if self.marks else one

    def _edge(self, node: Edge) -> str:
        line = "m" if node.many else "-m"
        if node.kind == "start":
            return f"(?{line}:^)"
        if node.kind == "end":
            return self._taken(f"(?{line}:$)")
        if self.marks:
            return MARK if node.kind == "b" else INNER
        return f"\\{node.kind}"


def for_pcre2(node: Node) -> str:
    r"""Spell a node for PCRE2, which takes all that the parser takes.

    The package `pcre2` reads escapes as JavaScript does, which has no `\x{H}`.

    >>> from cleaner.rules.regex.syntax import parse
    >>> for_pcre2(parse(r"(?<!a)b++\1[.é]"))
    '(?<!a)(?:b)++(?-i:\\g{1})(?-i:[\\x2Eé])'
    """
    return _LONG_ESCAPE.sub(lambda code: short_escape(int(code[1], 16)), _pcre2(node))


_LONG_ESCAPE = regex(r"\\x\{([0-9A-F]+)\}")


def short_escape(code: int) -> str:
    r"""Spell a character as the package `pcre2` reads it.

    >>> short_escape(0x2E), short_escape(0xE9)
    ('\\x2E', 'é')
    """
    return f"\\x{code:02X}" if code < 0x80 else chr(code)


def _pcre2(node: Node) -> str:
    match node:
        case Char(char, fold):
            return one_char(char, fold=fold)
        case Text(text, fold):
            return spelled_text(text, fold=fold)
        case Chars():
            return classes.spelled(node)
        case AnyChar(newline):
            return "(?s:.)" if newline else r"[^\n]"
        case Edge(kind, many):
            return _PLACES[kind, many]
        case Group(inner, name):
            return f"({f'?P<{name}>' if name else ''}{_pcre2(inner)})"
        case Look(inner, ahead, negated):
            return f"(?{'' if ahead else '<'}{'!' if negated else '='}{_pcre2(inner)})"
        case Atomic(inner):
            return f"(?>{_pcre2(inner)})"
        case Backref(ref, fold):
            return f"(?{'' if fold else '-'}i:\\g{{{ref}}})" if ref.isdigit() else f"(?P={ref})"
        case Seq(nodes):
            return "".join(map(_pcre2, nodes))
        case Alt(nodes):
            return f"(?:{'|'.join(map(_pcre2, nodes))})"
        case Repeat(inner, low, high, mode):
            return f"(?:{_pcre2(inner)}){classes.count(low, high)}{mode}"


_BOUNDARY = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_NO_BOUNDARY = f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"
_PLACES = {
    ("start", False): r"\A",
    ("start", True): "(?m:^)",
    ("end", False): r"\z",
    ("end", True): "(?m:$)",
    ("b", False): _BOUNDARY,
    ("B", False): _NO_BOUNDARY,
}


def spelled_text(text: str, *, fold: bool) -> str:
    r"""Spell characters one after another.

    >>> spelled_text("like", fold=True), spelled_text("a.", fold=False)
    ('(?i:l(?-i:[iIİ])ke)', 'a\\x{2E}')
    """
    if not fold:
        return "".join(map(classes.quoted, text))
    return f"(?i:{''.join(_in_folded(char) for char in text)})"


def _in_folded(char: str) -> str:
    more = classes.folded(char)
    return f"(?-i:[{char}{more}])" if more else classes.quoted(char)


def one_char(char: str, *, fold: bool) -> str:
    r"""Spell a character; `fold`: in any case.

    >>> one_char("i", fold=True), one_char("b", fold=True), one_char("(", fold=True)
    ('[iIİ]', '(?i:b)', '\\x{28}')
    """
    more = classes.folded(char) if fold else ""
    if more:
        return f"[{char}{more}]"
    return f"(?i:{char})" if fold and char.isalpha() else classes.quoted(char)


def marked(text: str, *, copies: int, inner: bool) -> str:
    r"""Mark the word boundaries of a text, and with `inner` all other places too.

    >>> marked("a é.", copies=1, inner=True).replace(MARK, "|").replace(INNER, "-")
    '|a| |é|.-'
    """
    words = _words(common=classes.is_common(text))
    parts = words.split(text.replace(MARK, "\ufffd").replace(INNER, "\ufffd"))
    if not inner:
        return (MARK * copies).join(parts)
    between = INNER * copies
    middle = (MARK * copies).join(between.join(part) for part in parts)
    return f"{between if parts[0] else ''}{middle}{between if parts[-1] else ''}"


@lru_cache(maxsize=2)
def _words(*, common: bool) -> re.Pattern[str]:
    r"""Return a pattern for words by the very same `\w` as in regexes."""
    spans = (f"\\U{first:08x}-\\U{last:08x}" for first, last in classes.ranges(_WORD, common=common))
    return re.compile(f"([{''.join(spans)}]+)")


def boundary_run(node: Node) -> int:
    r"""Count the `\b` or `\B` that can meet at one place, which is the number of marks needed there.

    >>> from cleaner.rules.regex.syntax import parse
    >>> boundary_run(parse(r"\ba\b")), boundary_run(parse(r"\b(?:the )?\ba"))
    (1, 2)
    """
    return _run(node)[3]


def _run(node: Node) -> tuple[int, int, int | None, int]:
    """Return the most boundaries before, after, and without any character, and the most in one place."""
    match node:
        case Edge(kind):
            own = int(kind in "bB")
            return own, own, own, own
        case Char() | Text() | Chars() | AnyChar():
            return 0, 0, None, 0
        case Group(inner):
            return _run(inner)
        case Alt(nodes):
            runs = [_run(child) for child in nodes]
            through = [run[2] for run in runs if run[2] is not None]
            best = (max(run[k] or 0 for run in runs) for k in (0, 1, 3))
            before, after, most = best
            return before, after, max(through) if through else None, most
        case Seq(nodes):
            whole: tuple[int, int, int | None, int] = (0, 0, 0, 0)
            for child in nodes:
                whole = _joined(whole, _run(child))
            return whole
        case Repeat(inner, low, high):
            once = _run(inner)
            twice = once if high == 1 else _joined(once, once)
            return (*twice[:2], twice[2] or 0, twice[3]) if low == 0 else twice
        case _:
            return 0, 0, 0, 0


def _joined(
    one: tuple[int, int, int | None, int], two: tuple[int, int, int | None, int]
) -> tuple[int, int, int | None, int]:
    before = max(one[0], one[2] + two[0]) if one[2] is not None else one[0]
    after = max(two[1], two[2] + one[1]) if two[2] is not None else two[1]
    through = one[2] + two[2] if one[2] is not None and two[2] is not None else None
    return before, after, through, max(one[3], two[3], one[1] + two[0])
