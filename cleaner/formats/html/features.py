"""What is measured of each block of a page, for the trees that choose the article's blocks.

Nothing here is specific to a site. The numbers describe what a block looks like, what class names
around it indicate, how much of it, of its neighbours, of its parents and of the blocks made like it is in the text
that a first extraction gave, and where it stands relative to that text.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.lazy import regex
from cleaner.formats.html.blocks import NAMES, WORD, Block, Node
from cleaner.formats.html.kinds import measures
from cleaner.formats.html.statements import Stated
from cleaner.language.vocabulary import FUNCTION_WORDS, FURNITURE_WORDS

Matrix: TypeAlias = NDArray[np.float64]

GRAM: Final = 4
_COMMON: Final = 12
"""Number of occurrences in a page over which a word sequence does not tell where a text is."""
_END: Final = regex(r"[.!?…。！？][\"'”’»“)\]]*$")
_SENTENCE: Final = regex(r"[.!?](?=\s|$)")
_DATE: Final = regex(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_TAGS: Final = ("p", "h1", "h2", "h3", "h4", "li", "div", "figcaption", "pre", "td")
_AROUND: Final = (
    "article",
    "main",
    "section",
    "figure",
    "ul",
    "ol",
    "table",
    "blockquote",
    "footer",
    "nav",
    "h2",
)
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_log = math.log1p


def coverage(page: Sequence[str], text: Sequence[str]) -> bytearray:
    """Mark the words of a page that a text has too, in the same order.

    They are those of the longest chain of common 4-grams that rises in both, so a sentence that a
    page holds twice is marked once, where it fits.

    >>> list(coverage("x a b c d e y a b c d".split(), "a b c d e".split()))
    [0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    """
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in range(len(page) - GRAM + 1):
        places[tuple(page[i : i + GRAM])].append(i)
    tails: list[int] = []
    last: list[int] = []
    points: list[int] = []
    back: list[int] = []
    for j in range(len(text) - GRAM + 1):
        found = places.get(tuple(text[j : j + GRAM]), ())
        if len(found) > _COMMON:
            continue
        for i in reversed(found):
            k = bisect_left(tails, i)
            tails[k : k + 1], last[k : k + 1] = [i], [len(points)]
            points.append(i)
            back.append(last[k - 1] if k else -1)
    marked = bytearray(len(page))
    at = last[-1] if last else -1
    while at >= 0:
        marked[points[at] : points[at] + GRAM] = b"\1" * GRAM
        at = back[at]
    return marked


def shares(blocks: Sequence[Block], text: str) -> list[float]:
    """Return the share of each block's words that a text has, in the same order."""
    marked = coverage([word for block in blocks for word in block.words], WORD.findall(text.lower()))
    found, at = [], 0
    for block in blocks:
        size = len(block.words)
        found.append(sum(marked[at : at + size]) / size if size else 0.0)
        at += size
    return found


def features(blocks: Sequence[Block], text: str, page: Stated) -> tuple[Matrix, Matrix]:
    """Measure all blocks of a page, shape (blocks, features), and the page as a whole, shape (measures,).

    `text` is the result of the first extraction, `page` what the page states about itself.
    """
    looks = [_look(block) for block in blocks]
    found = shares(blocks, text)
    _sum_up(blocks, looks, found)
    columns = [
        np.array(looks),
        np.array([_attributes(block) for block in blocks]),
        _containers(blocks, looks, found),
        _families(blocks, looks, found),
        _neighbours(blocks, looks, found),
        _position(blocks, looks, found),
        _stated(blocks, page.body, page.description),
    ]
    return np.hstack(columns), np.array(measures(blocks, page, looks, found))


def with_page(rows: Matrix, page: Matrix) -> Matrix:
    """Set the measures of a page beside those of each of its blocks."""
    return np.hstack([rows, np.broadcast_to(page, (len(rows), len(page)))])


def prose_words(rows: Matrix) -> Matrix:
    """Return the words of each block of prose, and 0 for the others."""
    words: Matrix = np.expm1(rows[:, _PROSE])
    return words


_WORDS, _LINKED, _ENDS, _PROSE = 0, 1, 2, 3


def _look(block: Block) -> list[float]:
    """Measure the text of a block; the first four are read by others."""
    words, text = block.words, block.text
    count = len(words) or 1
    linked = min(1.0, block.link_chars / (sum(map(len, text.split())) or 1))
    functions = sum([word in FUNCTION_WORDS for word in words]) / count
    furniture = sum([word in FURNITURE_WORDS for word in words])
    plain = WORD.findall(text)
    prose = len(words) if len(words) >= 8 and linked < 0.4 and functions > 0.15 else 0
    return [
        _log(len(words)),
        linked,
        _END.search(text) is not None,
        _log(prose),
        functions,
        furniture / count,
        _log(furniture),
        sum([word[0].isupper() for word in plain]) / count,
        sum([word.isupper() and len(word) > 1 for word in plain]) / count,
        _digits(text) / len(text),
        _log(text.count(",")),
        _log(len(_SENTENCE.findall(text))),
        _DATE.search(text) is not None,
        "|" in text,
        text[-1] == ":",
        text[0].islower(),
    ]


def _digits(text: str) -> int:
    """Count the digits of a text.

    >>> _digits("24 m²"), _digits("24 m")
    (3, 2)
    """
    if text.isascii():
        return sum(map(text.count, "0123456789"))
    return sum([char.isdigit() for char in text])


def _attributes(block: Block) -> list[float]:
    """Return which tags and class names enclose a block."""
    node = block.node
    near = node.own
    for above in _up(node.parent, 2):
        near |= above.own
    return [
        *(node.tag == tag for tag in _TAGS),
        *(tag in node.tags for tag in _AROUND),
        *(near >> k & 1 for k in range(len(NAMES))),
        *(node.bits >> k & 1 for k in range(len(NAMES))),
        node.hidden,
        node.depth / 30,
    ]


def _up(node: Node | None, most: int) -> Iterator[Node]:
    """Yield a node and those above it, `most` at most."""
    while node is not None and most:
        yield node
        node, most = node.parent, most - 1


def _sum_up(blocks: Sequence[Block], looks: Sequence[Sequence[float]], found: Sequence[float]) -> None:
    """Add the numbers of each block to all nodes around it."""
    for block, look, share in zip(blocks, looks, found, strict=True):
        words = len(block.words)
        prose = words if look[_PROSE] else 0
        node: Node | None = block.node
        while node is not None:
            node.words += words
            node.found += words * share
            node.prose += prose
            node.linked += words * look[_LINKED]
            node.blocks += 1
            node = node.parent


def _containers(blocks: Sequence[Block], looks: Sequence[Sequence[float]], found: Sequence[float]) -> Matrix:
    """Return how deep each block is below the element of the article.

    That is the deepest one with nine or six tenths of the extracted words, or with half of all prose.
    """
    extracted = sum(len(block.words) * share for block, share in zip(blocks, found, strict=True))
    prose = sum(len(block.words) for block, look in zip(blocks, looks, strict=True) if look[_PROSE])
    ends = [
        _deepest(blocks, "found", 0.9 * extracted),
        _deepest(blocks, "found", 0.6 * extracted),
        _deepest(blocks, "prose", 0.5 * prose),
    ]
    rows = []
    known: dict[tuple[int, int], tuple[float, float, int]] = {}
    for block in blocks:
        row: list[float] = []
        for k, end in enumerate(ends):
            key = (k, id(block.node))
            if key not in known:
                known[key] = _below(block.node, end)
            inside, steps, bits = known[key]
            row += (inside, steps)
            if k == 0:
                row += (float(bits >> bit & 1) for bit in range(len(NAMES)))
        rows.append(row)
    return np.array(rows)


def _deepest(blocks: Sequence[Block], name: str, least: float) -> Node | None:
    """Find the deepest element of which a sum is at least so much."""
    best: Node | None = None
    if least <= 0:
        return None
    for block in blocks:
        node: Node | None = block.node
        while node is not None and getattr(node, name) < least:
            node = node.parent
        if node is not None and (best is None or node.depth > best.depth):
            best = node
    return best


def _below(node: Node, end: Node | None) -> tuple[float, float, int]:
    """Tell whether a node is in another, how many steps below, and what the names on the way indicate."""
    steps = bits = 0
    at: Node | None = node
    while at is not None and at is not end:
        bits |= at.own
        at = at.parent
        steps += 1
    return (1.0, _log(steps), bits) if at is not None else (0.0, 0.0, 0)


def _families(blocks: Sequence[Block], looks: Sequence[Sequence[float]], found: Sequence[float]) -> Matrix:
    """Sum up the elements around each block, and the blocks that are made like it."""
    total = sum(len(block.words) for block in blocks) or 1
    alike: dict[str, list[float]] = {}
    for block, look, share in zip(blocks, looks, found, strict=True):
        sums = alike.setdefault(block.node.signature, [0.0, 0.0, 0.0, 0.0])
        size = len(block.words)
        for k, value in enumerate((1.0, size, size * share, size * look[_LINKED])):
            sums[k] += value
    rows = []
    for block in blocks:
        count, words, extracted, linked = alike[block.node.signature]
        some = max(words, 1.0)
        row = [_log(count), extracted / some, linked / some, _log(words / count), words / total]
        parent = block.node.parent or block.node
        for node in (block.node, parent, parent.parent or parent):
            some = max(node.words, 1.0)
            row += [node.found / some, node.prose / some, node.linked / some, node.words / total]
            row.append(_log(node.blocks))
        rows.append(row)
    return np.array(rows)


def _neighbours(blocks: Sequence[Block], looks: Sequence[Sequence[float]], found: Sequence[float]) -> Matrix:
    """Measure the neighbours before and after each block."""
    size = len(blocks)
    rows = []
    for k, block in enumerate(blocks):
        row = [found[k]]
        for step in (-3, -2, -1, 1, 2, 3):
            row.append(found[k + step] if 0 <= k + step < size else 0.0)
        for other in (k - 1, k + 1):
            if not 0 <= other < size:
                row += [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
                continue
            node, look = blocks[other].node, looks[other]
            row += [look[_WORDS], look[_LINKED], look[_ENDS], look[_PROSE]]
            row += [node.tag in _HEADINGS, node.signature == block.node.signature]
            row.append(node.parent is block.node.parent)
        rows.append(row)
    return np.array(rows, np.float64)


def _position(blocks: Sequence[Block], looks: Sequence[Sequence[float]], found: Sequence[float]) -> Matrix:
    """Return where each block is in the page and relative to what was extracted and to the headline."""
    size = len(blocks)
    hits = [k for k, share in enumerate(found) if share > 0.5]
    first, last = (hits[0], hits[-1]) if hits else (0, size)
    headline = next((k for k, block in enumerate(blocks) if "h1" in block.node.tags), -1)
    total = sum(len(block.words) for block in blocks) or 1
    extracted = sum(len(block.words) * share for block, share in zip(blocks, found, strict=True)) or 1
    seen: set[str] = set()
    words, prose, hit = 0, 0, 0.0
    rows = []
    for k, (block, look) in enumerate(zip(blocks, looks, strict=True)):
        rows.append([
            k / size, words / total, hit / extracted,
            _log(max(0, first - k)), _log(max(0, k - last)), _log(max(0, k - first)), _log(max(0, last - k)),
            headline >= 0 and k > headline, _log(abs(k - headline)) if headline >= 0 else 5.0, _log(k - prose),
            block.text in seen,
        ])  # fmt: skip
        seen.add(block.text)
        prose = k if look[_PROSE] else prose
        words += len(block.words)
        hit += len(block.words) * found[k]
    return np.array(rows, np.float64)


def _stated(blocks: Sequence[Block], stated: str, description: str) -> Matrix:
    """Compare with what the page itself states as its article and its summary."""
    in_stated = shares(blocks, stated) if stated else [0.0] * len(blocks)
    gone = [1.0 - share if stated else 0.0 for share in in_stated]
    summary = WORD.findall(description.lower())
    grams = {tuple(summary[i : i + GRAM]) for i in range(len(summary) - GRAM + 1)}
    in_summary = [
        sum(tuple(block.words[i : i + GRAM]) in grams for i in range(len(block.words) - GRAM + 1))
        / max(1, len(block.words) - GRAM + 1)
        for block in blocks
    ] if grams else [0.0] * len(blocks)  # fmt: skip
    return np.column_stack([in_stated, gone, in_summary, [float(bool(stated))] * len(blocks)])
