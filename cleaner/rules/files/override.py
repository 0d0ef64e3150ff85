"""Change single keys of a rule from `clean.yaml`: set a value, or add and remove entries of a list."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from cleaner.rules.faults import did_you_mean
from cleaner.rules.files.source import Path

Remark: TypeAlias = tuple[Path, str, str]
"""Path inside the override, code, message."""

_FIXED = ("id", "formerly")
_KEYS = (
    "description", "languages", "profiles", "scope", "match", "unless", "guard", "fold", "action",
    "replacement", "safety", "severity", "message", "suggestion", "category", "rate_native_per_10k",
    "precision_mqm", "precision", "prose_precision", "class", "prose", "alone", "engine", "with", "examples",
)  # fmt: skip


def overridden(data: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[Remark]]:
    """Apply the changes of one rule to its data; what could not be applied is in the remarks.

    A key is a path with dots, from the rule's keys down. A mapping of `add` and `remove` changes a
    list; anything else replaces the value.

    >>> rule = {"match": {"prefix": ["Read also:"]}, "severity": "warn"}
    >>> overridden(rule, {"match.prefix": {"add": ["See also:"]}, "severity": "info"})[0]
    {'match': {'prefix': ['Read also:', 'See also:']}, 'severity': 'info'}
    """
    result: dict[str, Any] = copy.deepcopy(dict(data))
    remarks: list[Remark] = []
    for key, value in changes.items():
        remarks += _change(result, key, value)
    return result, remarks


def _change(data: dict[str, Any], key: str, value: Any) -> Iterator[Remark]:
    names = key.split(".")
    if names[0] not in _KEYS:
        hint = "" if names[0] in _FIXED else did_you_mean(names[0], _KEYS)
        yield (key,), "unknown-key", f"{names[0]!r} is no key of a rule that can be changed{hint}"
        return
    target: Any = data
    for name in names[:-1]:
        if target.get(name) is None:
            target[name] = {}
        target = target[name]
        if not isinstance(target, dict):
            yield (key,), "bad-override", f"{name!r} is not a mapping in this rule"
            return
    last = names[-1]
    if isinstance(value, dict) and value and set(value) <= {"add", "remove"}:
        entries = _as_list(target.get(last))
        if entries is None:
            yield (key,), "bad-override", f"{last!r} is not a list in this rule"
            return
        target[last] = entries
        yield from _entries(key, entries, value)
    else:
        target[last] = value


def _entries(key: str, entries: list[Any], change: Mapping[str, Any]) -> Iterator[Remark]:
    for i, entry in enumerate(_as_list(change.get("remove")) or []):
        if entry in entries:
            entries.remove(entry)
        else:
            hint = did_you_mean(str(entry), [str(known) for known in entries])
            yield (key, "remove", i), "names-nothing", f"the rule has no entry {entry!r}{hint}"
    for i, entry in enumerate(_as_list(change.get("add")) or []):
        if entry in entries:
            yield (key, "add", i), "duplicate-entry", f"the rule has the entry {entry!r} already"
        else:
            entries.append(entry)


def _as_list(value: Any) -> list[Any] | None:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) else None
