"""The part of `clean.yaml` that is about rules: `select`, `ignore`, `rules` and `exceptions`.

Its other keys are handled elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cleaner.rules.book import named, names_no_rule
from cleaner.rules.exemptions import Exemption
from cleaner.rules.faults import Fault
from cleaner.rules.files.check import against_schema
from cleaner.rules.files.folders import read_capped, shown
from cleaner.rules.files.judge import rule_faults
from cleaner.rules.files.override import overridden
from cleaner.rules.files.pack import Pack
from cleaner.rules.files.schema import ConfigModel, RuleModel
from cleaner.rules.files.source import Source, parse
from cleaner.rules.rule import Origin, Rule

KEYS = ("select", "ignore", "rules", "exceptions")
"""The keys of `clean.yaml` that this module answers for."""
GIVEN = "configuration"
"""What messages call a configuration that is given as a value."""


@dataclass(frozen=True, slots=True)
class RuleConfig:
    """The part of `clean.yaml` about rules."""

    source: Source
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    changes: dict[str, dict[str, Any]] | None = None
    exemptions: tuple[Exemption, ...] = ()

    def changed(self, rule: Rule, pack: Pack, i: int) -> tuple[Rule, list[Fault]]:
        """Return a rule as the configuration changes it, and the faults of that change."""
        key = next((key for key in self.changes or {} if key == rule.id or key in rule.formerly), None)
        if key is None or self.changes is None:
            return rule, []
        at = ("rules", key)
        data, remarks = overridden(pack.rules[i], self.changes[key])
        faults = [
            self.source.fault((*at, *path), code, message, key=len(path) == 1)
            for path, code, message in remarks
        ]
        if not faults:
            faults = self._judged(data, key, pack)
        if faults:
            return rule, faults
        origin = Origin(self.source.file, self.source.line(at), "project")
        changed = pack.rule(i, data)
        return replace(changed, origin=rule.origin, overrides=(*rule.overrides, origin)), []

    def _judged(self, data: dict[str, Any], key: str, pack: Pack) -> list[Fault]:
        at = ("rules", key)
        view = _as_overridden(self.source, key)
        faults = against_schema(view, data, RuleModel, at=at)
        return faults or list(rule_faults(view, at, data, pack.name, examples=False))

    def names_nothing(self, rules: Sequence[Rule]) -> list[Fault]:
        """Return a fault for each id or glob of the configuration that names no rule."""
        faults = []
        for name in ("select", "ignore"):
            for i, glob in enumerate(getattr(self, name)):
                if not named(rules, glob):
                    faults.append(self.source.fault((name, i), "names-nothing", names_no_rule(glob, rules)))
        known = {rule.id for rule in rules} | {old for rule in rules for old in rule.formerly}
        for key in self.changes or {}:
            if key not in known:
                message = names_no_rule(key, rules)
                faults.append(self.source.fault(("rules", key), "names-nothing", message, key=True))
        for i, exemption in enumerate(self.exemptions):
            if not named(rules, exemption.rule):
                message = names_no_rule(exemption.rule, rules)
                faults.append(self.source.fault(("exceptions", i, "rule"), "names-nothing", message))
        return faults


def read_config(path: Path) -> tuple[RuleConfig | None, list[Fault]]:
    """Read the part of a `clean.yaml` about rules; None when it is faulty."""
    file = shown(path)
    try:
        content = read_capped(path)
    except OSError as error:
        return None, [Fault(file, 1, 1, "unreadable", f"cannot be read: {error.strerror}")]
    return config_of(file, content)


def config_of(file: str, content: bytes) -> tuple[RuleConfig | None, list[Fault]]:
    """Read the part about rules of a configuration with this content; `file` is its name in messages."""
    source = parse(file, content)
    if source.faults or source.data is None:
        return (RuleConfig(source) if not source.faults else None), source.faults
    if not isinstance(source.data, dict):
        return None, [source.fault((), "wrong-type", "the configuration is a mapping")]
    data = {key: source.data[key] for key in KEYS if source.data.get(key) is not None}
    faults = against_schema(source, data, ConfigModel)
    if faults:
        return None, faults
    return _config(source, data), []


def _config(source: Source, data: dict[str, Any]) -> RuleConfig:
    exemptions = tuple(
        Exemption(
            entry["rule"],
            entry.get("document") or "*",
            entry.get("text") or "",
            f"{source.file}:{source.line(('exceptions', i))}",
        )
        for i, entry in enumerate(data.get("exceptions", ()))
    )
    select, ignore = (_as_tuple(data.get(name, ())) for name in ("select", "ignore"))
    return RuleConfig(source, select, ignore, data.get("rules"), exemptions)


def _as_tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _as_overridden(source: Source, key: str) -> Source:
    """Return a view of the configuration in which `match.prefix` stands where the rule has it."""
    view = replace(source, values=dict(source.values), keys=dict(source.keys))
    for marks in (view.values, view.keys):
        for path, mark in list(marks.items()):
            if len(path) > 2 and path[:2] == ("rules", key) and "." in str(path[2]):
                marks[("rules", key, *str(path[2]).split("."))] = mark
    return view
