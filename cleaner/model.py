"""The value types that everything else passes around: frozen, slotted, without behaviour.

A step reads text and yields findings: an `Edit` proposes a change, a `Flag` points at something
and changes nothing, a `Fact` states something about the whole document. Only `cleaner.edits`
turns edits into new text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["info", "warn", "error"]
DuplicateKind: TypeAlias = Literal["exact", "near", "contained", "overlap"]
DuplicateAction: TypeAlias = Literal["remove", "flag"]
JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Span: TypeAlias = tuple[int, int]
"""Half-open range of code points."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A proposed change: `text[start:end]`, which must be `old`, becomes `new`.

    `rule` is the id of the rule that asked for it; `note` says in a few words what decided it.
    """

    start: int
    end: int
    old: str
    new: str
    rule: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """A remark about `text[start:end]`; it never changes text.

    `at` is the number of revisions that the text had seen when the flag was raised. It is filled
    in by `edits.revise`, and lets offsets be carried to the source and to the final text.
    """

    start: int
    end: int
    rule: str
    severity: Severity
    message: str
    suggestion: str | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value about the whole document, such as its `translated_score`."""

    name: str
    value: JSON


Finding: TypeAlias = Edit | Flag | Fact


@dataclass(frozen=True, slots=True)
class Revision:
    """The edits that one step made, sorted and without overlap."""

    step: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text, its key, and all that has happened to it.

    `key` is the path relative to the source folder, and `PATH:N` for record N of a file.
    `source` is the host or folder that the document came from; rules about what repeats in one
    source use it. `language` is an ISO 639-1 code or `und`.
    """

    key: str
    text: str
    id: JSON = None
    language: str = "und"
    source: str | None = None
    trail: tuple[Revision, ...] = ()
    flags: tuple[Flag, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits, in the order in which they were made; the places of each count in the text it was made in."""
        return tuple(edit for revision in self.trail for edit in revision.edits)

    @property
    def kept(self) -> bool:
        """Whether a document is written: all but those that cleaning left without any text."""
        return not self.trail or bool(self.text.strip())

    def original(self) -> str:
        """Return the text before any revision.

        >>> edit = Edit(1, 3, "  ", " ", "t/x")
        >>> Document("a.txt", "x y", trail=(Revision("encoding", (edit,)),)).original()
        'x  y'
        """
        text = self.text
        for revision in reversed(self.trail):
            parts: list[str] = []
            at = shift = 0
            for edit in revision.edits:
                parts += (text[at : edit.start + shift], edit.old)
                at = edit.start + shift + len(edit.new)
                shift += len(edit.new) - len(edit.old)
            text = "".join((*parts, text[at:]))
        return text


@dataclass(frozen=True, slots=True)
class Representative:
    """The passage that is kept for a removed one: the document it is in, its place in the source, its text.

    `corpus` names the earlier output that holds it, as given; None is the corpus itself.
    """

    corpus: str | None
    doc: str
    source_start: int
    source_end: int
    text: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A passage that repeats `kept`: `text`, which stood at `start:end` when its document had seen `at` revisions.

    `similarity` is the exact Jaccard similarity of the two, `cluster` the number of passages that are
    removed for the same kept one. With the action "flag" it stayed where it was. A near one `differs` in a
    number, a negation, a name, or otherwise. `shared` are the tokens in a row that it has in common with a text of
    an evaluation set, None for other kept passages.
    """

    start: int
    end: int
    at: int
    source_start: int
    source_end: int
    text: str
    kept: Representative
    similarity: float
    kind: DuplicateKind
    cluster: int
    action: DuplicateAction
    differs: tuple[str, ...] = ()
    shared: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A duplicate, and where the run finds it and its representative again between two stages.

    `round` counts the rounds of deduplication, `passage` the passages of the shard; `kept_place` is shard and
    number of the document that the representative is in, None when that is in an earlier corpus.
    """

    duplicate: Duplicate
    round: int
    passage: int
    kept_place: tuple[int, int] | None
