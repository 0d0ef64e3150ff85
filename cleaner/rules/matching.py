"""Run the matcher tree of a rule over one unit of text, and fill what matched into templates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cleaner.engines.lazy import regex
from cleaner.errors import QuarantineError
from cleaner.rules.pattern import Backtracking, Linear, Spans, leaf_pattern, tree_of
from cleaner.rules.regex.nodes import Group, walk
from cleaner.rules.regex.subject import Unit
from cleaner.rules.regex.syntax import PatternError
from cleaner.rules.rule import Engine, Fold, Matcher, Rule

_REFERENCE = regex(r"\\(?:(\d)|g<(\w+)>|(.))", re.DOTALL)


def rule_spans(rule: Rule, unit: Unit) -> list[Spans]:
    """Return the matches of a rule in a unit, without overlaps, from left to right; none when vetoed.

    A rule that removes whole lines needs only its first match. Raises QuarantineError,
    which names the rule, when a pattern that backtracks takes more steps than it may.
    """
    try:
        found = tree_spans(rule.match, unit, rule, first=rule.action in ("drop", "join"))
        if found and rule.unless is not None and holds(rule.unless, unit, rule):
            return []
    except QuarantineError as error:
        message = f"{rule.id}: {error}"
        raise QuarantineError(message) from None
    return found


class Denial:
    """Tells at little cost that a rule does not match: most that a filter lets through are denied."""

    __slots__ = ("_leaf", "_rule")

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._leaf: Linear | Backtracking | None = None

    def holds(self, unit: Unit) -> bool:
        """Tell whether the rule surely has no match in a unit.

        >>> from cleaner.rules.rule import Examples, Origin
        >>> rule = Rule("t/ad", "t", "boilerplate", "Ad", "line", Matcher("prefix", ("Ad:",)), "cut",
        ...             Origin("t.yaml", 1, "project"), Examples())
        >>> [Denial(rule).holds(Unit(line)) for line in ("An ad: tea", "AD: tea")]
        [True, False]
        """
        rule = self._rule
        if rule.match.parts:
            return False
        if self._leaf is None:
            self._leaf = _leaf_of(rule.match, rule)
        return isinstance(self._leaf, Linear) and self._leaf.lacks(unit)


def tree_spans(matcher: Matcher, unit: Unit, rule: Rule, *, first: bool) -> list[Spans]:
    """Return the matches of a tree: of `any`, those of all parts; of `all`, those of its first part."""
    if matcher.kind == "any":
        return disjoint(
            spans for part in matcher.parts for spans in tree_spans(part, unit, rule, first=first)
        )
    if matcher.kind == "all":
        found = tree_spans(matcher.parts[0], unit, rule, first=first)
        return found if found and all(holds(part, unit, rule) for part in matcher.parts[1:]) else []
    matches = (spans for spans in _leaf_of(matcher, rule).found(unit) if spans[0][0] < spans[0][1])
    return [spans for spans, _ in zip(matches, "x", strict=False)] if first else list(matches)


def _leaf_of(leaf: Matcher, rule: Rule) -> Linear | Backtracking:
    """Return the compiled leaf whose matches are those of a rule, with its groups if the rule fills them in."""
    return leaf_pattern(leaf, rule.fold, rule.engine, captures="\\" in (template_of(rule) or ""))


def holds(matcher: Matcher, unit: Unit, rule: Rule) -> bool:
    """Tell whether a tree holds in a unit; an empty match counts."""
    if matcher.kind == "any":
        return any(holds(part, unit, rule) for part in matcher.parts)
    if matcher.kind == "all":
        return all(holds(part, unit, rule) for part in matcher.parts)
    return any(True for _ in leaf_pattern(matcher, rule.fold, rule.engine).found(unit))


def disjoint(found: Iterable[Spans]) -> list[Spans]:
    """Keep the leftmost, then longest, of overlapping matches.

    >>> disjoint([((3, 5),), ((0, 2),), ((0, 4),)])
    [((0, 4),)]
    """
    kept: list[Spans] = []
    for spans in sorted(found, key=lambda spans: (spans[0][0], -spans[0][1])):
        if not kept or spans[0][0] >= kept[-1][0][1]:
            kept.append(spans)
    return kept


def template_of(rule: Rule) -> str | None:
    """Return what the groups of a match are filled into: the replacement, or the suggestion of a flag."""
    return rule.replacement if rule.action == "replace" else rule.suggestion


def expand(rule: Rule, text: str, spans: Spans) -> str | None:
    r"""Fill the groups of a match into the rule's template: `\1` to `\9`, `\g<name>`, `\0` for all, `\\`."""
    template = template_of(rule)
    if template is None or "\\" not in template:
        return template
    names = group_names(giver(rule.match), rule.fold)

    def filled(reference: re.Match[str]) -> str:
        digit, name, other = reference.groups()
        if other is not None:
            return {"n": "\n", "t": "\t"}.get(other, other)
        start, end = spans[int(digit) if digit else names.index(name) + 1]
        return text[start:end] if start >= 0 else ""

    return _REFERENCE.sub(filled, template)


def giver(matcher: Matcher) -> Matcher:
    """Return the node whose matches are those of the tree: the first of what must all hold.

    >>> giver(Matcher("all", parts=(Matcher("regex", ("a",)), Matcher("suffix", ("b",))))).kind
    'regex'
    """
    return giver(matcher.parts[0]) if matcher.kind == "all" else matcher


def group_names(leaf: Matcher, fold: Fold) -> list[str]:
    """Return the names of a leaf's groups in their order, empty for those without."""
    if leaf.kind != "regex":
        return []
    return [node.name for node in walk(tree_of(leaf, fold)) if isinstance(node, Group)]


def check_leaf(leaf: Matcher, fold: Fold, engine: Engine, *, may_be_empty: bool) -> None:
    """Raise PatternError when a leaf cannot be compiled, or would match the empty string."""
    pattern = leaf_pattern(leaf, fold, engine)
    found = pattern.exact if isinstance(pattern, Linear) else pattern.found
    for text in ("", "\N{LATIN SMALL LETTER E WITH ACUTE}"):  # the second is run with its boundaries marked
        for spans in found(Unit(text)):
            if spans[0][0] == spans[0][1] and not may_be_empty and not text:
                message = "matches the empty text: it would match everywhere"
                raise PatternError(message)


def check_template(template: str, match: Matcher, fold: Fold) -> None:
    r"""Raise PatternError when a template names a group that its regex does not have.

    >>> check_template(r"\2", Matcher("regex", ("(a)",)), Fold())
    Traceback (most recent call last):
    ...
    cleaner.rules.regex.syntax.PatternError: '\2' names no group: the regex has 1
    """
    leaf = giver(match)
    for reference in _REFERENCE.finditer(template):
        digit, name, other = reference.groups()
        if other is not None:
            if other.isalnum() and other not in "nt":
                message = f"unknown escape {reference.group()!r}"
                raise PatternError(message.replace("\\\\", "\\"))
            continue
        if digit == "0":
            continue
        if leaf.kind != "regex" or len(leaf.values) != 1:
            message = "groups can be filled in only where the matcher is a single regex"
            raise PatternError(message)
        names = group_names(leaf, fold)
        if (digit and int(digit) > len(names)) or (name and name not in names):
            message = f"'{reference.group()}' names no group: the regex has {len(names)}"
            raise PatternError(message)
