"""What kind of page a page is: an article, a thread, a shop's page, a manual, a list of other pages.

Nothing here is specific to a site. The numbers are what the page states about itself (structured data, `og:type`,
the words of its address, the program that made it) and what its blocks look like as a whole. Trees
(`cleaner/fitted/html_trees.json`) turn them into a probability of each kind, and the kind decides how
sure one has to be of a block to keep it; the trees that judge blocks read the same numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.formats.html.blocks import NAMES, Block
from cleaner.formats.html.statements import FAMILIES, Stated

KEPT_FROM: Final[Mapping[str, float]] = {
    "article": 0.5,
    "documentation": 0.5,
    "product": 0.5,
    "forum": 0.45,
    "service": 0.4,
    "listing": 0.4,
    "collection": 0.2,
}
"""Kinds of pages, and the probability from which a block of such a page is kept.

Chosen by F1 on pages of sites that the trees had not seen: no kind is below trafilatura at its better setting.
"""
_PATHS: Final[Mapping[str, str]] = {
    "forum": "forums? threads? topics? viewtopic showthread questions? discussions? community t answers board",
    "product": "products? shop items? dp p pd sku buy store",
    "manual": "docs? documentation api reference guides? manual wiki help tutorials? learn latest stable en",
    "list": "categor(?:y|ies) collections? tags? archives? search list c browse all catalog topics resources events",
    "service": "services? solutions? pricing plans about programs? consulting care",
    "article": r"blogs? news articles? stor(?:y|ies) posts? politics sports? world business opinion (?:19|20)\d\d",
}
"""Words of addresses."""
_PROGRAMS: Final[Mapping[str, str]] = {
    "forum": "discourse phpbb vbulletin xenforo invision ipboard mybb smf flarum nodebb vanilla bbpress",
    "manual": "sphinx docusaurus mkdocs gitbook read-?the-?docs vitepress mediawiki mdbook javadoc doxygen",
    "shop": "shopify woocommerce magento prestashop bigcommerce demandware opencart squarespace-commerce",
    "blog": "wordpress blogger ghost medium substack movable",
}
"""Programs that make pages."""
_SPEECH: Final[Mapping[str, str]] = {
    "reply": "repl(?:y|ies|ied) posted quote[ds]? joined posts thread likes? upvote answered views",
    "sale": "cart basket shipping in[ ]stock sku quantity add[ ]to sold wishlist refund",
    "manual": r"parameters? returns? install example function method default version config\w*",
}
"""Words of pages of one kind."""
_OG: Final = ("article", "product", "website", "profile", "video")
_TAGS: Final = ("p", "li", "td", "tr", "div", "a", "pre", "h1", "h2", "h3", "h4", "dd", "label", "button")


def _between(words: str, edge: str, end: str) -> re.Pattern[str]:
    return re.compile(rf"(?i){edge}(?:{'|'.join(words.split())}){end}")


_IN_PATH: Final = tuple(_between(words, r"(?:^|[/._?=&-])", r"(?=$|[/._?=&-])") for words in _PATHS.values())
_MADE_BY: Final = tuple(_between(words, "", "") for words in _PROGRAMS.values())
_COUNTED: Final = (
    re.compile(r"[$€£¥₹]\s?\d|\d\s?(?:€|£|zł|kr|USD|EUR|CHF)\b"),
    re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"),
    *(_between(words, r"\b", r"\b") for words in _SPEECH.values()),
)
"""Prices, dates, and words of one kind of page."""
_HOST: Final = regex(r"\A(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]*")
_PROSE, _LINKED = 3, 1
_log = math.log1p


def measures(
    blocks: Sequence[Block], page: Stated, looks: Sequence[Sequence[float]], found: Sequence[float]
) -> list[float]:
    """Measure a page as a whole.

    `looks` are what is measured of each block's text, `found` the share of it that a first extraction gave.
    """
    return [
        *_said(page),
        *_sizes(blocks, looks, found),
        *_elements(blocks),
        *_words(blocks),
        *_families(blocks, looks),
    ]


def _said(page: Stated) -> list[float]:
    """Return what the page states."""
    types = dict(page.types)
    path = _HOST.sub("", page.address, count=1).partition("?")[0].partition("#")[0]
    return [
        *(_log(types.get(name, 0)) for name in FAMILIES),
        *(float(page.og_type.startswith(name)) for name in _OG),
        *(float(bool(pattern.search(path))) for pattern in _IN_PATH),
        *(float(bool(pattern.search(page.maker))) for pattern in _MADE_BY),
        float(bool(path)),
        float(len(path) <= 1),
        path.count("/") / 5,
        float(bool(re.search(r"\d{4}", path))),
        _log(len(path)),
        _log(path.count("-")),
        _log(len(page.body)),
        _log(len(page.other)),
        float(not page.types),
    ]


def _sizes(blocks: Sequence[Block], looks: Sequence[Sequence[float]], found: Sequence[float]) -> list[float]:
    """Measure how much there is, and how much of it is prose, links and extracted."""
    sizes = [len(block.words) for block in blocks]
    total = sum(sizes) or 1
    prose = [size for size, look in zip(sizes, looks, strict=True) if look[_PROSE]]
    linked = sum(size * look[_LINKED] for size, look in zip(sizes, looks, strict=True))
    extracted = sum(size * share for size, share in zip(sizes, found, strict=True))
    shares = [sum(prose) / total, linked / total, extracted / total]
    return [
        _log(len(blocks)),
        _log(total),
        *shares,
        _log(extracted),
        _log(len(prose)),
        max(sizes, default=0) / total,
    ]


def _elements(blocks: Sequence[Block]) -> list[float]:
    """Return which elements the blocks are, and what class names around the words indicate."""
    count = len(blocks) or 1
    tags = Counter(block.node.tag for block in blocks)
    spoken: Counter[int] = Counter()
    for block in blocks:
        spoken[block.node.bits] += len(block.words)
    total = sum(spoken.values()) or 1
    named = [sum(size for bits, size in spoken.items() if bits >> k & 1) / total for k in range(len(NAMES))]
    return [*(tags[tag] / count for tag in _TAGS), *(_log(tags[tag]) for tag in ("h1", "h2", "pre")), *named]


def _words(blocks: Sequence[Block]) -> list[float]:
    """Count prices, dates, words of shops, threads and manuals, questions and braces."""
    text = "\n".join(block.text for block in blocks)
    total = sum(len(block.words) for block in blocks) or 1
    row: list[float] = []
    for pattern in _COUNTED:
        hits = sum(1 for _ in pattern.finditer(text))
        row += [_log(hits), 100 * hits / total]
    return [*row, text.count("?") / total, text.count("{") / total]


def _families(blocks: Sequence[Block], looks: Sequence[Sequence[float]]) -> list[float]:
    """Measure the largest family of elements with prose that are made alike: an article's text, or a thread's posts."""
    total = sum(len(block.words) for block in blocks) or 1
    families: dict[str, list[int]] = {}
    for block, look in zip(blocks, looks, strict=True):
        if look[_PROSE]:
            node = block.node.parent or block.node
            families.setdefault(node.signature, []).append(len(block.words))
    largest = max(families.values(), key=sum, default=[0])
    return [sum(largest) / total, _log(len(largest)), _log(len(families))]


def kept_from(kinds: Mapping[str, float]) -> float:
    """Return how probable a block must be to be kept on a page that is of each kind with some probability.

    >>> kept_from({"article": 0.9}), kept_from({"article": 0.3, "listing": 0.3}), kept_from({})
    (0.5, 0.45, 0.5)
    """
    total = sum(kinds.values())
    if not total:
        return KEPT_FROM["article"]
    return round(sum(KEPT_FROM[kind] * value for kind, value in kinds.items()) / total, 6)
