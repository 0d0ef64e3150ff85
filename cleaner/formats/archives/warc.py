"""Web archives: a record with a page or a text is a document; what is written of them is JSON Lines.

Of `.warc` the responses with HTML are extracted as pages are, and those with plain text are read; of
`.wet` the texts that someone else extracted. The archive is not text, so its bytes are kept beside the trail
as they were; requests, images and all other records are among them and no documents. Record N
of a file is its N-th record of any kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from cleaner.charsets.decode import decode
from cleaner.engines.lazy import regex
from cleaner.errors import CleanerError, QuarantineError, UsageError
from cleaner.formats import jsonl, jsontext
from cleaner.formats.format import Entry, Fields, Format, Layout, Segment
from cleaner.formats.html import page
from cleaner.formats.html.charset import declared_charset
from cleaner.formats.opaque import BLOCK
from cleaner.formats.records import source_of
from cleaner.model import Fact

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

LONGEST_HEAD: Final = 1 << 16
"""Bytes in which the head of a record must end."""
LARGEST: Final = 1 << 26
"""Bytes of the largest record that is read as a document."""
AT_ONCE: Final = 1 << 22
"""Bytes of records that are kept together."""
PAGES: Final = ("text/html", "application/xhtml+xml")
TEXTS: Final = ("text/plain",)
_HEAD: Final = regex(rb"WARC/\d\.\d+\r?\n(?:[^\r\n]+\r?\n)*\r?\n")
_LENGTH: Final = regex(rb"\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r?\n", re.I)
_KIND: Final = regex(rb"\nwarc-type:[ \t]*(response|resource|conversion)[ \t]*\r?\n", re.I)
_CHARSET: Final = regex(r"charset\s*=[\s\"']*([\w.:-]{2,40})", re.I)


@dataclass(frozen=True, slots=True)
class Record:
    """Where a record begins and ends in its file; `reason` says why it is none."""

    start: int
    end: int
    may_hold_text: bool = False
    reason: str = ""


# ---------------------------------------------------------------- records


def records(stream: BinaryIO, start: int, end: int) -> Iterator[Record]:
    """Yield what is between two places of a file, record by record, without reading what is in them.

    What is no record reaches to the next thing that looks like one.
    """
    at = start
    while at < end:
        stream.seek(at)
        head = stream.read(min(LONGEST_HEAD, end - at))
        found = _HEAD.match(head)
        length = _LENGTH.search(found[0]) if found else None
        if found is None or length is None:
            stop = _next_record(stream, at + 1, end)
            yield Record(at, stop, reason="not a record of a web archive")
        else:
            stop = at + found.end() + int(length[1])
            if stop > end:
                yield Record(at, end, reason="the record ends too early")
                return
            stream.seek(stop)
            between = stream.read(4)
            stop += len(between) - len(between.lstrip(b"\r\n"))
            yield Record(at, min(stop, end), may_hold_text=_KIND.search(found[0]) is not None)
        at = stop


def _next_record(stream: BinaryIO, at: int, end: int) -> int:
    """Find the next line that begins as a record does."""
    mark = b"\nWARC/1"
    while at < end:
        stream.seek(at - 1)
        data = stream.read(min(BLOCK, end - at + 1))
        found = data.find(mark)
        if found >= 0:
            return at + found
        at += max(len(data) - len(mark), 1)
    return end


def cuts(path: Path, size: int, step: int) -> Iterator[tuple[int, int]]:
    """Cut behind the first record that ends after every `step` bytes."""
    count, goal = 0, step
    with path.open("rb") as stream:
        for record in records(stream, 0, size):
            count += 1
            if record.end >= goal or record.end == size:
                yield record.end, count
                count, goal = 0, record.end + step


# ---------------------------------------------------------------- reading


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read the records of a segment; what is none, and a page that cannot be read, is quarantined."""
    file, at = segment.file, segment.start
    try:
        with file.path.open("rb") as stream:
            for number, record in enumerate(records(stream, segment.start, segment.end), segment.line):
                key = f"{file.key}:{number}"
                entry = _entry(stream, record, key, fields)
                if entry and entry.reason:
                    yield from _apart(stream, file.key, at, record.start)
                    yield entry
                    at = record.end
                elif entry:
                    yield entry
                if record.end - at >= AT_ONCE:
                    yield from _apart(stream, file.key, at, record.end)
                    at = record.end
            yield from _apart(stream, file.key, at, segment.end)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        yield Entry(file.key, at, segment.end, b"", reason=reason)


