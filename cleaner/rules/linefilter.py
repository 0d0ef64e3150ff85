"""Ask once for a whole document which rules may match on which of its lines.

    head    texts that a rule needs at the head of a line, after punctuation and digits
    body    texts that it needs anywhere in one
    rest    regexes that need no text to speak of, widened: those that begin at the head of a line, and others

Each kind is one automaton over the whole text, so that a line that no rule wants costs nothing but its bytes. What is
found is a text; the rules that need it, or the beginning of it, are looked up. What the filter leaves out
surely does not match; what it lets through is confirmed exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from itertools import chain
from typing import Final, TypeAlias

import re2

from cleaner.rules import kept
from cleaner.rules.pattern import tree_of
from cleaner.rules.regex import classes
from cleaner.rules.regex.literals import LETTER, Needed, folded_case, is_letter, needed, one_space
from cleaner.rules.regex.nodes import Alt, Edge
from cleaner.rules.regex.subject import encoded
from cleaner.rules.regex.widen import Wide
from cleaner.rules.rule import Fold, Matcher, Rule

_MEMORY: Final = 24 << 20
"""Bytes that an automaton may take: it is made as texts need it, so that a long stream fills it."""
_MARKS: Final = re.compile(r"[^\w \n]")
_HEAD: Final = re.compile(r"\A[\W\d_]+")
_WORD_BYTES: Final = frozenset(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NEWLINE: Final = b"\n"
EVERY: Final = frozenset({-1})
"""What stands for all leaves."""
_AT_HEAD: Final = Wide().pattern(Edge("start"))
_ASCII: Final = bytes(range(0x80))
_FOLDED: Final = _ASCII.lower().translate(bytes.maketrans(b"\t\v\f\r\x1c\x1d\x1e\x1f", b" " * 8)) + bytes(
    range(0x80, 0x100)
)
"""What each byte becomes: capitals small letters, white space in a line a space."""
KEPT_FROM: Final = 10
"""Leaves from which it is worth to keep on disk what they want."""
REMEMBERED: Final = 1 << 13
"""Spellings, and sets of leaves, of which it is kept what they stand for."""
TOGETHER: Final = 5
"""Regexes that are asked about a line as one, before each is asked on its own."""

Match: TypeAlias = Callable[..., Sequence[tuple[int, int]]]
"""What finds a compiled regex in bytes."""


class LineFilter:
    """Finds which of its rules may match which lines of a text; those that it leaves out surely do not."""

    __slots__ = ("_leaves", "_of_language", "_patterns", "_rest", "_texts", "rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        heads: dict[str, list[tuple[Needed, int]]] = {}
        bodies: dict[str, list[tuple[Needed, int]]] = {}
        rest: dict[str, set[int]] = {}
        self._leaves = [(i, leaf) for i, rule in enumerate(self.rules) for leaf in rule.match.leaves()]
        for number, found in enumerate(_wanted([(leaf, self.rules[i].fold) for i, leaf in self._leaves])):
            for pattern in found.patterns:
                rest.setdefault(pattern, set()).add(number)
            for text in found.texts:
                (heads if text.head else bodies).setdefault(text.text, []).append((text, number))
        self._texts = [*_by_letters(heads, head=True), *_by_letters(bodies, head=False)]
        self._rest = rest
        self._patterns: dict[frozenset[str], Patterns] = {}
        self._of_language: dict[str | None, Asked] = {}

    def lines(self, text: str, language: str | None = None) -> dict[int, list[int]]:
        """Return the numbers of the rules that may match, in their order, by the number of the line.

        With a `language`, only rules are asked that speak it.
        """
        seen: dict[int, frozenset[int]] = {}
        data = encoded(text)
        plain, beyond = _plain(text, data)
        asked = self._of_language.get(language) or self._ask(language)
        texts = (texts.found(plain) for texts in self._texts if texts.may_be_in(beyond))
        rest = (patterns.found(data) for patterns in asked.patterns)
        for line, leaves in chain(*texts, *rest):
            seen[line] = seen[line] | leaves if line in seen else leaves
        return {line: rules for line, leaves in seen.items() if (rules := self._possible(leaves, asked))}

    def _ask(self, language: str | None) -> Asked:
        """Prepare what is asked of texts in a language; languages with the same regexes share them."""
        leaves = frozenset(
            number
            for number, (i, _) in enumerate(self._leaves)
            if language is None or self.rules[i].speaks(language)
        )
        rest = [pattern for pattern, found in self._rest.items() if not leaves.isdisjoint(found)]
        at_head = frozenset(pattern for pattern in rest if pattern.startswith(_AT_HEAD))
        patterns = [self._compiled(patterns) for patterns in (at_head, frozenset(rest) - at_head)]
        asked = self._of_language[language] = Asked(leaves, tuple(patterns))
        return asked

    def _compiled(self, patterns: frozenset[str]) -> Patterns:
        if patterns not in self._patterns:
            rest = {pattern: found for pattern, found in self._rest.items() if pattern in patterns}
            self._patterns[patterns] = Patterns(rest)
        return self._patterns[patterns]

    def _possible(self, leaves: frozenset[int], asked: Asked) -> list[int]:
        """Return the rules that may match where some leaves may; the same leaves come again and again."""
        rules = asked.known.get(leaves)
        if rules is None:
            if len(asked.known) >= REMEMBERED:
                asked.known.clear()
            wanted = asked.leaves if leaves >= EVERY else asked.leaves & leaves
            rules = asked.known[leaves] = self._with(wanted)
        return rules

    def _with(self, leaves: frozenset[int]) -> list[int]:
        by_rule: dict[int, set[Matcher]] = {}
        for number in leaves:
            i, leaf = self._leaves[number]
            by_rule.setdefault(i, set()).add(leaf)
        return sorted(i for i, found in by_rule.items() if _possible(self.rules[i].match, found))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the texts in a language: some leaves, of which `patterns` need no text; and answers so far."""

    leaves: frozenset[int]
    patterns: tuple[Patterns, ...]
    known: dict[frozenset[int], list[int]] = field(default_factory=dict)


