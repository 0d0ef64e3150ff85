"""The hooks of pre-commit for other projects: their file is right, and their commands do what they say."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import PROJECT, Result

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook
    for hook in YAML(typ="safe").load((PROJECT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
RULE = """\
schema: 1
pack: mine
rules:
  - id: timetable
    description: Link to the timetable
    scope: line
    match: {prefix: "Timetable:"}
    action: drop
    examples: {match: "Timetable: see here", no_match: "The timetable: a history"}
"""


@pytest.fixture
def hook(
    clean: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run the entry of a hook in the root of a project, with files as pre-commit gives them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()

    def run(name: str, *files: str) -> Result:
        found = HOOKS[name]
        assert all(re.search(found["files"], file) for file in files)
        program, *words = shlex.split(found["entry"])
        assert program == "clean"
        return clean(*words, *(files if found.get("pass_filenames", True) else ()))

    return run


def test_the_file_has_what_pre_commit_asks_for() -> None:
    assert set(HOOKS) == {"clean-rules-validate", "clean-rules-test", "clean-check"}
    for found in HOOKS.values():
        assert {"id", "name", "entry", "language", "files"} <= set(found)
        assert found["language"] == "python"


@pytest.mark.parametrize("name", ["clean-rules-validate", "clean-rules-test"])
def test_rules(hook: Callable[..., Result], tmp_path: Path, name: str) -> None:
    (tmp_path / "clean.yaml").write_text("profile: article\n")
    pack = tmp_path / "rules" / "mine.yaml"
    pack.write_text(RULE.replace('match: "Timetable: see here"', 'match: "See the timetable"'))
    broken = hook(name, "rules/mine.yaml")  # first: rules that are right are kept for the life of a process
    assert broken.code in (1, 2)
    assert "mine" in broken.out + broken.err
    pack.write_text(RULE)
    assert hook(name, "rules/mine.yaml").code == 0


def test_texts(hook: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ferry stays in port.\n")
    assert hook("clean-check", "a.txt").code == 0
    (tmp_path / "a.txt").write_text("The ferry stays in port.\n\nAdvertisement\n")
    assert hook("clean-check", "a.txt").code == 1
