"""What is protected as a whole is removed as a whole or not at all, by any rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cleaner.protected import WHOLE, Kind, protect

SHELTERED: Final[dict[str, frozenset[Kind]]] = {
    "article": WHOLE | {"list"},
    "page": frozenset({"code", "mathematics", "front-matter"}),
}
"""Kinds of which no part is taken, by profile: a whole page is laid out in tables and lists."""

MOST_OF_A_LIST: Final = 0.5
"""Where more of its items are to be removed, a list is furniture itself."""


def torn(drops: Iterable[int], text: str, contents: Sequence[str], profile: str) -> set[int]:
    """Return those of the lines to be removed that are in a protected block whose other lines would be kept."""
    dropped = set(drops)
    spared: set[int] = set()
    protected = protect(text) if dropped else None
    for line in sorted(dropped):
        block = protected.block_at(line) if protected and line not in spared else None
        if block and block.kind in SHELTERED[profile]:
            inside = {k for k in range(block.first, block.stop) if contents[k].strip()}
            mostly = block.kind == "list" and len(inside & dropped) > MOST_OF_A_LIST * len(inside)
            if not inside <= dropped and not mostly:
                spared |= inside & dropped
    return spared
