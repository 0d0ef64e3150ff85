r"""A leaf of a matcher tree, compiled: its texts or regexes as one pattern, run exactly.

Texts and regexes are one thing here: a prefix is `^\\s*(text)`. All entries of a leaf are one
alternation, so that a leaf costs one pass.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import lru_cache, partial
from typing import TypeAlias

import pcre2
import re2

from cleaner.errors import QuarantineError
from cleaner.model import Span
from cleaner.rules.regex.classes import compiled
from cleaner.rules.regex.narrow import ForAscii, in_ascii, uncounted, wide_counts
from cleaner.rules.regex.nodes import (
    SPACE,
    Alt,
    Edge,
    Group,
    Node,
    Repeat,
    Seq,
    Text,
    needs_backtracking,
    walk,
)
from cleaner.rules.regex.quick import Quick
from cleaner.rules.regex.subject import Unit, code_points, encoded
from cleaner.rules.regex.syntax import PatternError
from cleaner.rules.regex.syntax import parse as parse_regex
from cleaner.rules.regex.translate import INNER, MARK, ForRE2, boundary_run, folded_spaces, for_pcre2
from cleaner.rules.regex.widen import Wide
from cleaner.rules.rule import Engine, Fold, Matcher

Spans: TypeAlias = tuple[Span, ...]
"""The span of a match, then those of its groups; (-1, -1) for a group that took no part."""

STEPS = 20_000_000
"""Steps of PCRE2 that a backtracking regex may take on one unit of text."""
SCANNED = 200_000_000
"""Characters that may be looked at to place its matches: the package counts from the start for each."""
_LEAST_MATCHES = 100
_LEAST = 256
_MOST = 1_000_000
_FREE = Repeat(SPACE, 0, None)


@lru_cache(maxsize=8192)
def tree_of(leaf: Matcher, fold: Fold) -> Node:
    r"""Parse a leaf to one regex tree; group 1 of a text is the text itself.

    >>> from cleaner.rules.regex.translate import ForRE2
    >>> ForRE2().write(tree_of(Matcher("prefix", ("Ad",)), Fold(case=False)))
    '(?-m:^)(?:(?-i:[\\x{9}-\\x{D}...]))*(Ad)'
    """
    if leaf.kind == "regex":
        nodes = [parse_regex(value, fold=fold.case) for value in leaf.values]
        nodes = [folded_spaces(node) for node in nodes] if fold.spaces else nodes
        return nodes[0] if len(nodes) == 1 else Alt(tuple(nodes))
    texts = tuple(_text(value, fold) for value in leaf.values)
    parts: list[Node] = [Group(texts[0] if len(texts) == 1 else Alt(texts))]
    if leaf.kind in ("literal", "prefix"):
        parts = [Edge("start"), _FREE, *parts]
    if leaf.kind in ("literal", "suffix"):
        parts = [*parts, _FREE, Edge("end")]
    return Seq(tuple(parts))


def _text(value: str, fold: Fold) -> Node:
    if not fold.spaces:
        return Text(value, fold.case)
    words: list[Node] = []
    for i, piece in enumerate(value.split()):
        words += ([Repeat(SPACE, 1, None)] if i else []) + [Text(piece, fold.case)]
    start = [Repeat(SPACE, 1, None)] if value[:1].isspace() else []
    end = [Repeat(SPACE, 1, None)] if value[-1:].isspace() else []
    return Seq((*start, *words, *end))


class Linear:
    """A regex that RE2 runs, in time linear in the text."""

    __slots__ = (
        "_captures",
        "_copies",
        "_counts",
        "_group",
        "_marks",
        "_narrow",
        "_quick",
        "_regexes",
        "_tree",
        "_wide",
    )

    def __init__(self, tree: Callable[[], Node], group: int, *, captures: bool, name: str = "") -> None:
        """Take what returns the regex, the group whose place is that of a match, and what names the regex on disk."""
        self._tree, self._group = tree, group
        self._captures = captures or group > 0
        self._narrow = not self._captures  # groups that are asked for must not be left out
        self._regexes: dict[tuple[ForRE2 | ForAscii, int], re2._Regexp | None] = {}
        self._wide: re2._Regexp | None = None
        self._counts: list[int] | None = None
        self._copies = 0
        self._marks = ""
        self._quick = None if captures else Quick(tree, group, name)

    def _prepare(self) -> list[int]:
        """Look at the regex when RE2 is first asked; return the counts that a short text cannot exceed."""
        node = self._tree()
        self._copies = boundary_run(node)
        inner = any(isinstance(found, Edge) and found.kind == "B" for found in walk(node))
        self._marks = MARK + INNER * inner if self._copies else ""
        self._counts = wide_counts(node)
        return self._counts

    def found(self, unit: Unit) -> Iterator[Spans]:
        """Yield all matches from left to right, empty ones too."""
        quick = None if self._quick is None else self._quick.found(unit)
        if quick is None:
            yield from self.exact(unit)
            return
        for span in quick:
            yield (span,)

    def lacks(self, unit: Unit) -> bool:
        """Tell whether there is surely no match, as far as that is quick to tell."""
        return self._quick is not None and self._quick.lacks(unit)

    def exact(self, unit: Unit) -> Iterator[Spans]:
        """Yield the matches as RE2 finds them."""
        counts = self._prepare() if self._counts is None else self._counts
        text, marks = unit.text, self._marks
        if marks and (text.isascii() or (INNER not in marks and unit.has_plain_words)):
            marks = ""  # RE2's own boundaries are those of the text
        if not text.isascii() and not self._may_match(unit):
            return
        data = unit.marked(self._copies, inner=INNER in marks) if marks else unit.data
        writer = _ASCII if self._narrow and text.isascii() else ForRE2(marks, unit.is_common, self._captures)
        regex = self._regex(writer, len(text), counts)
        if regex is None:
            return
        match = regex._regexp.Match
        plain = len(data) == len(text)
        base = base_point = at = 0  # of the last match: its first byte and code point
        while at <= len(data):
            spans = match(re2._Anchor.UNANCHORED, data, at, len(data))[self._group :]
            start, end = spans[0]
            if start < 0:
                return
            at = _after(data, start, end)
            if plain:
                yield spans
                continue
            base, base_point = start, base_point + code_points(data, base, start)
            yield tuple(
                (base_point + code_points(data, base, a), base_point + code_points(data, base, b))
                if a >= 0
                else (a, b)
                for a, b in spans
            )

    def _may_match(self, unit: Unit) -> bool:
        """Ask the widened regex, which compiles in a tenth of the time, about a line that is not ASCII."""
        if "\n" in unit.text:
            return True
        if self._wide is None:
            self._wide = compiled(Wide(lines=True).pattern(self._tree()))
        data = unit.data
        found: int = self._wide._regexp.Match(re2._Anchor.UNANCHORED, data, 0, len(data))[0][0]
        return found >= 0

    def _regex(self, writer: ForRE2 | ForAscii, size: int, counts: list[int]) -> re2._Regexp | None:
        """Compile for a text of so many characters, None if nothing matches it."""
        key = writer, bisect_left(counts, size)
        if key not in self._regexes:
            node: Node | None = uncounted(self._tree(), size)
            if isinstance(writer, ForAscii):
                node = in_ascii(node) if node else None
            self._regexes[key] = compiled(writer.write(node)) if node else None
        return self._regexes[key]


_ASCII = ForAscii()


class Backtracking:
    """A regex that needs PCRE2, bounded by a count of steps: a document that takes more is quarantined."""

    __slots__ = ("_group", "_pattern", "_regexes")

    def __init__(self, node: Node, group: int) -> None:
        self._group = group
        self._pattern = for_pcre2(node)
        self._regexes: dict[int, pcre2.Pattern] = {}

    def found(self, unit: Unit) -> Iterator[Spans]:
        """Yield all matches from left to right; raise QuarantineError when they take too many steps."""
        text = encoded(unit.text).decode()
        limit = steps_from_each_place(len(text))
        most = max(_LEAST_MATCHES, SCANNED // (len(text) + 1))
        try:
            for number, match in enumerate(self._regex(limit).finditer(text)):
                if number == most:
                    message = f"a regex with engine: backtrack matches more than {most} times in one text"
                    raise QuarantineError(message)
                yield tuple(match.span(k) for k in range(self._group, len(match.groups()) + 1))
        except pcre2.LibraryError as error:
            message = f"a regex with engine: backtrack took more than {limit} steps from one place: {error}"
            raise QuarantineError(message) from None

    def _regex(self, limit: int) -> pcre2.Pattern:
        """Compile with a limit; without the just-in-time compiler, whose count would differ."""
        if limit not in self._regexes:
            head = f"(*LIMIT_MATCH={limit})"
            try:
                self._regexes[limit] = pcre2.compile(head + self._pattern, jit=False)
            except pcre2.PatternError as error:
                message = str(error).removeprefix("compilation failed ")
                raise PatternError(re.sub(r"^at position \d+; ", "", message)) from None
        return self._regexes[limit]


def steps_from_each_place(length: int) -> int:
    """Return the match limit for a text: PCRE2 counts anew from each place at which a match may start.

    A power of two, so that few variants are compiled.

    >>> steps_from_each_place(100), steps_from_each_place(1_000_000)
    (131072, 256)
    """
    share = min(_MOST, max(_LEAST, STEPS // (length + 1)))
    return 1 << share.bit_length() - 1


@lru_cache(maxsize=8192)
def leaf_pattern(
    leaf: Matcher, fold: Fold, engine: Engine, *, captures: bool = False
) -> Linear | Backtracking:
    """Return a leaf as it is run, with its groups if they are asked for.

    It is parsed and compiled when that is needed; then PatternError is raised when the engine cannot run it.
    """
    group = int(leaf.kind != "regex")
    if leaf.kind == "regex" and engine == "backtrack":
        return Backtracking(tree_of(leaf, fold), group)
    name = json.dumps([leaf.kind, leaf.values, *astuple(fold)])
    return Linear(partial(_linear, leaf, fold), group, captures=captures, name=name)


def _linear(leaf: Matcher, fold: Fold) -> Node:
    """Parse a leaf that runs in linear time."""
    node = tree_of(leaf, fold)
    needed = needs_backtracking(node)
    if needed:
        message = f"{needed} has no linear time: rewrite it, use `unless`, or set engine: backtrack"
        raise PatternError(message)
    return node


_MARKS = (MARK.encode(), INNER.encode())


def _after(data: bytes, start: int, end: int) -> int:
    """Return where to continue after a match: marks at its end may be needed again, an empty match is skipped."""
    while data[end - 3 : end] in _MARKS and end > start:
        end -= 3
    if end > start:
        return end
    while data[end : end + 3] in _MARKS:
        end += 3
    end += 1
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    return end
