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
from collections.abc import Container, Iterator
from contextlib import ExitStack
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.audit.raw import RawRef, RawWriter
from cleaner.engines.staging import attempt, commit_folder
from cleaner.model import Account, Document, Revision
from cleaner.run.entries import (
    DOCUMENT,
    Held,
    StateEntry,
    accounts_of,
    line_of,
    origin_of,
    parse,
    parse_other,
    source_in,
)

_BUFFER = 1 << 18
"""Bytes that are read, or written, at once."""
_Places: TypeAlias = NDArray[np.int64]


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
        line = line_of(piece)
        if isinstance(piece, Held) and not piece.aside:
            text = piece.doc.text.encode("utf-8", "surrogatepass")
            self._lines.append(self._at)
            self._texts.write(text)
            self._bounds.append(self._bounds[-1] + len(text))
        self._entries.write(line)
        self._at += len(line)

    def copy(self, lines: memoryview, starts: _Places, texts: memoryview, ends: _Places) -> None:
        """Add entries as they are in another state, with where the line of each document begins, and its text ends."""
        self._lines.frombytes((starts + self._at).tobytes())
        self._bounds.frombytes((ends + self._bounds[-1]).tobytes())
        self._entries.write(lines)
        self._texts.write(texts)
        self._at += len(lines)

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

    def __len__(self) -> int:
        """Return how many documents take part."""
        return len(self.starts) - 1

    @cached_property
    def texts(self) -> NDArray[np.uint8]:
        """All texts as bytes, memory-mapped; shape (bytes,)."""
        return _mapped(self.folder / "texts.bin")

    @cached_property
    def bounds(self) -> _Places:
        """Where each text begins in `texts`; shape (documents + 1,)."""
        bounds: _Places = np.load(self.folder / "bounds.npy")
        return bounds

    @cached_property
    def entries(self) -> NDArray[np.uint8]:
        """All lines, memory-mapped; shape (bytes,)."""
        return _mapped(self.folder / "entries.jsonl")

    @cached_property
    def starts(self) -> _Places:
        """Where the line of each document begins in `entries`, and the last entry ends; shape (documents + 1,)."""
        starts: _Places = np.load(self.folder / "lines.npy")
        return starts

    def text(self, index: int) -> bytes:
        """Return the UTF-8 bytes of document `index`."""
        return self.texts.data[self.bounds[index] : self.bounds[index + 1]].tobytes()

    def line(self, index: int) -> bytes:
        """Return the line of document `index`."""
        lines = self.entries.data[self.starts[index] : self.starts[index + 1]].tobytes()
        return lines[: lines.index(b"\n") + 1]

    def lines(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield every entry unparsed: its line and the bytes of its text (None for what is no document)."""
        bounds = pairwise(self.bounds.data)
        with (
            (self.folder / "entries.jsonl").open("rb", _BUFFER) as stream,
            (self.folder / "texts.bin").open("rb", _BUFFER) as texts,
        ):
            for line in stream:
                if line.startswith(DOCUMENT):
                    start, end = next(bounds)
                    yield line, texts.read(end - start)
                else:
                    yield line, None

    def __iter__(self) -> Iterator[StateEntry]:
        """Yield every entry, parsed."""
        for line, text in self.lines():
            yield parse_other(line) if text is None else parse(line, text)

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
                source = source_in(line)
                yield source, "" if source is None else text.decode("utf-8", "surrogatepass")

    def accounts(self) -> Iterator[Account]:
        """Yield the accounts of the passages that were removed from the documents."""
        for line, text in self.lines():
            if text is not None:
                yield from accounts_of(line)

    def reader(self) -> PieceReader:
        """Open the documents for reading anywhere."""
        return PieceReader(self.folder)


class Rewriting:
    """A new state of a unit, of which all but some documents are taken over as they are in another one."""

    def __init__(self, source: StateReader, writer: StateWriter) -> None:
        self._source, self._writer = source, writer
        self._next = self._at = (
            0  # the document, and the byte of the lines, from which on nothing has been taken over
        )
        writer.copy_raw(source.folder / "raw.zst")

    def replace(self, index: int, held: Held) -> None:
        """Write another document in the place of one; in their order."""
        self.take(index)
        self._writer.add(held)
        self._next, self._at = index + 1, self._at + len(self._source.line(index))

    def take(self, stop: int) -> None:
        """Take over what is before a document: the documents, and what is between them."""
        source, first, last = self._source, self._next, int(self._source.starts[stop])
        low, high = source.bounds[[first, stop]].tolist()
        self._writer.copy(
            source.entries.data[self._at : last],
            source.starts[first:stop] - self._at,
            source.texts.data[low:high],
            source.bounds[first + 1 : stop + 1] - low,
        )
        self._next, self._at = stop, last


def _mapped(path: Path) -> NDArray[np.uint8]:
    """Map a file, which may be empty."""
    return np.memmap(path, np.uint8, "r") if path.stat().st_size else np.zeros(0, np.uint8)


class PieceReader:
    """Reads pieces of one unit anywhere in it, and where they come from, without holding the rest of it."""

    def __init__(self, folder: Path) -> None:
        self._lines = np.load(folder / "lines.npy").data
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
        return origin_of(self._entries.read(self._lines[index + 1] - start).partition(b"\n")[0])
