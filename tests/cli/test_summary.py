"""The closing summary: how many documents were changed, and what to look at first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Result
from tests.support.corpora import write

Clean = Callable[..., Result]
LINE = "The ferry to the island stays all winter, says the council of the harbour town, and the school stays too. "
KEPT = f"{LINE}{LINE}".strip() + "\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (KEPT, None),
        (f"{KEPT}\nAdvertisement\n", None),
        (
            f"{KEPT}\nRead also:\n\n" + "\n\n".join(f"• Bridge {k} over the river" for k in range(9)) + "\n",
            "documents that lost over 40% (1)",
        ),
    ],
)
def test_what_to_look_at_first(text: str, told: str | None, tmp_path: Path, clean: Clean) -> None:
    source = write(tmp_path / "in", {"a.txt": text, "b.txt": "Nothing happened here on Monday.\n"})
    result = clean("run", source, tmp_path / "out")
    assert result.code == 0
    changed = int(text != KEPT)
    assert f"changed: {changed} of 2 documents, which have " in result.out
    line = next((line for line in result.out.splitlines() if line.startswith("look first at: ")), None)
    assert line == (told and f"look first at: {told}")


@pytest.mark.parametrize(("length", "doubted"), [(159, False), (160, True)])
def test_long_removals_are_doubted(length: int, doubted: bool, tmp_path: Path, clean: Clean) -> None:
    note = "Our tide tables" + " and more" * 20
    pack = (
        "schema: 1\npack: mine\nrules:\n  - id: tide\n    description: Tides\n    scope: line\n\n"
        "    match: {regex: '^Our tide tables[:0-9a-z ]*$'}\n    action: drop\n"
        "    examples: {match: ['Our tide tables: 3'], no_match: ['Low tide']}\n"
    )
    rest = "\n\n".join(f"{LINE}It was said {k} times." for k in ("two", "three", "four", "five"))
    write(tmp_path, {"mine.yaml": pack, "in/a.txt": f"{rest}\n\n{note[: length - 1]}x\n"})
    result = clean(
        "run", tmp_path / "in", tmp_path / "out", "--rules", tmp_path / "mine.yaml", "--steps", "boilerplate"
    )
    assert "mine/tide" in result.out
    assert ("removals of 160 characters or more (1)" in result.out) is doubted
