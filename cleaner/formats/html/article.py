"""HTML in: the article of a page and what the page states about itself.

Two readings are combined. trafilatura extracts a first text and the metadata; then all blocks of the
page (`blocks`) are measured, above all by how much of them and of their neighbours is in that text
(`features`), and fitted trees (`cleaner/fitted/html_trees.json`, made by
`tools/fit_html.py`) decide which belong to the article. So a teaser amid the text is removed although
trafilatura kept it, and a paragraph that it missed is added.

The extra `html` brings trafilatura and lxml; both are imported at the first page. The parser is
lxml's, never `html.parser`, which is quadratic on a page of unclosed tags. What is long or nested
too deep to be a page is not parsed, and a page of very many elements is read without trafilatura, whose
time grows faster than the page.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from cleaner.engines.lazy import regex
from cleaner.errors import QuarantineError, UsageError

if TYPE_CHECKING:
    from cleaner.fitted.trees import Trees
    from cleaner.formats.html.blocks import Block
    from cleaner.formats.html.statements import Stated

MAX_CHARS: Final = 20_000_000
"""Characters of a page; a longer one is data, not a page to read."""
MAX_RUN: Final = 60
"""Opening tags of one kind with nothing between them that are kept; no page nests deeper on purpose."""
MAX_ELEMENTS: Final = 30_000
"""Elements of a page above which trafilatura is not used."""
TITLE_LINES: Final = 4
"""Lines at the head of a text among which its title is looked for."""
_MAIN: Final = regex(r"/h1\b")
"""The signature of a main heading."""
_DATES: Final = {"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}
"""How the date is looked for: not by guesses that are slow and depend on the day they are made."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a page, one paragraph a line, and the metadata that the page states (None: it does not)."""

    text: str
    title: str | None = None
    date: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed page: its blocks, the text that trafilatura gave, and what the page itself states."""

    blocks: tuple[Block, ...]
    text: str
    stated: Stated
    metadata: Any = None


def extract(html: bytes | str, *, url: str | None = None) -> Extracted:
    """Return the text of a page and its title, date, address and language.

    Bytes are decoded with the charset that the page declares where they can be that. Raises UsageError
    when the extra `html` is not installed, and QuarantineError for what cannot be parsed as a page.
    A page without text has an empty text.
    """
    page = read(html, url=url)
    if page is None:
        return Extracted("", url=url)
    found = page.metadata
    title = (found and found.title) or ""
    return Extracted(
        text=without_title(article(page), "" if is_one_of_many(page.blocks, title) else title),
        title=(found and found.title) or None,
        date=(found and found.date) or None,
        url=(found and found.url) or url,
        language=page.stated.language,
    )


def read(html: bytes | str, *, url: str | None = None) -> Reading | None:
    """Parse a page and let trafilatura look at it; None when there is nothing to parse.

    Errors as in `extract`.
    """
    _library()
    from cleaner.formats.html.blocks import blocks_of
    from cleaner.formats.html.fragments import completed, paragraphs
    from cleaner.formats.html.statements import stated

    root = _parsed(html if isinstance(html, str) else _decoded(html))
    if root is None:
        return None
    blocks = tuple(blocks_of(root))
    says = stated(root)
    pieces = paragraphs(root)
    found = _first_reading(root, url)
    return Reading(blocks, completed((found and found.text) or "", pieces), says, found)


def article(page: Reading) -> str:
    """Choose the blocks that are the text of a page and return it, one block a line.

    A page of which no block is chosen has what trafilatura found, or what it states itself.
    """
    least, found = scores(page)
    chosen = [block for block, score in zip(page.blocks, found, strict=True) if score >= least]
    return joined(chosen) if chosen else page.text or page.stated.body or page.stated.description


def joined(blocks: Iterable[Block]) -> str:
    """Return the text of blocks, one a line, and one that keeps its lines between blank ones."""
    lines: list[str] = []
    for block in blocks:
        apart = block.verbatim and "\n" in block.text
        lines += [*([""] * (apart and lines[-1:] not in ([], [""]))), block.text, *([""] * apart)]
    return "\n".join(lines).rstrip()


def without_title(text: str, title: str) -> str:
    r"""Take the title off the head of a text: it is metadata.

    >>> without_title("The Bridge\nBy the sea\nIt is closed.", "The bridge")
    'By the sea\nIt is closed.'
    """
    wanted = _letters(title)
    if not wanted:
        return text
    lines = text.split("\n")
    return "\n".join(line for k, line in enumerate(lines) if k >= TITLE_LINES or _letters(line) != wanted)


def is_one_of_many(blocks: Iterable[Block], title: str) -> bool:
    """Tell whether what was found as the title of a page is one of several headings that are made alike."""
    wanted, texts = _letters(title), dict[str, set[str]]()
    for block in blocks:
        texts.setdefault(block.node.signature, set()).add(_letters(block.text))
    found = [signature for signature, held in texts.items() if wanted in held]
    return bool(found) and all(
        len(texts[signature]) > 1 and not _MAIN.search(signature) for signature in found
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def scores(page: Reading) -> tuple[float, Sequence[float]]:
    """Return how probable a block of this kind of page must be, and how probable each one is."""
    from cleaner.formats.html.features import features, prose_words, with_page
    from cleaner.formats.html.kinds import kept_from
    from cleaner.formats.html.rows import whole_rows
    from cleaner.formats.html.threads import families, levelled, thread_share

    if not page.blocks:
        return 1.0, []
    rows, whole = features(page.blocks, page.text, page.stated)
    fitted = _trees()
    kinds = {kind: float(trees.probability(whole[None])[0]) for kind, trees in fitted.kinds.items()}
    found = fitted.blocks.probability(with_page(rows, whole))
    thread = thread_share(kinds)
    found = levelled(found, families(page.blocks), prose_words(rows), thread)
    judged: list[float] = whole_rows(found, page.blocks, thread).tolist()
    return kept_from(kinds), judged


@dataclass(frozen=True, slots=True)
class Fitted:
    """The trees that judge blocks, and for each kind of page those that recognize it."""

    blocks: Trees
    kinds: Mapping[str, Trees]


@cache
def _trees() -> Fitted:
    from cleaner.fitted.trees import from_lists

    data = json.loads((files("cleaner") / "fitted" / "html_trees.json").read_text("utf-8"))
    return Fitted(
        from_lists(data["blocks"]),
        {kind: from_lists(data[kind]) for kind in sorted(data) if kind != "blocks"},
    )


def _library() -> Any:
    """Return trafilatura; raise UsageError with the install command when it is missing."""
    try:
        import trafilatura
    except ImportError:
        message = "reading HTML needs the extra html: pip install 'cleaner[html]'"
        raise UsageError(message) from None
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())  # its remarks are not for our users
    return trafilatura


def _decoded(html: bytes) -> str:
    from cleaner.charsets.decode import decode
    from cleaner.formats.html.charset import declared_charset

    return decode(html, declared=declared_charset(html)).text


def _parsed(source: str) -> Any:
    """Parse a page; None when there is no element in it."""
    from lxml import etree
    from lxml import html as lxml_html

    if len(source) > MAX_CHARS:
        message = f"the page is {len(source)} characters long, and the limit is {MAX_CHARS}"
        raise QuarantineError(message)
    data = without_tag_runs(source.replace("\0", "")).encode("utf-8", "replace")
    if not data.strip():
        return None
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if any("depth" in entry.message for entry in parser.error_log):  # the parser has left out the rest
        message = "the elements of the page are nested too deep"
        raise QuarantineError(message)
    return root


def _first_reading(root: Any, url: str | None) -> Any:
    """Let trafilatura look at a page; None for one without text, or that it cannot read."""
    if root.xpath("count(descendant-or-self::*)") > MAX_ELEMENTS:
        return None
    try:
        return _library().bare_extraction(
            root,
            url=url,
            fast=True,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params=_DATES,
        )
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None  # the blocks are there all the same


_RUN = regex(rf"((<([a-zA-Z][\w-]*)\b[^<>]*>\s*)(?:<\3\b[^<>]*>\s*){{{MAX_RUN - 1}}})(?:<\3\b[^<>]*>\s*)+")


_CYCLE = regex(rf"(((?:<[a-zA-Z][^<>]*>\s*){{2,3}}?)\2{{{MAX_RUN - 1}}})\2+")


def without_tag_runs(source: str) -> str:
    """Shorten runs of opening tags, one or up to three in turn, that nest so deep that extraction is slow.

    >>> len(without_tag_runs("<p>Text</p>" + "<a>" * 1000)), len(without_tag_runs("<b><i>" * 1000))
    (191, 360)
    """
    return "</".join(_shortened(part) if part.count("<") > MAX_RUN else part for part in source.split("</"))


def _shortened(source: str) -> str:
    """Shorten the runs in a stretch without closing tags: no run goes beyond one."""
    return _CYCLE.sub(r"\1", _RUN.sub(r"\1", source))
