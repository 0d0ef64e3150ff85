"""Run the examples of rules through the production matcher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from cleaner.lines import line_spans
from cleaner.rules.rule import Rule
from cleaner.rules.ruleset import RuleSet


def failures(rule: Rule) -> Iterator[tuple[Literal["match", "no_match"], int]]:
    """Give the examples of a pattern rule that fail, by kind and index.

    An example is a document of its own, so the guards that depend on the document around a match
    (`after`, `before`) do not count here.
    """
    if not rule.is_pattern:
        return
    rules = RuleSet((replace(rule, guard=replace(rule.guard, after=None, before=None)),))
    for i, text in enumerate(rule.examples.match):
        if not rules.hits(text, line_spans(text)):
            yield "match", i
    for i, text in enumerate(rule.examples.no_match):
        if rules.hits(text, line_spans(text)):
            yield "no_match", i
