"""The audit trail of one shard: how documents become its lines, and how those lines are read back.

One part of each kind for each shard, JSON Lines in the order of the corpus; `records` defines what is in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from cleaner.audit.errors import RebuildError
from cleaner.audit.records import (
    DOCUMENTS,
    DUPLICATES,
    EDITS,
    FLAGS,
    KINDS,
    DocumentLine,
    DuplicateLine,
    EditLine,
    FlagLine,
    Kind,
    Line,
)
from cleaner.audit.seek import heads, lines_with
from cleaner.edits import Trail, inverse, splice
from cleaner.errors import QuarantineError
from cleaner.formats import jsontext
from cleaner.formats.compression import NO_LIMITS, expand
from cleaner.model import Document, Duplicate
from cleaner.storage.outgoing import AUDIT as AUDIT

_BUFFER = 1 << 16
"""Bytes that are written at once."""
COMPRESSED = ".zst"
"""End of the name of a part that is compressed (`--compress-trail`)."""
ASIDE = "aside"
"""Folder for the texts of documents that are set aside."""


def part_name(kind: Kind[Line], shard: int) -> str:
    """Name the file of one kind for one shard.

    >>> part_name(EDITS, 3)
    'edits-00003.jsonl'
    """
    return f"{kind.name}-{shard:05d}.jsonl"


class TrailWriter:
    """Writes the parts of one shard; use as a context manager."""

    def __init__(self, folder: Path, shard: int) -> None:
        self._aside = folder / ASIDE
        self._paths = {kind.name: folder / part_name(kind, shard) for kind in KINDS}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._files: dict[str, BinaryIO] = {
            name: self._stack.enter_context(path.open("wb", _BUFFER)) for name, path in self._paths.items()
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def write(self, kind: Kind[Line], line: Line) -> None:
        """Add a line to the part of one kind."""
        self._files[kind.name].write(jsontext.dumps(line) + b"\n")

    def set_aside(self, doc: Document, *, record: bool) -> None:
        """Write the text of a document that is not published; record N of a file as FILE/N.txt."""
        file, _, number = doc.key.rpartition(":")
        path = self._aside / (f"{file}/{number}.txt" if record else doc.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(doc.text.encode("utf-8", "surrogatepass"))

    def document(self, doc: Document, line: DocumentLine, duplicates: Iterable[Duplicate]) -> None:
        """Add all that is known of a document: its own line, its edits, flags and duplicates."""
        self.write(DOCUMENTS, line)
        if doc.trail:
            for edit in edit_lines(doc):
                self.write(EDITS, edit)
        if doc.flags:
            for flag in flag_lines(doc):
                self.write(FLAGS, flag)
        for duplicate in duplicates:
            self.write(DUPLICATES, duplicate_line(doc.key, duplicate))


def duplicate_line(doc: str, found: Duplicate) -> DuplicateLine:
    """Return a duplicate in the document with the key `doc` as a line of the trail."""
    kept = found.kept
    return {
        "doc": doc,
        "source_start": found.source_start,
        "source_end": found.source_end,
        "text": found.text,
        "kept_doc": kept.doc,
        "kept_corpus": kept.corpus,
        "kept_source_start": kept.source_start,
        "kept_source_end": kept.source_end,
        "kept_text": kept.text,
        "similarity": found.similarity,
        "kind": found.kind,
        "differs": list(found.differs),
        "shared": found.shared,
        "cluster": found.cluster,
        "revision": found.at,
        "start": found.start,
        "end": found.end,
        "action": found.action,
    }


def edit_lines(doc: Document) -> list[EditLine]:
    """Return the edits of a document as lines of the trail, sorted by their place in the source.

    `revision` counts the revisions of the document; edits with one number were made at once, in the
    text that the revisions before had left.
    """
    trail = Trail(doc.trail)
    lines: list[EditLine] = []
    for number, revision in enumerate(doc.trail):
        for edit in revision.edits:
            start, end = trail.to_source(number, edit.start, edit.end)
            lines.append(
                {
                    "doc": doc.key,
                    "step": revision.step,
                    "rule": edit.rule,
                    "start": edit.start,
                    "end": edit.end,
                    "old": edit.old,
                    "new": edit.new,
                    "source_start": start,
                    "source_end": end,
                    "revision": number,
                    "note": edit.note,
                }
            )
    return sorted(lines, key=lambda line: (line["source_start"], line["revision"], line["start"]))


def flag_lines(doc: Document) -> list[FlagLine]:
    """Return the flags of a document as lines of the trail, with offsets in the source and in the final text."""
    trail = Trail(doc.trail)
    texts = _texts(doc)
    lines: list[FlagLine] = []
    for flag in doc.flags:
        start, end = trail.to_source(flag.at, flag.start, flag.end)
        text = texts[flag.at][flag.start : flag.end]
        final = trail.to_final(flag.at, flag.start, flag.end)
        if final and text.strip() and not doc.text[slice(*final)].strip():
            final = None  # nothing of it is left but the white space between its neighbours
        lines.append(
            {
                "doc": doc.key,
                "rule": flag.rule,
                "severity": flag.severity,
                "start": final and final[0],
                "end": final and final[1],
                "source_start": start,
                "source_end": end,
                "text": text,
                "message": flag.message,
                "suggestion": flag.suggestion,
            }
        )
    return sorted(lines, key=lambda line: (line["source_start"], line["source_end"], line["rule"]))


def _texts(doc: Document) -> list[str]:
    """Return the text at every revision, the source first."""
    texts = [doc.text]
    for revision in reversed(doc.trail):
        texts.append(splice(texts[-1], inverse(revision.edits)))
    return texts[::-1]


def read_part(
    folder: Path, kind: Kind[Line], shard: int, docs: Collection[str] | None = None, *, field: str = "doc"
) -> Iterator[Line]:
    """Read one part, or of it the lines of some documents alone; an absent one is empty.

    `field` is the first one of the lines, by which those are known: of inputs that is `path`.
    """
    if docs is not None and len(docs) == 1:  # the lines of others need not be parsed
        (doc,) = docs
        found = look_up(folder, kind, shard, doc) if field == "doc" else []
        yield from found or _searched(folder, kind, shard, heads(field, docs))
        return
    begins = None if docs is None else {_head(head) for head in heads(field, docs)}
    for line in part_lines(folder, kind, shard):
        if begins is None or _head(line) in begins:
            value = jsontext.loads(line)
            if docs is None or value[field] in docs:
                yield value


def look_up(folder: Path, kind: Kind[Line], shard: int, doc: str) -> list[Line]:
    """Return the lines of one part about a document where they are expected, as the part is sorted.

    None may be found although there are some: names of files may look like those of records, and a compressed part
    has no places.
    """
    path = folder / part_name(kind, shard)
    return [jsontext.loads(line) for head in heads("doc", [doc]) for line in lines_with(path, head, key=doc)]


def _searched(folder: Path, kind: Kind[Line], shard: int, begins: Iterable[bytes]) -> Iterator[Line]:
    for head in begins:
        yield from map(jsontext.loads, lines_about(folder, kind, shard, head))


def lines_about(folder: Path, kind: Kind[Line], shard: int, head: bytes) -> Iterator[bytes]:
    """Yield the lines of one part that begin with `head`, unparsed."""
    path = folder / part_name(kind, shard)
    if path.exists():
        return lines_with(path, head)
    return (line for line in part_lines(folder, kind, shard) if line.startswith(head))


def part_lines(folder: Path, kind: Kind[Line], shard: int) -> Iterator[bytes]:
    """Yield the lines of one part, compressed or not, unparsed; RebuildError: it is damaged."""
    path = folder / part_name(kind, shard)
    packed = path.with_name(path.name + COMPRESSED)
    if path.exists():
        with path.open("rb") as stream:
            yield from stream
    elif packed.exists():
        with packed.open("rb") as stream:
            yield from _unpacked(stream, packed.name)


def _unpacked(stream: BinaryIO, name: str) -> Iterator[bytes]:
    rest = b""
    try:
        for piece in expand(stream, "zst", limits=NO_LIMITS):
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line + b"\n" for line in lines)
    except QuarantineError as error:
        message = f"{AUDIT}/{name}: {error}"
        raise RebuildError(message) from None
    if rest:
        yield rest


def _head(line: bytes) -> bytes:
    """Return the beginning of a line of the trail, which tells most documents from each other unparsed.

    >>> _head(b'{"doc":"a.txt","id":null}')
    b'{"doc":"a.txt"'
    """
    return line[: line.find(b'",', 8) + 1]


def read_all(folder: Path, kind: Kind[Line], shards: int) -> Iterator[Line]:
    """Read all parts of one kind in order."""
    for shard in range(shards):
        yield from read_part(folder, kind, shard)


def revisions(lines: Sequence[EditLine]) -> list[list[EditLine]]:
    """Group the edits of one document by revision, each sorted by position."""
    groups: dict[int, list[EditLine]] = {}
    for line in lines:
        groups.setdefault(line["revision"], []).append(line)
    return [sorted(groups[k], key=lambda line: (line["start"], line["end"])) for k in sorted(groups)]
