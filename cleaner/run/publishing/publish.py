"""The last stage of a work unit: its outputs and its piece of the audit trail, and what to count.

What `publish` writes is all that `rebuild` needs to give every input byte back.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from cleaner.audit.raw import RawRef, RawWriter, raw_name
from cleaner.audit.records import INPUTS, QUARANTINE, DocumentLine, Gap, InputLine, QuarantineLine
from cleaner.audit.trail import TrailWriter
from cleaner.audit.verify import file_sha256
from cleaner.engines.staging import staged_tree
from cleaner.formats.compression import compress_file
from cleaner.formats.format import Layout, Segment
from cleaner.formats.registry import FORMATS
from cleaner.model import Span
from cleaner.pipeline import EXEMPTED
from cleaner.report import collect_part
from cleaner.run.entries import Filler, Held, Refused, SegmentEnd, StateEntry
from cleaner.run.publishing.counts import Counts, count_document
from cleaner.run.stages import passages, surveys_of
from cleaner.run.state import StateReader
from cleaner.run.units import Unit
from cleaner.settings import Settings

WHOLE, PARTS = "whole", "parts"
"""Folders of outputs, and of parts of outputs, until the run is complete."""
_PIECE = 1 << 20
"""Bytes that are written at once."""


@dataclass(frozen=True, slots=True)
class Written:
    """One segment as published: sha256 and size of its input, and of its output (None: nothing to write)."""

    input: tuple[str, int]
    output: tuple[str, int] | None


def part_path(unit: int, number: int) -> str:
    """Name the file that holds a part of an output, segment `number` of a unit, until the run is complete."""
    return f"{PARTS}/{unit:05d}-{number}"


def whole_path(segment: Segment) -> str:
    """Name the file that holds an output until the run is complete."""
    return f"{WHOLE}/{segment.file.output}"


def is_whole(segment: Segment) -> bool:
    """Tell whether a segment is all of its file."""
    return segment.start == 0 and segment.end == segment.file.size


@dataclass(frozen=True, slots=True)
class Published:
    """What a unit became: its segments in order, and its share of the summary and (packed) of the report."""

    segments: tuple[Written, ...]
    counts: Counts
    collected: str


def publish(
    settings: Settings, unit: Unit, folder: Path, digested: Mapping[str, Path], out: Path, audit: Path
) -> Published:
    """Write the outputs of a unit below `out` (`whole_path`, `part_path`) and its piece of the trail to `audit`.

    `digested` is the state whose digest the survey of a step compared last, by step. All files are written
    elsewhere first, and each is moved to its place whole: another attempt may be at work on the same unit.
    """
    with staged_tree(out, audit) as (part_out, part_audit):
        return _published(settings, unit, folder, digested, part_out, part_audit)


def _published(
    settings: Settings, unit: Unit, folder: Path, digested: Mapping[str, Path], out: Path, audit: Path
) -> Published:
    """Write the files of a unit where no other attempt writes."""
    written: list[Written] = []
    counts, keys = Counts(), list[str]()
    for name in {whole_path(segment).rpartition("/")[0] for segment in unit.segments} | {PARTS}:
        (out / name).mkdir(parents=True, exist_ok=True)
    with (
        TrailWriter(audit, unit.index) as trail,
        _RawBytes(folder / "raw.zst", audit, unit.index) as raw,
    ):
        entries = iter(StateReader(folder))
        for number, segment in enumerate(unit.segments):
            walk = _Walk(segment, entries, trail, raw, counts, keys)
            output = _write(segment, walk, out, out / part_path(unit.index, number))
            written.append(Written((walk.end.sha256, walk.end.size), output))
            trail.write(INPUTS, _input_line(segment, walk, output))
    for name, before in digested.items():
        survey = surveys_of(settings)[name]
        survey.leave(StateReader(folder), StateReader(before), audit, unit.index, keys)
    return Published(tuple(written), counts, collect_part(audit, unit.index, unit.shard))


def _write(segment: Segment, walk: _Walk, out: Path, part: Path) -> tuple[str, int] | None:
    """Write the output of a segment and return its sha256 and size; None when there is nothing to write.

    A part of a larger file has no sum: that of the whole is made when the parts are joined.
    """
    whole, target = is_whole(segment), out / whole_path(segment)
    path = target if whole and not segment.file.codec else part
    packed = FORMATS[segment.file.format].packed
    if packed:
        documents = walk.documents()
        head = list(islice(documents, 1))
        if not head and walk.dropped:
            return None
        packed.write(segment, chain(head, documents), path)
        walk.size = path.stat().st_size
    else:
        pieces = walk.pieces()
        first = list(islice(pieces, 1))
        if not first and (walk.dropped or walk.end.size):
            return None
        digest = hashlib.sha256()
        with path.open("wb") as stream:
            for piece in chain(first, pieces):
                stream.write(piece)
                if whole:
                    digest.update(piece)
            walk.size = stream.tell()
        if whole and not segment.file.codec:
            return digest.hexdigest(), walk.size
    if whole and segment.file.codec:  # others are compressed when joined
        compress_file(path, target, segment.file.codec)
        path = target
    return file_sha256(path) if whole else "", path.stat().st_size


class _Walk:
    """The entries of one segment on their way into the trail, which is written as they go by.

    `gaps` are bytes between documents, `end` the last entry of the segment, `kept` and `dropped`
    count what is written and what is not, `size` the bytes that are written, before compression. The
    keys of documents go to the list `keys`, but for those that are set aside.
    """

    def __init__(
        self,
        segment: Segment,
        entries: Iterator[StateEntry],
        trail: TrailWriter,
        raw: _RawBytes,
        counts: Counts,
        keys: list[str],
    ) -> None:
        self._segment, self._entries, self._trail = segment, entries, trail
        self._raw, self._counts, self._keys = raw, counts, keys
        self._format = FORMATS[segment.file.format]
        self._at = 0
        self.gaps: list[Gap] = []
        self.end = SegmentEnd("", 0)
        self.kept = self.dropped = self.size = 0

    def pieces(self) -> Iterator[bytes]:
        """Yield what is written, in pieces of some size; none when nothing is."""
        parts: list[bytes] = []
        size = 0
        for part in self._parts():
            parts.append(part)
            size += len(part)
            if size >= _PIECE:
                yield b"".join(parts)
                parts, size = [], 0
        if parts:
            yield b"".join(parts)

    def _parts(self) -> Iterator[bytes]:
        """Yield what is written, document by document."""
        for piece in self._next():
            if not isinstance(piece, Held):
                part = (piece.copy or "").encode("utf-8", "surrogateescape")
            elif self._is_written(piece):
                part = self._format.render(piece.meta.layout, piece.doc.text)
                self._document(piece, (self._at, self._at + len(part)))
            else:
                self._leave_out(piece)
                continue
            self._at += len(part)
            yield part

    def documents(self) -> Iterator[tuple[Layout, str]]:
        """Yield layout and text of what is written, for a format that has no bytes for each document."""
        for piece in self._next():
            if isinstance(piece, Held):
                written = self._is_written(piece)
                self._document(piece, (0, 0) if written else None)
                if written:
                    yield piece.meta.layout, piece.doc.text

    def _next(self) -> Iterator[Held | Refused | Filler]:
        """Yield the documents of the segment, and what is copied to the output."""
        for piece in self._entries:
            match piece:
                case SegmentEnd():
                    self.end = piece
                    return
                case Held():
                    if not piece.aside:
                        self._keys.append(piece.doc.key)
                    yield piece
                    self._undecodable(piece)
                case Refused():
                    self.dropped += 1
                    place = piece.start, piece.end
                    self._quarantine(piece.key, place, piece.reason, self._raw.of(piece.raw), inside=False)
                    if piece.copy is not None:
                        yield piece
                case Filler():
                    raw = self._raw.of(piece.raw)
                    self.gaps.append({"byte_start": piece.start, "byte_end": piece.end, "raw": raw})
                    if piece.copy is not None:
                        yield piece
        message = f"the state of {self._segment.file.key} ends too early"
        raise EOFError(message)

    def _is_written(self, held: Held) -> bool:
        written = held.doc.kept and not held.aside
        self.kept += written
        self.dropped += not written
        if held.aside and not held.meta.drop:
            self._trail.set_aside(held.doc, record=self._format.records)
        return written

    def _leave_out(self, held: Held) -> None:
        """Account for a document that is not written: of a record, its bytes are kept."""
        meta = held.meta
        own = self._format.records or "head" in meta.layout  # more bytes than those of its text
        if own and not meta.raw and meta.start != meta.end:
            raw = self._raw.add(self._format.render(meta.layout, held.doc.original()))
            held = held._replace(meta=meta._replace(raw=raw))
        self._document(held, None)

    def _document(self, held: Held, span: Span | None) -> None:
        left = passages(held.doc.text) if held.doc.trail else held.meta.passages_in
        count_document(self._counts, held, left, written=span is not None)
        duplicates = [account.duplicate for account in held.accounts]
        line = _document_line(held, left, span) | {"raw": self._raw.of(held.meta.raw)}
        self._trail.document(held.doc, line, duplicates)

    def _undecodable(self, held: Held) -> None:
        for start, end, reason, raw in held.meta.undecodable:
            self._quarantine(held.doc.key, (start, end), reason, self._raw.of(raw), inside=True)

    def _quarantine(self, key: str, place: Span, reason: str, raw: RawRef | None, *, inside: bool) -> None:
        self._counts.quarantined += 1
        line: QuarantineLine = {
            "path": self._segment.file.key,
            "doc": key,
            "inside": inside,
            "byte_start": place[0],
            "byte_end": place[1],
            "reason": reason,
            "raw": raw,
        }
        self._trail.write(QUARANTINE, line)


def _document_line(held: Held, left: int, span: Span | None) -> DocumentLine:
    """Return the line of a document for the trail; `layout` is what rebuilding its source needs.

    `left` is the number of its passages now. `span` is where it stands in the output of its segment
    before compression, None when it is not written: then `rest` is white space that no rule removed, or the
    text of what is set aside.
    """
    doc, meta = held.doc, held.meta
    facts = {fact.name: fact.value for fact in doc.facts if fact.name != EXEMPTED}
    score = facts.pop("translated_score", None)
    return {
        "doc": doc.key,
        "id": doc.id,
        "source": doc.source,
        "language": doc.language,
        "encoding": meta.encoding,
        "chars_in": meta.chars_in,
        "chars_out": len(doc.text),
        "passages_in": meta.passages_in,
        "passages_out": left,
        "translated_score": score if isinstance(score, float | int) else None,
        "kept": span is not None,
        "aside": held.aside or None,
        "facts": facts,
        "byte_start": meta.start,
        "byte_end": meta.end,
        "output_start": span and span[0],
        "output_end": span and span[1],
        "raw": meta.raw,
        "rest": doc.text if span is None else "",
        "layout": {
            name: value for name, value in meta.layout.items() if name not in ("head", "tail", "cell")
        },
    }


def _input_line(segment: Segment, walk: _Walk, output: tuple[str, int] | None) -> InputLine:
    """Return the line of a segment: what it was, what it became, and the bytes between its documents."""
    return {
        "path": segment.file.key,
        "format": segment.file.format,
        "codec": segment.file.codec,
        "byte_start": segment.start,
        "byte_end": segment.start + walk.end.size,
        "sha256": walk.end.sha256,
        "output": segment.file.output if output else None,
        "output_bytes": walk.size if output else 0,
        "gaps": walk.gaps,
    }


class _RawBytes:
    """The kept bytes of a unit: those of its state, and those that turn out to be needed in publishing."""

    def __init__(self, source: Path, audit: Path, unit: int) -> None:
        self._source, self._target, self._unit = source, audit / raw_name(unit), unit

    def __enter__(self) -> Self:
        self._stream: BinaryIO = self._target.open("wb")
        with self._source.open("rb") as source:
            shutil.copyfileobj(source, self._stream)
        self._writer = RawWriter(self._stream)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        empty = not self._stream.tell()
        self._stream.close()
        if empty:
            self._target.unlink()

    def add(self, data: bytes) -> RawRef:
        """Keep bytes and say where in this unit."""
        return self._writer.keep(data)

    def of(self, raw: RawRef | None) -> RawRef | None:
        """Return a place in this unit as the trail says it."""
        return None if raw is None else [self._unit, *raw]
