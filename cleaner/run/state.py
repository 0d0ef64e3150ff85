"""Documents between two stages of a run: in files, one folder a unit, so that memory stays flat.

    entries.jsonl   one line for each entry of the unit, in order (documents, quarantine, filler)
    texts.bin       the current texts of the documents, UTF-8, one behind the other
    bounds.npy      int64, shape (documents + 1,): where each text begins in texts.bin
    lines.npy       int64, shape (documents + 1,): where each document's line begins in entries.jsonl
    raw.zst         zstd frames of bytes that must be kept as they were

A folder is complete or absent: it is filled under another name and renamed.
"""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np

from cleaner.audit.raw import RawRef, RawWriter
from cleaner.engines.staging import attempt, commit_folder
from cleaner.formats import jsontext
from cleaner.formats.format import Layout
from cleaner.model import JSON, Account, Document, Duplicate, Edit, Fact, Flag, Representative, Revision

_SOURCE, _AFTER_SOURCE = b'"source":', b',"trail":'
"""What stands around the source of a document in its line."""
_BUFFER = 1 << 18
"""Bytes that are read, or written, at once."""
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


class StateWriter:
    """Writes the state of one unit; use as a context manager, the folder appears when it ends well."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._part = attempt(folder)

    def __enter__(self) -> Self:
        self._part.mkdir(parents=True)
        with ExitStack() as opened:  # one that cannot be opened leaves none open
            self._entries = opened.enter_context((self._part / "entries.jsonl").open("wb", _BUFFER))
            self._texts = opened.enter_context((self._part / "texts.bin").open("wb", _BUFFER))
            self._raw = opened.enter_context((self._part / "raw.zst").open("wb"))
            self._files = opened.pop_all()
        self._bounds, self._lines = array("q", [0]), array("q")
        self._at = 0
        self._kept = RawWriter(self._raw)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()
        if kind is not None:
            shutil.rmtree(self._part, ignore_errors=True)
            return
        np.save(self._part / "bounds.npy", np.frombuffer(self._bounds, np.int64))
        self._lines.append(self._at)
        np.save(self._part / "lines.npy", np.frombuffer(self._lines, np.int64))
        commit_folder(self._part, self.folder)

    def keep(self, data: bytes) -> RawRef:
        """Keep bytes as they are and say where."""
        return self._kept.keep(data)

    def add(self, piece: StateEntry) -> None:
        """Add the next entry."""
        line = jsontext.dumps(_to_json(piece)) + b"\n"
        if isinstance(piece, Held) and not piece.aside:
            self.copy(line, piece.doc.text.encode("utf-8", "surrogatepass"))
        else:
            self.copy(line, None)

    def copy(self, line: bytes, text: bytes | None) -> None:
        """Add an entry as a `StateReader` gave it; `text` is None for what is no document."""
        if text is not None:
            self._lines.append(self._at)
            self._texts.write(text)
            self._bounds.append(self._bounds[-1] + len(text))
        self._entries.write(line)
        self._at += len(line)

    def copy_raw(self, path: Path) -> None:
        """Take over all kept bytes of another state, at the same places."""
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, self._raw)


class StateReader:
    """Reads the state of one unit, in order or any document by its index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[type[StateReader], tuple[Path]]:
        return type(self), (self.folder,)  # never the mapped texts

    @cached_property
    def texts(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """All texts as bytes, memory-mapped; shape (bytes,)."""
        path = self.folder / "texts.bin"
        if not path.stat().st_size:
            return np.zeros(0, np.uint8)
        return np.memmap(path, np.uint8, "r")

    @cached_property
    def bounds(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Where each text begins in `texts`; shape (documents + 1,)."""
        bounds: np.ndarray[Any, np.dtype[np.int64]] = np.load(self.folder / "bounds.npy")
        return bounds

    def text(self, index: int) -> bytes:
        """Return the UTF-8 bytes of document `index`."""
        return self.texts.data[self.bounds[index] : self.bounds[index + 1]].tobytes()

    def lines(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield every entry unparsed: its line and the bytes of its text (None for what is no document)."""
        bounds = pairwise(self.bounds.data)
        with (
            (self.folder / "entries.jsonl").open("rb", _BUFFER) as stream,
            (self.folder / "texts.bin").open("rb", _BUFFER) as texts,
        ):
            for line in stream:
                if line.startswith(b'{"doc"'):
                    start, end = next(bounds)
                    yield line, texts.read(end - start)
                else:
                    yield line, None

    def __iter__(self) -> Iterator[StateEntry]:
        """Yield every entry, parsed."""
        for line, text in self.lines():
            yield _parse_other(line) if text is None else parse(line, text)

    def documents(self) -> Iterator[Document]:
        """Yield the documents that take part, in order."""
        for line, text in self.lines():
            if text is not None:
                yield parse(line, text).doc

    def sourced(self, wanted: Container[int] | None = None) -> Iterator[tuple[str | None, str]]:
        """Yield source and text of all documents, or of those of some numbers; of one without a source no text."""
        number = -1
        for line, text in self.lines():
            number += text is not None
            if text is not None and (wanted is None or number in wanted):
                source = _source(line)
                yield source, "" if source is None else text.decode("utf-8", "surrogatepass")

    def accounts(self) -> Iterator[Account]:
        """Yield the accounts of the passages that were removed from the documents."""
        for piece in self:
            if isinstance(piece, Held):
                yield from piece.accounts

    def reader(self) -> PieceReader:
        """Open the documents for reading anywhere."""
        return PieceReader(self.folder)


class PieceReader:
    """Reads pieces of one unit anywhere in it, and where they come from, without holding the rest of it."""

    def __init__(self, folder: Path) -> None:
        lines: np.ndarray[Any, np.dtype[np.int64]] = np.load(folder / "lines.npy")
        self._lines = lines.data
        self._entries = (folder / "entries.jsonl").open("rb", buffering=0)
        self._texts = (folder / "texts.bin").open("rb", buffering=0)

    def close(self) -> None:
        """Close the files."""
        self._entries.close()
        self._texts.close()

    def text(self, start: int, end: int) -> str:
        """Return the text between two bytes of all texts."""
        self._texts.seek(start)
        return self._texts.read(end - start).decode("utf-8", "surrogatepass")

    def origin(self, index: int) -> tuple[str, tuple[Revision, ...]]:
        """Return the key and the revisions of document `index`."""
        start = self._entries.seek(self._lines[index])
        line = self._entries.read(self._lines[index + 1] - start).partition(b"\n")[0]
        state = jsontext.loads(line)["doc"]
        return state["key"], _revisions(state["trail"])


def parse(line: bytes, text: bytes) -> Held:
    """Read the entry of a document that takes part."""
    value = jsontext.loads(line)
    doc = _document(value["doc"], text.decode("utf-8", "surrogatepass"))
    accounts = tuple([_account(*values) for values in value["accounts"]])
    return Held(_meta(value["meta"]), doc, accounts, learned=value["learned"])


def _source(line: bytes) -> str | None:
    """Read the source of a document, and no more than that where it is named once."""
    if line.count(_SOURCE) != 1:
        source: str | None = jsontext.loads(line)["doc"]["source"]
        return source
    start = line.index(_SOURCE) + len(_SOURCE)
    source = jsontext.loads(line[start : line.index(_AFTER_SOURCE, start)])
    return source


def _parse_other(line: bytes) -> StateEntry:
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
    start, end, encoding, layout, chars, passages, raw, undecodable, drop = values
    found = tuple([Undecodable(*values) for values in undecodable])
    return Meta(start, end, encoding, layout, chars, passages, raw, found, drop)


def _account_to_json(account: Account) -> list[Any]:
    found, kept = account.duplicate, account.duplicate.kept
    return [
        [getattr(found, name) for name in _OWN],
        [kept.corpus, kept.doc, kept.source_start, kept.source_end, kept.text],
        [account.round, account.passage, account.kept_place],
    ]


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
        _revisions(state["trail"]),
        tuple([Flag(*flag) for flag in state["flags"]]),
        tuple([Fact(name, value) for name, value in state["facts"].items()]),
    )


def _revisions(trail: list[Any]) -> tuple[Revision, ...]:
    return tuple([Revision(step, tuple([Edit(*edit) for edit in edits])) for step, edits in trail])
