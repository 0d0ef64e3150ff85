"""The texts of the documents that are shown: asked for first, then read in one pass, one document at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from cleaner.audit.errors import RebuildError
from cleaner.audit.rebuild import Finished, Texts, document_texts
from cleaner.audit.records import EditLine, FlagLine
from cleaner.lines import line_of
from cleaner.report.collected import Place
from cleaner.report.texts.changes import Change, changes, excerpt, replacement
from cleaner.report.texts.marks import Piece, after, before, changed, shorten, visible

CONTEXT = 90
LONGEST = 700
"""Characters around a flag, and of what is flagged."""
NAME = 200
"""Characters that are shown of a key or a message."""


@dataclass(slots=True)
class Read:
    """A document whose texts were read; its changes are made out once."""

    texts: Texts
    _changes: list[Change] | None = None

    @property
    def changes(self) -> list[Change]:
        """All changes between source and final text."""
        if self._changes is None:
            self._changes = changes(self.texts.source, self.texts.final, self.texts.edits)
        return self._changes


Use: TypeAlias = Callable[[Read], None]


@dataclass(slots=True)
class Lookup:
    """Who asked for which document."""

    _asked: dict[int, dict[str, list[Use]]] = field(default_factory=dict)

    def ask(self, place: Place, use: Use) -> None:
        """Ask for a document: `use` is called when it has been read."""
        shard, doc = place
        self._asked.setdefault(shard, {}).setdefault(doc, []).append(use)

    def answer(self, finished: Finished) -> bool:
        """Read what was asked for; False when the output cannot be followed, so that the rest is without context."""
        try:
            for texts in document_texts(finished, self._asked):
                read = Read(texts)
                for asked in self._asked.values():
                    for use in asked.get(texts.doc, ()):
                        use(read)
        except (RebuildError, OSError, ValueError, KeyError, TypeError):
            return False  # the output was changed since
        return True


@dataclass(slots=True)
class Example:
    """One edit or flag: document, line in its source (None when the text is not there), pieces, remark.

    It is of the trail alone until its document has been read.
    """

    key: str
    doc: str
    line: int | None
    pieces: tuple[Piece, ...]
    note: str

    @property
    def place(self) -> str:
        """The place as `clean why` takes it."""
        return self.doc if self.line is None else f"{self.doc}:{self.line}"


def example(lookup: Lookup, shard: int, line: EditLine | FlagLine) -> Example:
    """Return the example that a line of the trail is; it is completed when its document is read."""
    alone = replacement(line["old"], line["new"]) if "old" in line else [_mark(line)]
    found = Example(
        line["doc"], name(line["doc"]), None, tuple(piece for piece in alone if piece.text), note(line)
    )

    def complete(read: Read) -> None:
        found.line = line_of(read.texts.source, line["source_start"])
        found.pieces = _around(line, read)

    lookup.ask((shard, line["doc"]), complete)
    return found


def _around(line: EditLine | FlagLine, read: Read) -> tuple[Piece, ...]:
    source, final = read.texts.source, read.texts.final
    if "old" in line:
        return excerpt(source, final, read.changes, line["source_start"], line["source_end"])
    text, start, end = final, line["start"], line["end"]
    if start is None or end is None:
        text, start, end = source, line["source_start"], line["source_end"]
    lead, rest = before(text, start, CONTEXT), after(text, end, CONTEXT)
    pieces = (Piece("same", visible(lead)), _mark(line), Piece("same", visible(rest)))
    return tuple(piece for piece in pieces if piece.text)


def _mark(line: FlagLine) -> Piece:
    return Piece("mark", changed(shorten(line["text"], LONGEST)))


def note(line: EditLine | FlagLine) -> str:
    """Return what decided an edit, or what a flag says."""
    if "old" in line:
        return name(line["note"])
    suggestion = f"; better: {line['suggestion']}" if line["suggestion"] else ""
    return name(f"{line['message']}{suggestion}")


def name(text: str) -> str:
    r"""Show a short text on one line.

    >>> name("a\nb")
    'a↵b'
    """
    return shorten(visible(text).replace("\n", "↵"), NAME)
