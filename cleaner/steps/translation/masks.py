"""Where rules about prose cannot hold: code, addresses, tables, verse, headings, lists and quotations.

Everything here looks at one line and its neighbours, and only when something was found there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from cleaner.engines.lazy import regex
from cleaner.model import Span

Kind: TypeAlias = Literal["blank", "heading", "list", "table", "code", "verse", "prose"]

_TERMINAL = regex(
    r"""[.!?…。！？]["'\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}»)\]]*\s*$""", re.X
)
_COLUMN = regex(r"(?<=\S) {3,}+(?=\S)")
_LIST = regex(r"\s*(?:[-*•◦▪–—·]|\d{1,3}[.)]|[a-z][.)])\s")
_CODE_HEAD = regex(r"\s*(?:(?:def|class|import|from|return|var|let|const)\b|#include|//|/\*)")
_CODE_CALL = regex(r"\w\(\w*\)[;:]")
_CODE_TAG = regex(r"</\w+>")
_ADDRESS = regex(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w[\w.]*|(?<![\w-])(?<![\w-]\.)[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|gov|edu|info|io|co|ai|uk|de|fr|it|es|ru|ua|eu|tv|me)\b\S*|[@#]\w+"
)
_KEPT = 8
"""Lines whose kind and quotations are kept: all marks of a line come one after another."""
_BLANK = regex(r"\s")
_LONGEST_ADDRESS = 300
_TITLE_WORDS = 18
_VERSE_WIDTH = 60
_STANZA = 4
_STANZA_REACH = 8
_QUOTE = regex('["“”„«»「」『』]')
_PAIRS = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』"}


def line_at(lines: Sequence[Span], at: int) -> int:
    """Return the index of the line that holds offset `at`.

    >>> line_at([(0, 2), (3, 5)], 4)
    1
    """
    return max(0, bisect_right(lines, (at, 1 << 60)) - 1)


def ends_sentence(line: str) -> bool:
    """Tell whether a line ends as a sentence does, closing quotation marks aside.

    >>> ends_sentence('He left.”'), ends_sentence("Weather and traffic")
    (True, False)
    """
    return _TERMINAL.search(line[-12:]) is not None


def line_kind(text: str, lines: Sequence[Span], i: int) -> Kind:
    r"""Tell what line `i` is; short lines without an end of sentence are headings, four in a row verse.

    >>> line_kind("The news\n\nIt rained all day.", [(0, 8), (9, 9), (10, 28)], 0)
    'heading'
    """
    kind = _kind_alone(text, *lines[i])
    if kind in ("prose", "heading") and lines[i][1] - lines[i][0] <= _VERSE_WIDTH and _verse(text, lines, i):
        return "verse"
    return kind


@lru_cache(maxsize=_KEPT)
def _kind_alone(text: str, start: int, end: int) -> Kind:
    """Tell what a line is, without its neighbours; the same line is asked for by every flag in it."""
    line = text[start:end]
    if not line.strip():
        return "blank"
    if line.count("|") > 1 or "\t" in line.strip() or len(_COLUMN.findall(line)) > 1:
        return "table"
    if _is_code(line):
        return "code"
    if _LIST.match(line):
        return "list"
    if not ends_sentence(line) and len(line.split()) <= _TITLE_WORDS and line.rstrip()[-1] not in ",:;-–—":
        return "heading"
    return "prose"


def _is_code(line: str) -> bool:
    """Tell whether a line has a sign of code; where no such mark is in it, nothing is looked for.

    >>> [_is_code(line) for line in ("return x", "so x => y", "f(x) -> y", "call(x); it", "a</b>", "He (x): no")]
    [True, True, True, True, True, False]
    """
    return (
        line.rstrip()[-1:] in ("{", "}", ";")
        or _CODE_HEAD.match(line) is not None
        or "=>" in line
        or ") -> " in line
        or (")" in line and _CODE_CALL.search(line) is not None)
        or ("</" in line and _CODE_TAG.search(line) is not None)
    )


def _verse(text: str, lines: Sequence[Span], i: int) -> bool:
    """Tell whether line `i` is in four or more short lines of which most end without a full stop."""
    first, last = i, i
    while (
        first > 0
        and 0 < len(text[slice(*lines[first - 1])].strip()) <= _VERSE_WIDTH
        and i - first < _STANZA_REACH
    ):
        first -= 1
    while (
        last + 1 < len(lines)
        and 0 < len(text[slice(*lines[last + 1])].strip()) <= _VERSE_WIDTH
        and last - i < _STANZA_REACH
    ):
        last += 1
    block = [text[slice(*lines[k])] for k in range(first, last + 1)]
    return len(block) >= _STANZA and sum(ends_sentence(line) for line in block) * 2 < len(block)


def quotations(line: str) -> tuple[Span, ...]:
    """Return the quoted stretches of a line; one that is not closed extends to the end of the line.

    >>> quotations('He said “yes” and "no".')
    ((8, 13), (18, 22))
    """
    spans: list[Span] = []
    start, closing = -1, ""
    for match in _QUOTE.finditer(line):
        char = match[0]
        if start < 0:
            start, closing = match.start(), _PAIRS.get(char, "")
            if not closing:
                start = -1
        elif char in closing:
            spans.append((start, match.end()))
            start = -1
    if start >= 0:
        spans.append((start, len(line)))
    return tuple(spans)


def addresses(line: str) -> list[Span]:
    """Return web and mail addresses, hosts, handles and hashtags of a line.

    >>> addresses("see www.example.org/a or @me")
    [(4, 21), (25, 28)]
    """
    return [match.span() for match in _ADDRESS.finditer(line)]


def masked(text: str, lines: Sequence[Span], start: int, end: int, kinds: frozenset[str]) -> bool:
    """Tell whether `start:end` lies where a rule that excepts `kinds` cannot hold; addresses never count.

    `kinds` are line kinds and `quotation`.

    >>> masked("He said “yes”.", [(0, 14)], 9, 12, frozenset({"quotation"}))
    True
    """
    i = line_at(lines, start)
    return (
        _in_address(text, lines[i], start, end)
        or ("quotation" in kinds and quoted(text, lines[i], start, end))
        or line_kind(text, lines, i) in kinds
    )


def quoted(text: str, line: Span, start: int, end: int) -> bool:
    """Tell whether `start:end` of the text lies in a quotation of its line.

    >>> quoted("He said “yes”.", (0, 14), 9, 12)
    True
    """
    spans = quotations_at(text, *line)
    i = bisect_right(spans, (start, len(text))) - 1
    return i >= 0 and end <= spans[i][1]


@lru_cache(maxsize=_KEPT)
def quotations_at(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Return the quoted stretches of the line `start:end` of a text.

    >>> quotations_at("Well. He said “yes”.", 6, 20)
    ((14, 19),)
    """
    return tuple((a + start, b + start) for a, b in quotations(text[start:end]))


def _in_address(text: str, line: Span, start: int, end: int) -> bool:
    """Tell whether `start:end` touches an address; one has no white space, so its neighbourhood is enough."""
    at, stop = max(line[0], start - _LONGEST_ADDRESS), min(line[1], end + _LONGEST_ADDRESS)
    at += max(text[at:start].rfind(blank) for blank in (" ", "\t", "\xa0")) + 1
    after = _BLANK.search(text, end, stop)
    stop = after.start() if after else stop
    return any(a + at < end and start < b + at for a, b in addresses(text[at:stop]))
