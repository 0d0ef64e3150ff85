"""HTML pages: one page is one document, of which the text is written; the page itself is kept as it is.

What `html.extract` finds besides the text is stated in the trail: `title`, `date`, `url`, and
`page_language`, which is the language that the page states, not the one of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cleaner.charsets.decode import Decoded, decode
from cleaner.errors import QuarantineError, UsageError
from cleaner.formats.format import Entry, Fields, Format, Layout, Segment
from cleaner.formats.html.charset import declared_charset
from cleaner.formats.opaque import BLOCK, quarantined
from cleaner.formats.records import source_of
from cleaner.model import Fact

if TYPE_CHECKING:
    from cleaner.formats.html.article import Extracted


def check() -> None:
    """Raise UsageError when trafilatura is not installed."""
    if find_spec("trafilatura") is None:
        message = "HTML needs trafilatura: pip install 'cleaner[html]'"
        raise UsageError(message)


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read a page as one document, then its bytes; what is no page becomes a quarantined entry."""
    del fields
    file = segment.file
    try:
        raw = file.path.read_bytes()
        decoded = decode(raw, declared=declared_charset(raw))
        yield _document(file.key, decoded)
    except (QuarantineError, OSError) as error:
        yield from quarantined(segment, str(error))
        return
    for at in range(0, len(raw), BLOCK):
        part = raw[at : at + BLOCK]
        yield Entry(file.key, at, at + len(part), part, apart=True)


def _document(key: str, decoded: Decoded) -> Entry:
    """Extract the text and what the page states about itself."""
    page = extracted(decoded.text)
    top, _, rest = key.partition("/")
    stated = {"title": page.title, "date": page.date, "url": page.url, "page_language": page.language}
    return Entry(
        key,
        0,
        0,
        b"",
        text=page.text,
        encoding=decoded.encoding,
        source=source_of(stated) or (top if rest else None),
        facts=tuple(Fact(name, value) for name, value in stated.items() if value),
    )


def extracted(markup: str) -> Extracted:
    """Return what a page says; QuarantineError when no text can be extracted."""
    from cleaner.formats.html.article import extract

    try:
        return extract(markup)
    except (QuarantineError, UsageError):
        raise
    except Exception as error:  # a page that breaks the extractor costs itself, not the run
        message = f"no text could be extracted: {type(error).__name__}: {error}"
        raise QuarantineError(message) from None


def output_name(key: str) -> str:
    """Name the text of a page.

    >>> output_name("a/b.html"), output_name("page.php")
    ('a/b.txt', 'page.php.txt')
    """
    return re.sub(r"\.html?\Z", "", key, flags=re.I) + ".txt"


def render(layout: Layout, text: str) -> bytes:
    """Write a cleaned text as UTF-8."""
    del layout
    return text.encode("utf-8", "surrogatepass")


def text_of(output: bytes, layout: Layout, fields: Fields) -> str:
    """Read the text of a written document."""
    del layout, fields
    return output.decode("utf-8", "surrogatepass")


def rebuild(output: bytes, text: str, layout: Layout, fields: Fields) -> bytes:
    """Return the bytes of a document itself: none, as the page is stored beside it."""
    del output, text, layout, fields
    return b""


FORMAT = Format(
    name="html",
    suffixes=(".html", ".htm"),
    records=False,
    output_name=output_name,
    read=read,
    render=render,
    text_of=text_of,
    rebuild=rebuild,
    check=check,
)
