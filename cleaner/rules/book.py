"""All loaded rules, and those that apply to a given step, language and profile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property, partial
from typing import Any

from cleaner.model import JSON
from cleaner.rules.exemptions import Exemption
from cleaner.rules.faults import did_you_mean
from cleaner.rules.linefilter import LineFilter
from cleaner.rules.lookup import Lookup
from cleaner.rules.rule import Rule
from cleaner.rules.ruleset import RuleSet, of_lines


@dataclass(frozen=True)
class RuleBook:
    """All rules of a configuration. `off` holds the ids that are switched off, with the reason.

    Immutable; the rule sets that it hands out are made once and kept.
    """

    rules: tuple[Rule, ...]
    off: dict[str, str] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    _sets: dict[tuple[str, str, str], RuleSet] = field(default_factory=dict, compare=False, repr=False)
    _lookups: dict[str, Lookup] = field(default_factory=dict, compare=False, repr=False)

    def __getstate__(self) -> dict[str, object]:
        kept = {"rules": self.rules, "off": self.off, "exemptions": self.exemptions}
        return {**kept, "_sets": {}, "_lookups": {}}

    @cached_property
    def digest(self) -> str:
        """Identify what the active rules do: equal digests, equal results. Places do not count."""
        active = [
            _values(rule, without=("origin", "overrides", "examples"))
            for rule in sorted(self.rules, key=lambda rule: rule.id)
            if rule.id not in self.off
        ]
        exempted = [_values(exemption) | {"place": ""} for exemption in self.exemptions]
        content = json.dumps([active, exempted], sort_keys=True, default=_values)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, rule_id: str) -> Rule | None:
        """Return a rule by its id, or by an id that it once had, whether or not it is active."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        return next((rule for rule in self.rules if rule_id in rule.formerly), None)

    def with_options(self, changes: Mapping[str, Mapping[str, JSON]]) -> RuleBook:
        """Return a book in which the options of some rules (by id) have other values."""

        def changed(rule: Rule) -> Rule:
            return replace(rule, options={**(rule.options or {}), **changes[rule.id]})

        rules = tuple(changed(rule) if rule.id in changes else rule for rule in self.rules)
        return replace(self, rules=rules, _sets={}, _lookups={})

    def select(self, step: str, language: str = "und", profile: str = "article") -> RuleSet:
        """Return the active rules of a step for documents of a language and profile.

        A rule for review only is returned as one that flags: it cannot change text.
        """
        key = (step, language, profile)
        if key not in self._sets:
            self._sets[key] = RuleSet(
                [
                    only_reported(rule)
                    for rule in self.rules
                    if rule.step == step
                    and rule.id not in self.off
                    and rule.speaks(language)
                    and (not rule.profiles or profile in rule.profiles)
                ],
                partial(self._lookup, language),
            )
        return self._sets[key]

    def _lookup(self, language: str) -> Lookup:
        """Return the lookup that the rule sets of a language share, whatever their step and profile."""
        if language not in self._lookups:
            self._lookups[language] = Lookup(self._line_filter, language)
        return self._lookups[language]

    @cached_property
    def _line_filter(self) -> LineFilter:
        """Return the filter that all rule sets share."""
        return of_lines(rule for rule in self.rules if rule.id not in self.off)


def _values(value: Any, *, without: Sequence[str] = ()) -> dict[str, Any]:
    """Return the fields of a dataclass, as they are."""
    return {name: getattr(value, name) for name in _names(value.__class__) if name not in without}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass."""
    return tuple(field.name for field in fields(kind))


def only_reported(rule: Rule) -> Rule:
    """Turn a rule under review into one that flags; others are returned as they are."""
    if rule.safety != "review" or rule.action == "flag":
        return rule
    return replace(rule, action="flag", suggestion=rule.suggestion or rule.replacement, replacement=None)


def named(rules: Iterable[Rule], glob: str) -> list[Rule]:
    """Return the rules whose id, or an id that they once had, matches a glob.

    >>> named([], "news/*")
    []
    """
    return [
        rule
        for rule in rules
        if fnmatchcase(rule.id, glob) or any(fnmatchcase(old, glob) for old in rule.formerly)
    ]


def names_no_rule(glob: str, rules: Sequence[Rule]) -> str:
    """Report that no rule has this id, and suggest which one was meant.

    >>> names_no_rule("news/ad", [])
    "no rule is named 'news/ad'"
    """
    return f"no rule is named {glob!r}{did_you_mean(glob, [rule.id for rule in rules])}"
