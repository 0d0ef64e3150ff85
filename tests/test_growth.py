"""Four times the text takes four times the work, whatever kind of text it is: counted in calls, not in seconds."""

from __future__ import annotations

import sys
from itertools import count

import pytest

from cleaner import Cleaner
from tests.test_unharmed import CASES, Case

SIZE = 12_000
"""Characters of the shorter text: work that grows with its square shows in the longer one."""
TIMES = 4
MOST = 1.35
"""So much more work than that for each character is a fault."""
KINDS = {case.kind: case for case in CASES}


def repeated(case: Case, size: int, numbers: count[int]) -> str:
    """Return a text again and again, each time with another number in front so that it is no duplicate."""
    text = case.text.strip("\n") + "\n\n"
    return "".join(f"{next(numbers)} {text}" for _ in range(max(2, size // len(text))))


def calls(cleaner: Cleaner, text: str) -> int:
    """Count the calls of functions while a text is cleaned."""
    made = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        cleaner.clean_text(text)
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize("case", KINDS.values(), ids=KINDS)
def test_work_grows_with_the_text(case: Case) -> None:
    cleaner, numbers = Cleaner(), count(1)
    cleaner.clean_text(repeated(case, SIZE, numbers))  # what is made once is made
    less = calls(cleaner, repeated(case, SIZE, numbers))
    longer = (calls(cleaner, repeated(case, TIMES * SIZE, numbers)) for _ in range(2))
    assert any(more <= MOST * TIMES * less for more in longer)  # what is loaded on the way is loaded once
