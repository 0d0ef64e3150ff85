"""CONTRIBUTING.md: every walk is a real diff, applied here to a copy of the package and run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.support.corpora import trail, tree, write

TEXT = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
WALKS = dict(re.findall(r"```diff ([\w-]+)\n(.*?)```", TEXT, re.S))
TIDE = "The tide table hangs beside the door of the harbour office."
TEXTS = {
    "a.txt": f"{TIDE}\n\n------\n\nThe ferry leaves at nine.\n",
    "b.txt": "The bridge opens at noon.\n\nTimetables are subject to change without notice\n",
    "sub/c.txt": "The lock is closed on Mondays.\n",
}
FLAG_STEP = '''
"""The step that points at exclamation marks."""
from collections.abc import Iterator
from cleaner.model import Flag
from cleaner.steps import Context

RULES = [{"id": "mark", "description": "Exclamation mark", "scope": "line", "match": {"detector": "shouts"},
          "action": "flag", "examples": {"match": "Stop!", "no_match": "Stop."}}]


def find(text: str, context: Context) -> Iterator[Flag]:
    rule = context.rules.get("shouts/mark")
    for k in (k for k, char in enumerate(text) if rule and char == "!"):
        yield Flag(k, k + 1, rule.id, rule.severity, rule.description)
'''
CARELESS_STEP = """
from cleaner.model import Edit


def find(text, context):
    yield Edit(0, 1, text[:1], "", "dashes/line", "")
"""

Clean = Callable[..., str]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the walks change."""
    for name in ("cleaner", "rules"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / name, tmp_path / "checkout" / name, ignore=ignored)
    write(tmp_path / "texts", TEXTS)
    return tmp_path / "checkout"


