"""The inputs of a finished run, rebuilt byte for byte from its output and its audit trail.

Nothing else is read: not the sources, not the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from cleaner.audit.errors import NotKeptError, RebuildError
from cleaner.audit.outputs import Outputs, part_of
from cleaner.audit.raw import RawRef, read_raw
from cleaner.audit.records import (
    DOCUMENTS,
    EDITS,
    INPUTS,
    QUARANTINE,
    SCHEMA,
    DocumentLine,
    EditLine,
    InputLine,
    Run,
    Unit,
)
from cleaner.audit.trail import AUDIT, read_part, revisions
from cleaner.edits import EditError, checked, splice
from cleaner.errors import UsageError
from cleaner.formats import jsontext
from cleaner.formats.format import Fields, Format
from cleaner.formats.registry import FORMATS
from cleaner.model import Edit
from cleaner.storage.places import Place
from cleaner.storage.transfer import mirror

Lines: TypeAlias = list[EditLine]
"""The edits of a document."""


class State(NamedTuple):
    """A text of a document that had seen `number` revisions, and the edits then made in it (none: the last)."""

    number: int
    edits: Lines
    text: str


class Texts(NamedTuple):
    """A document: key, decoded source, final text, and all edits between the two."""

    doc: str
    source: str
    final: str
    edits: Lines


class Witness(Protocol):
    """Watches the documents of a shard being rebuilt, in their order."""

    def wants(self, doc: str, edits: Lines) -> bool:
        """Tell whether the edits of a document are to be reverted although its bytes were kept."""

    def watch(self, doc: str, edits: Lines, states: Iterator[State]) -> Iterator[State]:
        """Pass on the states of a document unchanged, the last one first."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run: its folder and the content of its `run.json`."""

    out: Path
    run: Run

    @property
    def audit(self) -> Path:
        """Return the folder of the audit trail."""
        return self.out / AUDIT

    @property
    def shards(self) -> int:
        """Number of shards, so of parts of each kind of the trail."""
        return self.run["shards"]

    @property
    def fields(self) -> Fields:
        """Names of the fields of its records."""
        return Fields(**self.run["configuration"]["fields"])


def open_run(place: Place, *, wanted: Callable[[str], bool] = lambda name: True) -> Finished:
    """Open a finished run; UsageError when there is none at `place`.

    Of a remote one the files that are `wanted`, by their names in it, are copied to this machine first.
    """
    out = mirror(place, wanted)
    path = out / AUDIT / "run.json"
    if not path.is_file():
        state = "was interrupted (--resume continues it)" if (out / AUDIT).is_dir() else "is not one"
        message = f"{place} is not the output of a finished run: it {state}; {AUDIT}/run.json is missing"
        raise UsageError(message)
    try:
        run = jsontext.loads(path.read_bytes())
    except ValueError as error:
        message = f"{path}: not readable as JSON: {error}"
        raise UsageError(message) from None
    if not isinstance(run, dict) or run.get("schema") != SCHEMA or not run.keys() >= Run.__required_keys__:
        message = f"{path}: not what this version of clean writes (schema {SCHEMA}): it was changed, or made by another"
        raise UsageError(message)
    found: Run = run  # type: ignore[assignment]  # its keys were just compared
    return Finished(out, found)


