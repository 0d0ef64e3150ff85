"""Finds in data that is not UTF-8 the lines that are, and damaged UTF-8."""

from __future__ import annotations

from typing import Final

from cleaner.charsets.east_asian import east_score, east_scores
from cleaner.charsets.scores import Pairs, plain_floor, single_byte_scores
from cleaner.charsets.strays import read_damaged
from cleaner.engines.lazy import regex
from cleaner.model import Span

_SEQUENCE: Final = regex(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}".encode()
"""What another program left in a file of any encoding where it could not decode: no evidence."""
_FOREIGN: Final = -14.0
"""What a character costs that is of no script of the text, or a byte that is no part of a character."""
_ASCII: Final = bytes(range(0x80))
_TRANSCODED: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874",
)  # fmt: skip


def utf8_lines(data: bytes) -> list[Span]:
    r"""Return the byte ranges of the lines that are UTF-8, or UTF-8 with a few damaged bytes.

    Lines that are ASCII are in no range: they are the same in both encodings.

    >>> utf8_lines("café\n".encode() + b"caf\xe9\n")
    [(0, 6)]
    """
    spans: list[Span] = []
    at = 0
    while match := _SEQUENCE.search(data, at):
        start = data.rfind(b"\n", 0, match.start()) + 1
        at = data.find(b"\n", match.end()) + 1 or len(data)
        line = data[start:at]
        covered = sum(len(found) for found in _SEQUENCE.findall(line) if found != _REPLACEMENT)
        bad = len(line.translate(None, _ASCII).replace(_REPLACEMENT, b"")) - covered
        if covered >= 2 * bad and (covered or not bad):
            spans.append((start, at))
    return spans


def outside(data: bytes, spans: list[Span]) -> list[Span]:
    """Return the ranges between the given ones."""
    edges = [0, *(edge for span in spans for edge in span), len(data)]
    return [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2) if edges[i] < edges[i + 1]]


def better_as_utf8(lines: bytes, encoding: str | None) -> bool:
    """Tell whether lines that can be UTF-8 are more probable as that than in the encoding of the others."""
    if encoding is None:
        return True
    text, _ = read_damaged(lines)
    others = [
        score.total for score in (*single_byte_scores(lines, [encoding]), *east_scores(lines, [encoding]))
    ]
    return not others or text_score(text) > max(others)


def text_score(text: str) -> float:
    """Return the logarithm of the probability of a text in its best language."""
    floor = plain_floor(Pairs.of(text.encode("utf-8", "replace")))
    totals = [
        east_score(text, "utf-8", language, 0.0, floor).total for language in ("zh-cn", "zh-tw", "ja", "ko")
    ]
    for encoding in _TRANSCODED:
        data = text.encode(encoding, "replace")
        missing = data.count(b"?") - text.count("?")
        totals += (score.total + _FOREIGN * missing for score in single_byte_scores(data, [encoding]))
    return max(totals)
