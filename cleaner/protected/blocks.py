"""What the map of protected text is made of: kinds, blocks of lines, spans inside lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from cleaner.model import Span

Kind: TypeAlias = Literal[
    "code",  # source, markup, configuration, data, logs, diffs, shell sessions
    "front-matter",
    "table",  # also ASCII art, and rows of numbers
    "verse",
    "stanza",  # verse that is certain: by a refrain, by rhymes, by a mark at every line end
    "mathematics",
    "mail",  # heads of messages, quoted lines
    "dialogue",  # plays, chats, interviews
    "subtitles",
    "references",
    "list",  # items and clauses, with what continues them
    "contents",  # tables of contents
    "glossary",  # terms with their definitions
    "form",
    "lines",  # short lines ended on purpose: menus, addresses, ingredients, results
]

VERBATIM: Final[frozenset[Kind]] = frozenset(
    {"code", "front-matter", "table", "verse", "stanza", "mathematics"}
)
"""Kinds in which nothing but the encoding may be repaired; a block of them is one passage."""
WHOLE: Final[frozenset[Kind]] = VERBATIM | {"mail", "dialogue", "subtitles", "references"}
"""Kinds out of which a rule takes no single line."""
LITERAL: Final[frozenset[Kind]] = frozenset({"code"})
"""Kinds that are never changed, whatever characters they have."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `first` to `stop` (half-open), which are `text[start:end]`, without the last newline."""

    first: int
    stop: int
    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Protected:
    """The map of a text: blocks of whole lines, and spans inside other lines, both sorted and disjoint."""

    blocks: tuple[Block, ...] = ()
    inline: tuple[tuple[int, int, Kind], ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is protected."""
        return bool(self.blocks or self.inline)

    def block_at(self, line: int) -> Block | None:
        """Return the block that a line (counted from 0) is in."""
        at = bisect_right(self.blocks, line, key=_first) - 1
        return self.blocks[at] if at >= 0 and line < self.blocks[at].stop else None

    def kind_at(self, line: int) -> Kind | None:
        """Return the kind of the block that a line (counted from 0) is in."""
        block = self.block_at(line)
        return block.kind if block else None

    def covers(self, start: int, end: int, kinds: Collection[Kind] | None = None) -> bool:
        """Tell whether `text[start:end]` touches something protected, of these kinds; an empty span has a place too."""
        return self.kind_of(start, end, kinds) is not None

    def kind_of(self, start: int, end: int, kinds: Collection[Kind] | None = None) -> Kind | None:
        """Return the kind, among `kinds`, of the first block or inline span that `text[start:end]` touches."""
        end = max(end, start + 1)
        at = max(bisect_right(self.blocks, start, key=_start) - 1, 0)
        for block in self.blocks[at:]:
            if block.start >= end:
                break
            if start <= block.end and (kinds is None or block.kind in kinds):
                return block.kind
        at = max(bisect_right(self.inline, start, key=_span_start) - 1, 0)
        for low, high, kind in self.inline[at:]:
            if low >= end:
                break
            if start < high and (kinds is None or kind in kinds):
                return kind
        return None

    def spans(self, kinds: Collection[Kind]) -> list[Span]:
        """Return the spans of all blocks of some kinds, in order."""
        return [(block.start, block.end) for block in self.blocks if block.kind in kinds]


def _first(block: Block) -> int:
    return block.first


def _start(block: Block) -> int:
    return block.start


def _span_start(span: tuple[int, int, Kind]) -> int:
    return span[0]


NOTHING: Final = Protected()
