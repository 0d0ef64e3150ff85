"""`clean explain`: one rule in words, with how to switch it off and how to make an exception."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Final

import click

from cleaner.cli.completion.offers import complete_rules
from cleaner.cli.rules import rule_options
from cleaner.errors import UsageError

if TYPE_CHECKING:
    from cleaner.rules import RuleBook
    from cleaner.rules.rule import Guard, Rule
    from cleaner.settings import RuleSources

SHOWN: Final = 6
"""Examples of one kind."""
_DEEDS: Final = {
    "drop": "It removes",
    "cut": "It cuts what it matches out of",
    "join": "It joins",
    "replace": "It replaces what it matches in",
    "flag": "It flags, and changes nothing in,",
}
_SCOPES: Final = {
    "line": "a line",
    "block": "a block of lines",
    "tail": "a line and what belongs to it below",
    "head": "a line and what belongs to it above",
    "document": "a whole document",
    "join": "two lines",
}
_SAFETY: Final = {
    "safe": "safe: it is applied unless somebody switches it off",
    "unsafe": "unsafe: it is applied with --unsafe alone",
    "review": "review: what it finds has to be looked at",
}
_GUARDS: Final = {
    "after": "only from {:.0%} of the document on",
    "before": "only up to {:.0%} of the document",
    "min_words": "only lines of {} words or more",
    "max_words": "only lines of {} words at most",
    "max_cut": "at most {:.0%} of the document in one removal",
    "max_lines": "at most {} lines in one removal",
    "max_hits": "not in a document with more than {} such lines",
    "interrupts": "only between the two parts of a sentence",
}


@click.command(short_help="Tell what a rule takes and leaves, and how to switch it off.")
@click.argument("rule_id", metavar="RULE", shell_complete=complete_rules)
@rule_options
def explain(rule_id: str, *, sources: RuleSources) -> None:
    """Tell what RULE takes and what it leaves, how often it was right, and how to switch it off.

    RULE is the id of a rule, or the end of one that no other rule has.
    """
    from cleaner.pipeline import rule_book

    book = rule_book(sources)
    rule = found(book, rule_id)
    for line in explained(rule, book.off.get(rule.id, "")):
        click.echo(line)


def found(book: RuleBook, name: str) -> Rule:
    """Return the rule of a name: its id, a former one, or the end of its id; UsageError when it is none, or several."""
    from cleaner.rules.faults import did_you_mean

    rule = book.get(name)
    if rule is not None:
        return rule
    ending = [rule for rule in book.rules if rule.id.endswith(f"/{name}")]
    if len(ending) == 1:
        return ending[0]
    if ending:
        message = f"{len(ending)} rules are named {name!r}: {', '.join(rule.id for rule in ending)}"
        raise UsageError(message)
    known = [rule.id for rule in book.rules]
    hint = did_you_mean(name, known) or did_you_mean(name, [rule.name for rule in book.rules])
    message = f"no rule is named {name!r}{hint}; `clean rules list` lists them"
    raise UsageError(message)


def explained(rule: Rule, off: str = "") -> Iterator[str]:
    """Yield the lines that explain a rule; `off` is why it is not active."""
    yield f"{rule.id}: {rule.description}"
    yield ""
    languages = f"documents in {', '.join(rule.languages)}" if rule.languages else "documents of any language"
    profiles = f" (profile {', '.join(rule.profiles)})" if rule.profiles else ""
    yield f"{_DEEDS[rule.action]} {_SCOPES[rule.scope]}, in {languages}{profiles}."
    if not rule.is_pattern:
        yield f"What decides is code of the step {rule.step}, not a pattern."
    if off:
        yield f"It is off: {off}."
    yield from _examples("It takes", rule.examples.match)
    yield from _examples("It leaves", rule.examples.no_match)
    yield from _certainty(rule)
    yield from _ways_out(rule)


def _examples(title: str, texts: tuple[str, ...]) -> Iterator[str]:
    from cleaner.cli import printable

    if texts:
        yield ""
        yield title
        for text in texts[:SHOWN]:
            first, *rest = text.split("\n")
            yield f"  | {printable(first)}"
            yield from (f"    {printable(line)}".rstrip() for line in rest)
        if len(texts) > SHOWN:
            yield f"  and {len(texts) - SHOWN} more examples"


def _certainty(rule: Rule) -> Iterator[str]:
    from cleaner.rules.authoring.listing import measured_text

    yield ""
    yield "How sure it is"
    said = measured_text(rule.precision, rule.prose_precision)
    yield f"  precision  {said or 'not measured'}"
    if rule.precision_mqm is not None:
        mqm = rule.precision_mqm
        yield f"  experts    {mqm.overlap:.1%} of {mqm.flags} flags overlap a marked span (by chance {mqm.chance:.1%})"
    yield f"  safety     {_SAFETY[rule.safety]}"
    for number, guard in enumerate(guards(rule.guard)):
        yield f"  {'guards' if not number else '':<9}  {guard}"
    if rule.prose:
        yield "  prose      it may take prose that it does not cover"


def guards(guard: Guard) -> Iterator[str]:
    """Yield in words what a guard forbids.

    >>> from cleaner.rules.rule import Guard
    >>> list(guards(Guard(after=0.5, max_words=14)))
    ['only from 50% of the document on', 'only lines of 14 words at most']
    """
    for name in (field.name for field in fields(guard)):
        value = getattr(guard, name)
        if value is not None and value is not False:
            yield _GUARDS[name].format(value)


def _ways_out(rule: Rule) -> Iterator[str]:
    from cleaner.rules.authoring.yaml_writer import quoted

    yield ""
    yield "To switch it off"
    yield f"  clean run SRC OUT --ignore {rule.id}"
    yield "  or in clean.yaml:"
    yield f"    ignore: [{quoted(rule.id)}]"
    yield ""
    yield "To make an exception, in clean.yaml (a document or a text, or both):"
    yield "    exceptions:"
    yield f"      - rule: {quoted(rule.id)}"
    yield "        document: 'essays/*.txt'"
    text = next((text.strip() for text in rule.examples.match if text.strip()), "")
    if text:
        yield f"        text: {quoted(text.splitlines()[0])}"
    yield ""
    yield f"clean rules show {rule.id} prints the rule as it is written; --run OUT, what it did in a run"
