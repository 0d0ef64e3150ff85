"""The boilerplate step: tables of lines and documents, and the promise of a fixpoint."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cleaner import Cleaner
from cleaner.edits import checked, splice
from cleaner.model import Document, Edit, Flag
from cleaner.rules.book import RuleBook
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge, switched_off
from cleaner.rules.rule import Rule
from cleaner.settings import RuleSources, Settings
from cleaner.steps import Context, Profile, boilerplate
from tests.conftest import PROJECT, Result
from tests.support.rules import read_packs

ROOT = PROJECT
CASES = ROOT / "tests" / "cases" / "boilerplate"
FURNITURE = "Facebook Twitter WhatsApp Reddit"
PROSE = "The council met on Friday to talk about the bridge, and it did not agree on anything at all."


@cache
def book() -> RuleBook:
    packs, faults = read_packs([Folder(ROOT / "rules" / "boilerplate", "built-in")])
    rules, more = merge(packs)
    assert [*faults, *more] == []
    return RuleBook(tuple(rules), switched_off(rules, (), (), unsafe=False))


@cache
def with_metadata() -> RuleBook:
    return RuleBook(book().rules, switched_off(book().rules, (), (), unsafe=False, metadata="drop"))


def context(language: str = "en", profile: Profile = "article") -> Context:
    return Context(book().select("boilerplate", language, profile), language, profile)


def cleaned(text: str, language: str = "en", *, rules: RuleBook | None = None) -> str:
    chosen = (rules or book()).select("boilerplate", language)
    found = list(boilerplate.find(text, Context(chosen, language)))
    return splice(text, checked(text, [edit for edit in found if isinstance(edit, Edit)]))


def table(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((CASES / name).read_text("utf-8"))


def lines_of(kind: str) -> list[tuple[str, str]]:
    return [
        (language, line) for language, kinds in table("lines.yaml").items() for line in kinds.get(kind, ())
    ]


@pytest.mark.parametrize(("language", "line"), lines_of("keep"))
@pytest.mark.parametrize("around", ["{}", PROSE + "\n\n{}\n\n" + PROSE, PROSE * 9 + "\n{}\n"])
def test_kept(language: str, line: str, around: str) -> None:
    text = around.format(line)
    assert cleaned(text, language) == text


@pytest.mark.parametrize(("language", "line"), lines_of("drop"))
def test_dropped(language: str, line: str) -> None:
    assert cleaned(f"{PROSE}\n\n{line}\n\n{PROSE}", language) == f"{PROSE}\n\n{PROSE}"


@pytest.mark.parametrize(("language", "line"), lines_of("metadata"))
def test_metadata_is_kept_by_default(language: str, line: str) -> None:
    text = f"{PROSE}\n\n{line}\n\n{PROSE}"
    assert cleaned(text, language) == text
    assert cleaned(text, language, rules=with_metadata()) == f"{PROSE}\n\n{PROSE}"


@pytest.mark.parametrize(("language", "line"), lines_of("short"))
def test_short_lines_need_company(language: str, line: str) -> None:
    alone = f"{PROSE}\n\n{line}\n\n{PROSE}"
    assert cleaned(alone, language) == alone
    assert cleaned(f"{PROSE}\n\n{line}\n\n{FURNITURE}\n\n{PROSE}", language) == f"{PROSE}\n\n{PROSE}"


@pytest.mark.parametrize("case", table("sections.yaml"), ids=lambda case: case["name"])
def test_sections(case: dict[str, str]) -> None:
    after = cleaned(case["before"], case["language"])
    assert after == case["after"]
    assert cleaned(after, case["language"]) == after


SAFE_PRECISION, SAFE_LINES = 0.97, 20


def furniture_rules() -> list[Rule]:
    return [rule for rule in book().rules if rule.is_pattern and rule.action != "flag"]


@pytest.mark.parametrize("rule", furniture_rules(), ids=lambda rule: rule.id)
def test_every_rule_states_its_precision(rule: Rule) -> None:
    assert rule.precision is not None, "run tools/measure_boilerplate_precision.py --write"
    if rule.safety == "safe" and rule.kind == "furniture" and rule.precision.n >= SAFE_LINES:
        assert rule.precision.right >= SAFE_PRECISION
    if rule.prose:
        assert rule.prose_precision is not None
        assert rule.prose_precision.n > 0
        assert rule.prose_precision.right >= SAFE_PRECISION


def test_metadata_is_kept_unless_a_run_says_otherwise(clean: Callable[..., Result], tmp_path: Path) -> None:
    text = f"Five bridges close\n\nBy Jane Example\n\n{PROSE * 9}\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(text, "utf-8")
    for option, kept in (((), True), (("--metadata", "keep"), True), (("--metadata", "drop"), False)):
        out = tmp_path / f"out{len(option)}{kept}"
        assert clean("run", tmp_path / "in", out, "--steps", "boilerplate", "-q", *option).code == 0
        assert ("By Jane Example" in (out / "a.txt").read_text("utf-8")) is kept
    (tmp_path / "clean.yaml").write_text("metadata: drop\n", "utf-8")
    out = tmp_path / "configured"
    config = ("--config", tmp_path / "clean.yaml")
    assert clean("run", tmp_path / "in", out, "--steps", "boilerplate", "-q", *config).code == 0
    assert "By Jane Example" not in (out / "a.txt").read_text("utf-8")


def test_every_edit_says_which_rule_and_what_it_belongs_to() -> None:
    text = f"{PROSE}\n\nRead also:\n\n• Ferry stops\n"
    edits = [edit for edit in boilerplate.find(text, context()) if isinstance(edit, Edit)]
    assert [(edit.rule, edit.note) for edit in edits] == [
        ("boilerplate/en/related-section", ""),
        ("boilerplate/en/related-section", "belongs to “Read also:”"),
    ]


def test_of_a_long_heading_the_beginning_is_said() -> None:
    text = f"{PROSE}\n\nMore stories from The Northern Harbour and Island Gazette\n• Ferry stops\n• Bridge opens\n"
    notes = {edit.note for edit in boilerplate.find(text, context()) if isinstance(edit, Edit)}
    assert notes == {"", "belongs to “More stories from The Northern Harbour a”"}


def test_a_rule_under_review_only_flags() -> None:
    text = f"{PROSE}\n\nThis story has been updated.\n"
    found = list(boilerplate.find(text, context()))
    assert [type(finding) for finding in found] == [Flag]


def parts() -> list[str]:
    sections = [text for case in table("sections.yaml") for text in case["before"].split("\n")]
    return (
        [line for kind in ("keep", "drop", "short") for _, line in lines_of(kind)]
        + sections
        + [PROSE, "", " "]
    )


@given(st.lists(st.sampled_from(parts()), max_size=14), st.booleans())
def test_its_own_output_is_clean(chosen: list[str], newline: bool) -> None:
    text = "\n".join(chosen) + "\n" * newline
    after = cleaned(text)
    assert cleaned(after) == after


@pytest.mark.parametrize("link", ["READ MORE: Five bridges that close", "Read also: Five bridges that close"])
def test_a_link_inside_a_sentence_is_removed_before_the_sentence_is_joined(link: str) -> None:
    halves = "The council said that the ferry would leave the harbour of", "the island at noon, as ever."
    doc = Cleaner(Settings(rules=RuleSources(isolated=True))).clean(
        Document("a.txt", f"{halves[0]}\n\n{link}\n\n{halves[1]}\n")
    )
    assert doc.text == f"{halves[0]} {halves[1]}\n"


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("aa", "a", (1, 2, "a", "")),
        ("a", "aa", (1, 1, "", "a")),
        ("see it", "see", (3, 6, " it", "")),
        ("one two one", "one one", (4, 8, "two ", "")),
        ("a", "b", (0, 1, "a", "b")),
    ],
)
def test_the_smallest_edit_leaves_equal_ends(old: str, new: str, edit: tuple[int, int, str, str]) -> None:
    found = boilerplate._smallest_edit(old, (0, len(old)), new, "t/x", "")
    assert (found.start, found.end, found.old, found.new) == edit
