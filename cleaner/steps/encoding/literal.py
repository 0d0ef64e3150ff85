"""Code is left unchanged: repairs that the encoding step proposes inside it are dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cleaner.model import Edit
from cleaner.protected import LITERAL, protect

_RETURN: Final = "\r"
_SURROGATES: Final = "encoding/surrogates"


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
        if needed or not protect(text).covers(edit.start, edit.end, LITERAL):
            yield edit
