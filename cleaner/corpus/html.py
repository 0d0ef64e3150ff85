"""HTML in: trafilatura finds the text of a page and what it says about itself.

The extra `html` brings trafilatura and lxml; both are imported at the first page. The parser is
lxml's, never `html.parser`, which is quadratic on a page of unclosed tags. What is long beyond reason
is not parsed, and runs of one opening tag are cut short, as extraction is slow on what nests deep.
"""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from cleaner.errors import QuarantineError, UsageError

MAX_CHARS = 20_000_000
"""Characters of a page; a longer one is data, not a page to read."""
MAX_RUN = 60
"""Opening tags of one kind with nothing between them that are kept; no page nests deeper on purpose."""


SCANT = 0.4
"""Share of the generous extraction below which the precise one is taken to have failed."""
PARAGRAPH_CHARS = 60
"""Characters of a paragraph that counts as one of an article."""
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
    text, found = ("", None) if tree is None else _extraction(trafilatura, tree, url)
    if found is None:
        return Extracted("", url=url)
    return Extracted(
        text=body_of(text, found.title or ""),
        title=found.title or None,
        date=found.date or None,
        url=found.url or url,
        language=found.language or None,
    )


def _extraction(trafilatura: Any, tree: Any, url: str | None) -> tuple[str, Any]:
    """Extract twice, and give the text with what else was found (None: nothing).

    The precise extraction knows where the article begins and ends, the generous one has its lists,
    tables and headings. Where the precise one finds next to nothing, the generous one counts alone.
    """
    options = {"url": url, "include_comments": False, "include_tables": True, "with_metadata": True}
    precise = trafilatura.bare_extraction(deepcopy(tree), favor_precision=True, **options)
    generous = trafilatura.bare_extraction(deepcopy(tree), favor_recall=True, **options)
    if precise is None or generous is None:
        found = precise or generous
        return (found.text or "" if found else ""), found
    text, more = completed(precise.text or "", paragraphs(tree)), generous.text or ""
    if len(text) < SCANT * len(more):
        return more, generous
    return within_bounds(text, more), precise


def within_bounds(text: str, more: str) -> str:
    r"""Give `more` from the first to the last line that it shares with `text`; `text` when it lacks lines of it.

    >>> within_bounds("One.\nThree.", "Menu\nOne.\n- Two\nThree.\nMore")
    'One.\n- Two\nThree.'
    """
    wanted = {" ".join(line.split()) for line in text.split("\n") if line.strip()}
    lines = more.split("\n")
    shared = [k for k, line in enumerate(lines) if " ".join(line.split()) in wanted]
    if not shared:
        return text
    inside = lines[shared[0] : shared[-1] + 1]
    there = {" ".join(line.split()) for line in inside}
    lost = sum(len(line) for line in wanted if line not in there)
    return "\n".join(inside) if lost <= 0.1 * len(text) else text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a page: its text, and the kind of element that it stands in (tag and classes)."""

    text: str
    place: tuple[str, str, str]


def paragraphs(tree: Any) -> list[Paragraph]:
    """Give the longer paragraphs of a page, less those in lists, quotations, asides and the like."""
    found = []
    for element in tree.iter("p"):
        text = " ".join("".join(element.itertext()).split())
        if len(text) < PARAGRAPH_CHARS:
            continue
        above = [element, *element.iterancestors()]
        if any(parent.tag in _OUTSIDE for parent in above) or _is_extra(above[:5]):
            continue
        parent = above[1] if len(above) > 1 else element
        found.append(Paragraph(text, (str(parent.tag), parent.get("class", ""), element.get("class", ""))))
    return found


def _is_extra(elements: list[Any]) -> bool:
    names = " ".join(f"{found.get('class', '')} {found.get('id', '')}" for found in elements)
    return bool(_EXTRA.search(names))


def completed(text: str, page: list[Paragraph]) -> str:
    """Put back paragraphs of an article of which the extractor saw one of several containers.

    An article that is cut in pieces by advertisements loses more than half of itself. What is missing
    stands in elements of the same kind as what was found, and there is about as much of it, up to
    three times: a page with far more is a list of other articles, one with less has a box under it.
    """
    lines = text.split("\n")
    known = {" ".join(line.split()): k for k, line in enumerate(lines)}
    found, missing = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for paragraph in page:
        (found if paragraph.text in known else missing)[paragraph.place] += len(paragraph.text)
    places = {place for place in missing if found[place] >= 0.3 * len(text)}
    lost = sum(missing[place] for place in places)
    if not 0.9 * len(text) <= lost <= 3 * len(text):
        return text
    after: dict[int, list[str]] = {}
    last = -1
    for paragraph in page:
        if paragraph.text in known:
            last = known[paragraph.text]
        elif paragraph.place in places and paragraph.text not in after.get(last, ()):
            after.setdefault(last, []).append(paragraph.text)
    whole = list(after.get(-1, ()))
    for k, line in enumerate(lines):
        whole += [line, *after.get(k, ())]
    return "\n".join(whole)


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


_OUTSIDE = frozenset(("li", "td", "aside", "footer", "nav", "figure", "blockquote", "form"))
_EXTRA = re.compile(
    r"(?i)comment|related|footer|promo|aside|teaser|newsletter|caption|sidebar|disclaimer|bio\b"
)
_RUN = re.compile(
    rf"((<([a-zA-Z][\w-]*)\b[^<>]*>\s*)(?:<\3\b[^<>]*>\s*){{{MAX_RUN - 1}}})(?:<\3\b[^<>]*>\s*)+"
)


def without_tag_runs(source: str) -> str:
    """Shorten runs of the same opening tag, which nest so deep that extraction becomes slow.

    >>> len(without_tag_runs("<p>Text</p>" + "<a>" * 1000))
    191
    """
    return _RUN.sub(r"\1", source)
