"""What programs write and read: JSON, settings, logs, diffs, stack traces, values between commas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from cleaner.engines.lazy import regex
from cleaner.protected.claims import Claim, Sheet, share
from cleaner.protected.marks import AT, EQUALS, SQUARE

_STAMP: Final = regex(
    r"""(?x) \s* [\[(]? (?:
        \d{4}[-/.]\d\d[-/.]\d\d [T ] \d\d:\d\d
        | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)?,?\s? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)
          \s+ \d{1,2} \s \d\d:\d\d:\d\d
        | \d{1,3}(?:\.\d{1,3}){3} \s .* \[ | \d\d:\d\d:\d\d[.,]\d+ (?!\s*-->) | \d+\.\d{3,}\] | \d{10,13}\b
    )"""
)
_LEVEL: Final = regex(
    r"\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL|SEVERE)\]?(?::|\s|$)"
)
_TRACE: Final = regex(
    r"Traceback \(most recent call last\):|Exception in thread|\s+at [\w$.<>]+\(|\s+File \"[^\"]+\", line \d+"
)
_HUNK: Final = regex(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
_SETTING: Final = regex(
    r"\s*(?:export\s+)?[\w.\-/\"']+\s*[=:]\s*\S|\s*[\w.\-\"']+\s*[:=]$|\s*\[[^\]]+\]{1,2}$|\s*[#;]|\s*-\s+\S"
)
_SECTION: Final = regex(r"\s*\[[\w.:\"' -]+\]{1,2}$")


def json_text(sheet: Sheet) -> Iterator[Claim]:
    """Claim a text that is JSON, or JSON Lines."""
    lines = sheet.lines
    first = next((line for line in lines if line), "")
    if first[:1] not in "{[" or not first:
        return
    body = "\n".join(lines)
    if body.rstrip()[-1] in "}]" and (_parses(body) or all(_parses(line) for line in lines if line)):
        yield 0, len(lines), "code"


def _parses(text: str) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(found, (dict, list))
        and bool(found)
        and (isinstance(found, dict) or text.count('"') + text.count(",") > 1)
    )


_PROBE: Final = 4
"""Lines of a run among which one must look like the first of a log."""


def _may_be_log(line: str) -> bool:
    return (
        line[:1] in "[( \tTEC"
        or line[:1].isdigit()
        or line[:2].isupper()
        or line[1:2].isupper()
        or line[3:4] == " "
    )


def logs(sheet: Sheet) -> Iterator[Claim]:
    """Claim runs of lines that begin with a time or a level of severity, and stack traces."""
    for first, stop in sheet.runs(2):
        lines = sheet.lines[first:stop]
        if not any(map(_may_be_log, lines[:_PROBE])):
            continue
        stamps = sum(_STAMP.match(line) is not None or _LEVEL.match(line) is not None for line in lines)
        if (stamps >= 2 and share(stamps, len(lines)) >= 0.5) or any(_TRACE.match(line) for line in lines):
            yield first, stop, "code"


def diffs(sheet: Sheet) -> Iterator[Claim]:
    """Claim patches: the lines around and under a hunk's head."""
    lines, stop = sheet.lines, 0
    for i in sheet.marked(AT):
        if i < stop or not _HUNK.match(lines[i]):
            continue
        first = i
        while (
            first > stop
            and lines[first - 1]
            and (
                lines[first - 1][:3] in ("---", "+++")
                or re.match(r"diff |index |\w+ mode ", lines[first - 1])
            )
        ):
            first -= 1
        stop = i + 1
        while stop < len(lines) and (not lines[stop] or lines[stop][0] in " +-\\@"):
            stop += 1
        while not lines[stop - 1]:
            stop -= 1
        yield first, stop, "code"


def settings(sheet: Sheet) -> Iterator[Claim]:
    """Claim runs of settings that have the head of a section, or whose names and values are joined by `=`."""
    for first, stop in sheet.runs(2) if sheet.seen & (EQUALS | SQUARE) else ():
        lines = sheet.lines[first:stop]
        hits = sum(_SETTING.match(line) is not None for line in lines)
        if share(hits, len(lines)) < 0.9:
            continue
        if (_SECTION.match(lines[0]) and any("=" in line or ":" in line for line in lines[1:])) or sum(
            re.match(r"\s*[\w.-]+\s*=", line) is not None for line in lines
        ) >= max(2, 0.6 * len(lines)):
            yield first, stop, "code"
