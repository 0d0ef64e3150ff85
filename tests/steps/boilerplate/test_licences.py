"""Copyright lines of licences are text; those of pages are furniture."""

from __future__ import annotations

import pytest

from cleaner.steps.boilerplate.shelter import NOTICE_LINES, is_notice

GRANT = "Permission to use, copy, modify and sell this almanac is granted to every ferryman who asks for it."
PROSE = "The council met on Friday to talk about the bridge, and the talk went on until the lights went out."


@pytest.mark.parametrize(
    ("lines", "notice"),
    [
        (["Copyright 2019 Jane Example", PROSE], False),
        (["Jane Example", GRANT], False),
        ([GRANT, "Copyright 2019 Jane Example"], False),
        (["Copyright 2019 Jane Example", "", GRANT], True),
        (["(c) 2019 Jane Example", "Keep this copyright notice on every copy."], True),
        (["Copyright 2019 Jane Example", *["Line"] * (NOTICE_LINES - 1), GRANT], True),
        (["Copyright 2019 Jane Example", *["Line"] * NOTICE_LINES, GRANT], False),
    ],
)
def test_what_a_notice_is(lines: list[str], notice: bool) -> None:
    index = next(k for k, line in enumerate(lines) if "2019" in line or line == "Jane Example")
    assert is_notice(lines, index) is notice
