"""Completion: the scripts, and what is offered for rules, steps, formats, engines, shells and documents."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from cleaner.cli import clean as command
from tests.conftest import Result
from tests.support.corpora import write

Clean = Callable[..., Result]


def offered(*words: str) -> list[str]:
    """Return what is offered for the last word."""
    complete = BashComplete(command, {}, "clean", "_CLEAN_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["ver"], ["verify"]),
        (["xyz"], []),
        (["explain", "encoding/moji"], ["encoding/mojibake"]),
        (["rules", "show", "encoding/moji"], ["encoding/mojibake"]),
        (["run", "--ignore", "encoding/moji"], ["encoding/mojibake"]),
        (["check", "--select", "mojibake"], ["encoding/mojibake"]),
        (["rules", "list", "--select", "encoding/moji"], ["encoding/mojibake"]),
        (["run", "--steps", "d"], ["dedup"]),
        (["run", "--steps", "encoding,li"], ["encoding,linebreaks"]),
        (["run", "--steps", "dedup,d"], []),
        (["run", "--format", "par"], ["parquet"]),
        (["run", "--engine", "lo"], ["local"]),
        (["check", "--output", "sa"], ["sarif"]),
        (["completion", "z"], ["zsh"]),
        (["why", "nowhere", "a"], []),
    ],
)
def test_what_is_offered(words: list[str], expected: list[str]) -> None:
    assert offered(*words) == expected


def test_rules_of_the_folder_are_offered(tmp_path: Path) -> None:
    pack = (
        "schema: 1\npack: mine\nrules:\n  - id: tide\n    description: Tides\n    scope: line\n"
        "    match: {prefix: 'Tide'}\n    action: drop\n    examples: {match: ['Tide: 3'], no_match: ['Low tide']}\n"
    )
    write(tmp_path, {"mine.yaml": pack, "broken.yaml": "schema: 1\npak: x\n"})
    assert offered("run", "--rules", str(tmp_path / "mine.yaml"), "--ignore", "mine/") == ["mine/tide"]
    assert offered("run", "--rules", str(tmp_path / "broken.yaml"), "--ignore", "mine/") == []


def test_documents_of_a_run_are_offered(tmp_path: Path, clean: Clean) -> None:
    source = write(
        tmp_path / "in",
        {"a/b.txt": "Tide.\n", "a/é.txt": "Tide!\n", "c.jsonl": '{"text": "One."}\n{"text": "Two."}\n'},
    )
    out = tmp_path / "out"
    assert clean("run", source, out, "-q", "--steps", "encoding").code == 0
    assert offered("why", str(out), "") == ["a/b.txt", "a/é.txt", "c.jsonl:1", "c.jsonl:2"]
    assert offered("why", str(out), "a/é") == ["a/é.txt"]
    assert offered("why", str(out), "c.jsonl:") == ["c.jsonl:1", "c.jsonl:2"]
    assert offered("why", str(out), "b") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(shell: str, clean: Clean) -> None:
    result = clean("completion", shell)
    assert result.code == 0
    assert f"_CLEAN_COMPLETE={shell}_complete" in result.out
    program = shutil.which(shell)
    if program:
        subprocess.run([program, "-n"], input=result.out, text=True, check=True)


def test_another_shell_is_refused(clean: Clean) -> None:
    result = clean("completion", "csh")
    assert (result.code, "bash" in result.err) == (2, True)
