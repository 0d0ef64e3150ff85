"""The five real documents that lie beside the project: what goes, what is joined, what stays, what is flagged."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Result
from tests.support.corpora import assert_duplicates_proven, trail, tree


class Cleaned(NamedTuple):
    before: dict[str, str]
    after: dict[str, str]
    flags: dict[str, list[dict[str, Any]]]
    out: Path


@pytest.fixture
def cleaned(real_seeds: Path, tmp_path: Path, clean: Callable[..., Result]) -> Cleaned:
    out = tmp_path / "out"
    assert clean("run", real_seeds, out, "-q").code == 0
    before = {path.name[:3]: path.read_text("utf-8") for path in real_seeds.iterdir()}
    after = {path.name[:3]: path.read_text("utf-8") for path in out.glob("*.txt")}
    flags: dict[str, list[dict[str, Any]]] = {name: [] for name in before}
    for flag in trail(out, "flags"):
        flags[flag["doc"][:3]].append(flag)
    return Cleaned(before, after, flags, out)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def gone(cleaned: Cleaned, name: str) -> list[str]:
    """Return the lines that are no longer there, in order; copies count."""
    matcher = difflib.SequenceMatcher(None, lines(cleaned.before[name]), lines(cleaned.after[name]), False)
    return [
        line
        for op, i1, i2, _, _ in matcher.get_opcodes()
        if op in ("delete", "replace")
        for line in lines(cleaned.before[name])[i1:i2]
    ]


def flagged(cleaned: Cleaned, name: str) -> set[str]:
    return {flag["text"] for flag in cleaned.flags[name]}


def errors(cleaned: Cleaned, name: str) -> list[str]:
    return [flag["rule"] for flag in cleaned.flags[name] if flag["severity"] == "error"]


def test_000(cleaned: Cleaned) -> None:
    text = cleaned.after["000"]
    for joined in (
        "emphasizes that with liberating",
        "the Kherson Region created tension",
        '\n\n"If Ukraine pushes back',
    ):
        assert joined in text
    assert "Read also" not in text
    assert "•" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))
    source = cleaned.before["000"]
    content = source[: source.index("Read also")]
    assert "".join(text.split()) == "".join(content.split())
    assert {"Dnipro", "Dnieper", "Kyiv", "Kiev"} <= flagged(cleaned, "000")


def test_001(cleaned: Cleaned) -> None:
    source = cleaned.before["001"]
    assert cleaned.after["001"] == source[: source.index("\n\nOther stories of")]
    marked = flagged(cleaned, "001")
    for artefact in ("Kadyrovthere", "The minister Shoigu he explained"):
        assert artefact in marked
    rules = {flag["rule"]: flag["text"] for flag in cleaned.flags["001"]}
    assert "translation/quote-reversed" in rules
    assert "translation/space-before-punct" in rules
    assert any("general winter" in text for text in marked)


def test_002(cleaned: Cleaned) -> None:
    text = cleaned.after["002"]
    kept = lines(text)
    assert len(kept) == len(set(kept)), "each passage once"
    source = lines(cleaned.before["002"])
    assert [line for line in dict.fromkeys(source) if line in kept] == kept, "in its first place, none joined"
    furniture = [line for line in dict.fromkeys(source) if line not in kept]
    assert {line.split()[0] for line in furniture} == {
        "EPACopyright:",
        "ReutersCopyright:",
        "Live",
        "Edited",
        "All",
        "Latest",
        "View",
        "Read",
    }
    assert errors(cleaned, "002") == []


def test_003(cleaned: Cleaned) -> None:
    assert cleaned.after["003"] == cleaned.before["003"]
    marked = flagged(cleaned, "003")
    assert any("Called" in text for text in marked)
    assert "Redeployed forces." in marked
    assert any(text.endswith("progress") for text in marked)


def test_004(cleaned: Cleaned) -> None:
    title = lines(cleaned.before["004"])[0]
    assert gone(cleaned, "004") == [title, "Read the original article on Business Insider"]
    assert cleaned.after["004"].count(title) == 1
    assert cleaned.after["004"].count("\n  • ") == 3
    assert errors(cleaned, "004") == []


def test_accounted_for(
    cleaned: Cleaned, real_seeds: Path, tmp_path: Path, clean: Callable[..., Result]
) -> None:
    assert clean("verify", cleaned.out).code == 0
    assert clean("restore", cleaned.out, tmp_path / "back").code == 0
    assert tree(tmp_path / "back") == tree(real_seeds)
    assert assert_duplicates_proven(cleaned.out) > 10


def test_again_changes_nothing(cleaned: Cleaned, tmp_path: Path, clean: Callable[..., Result]) -> None:
    assert clean("run", cleaned.out, tmp_path / "again", "-q").code == 0
    assert tree(tmp_path / "again", audit=False) == tree(cleaned.out, audit=False)


def test_no_rule_names_a_person_a_place_or_a_publisher(cleaned: Cleaned) -> None:
    from tests.support.rules import load_rules

    names = ("vanity fair", "business insider", "jeremy", "gahagan", "reuters", "epa", "evn", "kherson")
    for rule in load_rules().rules:
        if rule.step == "boilerplate":
            data = repr((rule.match, rule.unless)).lower()
            assert not [name for name in names if f"'{name}" in data or f" {name}" in data], rule.id
