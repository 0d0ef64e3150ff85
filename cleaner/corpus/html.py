"""HTML in: trafilatura finds the text of a page and what it says about itself.

The extra `html` brings trafilatura and lxml; both are imported at the first page. The parser is
lxml's, never `html.parser`, which is quadratic on a page of unclosed tags. What is long beyond reason
is not parsed, and runs of one opening tag are cut short, as extraction is slow on what nests deep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cleaner.errors import QuarantineError, UsageError

MAX_CHARS = 20_000_000
"""Characters of a page; a longer one is data, not a page to read."""
MAX_RUN = 60
"""Opening tags of one kind with nothing between them that are kept; no page nests deeper on purpose."""


TITLE_LINES = 4
"""Lines at the head of a text among which its title is looked for."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a page, one paragraph a line, and the metadata that the page states (None: it does not)."""

    text: str
    title: str | None = None
    date: str | None = None
    url: str | None = None
    language: str | None = None


def extract(html: bytes | str, url: str | None = None) -> Extracted:
    """Give the text of a page and its title, date, address and language.

    Raises UsageError when the extra `html` is not installed, and QuarantineError for what cannot be
    parsed as a page. A page without text gives an empty text.
    """
    trafilatura = _library()
    if len(html) > MAX_CHARS:
        message = f"the page is {len(html)} long, and the limit is {MAX_CHARS}"
        raise QuarantineError(message)
    source = html if isinstance(html, str) else trafilatura.utils.decode_file(html)
    tree = trafilatura.load_html(without_tag_runs(source))
    found = None
    if tree is not None:
        found = trafilatura.bare_extraction(
            tree, url=url, favor_precision=True, include_comments=False, include_tables=True, with_metadata=True
        )
    if found is None:
        return Extracted("", url=url)
    return Extracted(
        text=body_of(found.text or "", found.title or ""),
        title=found.title or None,
        date=found.date or None,
        url=found.url or url,
        language=found.language or None,
    )


def body_of(text: str, title: str) -> str:
    r"""Take the title off the head of the text, where it stands once more, and white space off the lines.

    >>> body_of("The Bridge\n  By the sea\nIt is closed.", "The bridge")
    'By the sea\nIt is closed.'
    """
    lines = [line.strip() for line in text.split("\n")]
    wanted = _letters(title)
    head = [k for k, line in enumerate(lines[:TITLE_LINES]) if wanted and _letters(line) == wanted]
    return "\n".join(line for k, line in enumerate(lines) if k not in head)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _library() -> Any:
    try:
        import trafilatura
    except ImportError:
        message = "reading HTML needs the extra html: pip install 'cleaner[html]'"
        raise UsageError(message) from None
    return trafilatura


_RUN = re.compile(rf"((<([a-zA-Z][\w-]*)\b[^<>]*>\s*)(?:<\3\b[^<>]*>\s*){{{MAX_RUN - 1}}})(?:<\3\b[^<>]*>\s*)+")


def without_tag_runs(source: str) -> str:
    """Shorten runs of the same opening tag, which nest so deep that extraction becomes slow.

    >>> len(without_tag_runs("<p>Text</p>" + "<a>" * 1000))
    191
    """
    return _RUN.sub(r"\1", source)
