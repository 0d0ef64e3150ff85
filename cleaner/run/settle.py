"""A whole corpus brought to rest: what `clean run`, `clean check` and `clean diff` share.

Everything happens in files of a work folder; `output.publish_run` makes an output of the result.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cleaner.engines import Engine
from cleaner.formats.format import InputFile
from cleaner.model import Representative
from cleaner.run.discover import Inputs
from cleaner.run.removal import Applied, apply
from cleaner.run.shards import Shard, cut
from cleaner.run.stages import (
    dedup_settings,
    lines,
    match,
    prepare,
    repeated_rule,
    sketch,
    unrepeat,
)
from cleaner.run.state import StateReader
from cleaner.run.unpack import unpack
from cleaner.settings import Settings

if TYPE_CHECKING:
    from cleaner.dedup.archive import Earlier
    from cleaner.dedup.plan import Plan, Removed

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how many of its tasks are done, and how many there are."""


@dataclass(slots=True)
class Timings:
    """Seconds of each stage; the only thing in an output that differs between two equal runs."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that a run needs to know, and who does the work."""

    settings: Settings
    inputs: Inputs
    work: Path
    engine: Engine
    progress: Progress = lambda stage, done, total: None
    timings: Timings = field(default_factory=Timings)

    def map(self, stage: str, function: Callable[..., T], calls: Sequence[tuple[Any, ...]]) -> list[T]:
        """Let the engine do one stage."""
        count = 0

        def done(index: int) -> None:
            nonlocal count
            count += 1
            self.progress(stage, count, len(calls))

        self.progress(stage, 0, len(calls))
        with self.timings.stage(stage):
            return self.engine.map(function, calls, done=done)


@dataclass(frozen=True, slots=True)
class Settled:
    """A corpus at rest: its shards, the folder with the final state of each, and the first plan.

    `digested` are the states whose passages were compared last: the final ones, or those just before.
    """

    shards: tuple[Shard, ...]
    folders: tuple[Path, ...]
    digested: tuple[Path, ...] = ()
    plan: Plan | None = None


def settle(job: Job) -> Settled:
    """Apply all steps to the corpus until no step has anything left to do.

    Deduplication sees the texts that the document steps left. Where it takes something out, the
    document steps look again; where they change something then, it looks again. When that cost a
    kept passage its place, whoever was removed for it is pinned and the rounds start anew: every
    removed passage names one that is in the output. Lines that repeat across a source go before that,
    and when deduplication leaves so little that more of them do, they go and it starts anew.
    """
    shards = cut(_unpacked(job))
    first = tuple(job.work / "0" / f"{shard.index:05d}" for shard in shards)
    calls = [(job.settings, shard, folder) for shard, folder in zip(shards, first, strict=True)]
    job.map("clean", prepare, calls)
    sources = _Sources(job)
    folders = sources.settle(first)
    if "dedup" not in job.settings.steps:
        return Settled(shards, folders)
    while True:
        settled = _deduplicated(job, shards, folders, sources.rounds)
        before = folders
        folders = sources.look_again(folders, settled.folders)
        if folders == before:
            return settled


def _deduplicated(job: Job, shards: tuple[Shard, ...], first: tuple[Path, ...], base: int) -> Settled:
    """Take out the duplicates, from the state in `first`; `base` names the attempt."""
    pins: frozenset[Pin] = frozenset()
    while True:
        attempt = _Rounds(job, first, pins, base)
        folders = attempt.run()
        orphans = attempt.orphans(folders)
        if not orphans:
            return Settled(shards, folders, attempt.digested, attempt.plan)
        pins |= orphans


class _Sources:
    """Rounds of taking out what repeats across the documents of a source; `rounds` counts them."""

    def __init__(self, job: Job) -> None:
        self.job, self.rounds = job, 0
        self._rule = repeated_rule(job.settings)

    def settle(self, folders: tuple[Path, ...]) -> tuple[Path, ...]:
        """Return the state in which nothing repeats any more."""
        while self._rule:
            changed, after = self._apply(self._counted(folders), folders)
            if not changed:
                return folders
            folders = after
        return folders

    def look_again(self, folders: tuple[Path, ...], final: tuple[Path, ...]) -> tuple[Path, ...]:
        """Ask the corpus without its duplicates, in which a line may be in more of the documents.

        What repeats there is taken out of `folders`, the state before deduplication, which is given
        back as it is when nothing does.
        """
        if self._rule is None or final == folders:
            return folders
        repeats = self._counted(final)
        if not repeats or not any(self._map("look again", repeats, [(folder, None) for folder in final])):
            return folders
        changed, after = self._apply(repeats, folders)
        return self.settle(after) if changed else folders

    def _counted(self, folders: tuple[Path, ...]) -> Path | None:
        """Count the lines of all documents; None when nothing repeats."""
        from cleaner.run.repeated_lines import combine, load
        from cleaner.steps.boilerplate.repeated import threshold

        if self._rule is None:
            return None
        self.job.map("lines", lines, [(self.job.settings, folder) for folder in folders])
        with self.job.timings.stage("lines"):
            self.rounds += 1
            base = self.job.work / f"sources.{self.rounds}"
            shutil.rmtree(base, ignore_errors=True)
            repeats = combine(
                [load(folder / "lines") for folder in folders], threshold(self._rule), base / "counts"
            )
            repeats.save(base / "repeats.npz")
            return base / "repeats.npz" if len(repeats.keys) else None

    def _apply(self, repeats: Path | None, folders: tuple[Path, ...]) -> tuple[int, tuple[Path, ...]]:
        """Take out what repeats; return how many documents changed, and the new state."""
        if repeats is None:
            return 0, folders
        targets = tuple(repeats.parent / folder.name for folder in folders)
        counts = self._map("repeated lines", repeats, list(zip(folders, targets, strict=True)))
        pairs = zip(folders, targets, counts, strict=True)
        return sum(counts), tuple(target if count else folder for folder, target, count in pairs)

    def _map(self, stage: str, repeats: Path, folders: list[tuple[Path, Path | None]]) -> list[int]:
        return self.job.map(
            stage, unrepeat, [(self.job.settings, repeats, folder, target) for folder, target in folders]
        )


