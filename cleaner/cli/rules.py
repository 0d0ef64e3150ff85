"""`clean rules`: look at rules, test them, write new ones, and find out what they cost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import reduce, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cleaner.cli import DEFAULT_CONFIG, EXIT_FINDINGS, Named
from cleaner.cli.completion.offers import complete_rules
from cleaner.cli.options import PATH, OneOf
from cleaner.cli.trial import try_
from cleaner.errors import UsageError

if TYPE_CHECKING:
    from cleaner.rules import RuleBook
    from cleaner.settings import RuleSources

_SOURCES = (
    click.option(
        "--config", type=PATH, metavar="FILE", help="Configuration [default: clean.yaml here, if any]."
    ),
    click.option(
        "--rules", "folders", multiple=True, type=PATH, metavar="DIR", help="More packs of rules; repeatable."
    ),
    click.option(
        "--select",
        multiple=True,
        metavar="GLOB",
        shell_complete=complete_rules,
        help="Only rules whose id matches; repeatable.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="GLOB",
        shell_complete=complete_rules,
        help="No rules whose id matches; repeatable.",
    ),
    click.option("--unsafe", is_flag=True, help="Rules that are marked unsafe, too."),
    click.option(
        "--metadata", type=OneOf(["keep", "drop"]), default="keep", help="Rules about metadata, too."
    ),
    click.option("--isolated", is_flag=True, help="The built-in rules alone and no configuration file."),
)


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which rules are meant; the command gets them as `sources`."""

    @wraps(command)
    def collect(
        *args: Any,
        config: Path | None,
        folders: tuple[Path, ...],
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        unsafe: bool,
        metadata: Literal["keep", "drop"],
        isolated: bool,
        **values: Any,
    ) -> Any:
        from cleaner.settings import RuleSources

        found = config or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
        sources = RuleSources(
            config=str(found) if found and not isolated else None,
            folders=tuple(map(str, folders)),
            select=select,
            ignore=ignore,
            unsafe=unsafe,
            metadata=metadata,
            isolated=isolated,
        )
        return command(*args, sources=sources, **values)

    return reduce(lambda wrapped, option: option(wrapped), reversed(_SOURCES), collect)


@click.group(cls=Named, short_help="List, show, test, write, suggest and measure rules.")
def rules() -> None:
    """Look at rules, try and test them, write new ones, and find out what they cost."""


rules.add_command(try_)


