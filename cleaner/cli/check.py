"""`clean check`: what a run would change, remove or flag, for people and for other programs."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cleaner.cli import EXIT_FINDINGS
from cleaner.cli.options import PLACE, CorpusOptions, OneOf, corpus_options, in_colour
from cleaner.storage.places import Place

if TYPE_CHECKING:
    from cleaner.api.jobs import Corpus
    from cleaner.cli.findings import Finding, LineOf
    from cleaner.cli.findings.written import Surroundings
    from cleaner.run.entries import Held

OUTPUTS: Final = ("text", "json", "github", "sarif")


@click.command(short_help="Report what would change or be flagged; write nothing.")
@click.argument("sources", nargs=-1, required=True, type=PLACE, metavar="SRC...")
@corpus_options
@click.option(
    "--output",
    type=OneOf(OUTPUTS),
    default="text",
    show_default=True,
    help="How findings are written: lines, a JSON array, annotations of GitHub Actions, SARIF 2.1.0.",
)
@click.option("--statistics", is_flag=True, help="Print how often each rule was found, not the findings.")
@click.option(
    "--fail-on",
    type=OneOf(["change", "info", "warn", "error"]),
    help="Exit 1 only for flags of this severity or above, or for changes [default: any finding].",
)
def check(
    sources: tuple[Place, ...],
    *,
    options: CorpusOptions,
    output: str,
    statistics: bool,
    fail_on: str | None,
) -> None:
    """Report every edit, duplicate and flag that `run` would make, one a line; exit 1 when there are any.

    A line is PATH:LINE:COLUMN, the rule, and what it would do. A duplicate names the passage that it repeats.
    """
    if statistics and output not in ("text", "json"):
        message = f"--statistics are written as text or json, not as {output}"
        raise click.UsageError(message)
    from cleaner.cli.corpus import settled
    from cleaner.cli.findings.written import WRITERS
    from cleaner.cli.findings.written import statistics as as_text
    from cleaner.cli.findings.written import statistics_json as as_json
    from cleaner.cli.show import Console

    tally = Tally(fail_on)
    with settled(sources, options, Console(no_color=options.no_color)) as corpus:
        about = surroundings(corpus)
        found = tally.counted(_findings(corpus))
        if statistics:
            for _ in found:
                pass
            count = as_json if output == "json" else as_text
            lines = count(tally.rules, tally.documents, about)
        else:
            lines = WRITERS[output](found, about)
        for line in lines:
            click.echo(line, color=in_colour(no_color=options.no_color))
    if tally.failed:
        sys.exit(EXIT_FINDINGS)


@dataclass(slots=True)
class Tally:
    """Counts findings as they pass, by rule, and the documents that they are in."""

    fail_on: str | None
    failed: bool = False
    rules: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    _last: dict[str, str] = field(default_factory=dict)

    def counted(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """Pass findings on; those of one document come one behind the other."""
        for finding in found:
            self.failed = self.failed or fails(finding.severity, self.fail_on)
            self.rules[finding.rule] += 1
            self.documents[finding.rule] += self._last.get(finding.rule) != finding.doc
            self._last[finding.rule] = finding.doc
            yield finding


def fails(severity: str, fail_on: str | None) -> bool:
    """Tell whether a finding makes `check` fail; its severity is `change` for what is no flag.

    >>> fails("info", None), fails("warn", "error"), fails("change", "warn"), fails("error", "warn")
    (True, False, False, True)
    """
    order = ("info", "warn", "error")
    if fail_on is None or severity == fail_on:
        return True
    return severity in order and fail_on in order and order.index(severity) > order.index(fail_on)


def _findings(corpus: Corpus) -> Iterator[Finding]:
    from cleaner.cli.findings import findings

    line_of = kept_lines(corpus)
    for piece in corpus.pieces():
        yield from findings(piece, line_of)


def kept_lines(corpus: Corpus) -> LineOf:
    """Look up the lines of the passages that duplicates repeat, which are in any documents."""
    from cleaner.cli.findings import Places

    wanted: dict[str, set[int]] = {}
    for held in _documents(corpus):
        for account in held.accounts:
            kept = account.duplicate.kept
            if kept.corpus is None:
                wanted.setdefault(kept.doc, set()).add(kept.source_start)
    lines: dict[tuple[str, int], int] = {}
    for held in _documents(corpus) if wanted else ():
        if held.doc.key in wanted:
            places = Places(held.doc.original())
            lines.update(((held.doc.key, at), places.at(at)[0]) for at in wanted[held.doc.key])
    return lambda doc, at: lines.get((doc, at))


def _documents(corpus: Corpus) -> Iterator[Held]:
    from cleaner.run.entries import Held

    return (piece for piece in corpus.pieces() if isinstance(piece, Held))


def surroundings(corpus: Corpus) -> Surroundings:
    """Return what other programs have to know: where the files lie, and what the rules are.

    The lines of a document are those of its file when it is all of that file: no record, and not made of HTML.
    """
    from cleaner.cli.findings.written import Surroundings
    from cleaner.pipeline import rule_book

    files = {file.key: file for file in corpus.job.inputs.files}
    whole = {
        held.doc.key
        for held in _documents(corpus)
        if (file := files.get(held.doc.key))
        and not file.codec
        and (held.meta.start, held.meta.end) == (0, file.size)
    }
    paths = {key: _from_here(str(file.path)) for key, file in files.items()}
    rules = {rule.id: rule.description for rule in rule_book(corpus.job.settings.rules).rules}
    return Surroundings({key: paths[key] for key in whole}, paths, rules)


def _from_here(path: str) -> str:
    """Return a path as it is seen from the working folder, if it is below that."""
    return path.removeprefix(f"{Path.cwd()}{os.sep}")
