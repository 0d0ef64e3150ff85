"""Ask once for a whole document which rules may match on which of its lines.

    head    texts that a rule needs at the head of a line, after punctuation and digits
    body    texts that it needs anywhere in one
    rest    regexes that need no text to speak of, widened

Each kind is one automaton over the whole text, so that a line that no rule wants costs nothing but its bytes. What is
found is a text; the rules that need it, or the beginning of it, are looked up. What the filter leaves out
surely does not match; what it lets through is confirmed exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Final

import re2

from cleaner.lines import remembered
from cleaner.rules import kept
from cleaner.rules.pattern import tree_of
from cleaner.rules.regex import classes
from cleaner.rules.regex.literals import LETTER, Needed, folded_case, needed, one_space
from cleaner.rules.regex.nodes import Alt
from cleaner.rules.regex.subject import encoded
from cleaner.rules.regex.widen import Wide
from cleaner.rules.rule import Fold, Matcher, Rule

_MEMORY: Final = 24 << 20
"""Bytes that an automaton may take: it is made as texts need it, so that a long stream fills it."""
_MARKS: Final = re.compile(r"[^\w \n]")
_HEAD: Final = re.compile(r"\A[\W\d_]+")
_WORD_BYTES: Final = frozenset(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NEWLINE: Final = b"\n"
KEPT_FROM: Final = 10
"""Leaves from which it is worth to keep on disk what they want."""

Leaf = tuple[int, Matcher]
"""A leaf of the rule of that number."""


class LineFilter:
    """Finds which of its rules may match which lines of a text; those that it leaves out surely do not."""

    __slots__ = ("_bodies", "_every", "_heads", "_leaves", "_rest", "rules")

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
        self._heads = Texts(heads, head=True)
        self._bodies = Texts(bodies, head=False)
        self._rest = Patterns(rest)
        self._every = frozenset(range(len(self._leaves)))

    def lines(self, text: str) -> dict[int, list[int]]:
        """Return the numbers of the rules that may match, in their order, by the number of the line."""
        seen: dict[int, set[int]] = {}
        plain = _plain(text)
        for source, data in ((self._heads, plain), (self._bodies, plain), (self._rest, encoded(text))):
            for line, leaves in source.found(data):
                seen.setdefault(line, set()).update(self._every if leaves is None else leaves)
        return {line: rules for line, leaves in seen.items() if (rules := self._possible(leaves))}

    def _possible(self, leaves: set[int]) -> list[int]:
        """Return the rules that may match where some leaves may."""
        by_rule: dict[int, set[Matcher]] = {}
        for number in leaves:
            i, leaf = self._leaves[number]
            by_rule.setdefault(i, set()).add(leaf)
        return sorted(i for i, found in by_rule.items() if _possible(self.rules[i].match, found))


@remembered
def _plain(text: str) -> bytes:
    """Return a text in the normal form of needed texts, after a line end; the steps ask about it in turn."""
    return b"\n" + encoded(one_space(folded_case(text)))


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
        kept.write(path, [[[astuple(text) for text in one.texts], one.patterns] for one in found])
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
    return Wanted(tuple(sorted(texts, key=astuple)), tuple(patterns))


def _possible(matcher: Matcher, seen: set[Matcher]) -> bool:
    if not matcher.parts:
        return matcher in seen
    test = all if matcher.kind == "all" else any
    return test(_possible(part, seen) for part in matcher.parts)


@dataclass(frozen=True, slots=True)
class Found:
    """The leaves that need a text or its beginning: `sure` in any case, others if no letter touches it.

    `open` are the others: whether a letter before, after the text rules them out, and their number.
    """

    sure: frozenset[int]
    open: tuple[tuple[bool, bool, int], ...]


class Texts:
    """Texts to be looked for all at once, with the leaves that need them."""

    __slots__ = ("__dict__", "_head", "_known", "_leaves")

    def __init__(self, leaves: Mapping[str, Sequence[tuple[Needed, int]]], *, head: bool) -> None:
        self._leaves, self._head = leaves, head
        self._known: dict[str, Found] = {}

    @cached_property
    def _match(self) -> Callable[..., Sequence[tuple[int, int]]]:
        """Compile the texts; where several begin at one place, the longest is found."""
        texts = _MARKS.sub(lambda mark: classes.quoted(mark[0]), "\n".join(sorted(self._leaves)))
        texts = texts.replace("\n", "|")
        options = re2.Options()
        options.max_mem = _MEMORY
        options.longest_match = True
        options.never_capture = True
        options.log_errors = False
        pattern = rf"\n[^\n{LETTER}]*(?:{texts})" if self._head else texts
        found: Callable[..., Sequence[tuple[int, int]]] = re2._Regexp(pattern, options)._regexp.Match
        return found

    def found(self, data: bytes) -> Iterator[tuple[int, frozenset[int] | None]]:
        """Yield lines, and the leaves that may match there; None for all of them. `data` begins with a line end."""
        if not self._leaves:
            return
        match, anchor = self._match, re2._Anchor.UNANCHORED
        size = len(data)
        at, line, counted = 0, -1, 0
        while True:
            start, end = match(anchor, data, at, size)[0]
            if start < 0:
                return
            place = start + self._head
            line, counted = line + data.count(_NEWLINE, counted, place), place
            yield line, self._needing(data, start, end)
            at = end if self._head else start + 1

    def _needing(self, data: bytes, start: int, end: int) -> frozenset[int] | None:
        """Return the leaves that need what was found."""
        text = data[start:end].decode("utf-8", "replace")
        if self._head:
            text = _HEAD.sub("", text)
        known = self._known.get(text)
        if known is None:
            if text not in self._leaves:
                return None  # letters that are equal only to the automaton
            known = self._known[text] = self._look_up(text)
        if not known.open:
            return known.sure
        before = start > 0 and data[start - 1] in _WORD_BYTES
        after = end < len(data) and data[end] in _WORD_BYTES
        return known.sure.union(
            leaf for opens, closes, leaf in known.open if not (opens and before) and not (closes and after)
        )

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


def _is_word_byte(char: str) -> bool:
    return char.isascii() and ord(char) in _WORD_BYTES


class Patterns:
    """Widened regexes to be looked for all at once, with the leaves that they stand for."""

    __slots__ = ("__dict__", "_leaves", "_patterns")

    def __init__(self, leaves: Mapping[str, set[int]]) -> None:
        self._patterns = tuple(leaves)
        self._leaves = [frozenset(found) for found in leaves.values()]

    @cached_property
    def _match(self) -> Callable[..., Sequence[tuple[int, int]]]:
        found: Callable[..., Sequence[tuple[int, int]]] = classes.compiled(
            "|".join(f"(?:{pattern})" for pattern in self._patterns), max_mem=_MEMORY
        )._regexp.Match
        return found

    @cached_property
    def _each(self) -> Sequence[tuple[Callable[..., Sequence[tuple[int, int]]], frozenset[int]]]:
        """Compile each on its own, too: an automaton that tells them apart would be made anew for most lines."""
        regexes = (classes.compiled(pattern)._regexp.Match for pattern in self._patterns)
        return [*zip(regexes, self._leaves, strict=True)]

    def found(self, data: bytes) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield lines, and the leaves that may match there."""
        if not self._patterns:
            return
        match, anchor = self._match, re2._Anchor.UNANCHORED
        size = len(data)
        at = line = counted = 0
        while at <= size:
            start = match(anchor, data, at, size)[0][0]
            if start < 0:
                return
            line, counted = line + data.count(_NEWLINE, counted, start), start
            first = data.rfind(_NEWLINE, 0, start) + 1
            at = data.find(_NEWLINE, start) + 1 or size + 1
            leaves = frozenset[int]().union(
                *(
                    found
                    for match_one, found in self._each
                    if match_one(anchor, data, first, at - 1)[0][0] >= 0
                )
            )
            yield line, leaves
