"""`clean run`, `clean dedup`: the commands that clean a corpus, and the corpus that others look at."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

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
from cleaner.errors import UsageError
from cleaner.storage.outgoing import Outgoing, built_in, outgoing_to
from cleaner.storage.places import Place

if TYPE_CHECKING:
    from io import BufferedReader

    from cleaner.cli.show import Console
    from cleaner.engines import Engine
    from cleaner.run.discover import Inputs
    from cleaner.run.job import Job
    from cleaner.run.publish import Counts
    from cleaner.run.state import StateEntry
    from cleaner.settings import Settings

STREAM = Path("-")
LOCAL = "local"
WORKERS_PAY = 2 << 20
"""Bytes of input from which workers are started unless `--jobs` says how many: starting them takes as long."""


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
    from cleaner.cli.show import Console

    settings = replace(settings, compress_trail=how.compress_trail)
    console = Console(quiet=how.quiet, verbose=how.verbose, no_color=options.no_color)
    outgoing = outgoing_to(target)
    with _named(target), _place(sources, target, options, settings, how, console, outgoing) as job:
        from cleaner.run.finish import publish_run, write_parts
        from cleaner.run.settle import settle

        if job is None:
            _say_done(built_in(target), console)
            return
        settled = settle(job)
        if how.dry_run:
            counts = write_parts(job, settled)[1]
        else:
            counts = publish_run(
                job,
                settled,
                built_in(target),
                limited=not how.no_limits,
                deliver=outgoing.deliver if outgoing else _nowhere_else,
            )
    if outgoing:
        outgoing.clear()
    console.summary(counts, job, out=None if how.dry_run else target)
    _report_unused(job.settings, counts)
    if counts.quarantined:
        sys.exit(EXIT_QUARANTINE)


def _nowhere_else() -> None:
    """Leave the output where it is."""


@contextmanager
def _named(out: Place) -> Iterator[None]:
    """Let an error of the machine that names no file name the output."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(out)
        raise


def _say_done(out: Path, console: Console) -> None:
    """Say that a run that was to be resumed had ended, and leave with its exit code."""
    from cleaner.audit.rebuild import open_run

    if not console.quiet:
        click.echo(f"{out} is ready: that run was finished")
    if open_run(out).run["counts"]["quarantined"]:
        sys.exit(EXIT_QUARANTINE)


def _report_unused(settings: Settings, counts: Counts) -> None:
    """Name the exceptions of the configuration that never applied."""
    from cleaner.pipeline import rule_book
    from cleaner.rules.exemptions import unused

    exemptions = rule_book(settings.rules).exemptions
    used = [exemption for exemption in exemptions if exemption.place in counts.exempted]
    for message in unused(exemptions, used):
        click.echo(f"clean: {message}", err=True)


# ---------------------------------------------------------------- jobs


@contextmanager
def _place(
    sources: tuple[Place, ...],
    target: Place,
    options: CorpusOptions,
    settings: Settings,
    how: RunOptions,
    console: Console,
    outgoing: Outgoing | None,
) -> Iterator[Job | None]:
    """Yield the job of a run, with its work folder inside OUT (or in a temporary one, for a dry run).

    None: it is done already.
    """
    from cleaner.engines import Exchanger
    from cleaner.run.guard.lock import locked
    from cleaner.run.guard.place import (
        check_place,
        clear,
        is_done,
        is_ours,
        open_work,
        refuse_foreign,
        refuse_full,
    )

    check_place(target, [source for source in sources if source != STREAM])
    judge(settings)
    if how.dry_run:
        with _scratch(sources, options, settings, console, how) as job:
            yield job
        return
    if outgoing:
        outgoing.judge(overwrite=how.overwrite, resume=how.resume)
    out = built_in(target)
    with _inputs(sources, options) as inputs, locked(out), outgoing.held() if outgoing else nullcontext():
        _ready(inputs, options, how)
        from cleaner.pipeline import carried
        from cleaner.run.finish import job_key
        from cleaner.run.job import Job

        if outgoing:
            outgoing.refuse_foreign(file.output for file in inputs.files)
        key = job_key(settings, inputs)
        if how.overwrite and is_ours(out):
            refuse_foreign(out, inputs)
            clear(out)
        elif how.resume and is_done(out, key):
            yield None
            return
        else:
            refuse_full(out, resume=how.resume)
        with console, _engine(inputs, options, how) as engine:
            console.remark(getattr(engine, "remark", ""))
            work = open_work(out, key, resume=how.resume)
            settings = carried(settings) if isinstance(engine, Exchanger) else settings
            yield Job(settings, inputs, work, engine, console.progress)


