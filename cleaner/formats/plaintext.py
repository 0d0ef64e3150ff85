"""Plain text: one file is one document."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.charsets.decode import decode, encode
from cleaner.errors import QuarantineError
from cleaner.formats.format import Entry, Fields, Format, Layout, Segment


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read a whole file as one document; what is not text becomes a quarantined entry."""
    del fields
    file = segment.file
    top, _, rest = file.key.partition("/")
    source = top if rest else None
    try:
        raw = file.path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        yield Entry(file.key, 0, file.size, b"", reason=reason)
        return
    try:
        decoded = decode(raw)
    except QuarantineError as error:
        yield Entry(file.key, 0, len(raw), raw, reason=str(error), keep_raw=True)
        return
    yield Entry(
        file.key,
        0,
        len(raw),
        raw,
        text=decoded.text,
        encoding=decoded.encoding,
        source=source,
        keep_raw=not decoded.exact,
        layout={"bom": decoded.bom.hex()} if decoded.bom else {},
        undecodable=decoded.undecodable,
    )


def render(layout: Layout, text: str) -> bytes:
    """Write a cleaned text as UTF-8."""
    del layout
    return text.encode("utf-8", "surrogatepass")


def text_of(output: bytes, layout: Layout, fields: Fields) -> str:
    """Read the text of a written document."""
    del layout, fields
    return output.decode("utf-8", "surrogatepass")


def rebuild(output: bytes, text: str, layout: Layout, fields: Fields) -> bytes:
    """Encode the original text as the source was encoded."""
    del output, fields
    return encode(text, layout["encoding"], bytes.fromhex(layout.get("bom", "")))


FORMAT = Format(
    name="txt",
    suffixes=(".txt", ".md"),
    records=False,
    output_name=lambda key: key,
    read=read,
    render=render,
    text_of=text_of,
    rebuild=rebuild,
)
