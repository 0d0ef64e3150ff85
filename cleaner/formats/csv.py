"""CSV: one record a row under a header; only the bytes of its text cell are ever touched.

Cells are found in the bytes of a row, never written anew from parsed values, so that quoting,
spacing, delimiters and line ends of all others are kept. A cell is quoted if it begins
with a quotation mark; one further on is a character like any other.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cleaner.charsets.detect import wide_encoding
from cleaner.charsets.strays import UNREADABLE
from cleaner.errors import QuarantineError
from cleaner.formats.format import Entry, Fields, Format, Layout, Segment
from cleaner.formats.opaque import quarantined
from cleaner.formats.records import as_utf8, encoding_of, source_of
from cleaner.storage.places import Place

DELIMITERS: Final = (",", ";", "\t", "|")
"""The delimiter that splits the header into the most columns is taken, of several the first."""
HEAD_BYTES: Final = 1 << 20
"""Bytes in which a header must end."""
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of a cell in its row, with its quotation marks."""

    start: int
    end: int
    open: bool
    """Its quotation mark is never closed."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, the delimiter between them, and the bytes of the row."""

    names: tuple[str, ...]
    delimiter: str
    raw: bytes
    line: bytes
    """The same as UTF-8."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its key, where it begins, its bytes, and the cells in them."""

    key: str
    start: int
    raw: bytes
    cells: list[Cell]


# ---------------------------------------------------------------- cells


@cache
def _pattern(delimiter: str) -> re.Pattern[bytes]:
    """Match one cell and what ends it; always matches."""
    separator = re.escape(delimiter.encode())
    plain = rb"[^\r\n" + separator + rb"]*+"
    quoted = rb'(?P<quoted>"[^"]*+(?:""[^"]*+)*+"' + plain + rb")"
    return re.compile(
        rb"(?P<cell>" + quoted + rb"|" + plain + rb")(?P<end>" + separator + rb"|\r\n|\n|\r|\Z)"
    )


def rows(data: bytes | mmap.mmap, delimiter: str, at: int = 0) -> Iterator[tuple[int, int, list[Cell]]]:
    r"""Yield start, end and cells of every row; offsets of cells count from the start of the row.

    >>> [(start, end, len(cells)) for start, end, cells in rows(b'a,b\n"x\ny",2\n', ",")]
    [(0, 4, 2), (4, 12, 2)]
    """
    match = _pattern(delimiter).match
    separator = delimiter.encode()
    start, size = at, len(data)
    cells: list[Cell] = []
    while at < size or cells:
        found = match(data, at)
        if found is None:
            break
        first, last = found.span("cell")
        is_open = last > first and data[first] == 0x22 and found["quoted"] is None
        cells.append(Cell(first - start, last - start, is_open))
        at = found.end()
        if found["end"] != separator:
            yield start, at, cells
            start, cells = at, []


def first_row(data: bytes, delimiter: str, at: int = 0) -> tuple[int, int, list[Cell]]:
    """Return the row that begins at `at`; where nothing is left, a row of one empty cell.

    >>> first_row(b"", ",")[2]
    [Cell(start=0, end=0, open=False)]
    """
    return next(rows(data, delimiter, at), (at, at, [Cell(0, 0, False)]))


def load(cell: bytes) -> str:
    r"""Return the text of a cell.

    >>> load(b'"a ""b"" c"'), load(b'5" pipe')
    ('a "b" c', '5" pipe')
    """
    if not cell.startswith(b'"'):
        return cell.decode("utf-8", "surrogatepass")
    end = cell.rfind(b'"')
    return (cell[1:end].replace(b'""', b'"') + cell[end + 1 :]).decode("utf-8", "surrogatepass")