def _apart(stream: BinaryIO, key: str, at: int, end: int) -> Iterator[Entry]:
    """Yield the bytes of records that are kept beside the trail."""
    while at < end:
        stream.seek(at)
        part = stream.read(min(BLOCK, end - at))
        if not part:
            return
        yield Entry(key, at, at + len(part), part, apart=True)
        at += len(part)


def _entry(stream: BinaryIO, record: Record, key: str, fields: Fields) -> Entry | None:
    """Return the document that a record holds, or why it cannot be read; None for one that holds no text."""
    reason = record.reason
    if not reason and record.may_hold_text and record.end - record.start > LARGEST:
        reason = f"the record has more than {LARGEST:,} bytes"
    if reason:
        return _refused(stream, record, key, reason)
    if not record.may_hold_text:
        return None
    stream.seek(record.start)
    raw = stream.read(record.end - record.start)
    try:
        return _document(raw, key, record.start, fields)
    except (QuarantineError, UsageError) as error:
        return _refused(stream, record, key, str(error))


def _refused(stream: BinaryIO, record: Record, key: str, reason: str) -> Entry:
    stream.seek(record.start)
    raw = stream.read(record.end - record.start)
    return Entry(key, record.start, record.end, raw, reason=reason, keep_raw=True)


def _document(raw: bytes, key: str, start: int, fields: Fields) -> Entry | None:
    """Return the document in the bytes of a record; None when it is neither a page nor a text."""
    record, payload = _parsed(raw)
    headers = record.http_headers
    status = headers.get_statuscode() if headers else "200"
    kind = (headers or record.rec_headers).get_header("Content-Type") or ""
    media = kind.partition(";")[0].strip().lower()
    if not status.startswith("2") or media not in PAGES + TEXTS:
        return None
    named = _CHARSET.search(kind)
    is_page = media in PAGES
    declared = named[1].lower() if named else declared_charset(payload) if is_page else None
    decoded = decode(payload, declared=declared)
    address = record.rec_headers.get_header("WARC-Target-URI")
    stated = {"url": address}
    text = decoded.text
    if is_page:
        found = page.extracted(decoded.text)
        text = found.text
        stated = {"title": found.title, "date": found.date, "url": address or found.url}
        stated["page_language"] = found.language
    stated = {name: value for name, value in stated.items() if value}
    identity = record.rec_headers.get_header("WARC-Record-ID")
    return Entry(
        key,
        start,
        start,
        b"",
        text=text,
        encoding=decoded.encoding,
        id=identity,
        source=source_of(stated),
        facts=tuple(Fact(name, value) for name, value in stated.items() if value),
        layout=_layout({fields.id: identity, "url": address, "title": stated.get("title")}, fields),
    )


def _parsed(raw: bytes) -> tuple[ArcWarcRecord, bytes]:
    """Return a record and its content, without the codings that it was sent in."""
    from warcio.archiveiterator import ArchiveIterator

    try:
        record = next(ArchiveIterator(BytesIO(raw), no_record_parse=False))
        return record, record.content_stream().read()
    except Exception as error:  # a record that breaks the parser costs itself, not the run
        message = f"not readable as a record of a web archive: {type(error).__name__}: {error}"
        raise QuarantineError(message) from None


def _layout(values: dict[str, str | None], fields: Fields) -> Layout:
    """Return what is written before and after the text of a record: what is known of it, as JSON.

    >>> _layout({"id": "a", "url": None}, Fields())["head"]
    '{"id":"a","text":'
    """
    known = {name: value for name, value in values.items() if value is not None and name != fields.text}
    head = jsontext.dumps(known)[:-1] + (b"," if known else b"") + jsontext.dumps(fields.text) + b":"
    return {"head": head.decode("utf-8"), "tail": "}\n", "style": "utf8"}


# ---------------------------------------------------------------- writing, and back


def rebuild(output: bytes, text: str, layout: Layout, fields: Fields) -> bytes:
    """Return the bytes of a document itself: none, as its record is stored beside it."""
    del output, text, layout, fields
    return b""


def _check_wet() -> None:
    if find_spec("warcio") is None:
        message = "web archives need warcio: pip install 'cleaner[warc]'"
        raise UsageError(message)


def _check() -> None:
    _check_wet()
    try:
        page.check()
    except CleanerError:
        message = "pages in web archives need trafilatura: pip install 'cleaner[warc]'"
        raise UsageError(message) from None


FORMAT = Format(
    name="warc",
    suffixes=(".warc",),
    records=True,
    output_name=lambda key: f"{key}.jsonl",
    read=read,
    render=jsonl.render,
    text_of=jsonl.text_of,
    rebuild=rebuild,
    cuts=cuts,
    check=_check,
)
WET = replace(FORMAT, name="wet", suffixes=(".wet",), check=_check_wet)
