"""What the step is told of the documents of a unit: which passages are removed, and what is kept for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import compress, groupby
from typing import TYPE_CHECKING, Final

from cleaner.dedup.contamination.overlap import Overlap, overlap
from cleaner.dedup.differences import Difference, differences
from cleaner.dedup.parameters import KINDS, Parameters
from cleaner.dedup.tokens import same_text
from cleaner.edits import Trail, outside
from cleaner.model import Account, Document, Duplicate, DuplicateKind, Fact, Representative
from cleaner.steps.dedup import Removal, flag_of, judged, removal_of, unlike_of
from cleaner.steps.dedup.evaluation import KIND
from cleaner.steps.survey import DocumentReader, Revise, UnitState, Visit

if TYPE_CHECKING:
    from cleaner.dedup.plan import Removed, Row
    from cleaner.dedup.told import Elsewhere, Told

_OPEN: Final = 64
"""States that are held open at once."""
Pair = tuple["Row", Representative]
"""A passage of a document, with the one that is kept for it or beside it."""


class Removing:
    """Takes the removed passages out of the documents of a unit, with an account of each; flags the others."""

    def __init__(self, told: Told, kept: Representatives, settings: Parameters, number: int) -> None:
        self._settings, self._number = settings, number
        self._documents = _by_document(told.removed, told.removed_elsewhere, kept)
        self._unlike = _by_document(told.unlike, told.unlike_elsewhere, kept)
        self._next = next(self._documents, _NONE)
        self._next_unlike = next(self._unlike, _NONE)

    def concerns(self, index: int) -> bool:
        """Tell whether anything is known about a document."""
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
        found = tuple(_removal(doc, row, kept, self._settings) for row, kept in going)
        without, went = _without(doc, found, flags, revise)
        trail = Trail(doc.trail)
        accounts = [
            _account(_duplicate(doc, trail, row, kept, self._settings), row, self._number)
            for (row, kept), gone in zip(going, went, strict=True)
            if gone or self._settings.action == "flag"
        ]
        return Visit(without, tuple(accounts))


_NONE: tuple[int, list[Pair]] = (-1, [])
"""In place of a document and its passages: there are no more."""


def _unflagged(doc: Document, found: list[Removal]) -> tuple[Removal, ...]:
    """Return what was not flagged in an earlier round."""
    known = {flag.message for flag in doc.flags}
    return tuple(removal for removal in found if flag_of(removal).message not in known)


def _name(kept: Representative) -> str:
    """Return the key of the document of a representative, behind the earlier output that holds it if one does."""
    return kept.doc if kept.corpus is None else f"{kept.corpus}/{kept.doc}"


def _removal(doc: Document, row: Row, kept: Representative, settings: Parameters) -> Removal:
    """Return what the step is told of a removed passage."""
    text = doc.text[row.start : row.end]
    if row.kind == KIND:
        return removal_of(row, kept.doc)._replace(
            kept_start=kept.source_start, shared=_shared(text, kept, settings).length
        )
    return judged(removal_of(row, _name(kept)), text, kept.text)


def _shared(text: str, kept: Representative, settings: Parameters) -> Overlap:
    """Return what a passage shares with the lines of an evaluation set that it was found to overlap."""
    return overlap(text, kept.text, settings.words) or Overlap(0, 0, 0, whole=False)


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
    removed: Removed, elsewhere: Mapping[int, Elsewhere], kept: Representatives
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


class Representatives:
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


def _duplicate(
    doc: Document, trail: Trail, row: Row, kept: Representative, settings: Parameters
) -> Duplicate:
    """Return the account of a removed passage."""
    text = doc.text[row.start : row.end]
    shared = _shared(text, kept, settings) if row.kind == KIND else None
    return Duplicate(
        row.start,
        row.end,
        len(doc.trail),
        *trail.to_source(len(doc.trail), row.start, row.end),
        text,
        kept,
        row.similarity,
        ("contained" if shared.whole else "overlap") if shared else _kind(row, text, kept.text),
        row.cluster,
        settings.action,
        () if shared else _differs(row, text, kept.text),
        shared.length if shared else None,
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
