"""Text that marks itself off: fences, `<pre>`, environments of LaTeX, directives, front matter, indented blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.protected.blocks import Kind
from cleaner.protected.claims import Claim, Sheet, indent_of, next_text
from cleaner.protected.code.filling import is_filled, width_of
from cleaner.protected.code.signals import signal
from cleaner.protected.marks import BACKSLASH, DOLLAR, HASH, LESS, SQUARE, STOP, TICK, TILDE, TYPED
from cleaner.protected.shapes import DOTTED

_FENCE: Final = regex(r"\s*(?:[-*+>]\s+|\d+[.)]\s+)?(`{3,}|~{3,})([^`]*)$")
_ELEMENT: Final = regex(r"(?i)<(pre|code|script|style|textarea|listing|xmp|syntaxhighlight|source)\b[^<>]*>")
_BRACKET: Final = regex(r"(?i)\[(code|pre|spoiler)(?:=[^\]]*)?\]")
_ENVIRONMENT: Final = regex(r"\\begin\{([a-zA-Z]+\*?)\}")
_ORG: Final = regex(r"(?i)\s*#\+begin_(\w+)")
_DIRECTIVE: Final = regex(
    r"\s*\.\.\s+(?:(?:code|code-block|sourcecode|highlight|parsed-literal|math|literalinclude|csv-table|raw|"
    r"prompt|testcode|doctest|ipython|productionlist|graphviz|list-table|toctree|auto\w+)\s*::|_[^:]+:)"
)
_FIELD: Final = regex(r"[\w-]+\s*[:=]")
_MATHS: Final = frozenset(
    (
        "equation",
        "align",
        "gather",
        "multline",
        "eqnarray",
        "displaymath",
        "math",
        "alignat",
        "flalign",
        "cases",
        "matrix",
        "pmatrix",
        "split",
    )
)
_TABULAR: Final = frozenset(("tabular", "tabularx", "longtable", "array", "table"))
_FRONT: Final = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}
_LONGEST_FRONT: Final = 100
_INDENT: Final = 4
_FILLED: Final = 0.8
"""Share of the line ends at which a paragraph of prose leaves no room for another word."""
_PROMPTS: Final = ("$ ", "> ", ">>")


def front_matter(sheet: Sheet) -> Iterator[Claim]:
    """Claim the metadata between two rules at the head of a text."""
    lines = sheet.lines
    first = next_text(lines, 0)
    ends = _FRONT.get(lines[first]) if first < len(lines) else None
    if not ends:
        return
    for i in range(first + 1, min(len(lines), first + _LONGEST_FRONT)):
        if lines[i] in ends:
            inside = [line for line in lines[first + 1 : i] if line]
            if inside and _FIELD.match(inside[0]):
                yield first, i + 1, "front-matter"
            return


def fences(sheet: Sheet) -> Iterator[Claim]:
    """Claim blocks between fences; the rule of a heading is none, and what is not closed ends with the text."""
    lines, opened, mark = sheet.lines, -1, ""
    for i in sheet.marked(TICK | TILDE):
        match = _FENCE.match(lines[i])
        if not match:
            continue
        if opened < 0:
            if not _underlines(lines, i, match[1], match[2]):
                opened, mark = i, match[1]
        elif match[1].startswith(mark) and not match[2].strip():
            yield opened, i + 1, "code"
            opened = -1
    if opened >= 0:
        following = [line for line in lines[opened + 1 :] if line]
        if sum(signal(line) > 0 for line in following) * 2 >= len(following):
            yield opened, len(lines), "code"


def _underlines(lines: list[str], i: int, mark: str, rest: str) -> bool:
    """Tell whether a row of tildes is the rule under (or over) a heading."""
    if mark[0] != "~" or rest.strip():
        return False
    near = [lines[k] for k in (i - 1, i + 1) if 0 <= k < len(lines) and lines[k]]
    return len(mark) > 3 and any(abs(len(line) - len(mark)) <= 2 for line in near)


def elements(sheet: Sheet) -> Iterator[Claim]:
    """Claim elements whose text is literal, from the line with the start tag to that with the end tag."""
    lines, stop = sheet.lines, 0
    for i in sheet.marked(LESS | SQUARE):
        if i < stop or not sheet.free(i, i + 1):
            continue
        for pattern, close in ((_ELEMENT, "</{}>"), (_BRACKET, "[/{}]")):
            match = pattern.search(lines[i])
            if match:
                end = _closing(lines, i, match.end(), close.format(match[1].lower()))
                whole = end > i or (not lines[i][: match.start()].strip() and lines[i].endswith((">", "]")))
                if whole:
                    yield i, end + 1, "code"
                    stop = end + 1
                break


def _closing(lines: list[str], i: int, at: int, mark: str) -> int:
    """Return the line with the mark that closes an element; the line where it began when there is none."""
    for k in range(i, len(lines)):
        if mark in lines[k][at if k == i else 0 :].lower():
            return k
    return i


def environments(sheet: Sheet) -> Iterator[Claim]:
    r"""Claim environments of LaTeX, blocks of Org, and formulas set apart."""
    lines, stop = sheet.lines, 0
    for i in sheet.marked(BACKSLASH | DOLLAR | HASH):
        if i < stop:
            continue
        found = _environment(lines, i)
        if found:
            kind, mark = found
            end = next((k for k in range(i + 1, len(lines)) if mark in lines[k].lower()), -1)
            if lines[i].lower().find(mark, 2) > 0:
                end = i
            if end >= 0:
                yield i, end + 1, kind
                stop = end + 1


def _environment(lines: list[str], i: int) -> tuple[Kind, str] | None:
    """Return the kind of what begins on a line, and what ends it."""
    line = lines[i]
    match = _ENVIRONMENT.search(line)
    if match:
        name = match[1].rstrip("*")
        if name == "document":
            return None
        kind: Kind = "mathematics" if name in _MATHS else "table" if name in _TABULAR else "code"
        if name in ("verse", "poem"):
            kind = "verse"
        return kind, f"\\end{{{match[1].lower()}}}"
    match = _ORG.match(line)
    if match:
        return ("verse" if match[1].lower() == "verse" else "code"), f"#+end_{match[1].lower()}"
    start = line.lstrip()
    if start.startswith("$$") and start.count("$$") == 1:
        return "mathematics", "$$"
    return ("mathematics", "\\]") if start.startswith("\\[") and "\\]" not in start else None


def directives(sheet: Sheet) -> Iterator[Claim]:
    """Claim what is indented under a directive of reStructuredText, or under a line that ends in `::`."""
    lines, stop = sheet.lines, 0
    dotted = sheet.shapes.text & DOTTED and any(head & STOP for head in sheet.heads) and sheet.has("\n..")
    if not (sheet.seen & TYPED or dotted):
        return
    for i in sheet.marked(TYPED | STOP):
        line = lines[i]
        if i < stop or not line or not (line.endswith("::") or line.lstrip().startswith("..")):
            continue
        directive = line.lstrip().startswith("..")
        if directive and not _DIRECTIVE.match(line):
            continue
        depth = indent_of(line)
        first = next_text(lines, i + 1)
        end = _indented(lines, first, depth + 1)
        if end > first:
            yield i if directive else first, end, "code"
            stop = end


def _indented(lines: list[str], first: int, depth: int) -> int:
    """Return the line after the last one that is indented by `depth` at least; blank lines inside are passed."""
    end, i = first, first
    while i < len(lines) and (not lines[i] or indent_of(lines[i]) >= depth):
        if lines[i]:
            end = i + 1
        i += 1
    return end


def indented(sheet: Sheet) -> Iterator[Claim]:
    """Claim indented blocks between blank lines: code by its signs, or by the prose at the margin around it.

    Nothing is claimed where everything is indented, under items of a list, or where only first lines are.
    """
    lines = sheet.lines
    if not sheet.indented:
        return
    margin = min((indent_of(line) for line in lines if line), default=0)
    width = _layout(lines, margin)
    i, item = 0, False
    while i < len(lines):
        if not lines[i]:
            i += 1
            continue
        depth = indent_of(lines[i]) - margin
        if depth < _INDENT or not sheet.free(i, i + 1) or (i and lines[i - 1]):
            if depth < 2:
                item = _is_item(lines[i])
            i += 1
            continue
        end = i
        while (
            end < len(lines)
            and lines[end]
            and indent_of(lines[end]) - margin >= _INDENT
            and sheet.free(end, end + 1)
        ):
            end += 1
        laid_out = width and _is_prose(lines[i:end], width)
        if (end == len(lines) or not lines[end]) and not item and not laid_out:
            yield from _indented_block(lines, i, end)
        i = max(end, i + 1)


def _layout(lines: list[str], margin: int) -> int:
    """Return to which column the lines of a text are filled of which most are set in, as in manuals; 0 for others."""
    depths = [indent_of(line) - margin for line in lines if line]
    return width_of(lines) if 2 * sum(depth >= _INDENT for depth in depths) > len(depths) else 0


def _is_prose(block: list[str], width: int) -> bool:
    """Tell whether an indented block is a filled paragraph, below a term or not."""
    return is_filled(block, width, least=max(1, len(block) // 2 - 1), share=_FILLED)


def _indented_block(lines: list[str], first: int, stop: int) -> Iterator[Claim]:
    """Judge an indented block."""
    block = lines[first:stop]
    before = next((line for line in reversed(lines[:first]) if line), "")
    signals = [signal(line) for line in block]
    if (
        (max(signals) == 2 and sum(level > 0 for level in signals) * 2 >= len(block))
        or before.endswith((":", "\N{FULLWIDTH COLON}"))
        or any(line.lstrip()[:2] in _PROMPTS for line in block)
        or (len(block) > 1 and _narrower(lines, first, stop))
    ):
        yield first, stop, "code"
    elif len(block) > 1 and not all(len(line) > 45 for line in block[:-1]):
        yield first, stop, "verse"
    elif len(block) == 1 and signals[0] and len(block[0]) < 80:
        yield first, stop, "code"


def _narrower(lines: list[str], first: int, stop: int) -> bool:
    """Tell whether a block is wrapped where the paragraphs at the margin before and after it are not."""
    before = next((line for line in reversed(lines[:first]) if line), "")
    after = next((line for line in lines[stop:] if line), "")
    widest = max(map(len, lines[first:stop]))
    return all(len(line) > widest + _INDENT and indent_of(line) == 0 for line in (before, after))


def _is_item(line: str) -> bool:
    return re.match(r"\s*(?:[-*+\N{BULLET}]|\(?[\w]{1,3}[.)])\s", line) is not None
