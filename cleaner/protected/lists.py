"""Lists, clauses, tables of contents, glossaries and forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from cleaner.engines.lazy import regex
from cleaner.protected.claims import Claim, Sheet, indent_of, share
from cleaner.protected.marks import BRACKET, COLON, DOTS, FIELD, OPEN, PARTED, SPACE, TAB
from cleaner.protected.shapes import ITEM

_BULLET: Final = regex(
    r"\s*(?:[-*+\N{BULLET}\u2023\u25a0-\u25ff\u2043\u2219\N{MIDDLE DOT}\u2713-\u2718\u27a4]|\N{EN DASH})\s+\S"
)
_LABEL: Final = regex(
    r"\s*[(\[]?(\d{1,3}|[A-Za-z]|[ivxlIVXL]{2,5}|[а-яА-Я]|[\u0391-\u03c9])[.)\]:]\s*\S"
    r"|\s*(\d{1,3})(?:\.\d{1,3})+\.?\s+\S|\s*([\u2460-\u2473\u3220-\u3229])|\s*§\s*(\d+)"
)
_NUMBER: Final = regex(r"(\d{1,3}) \D")
_LEAST_NUMBERED: Final = 4
_LEADER: Final = regex(
    r"(?:(?<!\.)\.{3,}|(?<!\s\.)(?:\s\.){3,}|(?<!\u2026)\u2026+|(?<!_)_{3,}|(?<!\u00b7)\u00b7{3,})"
    r"\s*(?:\d+|[ivxlc]+)$"
)
_PAGE_ENDS: Final = frozenset("0123456789ivxlc")
_BLANK_FIELD: Final = regex(r"_{3,}|\.{6,}|\[[ xX]?\]\s|[\u2610-\u2612]|\(\s{1,3}\)\s")
_TERM: Final = regex(
    r"\s*([^\W\d_][^:\t\u2013\u2014.,;]{0,40}?)\s*(?::\s|\t|\s[-\u2013\u2014=]\s|\s\((?:n|v|adj"
    r"|adv|m|f)\.?\)|\s(?:n|v|adj|adv|m|f)\.\s)\s*\S"
)


_SEPARATED: Final = regex(r"[:\t]|\s[-\u2013\u2014=(]|\s[a-z]{1,3}\.")
_LONGEST_TERM: Final = 60
_LEAST_TERMS: Final = 4
_TERM_REACH: Final = 4
"""Lines from one term to the next."""
Term: TypeAlias = tuple[int, re.Match[str]]
"""A line, and the match of its term."""
_MAY_BE_FIELD: Final = FIELD | BRACKET | DOTS
_PARTS: Final = COLON | TAB | PARTED
"""What a line needs for a blank to fill in, and between a term and its definition."""
_LEAST_ITEMS: Final = 2
_LOOSE: Final = 3
_LOOSE_WIDTH: Final = 100
"""Lines at the margin between two items, and how long they may be."""


LEAST_WORDS, MANY_WORDS = 12, 200
"""So many words, one a line, are a list when they are sorted, and in any order."""
LONGEST_WORD, LONGEST_UNSPACED = 40, 6
"""Characters of a word, and of one in a script that is written without spaces."""
MOSTLY: Final = 0.95
"""Share of the lines of such a list that are words, and of the pairs that are in order."""
_UNSPACED: Final = regex("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def lists(sheet: Sheet) -> Iterator[Claim]:
    """Claim lists of two items or more: with one bullet, or with labels that count on."""
    lines, done = sheet.lines, 0
    for i in sheet.shaped(ITEM):  # most lines begin with a word
        if i >= done and (mark := label(lines[i])):
            stop, items = _list_end(sheet, i, mark)
            if items >= _LEAST_ITEMS:
                yield i, stop, "list"
                done = stop


def label(line: str) -> str:
    """Return what an item begins with: its label, or `-` for any bullet; nothing for other lines.

    >>> label("(b) the wall"), label("* one"), label("It rained.")
    ('b', '-', '')
    """
    if not line[:1].isalnum() and _BULLET.match(line):
        return "-"
    match = _LABEL.match(line)
    return next((group for group in match.groups() if group), "") if match else ""


def follows(label_before: str, after: str) -> bool:
    """Tell whether a label counts on from another one.

    >>> follows("a", "b"), follows("9", "10"), follows("iv", "v"), follows("①", "②"), follows("1", "7")
    (True, True, True, True, False)
    """
    if label_before == "-" or after == "-":
        return label_before == after
    if label_before.isdecimal() and after.isdecimal():  # not the circled ones
        return int(after) - int(label_before) in (0, 1)
    if len(label_before) == len(after) == 1 and ord(after) - ord(label_before) == 1:
        return True
    return bool(re.fullmatch("[ivxl]+", label_before + after, re.IGNORECASE)) and label_before != after


def _list_end(sheet: Sheet, first: int, mark: str) -> tuple[int, int]:
    """Return the line after a list that begins on line `first`, and how many items it has."""
    lines, items, stop, i = sheet.lines, 1, first + 1, first + 1
    depth, blank, loose = indent_of(lines[first]), False, 0
    while i < len(lines):
        line = lines[i]
        if not line:
            blank, i = True, i + 1
            if i < len(lines) and not lines[i]:
                break
            continue
        found = label(line)
        if found and follows(mark, found):
            mark, items, stop = found, items + 1, i + 1
        elif indent_of(line) > depth:
            stop = i + 1
        elif blank or loose == _LOOSE or len(line) > _LOOSE_WIDTH:
            break
        else:
            loose += 1
            blank, i = False, i + 1
            continue
        loose, blank, i = 0, False, i + 1
    return stop, items


def numbered(sheet: Sheet) -> Iterator[Claim]:
    """Claim runs of four lines or more that begin with numbers which only rise: clues, courses, parts of a drawing."""
    for first, stop in sheet.runs(_LEAST_NUMBERED):
        lines = sheet.lines[first:stop]
        if not lines[-1][0].isdigit():
            continue
        head = first + (not lines[0][0].isdigit())
        numbers = [int(match[1]) if (match := _NUMBER.match(line)) else 0 for line in sheet.lines[head:stop]]
        if len(numbers) >= _LEAST_NUMBERED and all(a < b for a, b in pairwise([0, *numbers])):
            yield head, stop, "list"


def contents(sheet: Sheet) -> Iterator[Claim]:
    """Claim tables of contents: titles with leaders and pages, or with pages that only rise."""
    for first, stop in sheet.runs(3):
        lines = sheet.lines[first:stop]
        if sum([line[-1] in _PAGE_ENDS for line in lines]) < 2:
            continue
        led = sum(line[-1] in _PAGE_ENDS and _LEADER.search(line) is not None for line in lines)
        if led >= 2 and share(led, len(lines)) >= 0.5:
            yield first, stop, "contents"
            continue
        pages = [page for line in lines if len(line) < 80 and (page := _page(line))]
        if len(pages) >= 4 and len(pages) >= 0.8 * len(lines) and pages == sorted(pages):
            yield first, stop, "contents"


def _page(line: str) -> int:
    """Return the number after a title; 0 if there is none."""
    title, _, last = line.strip().rpartition(" ")
    return (
        int(last)
        if last.isascii() and last.isdigit() and len(last) < 5 and any(map(str.isalpha, title))
        else 0
    )


def glossaries(sheet: Sheet) -> Iterator[Claim]:
    """Claim terms with their definitions: four or more, in the order of the alphabet."""
    for terms in _runs_with_indents(sheet) if sheet.indented else _runs_of_terms(sheet):
        if len(terms) >= _LEAST_TERMS and _sorted([match[1].casefold() for _, match in terms]):
            yield terms[0][0], terms[-1][0] + 1, "glossary"


def _runs_of_terms(sheet: Sheet) -> Iterator[list[Term]]:
    """Yield the long runs of terms in a text without indented lines: blank lines alone are between two terms.

    In prose, one line in four is enough to tell that there is none.
    """
    for run in _runs_of_parted(sheet) if sheet.seen & _PARTS else ():
        done, at = 0, _LEAST_TERMS - 1
        while at < len(run):
            first = stop = at
            terms: list[Term] = []
            while stop < len(run) and (match := _term(sheet.lines[run[stop]])):
                terms.append((run[stop], match))
                stop += 1
            while terms and first > done and (match := _term(sheet.lines[run[first - 1]])):
                first -= 1
                terms.insert(0, (run[first], match))
            if terms:
                yield terms
            done = stop + 1
            at = stop + _LEAST_TERMS


def _runs_of_parted(sheet: Sheet) -> Iterator[list[int]]:
    """Yield the runs of free lines that may have a term, with a few blank lines between two at most."""
    texts = (sheet.shapes.sizes > 0).nonzero()[0]
    parted = ((sheet.known.lines & _PARTS > 0) & sheet.is_free)[texts]
    ends = (~parted).nonzero()[0].tolist()
    for before, after in pairwise([-1, *ends, len(texts)]):
        if after - before > _LEAST_TERMS:
            yield from _together(texts[before + 1 : after].tolist())


def _together(lines: Sequence[int]) -> Iterator[list[int]]:
    """Yield the runs of lines that are near each other."""
    run = [lines[0]]
    for i in lines[1:]:
        if i - run[-1] > _TERM_REACH:
            if len(run) >= _LEAST_TERMS:
                yield run
            run = []
        run.append(i)
    if len(run) >= _LEAST_TERMS:
        yield run


def _runs_with_indents(sheet: Sheet) -> Iterator[list[Term]]:
    """Yield the runs of terms in a text with indented lines, which continue a definition."""
    lines = sheet.lines
    terms = {i: match for i in sheet.marked(_PARTS) if sheet.owner[i] < 0 and (match := _term(lines[i]))}
    run: list[Term] = []
    for i in range(len(lines) + 1) if len(terms) >= _LEAST_TERMS else ():
        match = terms.get(i)
        if match:
            run.append((i, match))
        elif (
            i < len(lines) and (not lines[i] or lines[i][0] in " \t") and run and i - run[-1][0] < _TERM_REACH
        ):
            continue
        else:
            yield run
            run = []


def _term(line: str) -> re.Match[str] | None:
    """Match a term with its definition after it."""
    head = line[:_LONGEST_TERM]
    return _TERM.match(head) if _SEPARATED.search(head) else None


def _sorted(terms: Sequence[str]) -> bool:
    return len(set(terms)) == len(terms) and list(terms) == sorted(terms)


def forms(sheet: Sheet) -> Iterator[Claim]:
    """Claim runs of lines with blanks to fill in or boxes to tick."""
    if not (
        sheet.seen & OPEN
        or (sheet.seen & FIELD and sheet.has("___", "[ ]", "[x]", "[X]", "\u2610", "\u2611", "\u2612"))
        or (sheet.seen & DOTS and sheet.has("......"))
    ):
        return
    for first, stop in sheet.runs_with(sheet.known.lines & _MAY_BE_FIELD > 0, 1, least=1):
        fields = sum(
            sheet.marks[i] & _MAY_BE_FIELD > 0 and _BLANK_FIELD.search(sheet.lines[i]) is not None
            for i in range(first, stop)
        )
        if fields and share(fields, stop - first) >= 0.3:
            yield first, stop, "form"


def words(sheet: Sheet) -> Iterator[Claim]:
    """Claim lists of words, one a line: long ones, and those that are sorted."""
    alone = (
        (sheet.known.lines & (SPACE | TAB) == 0)
        & (sheet.shapes.sizes > 0)
        & (sheet.shapes.sizes <= LONGEST_WORD)
    )
    for first, stop in sheet.runs_with(alone, LEAST_WORDS, least=LEAST_WORDS):
        lines = sheet.lines[first:stop]
        if sum(map(_is_word, lines)) < MOSTLY * len(lines) or 2 * sum(len(line) > 1 for line in lines) < len(
            lines
        ):
            continue
        folded = [line.casefold() for line in lines]
        ordered = sum(before <= after for before, after in pairwise(folded))
        if len(lines) >= MANY_WORDS or ordered >= MOSTLY * (len(lines) - 1):
            yield first, stop, "list"


def _is_word(line: str) -> bool:
    """Tell whether a line is one word, without a stop: a few characters in a script that has no spaces.

    >>> _is_word("harbour"), _is_word("港口"), _is_word("Harbour."), _is_word("港口在早晨开放的时候")
    (True, True, False, False)
    """
    if len(line) > LONGEST_WORD or " " in line or not line[-1].isalnum():
        return False
    return len(line) <= LONGEST_UNSPACED or not _UNSPACED.search(line)
