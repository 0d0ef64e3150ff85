"""What a terminal shows: progress, summary, findings and diffs, with document text made harmless."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cleaner.audit.records import EditLine, FlagLine
from cleaner.audit.trail import edit_lines, flag_lines
from cleaner.cli import printable
from cleaner.cli.progress import Shown
from cleaner.model import Document
from cleaner.run.state import Held, Refused, StateEntry

if TYPE_CHECKING:
    from cleaner.run.job import Advance, Job
    from cleaner.run.publish import Counts
    from cleaner.storage.places import Place


def shorten(text: str, width: int = 70) -> str:
    """Show the beginning and the end of a text on one line.

    >>> shorten("a" * 50 + "b" * 50, 21)
    'aaaaaaaaaa…bbbbbbbbbb'
    """
    half = (width - 1) // 2
    return printable(text if len(text) <= width else f"{text[:half]}…{text[-half:]}")


@dataclass(slots=True)
class Console:
    """Progress and summary on standard error; both silent when `quiet`."""

    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    _shown: Shown = field(default_factory=Shown)

    def progress(self, now: Advance) -> None:
        """Show how far a stage is."""
        if not self.quiet:
            self._shown.plain = self._plain
            self._shown(now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take the progress bar away."""
        self._shown.close()

    def remark(self, text: str) -> None:
        """Print a remark, if there is one, on standard error."""
        if text and not self.quiet:
            sys.stderr.write(f"clean: {text}\n")

    @property
    def _plain(self) -> bool:
        return self.no_color or bool(os.environ.get("NO_COLOR"))

    def summary(self, counts: Counts, job: Job, *, out: Place | None) -> None:
        """Print the closing table; the whole of it goes to standard output."""
        self.close()
        if self.quiet:
            return
        from rich.console import Console as RichConsole
        from rich.table import Table
        from rich.text import Text

        console = RichConsole(no_color=self._plain, highlight=False, soft_wrap=True)
        table = Table("", "in", "out", box=None, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        table.add_row("documents", f"{counts.documents_in:,}", f"{counts.documents_out:,}")
        table.add_row("characters", f"{counts.chars_in:,}", f"{counts.chars_out:,}")
        table.add_row("passages", f"{counts.passages_in:,}", f"{counts.passages_out:,}")
        console.print(table)
        most = None if self.verbose else 12
        for title, counter in (("edits by rule", counts.edits), ("flags by rule", counts.flags)):
            if not counter:
                continue
            console.print()
            rows = Table(title, "", box=None, pad_edge=False)
            rows.columns[1].justify = "right"
            ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
            for name, number in ordered[:most]:
                rows.add_row(f"  {name}", f"{number:,}")
            if most and len(ordered) > most:
                rows.add_row(
                    f"  {len(ordered) - most} more (-v lists them)", f"{sum(n for _, n in ordered[most:]):,}"
                )
            console.print(rows)
        flags = ", ".join(f"{counts.severities[name]} {name}" for name in ("error", "warn", "info"))
        seconds = {name: took.seconds for name, took in job.timings.stages.items()}
        notes = [
            f"flags: {flags}",
            f"duplicates: {counts.duplicates.total()}",
            f"seconds: {sum(seconds.values()):.1f}",
        ]
        if self.verbose:
            notes.append(", ".join(f"{name} {value:.2f}" for name, value in seconds.items()))
        if job.inputs.skipped:
            notes.append(f"skipped: {len(job.inputs.skipped)} files (listed in run.json with the reason)")
        if counts.aside:
            notes.append(f"set aside: {counts.aside} documents (see _clean/aside)")
        if counts.quarantined:
            where = f" (see {out / '_clean'}/quarantine-*.jsonl)" if out else ""
            notes.append(f"quarantined: {counts.quarantined}{where}")
        console.print()
        for note in notes:
            console.print(Text(note))
        if out:
            console.print(
                Text(f"{out} is ready: open {out / '_clean/report.html'}, or ask clean why {out} DOC")
            )


def findings(piece: StateEntry) -> Iterator[tuple[str, str]]:
    """Yield severity (`change` for what is no flag) and line of every finding in one piece of the corpus."""
    if isinstance(piece, Refused):
        yield "error", f"{printable(piece.key)}: quarantine: {printable(piece.reason)}"
    elif isinstance(piece, Held):
        for start, end, reason, _ in piece.meta.undecodable:
            where = f"bytes {start}–{end - 1}: " if end > start else ""  # rows of Parquet have no bytes
            yield "error", f"{printable(piece.doc.key)}: quarantine: {where}{printable(reason)}"
        yield from _findings(piece.doc)


def _findings(doc: Document) -> Iterator[tuple[str, str]]:
    """Yield severity and line of every finding in one document, by where it begins in the source."""
    if not (doc.trail or doc.flags):
        return
    source = doc.original()
    found: list[tuple[int, str, str]] = [
        (_begin(source, edit), "change", f"{edit['rule']}: {_change(edit)}") for edit in edit_lines(doc)
    ]
    found += [
        (flag["source_start"], flag["severity"], f"{flag['severity']}: {flag['rule']}: {_flag(flag)}")
        for flag in flag_lines(doc)
    ]
    for start, severity, text in sorted(found, key=lambda item: item[0]):
        yield severity, f"{printable(doc.key)}:{place(source, start)}: {text}"


def _begin(source: str, line: EditLine) -> int:
    """Return where what an edit changes begins: a removed line, not the end of the line before that goes with it."""
    text = source[line["source_start"] : line["source_end"]]
    blank = len(text) - len(text.lstrip("\r\n"))
    return line["source_start"] + (blank if blank < len(text) else 0)


def _flag(line: FlagLine) -> str:
    """Show a flag on one line."""
    better = f"; better: {printable(line['suggestion'])}" if line["suggestion"] else ""
    return f"“{shorten(line['text'])}” ({printable(line['message'])}{better})"


def place(text: str, offset: int) -> str:
    r"""Return `LINE:COLUMN` of an offset, both from 1.

    >>> place("ab\ncd", 4)
    '2:2'
    """
    line = text.count("\n", 0, offset)
    return f"{line + 1}:{offset - (text.rfind(chr(10), 0, offset) + 1) + 1}"


def _change(line: EditLine) -> str:
    """Show an edit on one line, and what decided it."""
    old, new = shorten(line["old"]), shorten(line["new"])
    what = f"“{old}” -> “{new}”" if old and new else f"insert “{new}”" if new else f"remove “{old}”"
    return what + (f" ({printable(line['note'])})" if line["note"] else "")


def diff_lines(piece: StateEntry) -> Iterator[str]:
    """Yield the unified diff of one piece of the corpus; only a document has any."""
    if not isinstance(piece, Held) or not piece.doc.trail:
        return
    doc = piece.doc
    before, after = doc.original(), doc.text
    pair = (before.split("\n"), after.split("\n"))
    for line in difflib.unified_diff(*pair, f"a/{doc.key}", f"b/{doc.key}", lineterm=""):
        yield printable(line)