def dump(text: str, delimiter: str, *, quoted: bool) -> bytes:
    r"""Write a cell, quoted if it was or must be.

    >>> dump("a", ",", quoted=False), dump("a,b", ",", quoted=False), dump('5" pipe', ",", quoted=True)
    (b'a', b'"a,b"', b'"5"" pipe"')
    """
    data = text.encode("utf-8", "surrogatepass")
    if quoted or text.startswith('"') or any(sign in text for sign in (delimiter, "\n", "\r")):
        return b'"' + data.replace(b'"', b'""') + b'"'
    return data


# ---------------------------------------------------------------- reading


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read the rows of a segment; one that is no record with a text becomes a quarantined entry."""
    file = segment.file
    try:
        header = _header(file.path, fields)
        with file.path.open("rb") as stream:
            stream.seek(segment.start)
            data = stream.read(segment.end - segment.start)
    except QuarantineError as error:
        yield from quarantined(segment, str(error))
        return
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        yield Entry(file.key, segment.start, segment.end, b"", reason=reason)
        return
    at = 0
    if segment.start == 0 and header.raw:
        at = len(header.raw)
        yield Entry(file.key, 0, at, header.raw, copy=header.line)
    encoding = encoding_of(data)
    for number, (start, end, cells) in enumerate(rows(data, header.delimiter, at), segment.line):
        row = Row(f"{file.key}:{number}", segment.start + start, data[start:end], cells)
        yield _record(row, header, fields, encoding)


def _header(path: Place, fields: Fields) -> Header:
    """Read the header of a file, finding out its delimiter."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return Header((), ",", b"", b"")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or wide_encoding(head):
        message = "not text in UTF-8 or an 8-bit encoding: save the table as UTF-8"
        raise QuarantineError(message)
    bom = _BOM if head.startswith(_BOM) else b""
    delimiter = _delimiter(head)
    start, end, _ = first_row(head, delimiter, len(bom))
    line, _, _ = as_utf8(head[start:end], declared=encoding_of(head))
    cells = first_row(line, delimiter)[2]
    names = tuple(load(line[cell.start : cell.end]) for cell in cells)
    count = names.count(fields.text)
    if count != 1:
        what = "no column" if not count else f"{count} columns"
        message = f"the header has {what} {fields.text!r}"
        raise QuarantineError(message)
    return Header(names, delimiter, head[:end], bom + line)


def _delimiter(head: bytes) -> str:
    """Find the delimiter between the cells of a header that splits no quoted cell."""
    at = len(_BOM) if head.startswith(_BOM) else 0

    def fitness(delimiter: str) -> tuple[bool, int]:
        start, _, cells = first_row(head, delimiter, at)
        names = [head[start + cell.start : start + cell.end] for cell in cells]
        return not any(b'"' in name and name[:1] != b'"' for name in names), len(names)

    return max(DELIMITERS, key=fitness)


def _record(row: Row, header: Header, fields: Fields, declared: str | None) -> Entry:
    """Read one row."""
    key, start, raw, cells = row.key, row.start, row.raw, row.cells
    end = start + len(raw)
    if not raw.strip(b"\r\n"):
        return Entry(key, start, end, raw, copy=raw)
    try:
        line, encoding, unreadable = (raw, "utf-8", ()) if raw.isascii() else as_utf8(raw, declared=declared)
        if line is not raw:
            cells = first_row(line, header.delimiter)[2]
        column = _column(cells, header, fields)
        cell = line[cells[column].start : cells[column].end]
        text = load(cell)
        beside = line[: cells[column].start], line[cells[column].end :]
        if unreadable and any(UNREADABLE.encode() in part for part in beside):
            raise QuarantineError(unreadable[0][2])
    except (QuarantineError, ValueError) as error:
        return Entry(key, start, end, raw, reason=str(error), keep_raw=True)
    record = {name: load(line[c.start : c.end]) for name, c in zip(header.names, cells, strict=False)}
    quoted = cell.startswith(b'"')
    layout: Layout = {
        "head": beside[0].decode("utf-8", "surrogatepass"),
        "tail": beside[1].decode("utf-8", "surrogatepass"),
        "column": column,
        "delimiter": header.delimiter,
        "quoted": quoted,
    }
    if dump(text, header.delimiter, quoted=quoted) != cell:
        layout["cell"] = cell.decode("utf-8", "surrogatepass")
    exact = line is raw and "cell" not in layout
    return Entry(
        key,
        start,
        end,
        raw,
        text=text,
        encoding=encoding,
        id=record.get(fields.id),
        source=source_of(record),
        keep_raw=not exact,
        layout=layout,
        undecodable=tuple((start + low, start + high, why) for low, high, why in unreadable),
    )


