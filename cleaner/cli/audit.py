"""`clean why`, `clean report`, `clean verify`, `clean restore`: the commands that read a finished run."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cleaner.cli import DEFAULT_CONFIG, EXIT_FINDINGS, printable
from cleaner.cli.completion.offers import complete_documents
from cleaner.cli.options import PATH, PLACE
from cleaner.storage.outgoing import AUDIT
from cleaner.storage.places import Place, is_address
from cleaner.storage.remote import RemotePath
from cleaner.storage.transfer import mirror, send

if TYPE_CHECKING:
    from cleaner.audit.rebuild import Finished
    from cleaner.rules import RuleBook


@click.command(short_help="Tell the history of a document or of one line of it.")
@click.argument("out", type=PLACE)
@click.argument("place", metavar="DOC[:LINE]", shell_complete=complete_documents)
def why(out: Place, place: str) -> None:
    """Tell what happened to a document of the run in OUT: every edit, flag and duplicate, and by which rule.

    DOC is a path relative to the source, or PATH:N for record N of a file; LINE counts in the source.
    """
    from cleaner.audit.errors import following
    from cleaner.audit.history import history, outputs_of
    from cleaner.audit.rebuild import open_run

    with following(OSError):
        finished = open_run(out, wanted=_in_trail)
        if isinstance(out, RemotePath):
            mirror(out, set(outputs_of(finished, place)).__contains__)
        told = list(history(finished, place))
    for line in told:
        click.echo(printable(line))


@click.command(short_help="Build the HTML report of a finished run and print its path.")
@click.argument("out", type=PLACE)
@click.option(
    "--compare", "old", type=PLACE, metavar="OLD", help="Show also what is different from the run in OLD."
)
@click.option("--serve", is_flag=True, help="Show the whole trail in a browser, on this machine alone.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port for --serve [default: one that is free]."
)
def report(out: Place, *, old: Place | None, serve: bool, port: int) -> None:
    """Build OUT/_clean/report.html anew from the audit trail and print its path.

    With --serve, print an address under which the same page leads on to every hit, document and cluster, until it is
    interrupted; nothing is written.
    """
    from cleaner.audit.errors import following
    from cleaner.audit.rebuild import open_run
    from cleaner.report import collect_all, write_report
    from cleaner.report.sections.comparison import compare
    from cleaner.report.serve import serve as serve_run
    from cleaner.report.views import Room, Sources, build

    with following():
        finished = open_run(out)
        book, known = _rules_of(finished)
        comparison = compare(finished, open_run(old, wanted=_in_trail)) if old else None
        sources = Sources(book, known, full=True, comparison=comparison)
        if serve:
            shown = build(finished, collect_all(finished), sources, Room())
            serve_run(finished, shown, port, click.echo)
            return
        path = write_report(finished, sources=sources)
        if isinstance(out, RemotePath):
            send(path, out / f"{AUDIT}/{path.name}")
    click.echo(out / f"{AUDIT}/{path.name}")


def _in_trail(name: str) -> bool:
    return name.startswith(f"{AUDIT}/")


def _rules_of(finished: Finished) -> tuple[RuleBook, bool]:
    """Return the rules of a run, and whether they surely are these: its digest tells.

    They are those of `clean.yaml` here, or the built-in ones.
    """
    from cleaner.errors import CleanerError
    from cleaner.pipeline import rule_book
    from cleaner.settings import RuleSources

    said = finished.run["configuration"]
    metadata: Literal["keep", "drop"] = "drop" if said["metadata"] == "drop" else "keep"
    plain = RuleSources(
        select=tuple(said["select"]),
        ignore=tuple(said["ignore"]),
        unsafe=said["unsafe"],
        metadata=metadata,
        isolated=True,
    )
    here = replace(plain, isolated=False, config=str(DEFAULT_CONFIG) if DEFAULT_CONFIG.is_file() else None)
    for sources in (plain, here):
        try:
            book = rule_book(sources)
        except CleanerError:
            continue  # what is here has nothing to do with the run
        if book.digest == said["rules"]:
            return book, True
    return rule_book(RuleSources(isolated=True)), False


@click.command(short_help="Rebuild every input and compare; exit 1 on any difference.")
@click.argument("out", type=PLACE)
@click.option(
    "--against",
    multiple=True,
    metavar="URL",
    help="Address of an earlier output that the run was made against and that may be asked for; repeatable.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print differences only.")
def verify(out: Place, *, against: tuple[str, ...], quiet: bool) -> None:
    """Rebuild every input from output and audit trail in OUT and compare it with what was read.

    Also prove of each duplicate that it stood where the trail says, that it was removed (or, flagged, kept), that
    the passage it names is in the output, or in the earlier output that the run was made against, and that
    their similarity, computed again, is what the trail says and is enough.
    """
    from cleaner.audit.rebuild import open_run
    from cleaner.audit.verify import not_here, unproven, unread
    from cleaner.audit.verify import verify as verify_run

    finished = open_run(out)
    problems = 0
    with _uncollected():
        for problem in verify_run(finished, against):
            problems += 1
            click.echo(printable(problem))
    if problems:
        sys.exit(EXIT_FINDINGS)
    not_kept, not_read = list(unproven(finished)), sorted(unread(finished))
    for path in not_kept:
        click.echo(f"{printable(path)}: cannot be proven: its bytes were not kept (--no-raw)")
    for path in not_read:
        click.echo(f"{printable(path)}: cannot be proven: it could not be read when the run was made")
    elsewhere = not_here(finished, against)
    for folder, number in elsewhere.items():
        click.echo(
            f"{folder}: cannot be proven: {_why_away(folder)}; {number:,} duplicates "
            "were removed for passages in it"
        )
    if not quiet:
        proven = len(finished.run["inputs"]) - len(not_kept) - len(not_read)
        click.echo(f"{proven} inputs rebuilt from {out}: every byte is accounted for")
        duplicates = sum(finished.run["counts"]["duplicates"].values()) - sum(elsewhere.values())
        if duplicates:
            click.echo(
                f"{duplicates:,} duplicates compared again: each is similar enough to a passage that was kept"
            )


def _why_away(folder: str) -> str:
    return "no --against names it, or it is missing" if is_address(folder) else "the folder is missing"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the collector of cycles, of which there are none: it would walk all lines of a shard, many times."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@click.command(short_help="Write the original inputs back, byte for byte.")
@click.argument("out", type=PLACE)
@click.argument("dest", type=PATH)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing on success.")
def restore(out: Place, dest: Path, *, quiet: bool) -> None:
    """Write the inputs of the run in OUT to the new folder DEST, byte for byte.

    Each is compared with the sha256 of what was read; when one differs, DEST is not made, and the exit code is 1.
    """
    from cleaner.audit.rebuild import open_run
    from cleaner.audit.restore import restore as restore_run

    count = restore_run(open_run(out), dest)
    if not quiet:
        click.echo(f"{count} files restored to {dest}")
