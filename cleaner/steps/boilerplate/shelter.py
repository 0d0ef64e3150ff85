"""What a scorer or a rule may not take.

Protected blocks and outlines are removed as a whole or not at all; notices, and what leads to lines that
stay, are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from cleaner.protected import WHOLE, Kind, protect
from cleaner.steps.boilerplate.evidence import is_prose, runs
from cleaner.steps.boilerplate.sections import is_bulleted

SHELTERED: Final[dict[str, frozenset[Kind]]] = {
    "article": WHOLE | {"list"},
    "page": frozenset({"code", "mathematics", "front-matter"}),
}
"""Kinds of which no part is taken, by profile: a whole page is laid out in tables and lists."""

MOST_OF_A_LIST: Final = 0.5
"""Where more of its items are to be removed, a list is furniture itself."""

OUTLINE: Final = 8
"""Bulleted lines in a row that are one list, whatever their bullets and levels are."""

NOTICE_LINES: Final = 6
"""Lines below a copyright line among which its licence begins."""
_NOTICE: Final = re.compile(r"(?i)copyright|©|\(c\)|\ball rights reserved\b")
_GRANT: Final = re.compile(
    r"(?i)\bpermission (?:is hereby granted, free of charge|to use, copy, modify)|\bredistribution and use in source\b"
    r"|\b(?:the above|this) copyright notice\b|\blicensed under the apache license, version\b"
    r"|\bunder the terms of the gnu\b|\bthis (?:software|program|library) is (?:free software|provided [\"'“‘]as[- ]is)"
)


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


def scattered(drops: Iterable[int], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed that are in a long outline most of which would be kept.

    >>> sorted(scattered({2, 3}, ["1. A", *["- b"] * 8]))
    [2, 3]
    """
    dropped = set(drops)
    spared: set[int] = set()
    run: list[int] = []
    for k, line in enumerate((*contents, "end")):
        if is_bulleted(line) or line.lstrip().startswith("o "):  # how text browsers write a second level
            run.append(k)
        elif line.strip():
            gone = dropped.intersection(run)
            if len(run) >= OUTLINE and len(gone) <= MOST_OF_A_LIST * len(run):
                spared |= gone
            run = []
    return spared


def leading(drops: Iterable[int], contents: Sequence[str]) -> set[int]:
    """Return those of the lines to be removed at the edges of an article that lead to lines which would be kept.

    That is, anywhere but above prose, a single label between lines that stay; and, below the last prose,
    whatever does not reach the end of the text.

    >>> sorted(leading({1}, ["Write to us", "Address", "3 Quay Street"]))
    [1]
    """
    dropped = set(drops)
    shown = [k for k, line in enumerate(contents) if line.strip()]
    last = max((k for k in shown if is_prose(contents[k])), default=len(contents))
    spared: set[int] = set()
    for first, stop in runs(shown, dropped):
        if stop < len(shown) and not is_prose(contents[shown[stop]]):
            run = shown[first:stop]
            spared |= set(run) if run[0] > last or (first > 0 and len(run) == 1) else set()
    return spared


def is_notice(contents: Sequence[str], line: int) -> bool:
    """Tell whether a line is the copyright line of the licence that begins below it.

    >>> is_notice(["Copyright 2019 Jane Example", "Permission to use, copy, modify it is granted."], 0)
    True
    >>> is_notice(["Copyright 2019 Jane Example", "Permission was granted."], 0)
    False
    """
    if not _NOTICE.search(contents[line]):
        return False
    below = (contents[k] for k in range(line + 1, len(contents)) if contents[k].strip())
    return any(_GRANT.search(text) for text in islice(below, NOTICE_LINES))
