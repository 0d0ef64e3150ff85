"""Run the examples of rules through the production matcher, or where code decides through its step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from cleaner.lines import line_spans
from cleaner.model import Edit, Fact, Finding
from cleaner.rules.rule import Rule
from cleaner.rules.ruleset import RuleSet

Kind: TypeAlias = Literal["match", "no_match"]
Find: TypeAlias = Callable[[str, RuleSet, str, str], Iterable[Finding]]
"""What a step finds in a text by some rules, in a language and a profile."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold."""

    rule: Rule
    kind: Kind
    text: str

    def __str__(self) -> str:
        """Describe it in one line."""
        said = "does not match" if self.kind == "match" else "matches"
        return f"{self.rule.origin}: {self.rule.id} {said} {self.text!r}"


def failures(
    rule: Rule, find: Find | None = None, *, company: Sequence[Rule] = ()
) -> Iterator[tuple[Kind, int]]:
    """Yield the examples of a rule that fail, by kind and index.

    An example is a document of its own, so the guards that depend on the document around a match
    (`after`, `before`, `max_cut`, `interrupts`) do not count. A rule whose decision is code is run by `find`, the
    step's own, first alone and then in the company of the step's other rules, as some only finish
    what another one began; without `find` its examples are not run, nor are those of a rule that
    needs the corpus: one text on its own is no example for it.
    """
    alone = replace(rule, guard=replace(rule.guard, after=None, before=None, max_cut=None, interrupts=None))
    if rule.is_pattern:
        rules = RuleSet((alone,))
        yield from _failed(rule, lambda text: bool(rules.hits(text, line_spans(text))))
    elif find is not None and not rule.needs_corpus:
        others = tuple(other for other in company if other.id != rule.id)
        yield from _failed(
            rule,
            lambda text: (
                _found((alone,), rule.id, find, text)
                or (bool(others) and _found((*others, alone), rule.id, find, text))
            ),
        )


def check_examples(rules: Iterable[Rule], find_of: Callable[[str], Find]) -> list[Failure]:
    """Run all examples of all rules; `find_of` returns what runs a step, by its name."""
    rules = tuple(rules)
    found = []
    for rule in rules:
        company = [other for other in rules if other.step == rule.step]
        for kind, i in failures(rule, find_of(rule.step), company=company):
            texts = rule.examples.match if kind == "match" else rule.examples.no_match
            found.append(Failure(rule, kind, texts[i]))
    return found


def _failed(rule: Rule, matches: Callable[[str], bool]) -> Iterator[tuple[Kind, int]]:
    for i, text in enumerate(rule.examples.match):
        if not matches(text):
            yield "match", i
    for i, text in enumerate(rule.examples.no_match):
        if matches(text):
            yield "no_match", i


def _found(rules: tuple[Rule, ...], rule_id: str, find: Find, text: str) -> bool:
    """Tell whether the step finds something by a rule, the last of `rules`, when only these are active."""
    rule = rules[-1]
    language = rule.languages[0] if rule.languages else _language(text)
    profile = "page" if rule.profiles == ("page",) else "article"
    return any(_concerns(finding, rule_id) for finding in find(text, RuleSet(rules), language, profile))


def _concerns(finding: Finding, rule_id: str) -> bool:
    if isinstance(finding, Fact) or finding.rule != rule_id:
        return False
    return not isinstance(finding, Edit) or finding.old != finding.new


def _language(text: str) -> str:
    from cleaner.language import detect

    return detect(text)
