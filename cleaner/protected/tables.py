"""Tables by pipes, rules, tabs, columns of spaces or commas; drawings made of characters; rows of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.lazy import regex
from cleaner.model import Span
from cleaner.protected.claims import LONGEST, Claim, Sheet, share
from cleaner.protected.code.filling import is_justified
from cleaner.protected.marks import DIGIT, GAP, ODD, PIPE, PLUS, TAB

_RULE: Final = regex(r"(?=.*[-=\u2500\u2501\u2550]{3})[|+:=\-\s\u2500-\u257f]+$")
_BOX: Final = regex(r"[\u2500-\u259f]")
_GAP: Final = regex(r"(?<=\S)(?: {2,}|\t+ *| *\t+)(?=\S)")
_STOP_GAP: Final = regex(r"[.!?:][\"')\u201d]*  (?=\S)")
_SYMBOL: Final = regex(r"[^\w\s.,;:'\"!?()\u2010-\u201f\-]")
_NUMBER: Final = regex(r"\s*[-+\u2212$\u20ac\u00a3]?\d[\d.,:/%]*\s*$")
_MOST_LETTERS: Final = 0.6
"""Share of letters and digits from which on a line has too few signs to be a drawing."""
_LETTERS: Final = bytes(code for code in range(128) if chr(code).isalnum())
"""The letters and digits of ASCII."""
_LEAST_ROWS: Final = 2
_MANY_ROWS: Final = 12
"""So many lines with one number of commas are rows of values, also when a space follows each."""


LONG_ROWS: Final = 3
"""So many long lines with equally many tabs are a table by themselves."""
_LABEL: Final = regex(r"\s*(?:[^\w\s]|\W?\w{1,4}[.):\]])\t")
"""A bullet or a number before a paragraph."""
_CELLS: Final = 120
"""Characters at the head of a long line among which its first cells are."""


def tables(sheet: Sheet) -> Iterator[Claim]:
    """Claim tables of every layout, with the rows among theirs that are as long as a paragraph."""
    claims = list(_tables(sheet))
    long = _long_rows(sheet)
    if not long:
        yield from claims
        return
    rows = np.zeros(len(sheet.lines), np.bool_)
    for first, stop, _ in claims:
        rows[first:stop] = True
    short = rows.copy()
    rows[long] = True
    for first, stop in _stretches(rows):
        if short[first:stop].any() or _is_tabbed(sheet.lines[first:stop]):
            yield first, stop, "table"


def _long_rows(sheet: Sheet) -> list[int]:
    """Return the free lines, longer than others of a table, that have cells."""
    wide = (sheet.shapes.sizes > LONGEST) & (sheet.known.lines & (TAB | GAP) > 0)
    if not wide.any():
        return []
    return [i for i in sheet.free_among(wide) if _has_cells(sheet.lines[i])]


def _has_cells(line: str) -> bool:
    """Tell whether a long line has a tab, which no label is before, or two wide gaps that no sentence is before."""
    head = line.lstrip()[:_CELLS]
    gaps = len(_GAP.findall(head)) - len(_STOP_GAP.findall(head))
    return gaps > 1 or ("\t" in line.strip() and not _LABEL.match(line))


def _stretches(rows: NDArray[np.bool_]) -> Iterator[Span]:
    """Yield the ranges of lines that are rows."""
    edges = np.flatnonzero(np.diff(rows.astype(np.int8), prepend=0, append=0)).tolist()
    yield from zip(edges[::2], edges[1::2], strict=True)


def _is_tabbed(lines: Sequence[str]) -> bool:
    """Tell whether lines have equally many tabs, as rows do."""
    counts = {line.strip().count("\t") for line in lines}
    return len(lines) >= LONG_ROWS and len(counts) == 1 and counts != {0}


def _tables(sheet: Sheet) -> Iterator[Claim]:
    """Claim tables whose rows are no longer than a line of prose."""
    for (first, stop), odd in zip(sheet.runs(2), sheet.counts(sheet.odd, 2), strict=True):
        if odd >= _LEAST_ROWS:
            found = (*_layouts(sheet.lines[first:stop], sheet.marks[first:stop]), _drawn(sheet, first, stop))
            yield from ((first + a, first + b, "table") for a, b in _laid_out(found))
        elif (
            stop - first >= 3
            and sheet.marks[first] & DIGIT
            and all(map(_NUMBER.match, sheet.lines[first:stop]))
        ):
            yield first, stop, "table"


def _layouts(lines: Sequence[str], marks: Sequence[int]) -> Iterator[list[bool]]:
    """Yield which lines are rows, for each layout that lines with these marks can have."""
    if any(mark & (PIPE | PLUS) for mark in marks):
        yield _piped(lines)
    if sum(mark & (GAP | TAB) > 0 for mark in marks) >= _LEAST_ROWS:
        yield _columned(lines)


def _laid_out(found: Iterable[Sequence[bool]]) -> Iterator[Span]:
    """Yield the ranges of lines that are rows of one layout: two or more."""
    for rows in found:
        start = None
        for i, row in enumerate((*rows, False)) if sum(rows) >= _LEAST_ROWS else ():
            if row:
                start = i if start is None else start
            elif start is not None:
                if i - start >= _LEAST_ROWS:
                    yield start, i
                start = None


def _piped(lines: Sequence[str]) -> list[bool]:
    """Mark rows between pipes: with a rule among them, a pipe at the head, or three with equally many."""
    counts = [line.count("|") for line in lines]
    common = Counter(count for count in counts if count)
    ruled = any("|" in line and _RULE.match(line) for line in lines)
    marks = []
    for line, count in zip(lines, counts, strict=True):
        head = line.lstrip()[:1] in ("|", "+") and count + line.count("+") >= 2
        marks.append(
            (count > 0 and (head or ruled or common[count] >= 3)) or (head and bool(_RULE.match(line)))
        )
    return marks


def _columned(lines: Sequence[str]) -> list[bool]:
    """Mark rows whose cells are kept apart by tabs or wide spaces, and the rules between them."""
    edge = max(map(len, lines))
    gaps = [
        len(_GAP.findall(line)) - len(_STOP_GAP.findall(line))
        if ("  " in line and not (len(line) == edge and is_justified(line))) or "\t" in line
        else 0
        for line in lines
    ]
    rows = sum(gap > 0 for gap in gaps)
    if rows < 2 or (rows < 3 and max(gaps) < 2 and not any("\t" in line.strip() for line in lines)):
        return [False] * len(lines)
    if share(rows, len(lines)) < 0.5:
        return [False] * len(lines)
    return (
        [True] * len(lines)
        if _aligned(lines)
        else [gap > 0 or bool(_RULE.match(line)) for gap, line in zip(gaps, lines, strict=True)]
    )


def _aligned(lines: Sequence[str]) -> bool:
    """Tell whether cells of several rows begin or end in one column."""
    starts = Counter(match.end() for line in lines for match in _GAP.finditer(line))
    return bool(starts) and starts.most_common(1)[0][1] >= max(2, 0.4 * len(lines))


def _drawn(sheet: Sheet, first: int, stop: int) -> list[bool]:
    """Mark lines that are drawings: mostly signs, or parts of boxes."""
    lines, marks = sheet.lines[first:stop], sheet.marks[first:stop]
    known = sheet.shapes.letters
    letters = map(letters_of, lines) if known is None else known[first:stop].tolist()
    return [
        (mark & ODD > 0 and not line.isascii() and _BOX.search(line) is not None)
        or (count < _MOST_LETTERS * len(line) and _has_signs(line))
        for line, mark, count in zip(lines, marks, letters, strict=True)
    ]


def letters_of(line: str) -> int:
    """Count the letters and digits of a line.

    >>> letters_of("Pier 9, été")
    8
    """
    if line.isascii():
        return len(line) - len(line.encode().translate(None, _LETTERS))
    return sum(map(str.isalnum, line))


def _has_signs(line: str) -> bool:
    """Tell whether much of a line is signs."""
    body = line.strip()
    return share(len(_SYMBOL.findall(body)), len(body.replace(" ", ""))) > 0.4


def values(sheet: Sheet) -> Iterator[Claim]:
    """Claim rows of values between commas, semicolons or tabs: at least three with equally many."""
    for first, stop in sheet.runs(3):
        lines = sheet.lines[first:stop]
        for mark in (",", ";", "\t"):
            if not lines[0].count(mark) == lines[1].count(mark) == lines[2].count(mark) > 0:
                continue
            counts = [line.count(mark) for line in lines]
            if len(lines) >= _MANY_ROWS and len(set(counts)) == 1 and counts[0]:
                yield first, stop, "table"
                break
            tight = sum(line.count(mark + " ") for line in lines)
            if (
                min(counts) >= 1
                and len(set(counts)) == 1
                and (counts[0] > 1 or len(lines) > 3)
                and tight * 4 <= sum(counts)
            ):
                yield first, stop, "table"
                break
