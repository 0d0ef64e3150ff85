"""What a shell offers to complete: rules, steps, and documents of a finished run; nothing that takes long."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cleaner.audit.rebuild import Finished
    from cleaner.settings import RuleSources

MOST: Final = 300
"""Names that are offered at once."""


def complete_rules(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the ids of rules that begin so, or contain it, each with its description."""
    from click.shell_completion import CompletionItem

    from cleaner.errors import CleanerError
    from cleaner.pipeline import rule_book

    try:
        rules = rule_book(_sources(context)).rules
    except CleanerError:
        return []  # it is said where the rules are used
    begin = [rule for rule in rules if rule.id.startswith(incomplete)]
    chosen = begin or [rule for rule in rules if incomplete in rule.id]
    return [CompletionItem(rule.id, help=rule.description) for rule in chosen[:MOST]]


def _sources(context: click.Context) -> RuleSources:
    """Return the rules that the options given so far ask for."""
    from cleaner.cli import DEFAULT_CONFIG
    from cleaner.settings import RuleSources

    given = context.params
    isolated = bool(given.get("isolated"))
    config = given.get("config") or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
    folders = given.get("rule_folders") or given.get("folders") or ()
    return RuleSources(
        config=str(config) if config and not isolated else None,
        folders=tuple(map(str, folders)),
        isolated=isolated,
    )


def complete_steps(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the steps that may follow those that were named already, `A,B,`.

    >>> complete_steps(click.Context(click.Command("x")), click.Option(["--steps"]), "dedup,b")
    ['dedup,boilerplate']
    """
    from cleaner.steps import STEPS

    named, comma, begin = incomplete.rpartition(",")
    left = [step.name for step in STEPS if step.name not in named.split(",")]
    return [f"{named}{comma}{name}" for name in left if name.startswith(begin)]


def complete_documents(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the documents of the finished run that is named before."""
    from cleaner.audit.errors import following
    from cleaner.audit.rebuild import open_run
    from cleaner.errors import CleanerError

    out = context.params.get("out")
    if not isinstance(out, Path):
        return []  # a remote run: asking would take too long
    try:
        with following(OSError):
            return list(islice(_documents(open_run(out), incomplete), MOST))
    except CleanerError:
        return []


def _documents(finished: Finished, begin: str) -> Iterator[str]:
    """Yield the keys of the documents of a run that begin so."""
    from cleaner.audit.records import DOCUMENTS
    from cleaner.audit.seek import heads
    from cleaner.audit.trail import lines_about
    from cleaner.formats import jsontext

    for head in heads("doc", [begin]):
        for shard in range(finished.shards):
            for line in lines_about(finished.audit, DOCUMENTS, shard, head.removesuffix(b'",')):
                yield jsontext.loads(line)["doc"]
