"""The list of mutants that change nothing: each names a line that is there, and a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

PROJECT = Path(__file__).parents[2]
LISTED = YAML(typ="safe").load((PROJECT / "tests" / "cases" / "mutants.yaml").read_text("utf-8"))


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: f"{Path(entry['file']).stem}-{entry['old']}")
def test_a_mutant_that_changes_nothing_is_one_of_a_line_that_is_there(entry: dict[str, str]) -> None:
    lines = (PROJECT / entry["file"]).read_text("utf-8").split("\n")
    assert entry["source"] in map(str.strip, lines)
    assert entry["old"] in entry["source"]
    assert entry["reason"]
