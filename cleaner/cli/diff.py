"""`clean diff`: what a run would do as a unified diff, with the rules at each hunk."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import chain
from typing import TYPE_CHECKING, Final

import click

from cleaner.cli import EXIT_FINDINGS, printable
from cleaner.cli.options import PLACE, CorpusOptions, corpus_options, in_colour
from cleaner.storage.places import Place

if TYPE_CHECKING:
    from cleaner.model import Document
    from cleaner.run.entries import StateEntry

CONTEXT: Final = 3
"""Unchanged lines that are shown around a change."""
NO_NEWLINE: Final = "\\ No newline at end of file"
_COLOURS: Final = {"-": "red", "+": "green"}


@click.command(short_help="Unified diff of what `run` would do; write nothing.")
@click.argument("sources", nargs=-1, required=True, type=PLACE, metavar="SRC...")
@corpus_options
@click.option("--pager", is_flag=True, help="Show it in a pager ($PAGER, or less) when this is a terminal.")
def diff(sources: tuple[Place, ...], *, options: CorpusOptions, pager: bool) -> None:
    """Print a unified diff from the sources to what `run` would write; exit 1 when there are differences.

    Each hunk names the rules that made it. It is coloured on a terminal.
    """
    from cleaner.cli.corpus import settled
    from cleaner.cli.show import Console

    colour = in_colour(no_color=options.no_color)
    with settled(sources, options, Console(no_color=options.no_color)) as corpus:
        lines = chain.from_iterable(map(diff_lines, corpus.pieces()))
        first = next(lines, None)
        if first is None:
            return
        shown = map(coloured, chain((first,), lines)) if colour else chain((first,), lines)
        if pager:
            click.echo_via_pager((f"{line}\n" for line in shown), color=colour)
        else:
            for line in shown:
                click.echo(line, color=colour)
    sys.exit(EXIT_FINDINGS)


def coloured(line: str) -> str:
    r"""Return a line of a diff as a terminal shows it.

    >>> coloured("-old"), coloured(" same")
    ('\x1b[31m-old\x1b[0m', ' same')
    """
    if line.startswith(("--- ", "+++ ")):
        return click.style(line, bold=True)
    if line.startswith("@@"):
        place, _, rules = line.rpartition("@@")
        return click.style(f"{place}@@", fg="cyan") + click.style(rules, fg="magenta")
    return click.style(line, fg=_COLOURS[line[0]]) if line[:1] in _COLOURS else line


def diff_lines(piece: StateEntry) -> Iterator[str]:
    """Yield the unified diff of one piece of the corpus; only a document has any."""
    from cleaner.run.entries import Held

    if isinstance(piece, Held) and piece.doc.trail:
        yield from map(printable, unified(piece.doc))


def unified(doc: Document) -> Iterator[str]:
    """Yield the unified diff of a document, with the rules of each hunk behind its second `@@`."""
    before = doc.original()
    rules = _rules_by_line(doc, before)
    old, new = _lines(before), _lines(doc.text)
    groups = SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT)
    for number, group in enumerate(groups):
        if not number:
            yield from (f"--- a/{doc.key}", f"+++ b/{doc.key}")
        first, last = group[0], group[-1]
        named = dict.fromkeys(rule for k in range(first[1], last[2]) for rule in rules.get(k, ()))
        place = f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        yield " ".join((place, ", ".join(named))).rstrip()
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from _marked(" ", old[i1:i2])
                continue
            yield from _marked("-", old[i1:i2])
            yield from _marked("+", new[j1:j2])


def _lines(text: str) -> list[str]:
    r"""Return the lines of a text with their newlines.

    >>> _lines("a\r\n\nb")
    ['a\r\n', '\n', 'b']
    """
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield NO_NEWLINE


def _range(start: int, stop: int) -> str:
    """Return lines `start:stop` as a unified diff writes them.

    >>> _range(2, 3), _range(0, 4), _range(0, 0)
    ('3', '1,4', '0,0')
    """
    length = stop - start
    return f"{start + 1}" if length == 1 else f"{start + (length > 0)},{length}"


def _rules_by_line(doc: Document, source: str) -> dict[int, list[str]]:
    """Return the rules that changed each line of the source, by its number from 0."""
    from cleaner.audit.trail import edit_lines
    from cleaner.cli.findings import Places, begin

    places = Places(source)
    found: dict[int, list[str]] = {}
    for edit in edit_lines(doc):
        start = begin(source, edit)
        last = places.at(max(start, edit["source_end"] - 1))[0]
        for line in range(places.at(start)[0], last + 1):
            found.setdefault(line - 1, []).append(edit["rule"])
    return found
