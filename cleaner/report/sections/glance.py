"""The run at a glance: a funnel by step, sources, languages, lengths, similarities, times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cleaner.audit.rebuild import Finished
from cleaner.audit.trail import AUDIT
from cleaner.formats import jsontext
from cleaner.report.collected import BINS, Collected, worst_sources
from cleaner.report.lookup import name
from cleaner.report.sections.figures import Column, Share, columns, lengths, scaled, shares

SOURCES: Final = 40
LISTED: Final = 40
"""Sources and languages that are shown."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the funnel: documents that it changed, edits, characters, and how many were left after it."""

    name: str
    documents: int
    edits: int
    removed: int
    added: int
    left: int
    percent: float
    """Characters that were left, of 100 that came in."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source: documents, characters in and kept, and the share that was lost."""

    name: str
    documents: int
    chars_in: int
    chars_out: int
    lost: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the run and its time; `width` of 100."""

    name: str
    seconds: float
    width: float


@dataclass(frozen=True, slots=True)
class Glance:
    """Everything in the first section."""

    shares: tuple[Share, ...]
    steps: tuple[StepRow, ...]
    sources: tuple[SourceRow, ...]
    source_count: int
    languages: tuple[tuple[str, int, float], ...]
    encodings: tuple[tuple[str, int, float], ...]
    lengths: tuple[Column, ...]
    similarities: tuple[Column, ...]
    stages: tuple[Stage, ...]


def glance(finished: Finished, found: Collected, *, timed: bool) -> Glance:
    """Return the first section; times differ between equal runs, so they are left out unless asked for."""
    order = finished.run["configuration"]["steps"]
    chars = finished.run["counts"]["chars_in"]
    steps = _steps(found, order, chars)
    compared = finished.run["surveys"].get("dedup", {}).get("similarities", [0] * BINS)
    labels = [f"{k / BINS:.2f}" for k in range(BINS)]
    named = {source: sums for source, sums in found.sources.items() if source}
    return Glance(
        shares=shares(chars, [(step.name, step.removed - step.added) for step in steps]),
        steps=steps,
        sources=tuple(_source(source, sums) for source, sums in worst_sources(named)[:SOURCES]),
        source_count=len(named),
        languages=_most(found.languages),
        encodings=_most(found.encodings),
        lengths=lengths(found.lengths_in, found.lengths_out),
        similarities=columns(labels, compared, found.similarities),
        stages=_stages(finished) if timed else (),
    )


def _steps(found: Collected, order: Sequence[str], chars: int) -> tuple[StepRow, ...]:
    rows, left = [], chars
    for step in order:
        own = [tally for (first, _), tally in found.edits.items() if first == step]
        removed, added = sum(tally.removed for tally in own), sum(tally.added for tally in own)
        left += added - removed
        edits = sum(tally.count for tally in own)
        percent = round(left / chars * 100, 1) if chars else 0.0
        if edits:
            rows.append(StepRow(step, found.touched[step], edits, removed, added, left, percent))
    return tuple(rows)


def _source(source: str, sums: Sequence[int]) -> SourceRow:
    documents, before, after = sums
    return SourceRow(
        name(source), documents, before, after, round((1 - after / before) * 100, 1) if before else 0.0
    )


def _most(counter: Mapping[str, int]) -> tuple[tuple[str, int, float], ...]:
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:LISTED]
    return tuple((name(key), count, scaled(count, ordered[0][1])) for key, count in ordered)


def _stages(finished: Finished) -> tuple[Stage, ...]:
    """Return the stages that took longest first; none when the times are not there."""
    path = finished.out / AUDIT / "timings.json"
    try:
        found = jsontext.loads(path.read_bytes())["stages"]
        times = {str(stage): float(value["seconds"]) for stage, value in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()
    most = max(times.values(), default=0.0)
    ordered = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Stage(name(stage), seconds, scaled(seconds, most)) for stage, seconds in ordered)
