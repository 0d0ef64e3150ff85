"""`clean rules try`: the rules of one file on one text."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.corpora import write

Clean = Callable[..., Any]
PACK = {
    "schema": 1,
    "pack": "mine",
    "rules": [
        {
            "id": "timetable",
            "description": "Link to the timetable",
            "scope": "line",
            "match": {"prefix": "Timetable:"},
            "guard": {"max_words": 6},
            "action": "drop",
            "examples": {"match": "Timetable: see here", "no_match": "The timetable: a history"},
        },
        {
            "id": "dear",
            "description": "A word that is to be looked at",
            "scope": "line",
            "match": {"contains": "deerest"},
            "action": "flag",
            "message": "dearest?",
            "examples": {"match": "deerest friend", "no_match": "dearest friend"},
        },
    ],
}
PROSE = "The ferry to the island stays all winter, says the council of the harbour town.\n\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write(tmp_path, {"mine.yaml": json.dumps(PACK)}) / "mine.yaml"


CASES = {
    "nothing": (PROSE, "none of the 2 rules matches\n"),
    "other rules are not applied": (f"{PROSE}Advertisement\n", "none of the 2 rules matches\n"),
    "a removal": (f"{PROSE}Timetable: see here\n", "3: mine/timetable removes “Timetable: see here”\n"),
    "a flag": (f"My deerest friend.\n\n{PROSE}", "1: mine/dear flags “deerest”: dearest?\n"),
    "a match that is left": (
        f"{PROSE}```\nTimetable: see here\n```\n",
        "4: mine/timetable matches “Timetable:” and leaves it: ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_told(name: str, pack: Path, tmp_path: Path, clean: Clean) -> None:
    text, told = CASES[name]
    result = clean("rules", "try", pack, write(tmp_path, {"a.txt": text}) / "a.txt")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(told)
    assert result.out.count("\n") == 1


def test_a_text_from_standard_input(pack: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(f"{PROSE}Timetable: see here\n".encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert clean("rules", "try", pack).out == "3: mine/timetable removes “Timetable: see here”\n"


def test_what_is_wrong_is_told(pack: Path, tmp_path: Path, clean: Clean) -> None:
    assert "nowhere.txt: No such file" in clean("rules", "try", pack, "nowhere.txt").err
    broken = json.loads(json.dumps(PACK))
    broken["rules"][0]["examples"]["match"] = "Nothing"
    pack.write_text(json.dumps(broken))
    result = clean("rules", "try", pack, pack)
    assert result.code == 2
    assert "does not match this example" in result.err
