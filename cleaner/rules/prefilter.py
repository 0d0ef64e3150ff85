"""Look for all rules of a set at once, and return those that may match: RE2's `Set` over widened patterns."""

from __future__ import annotations

from collections.abc import Sequence

import re2

from cleaner.errors import UsageError
from cleaner.rules.pattern import tree_of
from cleaner.rules.regex.widen import Wide
from cleaner.rules.rule import Matcher, Rule

_MEMORY = 64 << 20
_MOST_MEMORY = 1 << 30
_CANARY = "\ufdd2\ufdd3"


class Prefilter:
    """Finds which of its rules may match a text; those it leaves out surely do not."""

    __slots__ = ("_leaves", "_rules_of", "_search", "rules")

    def __init__(self, rules: Sequence[Rule], *, lines: bool) -> None:
        self.rules = tuple(rules)
        wide = Wide(lines)
        numbers: dict[str, int] = {}
        self._leaves: list[dict[Matcher, int]] = []
        rules_of: dict[int, list[int]] = {}
        for i, rule in enumerate(self.rules):
            leaves = {}
            for leaf in rule.match.leaves():
                pattern = wide.pattern(tree_of(leaf, rule.fold))
                leaves[leaf] = numbers.setdefault(pattern, len(numbers))
                rules_of.setdefault(leaves[leaf], []).append(i)
            self._leaves.append(leaves)
        self._rules_of = {number: tuple(dict.fromkeys(found)) for number, found in rules_of.items()}
        self._search = _search_set([*numbers])._set.Match

    def candidates(self, data: bytes) -> list[Rule]:
        """Return the rules that may match a text in UTF-8, in their order."""
        seen = self._search(data)
        if not seen:
            return []
        if len(seen) == 1:
            numbers = self._rules_of[seen[0]]
        else:
            numbers = tuple(sorted({i for number in seen for i in self._rules_of[number]}))
        found = set(seen)
        return [
            self.rules[i]
            for i in numbers
            if not self.rules[i].match.parts or _possible(self.rules[i].match, self._leaves[i], found)
        ]


def _possible(matcher: Matcher, leaves: dict[Matcher, int], seen: set[int]) -> bool:
    if not matcher.parts:
        return leaves[matcher] in seen
    test = all if matcher.kind == "all" else any
    return test(_possible(part, leaves, seen) for part in matcher.parts)


def _search_set(patterns: Sequence[str]) -> re2.Set:
    """Compile a set, with as much memory as it needs.

    A set with too little memory silently reports "no match", so it is tested with a pattern that must be
    found.
    """
    memory = _MEMORY
    while memory <= _MOST_MEMORY:
        options = re2.Options()
        options.max_mem = memory
        options.never_capture = True
        options.log_errors = False
        found = re2.Set.SearchSet(options)
        for pattern in patterns:
            found.Add(pattern)
        canary = found.Add(_CANARY)
        try:
            found.Compile()
        except re2.error:
            memory *= 2
            continue
        if canary in (found.Match(_CANARY) or ()):
            return found
        memory *= 2
    message = f"{len(patterns)} patterns are too large to be looked for together: split or simplify the rules"
    raise UsageError(message)
