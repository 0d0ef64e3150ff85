"""`clean run`, `clean dedup`: the commands that clean a corpus, and the corpus that others look at."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from cleaner.cli import EXIT_QUARANTINE
from cleaner.cli.options import (
    PATH,
    PLACE,
    Command,
    CorpusOptions,
    OneOf,
    Registered,
    collected,
    corpus_options,
)
from cleaner.storage.places import Place

if TYPE_CHECKING:
    from io import BufferedReader

    from cleaner.api.jobs import Corpus
    from cleaner.cli.show import Console
    from cleaner.run.stream import Batch
    from cleaner.settings import Settings

STREAM = Path("-")
LOCAL = "local"


_RUN_OPTIONS = (
    click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote to OUT."),
    click.option("--resume", is_flag=True, help="Go on with a run that was interrupted."),
    click.option("--dry-run", is_flag=True, help="Do everything but write; print the summary."),
    click.option("--no-limits", is_flag=True, help="Publish however much of the corpus the rules removed."),
    click.option(
        "--engine",
        type=Registered("engine", "cleaner.engines.registry", "ENGINES"),
        default=LOCAL,
        show_default=True,
        help="Where the work is done.",
    ),
    click.option(
        "--compress-trail",
        is_flag=True,
        help="Compress the parts of the audit trail (zstd); every command reads them.",
    ),
    click.option(
        "--trail",
        type=PATH,
        metavar="DIR",
        help="Of `run - -`: where records that are left out are kept.",
    ),
    click.option(
        "--unbuffered",
        is_flag=True,
        help="Of `run - -`: each record on its own way, not with those that come with it.",
    ),
    click.option("--master", metavar="URL", help="Cluster for --engine spark [default: this machine]."),
    click.option(
        "--work-dir",
        type=PATH,
        metavar="DIR",
        help="Where an output at an address is built; with a cluster, a folder that all machines see.",
    ),
    click.option("--quiet", "-q", is_flag=True, help="No summary and no progress."),
    click.option("--verbose", "-v", is_flag=True, help="List every rule and the time of every stage."),
)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run treats its output and its terminal, as given on the command line."""

    overwrite: bool
    resume: bool
    dry_run: bool
    no_limits: bool
    engine: str
    compress_trail: bool
    trail: Path | None
    unbuffered: bool
    master: str | None
    work_dir: Path | None
    quiet: bool
    verbose: bool


def _run_options(command: Command) -> Command:
    """Add the options of commands that write an output; the command gets them as `how`."""
    return collected(command, RunOptions, "how", _RUN_OPTIONS)


@click.command(short_help="Clean a corpus; write it and its audit trail.")
@click.argument("sources", nargs=-1, required=True, type=PLACE, metavar="SRC... OUT")
@corpus_options
@_run_options
def run(sources: tuple[Place, ...], *, options: CorpusOptions, how: RunOptions) -> None:
    """Clean SRC (files, folders, or - for JSON Lines on standard input) and write it to OUT.

    OUT mirrors the tree of SRC; OUT/_clean holds the audit trail. `clean run - -` cleans JSON Lines
    from standard input to standard output, each record on its own.
    """
    given, out = _split(sources)
    if out == STREAM:
        _stream(options.settings(), options, how)
    else:
        _run(given, out, options, options.settings(), how)


@click.command(short_help="Remove near-duplicate passages and do nothing else.")
@click.argument("sources", nargs=-1, required=True, type=PLACE, metavar="SRC... OUT")
@corpus_options
@click.option("--threshold", type=float, metavar="J", help="Least Jaccard similarity [default: 0.7].")
@click.option("--shingle", type=int, metavar="N", help="Tokens of a shingle [default: 5].")
@click.option(
    "--min-words", type=int, metavar="N", help="Passages with fewer tokens are short [default: 12]."
)
@click.option("--unit", metavar="UNIT", help="paragraph, sentences(N) or document [default: paragraph].")
@click.option("--keep", type=OneOf(["first", "longest"]), help="Which passage is kept [default: first].")
@click.option("--scope", type=OneOf(["corpus", "document"]), help="What is compared [default: corpus].")
@click.option("--action", type=OneOf(["remove", "flag"]), help="What is done [default: remove].")
@_run_options
def dedup(
    sources: tuple[Place, ...], *, options: CorpusOptions, how: RunOptions, **given: float | str | None
) -> None:
    """Remove the passages of SRC that repeat another passage; write what is kept and the audit trail to OUT."""
    if options.steps is not None:
        message = "dedup is one step and runs no other: --steps is for `clean run`"
        raise click.UsageError(message)
    settings = options.settings()
    chosen = tuple(("dedup/near", name, value) for name, value in given.items() if value is not None)
    rules = replace(settings.rules, options=(*settings.rules.options, *chosen))
    settings = replace(settings, steps=("dedup",), rules=rules)
    paths, out = _split(sources)
    if out == STREAM:
        _stream(settings, options, how)
    else:
        _run(paths, out, options, settings, how)