def _plain(text: str, data: bytes) -> tuple[bytes, str]:
    """Return a text, which is `data` in UTF-8, in the normal form of needed texts, after a line end.

    The second value has all its characters beyond ASCII. Most texts have nothing to be folded but ASCII,
    which is quick in bytes.
    """
    beyond = "" if text.isascii() else data.translate(None, _ASCII).decode()
    folded = one_space(folded_case(beyond))
    if folded != beyond:
        return b"\n" + encoded(one_space(folded_case(text))), folded
    data = data.translate(_FOLDED)
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return b"\n" + data, folded


def _by_letters(leaves: Mapping[str, Sequence[tuple[Needed, int]]], *, head: bool) -> Iterator[Texts]:
    """Put texts with letters beyond ASCII apart: few documents have such letters, and their bytes cost room."""
    beyond = letters_beyond(leaves)
    apart = {text for text in leaves if not beyond.isdisjoint(text)}
    yield Texts({text: needs for text, needs in leaves.items() if text not in apart}, head=head)
    yield Texts({text: leaves[text] for text in apart}, head=head)


def letters_beyond(texts: Iterable[str]) -> frozenset[str]:
    """Return the letters of texts that are not ASCII.

    >>> sorted(letters_beyond(["don\u2019t", "café"]))
    ['é']
    """
    beyond = {char for text in texts if not text.isascii() for char in text if not char.isascii()}
    return frozenset(filter(is_letter, beyond))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for so that a leaf is not missed: texts that it needs, and regexes that need none, widened."""

    texts: tuple[Needed, ...]
    patterns: tuple[str, ...]


def _wanted(leaves: Sequence[tuple[Matcher, Fold]]) -> Sequence[Wanted]:
    """Return what each leaf wants; of many leaves it is kept on disk."""
    if len(leaves) < KEPT_FROM:
        return [_wanted_by(*leaf) for leaf in leaves]
    content = json.dumps([[leaf.kind, leaf.values, *astuple(fold)] for leaf, fold in leaves])
    path = kept.folder_of("filters") / kept.name_of(content.encode("utf-8", "surrogatepass"))
    entry = kept.read(path)
    try:
        return [Wanted(tuple(Needed(*text) for text in texts), tuple(rest)) for texts, rest in entry]
    except (TypeError, ValueError):
        found = [_wanted_by(*leaf) for leaf in leaves]
        kept.write(path, [[one.texts, one.patterns] for one in found])
        return found


def _wanted_by(leaf: Matcher, fold: Fold) -> Wanted:
    """Return what a leaf wants: what each of its entries does, of which any may match."""
    node, wide = tree_of(leaf, fold), Wide(lines=True)
    texts: set[Needed] = set()
    patterns: list[str] = []
    for child in node.nodes if isinstance(node, Alt) else (node,):
        found = needed(child)
        texts |= found or frozenset()
        if found is None:
            patterns.append(wide.pattern(child))
    return Wanted(tuple(sorted(texts)), tuple(patterns))


def _possible(matcher: Matcher, seen: set[Matcher]) -> bool:
    if not matcher.parts:
        return matcher in seen
    test = all if matcher.kind == "all" else any
    return test(_possible(part, seen) for part in matcher.parts)


@dataclass(frozen=True)
class Found:
    """The leaves that need a text or its beginning: `sure` in any case, others if no letter touches it.

    `open` are the others: whether a letter before, after the text rules them out, and their number.
    """

    sure: frozenset[int]
    open: tuple[tuple[bool, bool, int], ...]

    def at(self, data: bytes, start: int, end: int) -> frozenset[int]:
        """Return the leaves that may match where the text is `data[start:end]`."""
        before = start > 0 and data[start - 1] in _WORD_BYTES
        after = end < len(data) and data[end] in _WORD_BYTES
        if not (before or after):
            return self.every
        return self.sure.union(
            leaf for opens, closes, leaf in self.open if not (opens and before) and not (closes and after)
        )

    @cached_property
    def every(self) -> frozenset[int]:
        """Return the leaves of a text that no letter touches."""
        return self.sure.union(leaf for _, _, leaf in self.open)


class Texts:
    """Texts to be looked for all at once, with the leaves that need them."""

    __slots__ = ("__dict__", "_head", "_known", "_leaves", "_letters")

    def __init__(self, leaves: Mapping[str, Sequence[tuple[Needed, int]]], *, head: bool) -> None:
        self._leaves, self._head = leaves, head
        self._letters = letters_beyond(leaves)
        self._known: dict[bytes, Found] = {}

    def may_be_in(self, beyond: str) -> bool:
        """Tell whether any can be in a text whose characters beyond ASCII are these."""
        return not self._letters or not self._letters.isdisjoint(beyond)

    @cached_property
    def _match(self) -> Match:
        """Compile the texts; where several begin at one place, the longest is found."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.longest_match = True
        options.never_capture = True
        options.log_errors = False
        found: Match = re2._Regexp(self._pattern(), options)._regexp.Match
        return found

    def _pattern(self) -> str:
        """Spell the texts, with the places between words that all who need one ask for."""
        if self._head:
            return rf"\n[^\n{LETTER}]*(?:{_any_of(self._leaves)})"
        edged: dict[tuple[str, str], list[str]] = {}
        for text, needs in self._leaves.items():
            before = _edge(text[0]) if all(need.opens for need, _ in needs) else ""
            after = _edge(text[-1]) if all(need.closes for need, _ in needs) else ""
            edged.setdefault((before, after), []).append(text)
        return "|".join(f"{before}(?:{_any_of(texts)}){after}" for (before, after), texts in edged.items())

    def found(self, data: bytes) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield lines, and the leaves that may match there. `data` begins with a line end."""
        if not self._leaves:
            return
        match, anchor, head, known = self._match, re2._Anchor.UNANCHORED, self._head, self._known
        size = len(data)
        at, line, counted = 0, -1, 0
        while (span := match(anchor, data, at, size)[0])[0] >= 0:
            start, end = span
            text = data[start:end]
            found = known.get(text) or self._learn(text)
            leaves = found.at(data, start, end) if found.open else found.sure
            if leaves:
                line, counted = line + data.count(_NEWLINE, counted, start + head), start + head
                yield line, leaves
            at = end if head else start + 1

    def _learn(self, found: bytes) -> Found:
        """Return the leaves that need what was found; all of them for letters that are equal only to the automaton."""
        text = found.decode("utf-8", "replace")
        if self._head:
            text = _HEAD.sub("", text)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[found] = known = self._look_up(text) if text in self._leaves else Found(EVERY, ())
        return known

    def _look_up(self, text: str) -> Found:
        """Return the leaves that need a text or its beginning."""
        sure: set[int] = set()
        open_: list[tuple[bool, bool, int]] = []
        for size in range(1, len(text) + 1):
            for need, leaf in self._leaves.get(text[:size], ()):
                closes = need.closes
                if closes and size < len(text):
                    if _is_word_byte(text[size]):
                        continue
                    closes = False
                if need.opens or closes:
                    open_.append((need.opens, closes, leaf))
                else:
                    sure.add(leaf)
        return Found(frozenset(sure), tuple(open_))


def _any_of(texts: Iterable[str]) -> str:
    """Spell a choice of texts."""
    return _MARKS.sub(lambda mark: classes.quoted(mark[0]), "\n".join(sorted(texts))).replace("\n", "|")


def _edge(char: str) -> str:
    """Spell that no ASCII letter or digit stands on the other side of a character, at an end of a text."""
    return r"\b" if _is_word_byte(char) else r"\B"


def _is_word_byte(char: str) -> bool:
    return char.isascii() and ord(char) in _WORD_BYTES


class Patterns:
    """Widened regexes to be looked for all at once, with the leaves that they stand for."""

    __slots__ = ("__dict__", "_leaves", "_patterns")

    def __init__(self, leaves: Mapping[str, set[int]]) -> None:
        self._patterns = tuple(leaves)
        self._leaves = {pattern: frozenset(found) for pattern, found in leaves.items()}

    @cached_property
    def _match(self) -> Match:
        return _together(self._patterns, max_mem=_MEMORY)

    @cached_property
    def _groups(self) -> Sequence[tuple[Match, Sequence[tuple[Match, frozenset[int]]]]]:
        """Compile each, and some together: an automaton that tells all apart would be made anew for most lines."""
        each = [(_together([pattern]), found) for pattern, found in self._leaves.items()]
        return [
            (_together(self._patterns[k : k + TOGETHER]), each[k : k + TOGETHER])
            for k in range(0, len(each), TOGETHER)
        ]

    def found(self, data: bytes) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield lines, and the leaves that may match there."""
        if not self._patterns:
            return
        match, anchor = self._match, re2._Anchor.UNANCHORED
        size = len(data)
        at = line = counted = 0
        while at <= size and (start := match(anchor, data, at, size)[0][0]) >= 0:
            line, counted = line + data.count(_NEWLINE, counted, start), start
            first = data.rfind(_NEWLINE, 0, start) + 1
            at = data.find(_NEWLINE, start) + 1 or size + 1
            yield line, self._in(data, first, at - 1)

    def _in(self, data: bytes, first: int, end: int) -> frozenset[int]:
        """Return the leaves whose regexes match in a line."""
        anchor = re2._Anchor.UNANCHORED
        found: set[int] = set()
        for match, each in self._groups:
            if match(anchor, data, first, end)[0][0] >= 0:
                found.update(*(leaves for one, leaves in each if one(anchor, data, first, end)[0][0] >= 0))
        return frozenset(found)


def _together(patterns: Sequence[str], max_mem: int = 64 << 20) -> Match:
    """Compile a choice of regexes."""
    pattern = "|".join(f"(?:{pattern})" for pattern in patterns)
    found: Match = classes.compiled(pattern, max_mem=max_mem)._regexp.Match
    return found
