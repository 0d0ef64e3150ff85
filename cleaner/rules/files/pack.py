"""One rule file: from bytes to judged data.

A `Pack` is what the cache stores: plain data and line numbers, no faults. Its rules are made by
`cleaner.rules.files.build` once it is known what the configuration changes in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.rules.files.build import action_of, rule_from_data
from cleaner.rules.rule import Layer, Origin, Rule


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one file, as data; `lines` are those on which they start.

    `by_action` names the steps of rules when the pack names none.
    """

    file: str
    layer: Layer
    name: str
    step: str | None
    rules: tuple[dict[str, Any], ...]
    lines: tuple[int, ...]
    by_action: Mapping[str, str]

    def origin(self, i: int) -> Origin:
        """Return the place of rule `i`."""
        return Origin(self.file, self.lines[i], self.layer)

    def rule(self, i: int, data: dict[str, Any] | None = None) -> Rule:
        """Make rule `i`, of other data where a configuration changed it."""
        data = data or self.rules[i]
        step = self.step or self.by_action[action_of(data)]
        return rule_from_data(self.name, step, data, self.origin(i))
