"""Show rules: the list of all, and one in full."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.rules.authoring.yaml_writer import flow, quoted
from cleaner.rules.book import RuleBook
from cleaner.rules.rule import Matcher, Measured, Rule


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in the list: its id, what it does, whether and why not, where it comes from, whom it replaced."""

    id: str
    step: str
    action: str
    languages: str
    safety: str
    state: str
    origin: str
    layer: str
    overrides: str


def rows(book: RuleBook) -> list[Row]:
    """Return the list of all rules by step and id; `state` is `on` or why a rule is off."""
    ordered = sorted(book.rules, key=lambda rule: (rule.step, rule.id))
    return [
        Row(
            rule.id,
            rule.step,
            rule.action,
            " ".join(rule.languages) or "all",
            rule.safety,
            book.off.get(rule.id, "on"),
            str(rule.origin),
            rule.origin.layer,
            ", ".join(f"{origin} ({origin.layer})" for origin in rule.overrides),
        )
        for rule in ordered
    ]


def described(rule: Rule, *, state: str = "on") -> str:
    """Write one rule in full, for `clean rules show`."""
    facts = {
        "id": rule.id + (f" (formerly {', '.join(rule.formerly)})" if rule.formerly else ""),
        "does": rule.description,
        "state": state,
        "step": rule.step,
        "scope": rule.scope,
        "languages": ", ".join(rule.languages) or "all",
        "profiles": ", ".join(rule.profiles),
        "match": matcher_text(rule.match),
        "unless": matcher_text(rule.unless) if rule.unless else "",
        "guard": _given(rule, "guard"),
        "fold": _given(rule, "fold"),
        "with": ", ".join(rule.options or ()),
        "action": rule.action + (f" {quoted(rule.replacement)}" if rule.replacement is not None else ""),
        "safety": rule.safety,
        "class": rule.kind if rule.kind != "furniture" else "",
        "prose": "may take prose that it does not cover" if rule.prose else "",
        "alone": {True: "needs nothing beside it", False: "needs support", None: ""}[rule.alone],
        "severity": rule.severity if rule.action == "flag" else "",
        "message": rule.message if rule.message != rule.description else "",
        "suggestion": rule.suggestion or "",
        "category": rule.category or "",
        "rate": f"{rule.rate_native_per_10k:g} in 10,000 native sentences"
        if rule.rate_native_per_10k is not None
        else "",
        "precision": measured_text(rule.precision, rule.prose_precision),
        "engine": rule.engine if rule.engine != "linear" else "",
        "from": f"{rule.origin} ({rule.origin.layer})",
        "replaces": ", ".join(f"{origin} ({origin.layer})" for origin in rule.overrides),
    }
    lines = [f"{name:<10} {text}" for name, text in facts.items() if text]
    for name, texts in (("matches", rule.examples.match), ("leaves", rule.examples.no_match)):
        lines += [f"{name if i == 0 else '':<10} {_shown(text)}" for i, text in enumerate(texts)]
    return "\n".join(lines)


def measured_text(found: Measured | None, prose: Measured | None = None) -> str:
    """Return how often a rule was right on labelled texts.

    >>> measured_text(Measured(40, 0.975), Measured(8, 1.0))
    '97.5% of 40 lines right, 100.0% of 8 of prose'
    """
    if found is None:
        return ""
    if not found.n:
        return "not measured: nothing in the labelled texts"
    said = f"{found.right:.1%} of {found.n} lines right"
    return said + (f", {prose.right:.1%} of {prose.n} of prose" if prose and prose.n else "")


def matcher_text(matcher: Matcher) -> str:
    """Write a matcher tree in one line, as a rule file would.

    >>> matcher_text(Matcher("all", parts=(Matcher("prefix", ("Ad",)), Matcher("regex", ("a", "b")))))
    "{all: [{prefix: 'Ad'}, {regex: ['a', 'b']}]}"
    """
    return flow(_as_data(matcher))


def _as_data(matcher: Matcher) -> dict[str, Any]:
    if matcher.parts:
        return {matcher.kind: [_as_data(part) for part in matcher.parts]}
    values: Sequence[str] = matcher.values
    return {matcher.kind: values[0] if len(values) == 1 else list(values)}


def _given(rule: Rule, name: str) -> str:
    value = rule.guard if name == "guard" else rule.fold
    default = type(value)()
    given = {
        key: getattr(value, key) for key in value.__slots__ if getattr(value, key) != getattr(default, key)
    }
    return flow(given) if given else ""


def _shown(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.replace("\n", "").isprintable())
