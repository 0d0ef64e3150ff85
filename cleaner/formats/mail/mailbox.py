"""A mailbox (mbox): messages one behind the other, each under a line `From`; a message is a record."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.formats.format import Entry, Fields, Segment
from cleaner.formats.mail import message
from cleaner.model import Span

_FROM: Final = regex(rb"^From [^\r\n]{0,200}\b\d{1,2}:\d\d[^\r\n]{0,40} \d{4}\b", re.M)
_GAP: Final = regex(rb"\n\r?\n\Z")


def messages(data: bytes | mmap.mmap, start: int = 0) -> Iterator[Span]:
    r"""Yield the places of the messages of a mailbox; each begins with a line `From` after an empty one.

    >>> list(messages(b"From a  Thu Jan  1 00:00:00 1970\n\nFrom here on.\n"))
    [(0, 48)]
    """
    at = start
    for found in _FROM.finditer(data, start):
        first = found.start()
        if first > at and _GAP.search(data[max(first - 4, 0) : first]):
            yield at, first
            at = first
    if at < len(data):
        yield at, len(data)


def read_box(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read the messages of a mailbox."""
    del fields
    file = segment.file
    try:
        with file.path.open("rb") as stream:
            stream.seek(segment.start)
            data = stream.read(segment.end - segment.start)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        yield Entry(file.key, segment.start, segment.end, b"", reason=reason)
        return
    for number, (start, end) in enumerate(messages(data), segment.line):
        yield message.message(data[start:end], f"{file.key}:{number}", segment.start + start)


def cuts(path: Path, size: int, step: int) -> Iterator[tuple[int, int]]:
    """Cut before the first message that begins after every `step` bytes."""
    count, goal = 0, step
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for _, end in messages(data):
            count += 1
            if end >= goal or end == size:
                yield end, count
                count, goal = 0, end + step


FORMAT = replace(message.FORMAT, name="mbox", suffixes=(".mbox",), records=True, read=read_box, cuts=cuts)
