"""The survey of deduplication: which passages of the corpus repeat another one, and which one is kept for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import lru_cache
from itertools import compress, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cleaner.dedup.differences import Difference, differences
from cleaner.dedup.parameters import KINDS, Action, Parameters
from cleaner.dedup.tokens import same_text
from cleaner.edits import Trail, outside
from cleaner.engines.memory import trim
from cleaner.engines.staging import staged_folder
from cleaner.model import Account, Document, Duplicate, DuplicateKind, Fact, Representative
from cleaner.steps.dedup import Removal, flag_of, judged, removal_of, unlike_of
from cleaner.steps.survey import (
    Applied,
    Call,
    Cluster,
    DocumentReader,
    Informer,
    Pin,
    Revise,
    UnitState,
    Visit,
)
from cleaner.storage.outgoing import AUDIT, LAST
from cleaner.storage.places import place
from cleaner.storage.transfer import mirror

if TYPE_CHECKING:
    from cleaner.dedup.archive import Earlier
    from cleaner.dedup.plan import Plan, Removed, Row, Statistics
    from cleaner.dedup.table import PassageTable
    from cleaner.dedup.told import Elsewhere, Told


_OPEN: Final = 64
"""States that are held open at once."""
Pair = tuple["Row", Representative]
"""A passage of a document, with the one that is kept for it or beside it."""


class Duplicates:
    """The survey of deduplication, with the parameters of its rules; `against` names earlier outputs."""

    portable = False

    def __init__(self, settings: Parameters, against: tuple[str, ...]) -> None:
        self.settings, self._against = settings, against
        self._earlier: list[Earlier] | None = None
        self._statistics: dict[str, Any] | None = None

    def check(self) -> None:
        """Raise UsageError when an earlier output cannot be compared with."""
        from cleaner.dedup.archive import check_files

        for out in self._against:
            check_files(_sketches(out), self.settings)

    def digest(self, state: UnitState, before: UnitState | None) -> None:
        """Sketch the passages of a unit; what `before` held already is not sketched again."""
        target = state.folder / "passages"
        if not (target / "done").exists():
            with staged_folder(target) as part:
                table_of(self.settings, state, before).save(part)
                (part / "done").touch()

    def combine(
        self, states: Sequence[UnitState], pins: Collection[tuple[int, int]], work: Path, call: Call
    ) -> Sequence[Any]:
        """Decide which passages of the corpus are removed; each unit that loses any is told in a file."""
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
            self._written(work / "told" / f"{number:05d}.npz", removed, others)
            for number, (removed, others) in enumerate(zip(plan.shards, plan.unlike, strict=True))
        ]

    def _counted(self, statistics: Statistics) -> None:
        """Keep the counts of the first comparison."""
        if self._statistics is None:
            counts = asdict(statistics)
            clusters = {str(size): n for size, n in sorted(counts["clusters"].items())}
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

        with closing(_Representatives(states)) as kept:
            yield _Removing(read(told), kept, self.settings.action, number)

    def again(self, applied: Sequence[Applied]) -> bool:
        """Compare again when other steps changed what is left: removing alone uncovers no duplicate."""
        return any(shard.restless for shard in applied)

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
        """Return the parameters of deduplication."""
        return asdict(self.settings)

    def statistics(self) -> dict[str, Any] | None:
        """Return the counts of the first comparison, with names that JSON can hold."""
        return self._statistics

    def leave(
        self, state: UnitState, before: UnitState | None, audit: Path, shard: int, keys: Sequence[str]
    ) -> None:
        """Write the passages of the final state with their signatures, for later runs to compare with."""
        from cleaner.dedup.archive import write

        table = table_of(self.settings, state, before).matched()
        trim()
        write(audit / f"sketches-{shard:05d}.parquet", table, state.texts, self.settings, keys=keys)
        del table
        trim()


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


class _Removing:
    """Takes the removed passages out of the documents of a unit, with an account of each; flags the others."""

    def __init__(self, told: Told, kept: _Representatives, action: Action, number: int) -> None:
        self._action, self._number = action, number
        self._documents = _by_document(told.removed, told.removed_elsewhere, kept)
        self._unlike = _by_document(told.unlike, told.unlike_elsewhere, kept)
        self._next = next(self._documents, _NONE)
        self._next_unlike = next(self._unlike, _NONE)

    def concerns(self, index: int) -> bool:
        return index in (self._next[0], self._next_unlike[0])

    def visit(self, doc: Document, revise: Revise) -> Visit | None:
        """Remove passages; one that the configuration exempts in part is kept whole.

        The trail names the kept passage for whole passages, not for parts of them.
        """
        index = min(number for number in (self._next[0], self._next_unlike[0]) if number >= 0)
        going, unlike = [], []
        if self._next[0] == index:
            going, self._next = self._next[1], next(self._documents, _NONE)
        if self._next_unlike[0] == index:
            unlike, self._next_unlike = self._next_unlike[1], next(self._unlike, _NONE)
        flags = _unflagged(doc, [unlike_of(row, _name(kept)) for row, kept in unlike])
        found = tuple(_removal(doc, row, kept) for row, kept in going)
        without, went = _without(doc, found, flags, revise)
        trail = Trail(doc.trail)
        accounts = [
            _account(_duplicate(doc, trail, row, kept, self._action), row, self._number)
            for (row, kept), gone in zip(going, went, strict=True)
            if gone or self._action == "flag"
        ]
        return Visit(without, tuple(accounts))


_NONE: tuple[int, list[Pair]] = (-1, [])
"""In place of a document and its passages: there are no more."""


def _unflagged(doc: Document, found: list[Removal]) -> tuple[Removal, ...]:
    """Return what was not flagged in an earlier round."""
    known = {flag.message for flag in doc.flags}
    return tuple(removal for removal in found if flag_of(removal).message not in known)


def _name(kept: Representative) -> str:
    """Return the key of the document of a representative, as a removal names it."""
    return "" if kept.corpus is not None else kept.doc


def _removal(doc: Document, row: Row, kept: Representative) -> Removal:
    """Return what the step is told of a removed passage."""
    removal = removal_of(row, _name(kept))
    return judged(removal, doc.text[row.start : row.end], kept.text)


def _without(
    doc: Document, found: tuple[Removal, ...], flags: tuple[Removal, ...], revise: Revise
) -> tuple[Document, tuple[bool, ...]]:
    """Take passages out, and tell of each whether it was removed.

    What is exempt shows when all are to be removed, so the facts are those of the first attempt.
    """
    went = (True,) * len(found)
    facts: tuple[Fact, ...] | None = None
    while True:
        without = revise((*compress(found, went), *flags))
        facts = without.facts if facts is None else facts
        edits = without.trail[-1].edits if len(without.trail) > len(doc.trail) else ()
        cuts = [(edit.start, edit.end) for edit in edits]
        before, went = (
            went,
            tuple(
                wanted and not outside(doc.text, [(removal.start, removal.end)], cuts)
                for wanted, removal in zip(went, found, strict=True)
            ),
        )
        if went == before or not edits:
            return without if without.facts == facts else replace(without, facts=facts), went


def _by_document(
    removed: Removed, elsewhere: Mapping[int, Elsewhere], kept: _Representatives
) -> Iterator[tuple[int, list[Pair]]]:
    """Yield the number of each document that has such passages, and these."""
    for doc, rows in groupby(enumerate(removed.rows()), key=lambda numbered: numbered[1].doc):
        yield (
            doc,
            [
                (row, Representative(*elsewhere[number]) if number in elsewhere else kept.of(row))
                for number, row in rows
            ],
        )


class _Representatives:
    """The kept passages, anywhere in the corpus: read from the files of their states, some of which are held open."""

    def __init__(self, states: Sequence[UnitState]) -> None:
        self._states = states
        self._readers: dict[int, DocumentReader] = {}
        self._origin = lru_cache(maxsize=4096)(self._read_origin)

    def of(self, row: Row) -> Representative:
        """Look up the passage that is kept for a removed one of this corpus."""
        key, trail, revisions = self._origin(row.kept_shard, row.kept_doc)
        start, end = trail.to_source(revisions, row.kept_start, row.kept_end)
        text = self._reader(row.kept_shard).text(row.kept_byte_start, row.kept_byte_end)
        return Representative(None, key, start, end, text)

    def _read_origin(self, shard: int, index: int) -> tuple[str, Trail, int]:
        key, revisions = self._reader(shard).origin(index)
        return key, Trail(revisions), len(revisions)

    def _reader(self, number: int) -> DocumentReader:
        if number not in self._readers:
            if len(self._readers) >= _OPEN:
                self._readers.pop(next(iter(self._readers))).close()
            self._readers[number] = self._states[number].reader()
        return self._readers[number]

    def close(self) -> None:
        """Close the files."""
        for reader in self._readers.values():
            reader.close()


def _duplicate(doc: Document, trail: Trail, row: Row, kept: Representative, action: Action) -> Duplicate:
    """Return the account of a removed passage."""
    text = doc.text[row.start : row.end]
    return Duplicate(
        row.start,
        row.end,
        len(doc.trail),
        *trail.to_source(len(doc.trail), row.start, row.end),
        text,
        kept,
        row.similarity,
        _kind(row, text, kept.text),
        row.cluster,
        action,
        _differs(row, text, kept.text),
    )


def _differs(row: Row, text: str, kept: str) -> tuple[Difference, ...]:
    """Return in what a near-duplicate differs; nothing for other kinds."""
    return differences(text, kept) if _kind(row, text, kept) == "near" else ()


def _account(duplicate: Duplicate, row: Row, number: int) -> Account:
    """Return a duplicate of round `number` with the places at which it and its representative are found again."""
    elsewhere = duplicate.kept.corpus is not None
    return Account(duplicate, number, row.passage, None if elsewhere else (row.kept_shard, row.kept_doc))


def _kind(row: Row, text: str, kept: str) -> DuplicateKind:
    """Name the kind of a duplicate for the trail: contained, else exact for the same text, else near."""
    if KINDS[row.kind] == "contained":
        return "contained"
    return "exact" if row.similarity == 1 and same_text(text, kept) else "near"
