"""Settings and records of data that are whole texts: YAML, INI, properties, batch files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from cleaner.protected.claims import Claim, Sheet, indent_of, share

_KEY: Final = re.compile(r"\s*(?:- )*[\w./\"'$-]+:(?:\s+\S.*)?$")
_PLAIN_KEY: Final = re.compile(r"[a-z_\"'$][\w./\"'-]*:(?:\s|$)")
_ITEM: Final = re.compile(r"\s*-(?:\s|$)")
_ASSIGNED: Final = re.compile(r"\s*(?:export\s+|set\s+)?[\w.\-]+\s*=")
_SECTION: Final = re.compile(r"\s*\[[\w.:\"' -]+\]{1,2}$")
_COMMENT: Final = re.compile(r"\s*[#;!]")
_LEAST: Final = 0.95


def whole_yaml(sheet: Sheet) -> Iterator[Claim]:
    """Claim a text that is YAML: keys at the margin, and under them keys, items and indented text."""
    if not sheet.has(":"):
        return
    lines = [line for line in sheet.lines if line]
    if not lines or not sheet.free(0, len(sheet.lines)):
        return
    margin = [line for line in lines if line[0] not in " \t#"]
    keys = sum(_PLAIN_KEY.match(line) is not None for line in margin)
    shaped = keys + sum(
        line[:2] == "- " or line in ("-", "---", "...") or line[0] in "}]%" for line in margin
    )
    nested = sum(
        before.endswith((":", "|", ">", "-"))
        and (indent_of(after) > indent_of(before) or _ITEM.match(after) is not None)
        for before, after in pairwise(lines)
    )
    if keys and (nested or lines[0] == "---") and share(shaped, len(margin)) >= _LEAST:
        yield 0, len(sheet.lines), "code"


def whole_settings(sheet: Sheet) -> Iterator[Claim]:
    """Claim a text that is a file of settings: sections, assignments, what continues them, comments."""
    if not sheet.has("="):
        return
    lines = [line for line in sheet.lines if line]
    if len(lines) < 2 or not sheet.free(0, len(sheet.lines)):
        return
    margin = [line for line in lines if line[0] not in " \t" and not _COMMENT.match(line)]
    assigned = sum(_ASSIGNED.match(line) is not None or _SECTION.match(line) is not None for line in margin)
    if margin and any(map(_ASSIGNED.match, lines)) and share(assigned, len(margin)) >= _LEAST:
        yield 0, len(sheet.lines), "code"
