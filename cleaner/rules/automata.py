"""Texts and regexes that are looked for all at once in a document, with the leaves of rules that want them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import re2

from cleaner.engines.lazy import regex
from cleaner.rules.regex import classes
from cleaner.rules.regex.literals import LETTER, Needed, is_letter

_MEMORY: Final = 12 << 20
"""Bytes that an automaton may take: it is made as texts need it, so that a long stream fills it."""
_MARKS: Final = regex(r"[^\w \n]")
_HEAD: Final = regex(r"\A[\W\d_]+")
_WORD_BYTES: Final = frozenset(b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NEWLINE: Final = b"\n"
EVERY: Final = frozenset({-1})
"""What stands for all leaves."""
REMEMBERED: Final = 1 << 13
"""Spellings of which it is kept what they stand for."""
TOGETHER: Final = 5
"""Regexes that are asked about a line as one, before each is asked on its own."""

Match: TypeAlias = Callable[..., Sequence[tuple[int, int]]]
"""What finds a compiled regex in bytes."""


def by_letters(leaves: Mapping[str, Sequence[tuple[Needed, int]]], *, head: bool) -> Iterator[Texts]:
    """Yield texts, those with letters beyond ASCII apart: few documents have such letters, whose bytes cost room."""
    beyond = letters_beyond(leaves)
    plain, others = dict[str, Sequence[tuple[Needed, int]]](), dict[str, Sequence[tuple[Needed, int]]]()
    for text, needs in leaves.items():
        (plain if text.isascii() or beyond.isdisjoint(text) else others)[text] = needs
    yield Texts(plain, head=head)
    yield Texts(others, head=head)


def letters_beyond(texts: Iterable[str]) -> frozenset[str]:
    """Return the letters of texts that are not ASCII.

    >>> sorted(letters_beyond(["don\u2019t", "café"]))
    ['é']
    """
    return frozenset(char for char in set("".join(texts)) if not char.isascii() and is_letter(char))


@dataclass(frozen=True)
class Found:
    """The leaves that need a text or its beginning: `sure` in any case, others if no letter touches it.

    `open` are the others: whether a letter before, after the text rules them out, and their number.
    """

    sure: frozenset[int]
    open: tuple[tuple[bool, bool, int], ...]

    def at(self, data: bytes, start: int, end: int) -> frozenset[int]:
        """Return the leaves that may match where the text is `data[start:end]`."""
        before = start > 0 and data[start - 1] in _WORD_BYTES
        after = end < len(data) and data[end] in _WORD_BYTES
        if not (before or after):
            return self.every
        return self.sure.union(
            leaf for opens, closes, leaf in self.open if not (opens and before) and not (closes and after)
        )

    @cached_property
    def every(self) -> frozenset[int]:
        """Return the leaves of a text that no letter touches."""
        return self.sure.union(leaf for _, _, leaf in self.open)


class Texts:
    """Texts to be looked for all at once, with the leaves that need them."""

    __slots__ = ("__dict__", "_head", "_known", "_leaves", "_letters")

    def __init__(self, leaves: Mapping[str, Sequence[tuple[Needed, int]]], *, head: bool) -> None:
        self._leaves, self._head = leaves, head
        self._letters = letters_beyond(leaves)
        self._known: dict[bytes, Found] = {}

    def may_be_in(self, beyond: str) -> bool:
        """Tell whether any can be in a text whose characters beyond ASCII are these."""
        return not self._letters or not self._letters.isdisjoint(beyond)

    @cached_property
    def _match(self) -> Match:
        """Compile the texts; where several begin at one place, the longest is found."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.longest_match = True
        options.never_capture = True
        options.log_errors = False
        found: Match = re2._Regexp(self._pattern(), options)._regexp.Match
        return found

    def _pattern(self) -> str:
        """Spell the texts, with the places between words that all who need one ask for."""
        if self._head:
            return rf"\n[^\n{LETTER}]*(?:{_any_of(self._leaves)})"
        edged: dict[tuple[str, str], list[str]] = {}
        for text, needs in self._leaves.items():
            before = _edge(text[0]) if all(need.opens for need, _ in needs) else ""
            after = _edge(text[-1]) if all(need.closes for need, _ in needs) else ""
            edged.setdefault((before, after), []).append(text)
        return "|".join(f"{before}(?:{_any_of(texts)}){after}" for (before, after), texts in edged.items())

    def found(self, data: bytes) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield lines, and the leaves that may match there. `data` begins with a line end."""
        if not self._leaves:
            return
        match, anchor, head, known = self._match, re2._Anchor.UNANCHORED, self._head, self._known
        size = len(data)
        at, line, counted = 0, -1, 0
        while (span := match(anchor, data, at, size)[0])[0] >= 0:
            start, end = span
            text = data[start:end]
            found = known.get(text) or self._learn(text)
            leaves = found.at(data, start, end) if found.open else found.sure
            if leaves:
                line, counted = line + data.count(_NEWLINE, counted, start + head), start + head
                yield line, leaves
            at = end if head else start + 1

    def _learn(self, found: bytes) -> Found:
        """Return the leaves that need what was found; all of them for letters that are equal only to the automaton."""
        text = found.decode("utf-8", "replace")
        if self._head:
            text = _HEAD.sub("", text)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[found] = known = self._look_up(text) if text in self._leaves else Found(EVERY, ())
        return known

    def _look_up(self, text: str) -> Found:
        """Return the leaves that need a text or its beginning."""
        sure: set[int] = set()
        open_: list[tuple[bool, bool, int]] = []
        for size in range(1, len(text) + 1):
            for need, leaf in self._leaves.get(text[:size], ()):
                closes = need.closes
                if closes and size < len(text):
                    if _is_word_byte(text[size]):
                        continue
                    closes = False
                if need.opens or closes:
                    open_.append((need.opens, closes, leaf))
                else:
                    sure.add(leaf)
        return Found(frozenset(sure), tuple(open_))


def _any_of(texts: Iterable[str]) -> str:
    """Spell a choice of texts."""
    return _MARKS.sub(lambda mark: classes.quoted(mark[0]), "\n".join(sorted(texts))).replace("\n", "|")


def _edge(char: str) -> str:
    """Spell that no ASCII letter or digit stands on the other side of a character, at an end of a text."""
    return r"\b" if _is_word_byte(char) else r"\B"


def _is_word_byte(char: str) -> bool:
    return char.isascii() and ord(char) in _WORD_BYTES


class Patterns:
    """Widened regexes to be looked for all at once, with the leaves that they stand for."""

    __slots__ = ("__dict__", "_leaves", "_patterns")

    def __init__(self, leaves: Mapping[str, set[int]]) -> None:
        self._patterns = tuple(leaves)
        self._leaves = {pattern: frozenset(found) for pattern, found in leaves.items()}

    @cached_property
    def _match(self) -> Match:
        return _together(self._patterns, max_mem=_MEMORY)

    @cached_property
    def _groups(self) -> Sequence[tuple[Match, Sequence[tuple[Match, frozenset[int]]]]]:
        """Compile each, and some together: an automaton that tells all apart would be made anew for most lines."""
        each = [(_together([pattern]), found) for pattern, found in self._leaves.items()]
        return [
            (_together(self._patterns[k : k + TOGETHER]), each[k : k + TOGETHER])
            for k in range(0, len(each), TOGETHER)
        ]

    def found(self, data: bytes) -> Iterator[tuple[int, frozenset[int]]]:
        """Yield lines, and the leaves that may match there."""
        if not self._patterns:
            return
        match, anchor = self._match, re2._Anchor.UNANCHORED
        size = len(data)
        at = line = counted = 0
        while at <= size and (start := match(anchor, data, at, size)[0][0]) >= 0:
            line, counted = line + data.count(_NEWLINE, counted, start), start
            first = data.rfind(_NEWLINE, 0, start) + 1
            at = data.find(_NEWLINE, start) + 1 or size + 1
            yield line, self._in(data, first, at - 1)

    def _in(self, data: bytes, first: int, end: int) -> frozenset[int]:
        """Return the leaves whose regexes match in a line."""
        anchor = re2._Anchor.UNANCHORED
        found: set[int] = set()
        for match, each in self._groups:
            if match(anchor, data, first, end)[0][0] >= 0:
                found.update(*(leaves for one, leaves in each if one(anchor, data, first, end)[0][0] >= 0))
        return frozenset(found)


def _together(patterns: Sequence[str], max_mem: int = 64 << 20) -> Match:
    """Compile a choice of regexes."""
    pattern = "|".join(f"(?:{pattern})" for pattern in patterns)
    found: Match = classes.compiled(pattern, max_mem=max_mem)._regexp.Match
    return found
