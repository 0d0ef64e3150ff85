"""Source code: whole texts of it, and paragraphs of it between prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cleaner.protected.claims import Claim, Sheet, share
from cleaner.protected.signals import has_prose, is_sentence, signal

_OPENERS: Final = {
    "/*": "*/", '"""': '"""', "'''": "'''", "<!--": "-->", "{#": "#}", "--[[": "]]", "(*": "*)", "=begin": "=end",
    "=pod": "=cut", "=head": "=cut", "<#": "#>", "<%--": "--%>", "{-": "-}", "#|": "|#", "%{": "%}",
}  # fmt: skip
_OPEN: Final = re.compile("|".join(map(re.escape, _OPENERS)))
_COMMENT: Final = re.compile(r"\s*(?://|#|--(?:\s|$)|;|%|\*|'\s|!|REM\b|\.\\\"|dnl\b|\N{MIDDLE DOT}\|)")
_STRONG_START: Final = re.compile(
    r"\s*(?:#!|//|/\*|\"\"\"|'''|<\?|<!|#\s*(?:include|define|if|pragma)|[{}\[(<]|import\b"
    r"|from\s+\S+\s+import|package\b"
    r"|using\b|use\b|module\b|@|--|;;|%|\\document|r?\"\"\")"
)
_SAMPLE: Final = 4000
"""Lines of a text that decide whether all of it is code."""
_LEAST: Final = 0.86
"""Share of code among the lines that are no comments, in a text that is code."""
_LEAST_PARAGRAPH: Final = 0.5
_MOST_PROSE: Final = 12
"""Lines of prose more than lines of code at which a text is given up."""
_LEAST_ODD: Final = 0.25
"""Share of lines with the characters of code, below which a text is not looked at."""


def whole(sheet: Sheet) -> Iterator[Claim]:
    """Claim the whole text when it is one program, style sheet, configuration or the like."""
    texts = sum(map(bool, sheet.lines))
    if (
        texts
        and sheet.free(0, len(sheet.lines))
        and len(sheet.odd) >= _LEAST_ODD * texts
        and is_source(sheet.lines)
    ):
        yield 0, len(sheet.lines), "code"


def is_source(lines: list[str]) -> bool:
    """Whether lines are one source text: hardly anything in it is neither code nor comment.

    >>> is_source(["import os", "", "print(os.name)"]), is_source(["It rained.", "print(x)"])
    (True, False)
    """
    strong = weak = comments = prose = 0
    closing = ""
    for line in lines[:_SAMPLE]:
        if not line:
            continue
        if closing:
            comments += 1
            if closing in line:
                closing = ""
            continue
        opened = _OPEN.search(line)
        if opened and _OPENERS[opened[0]] not in line[opened.end() :] and _opens(line, opened[0]):
            closing = _OPENERS[opened[0]]
        level = signal(line)
        if level == 2:
            strong += 1
        elif _COMMENT.match(line):
            comments += 1
        elif level or (line[0] in " \t" and not has_prose(line)):
            weak += 1
        elif line.isspace():
            continue
        else:
            prose += 1 + is_sentence(line)
            if prose > _MOST_PROSE + strong + weak:
                return False
    return _is_whole(strong, weak, comments, prose)


def _opens(line: str, mark: str) -> bool:
    """Whether a mark opens a comment or a long string: alone, at the start, or after what may stand before it."""
    before = line[: line.find(mark)]
    return mark not in ("{#", "%{", "{-", "#|", "(*") or not before.strip()


def _is_whole(strong: int, weak: int, comments: int, prose: int) -> bool:
    code = strong + weak
    if strong < 2 or strong < 0.1 * code:
        return strong >= 1 and prose == 0 and code + comments >= 2 and strong * 2 >= code
    return share(code, code + prose) >= _LEAST


def paragraphs(sheet: Sheet) -> Iterator[Claim]:
    """Claim paragraphs of code between prose, and the blank lines between those that follow each other."""
    found: list[tuple[int, int]] = []
    for first, stop in sheet.runs():
        if any(i in sheet.odd for i in range(first, stop)) and _is_code(sheet.lines[first:stop]):
            if found and not any(sheet.lines[found[-1][1] : first]) and sheet.free(found[-1][1], first):
                found[-1] = found[-1][0], stop
            else:
                found.append((first, stop))
    yield from ((first, stop, "code") for first, stop in found)


def _is_code(lines: list[str]) -> bool:
    """Whether a paragraph is code: half of its lines look so and enough of them beyond doubt."""
    levels = [signal(line) for line in lines]
    strong = levels.count(2)
    if len(lines) == 1:
        return strong == 1 and not has_prose(lines[0])
    if len(lines) <= 3 and 0 in levels:
        return False
    return (
        strong >= max(1, 0.3 * len(lines))
        and share(len(lines) - levels.count(0), len(lines)) >= _LEAST_PARAGRAPH
    )
