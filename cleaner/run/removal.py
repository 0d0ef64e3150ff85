"""The stage that takes duplicates out of a shard, with an account of each: which passage stays for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cleaner.dedup.settings import KINDS, Action
from cleaner.edits import Trail
from cleaner.errors import QuarantineError
from cleaner.model import Account, Document, Duplicate, DuplicateKind, Representative
from cleaner.pipeline import Cleaner
from cleaner.run.stages import cleaner_for, dedup_settings
from cleaner.run.state import Held, Passages, StateReader, StateWriter, parse
from cleaner.settings import Settings

if TYPE_CHECKING:
    from cleaner.dedup.plan import Removed, Row


@dataclass(frozen=True, slots=True)
class Applied:
    """What a round did to a shard: documents that lost passages, and those that other steps changed then."""

    changed: frozenset[int] = frozenset()
    restless: frozenset[int] = frozenset()


Going = list[tuple["Row", Representative]]
"""The passages of a document that go, each with the one that stays for it."""


def apply(
    settings: Settings,
    shard: int,
    removed: Removed,
    elsewhere: Mapping[int, Representative],
    folders: tuple[Path, ...],
    target: Path,
    number: int,
) -> Applied:
    """Take the removed passages out of a shard and let the document steps look at what is left.

    `folders` are the states of all shards as the plan saw them; the new state goes to `target`.
    `elsewhere` holds the kept passages that are in earlier corpora, by the row of the removed one;
    `number` counts the rounds of the run.
    """
    cleaner, changed, restless = cleaner_for(settings), set(), set()
    action = dedup_settings(settings).action
    with StateWriter(target) as writer, _KeptPassages(folders) as passages:
        writer.copy_raw(folders[shard] / "raw.zst")
        documents = _going(removed, elsewhere, passages)
        doc, going = next(documents, (-1, []))
        index = -1
        for line, text in StateReader(folders[shard]).lines():
            index += text is not None
            if text is None or index != doc:
                writer.copy(line, text)
                continue
            held, rests = _without(cleaner, parse(line, text), going, action, number)
            writer.add(held)
            changed.add(index)
            if not rests:
                restless.add(index)
            doc, going = next(documents, (-1, []))
    return Applied(frozenset(changed), frozenset(restless))


def _going(
    removed: Removed, elsewhere: Mapping[int, Representative], passages: _KeptPassages
) -> Iterator[tuple[int, Going]]:
    """Yield for each document that loses passages its number, and what goes."""
    for doc, rows in groupby(enumerate(removed.rows()), key=lambda numbered: numbered[1].doc):
        yield doc, [(row, elsewhere.get(number) or passages.of(row)) for number, row in rows]


def _without(cleaner: Cleaner, held: Held, going: Going, action: Action, number: int) -> tuple[Held, bool]:
    """Return a document without what goes and with the accounts of that; and whether it rests then."""
    from cleaner.steps.dedup import removal_of

    doc = held.doc
    if doc is None:
        message = f"{held.meta['key']} is no document, there are no passages in it"
        raise LookupError(message)
    found = tuple(removal_of(row, "" if kept.corpus is not None else kept.doc) for row, kept in going)
    without, went = cleaner.remove(doc, found)
    trail = Trail(doc.trail)
    accounts = [
        _account(_duplicate(doc, trail, row, kept, action), row, number)
        for (row, kept), gone in zip(going, went, strict=True)
        if gone or action == "flag"
    ]
    settled = _settled(cleaner, without)
    return Held(held.meta, settled, (*held.accounts, *accounts)), settled.text == without.text


def _settled(cleaner: Cleaner, doc: Document) -> Document:
    """Let the document steps look at what is left; a document that they fail on now stays as it is."""
    try:
        return cleaner.settle(doc, flags=False)
    except QuarantineError:
        return doc


class _KeptPassages:
    """The passages that stay, anywhere in the corpus: read from the files of all shards, held open."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._shards: dict[int, Passages] = {}
        self._origin = lru_cache(maxsize=4096)(self._read_origin)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for shard in self._shards.values():
            shard.close()

    def of(self, row: Row) -> Representative:
        """Look up the passage that stays for a removed one of this corpus."""
        key, trail, revisions = self._origin(row.kept_shard, row.kept_doc)
        start, end = trail.to_source(revisions, row.kept_start, row.kept_end)
        text = self._shard(row.kept_shard).text(row.kept_byte_start, row.kept_byte_end)
        return Representative(None, key, start, end, text)

    def _read_origin(self, shard: int, index: int) -> tuple[str, Trail, int]:
        key, revisions = self._shard(shard).origin(index)
        return key, Trail(revisions), len(revisions)

    def _shard(self, number: int) -> Passages:
        if number not in self._shards:
            self._shards[number] = Passages(self._folders[number])
        return self._shards[number]


def _duplicate(doc: Document, trail: Trail, row: Row, kept: Representative, action: Action) -> Duplicate:
    """Return what there is to say of a removed passage."""
    text = doc.text[row.start : row.end]
    return Duplicate(
        row.start,
        row.end,
        len(doc.trail),
        *trail.to_source(len(doc.trail), row.start, row.end),
        text,
        kept,
        row.similarity,
        _kind(KINDS[row.kind], text, kept.text),
        row.cluster,
        action,
    )


def _account(duplicate: Duplicate, row: Row, number: int) -> Account:
    """Return a duplicate of round `number` with the places at which it and its representative are found again."""
    elsewhere = duplicate.kept.corpus is not None
    return Account(duplicate, number, row.passage, None if elsewhere else (row.kept_shard, row.kept_doc))


def _kind(kind: str, text: str, kept: str) -> DuplicateKind:
    """Name the kind of a duplicate for the trail: contained, else exact for equal texts, else near."""
    if kind == "contained":
        return "contained"
    return "exact" if text == kept else "near"
