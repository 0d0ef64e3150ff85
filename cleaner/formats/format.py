"""What a reader yields: the pieces of an input file in order, documents and everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from cleaner.model import JSON, Fact
from cleaner.storage.places import Place

Layout: TypeAlias = dict[str, Any]
"""What is needed besides the text to write a document, or to rebuild its source bytes; JSON values."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: its key (path relative to its source, with `/`), where it lies, size in bytes, format.

    `path` is on this machine or in a store; readers open it with `path.open("rb")`. `codec` names the
    compression around it, nothing for none; once it is unpacked, `path` and `size` are those of the
    content. `member` is its name in the archive at `path`, nothing for a file of its own; its key then is the
    archive's, a slash, and that name. `problem` states why its content cannot be read. `changed` is when it
    was last changed, in nanoseconds, as the run found it; 0 for a file that nobody else can change.
    """

    key: str
    path: Place
    size: int
    format: str
    output: str
    codec: str = ""
    problem: str = ""
    changed: int = 0
    member: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes `start:end` of an input file, whole records; `line` is the number of the first one, from 1."""

    file: InputFile
    start: int
    end: int
    line: int = 1


@dataclass(frozen=True, slots=True)
class Fields:
    """Names of the fields of a record that hold its text and its id."""

    text: str = "text"
    id: str = "id"


NO_LAYOUT: Final[Layout] = {}
"""The layout of what is none of several parts; nobody writes to it."""


class Entry(NamedTuple):
    """One piece of an input file; all pieces together are the file.

    A document has `text`; quarantined bytes have a `reason`; what has neither is filler (an empty
    line between records); `copy` is what of that is written to the output (the header of a table).
    `facts` are what it states about a document besides its text.
    `apart` marks the bytes of an input that is no text: its documents have none of their own, and
    `--no-raw` discards those bytes. `keep_raw` tells that output and trail cannot rebuild `raw`, so that
    it must be kept itself. `undecodable` lists (start, end, reason) of bytes inside a document
    that are quarantined while the rest of it is processed.
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
    layout: Layout = NO_LAYOUT
    undecodable: tuple[tuple[int, int, str], ...] = ()
    copy: bytes = b""
    apart: bool = False
    facts: tuple[Fact, ...] = ()


Cuts: TypeAlias = Callable[[Path, int, int], Iterator[tuple[int, int]]]
"""Takes a file, its size and the size of a segment; yields (end, number of records) of each segment."""


@dataclass(frozen=True, slots=True)
class Packed:
    """How a format writes that has no bytes for each document.

    `write` writes a file from the segment and (layout, text) of its documents; `texts` yields the
    texts in such a file, in order.
    """

    write: Callable[[Segment, Iterator[tuple[Layout, str]], Path], None]
    texts: Callable[[bytes, Fields], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    `read` yields the entries of a segment, `render` the output bytes of one document, `text_of` the
    text in those, and `rebuild` the input bytes from the output bytes and the original text.
    Formats of `records` hold many documents in a file, and with `cuts` such a file may be cut
    between them. `check` raises UsageError when something is missing that the format needs.
    """

    name: str
    suffixes: tuple[str, ...]
    records: bool
    output_name: Callable[[str], str]
    read: Callable[[Segment, Fields], Iterator[Entry]]
    render: Callable[[Layout, str], bytes]
    text_of: Callable[[bytes, Layout, Fields], str]
    rebuild: Callable[[bytes, str, Layout, Fields], bytes]
    cuts: Cuts | None = None
    packed: Packed | None = None
    check: Callable[[], None] = lambda: None