def judge(settings: Settings) -> None:
    """Raise UsageError for what is wrong with the configuration, before anything is read or written."""
    from cleaner.pipeline import rule_book
    from cleaner.run.stages import surveys_of

    rule_book(settings.rules)
    for survey in surveys_of(settings).values():
        survey.check()


@contextmanager
def _scratch(
    sources: tuple[Place, ...],
    options: CorpusOptions,
    settings: Settings,
    console: Console,
    how: RunOptions | None = None,
) -> Iterator[Job]:
    """Yield a job whose work folder is removed with it."""
    with (
        _inputs(sources, options) as inputs,
        tempfile.TemporaryDirectory(prefix="clean-") as work,
        console,
    ):
        _ready(inputs, options, how)
        from cleaner.run.job import Job

        with _engine(inputs, options, how) as engine:
            yield Job(settings, inputs, Path(work), engine, console.progress)


@contextmanager
def _inputs(sources: tuple[Place, ...], options: CorpusOptions) -> Iterator[Inputs]:
    """List the inputs; standard input is kept in a file while they are needed."""
    from cleaner.run.discover import discover

    with tempfile.TemporaryDirectory(prefix="clean-") as folder:
        paths: list[Place] = []
        for source in sources:
            if source == STREAM:
                spool = Path(folder, "stdin.jsonl")
                with spool.open("wb") as stream:
                    shutil.copyfileobj(sys.stdin.buffer, stream)
                source = spool
            paths.append(source)
        yield discover(paths, format_name=options.format_name)


@contextmanager
def _engine(inputs: Inputs, options: CorpusOptions, how: RunOptions | None) -> Iterator[Engine]:
    """Yield the engine of a job, which ends with it; without options of a run the local one."""
    from cleaner.engines.registry import ENGINES, MASTERED

    name = how.engine if how else LOCAL
    master = how.master if how else None
    if name in MASTERED:
        with ENGINES[name](options.jobs, master=master) as engine:
            yield engine
        return
    if master:
        message = f"--master is for --engine {' or '.join(sorted(MASTERED))}, not for {name}"
        raise UsageError(message)
    with ENGINES[name](_jobs(inputs, options)) as engine:
        if not _is_small(inputs):
            engine.start()
        yield engine


def _ready(inputs: Inputs, options: CorpusOptions, how: RunOptions | None) -> None:
    """Let a server load what workers need, if there will be any on this machine, while this process goes on."""
    if (how is None or how.engine == LOCAL) and _jobs(inputs, options) > 1 and not _is_small(inputs):
        _preload()


def _preload() -> None:
    from cleaner.engines.server import preload

    preload(["cleaner.run.loaded", __name__])


def _jobs(inputs: Inputs, options: CorpusOptions) -> int:
    """Return how many calls run at once."""
    from cleaner.engines import cores

    return options.jobs or (1 if _is_small(inputs) else cores())


def _is_small(inputs: Inputs) -> bool:
    """Tell whether starting workers takes longer than the work."""
    return sum(file.size for file in inputs.files) < WORKERS_PAY


@contextmanager
def settled(sources: tuple[Place, ...], options: CorpusOptions, console: Console) -> Iterator[Corpus]:
    """Yield a corpus as `run` would leave it; its files are removed afterwards."""
    from cleaner.run.settle import settle

    settings = options.settings()
    judge(settings)
    with _scratch(sources, options, settings, console) as job:
        folders = settle(job).folders
        console.close()
        yield Corpus(job, tuple(folders))


@dataclass(frozen=True, slots=True)
class Corpus:
    """A cleaned corpus that is only looked at: its job, and the folders that hold its documents."""

    job: Job
    folders: tuple[Path, ...]

    def pieces(self) -> Iterator[StateEntry]:
        """Yield every document and every quarantined piece, in order."""
        from cleaner.run.state import StateReader

        for folder in self.folders:
            yield from StateReader(folder)


def _stream(settings: Settings, options: CorpusOptions, how: RunOptions) -> None:
    """Clean JSON Lines from standard input to standard output, each record as soon as those before it are done."""
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
        for cleaned in clean_stream(found, settings, engine, alone=0 if options.jobs else ALONE):
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
        "--engine": how.engine != "local",
    }
    for name in (name for name, value in given.items() if value):
        message = f"{name} is for an output folder; `clean run - -` has none"
        raise click.UsageError(message)