@rules.command(name="list")
@rule_options
def list_(*, sources: RuleSources) -> None:
    """List all rules: what they do, whether they are on, where they come from and what they replace."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from cleaner.rules.authoring.listing import rows

    table = Table("rule", "action", "languages", "state", "from", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows(_book(sources)):
        origin = row.origin if row.layer != "built-in" else "built-in"
        if row.overrides:
            origin += f", replaces {row.overrides}"
        table.add_row(*(Text(text) for text in (row.id, row.action, row.languages, row.state, origin)))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    console.print(table)


@rules.command()
@click.argument("rule_id", metavar="ID", shell_complete=complete_rules)
@click.option(
    "--run", "out", type=PATH, metavar="OUT", help="Tell also what the rule did in this finished run."
)
@rule_options
def show(rule_id: str, *, out: Path | None, sources: RuleSources) -> None:
    """Show one rule in full, with its examples, and what it did in a run."""
    from cleaner.cli import printable
    from cleaner.cli.show import shorten
    from cleaner.rules.authoring.listing import described
    from cleaner.rules.faults import did_you_mean

    book = _book(sources)
    rule = book.get(rule_id)
    if rule is None:
        message = f"no rule is named {rule_id!r}{did_you_mean(rule_id, [rule.id for rule in book.rules])}"
        raise UsageError(message)
    click.echo(described(rule, state=book.off.get(rule.id, "on")))
    if out is not None:
        from cleaner.audit.deeds import deeds, line_of
        from cleaner.audit.errors import following
        from cleaner.audit.rebuild import open_run

        with following(OSError):
            finished = open_run(out)
            done = list(deeds(finished, rule.id))
            shown = [(deed, line_of(finished, deed)) for deed in done[:20]]
        click.echo(f"in {out}: {len(done):,} time{'s' * (len(done) != 1)}")
        for deed, line in shown:
            click.echo(f"  {printable(deed.doc)}:{line}: {shorten(deed.text)}")
        if len(done) > 20:
            click.echo(f"  and {len(done) - 20} more")


@rules.command()
@click.option("--corpus", type=PATH, metavar="SRC", help="List also what each rule would hit in these texts.")
@rule_options
def test(*, corpus: Path | None, sources: RuleSources) -> None:
    """Run every example of every rule as a run would; exit 1 when one of them fails."""
    from cleaner.pipeline import finder
    from cleaner.rules.files.examples import check_examples

    book = _book(sources)
    active = [
        rule for rule in book.rules if rule.id not in book.off or book.off[rule.id] in ("unsafe", "metadata")
    ]
    failed = check_examples(active, finder)
    for failure in failed:
        click.echo(str(failure))
    if corpus is not None:
        _list_hits(book, corpus)
    if failed:
        sys.exit(EXIT_FINDINGS)
    count = sum(len(rule.examples.match) + len(rule.examples.no_match) for rule in active)
    click.echo(f"{count} examples of {len(active)} rules do what they say", err=corpus is not None)


def _list_hits(book: RuleBook, corpus: Path) -> None:
    """Print what the rules would hit in a corpus, by rule."""
    from cleaner.cli import printable
    from cleaner.cli.show import shorten
    from cleaner.language import detect
    from cleaner.rules.authoring.bench import corpus_hits
    from cleaner.steps import STEPS

    hits = []
    for key, text, _ in _texts(corpus):
        language = detect(text)
        for step in STEPS:
            hits += corpus_hits(book.select(step.name, language), key, text)
    for hit in sorted(hits, key=lambda hit: (hit.rule, hit.key, hit.line)):
        click.echo(f"{hit.rule}: {printable(hit.key)}:{hit.line}: {shorten(hit.text)}")


@rules.command()
@click.argument("paths", nargs=-1, type=PATH, metavar="[PATH...]")
@rule_options
def validate(paths: tuple[Path, ...], *, sources: RuleSources) -> None:
    """Check the packs at the paths alone, or the active configuration; exit 1 when there are faults."""
    from cleaner.pipeline import step_names
    from cleaner.rules.faults import RuleError
    from cleaner.rules.files.load import validate

    try:
        faults = list(validate([str(path) for path in paths], step_names())) if paths else []
        count = 0 if paths else len(_book(sources).rules)
    except RuleError as error:
        faults, count = list(error.faults), 0
    for fault in faults:
        click.echo(str(fault))
    if faults:
        sys.exit(EXIT_FINDINGS)
    click.echo("no faults" if paths else f"{count} rules, no faults")


@rules.command()
@click.option(
    "--file", "path", type=PATH, metavar="FILE", help="Rule file to write to; made when it is not there."
)
@click.option("--pack", default="mine", show_default=True, help="Name of the pack when the file is new.")
@click.option(
    "--id", "name", default="", metavar="ID", help="Id of the rule [default: made of its first words]."
)
@click.option(
    "--match", "matching", multiple=True, metavar="LINE", help="A line that it must match; repeatable."
)
@click.option(
    "--no-match",
    "not_matching",
    multiple=True,
    metavar="LINE",
    help="A similar line that must be kept; repeatable.",
)
@click.option("--prefix", multiple=True, metavar="TEXT", help="The line starts with this; repeatable.")
@click.option("--contains", multiple=True, metavar="TEXT", help="This stands in the line; repeatable.")
@click.option("--regex", multiple=True, metavar="REGEX", help="This matches in the line; repeatable.")
@click.option(
    "--language", "languages", multiple=True, metavar="CODE", help="Language of the rule [default: all]."
)
@click.option(
    "--scope",
    type=OneOf(["line", "block", "tail", "head", "document"]),
    default="line",
    show_default=True,
    help="What is removed with the line.",
)
@click.option(
    "--action",
    type=OneOf(["drop", "cut", "flag"]),
    default="drop",
    show_default=True,
    help="What is done.",
)
@click.option("--max-words", type=click.IntRange(min=1), help="Leave longer lines alone.")
@click.option("--description", default="", metavar="TEXT", help="What these lines are, in a few words.")
def new(
    path: Path | None,
    *,
    pack: str,
    name: str,
    matching: tuple[str, ...],
    not_matching: tuple[str, ...],
    prefix: tuple[str, ...],
    contains: tuple[str, ...],
    regex: tuple[str, ...],
    languages: tuple[str, ...],
    scope: str,
    action: str,
    max_words: int | None,
    description: str,
) -> None:
    """Write a rule with its examples to a file; asks for what the options do not say."""
    from cleaner.pipeline import step_names
    from cleaner.rules.authoring.new import FILL_IN, add_rule, rule_data
    from cleaner.rules.files.folders import built_in_folder

    path = path or Path(click.prompt("File", default="rules/mine.yaml"))
    matching = matching or (click.prompt("A line to remove"),)
    not_matching = not_matching or (click.prompt("A similar line that must be kept"),)
    if not description and sys.stdin.isatty():
        description = click.prompt("What these lines are, in a few words")
    given = {"prefix": prefix, "contains": contains, "regex": regex}
    data = rule_data(
        matching=matching,
        not_matching=not_matching,
        match={kind: list(values) for kind, values in given.items() if values} or None,
        name=name,
        description=description,
        languages=languages,
        scope=scope,
        action=action,
        max_words=max_words,
    )
    add_rule(path, data, step_names(), pack=pack)
    click.echo(f"{path}: rule {data['id']} written, its examples pass")
    if data["description"] == FILL_IN:
        click.echo(f"{path}: its description has to be filled in")
    if built_in_folder() in path.resolve().parents:
        click.echo("a built-in pack: `make docs` lists the rule in docs/rules.md")


@rules.command()
def schema() -> None:
    """Print the JSON Schema (draft-07) of rule files, for editors."""
    import json

    from cleaner.pipeline import step_names
    from cleaner.rules.files.schema import json_schema

    click.echo(json.dumps(json_schema(step_names()), indent=2, ensure_ascii=False))


@rules.command()
@click.argument("corpus", type=PATH, metavar="SRC")
@click.option(
    "--language",
    default="en",
    show_default=True,
    metavar="CODE",
    help="Rules for documents of this language.",
)
@click.option(
    "--most", type=click.IntRange(min=1), default=20, show_default=True, help="How many rules to list."
)
@rule_options
def bench(corpus: Path, *, language: str, most: int, sources: RuleSources) -> None:
    """Measure what the pattern rules cost on a corpus: all together, then the most expensive."""
    import time

    from cleaner.rules.authoring.bench import costs
    from cleaner.steps import STEPS

    book = _book(sources)
    active = [rule for step in STEPS for rule in book.select(step.name, language).rules]
    together, each = costs(active, [text for _, text, _ in _texts(corpus)], time.process_time)
    for cost in (together, *each[:most]):
        click.echo(f"{cost.seconds:9.4f} s {cost.rate:9.1f} MB/s {cost.hits:8} hits  {cost.rule}")


@rules.command()
@click.argument("corpus", type=PATH, metavar="SRC")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many rules at most."
)
@rule_options
def suggest(corpus: Path, *, limit: int, sources: RuleSources) -> None:
    """Mine a corpus for boilerplate that no rule covers; print rules with examples, ready to be edited."""
    from cleaner.language import detect
    from cleaner.pipeline import step_names
    from cleaner.rules.authoring.suggest import Page, suggest, suggestions_yaml

    book = _book(sources)
    pages = [Page(key, text, source or "", detect(text)) for key, text, source in _texts(corpus)]
    known = book.select(step_names().by_action["drop"], "und")
    found = suggest(pages, rules=known, limit=limit)
    if found:
        click.echo(suggestions_yaml(found), nl=False)
    click.echo(f"{len(found)} suggestions from {len(pages)} documents; read each before you use it", err=True)


def _book(sources: RuleSources) -> RuleBook:
    from cleaner.pipeline import rule_book

    return rule_book(sources)


def _texts(corpus: Path) -> Iterator[tuple[str, str, str | None]]:
    """Yield key, text and source of every document of a corpus; what cannot be read is passed over."""
    from cleaner.formats.registry import FORMATS
    from cleaner.run.discover import discover
    from cleaner.run.units import cut
    from cleaner.settings import Settings

    fields = Settings().fields
    for unit in cut(discover([corpus]).files):
        for segment in unit.segments:
            for entry in FORMATS[segment.file.format].read(segment, fields):
                if entry.text is not None:
                    yield entry.key, entry.text, entry.source
