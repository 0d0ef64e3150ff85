"""What is in the state of a unit, and how it is written: as lines of JSON, those of documents without their texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from cleaner.audit.raw import RawRef
from cleaner.formats import jsontext
from cleaner.formats.format import Layout
from cleaner.model import JSON, Account, Document, Duplicate, Edit, Fact, Flag, Representative, Revision

DOCUMENT: Final = b'{"doc"'
"""How the line of a document begins that takes part."""
_SOURCE, _AFTER_SOURCE = b'"source":', b',"trail":'
"""What stands around the source of a document in its line."""
_ACCOUNTS, _NO_ACCOUNTS = b'"accounts":', b'"accounts":[],'
_OWN = tuple(own.name for own in fields(Duplicate) if own.name != "kept")
"""What a duplicate says besides its representative."""


NOTHING: Mapping[str, JSON] = MappingProxyType({})
"""What is known of a text that no step has looked at."""


class Undecodable(NamedTuple):
    """Bytes inside a document that could not be decoded: where they are in the file, why, and where they are kept."""

    start: int
    end: int
    reason: str
    raw: RawRef


class Meta(NamedTuple):
    """What the trail needs of a document besides its text and what happened to that.

    `start` and `end` are bytes of the input file; `raw` is where they are kept, if they are. With `drop`
    no text file is made of a document that is set aside.
    """

    start: int
    end: int
    encoding: str
    layout: Layout
    chars_in: int
    passages_in: int
    raw: RawRef | None = None
    undecodable: tuple[Undecodable, ...] = ()
    drop: bool = False


class Held(NamedTuple):
    """A document between two stages; `accounts` are those of the passages that were removed as duplicates.

    `learned` is what steps know of its text, by their names. A document that is set aside (`aside` says
    why) takes no further part: its passages are not compared with those of others.
    """

    meta: Meta
    doc: Document
    accounts: tuple[Account, ...] = ()
    aside: str = ""
    learned: Mapping[str, JSON] = NOTHING


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes `start:end` of an input file that go to quarantine; `key` is that of the document they would have been.

    `copy` is what of them is written to the output all the same.
    """

    key: str
    start: int
    end: int
    reason: str
    raw: RawRef | None
    copy: str | None


@dataclass(frozen=True, slots=True)
class Filler:
    """Bytes `start:end` of an input file between its documents; `copy` is what of them is written to the output."""

    start: int
    end: int
    raw: RawRef | None
    copy: str | None


@dataclass(frozen=True, slots=True)
class SegmentEnd:
    """The end of a segment: sum and size of its bytes."""

    sha256: str
    size: int


StateEntry: TypeAlias = Held | Refused | Filler | SegmentEnd
"""An entry of a unit."""


_OTHERS: dict[str, Callable[..., StateEntry]] = {
    kind.__name__: kind for kind in (Refused, Filler, SegmentEnd)
}


def line_of(piece: StateEntry) -> bytes:
    """Return an entry as a line."""
    return jsontext.dumps(_to_json(piece)) + b"\n"


def parse(line: bytes, text: bytes) -> Held:
    """Read the entry of a document that takes part."""
    value = jsontext.loads(line)
    doc = _document(value["doc"], text.decode("utf-8", "surrogatepass"))
    accounts = _accounts(value) if value["accounts"] else ()
    return Held(_meta(value["meta"]), doc, accounts, "", value["learned"])


def origin_of(line: bytes) -> tuple[str, tuple[Revision, ...]]:
    """Read key and revisions of a document."""
    state = jsontext.loads(line)["doc"]
    return state["key"], _revisions(state["trail"])


def accounts_of(line: bytes) -> tuple[Account, ...]:
    """Read the accounts of a document, which few have."""
    none = _NO_ACCOUNTS in line and line.count(_ACCOUNTS) == 1
    return () if none else _accounts(jsontext.loads(line))


