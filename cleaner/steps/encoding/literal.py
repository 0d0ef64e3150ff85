"""Code comes out as it went in: what the encoding step proposes inside it is not done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cleaner.model import Edit
from cleaner.protected import LITERAL, protect

_RETURN: Final = "\r"
_SURROGATES: Final = "encoding/surrogates"


def spare_literal(text: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    r"""Yield the edits without those inside code.

    Carriage returns before a newline still go, and surrogates, as text without them is all that can
    be written. The map is not asked for where nothing is to be repaired.

    >>> edits = [Edit(0, 5, "&amp;", "&", "encoding/entities"), Edit(7, 12, "&amp;", "&", "encoding/entities")]
    >>> [edit.start for edit in spare_literal("&amp; `&amp;`", edits)]
    [0]
    """
    for edit in edits:
        needed = edit.old == _RETURN or edit.rule == _SURROGATES
        if needed or not protect(text).covers(edit.start, edit.end, LITERAL):
            yield edit
