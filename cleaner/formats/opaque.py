"""Files whose content cannot be had: they go to quarantine as they are."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.errors import CleanerError
from cleaner.formats.format import Entry, Fields, Format, Layout, Segment

UNREAD = "cannot be read"
"""What the reason begins with when the bytes of an input could not be had."""
BLOCK = 16 * 1024 * 1024
"""Bytes of such a file that are held at once."""


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Yield the whole file as quarantined, in blocks."""
    del fields
    yield from quarantined(segment, segment.file.problem)


def quarantined(segment: Segment, reason: str, *, key: str = "") -> Iterator[Entry]:
    """Yield the bytes of a segment: the first block has the reason, the others follow it.

    `key` is that of the document which they would have been; that of the file if it is not given.
    """
    file, at = segment.file, segment.start
    key = key or file.key
    try:
        with file.path.open("rb") as stream:
            stream.seek(at)
            while at < segment.end and (raw := stream.read(min(BLOCK, segment.end - at))):
                start, at = at, at + len(raw)
                first = start == segment.start
                end = segment.end if first else at
                yield Entry(key, start, end, raw, reason=reason if first else "", keep_raw=True)
    except OSError as error:
        reason = file.problem or f"cannot be read: {error.strerror or error}"
    if at == segment.start:
        yield Entry(key, segment.start, segment.end, b"", reason=reason)


def _none(*values: object) -> bytes:
    del values
    message = "a file in quarantine has no documents"
    raise CleanerError(message)


def _render(layout: Layout, text: str) -> bytes:
    return _none(layout, text)


def _text_of(output: bytes, layout: Layout, fields: Fields) -> str:
    return _none(output, layout, fields).decode()


def _rebuild(output: bytes, text: str, layout: Layout, fields: Fields) -> bytes:
    return _none(output, text, layout, fields)


FORMAT = Format(
    name="opaque",
    suffixes=(),
    records=False,
    output_name=lambda key: key,
    read=read,
    render=_render,
    text_of=_text_of,
    rebuild=_rebuild,
)
