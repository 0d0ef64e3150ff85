"""How far a run is: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from cleaner.run.job import Advance

EVERY: Final = 30.0
"""Seconds between two lines where there is no terminal."""


@dataclass(slots=True)
class Shown:
    """Shows how far a stage is, on standard error."""

    plain: bool = False
    _bar: Any = None
    _task: Any = None
    _stage: str = ""
    _begun: float = 0.0
    _last: float = field(default_factory=time.monotonic)

    def __call__(self, now: Advance) -> None:
        """Show what a stage has done by now."""
        if now.stage != self._stage or not now.done:
            self._stage, self._begun = now.stage, time.monotonic()
        if sys.stderr.isatty():
            self._draw(now)
        elif time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            click.echo(f"clean: {told(now, self._last - self._begun)}", err=True)

    def _draw(self, now: Advance) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rest]}"))
            self._bar = Progress(*columns, console=Console(stderr=True, no_color=self.plain), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(now.stage, total=now.total, rest="")
        rest = told(now, time.monotonic() - self._begun).partition(": ")[2]
        self._bar.update(
            self._task, description=f"{now.stage:8}", completed=now.done, total=now.total, rest=rest
        )

    def close(self) -> None:
        """Take the bar away; it hides the cursor, so this must happen however a run ends."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def told(now: Advance, seconds: float) -> str:
    """Say how far a stage is after so many seconds.

    >>> from cleaner.run.job import Advance
    >>> told(Advance("prepare", 3, 12, 6_000_000, 1_200), 2.0)
    'prepare: 3 of 12, 1,200 documents, 3.0 MB/s, 6 s left'
    >>> told(Advance("digest dedup", 0, 12), 0.0)
    'digest dedup: 0 of 12'
    """
    parts = [f"{now.done:,} of {now.total:,}"]
    if now.documents:
        parts.append(f"{now.documents:,} documents")
    if now.bytes and seconds > 0:
        parts.append(f"{now.bytes / seconds / 1e6:.1f} MB/s")
    if 0 < now.done < now.total:
        parts.append(f"{_time(seconds * (now.total - now.done) / now.done)} left")
    return f"{now.stage}: {', '.join(parts)}"


def _time(seconds: float) -> str:
    """Write a time for people.

    >>> _time(6.2), _time(250), _time(7_300)
    ('6 s', '4 min', '2 h 2 min')
    """
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
