"""One rule file: from bytes to judged data.

A `Pack` is what the cache stores: plain data and line numbers, no faults. Its rules are made by
`cleaner.rules.files.build` once it is known what the configuration changes in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cleaner.rules.files.build import rule_from_data
from cleaner.rules.rule import Layer, Origin, Rule, Step


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one file, as data; `lines` are those on which they start."""

    file: str
    layer: Layer
    name: str
    step: Step | None
    rules: tuple[dict[str, Any], ...]
    lines: tuple[int, ...]

    def origin(self, i: int) -> Origin:
        """Return the place of rule `i`."""
        return Origin(self.file, self.lines[i], self.layer)

    def rule(self, i: int, data: dict[str, Any] | None = None) -> Rule:
        """Make rule `i`, of other data where a configuration changed it."""
        return rule_from_data(self.name, self.step, data or self.rules[i], self.origin(i))
