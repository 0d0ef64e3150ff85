"""Make rules out of data that the schema has accepted; the defaults of a rule live here and in `rule`.

Kept apart from the schema so that packs from the cache, which were judged when they were written
there, need neither pydantic nor YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cleaner.rules.rule import (
    Action,
    Examples,
    Fold,
    Guard,
    Matcher,
    MatcherKind,
    Measured,
    Origin,
    Precision,
    Rule,
)

LEAVES: tuple[MatcherKind, ...] = ("literal", "prefix", "suffix", "contains", "regex", "detector")


def rule_from_data(pack: str, step: str, data: Mapping[str, Any], origin: Origin) -> Rule:
    """Make a rule of the mapping that a rule file holds for it.

    >>> data = {"id": "ad", "description": "Ad", "scope": "line", "match": {"literal": "Ad"},
    ...         "action": "drop", "examples": {"match": "Ad", "no_match": "Add"}}
    >>> rule = rule_from_data("news", "boilerplate", data, Origin("news.yaml", 3, "project"))
    >>> rule.id, rule.step, rule.match.values
    ('news/ad', 'boilerplate', ('Ad',))
    """
    examples = data["examples"]
    action = action_of(data)
    unless = data.get("unless")
    precision, prose_precision = data.get("precision"), data.get("prose_precision")
    precision_mqm = data.get("precision_mqm")
    return Rule(
        id=f"{pack}/{data['id']}",
        pack=pack,
        step=step,
        description=data["description"],
        scope=data["scope"],
        match=matcher_from_data(data["match"]),
        action=action,
        origin=origin,
        examples=Examples(_texts(examples["match"]), _texts(examples["no_match"])),
        languages=tuple(data.get("languages") or ()),
        profiles=tuple(data.get("profiles") or ()),
        unless=matcher_from_data(unless) if unless else None,
        guard=replace(Guard(), **_given(data.get("guard"))),
        fold=replace(Fold(), **_given(data.get("fold"))),
        replacement=data.get("replacement"),
        safety=data.get("safety") or "safe",
        severity=data.get("severity") or "warn",
        message=data.get("message") or data["description"],
        suggestion=data.get("suggestion"),
        category=data.get("category"),
        rate_native_per_10k=data.get("rate_native_per_10k"),
        precision_mqm=Precision(**precision_mqm) if precision_mqm else None,
        precision=Measured(**precision) if precision else None,
        prose_precision=Measured(**prose_precision) if prose_precision else None,
        kind=data.get("class") or "furniture",
        prose=bool(data.get("prose")),
        alone=data.get("alone"),
        formerly=tuple(data.get("formerly") or ()),
        engine=data.get("engine") or "linear",
        options=data.get("with"),
        needs_corpus=bool(data.get("corpus")),
    )


def action_of(data: Mapping[str, Any]) -> Action:
    """Return the action of a rule: the one it names, else that of its scope.

    >>> action_of({"scope": "join"}), action_of({"scope": "line"})
    ('join', 'drop')
    """
    action: Action = data.get("action") or ("join" if data["scope"] == "join" else "drop")
    return action


def matcher_from_data(data: Mapping[str, Any]) -> Matcher:
    """Make the matcher tree of the mapping under `match` or `unless`: several keys must all hold.

    >>> matcher_from_data({"prefix": "a", "any": [{"regex": "b"}, {"suffix": ["c", "d"]}]}).kind
    'all'
    """
    parts: list[Matcher] = []
    for kind, value in data.items():
        if value is None:
            continue
        if kind in ("any", "all"):
            nested = tuple(matcher_from_data(part) for part in value)
            parts.append(Matcher("any" if kind == "any" else "all", parts=nested))
        else:
            leaf = next(known for known in LEAVES if known == kind)
            parts.append(Matcher(leaf, _texts(value)))
    return parts[0] if len(parts) == 1 else Matcher("all", parts=tuple(parts))


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _given(data: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (data or {}).items() if value is not None}
