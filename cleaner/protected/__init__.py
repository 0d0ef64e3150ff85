"""Protected text: a map of what in a document is code, table, verse, list and so on.

The map is a pure function of the text. It is made once for a text, and every step asks it: nothing is
decoded in code, and nothing is joined in or removed from text whose lines carry meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from cleaner.lines import line_spans
from cleaner.model import Span
from cleaner.protected import (
    data,
    fences,
    lists,
    scholarly,
    settings,
    source,
    speech,
    stanzas,
    tables,
    verse,
)
from cleaner.protected.blocks import LITERAL, NOTHING, VERBATIM, WHOLE, Block, Kind, Protected
from cleaner.protected.claims import Claim, Sheet

__all__ = ["LITERAL", "NOTHING", "VERBATIM", "WHOLE", "Block", "Kind", "Protected", "protect"]

_ODD: Final = re.compile(r"[{}<>=|\\`$#~^_\t\[\]@*+;/&%\u2500-\u259f\u2190-\u22ff(]")
_ODD_PAIR: Final = re.compile(r"  |--|:\n|\n ")
"""What prose seldom has, and all of code, tables and formulas have; of brackets only those after a word."""
_TRAILING: Final = re.compile(r"[ \t\r\x0b\x0c\xa0\u2000-\u200a\u3000]\n")
_INLINE: Final = re.compile(
    r"(`+)(?!`)[^\n]{1,300}?(?<!`)\1(?!`)|\\\([^\n]{1,300}?\\\)"
    r"|\$(?=[^\s$])[^$\n]{0,200}?[\\^_=][^$\n]{0,200}?(?<=\S)\$(?!\d)"
)

_DETECTORS: Final[tuple[Callable[[Sheet], Iterator[Claim]], ...]] = (
    data.json_text,
    speech.subtitles,
    speech.chats,
    source.whole,
    settings.whole_yaml,
    settings.whole_settings,
    fences.front_matter,
    fences.fences,
    fences.elements,
    fences.environments,
    fences.directives,
    data.diffs,
    speech.mail_heads,
    speech.quoted,
    data.logs,
    fences.indented,
    source.paragraphs,
    tables.tables,
    data.settings,
    tables.values,
    lists.contents,
    lists.forms,
    scholarly.references,
    speech.dialogue,
    scholarly.mathematics,
    lists.glossaries,
    stanzas.stanzas,
    lists.numbered,
    lists.lists,
    verse.verse,
)
"""In the order of their certainty: a line belongs to the first that claims it."""


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=4)
def protect(text: str) -> Protected:
    r"""Return the map of what is protected in a text.

    >>> protect("Run this:\n\n```\nmake all\n```\n").kind_at(3)
    'code'
    >>> bool(protect("It rained all day in the valley."))
    False
    """
    if _SURROGATE.search(text):  # RE2 takes no lone half of a pair; what stands for it is one code point, too
        text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    sheet = _sheet(text)
    claims = _claims(sheet)
    spans = line_spans(text) if claims or "`" in text or "$" in text else []
    blocks = tuple(_blocks(claims, sheet, spans))
    return Protected(blocks, _inline(text, blocks)) if spans else NOTHING


def _sheet(text: str) -> Sheet:
    """Cut a text into lines and find the odd ones."""
    lines = text.split("\n")
    if text[-1:].isspace() or _TRAILING.search(text):
        lines = [line.rstrip() for line in lines]
    odd = {
        line for match, line in _placed(_ODD.finditer(text), text) if match[0] != "(" or _is_call(text, match)
    }
    odd |= {line + (match[0] == "\n ") for match, line in _placed(_ODD_PAIR.finditer(text), text)}
    if text[:1] == " ":
        odd.add(0)
    indented = text[:1] in (" ", "\t") or "\n " in text or "\n\t" in text
    return Sheet(text, lines, frozenset(odd), [-1] * len(lines), indented)


def _placed(matches: Iterator[re.Match[str]], text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield matches with the numbers of their lines, of each line the first that is not a bracket."""
    line, at = 0, 0
    for match in matches:
        line += text.count("\n", at, match.start())
        at = match.start()
        yield match, line


def _is_call(text: str, match: re.Match[str]) -> bool:
    """Tell whether a bracket follows a word."""
    before = text[match.start() - 1 : match.start()]
    return before.isalnum() or before == "_"


def _claims(sheet: Sheet) -> list[Claim]:
    """Ask the detectors in turn."""
    found: list[Claim] = []
    for detector in _DETECTORS:
        for claim in list(detector(sheet)):
            for i in range(claim[0], claim[1]):
                if sheet.owner[i] < 0:
                    sheet.owner[i] = len(found)
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


def _inline(text: str, blocks: tuple[Block, ...]) -> tuple[tuple[int, int, Kind], ...]:
    """Find code and formulas inside lines that are in no block of code."""
    if "`" not in text and "$" not in text and "\\(" not in text:
        return ()
    blocked = Protected(blocks)
    found: list[tuple[int, int, Kind]] = []
    for match in _INLINE.finditer(text):
        if not blocked.covers(*match.span(), LITERAL):
            found.append((*match.span(), "code" if match[1] else "mathematics"))
    return tuple(found)
