"""`clean rules try`: what the rules of one file do to a text, and what they match and leave."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import PATH
from cleaner.errors import UsageError

if TYPE_CHECKING:
    from cleaner.model import Document
    from cleaner.rules.rule import Rule

_LEFT = "a guard, what stands around it, or protected text"
"""Why a match may be left."""


@click.command(name="try")
@click.argument("file", type=PATH, metavar="FILE")
@click.argument("text", type=PATH, metavar="[TEXT]", default="-")
def try_(file: Path, text: Path) -> None:
    """Apply the rules of FILE alone to a text (a file, or standard input), and say what each does to which line.

    A rule that matches a line and leaves it is told too. Rules that are marked unsafe are applied.
    """
    from cleaner import Cleaner, Document

    content = _read(text)
    rules = _rules_of(file)
    cleaner = Cleaner.from_config(rules=[file], select_rules=[rule.id for rule in rules], unsafe=True)
    doc = cleaner.clean(Document(text.name, content))
    lines = list(told(doc, rules, content))
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo(f"none of the {len(rules)} rules matches")


def _read(path: Path) -> str:
    """Return the text of a file, or of standard input, decoded as a run would."""
    from cleaner.charsets.decode import decode

    try:
        return decode(sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()).text
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise UsageError(message) from None


def _rules_of(file: Path) -> list[Rule]:
    """Return the rules that come from a file; its faults are a RuleError."""
    from cleaner.pipeline import rule_book
    from cleaner.rules.files.folders import shown
    from cleaner.settings import RuleSources

    book = rule_book(RuleSources(folders=(str(file),), isolated=True, unsafe=True))
    found = [rule for rule in book.rules if rule.origin.file == shown(file)]
    if not found:
        message = f"{file} holds no rules"
        raise UsageError(message)
    return found


def told(doc: Document, rules: Sequence[Rule], text: str) -> Iterator[str]:
    """Yield what was done to which line, in the order of the lines, and which matches were left."""
    from cleaner.audit.trail import edit_lines, flag_lines
    from cleaner.cli.show import shorten
    from cleaner.lines import line_of, line_spans
    from cleaner.rules import RuleSet

    found: list[tuple[int, str, str]] = []
    for edit in edit_lines(doc):
        what = f"“{shorten(edit['old'].strip())}”"
        done = (
            f"{what} becomes “{shorten(edit['new'].strip())}”" if edit["new"].strip() else f"removes {what}"
        )
        found.append((line_of(text, edit["source_start"]), edit["rule"], done))
    for flag in flag_lines(doc):
        line = line_of(text, flag["source_start"])
        found.append((line, flag["rule"], f"flags “{shorten(flag['text'])}”: {flag['message']}"))
    touched = {(line, rule) for line, rule, _ in found}
    for hit in RuleSet(tuple(rule for rule in rules if rule.is_pattern)).hits(text, line_spans(text)):
        if (hit.line + 1, hit.rule.id) not in touched:
            what = f"matches “{shorten(text[hit.start : hit.end])}” and leaves it"
            found.append((hit.line + 1, hit.rule.id, f"{what}: {_LEFT}"))
    yield from (f"{line}: {rule} {done}" for line, rule, done in sorted(set(found)))