@pytest.fixture
def clean(checkout: Path) -> Clean:
    """Run `clean ARGS` of the copy beside the texts and return what it prints."""

    def run(*args: str, code: int = 0) -> str:
        environment = os.environ | {"PYTHONPATH": str(checkout)}
        command = [sys.executable, "-m", "cleaner", *args]
        done = subprocess.run(
            command, env=environment, cwd=checkout.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    return run


def apply(checkout: Path, walk: str) -> None:
    """Apply the diff of a walk."""
    command = ["git", "apply", "--recount", "-"]
    done = subprocess.run(
        command, input=WALKS[walk], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"CONTRIBUTING.md, {walk}: {done.stderr}"


def add_step(checkout: Path, name: str, module: str, line: str) -> None:
    """Add a step as the walks do."""
    write(checkout / "cleaner" / "steps", {f"{name}.py": module})
    registry = checkout / "cleaner" / "steps" / "__init__.py"
    head, tail = registry.read_text("utf-8").split('    Step("boilerplate"')
    registry.write_text(f'{head}    {line},\n    Step("boilerplate"{tail}', "utf-8")


def run_commands(clean: Clean, heading: str) -> list[str]:
    """Run the commands that stand under a heading and return what each prints."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    block = re.search(r"```console\n(.*?)```", section, re.S)
    assert block
    return [clean(*line.split()[2:]) for line in block[1].replace('"', "").splitlines()]


def proven(clean: Clean, checkout: Path, source: str = "texts") -> None:
    """Verify the output, and restore from it what went in."""
    clean("verify", "out")
    clean("restore", "out", "back")
    assert tree(checkout.parent / "back") == tree(checkout.parent / source)


def test_add_a_rule(checkout: Path, clean: Clean) -> None:
    apply(checkout, "rule")
    shown, tested, _ = run_commands(clean, "Add a rule")
    assert "Note on the timetable" in shown
    assert "2 examples of 1 rules" in tested
    assert (checkout.parent / "out" / "b.txt").read_text() == "The bridge opens at noon.\n"
    assert "boilerplate/harbour/timetable-note" in clean("why", "out", "b.txt:3")
    proven(clean, checkout)


def test_add_a_text_step(checkout: Path, clean: Clean) -> None:
    apply(checkout, "step")
    shown, tested, _, why = run_commands(clean, "Add a step")
    assert "Line of nothing but five dashes" in shown
    assert "2 examples of 1 rules" in tested
    assert "nothing but dashes" in why
    assert (checkout.parent / "out" / "a.txt").read_text() == f"{TIDE}\n\nThe ferry leaves at nine.\n"
    proven(clean, checkout)


@pytest.mark.parametrize(
    "options",
    [
        {"yaml": "steps: [dashes]\nignore: ['dashes/*']\n"},
        {"yaml": "exceptions:\n  - {rule: 'dashes/*', document: 'a.txt', text: '---'}\n"},
        {"args": ["--ignore", "dashes/*"]},
        {"args": ["--select", "encoding/*"]},
    ],
    ids=["ignored", "exempt", "option", "not selected"],
)
def test_a_new_step_obeys_its_configuration(
    checkout: Path, clean: Clean, options: dict[str, list[str] | str]
) -> None:
    apply(checkout, "step")
    if "yaml" in options:
        write(checkout.parent, {"clean.yaml": str(options["yaml"])})
    clean("run", "texts", "out", *options.get("args", []))
    assert (checkout.parent / "out" / "a.txt").read_text() == TEXTS["a.txt"]


def test_the_steps_of_the_configuration_may_name_a_new_one(checkout: Path, clean: Clean) -> None:
    apply(checkout, "step")
    write(checkout.parent, {"clean.yaml": "steps: [dashes]\n"})
    clean("run", "texts", "out")
    assert "------" not in (checkout.parent / "out" / "a.txt").read_text()
    write(checkout.parent, {"clean.yaml": "steps: [dashs]\n"})
    assert "did you mean 'dashes'?" in clean("run", "texts", "out2", code=2)


def test_an_inactive_rule_is_an_error_of_the_step(checkout: Path, clean: Clean) -> None:
    add_step(checkout, "careless", CARELESS_STEP, 'Step("careless")')
    said = clean("run", "texts", "out", code=2)
    assert "the step careless found something by the rule 'dashes/line', which is not active" in said


def test_add_a_flag_step(checkout: Path, clean: Clean) -> None:
    add_step(checkout, "shouts", FLAG_STEP, 'Step("shouts", scope="flags", own_rules=True)')
    write(checkout.parent / "texts", {"d.txt": "Mind the gap!\n"})
    clean("run", "texts", "out")
    assert [line["rule"] for line in trail(checkout.parent / "out", "flags")] == ["shouts/mark"]
    assert (checkout.parent / "out" / "d.txt").read_text() == "Mind the gap!\n"
    assert "shouts/mark" in clean("why", "out", "d.txt:1")
    clean("run", "texts", "out", "--overwrite", "--ignore", "shouts/*")
    assert trail(checkout.parent / "out", "flags") == []


def test_add_a_corpus_step(checkout: Path, clean: Clean) -> None:
    apply(checkout, "corpus-step")
    slogan = "Harbour news, every day"
    names = ("one", "two", "three")
    bodies = {f"{name}.txt": f"Pier {name} was painted {name} times.\n\n{slogan}\n" for name in names}
    write(checkout.parent / "slogans", bodies | {"other.txt": f"{slogan}\n\nThe crane was sold.\n"})
    arguments = ["run", "slogans", "out", "--steps", "encoding,slogans,dedup"]
    clean(*arguments)
    out = checkout.parent / "out"
    assert {path.name: path.read_text() for path in out.glob("*.txt")} == {
        f"{name}.txt": f"Pier {name} was painted {name} times.\n" for name in names
    } | {"other.txt": f"{slogan}\n\nThe crane was sold.\n"}
    assert "the last line of 3 documents" in clean("why", "out", "one.txt:3")
    stages = json.loads((out / "_clean" / "timings.json").read_text())["stages"]
    assert {"digest slogans", "combine slogans", "apply slogans", "digest dedup"} <= set(stages)
    proven(clean, checkout, "slogans")
    clean(*arguments, "--overwrite", "--ignore", "slogans/*")
    assert slogan in (out / "one.txt").read_text()
    write(checkout.parent, {"clean.yaml": "exceptions:\n  - {rule: slogans/line, document: one.txt}\n"})
    clean(*arguments, "--overwrite")
    assert slogan in (out / "one.txt").read_text()
    assert slogan not in (out / "two.txt").read_text()


def test_add_a_format(checkout: Path, clean: Clean) -> None:
    apply(checkout, "format")
    assert "rst" in clean("run", "--help")
    run_commands(clean, "Add a format")
    write(checkout.parent / "rst", {"a.rst": "Tides\n=====\n\nThey come  and go.\n\nAdvertisement\n"})
    clean("run", "rst", "out", "--overwrite")
    assert (checkout.parent / "out" / "a.rst").read_text() == "Tides\n=====\n\nThey come  and go.\n"
    assert "did you mean 'rst'?" in clean("run", "rst", "out2", "--format", "rsd", code=2)
    proven(clean, checkout, "rst")


def test_add_an_engine(checkout: Path, clean: Clean) -> None:
    apply(checkout, "engine")
    run_commands(clean, "Add an engine")
    clean("run", "texts", "local")
    assert tree(checkout.parent / "out") == tree(checkout.parent / "local")
    assert "inline" in clean("run", "texts", "out2", "--engine", "outline", code=2)
