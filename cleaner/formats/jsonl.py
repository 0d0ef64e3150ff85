"""JSON Lines: one record a line; only the bytes of its text field are ever touched.

A record is never written anew from parsed values: the bytes before and after the text's JSON
string are carried along, so that key order, numbers and spacing of all other fields are kept as they
were.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from cleaner.charsets.strays import UNREADABLE, Undecodable
from cleaner.engines.lazy import regex
from cleaner.errors import QuarantineError
from cleaner.formats import jsontext
from cleaner.formats.format import Entry, Fields, Format, Layout, Segment
from cleaner.formats.records import as_utf8, encoding_of, source_of
from cleaner.model import JSON, Span

_TOKEN = regex(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]:,]')
_COLON = regex(rb'\s*+:\s*+(?=")')
_LETTER_ESCAPED = regex(rb"\\u00[2-7]")
"""Where a name may be written in another way than ours."""
_HALF = regex(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_BOM = b"\xef\xbb\xbf"
_NEWLINE = ord("\n")
_BLOCK = 1 << 18
"""Bytes of a file that are looked at at once where it is cut."""
_STYLES = {"utf8": jsontext.dumps, "ascii": jsontext.dump_ascii}


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read the records of a segment; a line that is no record with a text becomes a quarantined entry."""
    file = segment.file
    try:
        with file.path.open("rb") as stream:
            stream.seek(segment.start)
            data = stream.read(segment.end - segment.start)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        yield Entry(file.key, segment.start, segment.end, b"", reason=reason)
        return
    at, number = 0, segment.line
    declared: list[str | None] = []
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        line = data[at:end]
        if not declared and not _is_utf8(line):
            declared.append(_encoding(data))
        yield read_line(line, f"{file.key}:{number}", segment.start + at, fields, *declared)
        at, number = end, number + 1


def read_line(raw: bytes, key: str, start: int, fields: Fields, declared: str | None = None) -> Entry:
    r"""Read one line of JSON Lines; `declared` is what those lines of the file are in that are not UTF-8.

    A line whose text is null is copied as it is; so is one that has none, which is in quarantine besides.

    >>> read_line(b'{"id": 7, "text": "a b"}\n', "x.jsonl:1", 0, Fields()).text
    'a b'
    >>> read_line(b'{"id": 7}\n', "x.jsonl:1", 0, Fields()).reason
    "the record has no field 'text'"
    """
    end = start + len(raw)
    if raw.isspace():
        return Entry(key, start, end, raw, keep_raw=True, copy=raw)
    copy = b""
    try:
        line, encoding, unreadable = _line(raw, declared)
        record = jsontext.loads_any(line.removeprefix(_BOM))
        if not isinstance(record, dict):
            message = "the line is JSON but not an object"
            raise QuarantineError(message)
        copy = b"" if unreadable else line
        if copy and record.get(fields.text, "") is None:
            return Entry(key, start, end, raw, keep_raw=True, copy=copy)
        text = _text_of(record, fields)
        head, tail, style = _around(line, text, fields)
        if unreadable and (UNREADABLE.encode() in head or UNREADABLE.encode() in tail):
            raise QuarantineError(unreadable[0][2])
        layout: Layout = {"head": head.decode(), "tail": tail.decode(), "style": style or "utf8"}
        if not style:
            layout["cell"] = line[len(head) : len(line) - len(tail)].decode()
    except (ValueError, RecursionError, QuarantineError) as error:
        return Entry(key, start, end, raw, reason=_reason(error), keep_raw=True, copy=copy)
    return Entry(
        key,
        start,
        end,
        raw,
        text=text,
        encoding=encoding,
        id=_id_of(record, fields),
        source=source_of(record),
        keep_raw=not style or line is not raw,
        layout=layout,
        undecodable=tuple((start + low, start + high, why) for low, high, why in unreadable),
    )


