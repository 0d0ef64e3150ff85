"""Source code: whole texts of it, and paragraphs of it between prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Final

import numpy as np

from cleaner.engines.lazy import regex
from cleaner.protected.claims import Claim, Sheet, places, share
from cleaner.protected.code.filling import is_filled, width_of
from cleaner.protected.code.signals import (
    UNMISTAKABLE,
    faint_signal,
    has_prose,
    is_sentence,
    is_unmistakable,
    signal,
)
from cleaner.protected.marks import LESS, RULE, SIGN
from cleaner.protected.shapes import CODED, LOOK, PLAIN, PROSELESS, QUOTES, SIGNED, STATED, begins_as_code

_OPENERS: Final = {
    "/*": "*/", '"""': '"""', "'''": "'''", "<!--": "-->", "{#": "#}", "--[[": "]]", "(*": "*)", "=begin": "=end",
    "=pod": "=cut", "=head": "=cut", "<#": "#>", "<%--": "--%>", "{-": "-}", "#|": "|#", "%{": "%}",
    "#[[": "]]", "#[=": "=]",
}  # fmt: skip
_OPEN: Final = regex("|".join(map(re.escape, _OPENERS)))
_COMMENT: Final = regex(
    r"\s*(?://|#|--(?:\s|$)|;|%|!|REM\b|[cC*]\s{3,}\S|\"(?:\s|$)|\.\\\"|dnl\b|\N{MIDDLE DOT}\|)"
)
_REMARK: Final = regex(r"\s(?:#|(?:--|//|;)\s)")
_HEREDOC: Final = regex(r"<<[-~]?\s?(['\"]?)([A-Z_][A-Z0-9_]*)\1[;)\s]*$")
_DOCUMENT: Final = regex(
    r"<(?:(?:!doctype\s+html|html|\?xml)\b|[a-z][\w.-]*+(?::\w+)?\s(?:[^<>]*\s)?xmlns(?::\w+)?=)",
    re.IGNORECASE,
)
"""How a page or a file of XML begins: an element that names its vocabulary is the root of one."""
_SAMPLE: Final = 4000
"""Lines of a text that decide whether all of it is code."""
_LEAST: Final = 0.86
"""Share of code among the lines that are no comments, in a text that is code."""
_LEAST_SURE: Final = 0.6
_SURE: Final = 0.2
"""The same, where a fifth of the code is unmistakable."""
_LEAST_STRONG: Final = 0.04
"""Share of unmistakable lines below which a text is not code."""
_LEAST_STRONG_ALONE: Final = 0.02
"""The same where each other line is one that code has often, or a comment."""
_PARAGRAPH, _FILLED = 8, 0.9
"""So many line ends inside prose, of which such a share leave no room for another word, are of paragraphs."""
_MOST_OF_PROSE: Final = 0.05
"""Share of lines of prose outside of comments, above which a text is no code."""
_LEAST_ODD_LINES: Final = 0.1
"""Share of lines with the characters of code, below which a paragraph is not looked at."""
_GLANCE: Final = 100
"""Lines of a text that tell prose from code at a glance."""
_SHORT: Final = 3
_LEAST_PARAGRAPH: Final = 0.5
"""Share of lines that look like code in a paragraph of it; all, where they are no more than `_SHORT`."""
_LEAST_UNMISTAKABLE: Final = 0.3
_MOST_PROSE: Final = 12
"""Lines of prose more than lines of code at which a text is given up."""
_LEAST_ODD: Final = 0.05
"""Share of lines with the characters of code, below which a text is not looked at."""


def whole(sheet: Sheet) -> Iterator[Claim]:
    """Claim the whole text when it is one program, style sheet, configuration or the like."""
    texts = int(np.count_nonzero(sheet.shapes.sizes))
    if (
        texts
        and sheet.free(0, len(sheet.lines))
        and (np.count_nonzero(sheet.odd) >= _LEAST_ODD * texts or (sheet.seen & LESS and sheet.has("<<")))
        and (sheet.shapes.kinds[:_SAMPLE] & CODED).any()
        and not _begins_as_prose(sheet, min(texts, _SAMPLE))
        and is_source(sheet.lines, sheet.kinds)
    ):
        yield 0, len(sheet.lines), "code"


def _begins_as_prose(sheet: Sheet, texts: int) -> bool:
    """Tell whether the first lines hold more sentences than a program can have, before any long text of it begins."""
    least = int(_MOST_OF_PROSE * texts) + 1
    stated = places(sheet.shapes.kinds[:_SAMPLE] & STATED)
    if len(stated) >= least and not _opens_before(sheet, stated[least - 1]):
        return True
    sentences = 0
    for i, line in enumerate(sheet.lines[:_GLANCE]):
        if sheet.kinds[i] & (SIGNED | QUOTES) and _opens_on(line):
            return False
        sentences += bool(line) and not sheet.marks[i] & (SIGN | RULE) and _is_plain_sentence(line)
        if sentences > _MOST_OF_PROSE * texts:
            return True
    return False


def _opens_before(sheet: Sheet, stop: int) -> bool:
    """Tell whether a long text of a program may begin before a line."""
    return any(_opens_on(sheet.lines[i]) for i in places(sheet.shapes.kinds[:stop] & (SIGNED | QUOTES)))


def _opens_on(line: str) -> bool:
    """Tell whether a long text of a program may begin on a line."""
    return _OPEN.search(line) is not None or "<<" in line


def _is_plain_sentence(line: str) -> bool:
    """Tell whether a line without any sign of code is a sentence that begins with a capital."""
    return line[0].isupper() and line[1:2].islower() and not begins_as_code(line) and is_sentence(line[:LOOK])


def markup(sheet: Sheet) -> Iterator[Claim]:
    """Claim a whole page of HTML or file of XML, by how it begins and ends."""
    if not sheet.seen & LESS or not (sheet.lines[0].startswith("<") or sheet.has("\n<")):
        return
    text = sheet.text.strip()
    if _DOCUMENT.match(text) and text.endswith(">"):
        yield 0, len(sheet.lines), "code"


def is_source(lines: list[str], shapes: Iterable[int] | None = None) -> bool:
    """Tell whether lines are one source text: hardly anything in it is neither code nor comment.

    `shapes` are those of the lines, if they are known.

    >>> is_source(["import os", "", "print(os.name)"]), is_source(["It rained.", "print(x)"])
    (True, False)
    """
    seen = {"strong": 0, "weak": 0, "comment": 0, "short": 0, "prose": 0}
    stated: list[str] = []
    begun, closing = 0, ""
    for line, kinds in zip(lines[:_SAMPLE], shapes or repeat(CODED | SIGNED | QUOTES), strict=False):
        stated.append("" if closing else line)
        if not line:
            continue
        if closing:
            seen["comment"] += 1
            closing = "" if closing in line else closing
            continue
        opened = _OPEN.search(line) if kinds & (SIGNED | QUOTES) else None
        if opened and _OPENERS[opened[0]] not in line[opened.end() :] and _opens(line, opened[0]):
            begun, closing = len(stated), _OPENERS[opened[0]]
        elif "<<" in line and (heredoc := _HEREDOC.search(line)):
            begun, closing = len(stated), heredoc[2]
        quoted = opened is not None and (bool(closing) or line.lstrip().startswith(opened[0]))
        kind = _kind_of(line, kinds)
        kind = "comment" if quoted and kind in ("prose", "short") else kind
        seen[kind] += 1
        if kind == "comment":
            stated[-1] = ""
        if seen["prose"] + seen["short"] > _MOST_PROSE + seen["strong"] + seen["weak"]:
            return False
    if closing:  # what is never closed was no comment: `{-v | --version}` opens one of Haskell
        stated[begun:] = lines[begun : len(stated)]
    return _is_whole(
        seen["strong"], seen["weak"], seen["comment"], seen["short"], seen["prose"]
    ) and not is_filled(stated, width_of(stated), least=_PARAGRAPH, share=_FILLED)


def _kind_of(line: str, kinds: int) -> str:
    """Return what a line outside of long comments and strings indicates about its text."""
    level = signal(line) if kinds & CODED else faint_signal(line, proseless=kinds & PROSELESS > 0)
    if level == UNMISTAKABLE:
        return "strong"
    if _COMMENT.match(line):
        return "comment"
    prose = bool(kinds & PLAIN) or (not kinds & PROSELESS and has_prose(line))
    if level or (line[0] in " \t" and not prose):
        return "weak"
    remark = _REMARK.search(line) if kinds & SIGNED or "--" in line else None
    if remark and signal(line[: remark.start()]):
        return "weak"
    return "prose" if prose else "short"


def _opens(line: str, mark: str) -> bool:
    """Tell whether a mark opens a comment or a long string: alone, at the start, or after what may be before it."""
    before = line[: line.find(mark)]
    return mark not in ("{#", "%{", "{-", "#|", "(*") or not before.strip()


def _is_whole(strong: int, weak: int, comments: int, short: int, prose: int) -> bool:
    """Tell whether the lines of a text, counted by kind, are those of a program."""
    code = strong + weak
    total = code + short + prose
    if prose > _MOST_OF_PROSE * (total + comments):
        return False
    if strong < 2 or strong < (_LEAST_STRONG if short or prose else _LEAST_STRONG_ALONE) * code:
        return strong >= 1 and short == 0 and code + comments >= 2 and strong * 3 >= code
    return share(code, total) >= (_LEAST_SURE if strong >= _SURE * code else _LEAST)


def paragraphs(sheet: Sheet) -> Iterator[Claim]:
    """Claim paragraphs of code between prose, and the blank lines between those that follow each other."""
    found: list[tuple[int, int]] = []
    coded, odd = sheet.counts(sheet.shapes.kinds & CODED > 0, 1), sheet.counts(sheet.odd, 1)
    for (first, stop), possible, count in zip(sheet.runs(), coded, odd, strict=True):
        if not possible or count < _LEAST_ODD_LINES * (stop - first):
            continue
        for start, end in _pieces(sheet, first, stop):
            if not _is_code(sheet, start, end):
                continue
            if found and not any(sheet.lines[found[-1][1] : start]) and sheet.free(found[-1][1], start):
                found[-1] = found[-1][0], end
            else:
                found.append((start, end))
    yield from ((first, stop, "code") for first, stop in found)


def _pieces(sheet: Sheet, first: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a long paragraph at its lines of prose: texts without blank lines have code and prose in one."""
    start = first
    for i in range(first, stop) if stop - first > _SHORT else ():
        if sheet.lines[i][0] not in " \t#/*-;%" and _has_prose(sheet, i) and not _is_strong(sheet, i):
            if i > start:
                yield start, i
            start = i + 1
    if start < stop:
        yield start, stop


