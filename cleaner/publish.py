"""The last stage of a shard: its outputs and its parts of the audit trail, and what to count.

What `publish` writes is all that `rebuild` needs to give every input byte back.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import zstandard

from cleaner.corpus.entry import Format, Segment
from cleaner.corpus.formats import FORMATS
from cleaner.corpus.shards import Shard
from cleaner.corpus.state import Held, RawRef, StateReader
from cleaner.corpus.trail import TrailWriter, raw_name
from cleaner.edits import original
from cleaner.model import Document
from cleaner.pipeline import EXEMPTED
from cleaner.stages import passages


@dataclass(slots=True)
class Counts:
    """What a shard, or a run, contributes to the summary and to the limits."""

    documents_in: int = 0
    documents_out: int = 0
    chars_in: int = 0
    chars_out: int = 0
    passages_in: int = 0
    passages_out: int = 0
    removed_by_rules: int = 0
    quarantined: int = 0
    aside: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    severities: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    exempted: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Add the counts of another shard."""
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)


def _count_document(counts: Counts, held: Held, doc: Document, *, written: bool) -> None:
    """Add one document to the counts."""
    counts.documents_in += 1
    counts.aside += bool(held.aside)
    counts.chars_in += held.meta["chars_in"]
    counts.passages_in += held.meta["passages_in"]
    if written:
        counts.documents_out += 1
        counts.chars_out += len(doc.text)
        counts.passages_out += passages(doc.text) if doc.trail else held.meta["passages_in"]
    for revision in doc.trail:
        for edit in revision.edits:
            counts.edits[edit.rule] += 1
            if revision.step != "dedup":
                counts.removed_by_rules += max(0, len(edit.old) - len(edit.new))
    for flag in doc.flags:
        counts.flags[flag.rule] += 1
        counts.severities[flag.severity] += 1
    for fact in doc.facts:
        if fact.name == EXEMPTED and isinstance(fact.value, list):
            counts.exempted.update(str(place) for place in fact.value)
    for duplicate in held.duplicates:
        counts.duplicates[duplicate["kind"]] += 1


def is_kept(doc: Document) -> bool:
    """Tell whether a document is written: all but those that cleaning left without any text."""
    return bool(doc.text.strip()) or not doc.trail


@dataclass(frozen=True, slots=True)
class Written:
    """One segment as published: sha256 and size of its input, and of its output (None: nothing to write)."""

    input: tuple[str, int]
    output: tuple[str, int] | None


def part_path(shard: int, segment: Segment) -> str:
    """Name the file that holds the output of a segment until the run is complete."""
    whole = segment.start == 0 and segment.end == segment.file.size
    return segment.file.output if whole else f"{segment.file.output}.part{shard:05d}"


@dataclass(frozen=True, slots=True)
class Published:
    """What a shard became: its segments in order, and its share of the summary."""

    segments: tuple[Written, ...]
    counts: Counts


def publish(shard: Shard, folder: Path, out: Path, audit: Path) -> Published:
    """Write the outputs of a shard below `out` (`part_path`) and its parts of the trail to `audit`."""
    written = []
    counts = Counts()
    with (
        TrailWriter(audit, shard.index) as trail,
        _Kept(folder / "raw.zst", audit / raw_name(shard.index)) as kept,
    ):
        entries = iter(StateReader(folder))
        for segment in shard.segments:
            fmt = FORMATS[segment.file.format]
            whole, end = _publish_segment(entries, fmt, trail, kept, segment, counts)
            wanted = whole is not None
            output = _write(out / part_path(shard.index, segment), whole) if whole is not None else None
            written.append(Written((end["sha256"], end["size"]), output))
            trail.write("inputs", _input_line(segment, end, output, wanted=wanted))
    return Published(tuple(written), counts)


