"""What a reader gives: the pieces of an input file in order, documents and everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from cleaner.model import JSON

Layout: TypeAlias = dict[str, Any]
"""What is needed besides the text to write a document, or to rebuild its source bytes; JSON values."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: its key (path relative to its source, with `/`), where it lies, size in bytes, format."""

    key: str
    path: Path
    size: int
    format: str
    output: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes `start:end` of an input file, whole records; `line` is the number of its first line, from 1."""

    file: InputFile
    start: int
    end: int
    line: int = 1


@dataclass(frozen=True, slots=True)
class Fields:
    """Names of the fields of a record that hold its text and its id."""

    text: str = "text"
    id: str = "id"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of an input file; all pieces together are the file.

    A document has `text`; quarantined bytes have a `reason`; what has neither is filler (an empty
    line between records). `keep_raw` says that output and trail cannot rebuild `raw`, so that
    it must be kept itself. `undecodable` lists (start, end, reason) of bytes inside a document
    that are in quarantine while the rest of it goes on.
    """

    key: str
    start: int
    end: int
    raw: bytes
    text: str | None = None
    reason: str = ""
    encoding: str = ""
    id: JSON = None
    source: str | None = None
    keep_raw: bool = False
    layout: Layout = field(default_factory=dict)
    undecodable: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    `read` gives the entries of a segment, `render` the output bytes of one document, `text_of` the
    text in those, and `rebuild` the input bytes from the output bytes and the original text.
    Formats with `by_line` hold one record a line and may be cut between lines.
    """

    name: str
    suffixes: tuple[str, ...]
    by_line: bool
    output_name: Callable[[str], str]
    read: Callable[[Segment, Fields], Iterator[Entry]]
    render: Callable[[Layout, str], bytes]
    text_of: Callable[[bytes, Fields], str]
    rebuild: Callable[[bytes, str, Layout, Fields], bytes]
