"""The survey of deduplication: which passages of the corpus repeat another one, and which one is kept for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.dedup.parameters import Parameters
from cleaner.engines.memory import trim, trim_if_large
from cleaner.engines.staging import staged_file, staged_folder
from cleaner.errors import UsageError
from cleaner.formats import jsontext
from cleaner.steps.dedup import evaluation
from cleaner.steps.dedup.informer import Removing, Representatives
from cleaner.steps.survey import Applied, Call, Cluster, Informer, Pin, UnitState
from cleaner.storage.outgoing import AUDIT, LAST
from cleaner.storage.places import place
from cleaner.storage.transfer import mirror

if TYPE_CHECKING:
    from cleaner.dedup.archive import Earlier
    from cleaner.dedup.plan import Plan, Removed, Statistics
    from cleaner.dedup.table import PassageTable
    from cleaner.dedup.told import Elsewhere
    from cleaner.steps.dedup.evaluation import Contact, Evaluation


_CONTACTS = "evaluation.json"
"""File with the passages of a unit that overlap an evaluation set."""


class Duplicates:
    """The survey of deduplication, with the parameters of its rules; `against` names earlier outputs."""

    portable = False

    def __init__(self, settings: Parameters, against: tuple[str, ...]) -> None:
        self.settings = settings
        self._against = () if settings.decontaminates else against
        self._sets = against if settings.decontaminates else ()
        self.opening = False
        self._spared: set[tuple[str, ...]] = set()
        self._told: set[tuple[str, ...]] = set()
        self._earlier: list[Earlier] | None = None
        self._statistics: dict[str, Any] | None = None

    def check(self) -> None:
        """Raise UsageError when an earlier output, or an evaluation set, cannot be compared with."""
        if self.settings.decontaminates:
            if not self._sets:
                message = f"dedup: the mode {self.settings.mode} is about an evaluation set: name one with --against"
                raise UsageError(message)
            evaluation.check(self._evaluation(), self.settings)
        from cleaner.dedup.archive import check_files

        for out in self._against:
            where = place(out)
            if isinstance(where, Path) and where.is_file():
                message = (
                    f"{out} is a file, not the output of a finished run; "
                    "an evaluation set needs --mode contained, and the rule dedup/evaluation"
                )
                raise UsageError(message)
            check_files(_sketches(out), self.settings)

    def begin(self) -> None:
        """Forget which passages the configuration was found to exempt."""
        self._spared = set()

    def _evaluation(self) -> Evaluation:
        return evaluation.evaluation(self._sets, self.settings.fields)

    def digest(self, state: UnitState, before: UnitState | None) -> None:
        """Sketch the passages of a unit; what `before` held already is not sketched again."""
        target = state.folder / "passages"
        if not (target / "done").exists():
            with staged_folder(target) as part:
                table_of(self.settings, state, before).save(part)
                (part / "done").touch()
        if self._sets and not (state.folder / _CONTACTS).exists():
            table = table_of(self.settings, state, before)
            found = evaluation.contacts(self._evaluation(), self.settings, table, state.texts)
            with staged_file(state.folder / _CONTACTS) as part:
                part.write_bytes(jsontext.dumps(list(found)))

    def combine(
        self, states: Sequence[UnitState], pins: Collection[tuple[int, int]], work: Path, call: Call
    ) -> Sequence[Any]:
        """Decide which passages of the corpus are removed; each unit that loses any is told in a file.

        What overlaps an evaluation set is taken out first, so that no other passage is removed for it.
        """
        contacts = self._contacts(states)
        self._told = {one.name for some in contacts for one in some}
        self.opening = self.settings.action == "remove" and any(contacts)
        told = [None] * len(states) if self.opening else self._compared(states, pins, work, call)
        if not any(contacts):
            return told
        sizes = Counter((one.corpus, one.doc, one.start) for some in contacts for one in some)
        return [
            self._with(some, state, sizes, path, work / "told" / f"{number:05d}-evaluation.npy")
            if some
            else path
            for number, (some, state, path) in enumerate(zip(contacts, states, told, strict=True))
        ]

    def _contacts(self, states: Sequence[UnitState]) -> list[list[Contact]]:
        """Return the passages of each unit that overlap an evaluation set."""
        if not self._sets:
            return []
        found = [
            [evaluation.Contact(*row) for row in jsontext.loads((state.folder / _CONTACTS).read_bytes())]
            for state in states
        ]
        return [
            [one for one in some if one.name not in self._spared]
            for some in evaluation.uncommon(found, self.settings)
        ]

    def _with(
        self,
        found: list[Contact],
        state: UnitState,
        sizes: Counter[tuple[str, str, int]],
        told: Path | None,
        path: Path,
    ) -> Path:
        """Write what a unit is told of evaluation sets, beside what it is told otherwise."""
        from cleaner.dedup.plan import Removed
        from cleaner.dedup.told import Told, beside, read, write

        removed, elsewhere = evaluation.told_of(
            table_of(self.settings, state, None), found, self._sets, sizes
        )
        mine = Told(removed, Removed.none(), elsewhere, {})
        write(path, beside(mine, read(told)) if told else mine, self.settings)
        return path

    def _compared(
        self, states: Sequence[UnitState], pins: Collection[tuple[int, int]], work: Path, call: Call
    ) -> Sequence[Any]:
        """Compare all passages of the corpus with each other, and with those of earlier outputs."""
        if call.cluster and not self.settings.contained:
            told, statistics = self._shuffled(states, pins, work, call.cluster)
            self._counted(statistics)
            return told
        earlier = self._opened(work.parent / "against")
        if earlier:  # mapped into this process
            plan = match(self.settings, states, pins, call.threads, earlier)
        else:
            plan = call(match, self.settings, states, pins, call.threads)
        self._counted(plan.statistics)
        return [
            self._written(work / "told" / f"{number:05d}.npy", removed, others)
            for number, (removed, others) in enumerate(zip(plan.shards, plan.unlike, strict=True))
        ]

    def _counted(self, statistics: Statistics) -> None:
        """Keep the counts of the first comparison."""
        if self._statistics is None:
            counts = asdict(statistics)
            clusters = {str(size): n for size, n in sorted(counts["clusters"].items())}
            counts["removed"].pop("evaluation")
            self._statistics = counts | {"clusters": clusters}

    def _written(self, path: Path, removed: Removed, unlike: Removed) -> Path | None:
        """Write what a unit is told; None when there is nothing to tell."""
        from cleaner.dedup.told import Told, write

        told = Told(removed, unlike, self._elsewhere(removed), self._elsewhere(unlike))
        return path if write(path, told, self.settings) else None

    def _shuffled(
        self, states: Sequence[UnitState], pins: Collection[tuple[int, int]], work: Path, cluster: Cluster
    ) -> tuple[Sequence[Path | None], Statistics]:
        """Decide in shuffles, on all machines; the files are kept, so that a resumed run goes on with them."""
        from cleaner.dedup.archive import extract, files
        from cleaner.dedup.rounds.combine import Place, combine, frame_of

        home = work.parent / "against"
        sketches = [files(_sketches(out)) for out in self._against]
        folders = [
            [home / str(number) / f"{k:05d}" for k in range(len(paths))]
            for number, paths in enumerate(sketches)
        ]
        pairs = [pair for some in zip(sketches, folders, strict=True) for pair in zip(*some, strict=True)]
        cluster.map("dedup against", extract, [(path.absolute(), to, self.settings) for path, to in pairs])
        against = [
            (name, [Place(folder, folder / "texts.bin") for folder in some])
            for name, some in zip(self._against, folders, strict=True)
        ]
        shards = [Place(state.folder / "passages", state.folder / "texts.bin") for state in states]
        decided = work.parent / "decided" / work.name
        frame = frame_of(shards, self.settings, decided, cluster, pins=[*pins], against=against)
        return combine(frame, cluster)

    def _opened(self, work: Path) -> list[Earlier]:
        """Open the passages of earlier outputs, which count as seen, once."""
        if self._earlier is None:
            from cleaner.dedup.archive import open_earlier

            self._earlier = [
                open_earlier(_sketches(out), work / str(number), self.settings, name=out)
                for number, out in enumerate(self._against)
            ]
        return self._earlier

    def _elsewhere(self, removed: Removed) -> dict[int, Elsewhere]:
        """Return by row the kept passages that are in earlier corpora."""
        from cleaner.dedup.told import Elsewhere

        earlier = self._earlier or []
        rows = (removed.kept_corpus >= 0).nonzero()[0]
        return {
            int(row): Elsewhere(earlier[corpus].name, *earlier[corpus].passage(int(removed.kept_index[row])))
            for row, corpus in ((row, int(removed.kept_corpus[row])) for row in rows)
        }

    @contextmanager
    def informed(
        self, told: Path, shard: int, states: Sequence[UnitState], number: int
    ) -> Iterator[Informer]:
        """Open the removed passages of a unit, with those that are kept for them anywhere in the corpus."""
        from cleaner.dedup.told import read

        with closing(Representatives(states)) as kept:
            yield Removing(read(told), kept, self.settings, number)

    def again(self, applied: Sequence[Applied]) -> bool:
        """Compare again when other steps changed what is left: removing alone uncovers no duplicate."""
        if self.opening and not any(shard.changed for shard in applied):
            self._spared |= self._told  # the configuration exempts them
        return self.opening or any(shard.restless for shard in applied)

    def recanted(self, states: Sequence[UnitState], late: Collection[tuple[int, int]]) -> frozenset[Pin]:
        """Return the removed passages whose kept one is no longer in the output."""
        texts = {(k, doc): states[k].text(doc).decode("utf-8", "surrogatepass") for k, doc in late}
        found = set()
        for k, state in enumerate(states) if late else ():
            for account in state.accounts():
                place = account.kept_place
                if place in texts and account.duplicate.kept.text not in texts[place]:
                    found.add((account.round, k, account.passage))
        return frozenset(found)

    def parameters(self) -> dict[str, Any] | None:
        """Return the parameters of deduplication, with the sums of the evaluation sets."""
        sums = self._evaluation().sums if self._sets else ()
        return asdict(replace(self.settings, sets=sums))

    def statistics(self) -> dict[str, Any] | None:
        """Return the counts of the first comparison, with names that JSON can hold; and of evaluation sets."""
        if not self._sets or self._statistics is None:
            return self._statistics
        found = self._evaluation()
        short = evaluation.too_short(found, self.settings.words)
        return self._statistics | {"evaluation": {"texts": len(found.texts), "short": short}}

    def leave(
        self, state: UnitState, before: UnitState | None, audit: Path, shard: int, keys: Sequence[str]
    ) -> None:
        """Write the passages of the final state with their signatures, for later runs to compare with."""
        from cleaner.dedup.archive import write

        table = table_of(self.settings, state, before).matched()
        trim_if_large()
        write(audit / f"sketches-{shard:05d}.npz", table, state.texts, self.settings, keys=keys)


def _sketches(out: str) -> Path:
    """Return an earlier output, of a remote one the parts that are compared with."""
    return mirror(place(out), lambda name: name == LAST or name.startswith(f"{AUDIT}/sketches-"))


def table_of(settings: Parameters, state: UnitState, before: UnitState | None) -> PassageTable:
    """Return the passages of a state: as they were digested, or by an earlier state, or from its texts."""
    from cleaner.dedup.sketching.tabulating import tabulate
    from cleaner.dedup.table import Shard, load

    if (state.folder / "passages" / "done").exists():
        return load(state.folder / "passages")
    earlier = Shard(load(before.folder / "passages"), before.texts) if before else None
    return tabulate(state.texts, state.bounds, settings, before=earlier)


def match(
    settings: Parameters,
    states: Sequence[UnitState],
    pins: Collection[tuple[int, int]],
    threads: int,
    against: Sequence[Earlier] = (),
) -> Plan:
    """Decide which passages of the corpus are removed, from the digests of all shards."""
    from cleaner.dedup.deciding.combine import combine
    from cleaner.dedup.table import Shard, load

    tables = [Shard(load(state.folder / "passages"), state.texts) for state in states]
    plan = combine(tables, settings, pins=pins, against=against, threads=threads)
    trim()
    return plan
