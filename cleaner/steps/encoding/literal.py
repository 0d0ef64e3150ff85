"""Code is left unchanged, and so are empty cells: repairs that the encoding step proposes there are dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cleaner.model import Edit
from cleaner.protected import LITERAL, protect

_RETURN: Final = "\r"
_SURROGATES: Final = "encoding/surrogates"
_TRAILING: Final = "encoding/trailing-space"


def spare_literal(text: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    r"""Yield the edits without those inside code.

    Carriage returns before a newline and surrogates are still removed, as text with surrogates cannot
    be written. The map is not computed where nothing is to be repaired.

    >>> edits = [Edit(0, 5, "&amp;", "&", "encoding/entities"), Edit(7, 12, "&amp;", "&", "encoding/entities")]
    >>> [edit.start for edit in spare_literal("&amp; `&amp;`", edits)]
    [0]
    """
    for edit in edits:
        needed = edit.old == _RETURN or edit.rule == _SURROGATES
        if needed or not (
            protect(text).covers(edit.start, edit.end, LITERAL) or _is_source(text) or _is_cells(text, edit)
        ):
            yield edit


def _is_source(text: str) -> bool:
    """Tell whether all of a text is code: then the white space around it is part of it."""
    blocks = protect(text).blocks
    return (
        len(blocks) == 1
        and blocks[0].kind in LITERAL
        and not text[: blocks[0].start].strip()
        and not text[blocks[0].end :].strip()
    )


def _is_cells(text: str, edit: Edit) -> bool:
    r"""Tell whether white space at a line end is empty cells: tabs in a table whose rows have tabs inside.

    >>> _is_cells("a\tb\n1\t2\n3\t", Edit(9, 10, "\t", "", _TRAILING))
    True
    >>> _is_cells("one line\t", Edit(8, 9, "\t", "", _TRAILING))
    False
    >>> _is_cells("<\n\t\x1b[1m", Edit(2, 3, "\t", "", _TRAILING))
    False
    """
    if edit.rule != _TRAILING or edit.old.strip("\t"):
        return False
    row = text[text.rfind("\n", 0, edit.start) + 1 : edit.end].count("\t")
    block = next((one for one in protect(text).blocks if one.start <= edit.start <= one.end), None)
    if block is None or block.kind != "table":
        return False
    before = text[block.start : max(edit.start, block.start)].split("\n")[:-1]
    after = text[edit.end : block.end].split("\n")[1:]
    return any(line.rstrip("\t").count("\t") == row for line in (*before, *after))
