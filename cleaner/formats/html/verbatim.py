"""What of a page keeps its lines and white space: `<pre>` and what is styled like it; and the cells of tables.

Code, poems and tables of plain text are worth nothing without their layout, so such an element becomes
one block with the text as a browser would show it. The cells of a row become one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from cleaner.engines.lazy import regex

PRE_TAGS: Final = frozenset(("pre", "listing", "xmp", "plaintext"))
"""Elements that show their text as it was typed."""
SKIPPED_TAGS: Final = frozenset((
    "script", "style", "template", "button", "svg", "noscript", "textarea", "select",
))  # fmt: skip
"""Elements in them that show no text, or a button for copying it."""
LINE_TAGS: Final = frozenset(("div", "p", "li", "tr", "blockquote", "ol", "ul", "table", "section"))
"""Elements in them that begin a line of their own."""
CELL_CHARS: Final = 200
"""Characters of a cell that may be beside others in one line."""
CELL_ELEMENTS: Final = 6
"""Elements in such a cell."""
_ITEMS: Final = frozenset(("p", "div", "li"))
_BLOCKERS: Final = frozenset((
    "table", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "form", "section", "article", "nav", "aside", "header",
    "footer", "main", "figure", "blockquote", "details", "fieldset", "script", "style", "img", "input", "select",
))  # fmt: skip
"""Elements that make a cell more than a few words."""
_STYLED: Final = regex(r"white-space\s*:\s*(?:pre|break-spaces)")
_NAMED: Final = regex(r"(?:^|\s)whitespace-pre(?:-wrap|-line)?(?:\s|$)")
_GUTTER: Final = regex(
    r"(?i)(?:^|[\s_-])(?:gutter|line-?no(?:s|\b)|line-?num(?:ber)?s?|blob-num|lnum|rouge-gutter)"
)
_NUMBERS: Final = regex(r"\s*\d+(?:\s+\d+)*\s*")
_INDENT: Final = regex("^[ \t\N{NO-BREAK SPACE}]+", re.M)
_NBSP: Final = "\N{NO-BREAK SPACE}"


def is_verbatim(element: Any, tag: str) -> bool:
    """Tell whether the text of an element keeps its lines; one that holds other blocks does so only as `<pre>`."""
    if tag in PRE_TAGS:
        return True
    get = element.attrib.get
    if not (_NAMED.search(get("class", "")[:400]) or _STYLED.search(get("style", "")[:400])):
        return False
    return tag in LINE_TAGS and not any(child.tag in LINE_TAGS for child in element.iterdescendants())


def verbatim_text(element: Any) -> str:
    """Return the text of an element as it is laid out; empty for a column of line numbers."""
    text = "".join(_pieces(element)).replace("\r\n", "\n").replace("\r", "\n")
    if _counts(text):
        return ""
    if text.count(_NBSP) > text.count(" "):  # an editor that writes every space so
        text = text.replace(_NBSP, " ")
    text = _INDENT.sub(lambda found: found.group().replace(_NBSP, " "), text)
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()


def _pieces(element: Any) -> Iterator[str]:
    """Yield the pieces of text in an element, with a line end where an element begins or ends a line."""
    fresh = True
    waiting: list[tuple[Any, bool]] = [(element, True)]
    while waiting:
        at, entered = waiting.pop()
        if not entered:
            piece = ("\n" if at.tag in LINE_TAGS and not fresh else "") + (at.tail or "")
        elif at.tag == "br":
            piece = "\n" + (at.tail or "")
        elif not isinstance(at.tag, str) or at.tag in SKIPPED_TAGS or (at is not element and _is_gutter(at)):
            piece = at.tail or ""
        else:
            piece = ("\n" if at.tag in LINE_TAGS and not fresh else "") + (at.text or "")
            if at is not element:
                waiting.append((at, False))
            waiting += ((child, True) for child in reversed(at))
        if piece:
            fresh = piece.endswith("\n")
            yield piece


def _is_gutter(element: Any) -> bool:
    """Tell whether an element holds the numbers of lines."""
    if not _GUTTER.search(element.attrib.get("class", "")[:200]):
        return False
    return _NUMBERS.fullmatch("".join(element.itertext())[:10_000] or "0") is not None


def _counts(text: str) -> bool:
    r"""Tell whether a text is nothing but numbers that count lines.

    >>> _counts("8\n9\n10"), _counts("8"), _counts("8\n8\n8"), _counts("one\ntwo")
    (True, False, False, False)
    """
    if "\n" not in text.strip() or not _NUMBERS.fullmatch(text):
        return False
    return all(int(after) == int(before) + 1 for before, after in pairwise(text.split()))


def is_simple_cell(cell: Any) -> bool:
    """Tell whether a cell holds a few words, in one block at most, so that it shares a line with others."""
    if not len(cell):
        return True
    size, blocks = len(cell.text or ""), 0
    for count, element in enumerate(cell.iterdescendants(), start=1):
        tag = element.tag
        if count > CELL_ELEMENTS or tag in PRE_TAGS or tag == "br" or tag in _BLOCKERS:
            return False
        blocks += tag in _ITEMS
        size += len(element.text or "") + len(element.tail or "")
        if blocks > 1 or size > CELL_CHARS:
            return False
    return True


def cell_pieces(cell: Any) -> Iterator[tuple[str, bool]]:
    """Yield the text of a simple cell in pieces, and of each whether it is that of a link."""
    from lxml import etree

    links = 0
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        step = 1 if event == "start" else -1
        links += step * (element.tag == "a")
        if event == "start":
            space = " " if element.tag in _ITEMS else ""
            yield space + (element.text or ""), links > 0
        elif element is not cell and element.tail:
            yield element.tail, links > 0


def linked_chars(element: Any) -> int:
    """Count the characters, white space left out, of the links in an element."""
    return sum(sum(map(len, "".join(link.itertext()).split())) for link in element.iter("a"))
