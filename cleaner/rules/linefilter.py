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
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from itertools import chain, starmap
from typing import Final

from cleaner.rules import kept
from cleaner.rules.automata import EVERY, Patterns, by_letters
from cleaner.rules.pattern import tree_of
from cleaner.rules.regex.folding import folded_case, one_space
from cleaner.rules.regex.literals import Needed, needed
from cleaner.rules.regex.nodes import Alt, Edge
from cleaner.rules.regex.subject import encoded
from cleaner.rules.regex.widen import Wide
from cleaner.rules.rule import Fold, Matcher, Rule

_AT_HEAD: Final = Wide().pattern(Edge("start"))
_ASCII: Final = bytes(range(0x80))
_FOLDED: Final = _ASCII.lower().translate(bytes.maketrans(b"\t\v\f\r\x1c\x1d\x1e\x1f", b" " * 8)) + bytes(
    range(0x80, 0x100)
)
"""What each byte becomes: capitals small letters, white space in a line a space."""
KEPT_FROM: Final = 10
"""Leaves from which it is worth to keep on disk what they want."""
REMEMBERED: Final = 1 << 13
"""Sets of leaves of which it is kept which rules have them."""


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
        self._texts = [*by_letters(heads, head=True), *by_letters(bodies, head=False)]
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
        return [Wanted(tuple(starmap(Needed, texts)), tuple(rest)) for texts, rest in entry]
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