def _unpacked(job: Job) -> tuple[InputFile, ...]:
    """Return the files to read: of compressed inputs their content, unpacked into the work folder."""
    packed = [file for file in job.inputs.files if file.codec]
    if not packed:
        return job.inputs.files
    targets = [job.work / "unpacked" / f"{number:06d}" for number in range(len(packed))]
    found = job.map("unpack", unpack, list(zip(packed, targets, strict=True)))
    content = {file.key: plain for file, plain in zip(packed, found, strict=True)}
    return tuple(content.get(file.key, file) for file in job.inputs.files)


def _earlier(job: Job) -> list[Earlier]:
    """Open the passages of earlier outputs, which count as seen; UsageError when they cannot be compared."""
    if not job.settings.against:
        return []
    from cleaner.dedup.archive import open_earlier

    settings = dedup_settings(job.settings)
    with job.timings.stage("match"):
        return [
            open_earlier(Path(out), job.work / "against" / str(number), settings, name=out)
            for number, out in enumerate(job.settings.against)
        ]


Pin = tuple[int, int, int]
"""Round, shard and passage of that shard that must stay."""


class _Rounds:
    """Rounds of deduplication and document steps, from the state in `first` until nothing changes."""

    def __init__(self, job: Job, first: tuple[Path, ...], pins: frozenset[Pin], base: int = 0) -> None:
        self.job, self.first, self.pins, self.base = job, first, pins, base
        self.plan: Plan | None = None
        self.digested: tuple[Path, ...] = ()
        self.earlier = _earlier(job)
        self.late: set[tuple[int, int]] = set()  # documents that changed after the first round

    def run(self) -> tuple[Path, ...]:
        """Return the folders of the final state."""
        folders, number = self.first, 0
        while True:
            plan = self._plan(folders, number)
            self.plan = self.plan or plan
            if not any(len(removed) for removed in plan.shards):
                return folders
            folders, applied = self._apply(plan, folders, number)
            restless = {(k, doc) for k, shard in enumerate(applied) for doc in shard.restless}
            if number:
                self.late |= {(k, doc) for k, shard in enumerate(applied) for doc in shard.changed}
            self.late |= restless
            if not restless:
                return folders
            number += 1

    def _plan(self, folders: tuple[Path, ...], number: int) -> Plan:
        """Digest the passages of the corpus and decide which go."""
        settings = self.job.settings
        before = self.digested or (None,) * len(folders)
        self.job.map("sketch", sketch, [(settings, *pair) for pair in zip(folders, before, strict=True)])
        self.digested = folders
        pins = frozenset((shard, index) for round_, shard, index in self.pins if round_ == number)
        call = (settings, folders, pins, self.job.engine.jobs)
        if self.earlier:  # mapped into this process
            with self.job.timings.stage("match"):
                return match(*call, self.earlier)
        (plan,) = self.job.map("match", match, [call])
        return plan

    def _apply(
        self, plan: Plan, folders: tuple[Path, ...], number: int
    ) -> tuple[tuple[Path, ...], list[Applied]]:
        """Take out what goes; shards of which nothing goes stay where they are."""
        base = self.job.work / f"{self.base}.{len(self.pins)}.{number + 1}"
        targets = tuple(
            base / folder.name if len(removed) else folder
            for folder, removed in zip(folders, plan.shards, strict=True)
        )
        touched = [k for k, removed in enumerate(plan.shards) if len(removed)]
        for k in touched:
            shutil.rmtree(targets[k], ignore_errors=True)
        calls = [
            (
                self.job.settings,
                k,
                plan.shards[k],
                self._elsewhere(plan.shards[k]),
                folders,
                targets[k],
                number,
            )
            for k in touched
        ]
        results = dict(zip(touched, self.job.map("remove", apply, calls), strict=True))
        return targets, [results.get(k, Applied()) for k in range(len(folders))]

    def _elsewhere(self, removed: Removed) -> dict[int, Representative]:
        """Return the kept passages that are in earlier corpora, by the row of the one that goes."""
        rows = (removed.kept_corpus >= 0).nonzero()[0]
        return {
            int(row): Representative(
                self.earlier[corpus].name, *self.earlier[corpus].passage(int(removed.kept_index[row]))
            )
            for row, corpus in ((row, int(removed.kept_corpus[row])) for row in rows)
        }

    def orphans(self, folders: tuple[Path, ...]) -> frozenset[Pin]:
        """Find removed passages whose kept one is no longer in the output."""
        if not self.late:
            return frozenset()
        readers = [StateReader(folder) for folder in folders]
        texts = {(k, doc): readers[k].text(doc).decode("utf-8", "surrogatepass") for k, doc in self.late}
        found = set()
        for k, reader in enumerate(readers):
            for held in reader:
                for account in held.accounts:
                    place = account.kept_place
                    if place in texts and account.duplicate.kept.text not in texts[place]:
                        found.add((account.round, k, account.passage))
        return frozenset(found) - self.pins
