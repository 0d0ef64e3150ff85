"""What a terminal shows of a run: progress and summary, with document text made harmless."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cleaner.cli import printable
from cleaner.cli.progress import Shown

if TYPE_CHECKING:
    from cleaner.api.corpus import CleanedCorpus
    from cleaner.run.job import Advance


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

    def summary(self, counts: CleanedCorpus) -> None:
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
        gone = counts.passages_in - counts.passages_out
        notes = [
            f"changed: {counts.changed:,} of {counts.documents_in:,} documents, "
            f"which have {gone:,} fewer passages (of {counts.passages_in:,})",
            f"flags: {flags}",
            f"duplicates: {sum(counts.duplicates.values())}",
            f"seconds: {sum(counts.seconds.values()):.1f}",
        ]
        if self.verbose:
            notes.append(", ".join(f"{name} {value:.2f}" for name, value in counts.seconds.items()))
        if counts.skipped:
            notes.append(f"skipped: {len(counts.skipped)} files (listed in run.json with the reason)")
        if counts.aside:
            notes.append(f"set aside: {counts.aside} documents (see _clean/aside)")
        out = None if counts.out is None else PurePath(counts.out)
        if counts.quarantined:
            where = f" (see {out / '_clean'}/quarantine-*.jsonl)" if out else ""
            notes.append(f"quarantined: {counts.quarantined}{where}")
        if counts.doubts:
            notes.append(f"look first at: {doubts(counts.doubts)}")
        console.print()
        for note in notes:
            console.print(Text(note))
        if out:
            console.print(
                Text(f"{out} is ready: open {out / '_clean/report.html'}, or ask clean why {out} DOC")
            )


def doubts(found: Mapping[str, int]) -> str:
    """Say what to look at first, the rarest kind first: it is the soonest done.

    >>> doubts({"documents that lost over 40%": 12, "removals of 160 characters or more": 3})
    'removals of 160 characters or more (3), documents that lost over 40% (12)'
    """
    ordered = sorted(found.items(), key=lambda item: (item[1], item[0]))
    return ", ".join(f"{what} ({number:,})" for what, number in ordered)
