"""Copyright lines that belong to a licence: it says itself that they must stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

NOTICE_LINES: Final = 6
"""Lines below a copyright line among which its licence begins."""
_NOTICE: Final = re.compile(r"(?i)copyright|©|\(c\)|\ball rights reserved\b")
_GRANT: Final = re.compile(
    r"(?i)\bpermission (?:is hereby granted, free of charge|to use, copy, modify)|\bredistribution and use in source\b"
    r"|\b(?:the above|this) copyright notice\b|\blicensed under the apache license, version\b"
    r"|\bunder the terms of the gnu\b|\bthis (?:software|program|library) is (?:free software|provided [\"'“‘]as[- ]is)"
)


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