def rebuild(
    finished: Finished, watch: Callable[[int], Witness] | None = None
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield every input file, in order: its path and its bytes in pieces; of a compressed file the content.

    The pieces of one file must be read before the next file is asked for. Raises RebuildError
    where the trail does not fit the output, and NotKeptError, after all else of a file, where there is
    nothing to rebuild from. `watch` is called with the number of each shard when that begins.
    """
    for path, _, pieces in rebuild_packed(finished, watch):
        yield path, pieces


def rebuild_packed(
    finished: Finished, watch: Callable[[int], Witness] | None = None
) -> Iterator[tuple[str, str, Iterator[bytes]]]:
    """Yield path, codec and content of every input file, as `rebuild` does."""
    with Outputs(finished.out) as outputs:
        for (path, codec), segments in groupby(
            _segments(finished, watch),
            key=lambda segment: (segment[1]["path"], segment[1]["codec"]),
        ):
            yield path, codec, _file(path, outputs, segments)


def _segments(
    finished: Finished, watch: Callable[[int], Witness] | None = None
) -> Iterator[tuple[_Shard, InputLine]]:
    for index in range(finished.shards):
        shard = _Shard(finished, index, witness=watch and watch(index))
        for line in read_part(finished.audit, INPUTS, index):
            yield shard, line


def _file(path: str, outputs: Outputs, segments: Iterator[tuple[_Shard, InputLine]]) -> Iterator[bytes]:
    """Yield the bytes of one file, segment by segment."""
    at, lost = 0, False
    for shard, line in segments:
        for piece in shard.rebuild(line, outputs.read(line, at)):
            if piece is None:
                lost = True
            else:
                yield piece
        at += line["output_bytes"]
    if lost:
        message = f"{path}: its bytes were not kept (--no-raw)"
        raise NotKeptError(message)


class _Shard:
    """The trail of one shard, grouped by document and file."""

    def __init__(
        self,
        finished: Finished,
        index: int,
        docs: Collection[str] | None = None,
        *,
        edits: bool = True,
        witness: Witness | None = None,
    ) -> None:
        """Read the trail of shard `index`; of formats of text, only that of `docs` when these are given.

        Edits are left out where nothing is reverted.
        """
        self.index = index
        self._witness = witness
        self._fields = finished.fields
        self._audit = audit = finished.audit
        segments = _segments_with(audit, index, docs)
        packed = docs is None or any(FORMATS[line["format"]].packed for line in segments)
        found = read_part(audit, EDITS, index, docs) if edits else iter(())
        self._edits = {doc: list(lines) for doc, lines in groupby(found, key=lambda line: line["doc"])}
        self._units: dict[str, list[Unit]] = {}
        for line in read_part(audit, DOCUMENTS, index, None if packed else docs):
            self._units.setdefault(line["doc"], []).append(line)
            self._units.setdefault(line["doc"].rpartition(":")[0], []).append(line)
        for piece in read_part(audit, QUARANTINE, index):
            if not piece["inside"]:
                self._units.setdefault(piece["path"], []).append(piece)

    def rebuild(self, segment: InputLine, output: bytes) -> Iterator[bytes | None]:
        """Yield the bytes of a segment, unit by unit in the order of the input; None for what was not kept."""
        fmt = FORMATS[segment["format"]]
        pieces: list[tuple[int, Unit | None, RawRef | None]] = [
            (unit["byte_start"], unit, unit["raw"]) for unit in self.units(segment)
        ]
        pieces += [(gap["byte_start"], None, gap["raw"]) for gap in segment["gaps"]]
        packed = fmt.packed.texts(output, self._fields) if fmt.packed and output and self._witness else None
        for _, unit, raw in sorted(pieces, key=lambda piece: piece[0]):
            if unit is not None and "layout" in unit:
                yield self._document(fmt, unit, output, packed)
            elif raw:
                yield read_raw(self._audit, raw)
            else:  # a gap whose bytes were not kept, or what could not be read when the run was made
                yield None if unit is None else b""

    def texts(self, segment: InputLine, output: bytes, docs: Container[str]) -> Iterator[tuple[str, str]]:
        """Yield key and text of the written documents of a segment that are in `docs`."""
        fmt = FORMATS[segment["format"]]
        kept = [unit for unit in self.documents(segment) if unit["kept"]]
        packed = fmt.packed.texts(output, self._fields) if fmt.packed and kept else None
        for unit in kept:
            if packed is not None:
                text = next(packed, "")
            elif unit["doc"] in docs:
                text = fmt.text_of(part_of(output, unit), unit["layout"], self._fields)
            if unit["doc"] in docs:
                yield unit["doc"], text

    def documents(self, segment: InputLine) -> list[DocumentLine]:
        """Return the documents of a segment."""
        return [unit for unit in self.units(segment) if "layout" in unit]

    def units(self, segment: InputLine) -> list[Unit]:
        """Return the documents and quarantined pieces of a segment."""
        path = segment["path"]
        is_own = is_record if FORMATS[segment["format"]].records else str.__eq__
        return [
            unit
            for unit in self._units.get(path, ())
            if segment["byte_start"] <= unit["byte_start"] < max(segment["byte_end"], 1)
            and ("reason" in unit or is_own(unit["doc"], path))
        ]

    def _document(
        self, fmt: Format, unit: DocumentLine, output: bytes, packed: Iterator[str] | None
    ) -> bytes:
        """Return the bytes of one document, rebuilt from its text where it has any of its own."""
        doc, layout = unit["doc"], unit["layout"] | {"encoding": unit["encoding"]}
        text = next(packed, "") if packed is not None and unit["kept"] else None
        rebuilt = not unit["raw"] and unit["byte_start"] != unit["byte_end"]
        part, source = b"", ""
        if rebuilt or (self._witness and self._witness.wants(doc, self._edits.get(doc, []))):
            if text is None:
                part = part_of(output, unit) if unit["kept"] else b""
                text = fmt.text_of(part, layout, self._fields) if unit["kept"] else unit["rest"]
            source = self.original(doc, text)
        if unit["raw"]:
            return read_raw(self._audit, unit["raw"])
        return fmt.rebuild(part, source, layout, self._fields) if rebuilt else b""

    def edits_of(self, doc: str) -> Lines:
        """Return the edits of a document, by their place in the source."""
        return self._edits.get(doc, [])

    def original(self, doc: str, text: str) -> str:
        """Revert all edits of a document, the last revision first."""
        states = self.states(doc, text)
        if self._witness:
            states = self._witness.watch(doc, self._edits.get(doc, []), states)
        for state in states:
            text = state.text
        return text

    def states(self, doc: str, text: str) -> Iterator[State]:
        """Yield the final text of a document, then what each revision was made in, the last one first."""
        groups = revisions(self._edits.get(doc, []))
        yield State(len(groups), [], text)
        for number, lines in reversed(list(enumerate(groups))):
            undo, shift = [], 0
            for line in lines:
                start = line["start"] + shift
                end = start + len(line["new"])
                undo.append(Edit(start, end, line["new"], line["old"], line["rule"]))
                shift += len(line["new"]) - len(line["old"])
            try:
                text = splice(text, checked(text, undo))
            except EditError as error:
                message = f"{doc}: revision {number} cannot be reverted: {error}"
                raise RebuildError(message) from None
            yield State(number, lines, text)


def is_record(doc: str, path: str) -> bool:
    """Tell whether a key is that of a record of a file: its path, a colon and a number.

    >>> is_record("x.jsonl:12", "x.jsonl"), is_record("x.jsonl:12.txt", "x.jsonl")
    (True, False)
    """
    number = doc[len(path) + 1 :]
    return doc.startswith(f"{path}:") and number.isascii() and number.isdigit()


def output_texts(finished: Finished, wanted: Callable[[int], Collection[str]]) -> Iterator[tuple[str, str]]:
    """Yield key and text of the documents that were written and are wanted of each shard, in order.

    `wanted` is called when a shard begins; a shard of which it wants nothing is not read.
    """
    path, at = "", 0
    with Outputs(finished.out) as outputs:
        for index in range(finished.shards):
            docs = wanted(index)
            shard = _Shard(finished, index, docs, edits=False) if docs else None
            for line in read_part(finished.audit, INPUTS, index):
                path, at = line["path"], at if line["path"] == path else 0
                if shard:
                    yield from shard.texts(line, outputs.read(line, at), docs)
                at += line["output_bytes"]


def document_texts(finished: Finished, wanted: Mapping[int, Collection[str]]) -> Iterator[Texts]:
    """Yield source, final text and edits of the documents that are wanted of each shard, in order."""
    path, at = "", 0
    with Outputs(finished.out) as outputs:
        for index in range(finished.shards):
            docs = wanted.get(index)
            shard = _Shard(finished, index, docs) if docs else None
            for line in read_part(finished.audit, INPUTS, index):
                path, at = line["path"], at if line["path"] == path else 0
                if shard and docs:
                    yield from _both_texts(outputs, shard, line, at, docs)
                at += line["output_bytes"]


def _both_texts(
    outputs: Outputs, shard: _Shard, segment: InputLine, at: int, docs: Container[str]
) -> Iterator[Texts]:
    """Yield those documents of one segment that are in `docs`."""
    units = [unit for unit in shard.documents(segment) if unit["doc"] in docs]
    if not units:
        return
    finals = dict(shard.texts(segment, outputs.read(segment, at), docs))
    for unit in units:
        final = finals.get(unit["doc"], unit["rest"])
        yield Texts(unit["doc"], shard.original(unit["doc"], final), final, shard.edits_of(unit["doc"]))


def document_states(finished: Finished, index: int, document: DocumentLine) -> list[State]:
    """Return all texts of a document of shard `index`, named by its line in the trail: the decoded source first."""
    doc = document["doc"]
    shard = _Shard(finished, index, {doc})
    with Outputs(finished.out) as outputs:
        for line, at in _placed(finished, index, doc):
            if document in shard.documents(line):
                texts = dict(shard.texts(line, outputs.read(line, at), {doc}))
                return [*shard.states(doc, texts.get(doc, document["rest"]))][::-1]
    message = f"{doc}: not found in the audit trail"
    raise RebuildError(message)


def _placed(finished: Finished, index: int, doc: str) -> Iterator[tuple[InputLine, int]]:
    """Yield the segments of a shard that may hold a document, each with its place in the output, before compression."""
    places: dict[str, int] = {}
    for number in range(index + 1):
        for line in _segments_with(finished.audit, number, {doc}):
            at = places.get(line["path"], 0)
            if number == index:
                yield line, at
            places[line["path"]] = at + line["output_bytes"]


def _segments_with(audit: Path, shard: int, docs: Collection[str] | None) -> Iterator[InputLine]:
    """Yield the segments of a shard; of one document alone, those of the files that it may be in or be a record of."""
    if docs is None or len(docs) != 1:
        yield from read_part(audit, INPUTS, shard)
        return
    (doc,) = docs
    for path in dict.fromkeys((doc.rpartition(":")[0], doc)):
        yield from read_part(audit, INPUTS, shard, {path}, field="path")
