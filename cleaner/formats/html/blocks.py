"""The blocks of an HTML page: its text in order, and where in the tree each piece of it stands.

A block is what a reader sees as one paragraph, heading, list item, table cell or caption. The walk is
one loop over the tree, so neither the depth nor the size of a page can upset it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from cleaner.engines.lazy import regex
from cleaner.formats.html.verbatim import (
    cell_pieces,
    is_simple_cell,
    is_verbatim,
    linked_chars,
    verbatim_text,
)

HIDDEN_TAGS: Final = frozenset((
    "script", "style", "template", "svg", "iframe", "head", "select", "option", "datalist", "textarea",
    "canvas", "object", "embed", "audio", "video", "map", "noscript", "math", "input",
))  # fmt: skip
"""Elements that show no text of the page."""
UNSCRIPTED: Final = HIDDEN_TAGS - {"noscript"}
"""The same for a page that is drawn by a script and has its text in `<noscript>`."""
LEAST_UNSCRIPTED: Final = 20
"""Words in `<noscript>` below which it only asks for scripts."""
BLOCK_TAGS: Final = frozenset((
    "html", "body", "address", "article", "aside", "blockquote", "button", "caption", "center", "dd",
    "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li", "main",
    "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
))  # fmt: skip
WORD: Final = regex(r"\w+")
_SPACE: Final = regex(r"[ \t\r\n\f\v]+")
_BREAK: Final = "\0"
_DEEPEST: Final = 150
"""Elements around a block that are told apart; what is nested deeper stands side by side."""

_CLASSES: Final = r"""
body: article[-_]*body body[-_]*(?:text|copy|content)
    (?:entry|post|story|article|blog|page|main|news|rich|single)[-_]*(?:content|text|body)
    content[-_]*(?:body|text|main) rich-?text \bprose\b wysiwyg post-entry field-name-body
comment: comment disqus discussion repl(?:y|ies)\b respond livefyre \bfeedback
ask: share sharing social follow facebook twitter whatsapp addthis pinterest newsletter subscri sign-?up
    paywall regist log-?in opt-?in (?:^|[-_\s])cta call-to donat member premium
related: relat recommend read-?(?:more|next|also) more-?(?:stories|news|from|on|articles|posts) also
    trend popular \bmost teaser promo outbrain taboola up-?next \bnext \bprev paginat suggest latest
    recirc carousel see-?more similar
sale: (?:^|[-_\s])ads?(?:[-_\s]|$) advert sponsor banner dfp affiliate partner commerc \bdeal \bbuy
    price product shop
meta: by-?line author date (?:^|[-_\s])time publish meta (?:^|[-_\s])tags?(?:[-_\s]|$) categor
    breadcrumb kicker eyebrow contributor reading-?time writer topics?\b section-?name
caption: caption credit legend copyright attribution
media: image photo picture galler slide media video player embed figure podcast audio thumb lightbox
    tweet instagram
side: side rail aside widget column-?right secondary complement sticky float pull inset
    inline-?(?:box|module)
foot: foot(?!note|er-?note) colophon legal disclaim disclosure terms bottom after
head: header (?:^|[-_\s])top hero intro nav menu masthead toolbar search
popup: cookie consent gdpr modal pop-?up overlay dialog notice notif toast hidden hide collaps sr-only
    screen-reader
dek: sub-?(?:title|head) (?:^|[-_\s])dek standfirst summary excerpt (?:^|[-_\s])lead descri abstract
    blurb takeaways
