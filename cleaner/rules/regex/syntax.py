r"""The regex syntax of rules, and its parser.

It is RE2's, made Unicode-aware, so that every pattern runs in linear time:

| | |
|---|---|
| `.` `[a-z]` `[^…]` `[[:alpha:]]` `\p{L}` `\P{Lu}` `\pN` `\p{Greek}` | characters; `.` takes no newline |
| `\w` `\d` `\s` and `\W` `\D` `\S` | word characters as in UTS #18, decimal digits, white space (also no-break) |
| `\b` `\B` `^` `$` `\A` `\z` | boundaries by that same `\w`; `$` is the very end |
| `*` `+` `?` `{n}` `{n,}` `{n,m}`, lazy with `?` | at most 1000 |
| `(…)` `(?:…)` `(?P<name>…)` `(?<name>…)` `a|b` | groups |
| `(?i)` `(?s)` `(?m)` `(?-i:…)` | flags; with `fold: {case: true}`, the default, `i` is on |
| `\t` `\n` `\r` `\f` `\v` `\a` `\e` `\xHH` `\x{HHHH}` `\Q…\E` `\.` | single characters |

With `engine: backtrack` also `(?=…)` `(?!…)` `(?<=…)` `(?<!…)` `\1` `\k<name>` `(?P=name)` `(?>…)` and possessive
quantifiers. With `fold: {spaces: true}`, the default, a space outside `[…]` stands for any run of
white space. Letters are equal under case by Unicode's simple case folding, and as in the package
`regex` also `i` and `İ`, `ı` and `I`.
"""

from __future__ import annotations

from typing import Literal

from cleaner.engines.lazy import regex
from cleaner.errors import CleanerError
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
)

MAX_REPEAT = 1000
_MAX_NESTING = 100


class PatternError(CleanerError):
    """A regex that cannot be used; the message states why."""


_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b"}
_HEX = regex(r"\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2})")
_PROPERTY = regex(r"\{\^?[A-Za-z_]{1,40}\}|[A-Z]")
_PLAIN = regex(r"[^\\\[\](){}.*+?|^$ ]{2,}(?![*+?{])")
_COUNT = regex(r"\{(\d{1,6})(?:(,)(\d{1,6})?)?\}")
_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]{0,31}")
_FLAGS = regex(r"([ims]*)(?:-([ims]+))?([:)])")
_POSIX = regex(
    r"\[:(\^?)(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]"
)


def parse(pattern: str, *, fold: bool = False) -> Node:
    """Parse a regex; `fold` is the flag `i` at its start.

    >>> parse("ab?")
    Seq(nodes=(Char(char='a', fold=False), Repeat(node=Char(char='b', fold=False), low=0, high=1, mode='')))
    >>> parse("(a")
    Traceback (most recent call last):
    ...
    cleaner.rules.regex.syntax.PatternError: no ')' for the '(' at 1
    """
    parser = _Parser(pattern)
    node = parser.choice(frozenset("i") if fold else frozenset(), 0)
    if parser.at < len(pattern):
        raise parser.error("')' without '('")
    return node