def _is_strong(sheet: Sheet, i: int) -> bool:
    """Tell whether a line is unmistakable code."""
    if not sheet.kinds[i] & CODED:
        return False
    line = sheet.lines[i]
    signed = sheet.marks[i] & SIGN or begins_as_code(line.lstrip())
    return bool(signed) and is_unmistakable(line)


def _has_prose(sheet: Sheet, i: int) -> bool:
    """Tell whether six words are in a row on a line."""
    kinds = sheet.kinds[i]
    return bool(kinds & PLAIN) or (not kinds & PROSELESS and has_prose(sheet.lines[i]))


def _is_code(sheet: Sheet, first: int, stop: int) -> bool:
    """Tell whether a paragraph is code: half of its lines look like code, and enough of them unmistakably."""
    count = stop - first
    if count == 1 and _has_prose(sheet, first):
        return False
    least = max(1, _LEAST_UNMISTAKABLE * count)
    possible = [i for i in range(first, stop) if sheet.kinds[i] & CODED]
    if len(possible) < least or sum(_is_strong(sheet, i) for i in possible) < least:
        return False
    like_code = sum(signal(line) > 0 for line in sheet.lines[first:stop])
    return share(like_code, count) >= (1 if count <= _SHORT else _LEAST_PARAGRAPH)