def _line(raw: bytes, declared: str | None) -> tuple[bytes, str, tuple[Undecodable, ...]]:
    """Return a line as UTF-8; halves of UTF-16 pairs, which no UTF-8 has, as JSON writes them."""
    if raw.isascii():
        return raw, "utf-8", ()
    line, encoding, unreadable = as_utf8(raw, declared=declared)
    if line is raw:
        return raw, "utf-8-sig" if raw.startswith(_BOM) else "utf-8", ()
    escaped = _HALF.sub(lambda match: b"\\u%04x" % ord(match[0].decode("utf-8", "surrogatepass")), line)
    return escaped, encoding, unreadable


def _is_utf8(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _encoding(data: bytes) -> str | None:
    """Tell what the lines are in that are not UTF-8, from all of them together."""
    lines = [line for line in data.split(b"\n") if not _is_utf8(line)]
    return encoding_of(b"\n".join(lines)) if len(lines) > 1 else None


def _id_of(record: dict[str, Any], fields: Fields) -> JSON:
    """Return the id of a record; a number that JSON has not as its name."""
    value: JSON = record.get(fields.id)
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def render(layout: Layout, text: str) -> bytes:
    """Write the record with its new text; every other byte is as it was."""
    head, tail = str(layout["head"]), str(layout["tail"])
    return head.encode() + _string(layout, text) + tail.encode()


def _string(layout: Layout, text: str) -> bytes:
    r"""Write the text, as it was where it did not change and was written in a way that is none of ours.

    >>> _string({"cell": r'"a \/ b"', "style": "utf8"}, "a / b"), _string({"style": "ascii"}, "é")
    (b'"a \\/ b"', b'"\\u00e9"')
    """
    cell = str(layout.get("cell", "")).encode()
    if cell and jsontext.loads_any(cell) == text:
        return cell
    return _STYLES[layout["style"]](text)


def text_of(output: bytes, layout: Layout, fields: Fields) -> str:
    """Read the text of a written record."""
    del layout
    text: str = jsontext.loads_any(output.removeprefix(_BOM))[fields.text]
    return text


def rebuild(output: bytes, text: str, layout: Layout, fields: Fields) -> bytes:
    """Put the original text back into an output line."""
    start, end = _token_span(output, fields.text)
    return output[:start] + _STYLES[layout["style"]](text) + output[end:]


def _text_of(record: dict[str, Any], fields: Fields) -> str:
    """Return the text of a record, or the reason why there is none."""
    if fields.text not in record:
        message = f"the record has no field {fields.text!r}"
        raise QuarantineError(message)
    text = record[fields.text]
    if not isinstance(text, str):
        message = f"the field {fields.text!r} is not text but {jsontext.dumps(text)[:40].decode()}"
        raise QuarantineError(message)
    return text


def _reason(error: Exception) -> str:
    """Return briefly why a line is not a record."""
    if isinstance(error, QuarantineError):
        return str(error)
    return f"not JSON: {error}"


def _around(line: bytes, text: str, fields: Fields) -> tuple[bytes, bytes, str]:
    """Return the bytes before and after the JSON string of the text field, and how that is written.

    The style is empty where none of ours writes the same string.
    """
    name = jsontext.dumps(fields.text)
    if line.count(name) == 1 and name.isascii():  # the plain case: one such name, its value right behind it
        start = line.find(name) + len(name)
        for colon in (b": ", b":"):
            if line.startswith(colon, start):
                start += len(colon)
                for style, dump in _STYLES.items():
                    token = dump(text)
                    if line.startswith(token, start):
                        head, tail = line[:start], line[start + len(token) :]
                        if not (_LETTER_ESCAPED.search(head) or _LETTER_ESCAPED.search(tail)):
                            return head, tail, style
                break
    start, end = _token_span(line, fields.text)
    token = line[start:end]
    style = next((style for style, dump in _STYLES.items() if dump(text) == token), "")
    return line[:start], line[end:], style


def _token_span(line: bytes, name: str) -> Span:
    r"""Find the JSON string that is the value of a top-level field; the last one counts, as in a parser.

    >>> _token_span(b'{"b": "c", "text": "a", "te\\u0078t": "b"}', "text")
    (37, 40)
    """
    plain = _plain_span(line, jsontext.dumps(name))
    if plain is not None:
        return plain
    depth, key, found = 0, None, None
    expect_value = False
    for match in _TOKEN.finditer(line):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        elif depth != 1:
            continue
        elif token == b":":
            expect_value = True
            continue
        elif token == b",":
            key = None
        elif expect_value:
            if key == name:
                found = match.span()
        else:
            key = jsontext.loads(token)
        if depth == 1 or token in (b"{", b"["):
            expect_value = False
    if found is None:
        message = f"the field {name!r} was not found again"
        raise QuarantineError(message)
    return found


def _plain_span(line: bytes, name: bytes) -> Span | None:
    r"""Find that string where it is plain to see: the name is there once, nothing nested or escaped around it.

    >>> _plain_span(rb'{"text": "a\"b\""}', b'"text"'), _plain_span(b'{"a": {"text": "a"}}', b'"text"')
    ((9, 17), None)
    """
    at = line.find(name)
    colon = _COLON.match(line, at + len(name)) if at >= 0 and line.count(name) == 1 else None
    if colon is None or line.count(b"{", 0, at) != 1 or line.find(b"[", 0, at) >= 0:
        return None
    start = end = colon.end()
    while (end := line.find(b'"', end + 1)) >= 0:
        before = end - 1
        while line[before] == 0x5C:  # a backslash
            before -= 1
        if (end - before) % 2:
            outside = line.find(b"\\", 0, start), line.find(b"\\", end)
            return (start, end + 1) if outside == (-1, -1) else None
    return None


def cuts(path: Path, size: int, step: int) -> Iterator[tuple[int, int]]:
    """Cut behind the first newline after every `step` bytes: the end of each segment, and its lines.

    A line of more than `step` bytes has a segment of its own; however long it is, no more than a block is held.
    """
    start = 0
    with path.open("rb", buffering=0) as stream:
        while start + step < size:
            middle = start + step - 1
            begun, end = _line_start(stream, start, middle), _line_end(stream, middle, size)
            if begun > start and end - begun > step:
                end = begun
            if end >= size:
                break
            yield end, _count(stream, start, end)
            start = end
        if size:
            yield size, _count(stream, start, size)


def _blocks(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield place and content of the blocks between two bytes of a file."""
    while start < end:
        stream.seek(start)
        block = stream.read(min(_BLOCK, end - start))
        if not block:  # it was cut short meanwhile
            return
        yield start, block
        start += len(block)


def _line_end(stream: BinaryIO, at: int, size: int) -> int:
    """Return where the line ends that byte `at` is in."""
    for start, block in _blocks(stream, at, size):
        if (found := block.find(b"\n")) >= 0:
            return start + found + 1
    return size


def _line_start(stream: BinaryIO, low: int, at: int) -> int:
    """Return where the line begins that byte `at` is in, or `low`, if that is later."""
    while at > low:
        start = max(low, at - _BLOCK)
        stream.seek(start)
        if (found := stream.read(at - start).rfind(b"\n")) >= 0:
            return start + found + 1
        at = start
    return low


def _count(stream: BinaryIO, start: int, end: int) -> int:
    """Count the newlines between two bytes."""
    found = (np.frombuffer(block, np.uint8) for _, block in _blocks(stream, start, end))
    return sum(int(np.count_nonzero(values == _NEWLINE)) for values in found)


FORMAT = Format(
    name="jsonl",
    suffixes=(".jsonl", ".ndjson"),
    records=True,
    output_name=lambda key: key,
    read=read,
    render=render,
    text_of=text_of,
    rebuild=rebuild,
    cuts=cuts,
)