def _publish_segment(
    entries: Iterator[Held],
    fmt: Format,
    trail: TrailWriter,
    kept: _Kept,
    segment: Segment,
    counts: Counts,
) -> tuple[bytes | None, dict[str, Any]]:
    """Write the trail of one segment; give its output (None: no document is kept) and its last entry."""
    parts: list[bytes] = []
    gaps: list[list[Any]] = []
    for held in entries:
        meta = held.meta
        counts.quarantined += ("reason" in meta) + len(meta.get("undecodable", ()))
        if "sha256" in meta:
            whole = b"".join(parts) if parts or (fmt.by_line and not meta["size"]) else None
            return whole, meta | {"gaps": gaps}
        if held.doc is not None:
            written = is_kept(held.doc) and not held.aside
            _count_document(counts, held, held.doc, written=written)
            if written:
                parts.append(fmt.render(meta["layout"], held.doc.text))
            elif fmt.by_line and "raw" not in meta:
                meta["raw"] = kept.add(fmt.render(meta["layout"], original(held.doc)))
            if held.aside:
                trail.set_aside(held.doc)
            trail.document(held, held.doc, _document_line(held, held.doc, written=written))
            for start, end, reason, raw in meta.get("undecodable", ()):
                trail.write("quarantine", _quarantine_line(segment, start, end, reason) | {"raw": raw})
        elif "reason" in meta:
            line = _quarantine_line(segment, meta["start"], meta["end"], meta["reason"])
            trail.write("quarantine", line | {"doc": meta["key"], "raw": meta.get("raw")})
        else:
            gaps.append([meta["start"], meta["end"], meta["raw"]])
    message = f"the state of {segment.file.key} ends too early"
    raise EOFError(message)


def _document_line(held: Held, doc: Document, *, written: bool) -> dict[str, Any]:
    """Give the line of a document for the trail; `layout` is what rebuilding its source needs."""
    meta = held.meta
    layout = {name: value for name, value in meta["layout"].items() if name not in ("head", "tail")}
    if not written and doc.text:
        layout["rest"] = doc.text  # white space that no rule removed, or the text of what is set aside
    line = {
        "doc": doc.key,
        "id": doc.id,
        "language": doc.language,
        "encoding": meta["encoding"],
        "chars_in": meta["chars_in"],
        "chars_out": len(doc.text),
        "passages_in": meta["passages_in"],
        "passages_out": passages(doc.text) if doc.trail else meta["passages_in"],
        "translated_score": None,
        "kept": written,
        "byte_start": meta["start"],
        "byte_end": meta["end"],
        "layout": layout,
    }
    if "raw" in meta:
        line["raw"] = meta["raw"]
    if held.aside:
        line["aside"] = held.aside
    return line | {fact.name: fact.value for fact in doc.facts if fact.name != EXEMPTED}


def _quarantine_line(segment: Segment, start: int, end: int, reason: str) -> dict[str, Any]:
    return {"path": segment.file.key, "byte_start": start, "byte_end": end, "reason": reason}


def _input_line(
    segment: Segment, end: dict[str, Any], output: tuple[str, int] | None, *, wanted: bool
) -> dict[str, Any]:
    """Give the line of a segment: what it was, what it became, and the bytes between its documents."""
    return {
        "path": segment.file.key,
        "format": segment.file.format,
        "byte_start": segment.start,
        "byte_end": segment.start + end["size"],
        "sha256": end["sha256"],
        "output": segment.file.output if wanted else None,
        "output_bytes": output[1] if output else 0,
        "gaps": end["gaps"],
    }


def _write(path: Path, data: bytes) -> tuple[str, int]:
    """Write an output file and give its sha256 and size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest(), len(data)


class _Kept:
    """The kept bytes of a shard: those of its state, and those that turn out to be needed in publishing."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source, self._target = source, target

    def __enter__(self) -> Self:
        self._stream: BinaryIO = self._target.open("wb")
        with self._source.open("rb") as source:
            shutil.copyfileobj(source, self._stream)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        empty = not self._stream.tell()
        self._stream.close()
        if empty:
            self._target.unlink()

    def add(self, data: bytes) -> RawRef:
        """Keep bytes and say where."""
        frame = zstandard.ZstdCompressor(level=3).compress(data)
        at = self._stream.tell()
        self._stream.write(frame)
        return [at, len(frame)]
