"""What a page states about itself, apart from the text that it shows: in its head and in its structured data."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cleaner.engines.lazy import regex

MAX_STATED: Final = 2_000_000
"""Characters of structured data in a page that are read."""
MAX_OTHER: Final = 200_000
"""Characters of its texts other than an article that are compared with the page."""
MAX_DESCRIPTION: Final = 4000
"""Characters of its summary."""
MAX_ADDRESS: Final = 500
MAX_MAKER: Final = 2000
"""Characters of its address, and of what tells which program made it, that are read."""
_SUMMARIES: Final = ("og:description", "description", "twitter:description")
_TYPES: Final[Mapping[str, str]] = {
    "article": "article newsarticle blogposting reportagenewsarticle opinionnewsarticle techarticle report",
    "forum": "discussionforumposting qapage question answer comment",
    "product": "product offer aggregateoffer individualproduct productgroup",
    "review": "review aggregaterating",
    "list": "itemlist collectionpage offercatalog searchresultspage",
    "service": "service localbusiness professionalservice faqpage course event",
    "manual": "apireference howto softwareapplication softwaresourcecode",
    "organization": "organization corporation website",
    "crumbs": "breadcrumblist",
}
FAMILIES: Final = tuple(_TYPES)
"""Families of types of schema.org that tell kinds of pages apart."""
TYPES: Final[Mapping[str, str]] = {word: name for name, words in _TYPES.items() for word in words.split()}
"""The family of each type of schema.org, in lower case."""
_TAG: Final = regex(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page states about itself: types, its text as data, its summary, language, address and maker."""

    types: tuple[tuple[str, int], ...] = ()
    body: str = ""
    other: str = ""
    description: str = ""
    language: str | None = None
    og_type: str = ""
    address: str = ""
    maker: str = ""


def stated(root: Any) -> Stated:
    """Read what a page states."""
    metas: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or "").lower()
        metas[name] = metas.get(name) or element.get("content") or ""
    types, texts = _data(root)
    return Stated(
        types=tuple(sorted(types.items())),
        body=_TAG.sub(" ", max(texts["articleBody"], key=len, default="")),
        other=_TAG.sub(" ", "\n".join([*texts["text"], *texts["description"]])[:MAX_OTHER]),
        description=next((metas[name] for name in _SUMMARIES if metas.get(name)), "")[:MAX_DESCRIPTION],
        language=(root.get("lang") or "").replace("_", "-").partition("-")[0].strip().lower() or None,
        og_type=metas.get("og:type", "").lower(),
        address=(metas.get("og:url") or _canonical(root))[:MAX_ADDRESS],
        maker=f"{metas.get('generator', '')} {_marks(root)}"[:MAX_MAKER].lower().strip(),
    )


def _canonical(root: Any) -> str:
    """Return the address that a page states."""
    return next((link.get("href") or "" for link in root.iter("link") if link.get("rel") == "canonical"), "")


def _marks(root: Any) -> str:
    """Return the class names and ids of the whole page."""
    ends = (element for element in (root, root.find("body")) if element is not None)
    return " ".join(f"{element.get('class', '')} {element.get('id', '')}" for element in ends)


def _data(root: Any) -> tuple[Counter[str], dict[str, list[str]]]:
    """Return the types that the structured data of a page names, and its longer texts by key."""
    types: Counter[str] = Counter()
    texts: dict[str, list[str]] = defaultdict(list)
    room = MAX_STATED
    for element in root.iter("script"):
        data = element.text or ""
        if "ld+json" not in (element.get("type") or "") or len(data) > room:
            continue
        room -= len(data)
        try:
            value = json.loads(data, strict=False)
        except (ValueError, RecursionError):
            continue
        for key, text in _strings(value):
            if key == "@type":
                types[TYPES.get(text.lower(), "")] += 1
            else:
                texts[key].append(text)
    for kind in root.xpath("//@itemtype"):
        types[TYPES.get(kind.rstrip("/").rpartition("/")[2].lower(), "")] += 1
    return types, texts


def _strings(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the types and texts in a value read from JSON, in its order."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key in ("@type", "articleBody", "text", "description"):
                found = value.get(key)
                for text in found if isinstance(found, list) else [found]:
                    if isinstance(text, str):
                        yield key, text
            waiting += reversed([part for part in value.values() if isinstance(part, dict | list)])
        elif isinstance(value, list):
            waiting += reversed(value)
