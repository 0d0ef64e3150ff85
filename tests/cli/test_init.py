"""`clean init`: what it writes is valid, changes nothing, and shows every option that there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cleaner.cli.init import TEMPLATE
from cleaner.pipeline import rule_book
from cleaner.rules.files.schema import ConfigModel, ExceptionModel
from cleaner.run.config import LimitsModel, RunModel, read_run_config
from cleaner.settings import Limits, RuleSources, Settings
from tests.conftest import Result

Clean = Callable[..., Result]
OPTION = re.compile(r"^# (?=(?: *- )? *[\w/-]+: )|^# (?=(?:rules|limits|exceptions):$)", re.M)


def test_it_changes_nothing(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert clean("init").code == 0
    assert clean("rules", "validate").code == 0
    assert read_run_config(tmp_path / "clean.yaml") == {}
    plain, configured = rule_book(RuleSources()), rule_book(RuleSources(config=str(tmp_path / "clean.yaml")))
    assert configured.digest == plain.digest


def test_what_is_there_is_kept(tmp_path: Path, clean: Clean) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("profile: page\n")
    result = clean("init", path)
    assert (result.code, "is there already" in result.err) == (2, True)
    assert path.read_text() == "profile: page\n"


def test_every_option_can_be_uncommented(tmp_path: Path) -> None:
    path = tmp_path / "clean.yaml"
    path.write_text(OPTION.sub("", TEMPLATE), "utf-8")
    given = read_run_config(path)
    book = rule_book(RuleSources(config=str(path)))
    default = Settings()
    assert given == {
        "steps": default.steps,
        "profile": default.profile,
        "metadata": "keep",
        "limits": replace(Limits(), translated_score=99),
    }
    rule = book.get("dedup/near")
    assert rule and rule.options and rule.options["threshold"] == 0.8
    assert [(entry.rule, entry.document, entry.text) for entry in book.exemptions] == [
        ("boilerplate/*", "essays/*", "Read also")
    ]


def test_each_option_alone_can_be_uncommented(tmp_path: Path) -> None:
    blocks = re.split(r"\n\n", TEMPLATE)
    tried = 0
    for number, block in enumerate(blocks):
        if OPTION.search(block):
            tried += 1
            path = tmp_path / f"{number}.yaml"
            path.write_text(OPTION.sub("", block) + "\n", "utf-8")
            read_run_config(path)
            rule_book(RuleSources(config=str(path)))
    assert tried == 8


def test_every_option_is_there() -> None:
    names = {
        name for model in (RunModel, LimitsModel, ConfigModel, ExceptionModel) for name in model.model_fields
    }
    assert {name for name in names if not re.search(rf"^# (?: *- )? *{name}:", TEMPLATE, re.M)} == set()