class _Parser:
    """Recursive descent over a pattern; `flags` are handed down, as they end with their group."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.groups: list[str] = []

    def error(self, message: str, at: int | None = None) -> PatternError:
        return PatternError(f"{message} at {(self.at if at is None else at) + 1}")

    def peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def take(self, text: str) -> bool:
        if self.peek(text):
            self.at += len(text)
            return True
        return False

    def choice(self, flags: frozenset[str], depth: int) -> Node:
        if depth > _MAX_NESTING:
            raise self.error(f"nested deeper than {_MAX_NESTING} groups")
        branches: list[Node] = []
        while True:
            branch, flags = self.sequence(flags, depth)
            branches.append(branch)
            if not self.take("|"):
                return branches[0] if len(branches) == 1 else Alt(tuple(branches))

    def sequence(self, flags: frozenset[str], depth: int) -> tuple[Node, frozenset[str]]:
        nodes: list[Node] = []
        while self.at < len(self.pattern) and not self.peek("|") and not self.peek(")"):
            changed = self.inline_flags(flags)
            if changed is not None:
                flags = changed
                continue
            if self.take("\\Q"):
                end = self.pattern.find("\\E", self.at)
                quoted = self.pattern[self.at : end if end >= 0 else None]
                nodes += [Char(char, "i" in flags) for char in quoted]
                self.at = end + 2 if end >= 0 else len(self.pattern)
                continue
            plain = _PLAIN.match(self.pattern, self.at)
            if plain:  # what comes before a quantifier is kept as a node of its own
                self.at = plain.end()
                nodes.append(Text(plain.group(), "i" in flags))
                continue
            nodes.append(self.repeated(self.atom(flags, depth)))
        return (nodes[0] if len(nodes) == 1 else Seq(tuple(nodes))), flags

    def inline_flags(self, flags: frozenset[str]) -> frozenset[str] | None:
        """Take `(?i)`, which holds to the end of its group; `(?i:…)` is an atom."""
        if not self.peek("(?"):
            return None
        found = _FLAGS.match(self.pattern, self.at + 2)
        if found is None or found[3] != ")" or not (found[1] or found[2]):
            return None
        self.at = found.end()
        return (flags | set(found[1])) - set(found[2] or "")

    def repeated(self, node: Node) -> Node:
        start = self.at
        low, high = 1, None
        if self.take("*"):
            low = 0
        elif self.take("+"):
            low = 1
        elif self.take("?"):
            low, high = 0, 1
        else:
            count = _COUNT.match(self.pattern, self.at)
            if count is None:
                return node
            low = int(count[1])
            high = int(count[3]) if count[3] else None if count[2] else low
            if max(low, high or 0) > MAX_REPEAT:
                raise self.error(f"a repetition above {MAX_REPEAT}")
            if high is not None and low > high:
                raise self.error("a repetition whose minimum is above its maximum")
            self.at = count.end()
        mode: Literal["", "?", "+"] = "?" if self.take("?") else "+" if self.take("+") else ""
        if self.at < len(self.pattern) and (
            self.pattern[self.at] in "*+?" or _COUNT.match(self.pattern, self.at)
        ):
            raise self.error("a quantifier after a quantifier")
        if isinstance(node, Edge):
            raise self.error("a quantifier after a place, which has no length", start)
        return Repeat(node, low, high, mode)

    def atom(self, flags: frozenset[str], depth: int) -> Node:
        char = self.pattern[self.at]
        if char in "*+?":
            raise self.error(f"nothing to repeat before {char!r}")
        if char == "(":
            return self.group(flags, depth)
        if char == "[":
            return self.chars("i" in flags)
        if char == "\\":
            return self.escape(flags)
        self.at += 1
        if char == ".":
            return AnyChar("s" in flags)
        if char in "^$":
            return Edge("start" if char == "^" else "end", "m" in flags)
        return Char(char, "i" in flags)

    def group(self, flags: frozenset[str], depth: int) -> Node:
        start = self.at
        self.at += 1
        node: Node
        if not self.take("?"):
            self.groups.append("")
            node = Group(self.choice(flags, depth + 1))
        elif looks := next((text for text in ("=", "!", "<=", "<!") if self.peek(text)), None):
            self.at += len(looks)
            node = Look(self.choice(flags, depth + 1), ahead=len(looks) == 1, negated=looks[-1] == "!")
        elif self.take(">"):
            node = Atomic(self.choice(flags, depth + 1))
        elif self.take("P="):
            node = Backref(self.name(), "i" in flags)
        elif self.take("P<") or self.take("<"):
            name = self.name()
            if not self.take(">"):
                raise self.error("a group name must end in '>'")
            if name in self.groups:
                raise self.error(f"two groups are named {name!r}")
            self.groups.append(name)
            node = Group(self.choice(flags, depth + 1), name)
        else:
            found = _FLAGS.match(self.pattern, self.at)
            if found is None or found[3] != ":":
                raise self.error(f"unknown group {self.pattern[start : self.at + 1]!r}", start)
            self.at = found.end()
            node = self.choice((flags | set(found[1])) - set(found[2] or ""), depth + 1)
        if not self.take(")"):
            raise self.error("no ')' for the '('", start)
        return node

    def name(self) -> str:
        found = _NAME.match(self.pattern, self.at)
        if found is None:
            raise self.error("a group name must be letters, digits and underscores")
        self.at = found.end()
        return found.group()

    def escape(self, flags: frozenset[str]) -> Node:
        edges: dict[str, Edge] = {"b": Edge("b"), "B": Edge("B"), "A": Edge("start"), "z": Edge("end")}
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter in edges and letter:
            self.at += 2
            return edges[letter]
        if letter.isdigit() and letter != "0":
            self.at += 2
            return Backref(letter, "i" in flags)
        if letter == "k":
            start = self.at
            self.at += 2
            if not self.take("<"):
                raise self.error("write \\k<name>", start)
            name = self.name()
            if not self.take(">"):
                raise self.error("a group name must end in '>'")
            return Backref(name, "i" in flags)
        item = self.item()
        if isinstance(item, Named):
            return Chars((item,), negated=False, fold=False)
        return Char(item, "i" in flags)

    def item(self) -> str | Named:
        """Take an escape that stands for a character or a class."""
        start = self.at
        self.at += 2
        letter = self.pattern[start + 1 : self.at]
        if not letter:
            raise self.error("a backslash with nothing after it", start)
        if letter in "wdsWDS":
            return Named(letter.lower(), letter.isupper())
        if letter in "pP":
            found = _PROPERTY.match(self.pattern, self.at)
            if found is None:
                raise self.error("write \\p{NAME} or \\pL", start)
            self.at = found.end()
            name = found.group().strip("{}")
            return Named(f"p{{{name.lstrip('^')}}}", (letter == "P") != name.startswith("^"))
        if letter == "x":
            found = _HEX.match(self.pattern, self.at)
            code = int(found[1] or found[2], 16) if found else -1
            if found is None or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise self.error("write \\xHH or \\x{HHHH}", start)
            self.at = found.end()
            return chr(code)
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.isalnum() or letter == "_":
            raise self.error(f"unknown escape '\\{letter}'", start)
        return letter

    def chars(self, fold: bool) -> Node:
        start = self.at
        self.at += 1
        negated = self.take("^")
        items: list[tuple[str, str] | Named] = []
        while not self.peek("]") or not items:
            if self.at >= len(self.pattern):
                raise self.error("no ']' for the '['", start)
            posix = _POSIX.match(self.pattern, self.at)
            if posix:
                self.at = posix.end()
                items.append(Named(f"[:{posix[2]}:]", bool(posix[1])))
                continue
            first = self.member()
            if self.peek("-") and not self.peek("-]"):
                self.at += 1
                last = self.member()
                if isinstance(first, Named) or isinstance(last, Named) or first > last:
                    raise self.error("a bad range in '[…]'")
                items.append((first, last))
            else:
                items.append(first if isinstance(first, Named) else (first, first))
        self.at += 1
        return Chars(tuple(items), negated, fold)

    def member(self) -> str | Named:
        if self.at >= len(self.pattern):
            raise self.error("no ']' for a '['")
        if self.peek("\\b"):
            raise self.error("'\\b' in '[…]' is a backspace: write \\x08")
        if self.peek("\\"):
            return self.item()
        self.at += 1
        return self.pattern[self.at - 1]
