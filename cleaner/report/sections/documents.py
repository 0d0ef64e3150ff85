"""Documents of the page: before and after side by side, and their history as `clean why` tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cleaner.audit.errors import RebuildError
from cleaner.audit.history import events
from cleaner.audit.rebuild import Finished, Texts, document_states
from cleaner.audit.records import DOCUMENTS, FLAGS, DocumentLine
from cleaner.audit.trail import read_part
from cleaner.report.collected import Place
from cleaner.report.lookup import Lookup, Read, Use, name
from cleaner.report.texts.marks import shorten, visible
from cleaner.report.texts.sides import Fold, abridged, folded, side_by_side

EVENTS: Final = 60
EVENT: Final = 300
"""Lines of a history, and characters of each, that are shown."""


@dataclass(slots=True)
class DocumentView:
    """A document: key, why it is here, its line of the trail, its lines before and after, its history."""

    doc: str
    why: str
    line: DocumentLine
    edits: int
    flags: int
    folds: tuple[Fold, ...]
    lost: int
    """Changed lines that are not shown."""
    history: tuple[str, ...]
    told: int
    """Events of the history; it may not show all."""


def document_view(
    finished: Finished, shard: int, line: DocumentLine, texts: Texts, *, why: str, room: int
) -> DocumentView:
    """Return a document as it is shown, with about `room` characters of its text."""
    flags = list(read_part(finished.audit, FLAGS, shard, {texts.doc}))
    rows = side_by_side(texts.source, texts.final, texts.edits, flags)
    shown, lost = abridged(rows, room)
    told = list(history(finished, shard, line))
    return DocumentView(
        doc=name(texts.doc),
        why=why,
        line=line,
        edits=len(texts.edits),
        flags=len(flags),
        folds=tuple(folded(shown)),
        lost=lost,
        history=tuple(told[: min(EVENTS, max(4, room // EVENT))]),
        told=len(told),
    )


def history(finished: Finished, shard: int, line: DocumentLine) -> Iterator[str]:
    """Yield the events of a document as `clean why` prints them."""
    states = document_states(finished, shard, line)
    for event in sorted(events(finished, shard, line, states), key=lambda event: event.at):
        yield "\n".join(shorten(visible(part), EVENT) for part in event.lines_told()).strip()


@dataclass(slots=True)
class Chosen:
    """Documents that are shown whole: asked for first, made when their texts are there."""

    finished: Finished
    room: int
    """Characters of the text of one document."""
    _why: dict[Place, str]
    _found: dict[Place, DocumentView]

    @classmethod
    def of(cls, finished: Finished, why: Mapping[Place, str], lookup: Lookup, room: int) -> Chosen:
        """Ask for documents, each with the reason why it is shown."""
        chosen = cls(finished, room, dict(why), {})
        lines = dict(chosen._lines())
        for place, line in lines.items():
            lookup.ask(place, chosen._maker(place, line))
        return chosen

    def _lines(self) -> Iterator[tuple[Place, DocumentLine]]:
        shards: dict[int, set[str]] = {}
        for shard, doc in self._why:
            shards.setdefault(shard, set()).add(doc)
        for shard, docs in sorted(shards.items()):
            for line in read_part(self.finished.audit, DOCUMENTS, shard, docs):
                yield (shard, line["doc"]), line

    def _maker(self, place: Place, line: DocumentLine) -> Use:
        def make(read: Read) -> None:
            try:
                self._found[place] = document_view(
                    self.finished, place[0], line, read.texts, why=self._why[place], room=self.room
                )
            except (RebuildError, OSError, ValueError, KeyError, TypeError):
                return  # its history cannot be followed: it is not shown

        return make

    def views(self) -> tuple[DocumentView, ...]:
        """Return the documents in the order in which they were named."""
        return tuple(self._found[place] for place in self._why if place in self._found)
