"""Texts of many kinds that are right come out as they went in: tables of them, `cases/unharmed/*.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML

from cleaner import Cleaner
from cleaner.model import Document

FOLDER = Path(__file__).parent / "cases" / "unharmed"


class Case(NamedTuple):
    """A text of one kind; `becomes` is None when nothing may change, `fails` says why that is not so yet."""

    kind: str
    language: str
    name: str
    text: str
    becomes: str | None
    fails: str


def cases() -> list[Case]:
    """Read all tables."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        table = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for case in (*table.get("unchanged", ()), *table.get("changed", ())):
            kind, language = case.get("kind", path.stem), case.get("language", "en")
            becomes, fails = case.get("becomes"), case.get("fails", "")
            found.append(Case(kind, language, case["name"], case["text"], becomes, fails))
    return found


CASES = cases()
PARAMETERS = [
    pytest.param(
        case,
        id=f"{case.kind}, {case.language}: {case.name}",
        marks=pytest.mark.xfail(strict=True, reason=case.fails) if case.fails else (),
    )
    for case in CASES
]


@pytest.mark.parametrize("case", PARAMETERS)
def test_what_is_right_comes_out_as_it_went_in(case: Case) -> None:
    cleaned = Cleaner().clean(Document("a.txt", case.text)).text
    assert cleaned == (case.text if case.becomes is None else case.becomes)


def test_the_tables_are_of_many_kinds_and_their_texts_differ() -> None:
    assert len(CASES) >= 430
    assert len({case.kind for case in CASES}) >= 40
    assert len({case.language for case in CASES}) >= 20
    assert len({case.text for case in CASES}) == len(CASES)
    assert len({(case.kind, case.language, case.name) for case in CASES}) == len(CASES)
