"""The surveys of a run: rounds in which steps are told what the corpus knows, until none has anything to say.

Each survey is settled on the state that the ones before it left. When a later one leaves so little
that an earlier one has something to say again (a line may now be in more of the documents), the
earlier one acts on its own state, and the later ones start anew from there.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.engines import cores
from cleaner.formats import jsontext
from cleaner.run.job import Job
from cleaner.run.stages import apply, digest, new_surveys
from cleaner.run.state import StateReader
from cleaner.steps.survey import Applied, Cluster, Pin, Survey

Folders = tuple[Path, ...]
"""The state of every unit."""


class Surveys:
    """The surveys of a run, in order; `digested` is what each compared last, by step."""

    def __init__(self, job: Job) -> None:
        made = new_surveys(job.settings)
        self._runs = [_Rounds(job, name, survey) for name, survey in made.items()]

    def settle(self, folders: Folders) -> Folders:
        """Return the state in which no survey has anything to say."""
        return self._from(0, folders)

    def _from(self, number: int, folders: Folders) -> Folders:
        if number == len(self._runs):
            return folders
        rounds = self._runs[number]
        state = rounds.settle(folders)
        while True:
            final = self._from(number + 1, state)
            again = rounds.look_again(state, final)
            if again == state:
                return final
            state = again

    @property
    def digested(self) -> dict[str, Folders]:
        """The states whose digests each survey compared last: the final ones, or those just before."""
        return {rounds.name: rounds.digested for rounds in self._runs}

    def statistics(self) -> dict[str, dict[str, Any]]:
        """Return what each survey counted, by step."""
        found = {rounds.name: rounds.survey.statistics() for rounds in self._runs}
        return {name: counts for name, counts in found.items() if counts is not None}


@dataclass(slots=True)
class _Call:
    """Lets the engine run one function, in a worker where there are any."""

    job: Job
    stage: str

    @property
    def threads(self) -> int:
        return cores() if self.cluster else self.job.engine.jobs

    @property
    def cluster(self) -> Cluster | None:
        return self.job.cluster

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        if self.cluster:  # the corpus is looked at where it is asked for
            return function(*arguments)
        (result,) = self.job.engine.map(function, [arguments])
        return result


@dataclass(frozen=True, slots=True)
class _Round:
    """What a round did: the state that it began with, a sum of what each unit was told, and what became of each."""

    before: Folders
    sums: tuple[bytes, ...]
    after: Folders
    applied: tuple[Applied, ...]


class _Rounds:
    """The rounds of one survey; `_done` are those of the last attempt, by number."""

    def __init__(self, job: Job, name: str, survey: Survey) -> None:
        self.job, self.name, self.survey = job, name, survey
        self.digested: Folders = ()
        self._count = 0
        self._done: dict[int, _Round] = {}

    def settle(self, first: Folders) -> Folders:
        """Return the state in which the survey has nothing to say.

        What is known of the corpus sees the texts that the document steps left. When that cost a kept
        passage its place, whoever was removed for it is pinned and the rounds start anew: every
        removed passage names one that is in the output.
        """
        pins: frozenset[Pin] = frozenset()
        while True:
            self.digested = ()
            folders, late = self._rounds(first, pins)
            orphans = self.survey.recanted(_states(folders), late) - pins if late else frozenset()
            if not orphans:
                return folders
            pins |= orphans

    def look_again(self, folders: Folders, final: Folders) -> Folders:
        """Ask the corpus as later surveys left it; what is found there is taken out of `folders`."""
        if not self.survey.portable or final == folders:
            return folders
        told = self._told(final, frozenset())
        if not any(told_unit is not None for told_unit in told):
            return folders
        looks = self._map("look again", told, final, (None,) * len(final), 0)
        if not any(unit.changed for unit in looks):
            return folders
        after, applied = self._apply(told, folders, 0)
        return self.settle(after) if any(unit.changed for unit in applied) else folders

    def _rounds(self, first: Folders, pins: frozenset[Pin]) -> tuple[Folders, set[tuple[int, int]]]:
        """Run rounds from `first`; also return the documents that changed after the first round."""
        folders, number, named = first, 0, False
        late: set[tuple[int, int]] = set()
        self.survey.begin()
        while True:
            told = self._told(folders, frozenset((unit, i) for at, unit, i in pins if at == number))
            if not any(told_unit is not None for told_unit in told):
                return folders, late
            folders, applied = self._apply(told, folders, number)
            for unit, did in enumerate(applied):
                late |= {(unit, doc) for doc in (did.changed if named else did.restless)}
                late |= {(unit, doc) for doc in did.restless}
            if not self.survey.again(applied):
                return folders, late
            named = named or not self.survey.opening
            number += 1

    def _told(self, folders: Folders, pins: frozenset[tuple[int, int]]) -> Sequence[Any]:
        """Digest all units and decide what each is told."""
        before = self.digested or (None,) * len(folders)
        calls = [(self.job.settings, self.name, *pair) for pair in zip(folders, before, strict=True)]
        self.job.map(f"digest {self.name}", digest, calls)
        self.digested = folders
        stage = f"combine {self.name}"
        with self.job.timings.stage(stage):
            return self.survey.combine(_states(folders), pins, self._work(), _Call(self.job, stage))

    def _apply(
        self, told: Sequence[Any], folders: Folders, number: int
    ) -> tuple[Folders, tuple[Applied, ...]]:
        """Tell every unit; those in which nothing changes keep their state.

        A unit that is told what it was told before, about the same corpus, becomes what it became then.
        """
        base = self._work()
        sums = self._sums(told)
        earlier = self._done.get(number)
        if earlier is None or earlier.before != folders:
            earlier = _Round(folders, (b"",) * len(folders), folders, ())
        known = _as_before(earlier.sums, sums)
        targets = tuple(base / folder.name for folder in folders)
        fresh = [None if unit in known else one for unit, one in enumerate(told)]
        applied = list(self._map(f"apply {self.name}", fresh, folders, targets, number))
        after = [
            target if did.changed or did.flagged else folder
            for folder, target, did in zip(folders, targets, applied, strict=True)
        ]
        for unit in known:
            after[unit], applied[unit] = earlier.after[unit], earlier.applied[unit]
        self._done[number] = _Round(folders, sums, tuple(after), tuple(applied))
        return tuple(after), tuple(applied)

    def _sums(self, told: Sequence[Any]) -> tuple[bytes, ...]:
        """Return a sum of the file in which each unit is told something; empty where there is none, and on a cluster.

        There the driver does not read what units are told.
        """
        paths = {one for one in told if isinstance(one, Path) and not self.job.cluster}
        sums = {path: hashlib.sha256(path.read_bytes()).digest() for path in paths}
        return tuple(sums.get(one, b"") if isinstance(one, Path) else b"" for one in told)

    def _map(
        self,
        stage: str,
        told: Sequence[Any],
        folders: Folders,
        targets: Sequence[Path | None],
        number: int,
    ) -> tuple[Applied, ...]:
        listed = self._work() / "states.json"  # one list for all calls, not a copy of it in each
        listed.write_bytes(jsontext.dumps([str(folder) for folder in folders]))
        touched = [k for k, told_unit in enumerate(told) if told_unit is not None]
        calls = [(self.job.settings, self.name, told[k], k, listed, targets[k], number) for k in touched]
        found = dict(zip(touched, self.job.map(stage, apply, calls), strict=True))
        return tuple(found.get(k, Applied()) for k in range(len(folders)))

    def _work(self) -> Path:
        """Return a new folder for the files of a round."""
        self._count += 1
        folder = self.job.work / self.name / f"{self._count}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def _as_before(before: Sequence[bytes], now: Sequence[bytes]) -> frozenset[int]:
    """Return the units that are told what they were told before.

    >>> sorted(_as_before([b"a", b"b", b""], [b"a", b"c", b""]))
    [0]
    """
    pairs = zip(before, now, strict=True)
    return frozenset(unit for unit, (old, new) in enumerate(pairs) if old and old == new)


def _states(folders: Folders) -> list[StateReader]:
    return [StateReader(folder) for folder in folders]
