"""Settings and records of data that are whole texts: YAML, INI, properties, batch files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from cleaner.engines.lazy import regex
from cleaner.protected.claims import Claim, Sheet, indent_of, share
from cleaner.protected.marks import BLANK, COLON, EQUALS, SIGN, SPACE, TAB

_KEY: Final = regex(r"\s*(?:- )*[\w./\"'$-]+:(?:\s+\S.*)?$")
_PLAIN_KEY: Final = regex(r"[a-z_\"'$][\w./\"'-]*:(?:\s|$)")
_FLOW: Final = regex(r"\w[\w./-]*:\s+(?:\[.*\]|\{.*\})(?:\s+#.*)?$")
"""A key, of capitals too, with a list or a mapping in brackets."""
_ITEM: Final = regex(r"\s*-(?:\s|$)")
_ASSIGNED: Final = regex(r"\s*(?:export\s+|set\s+)?[\w.\-]+\s*=")
_SECTION: Final = regex(r"\s*\[[\w.:\"' -]+\]{1,2}$")
_COMMENT: Final = regex(r"\s*[#;!]")
_LEAST: Final = 0.95
_MOST_OTHERS: Final = 0.06
"""A little more than the share of lines that may be of no such shape."""
_KEYED_STARTS: Final = frozenset("abcdefghijklmnopqrstuvwxyz_\"'$-.}]% \t#")
"""What lines of YAML begin with: keys, items, marks of documents, brackets, and lines that do not count."""


def whole_yaml(sheet: Sheet) -> Iterator[Claim]:
    """Claim a text that is YAML: keys at the margin, and under them keys, items and indented text."""
    if not sheet.seen & COLON:
        return
    lines = [line for line in sheet.lines if line]
    if not lines or not sheet.free(0, len(sheet.lines)) or not _may_be_keyed(lines):
        return
    margin = [line for line in lines if line[0] not in " \t#"]
    keys = sum(_PLAIN_KEY.match(line.removeprefix("- ")) is not None for line in margin)
    shaped = keys + sum(
        (line[:2] == "- " and not _PLAIN_KEY.match(line[2:]))
        or line in ("-", "---", "...")
        or line[0] in "}]%"
        for line in margin
    )
    nested = sum(
        before.endswith((":", "|", ">", "-"))
        and (indent_of(after) > indent_of(before) or _ITEM.match(after) is not None)
        for before, after in pairwise(lines)
    )
    if keys and (nested or lines[0] == "---") and share(shaped, len(margin)) >= _LEAST:
        yield 0, len(sheet.lines), "code"


def _may_be_keyed(lines: list[str]) -> bool:
    """Tell whether hardly any line at the margin begins as none of YAML does: in prose, the first few tell."""
    others = 0
    for line in lines:
        others += line[0] not in _KEYED_STARTS
        if others > _MOST_OTHERS * len(lines):
            return False
    return True


def whole_settings(sheet: Sheet) -> Iterator[Claim]:
    """Claim a text that is a file of settings: sections, assignments, what continues them, comments."""
    if not (sheet.seen & EQUALS or (sheet.has("{", "[") and sheet.has(": [", ": {"))):
        return
    if not sheet.free(0, len(sheet.lines)) or _has_others(sheet):
        return
    lines = [line for line in sheet.lines if line]
    if len(lines) < 2:
        return
    margin = [line for line in lines if line[0] not in " \t" and not _COMMENT.match(line)]
    flows = sum(_FLOW.match(line) is not None for line in margin)
    assigned = flows + sum(bool(_ASSIGNED.match(line) or _SECTION.match(line)) for line in margin)
    if margin and (flows > 1 or any(map(_ASSIGNED.match, lines))) and share(assigned, len(margin)) >= _LEAST:
        yield 0, len(sheet.lines), "code"


def _has_others(sheet: Sheet) -> bool:
    """Tell whether too many lines at the margin have no sign of code, and so are no settings and no comments."""
    texts = sheet.shapes.sizes > 0
    margin = np.count_nonzero(texts & (sheet.known.heads & (SPACE | TAB) == 0))
    others = np.count_nonzero(texts & (sheet.known.heads & BLANK == 0) & (sheet.known.lines & SIGN == 0))
    return bool(others > _MOST_OTHERS * margin) and not (sheet.text[:1] == "!" or sheet.has("\n!"))