def _column(cells: list[Cell], header: Header, fields: Fields) -> int:
    """Return the number of the text's cell; QuarantineError for a row that does not fit the header."""
    column = header.names.index(fields.text)
    if any(cell.open for cell in cells):
        message = "a quotation mark is never closed"
        raise QuarantineError(message)
    if len(cells) > len(header.names) or len(cells) <= column:
        message = f"the row has {len(cells)} cells, the header {len(header.names)}"
        raise QuarantineError(message)
    return column


# ---------------------------------------------------------------- writing, and back


def render(layout: Layout, text: str) -> bytes:
    """Write the row with its new text; every other byte is as it was."""
    head, tail = str(layout["head"]), str(layout["tail"])
    alone = not (text or head or tail.strip("\r\n"))  # would be an empty line, which is no row
    cell = _odd(layout, text) or dump(text, layout["delimiter"], quoted=layout["quoted"] or alone)
    return head.encode("utf-8", "surrogatepass") + cell + tail.encode("utf-8", "surrogatepass")


def _odd(layout: Layout, text: str) -> bytes | None:
    r"""Write a cell in the way of its writer, where that is not ours: as it was, or its quotes not doubled.

    >>> _odd({"cell": '"a \\"b\\" c"', "delimiter": ","}, 'a \\"b\\"')
    b'"a \\"b\\""'
    """
    if "cell" not in layout:
        return None
    cell = str(layout["cell"]).encode("utf-8", "surrogatepass")
    for written in (cell, b'"' + text.encode("utf-8", "surrogatepass") + b'"'):
        start, end, cells = first_row(written + b"\n", layout["delimiter"])
        if (
            len(cells) == 1
            and not cells[0].open
            and end - start == len(written) + 1
            and load(written) == text
        ):
            return written
    return None


def text_of(output: bytes, layout: Layout, fields: Fields) -> str:
    """Read the text of a written row."""
    del fields
    cell = _cell(output, layout)
    return load(output[cell.start : cell.end])


def rebuild(output: bytes, text: str, layout: Layout, fields: Fields) -> bytes:
    """Put the original text back into a written row."""
    del fields
    cell = _cell(output, layout)
    original = dump(text, layout["delimiter"], quoted=layout["quoted"])
    return output[: cell.start] + original + output[cell.end :]


def _cell(output: bytes, layout: Layout) -> Cell:
    return first_row(output, layout["delimiter"])[2][layout["column"]]


def cuts(path: Path, size: int, step: int) -> Iterator[tuple[int, int]]:
    """Cut between rows after every `step` bytes: the end of each segment, and its rows without the header."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        delimiter = _delimiter(data[:HEAD_BYTES])
        count, goal, last = -1, step, 0
        for start, end, _ in rows(data, delimiter, len(_BOM) if data[:3] == _BOM else 0):
            if end - start > step and start > last and count >= 0:  # it has a segment of its own
                yield start, count
                count, last = 0, start
            count += 1
            if end >= goal and end < size:
                yield end, count
                count, goal, last = 0, end + step, end
        yield size, count


FORMAT = Format(
    name="csv",
    suffixes=(".csv",),
    records=True,
    output_name=lambda key: key,
    read=read,
    render=render,
    text_of=text_of,
    rebuild=rebuild,
    cuts=cuts,
)