def source_in(line: bytes) -> str | None:
    """Read the source of a document, and no more than that where it is named once."""
    if line.count(_SOURCE) != 1:
        source: str | None = jsontext.loads(line)["doc"]["source"]
        return source
    start = line.index(_SOURCE) + len(_SOURCE)
    source = jsontext.loads(line[start : line.index(_AFTER_SOURCE, start)])
    return source


def parse_other(line: bytes) -> StateEntry:
    """Read the entry of anything else."""
    value = jsontext.loads(line)
    if "aside" in value:
        return Held(_meta(value["meta"]), _document(value["doc"], value["text"]), aside=value["aside"])
    ((kind, values),) = value.items()
    return _OTHERS[kind](*values)


def _to_json(piece: StateEntry) -> dict[str, Any]:
    """Return an entry as JSON values; the text of a document that takes part is kept elsewhere."""
    if not isinstance(piece, Held):
        return {type(piece).__name__: [getattr(piece, name) for name in piece.__slots__]}
    doc, meta = _document_to_json(piece.doc), _meta_to_json(piece.meta)
    if piece.aside:
        return {"aside": piece.aside, "text": piece.doc.text, "doc": doc, "meta": meta}
    accounts = [_account_to_json(account) for account in piece.accounts]
    return {"doc": doc, "meta": meta, "accounts": accounts, "learned": {**piece.learned}}


def _document_to_json(doc: Document) -> dict[str, Any]:
    """Return everything of a document but its text."""
    return {
        "key": doc.key,
        "id": doc.id,
        "language": doc.language,
        "source": doc.source,
        "trail": [[rev.step, [_edit(edit) for edit in rev.edits]] for rev in doc.trail],
        "flags": [_flag(flag) for flag in doc.flags],
        "facts": {fact.name: fact.value for fact in doc.facts},
    }


def _meta_to_json(meta: Meta) -> list[Any]:
    return [
        meta.start,
        meta.end,
        meta.encoding,
        meta.layout,
        meta.chars_in,
        meta.passages_in,
        meta.raw,
        [[*found] for found in meta.undecodable],
        meta.drop,
    ]


def _meta(values: list[Any]) -> Meta:
    undecodable = values[7]
    values[7] = tuple(map(Undecodable._make, undecodable)) if undecodable else ()
    return Meta._make(values)


def _account_to_json(account: Account) -> list[Any]:
    found, kept = account.duplicate, account.duplicate.kept
    return [
        [getattr(found, name) for name in _OWN],
        [kept.corpus, kept.doc, kept.source_start, kept.source_end, kept.text],
        [account.round, account.passage, account.kept_place],
    ]


def _accounts(value: dict[str, Any]) -> tuple[Account, ...]:
    return tuple([_account(*values) for values in value["accounts"]])


def _account(own: list[Any], kept: list[Any], run: list[Any]) -> Account:
    round_, passage, place = run
    named = dict(zip(_OWN, own, strict=True))
    duplicate = Duplicate(kept=Representative(*kept), **named | {"differs": tuple(named["differs"])})
    return Account(duplicate, round_, passage, place and (place[0], place[1]))


def _edit(edit: Edit) -> list[Any]:
    return [edit.start, edit.end, edit.old, edit.new, edit.rule, edit.note]


def _flag(flag: Flag) -> list[Any]:
    return [flag.start, flag.end, flag.rule, flag.severity, flag.message, flag.suggestion, flag.at]


def _document(state: dict[str, Any], text: str) -> Document:
    return Document(
        state["key"],
        text,
        state["id"],
        state["language"],
        state["source"],
        _revisions(state["trail"]) if state["trail"] else (),
        tuple([Flag(*flag) for flag in state["flags"]]) if state["flags"] else (),
        tuple([Fact(name, value) for name, value in state["facts"].items()]) if state["facts"] else (),
    )


def _revisions(trail: list[Any]) -> tuple[Revision, ...]:
    return tuple([Revision(step, tuple([Edit(*edit) for edit in edits])) for step, edits in trail])