card: card tile grid (?:^|[-_\s])item list(?:ing)?(?:[-_\s]|$) stream feed loop archive hub
form: form input button btn field quiz poll rating survey vote cart
"""
"""Class names and ids: what they indicate, and the patterns for it."""
_KINDS: Final = re.findall(r"^(\w+): (.*(?:\n    .*)*)", _CLASSES, re.M)
NAMES: Final = tuple(name for name, _ in _KINDS)
"""What class names and ids may indicate, one bit each."""
_PATTERNS: Final = tuple(re.compile("|".join(found.split())) for _, found in _KINDS)
_CAMEL: Final = regex(r"(?<=[a-z])(?=[A-Z])")
_ARTICLE_PROPERTIES: Final = ("articleBody", "text", "reviewBody")


@lru_cache(maxsize=8192)
def class_bits(names: str) -> int:
    """Return one bit for each of `NAMES` that class names and ids indicate.

    >>> [NAMES[k] for k in range(len(NAMES)) if class_bits("story-body relatedLinks") >> k & 1]
    ['body', 'related']
    """
    text = _CAMEL.sub("-", names).lower()
    return sum(1 << k for k, pattern in enumerate(_PATTERNS) if pattern.search(text))


@dataclass(slots=True, eq=False)
class Node:
    """An element that holds blocks: its place in the tree and what its attributes indicate.

    `own` are the bits of the element, `bits` those of all around it too; the numbers are sums over
    the blocks in it and are filled in by the features.
    """

    parent: Node | None
    tag: str
    depth: int
    own: int
    bits: int
    tags: frozenset[str]
    signature: str
    hidden: bool
    words: float = 0.0
    found: float = 0.0
    prose: float = 0.0
    linked: float = 0.0
    blocks: int = 0


@dataclass(slots=True, eq=False)
class Block:
    """A piece of text, the innermost element that it is a block of, and how many characters are links.

    `verbatim` tells that its lines and white space are those of the page (`verbatim.py`).
    """

    text: str
    node: Node
    link_chars: int = 0
    words: list[str] = field(default_factory=list)
    verbatim: bool = False


def blocks_of(root: Any) -> list[Block]:
    """Return the blocks of a parsed page in order; those without a word are left out."""
    found = _worded(_walk(root, HIDDEN_TAGS))
    if sum(len("".join(part.itertext()).split()) for part in root.iter("noscript")) < LEAST_UNSCRIPTED:
        return found
    other = _worded(_walk(root, UNSCRIPTED))
    words, more = (sum(len(block.words) for block in blocks) for blocks in (found, other))
    return other if more > 2 * words else found


def _worded(blocks: Iterator[Block]) -> list[Block]:
    """Return the blocks with a word in them, and fill in their words."""
    found = []
    for block in blocks:
        if block.text:
            block.words = WORD.findall(block.text.lower())
            found.append(block)
    return found


class _Buffer:
    """Collects the text of a block while the walk is inside it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._linked = 0
        self.broken = False

    def add(self, text: str | None, link: bool = False) -> None:
        """Add text, that of a link or not."""
        if not text:
            return
        self._parts.append(text)
        size = sum(map(len, text.split()))
        self._linked += size * link
        self.broken = self.broken and not size

    def line_break(self) -> None:
        """Begin a new line of the block."""
        self._parts.append(_BREAK)
        self.broken = True

    def cell(self) -> None:
        """Begin a cell beside others."""
        if any(part.strip() for part in self._parts):
            self._parts.append(" | ")

    def take(self, node: Node) -> Block:
        """Return the block so far, which is one of `node`, and begin anew."""
        text = "".join(self._parts)
        if text and not text.isspace():
            lines = [_SPACE.sub(" ", line).strip() for line in text.split(_BREAK)]
            text = "\n".join(filter(None, lines))
        else:
            text = ""
        block = Block(text, node, self._linked)
        self._parts, self._linked, self.broken = [], 0, False
        return block


def _walk(root: Any, hidden: frozenset[str]) -> Iterator[Block]:
    """Go through a tree in the order of the text; what is in elements `hidden` is left out."""
    node = Node(None, "", 0, 0, 0, frozenset(), "", False)
    buffer = _Buffer()
    # An element is on the stack twice: to be entered, and with the node inside it to be left.
    stack: list[tuple[Any, Node, Node | None, bool]] = [(root, node, None, False)]
    while stack:
        element, node, inner, link = stack.pop()
        tag = element.tag
        if inner is not None:
            if inner is not node:
                yield buffer.take(inner)
            buffer.add(element.tail, link)
            continue
        if tag == "br":
            if buffer.broken:  # the second one in a row is how old pages end a paragraph
                yield buffer.take(node)
            buffer.line_break()
            buffer.add(element.tail, link)
            continue
        if not isinstance(tag, str) or tag in hidden:
            buffer.add(element.tail, link)
            continue
        if is_verbatim(element, tag):
            yield buffer.take(node)
            yield Block(
                verbatim_text(element), _enter(node, element, tag), linked_chars(element), verbatim=True
            )
            buffer.add(element.tail, link)
            continue
        if tag in ("td", "th") and is_simple_cell(element):
            buffer.cell()
            for piece, linked in cell_pieces(element):
                buffer.add(piece, link or linked)
            buffer.add(element.tail, link)
            continue
        if tag in BLOCK_TAGS:
            yield buffer.take(node)
            inner = _enter(node, element, tag)
        else:
            inner = node
        stack.append((element, node, inner, link))
        inside = link or tag == "a"
        buffer.add(element.text, inside)
        stack.extend((child, inner, None, inside) for child in reversed(element))
    yield buffer.take(node)


def _enter(parent: Node, element: Any, tag: str) -> Node:
    """Make the node of an element."""
    get = element.attrib.get
    own = 0
    if tag not in ("html", "body"):
        own = class_bits(
            f"{get('class', '')} {get('id', '')} {get('role', '')} {get('data-testid', '')}"[:400]
        )
    if get("itemprop") in _ARTICLE_PROPERTIES:
        own |= 1 << NAMES.index("body")
    hidden = parent.hidden or "hidden" in element.attrib or get("aria-hidden") == "true"
    if not hidden and "style" in element.attrib:
        hidden = re.search(r"display\s*:\s*none", get("style")[:300]) is not None
    above = parent if parent.depth < _DEEPEST or parent.parent is None else parent.parent
    return Node(
        above,
        tag,
        above.depth + 1,
        own,
        parent.bits | own,
        parent.tags if tag in parent.tags else parent.tags | {tag},
        f"{parent.tag}/{tag}.{get('class', '')[:80]}",
        hidden,
    )
