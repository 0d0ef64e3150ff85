"""Turn the bytes of a rule file into a `Pack`, or into every fault that it has.

Needs YAML, pydantic and the matching engine, so it is imported only for files that are not in the
cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cleaner.rules.faults import Fault, did_you_mean
from cleaner.rules.files.build import rule_from_data
from cleaner.rules.files.check import against_schema
from cleaner.rules.files.examples import failures
from cleaner.rules.files.lint import matcher_remarks, remarks
from cleaner.rules.files.pack import Pack
from cleaner.rules.files.schema import MatcherModel, PackModel, RuleModel
from cleaner.rules.files.source import Path, Source, parse
from cleaner.rules.rule import Layer, Origin, Rule, StepNames


def judge(
    file: str, layer: Layer, content: bytes, steps: StepNames, *, sound: bool = False
) -> tuple[Pack | None, list[Fault]]:
    """Judge one rule file; the pack is None when there are faults.

    Of a pack that is known to be `sound`, a built-in one whose regexes and examples were run by the tests before,
    only the schema is checked: the first run after an installation should not wait for the rest.
    """
    source = parse(file, content)
    if not isinstance(source.data, dict):
        if not source.faults:
            message = "a rule file is a mapping with the keys schema, pack and rules"
            source.faults.append(source.fault((), "not-a-pack", message))
        return None, source.faults
    found = against_schema(source, source.data, PackModel) if sound else _file_faults(source, source.data)
    faults = [*source.faults, *found, *_unknown_step(source, source.data, steps)]
    if faults:
        return None, faults
    data = source.data
    rules = tuple(data["rules"])
    lines = tuple(source.line(("rules", i)) for i in range(len(rules)))
    return Pack(file, layer, data["pack"], data.get("step"), rules, lines, steps.by_action), []


def _unknown_step(source: Source, data: Mapping[str, Any], steps: StepNames) -> Iterator[Fault]:
    step = data.get("step")
    if isinstance(step, str) and step not in steps.names:
        message = f"{step!r} is not one of {', '.join(steps.names)}{did_you_mean(step, steps.names)}"
        yield source.fault(("step",), "bad-value", message)


def _file_faults(source: Source, data: Mapping[str, Any]) -> Iterator[Fault]:
    found = against_schema(source, data, PackModel)
    yield from found
    sound = not (found or source.faults)
    rules = data.get("rules")
    seen: dict[str, int] = {}
    for i, rule in enumerate(rules if isinstance(rules, list) else ()):
        path: Path = ("rules", i)
        if not isinstance(rule, dict):
            continue
        name = rule.get("id")
        if isinstance(name, str):
            if name in seen:
                message = f"the id {name!r} is taken by the rule in line {seen[name]}"
                yield source.fault((*path, "id"), "duplicate-id", message)
            seen.setdefault(name, source.line(path))
        if against_schema(source, rule, RuleModel, at=path):
            yield from _sound_matchers(source, path, rule)
        else:
            yield from rule_faults(source, path, rule, str(data.get("pack", "")), examples=sound)


def _sound_matchers(source: Source, path: Path, rule: dict[str, Any]) -> Iterator[Fault]:
    """Judge the matchers of a rule that the schema refuses for another reason."""
    for name in ("match", "unless"):
        matcher = rule.get(name)
        if isinstance(matcher, dict) and not against_schema(source, matcher, MatcherModel):
            for where, code, message in matcher_remarks(rule, name):
                yield source.fault((*path, *where), code, message)


def rule_faults(
    source: Source, path: Path, data: dict[str, Any], pack: str, *, examples: bool = True
) -> Iterator[Fault]:
    """Yield the faults of one rule that the schema has accepted: contradictions, then its examples."""
    found = [source.fault((*path, *where), code, message) for where, code, message in remarks(data)]
    yield from found
    if found or not examples:
        return
    rule: Rule = rule_from_data(pack, "", data, Origin(source.file, source.line(path), "project"))
    for kind, i in failures(rule):
        message = (
            "the rule does not match this example" if kind == "match" else "the rule matches this example"
        )
        yield source.fault((*path, "examples", kind, i), "example", message)