def _split(paths: tuple[Place, ...]) -> tuple[tuple[Place, ...], Place]:
    """Part SRC... from OUT."""
    *sources, out = paths
    if not sources:
        message = f"SRC and OUT are needed: {click.get_current_context().command_path} SRC... OUT"
        raise click.UsageError(message)
    if out == STREAM and sources != [STREAM]:
        message = f"- as OUT needs - as the only SRC: {click.get_current_context().command_path} - -"
        raise click.UsageError(message)
    return tuple(sources), out


def _run(
    sources: tuple[Place, ...], target: Place, options: CorpusOptions, settings: Settings, how: RunOptions
) -> None:
    """Clean `sources` to `target`, print the summary, and leave with the right exit code."""
    for name, given in (("--trail", how.trail), ("--unbuffered", how.unbuffered)):
        if given:
            message = f"{name} is for `clean run - -`; the trail of a run is in OUT/_clean"
            raise click.UsageError(message)
    from cleaner.api.corpus import clean_corpus
    from cleaner.cli.show import Console

    console = Console(quiet=how.quiet, verbose=how.verbose, no_color=options.no_color)
    with console:
        done = clean_corpus(
            _streams(sources),
            target,
            settings=replace(settings, compress_trail=how.compress_trail),
            overwrite=how.overwrite,
            resume=how.resume,
            dry_run=how.dry_run,
            limits=not how.no_limits,
            engine=how.engine,
            master=how.master,
            jobs=options.jobs,
            format_name=options.format_name,
            work_dir=how.work_dir,
            progress=console.progress,
            remark=console.remark,
        )
    if not done.finished_before:
        console.summary(done)
    elif not how.quiet:
        click.echo(f"{target} is ready: that run was finished")
    for message in done.unused:
        click.echo(f"clean: {message}", err=True)
    if done.quarantined:
        sys.exit(EXIT_QUARANTINE)


def _streams(sources: Sequence[Place]) -> list[Place | BinaryIO]:
    """Return sources, with standard input in place of `-`."""
    return [sys.stdin.buffer if source == STREAM else source for source in sources]


@contextmanager
def settled(sources: tuple[Place, ...], options: CorpusOptions, console: Console) -> Iterator[Corpus]:
    """Yield a corpus as `run` would leave it; its files are removed afterwards."""
    from cleaner.api import jobs

    work = jobs.Work(jobs=options.jobs, format_name=options.format_name, progress=console.progress)
    with console, jobs.settled(_streams(sources), options.settings(), work) as corpus:
        console.close()
        yield corpus


def _stream(settings: Settings, options: CorpusOptions, how: RunOptions) -> None:
    """Clean JSON Lines from standard input to standard output, each record as soon as those before it are done."""
    from cleaner.api.jobs import judge
    from cleaner.engines import cores
    from cleaner.engines.local import LocalEngine
    from cleaner.run.stream import ALONE, BATCH, Kept, batches, check_trail, clean_stream

    _refuse_for_stream(options, how)
    judge(settings)
    if how.trail:
        check_trail(how.trail)
    found = batches(_reader(), size=1 if how.unbuffered else BATCH, most=settings.limits.document_bytes)
    failed = 0
    with (
        LocalEngine(options.jobs or cores()) as engine,
        Kept(how.trail) if how.trail else nullcontext() as kept,
    ):
        alone = 0 if options.jobs else ALONE
        if engine.jobs > 1:
            found = _announced(found, alone // 2)
        for cleaned in clean_stream(found, settings, engine, alone=alone):
            for broken in cleaned.broken:
                failed += 1
                fate = f"kept in {how.trail}" if kept else "the line is left out; --trail DIR keeps it"
                click.echo(f"clean: line {broken.number}: {broken.reason}; {fate}", err=True)
                if kept:
                    kept.add(broken)
            sys.stdout.buffer.write(cleaned.data)
            sys.stdout.buffer.flush()
    if failed:
        sys.exit(EXIT_QUARANTINE)


def _announced(found: Iterator[Batch], size: int) -> Iterator[Batch]:
    """Let a server load what workers need after so many bytes, before there are any."""
    from cleaner.engines.server import preload

    for batch in found:
        if size >= 0 and (size := size - sum(map(len, batch.lines))) < 0:
            preload(["cleaner.run.loaded"])
        yield batch


def _reader() -> Callable[[int], bytes]:
    """Return what reads standard input: as much as there is, and without a lock that would outlive this thread."""
    try:
        return partial(os.read, sys.stdin.fileno())
    except OSError:  # a stream of this process
        return cast("BufferedReader", sys.stdin.buffer).read1


def _refuse_for_stream(options: CorpusOptions, how: RunOptions) -> None:
    """Raise UsageError for options that say something about an output folder, where there is none, or a corpus."""
    if options.against:
        message = "--against is for an output folder; `clean run - -` compares no record with anything else"
        raise click.UsageError(message)
    given = {
        "--overwrite": how.overwrite,
        "--resume": how.resume,
        "--dry-run": how.dry_run,
        "--compress-trail": how.compress_trail,
        "--engine": how.engine != LOCAL,
        "--master": how.master,
        "--work-dir": how.work_dir,
    }
    for name in (name for name, value in given.items() if value):
        message = f"{name} is for an output folder; `clean run - -` has none"
        raise click.UsageError(message)
