"""Articles that are cut in pieces: what an extractor missed of them, put back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from cleaner.engines.lazy import regex

PARAGRAPH_CHARS: Final = 60
"""Characters of a paragraph that counts as one of an article."""
_OUTSIDE: Final = frozenset(("li", "td", "aside", "footer", "nav", "figure", "blockquote", "form"))
_EXTRA: Final = regex(
    r"(?i)comment|related|footer|promo|aside|teaser|newsletter|caption|sidebar|disclaimer|bio\b"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a page: its text, and the kind of element that it is in (tag and classes)."""

    text: str
    place: tuple[str, str, str]


def paragraphs(tree: Any) -> list[Paragraph]:
    """Return the longer paragraphs of a page, less those in lists, quotations, asides and the like."""
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
    is in elements of the same kind as what was found, and there is about as much of it, up to
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
