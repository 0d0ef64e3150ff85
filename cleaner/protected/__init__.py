"""Protected text: a map of what in a document is code, table, verse, list and so on.

The map is a pure function of the text. It is made once for a text, and every step asks it: nothing is
decoded in code, and nothing is joined in or removed from text whose lines carry meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from xxhash import xxh3_128_digest

from cleaner.engines.lazy import regex
from cleaner.lines import line_spans, remembered
from cleaner.model import Span
from cleaner.protected import (
    data,
    lists,
    scholarly,
    speech,
    stanzas,
    tables,
    verse,
)
from cleaner.protected.blocks import LITERAL, NOTHING, VERBATIM, WHOLE, Block, Kind, Protected
from cleaner.protected.claims import Claim, Sheet
from cleaner.protected.code import dumps, fences, settings, source
from cleaner.protected.looking import look
from cleaner.protected.marks import BACKSLASH, DOLLAR, RAISED, SURROGATE, TICK
from cleaner.protected.shapes import DOTTED, FIELDS, LOGGED, PAGES, ROWS, SAID, STATEMENTS, TERMS

__all__ = ["LITERAL", "NOTHING", "VERBATIM", "WHOLE", "Block", "Kind", "Protected", "protect"]

_INLINE: Final = regex(
    r"(`{1,50}+)(?!`)[^\n]{1,300}?(?<!`)\1(?!`)|\\\([^\n]{1,300}?\\\)"
    r"|\$(?=[^\s$])[^$\n]{0,200}?[\\^_=][^$\n]{0,200}?(?<=\S)\$(?!\d)"
)

_DETECTORS: Final[tuple[tuple[Callable[[Sheet], Iterator[Claim]], int], ...]] = (
    (data.json_text, 0),
    (speech.subtitles, 0),
    (speech.chats, SAID),
    (source.markup, 0),
    (dumps.roff, DOTTED),
    (dumps.catalogues, 0),
    (source.whole, 0),
    (settings.whole_yaml, 0),
    (settings.whole_settings, 0),
    (fences.front_matter, 0),
    (fences.fences, 0),
    (fences.elements, 0),
    (fences.environments, 0),
    (fences.directives, 0),
    (data.diffs, 0),
    (dumps.armour, 0),
    (dumps.encoded, 0),
    (dumps.paths, 0),
    (dumps.counted, 0),
    (speech.mail_heads, FIELDS),
    (speech.quoted, 0),
    (data.logs, LOGGED),
    (fences.indented, 0),
    (source.paragraphs, STATEMENTS),
    (tables.tables, ROWS),
    (data.settings, 0),
    (tables.values, 0),
    (lists.contents, PAGES),
    (lists.forms, 0),
    (scholarly.references, 0),
    (speech.dialogue, 0),
    (scholarly.mathematics, 0),
    (lists.glossaries, TERMS),
    (stanzas.stanzas, 0),
    (lists.numbered, 0),
    (lists.lists, 0),
    (lists.words, 0),
    (verse.verse, 0),
)
"""In the order of their certainty: a line belongs to the first that claims it; each with what a text must have."""


_SURROGATES: Final = regex("[\ud800-\udfff]")


_KNOWN: Final[dict[bytes, Protected]] = {}
_KEPT: Final = 8192
"""Maps that are kept by the digest of their text, some megabytes: stages ask for those of earlier ones.

Within a batch, one text is asked about many times: that is what the smaller cache is for.
"""


@remembered
def protect(text: str) -> Protected:
    r"""Return the map of what is protected in a text.

    >>> protect("Run this:\n\n```\nmake all\n```\n").kind_at(3)
    'code'
    >>> bool(protect("It rained all day in the valley."))
    False
    """
    digest = xxh3_128_digest(text.encode("utf-8", "surrogatepass"))
    found = _KNOWN.get(digest)
    if found is None:
        if len(_KNOWN) >= _KEPT:
            del _KNOWN[next(iter(_KNOWN))]
        found = _KNOWN[digest] = _protected(text)
    return found


def _protected(text: str) -> Protected:
    """Make the map of a text."""
    sheet = _sheet(text)
    if sheet.seen & SURROGATE:  # RE2 takes no lone half of a pair; what stands for it is one code point, too
        text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
        sheet = _sheet(text)
    claims = _claims(sheet)
    spans = line_spans(text) if claims or sheet.seen & (TICK | DOLLAR) else []
    blocks = tuple(_blocks(claims, sheet, spans))
    return Protected(blocks, tuple(_inline(sheet, blocks, spans))) if spans else NOTHING


def _sheet(text: str) -> Sheet:
    """Cut a text into lines and look at them."""
    marks, shapes, stripped = look(text)
    lines = text.split("\n")
    return Sheet(text, [line.rstrip() for line in lines] if stripped else lines, marks, shapes)


def _claims(sheet: Sheet) -> list[Claim]:
    """Ask the detectors in turn."""
    found: list[Claim] = []
    for detector, needed in _DETECTORS:
        if needed and not sheet.shapes.text & needed:
            continue
        for claim in list(detector(sheet)):
            sheet.take(len(found), claim[0], claim[1])
            found.append(claim)
        if found and found[-1][:2] == (0, len(sheet.lines)):
            break
    return found


def _blocks(claims: list[Claim], sheet: Sheet, spans: list[Span]) -> Iterator[Block]:
    """Yield the blocks: lines of one claim that follow each other, without blank ones at their ends."""
    i, count = 0, len(spans)
    while i < count:
        owner, first = sheet.owner[i], i
        while i < count and sheet.owner[i] == owner:
            i += 1
        stop = i
        if owner < 0:
            continue
        while first < stop and not sheet.lines[first]:
            first += 1
        while stop > first and not sheet.lines[stop - 1]:
            stop -= 1
        if first < stop:
            yield Block(first, stop, spans[first][0], spans[stop - 1][1], claims[owner][2])


def _inline(sheet: Sheet, blocks: tuple[Block, ...], spans: list[Span]) -> Iterator[tuple[int, int, Kind]]:
    """Find code and formulas inside lines that are in no block of code."""
    blocked = Protected(blocks)
    for i in sheet.marked(TICK | DOLLAR | BACKSLASH):
        marks = sheet.marks[i]
        if i < len(spans) and (marks & (TICK | BACKSLASH) or marks & RAISED):
            for match in _INLINE.finditer(sheet.text, *spans[i]):
                if not blocked.covers(*match.span(), LITERAL):
                    yield (*match.span(), "code" if match[1] else "mathematics")
