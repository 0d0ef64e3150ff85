"""What programs write for programs: bytes as letters, lists of paths, numbered logs, sources of roff, catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.protected.claims import LONGEST, Claim, Sheet, share
from cleaner.protected.marks import DIGIT, RULE, SPACE, STOP, TAB

_ARMOUR: Final = regex(r"\s*-----BEGIN ([A-Z0-9 ]+)-----$")
_ENCODED: Final = regex(r"[\w+/=.-]+$", re.ASCII)
WIDTH: Final = 32
"""Lines of letters and figures without a space, all of one width and this wide, are bytes, or a sequence of genes."""
_PATH: Final = regex(r"(?:\.{0,2}/|~/|[A-Za-z]:[\\/])\S*(?: -> \S+)?:?$")
_RELATIVE: Final = regex(r"[\w.@+-]+/[\w.@+=,%/-]*$")
PATHS: Final = 3
"""So many lines with nothing but a path are a list of files."""
_REQUEST: Final = regex(r"[.'](?:[A-Za-z][A-Za-z0-9]?(?:\s|$)|\\\")")
REQUESTS, REQUESTED = 3, 0.1
"""So many requests, of which there is one for ten lines, make a source of roff."""
_MESSAGE: Final = regex(r"\s*(?:#|\"|msg(?:id|str|ctxt))")
_MESSAGES: Final = 0.9
"""Share of the lines of a catalogue that are messages or remarks; a text in a message may have lines of its own."""
_COUNTED: Final = regex(r"(\d+) ([a-z]+) \S")
COUNTED: Final = 8
"""So many lines that count themselves are a log, when their second words are few."""
_NUMBERED: Final = 0.9
"""Share of the lines of a log that count themselves."""


def armour(sheet: Sheet) -> Iterator[Claim]:
    """Claim keys, certificates and signatures, from the line that begins one to the line that ends it."""
    stop = 0
    for i in sheet.marked(RULE) if sheet.has("-----BEGIN ") else ():
        found = _ARMOUR.match(sheet.lines[i]) if i >= stop else None
        if found is None:
            continue
        end = f"-----END {found[1]}-----"
        stop = next((k + 1 for k in range(i + 1, len(sheet.lines)) if sheet.lines[k].strip() == end), 0)
        if stop:
            yield i, stop, "code"


def encoded(sheet: Sheet) -> Iterator[Claim]:
    """Claim lines of one width without any space: bytes as letters; the last of them may be shorter."""
    sizes = sheet.shapes.sizes
    wide = (sizes >= WIDTH) & (sizes <= LONGEST) & (sheet.known.lines & (SPACE | TAB) == 0)
    if not wide.any():
        return
    last = -1
    for i in sheet.free_among(wide):
        if i <= last or not _ENCODED.match(sheet.lines[i]):
            continue
        end = i
        while end < len(sizes) and sizes[end] == sizes[i] and _ENCODED.match(sheet.lines[end]):
            end += 1
        if end - i > 1:
            end += end < len(sizes) and sizes[end] < sizes[i] and _ENCODED.match(sheet.lines[end]) is not None
            yield i, end, "code"
        last = end - 1


def paths(sheet: Sheet) -> Iterator[Claim]:
    """Claim lists of files: lines that are a path each."""
    if not sheet.has("/", "\\"):
        return
    for first, stop in sheet.runs(PATHS):
        if all(map(_is_path, sheet.lines[first:stop])):
            yield first, stop, "code"


def _is_path(line: str) -> bool:
    """Tell whether a line is a path from a root, or one of several folders or of a file.

    >>> _is_path("/usr"), _is_path("quay/lamp.md"), _is_path("quay/old/"), _is_path("he/she")
    (True, True, True, False)
    """
    if _PATH.match(line):
        return True
    return _RELATIVE.match(line) is not None and (line.count("/") > 1 or "." in line.rpartition("/")[2])


def roff(sheet: Sheet) -> Iterator[Claim]:
    """Claim a text that is a source of roff, as manual pages are written: it begins with a request or a remark."""
    if not (sheet.known.heads & STOP).any() or not sheet.free(0, len(sheet.lines)):
        return
    first = next((line for line in sheet.lines if line), "")
    if not _REQUEST.match(first):
        return
    requests = sum(line[0] in ".'" and _REQUEST.match(line) is not None for line in sheet.lines if line)
    if requests >= REQUESTS and share(requests, sum(map(bool, sheet.lines))) >= REQUESTED:
        yield 0, len(sheet.lines), "code"


def catalogues(sheet: Sheet) -> Iterator[Claim]:
    """Claim a text that is a catalogue of messages with their translations, as gettext has them."""
    if (
        not sheet.has('msgid "')
        or not sheet.has('msgstr "', "msgstr[")
        or not sheet.free(0, len(sheet.lines))
    ):
        return
    lines = [line for line in sheet.lines if line]
    if share(sum(_MESSAGE.match(line) is not None for line in lines), len(lines)) >= _MESSAGES:
        yield 0, len(sheet.lines), "code"


def counted(sheet: Sheet) -> Iterator[Claim]:
    """Claim logs whose lines count themselves: `7 info ok`."""
    if not (sheet.known.heads & DIGIT).any():
        return
    for first, stop in sheet.runs(COUNTED):
        found = [match for line in sheet.lines[first:stop] if (match := _COUNTED.match(line))]
        steps = [int(after[1]) - int(before[1]) for before, after in pairwise(found)]
        few = 2 * len({match[2] for match in found}) <= len(found)
        if few and share(len(found), stop - first) >= _NUMBERED and all(0 <= step <= 1 for step in steps):
            yield first, stop, "code"
