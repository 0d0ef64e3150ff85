"""The translation step: tables of sentences, negatives first, and the promises that hold for every text."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cleaner.lines import line_spans
from cleaner.model import Fact, Flag
from cleaner.protected.code.signals import has_prose
from cleaner.protected.shapes import LOOK
from cleaner.rules.book import RuleBook
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge
from cleaner.rules.rule import Rule
from cleaner.steps import Context
from cleaner.steps.translation import DETECTORS, find
from cleaner.steps.translation.detectors import spacing
from cleaner.steps.translation.detectors.lexicon import either_case
from cleaner.steps.translation.findings import sheet_of
from cleaner.steps.translation.masks import line_kind, masked, quotations
from cleaner.steps.translation.score import fingerprint
from tests.conftest import PROJECT
from tests.support.rules import read_packs

ROOT = PROJECT
CASES = ROOT / "tests" / "cases" / "translation"
IDS = (
    *("quote-reversed", "quote-inner-space", "quote-orphan-line", "quote-split-phrase", "space-before-punct"),
    *(
        "space-missing-after",
        "glued-words",
        "script-foreign",
        "punct-cjk",
        "untranslated-passage",
        "name-variant",
    ),
    *("date-dotted", "number-unit", "day-only", "dangling-function-word", "broken-sentence"),
    *("resumptive-pronoun", "embedded-question", "much-count", "title-article", "fragment-participle"),
    *("doubled-function-word", "stem-repeat", "looping-text", "slavic-attribution", "calque", "spun-phrase"),
    *("translation-notice", "mixed-transliteration"),
)


@cache
def book() -> RuleBook:
    packs, faults = read_packs([Folder(ROOT / "rules" / "translation", "built-in")])
    rules, more = merge(packs)
    assert [*faults, *more] == []
    return RuleBook(tuple(rules))


def context(language: str = "en") -> Context:
    return Context(book().select("translation", language), language)


def flags(text: str, language: str = "en") -> list[Flag]:
    return [finding for finding in find(text, context(language)) if isinstance(finding, Flag)]


def facts(text: str, language: str = "en") -> dict[str, Any]:
    return {found.name: found.value for found in find(text, context(language)) if isinstance(found, Fact)}


def table(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((CASES / name).read_text("utf-8"))


def cases(kind: str) -> list[Any]:
    tables = {**table("marks.yaml"), **table("grammar.yaml")}
    return [(rule, case) for rule, kinds in tables.items() for case in kinds[kind]]


@pytest.mark.parametrize(("rule", "text"), cases("none"))
def test_left_alone(rule: str, text: str) -> None:
    assert [text[f.start : f.end] for f in flags(text) if f.rule == f"translation/{rule}"] == []


@pytest.mark.parametrize(("rule", "case"), cases("some"))
def test_flagged(rule: str, case: tuple[str, list[str]]) -> None:
    text, expected = case
    assert [text[f.start : f.end] for f in flags(text) if f.rule == f"translation/{rule}"] == expected


@pytest.mark.parametrize(("language", "text", "expected"), table("languages.yaml"))
def test_languages(language: str, text: str, expected: list[str]) -> None:
    assert sorted({f.rule.removeprefix("translation/") for f in flags(text, language)}) == expected


def rules() -> list[Rule]:
    return list(book().rules)


def spoken() -> list[tuple[str, str]]:
    """Every text of the tables and of the rules' examples, with a language."""
    texts = [
        ("en", case if kind == "none" else case[0]) for kind in ("none", "some") for _, case in cases(kind)
    ]
    texts += [(language, text) for language, text, _ in table("languages.yaml")]
    for rule in rules():
        language = rule.languages[0] if rule.languages else "en"
        texts += [(language, text) for text in (*rule.examples.match, *rule.examples.no_match)]
    return texts


@pytest.mark.parametrize(("language", "text"), spoken())
def test_no_flag_begins_or_ends_within_a_word(language: str, text: str) -> None:
    for flag in flags(text, language):
        for at in (flag.start, flag.end):
            inside = text[at - 1 : at].isalnum() and text[at : at + 1].isalnum()
            assert not inside or language in ("zh", "ja"), (flag.rule, text[flag.start : flag.end])


def test_all_ids_exist() -> None:
    assert {f"translation/{name}" for name in IDS} <= {rule.id for rule in rules()}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_rule_says_what_it_is_and_what_it_costs(rule: Rule) -> None:
    assert rule.action == "flag" and rule.category and rule.message
    if not rule.languages or "en" in rule.languages:
        assert rule.rate_native_per_10k is not None
        assert rule.rate_native_per_10k <= {"error": 1, "warn": 10, "info": 100}[rule.severity]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_examples_hold_in_the_step_itself(rule: Rule) -> None:
    language = rule.languages[0] if rule.languages else "en"
    for text in rule.examples.match:
        assert rule.id in {f.rule for f in flags(text, language)}, text
    for text in rule.examples.no_match:
        assert rule.id not in {f.rule for f in flags(text, language)}, text


def option(rule_id: str, name: str) -> Any:
    rule = book().get(rule_id)
    assert rule is not None and rule.options is not None
    return rule.options[name]


def test_lexicons_are_large_and_whole() -> None:
    groups = option("translation/name-variant", "groups")
    spun = option("translation/spun-phrase", "phrases")
    calques = option("translation/calque", "phrases")
    assert len(groups) >= 150 and sum(map(len, spun.values())) >= 150 and len(calques) >= 7
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names)), "a spelling belongs to one group"
    for entries in (*spun.values(), *calques.values()):
        for phrase, expected in entries.items():
            assert expected and re2.compile(either_case(phrase)).search("") is None


PARTS = [
    "The minister Rossi he explained ",
    "It rained. ",
    "” We stay“ ",
    "\n\n",
    "\n",
    '"',
    "Kyiv ",
    "Kiev ",
    "the general winter ",
    "on the 12th, ",
    "spring . ",
    "Mоscow ",
    "经济观察 ",
    "of the best of the best of the best of the best of the best ",
    "Die Leute mussten in dieser Zeit auf dem Land bleiben und warten. ",
    "```\nx = f(y);\n```\n",
    "| a | b |\n",
    "é",
    "🙂 ",
    "\ud800",
]


@given(st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=5)), max_size=25))
def test_flags_have_a_place_and_nothing_changes(parts: list[str]) -> None:
    text = "".join(parts)
    found = list(find(text, context()))
    assert found == list(find(text, context()))
    for finding in found:
        assert isinstance(finding, Flag | Fact)
        if isinstance(finding, Flag):
            assert 0 <= finding.start < finding.end <= len(text)


@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_what_a_detector_marks_its_trigger_has_seen(parts: list[str]) -> None:
    text = "".join(parts).replace("\ud800", "")
    sheet = sheet_of(text, "en")
    for rule in rules():
        if not rule.is_pattern:
            detector = DETECTORS[rule.match.values[0]]
            if list(detector.find(sheet, rule.options or {})):
                pattern = detector.trigger(rule.options or {}, "en")
                assert re2.compile(pattern).search(text) is not None


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ("It rained all day.", 0, "prose"),
        ("Weather and traffic\n\nIt rained all day.", 0, "heading"),
        ("x = f(y);\nIt rained.", 0, "code"),
        ("| a | b |", 0, "table"),
        ("- one more thing to say", 0, "list"),
        ("O wind\nthat blows\nover the sea\nall night\nand sings", 2, "verse"),
        ("One.\n\nTwo.", 1, "blank"),
    ],
)
def test_kinds_of_lines(text: str, line: int, kind: str) -> None:
    assert line_kind(text, line_spans(text), line) == kind


def test_masks() -> None:
    text = "See www.example.org/a .b and “c .d” or e .f"
    spans = line_spans(text)
    assert masked(text, spans, 4, 8, frozenset())
    assert masked(text, spans, text.index("c ."), text.index("c .") + 2, frozenset({"quotation"}))
    assert not masked(text, spans, len(text) - 2, len(text), frozenset({"quotation"}))
    assert quotations("no quotation here") == ()


NEWS = (
    "The council of Ellwood decided on Monday to keep the old bridge open until the spring. "
    "The mayor said that the money for a new one was not there yet. "
    "Engineers had looked at the bridge in March and found rust in the cables. "
    "Heavy lorries have to take the road through the valley, which is an hour longer. "
    "Farmers on the other bank asked the council to pay for the fuel. "
    "A vote on that will be held in June, after the elections.\n"
)


def test_score_is_withheld_with_the_reason() -> None:
    assert facts("It rained. It was cold.")["translated_reason"] == "fewer than 5 sentences"
    assert facts(NEWS, "fr")["translated_reason"] == "no native reference for the language fr"
    listing = "Boats\nNets\nRopes and everything that goes with them\n" * 40 + NEWS
    assert facts(listing)["translated_reason"].startswith("not news-like")
    advice = "You need your boat, and you need your net. Ask your friends before you go.\n" * 20
    assert facts(advice)["translated_score"] is None


def test_white_space_at_line_ends_does_not_withhold_the_score() -> None:
    assert facts(NEWS.replace(". ", ". \n"))["translated_score"] is not None


def test_score_grows_with_defects() -> None:
    broken = (
        NEWS + "The minister Rossi he explained the double usefulness of it. This is reported by the paper."
    )
    worse = broken + " The attorney trendy asked for harmony talks."
    scores = [facts(text)["translated_score"] for text in (NEWS, broken, worse)]
    assert scores == sorted(scores) and scores[0] < 90 < scores[1] < scores[2] <= 100
    assert facts(NEWS)["defect_density"] == 0 < facts(broken)["defect_density"]
    assert "double usefulness" in [span["text"] for span in facts(broken)["translated_spans"]]


def test_damage_of_extraction_does_not_count() -> None:
    assert facts(NEWS + "So did Ilya Morozovthere .")["defect_density"] == 0


def test_detectors_are_used_and_known() -> None:
    named = {rule.match.values[0] for rule in rules() if not rule.is_pattern}
    assert named == set(DETECTORS)


def test_reference_was_fitted_with_these_markers_and_weights() -> None:
    fitted = json.loads((ROOT / "cleaner" / "fitted" / "translated_score.json").read_text("utf-8"))
    assert fitted["fitted_with"] == fingerprint(), "run tools/fit_translated_score.py"


def test_real_documents_rank_as_a_reader_ranks_them(real_seeds: Path) -> None:
    texts = {path.name[:3]: path.read_text("utf-8") for path in real_seeds.iterdir()}
    found = {name: facts(text) for name, text in texts.items()}
    for value in ("translated_score", "defect_density"):
        assert min(found[n][value] for n in ("000", "001", "003")) > max(
            found[n][value] for n in ("002", "004")
        )
    for name in ("002", "004"):
        assert [flag for flag in flags(texts[name]) if flag.severity == "error"] == []


def test_a_place_in_a_long_line_costs_a_look_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def look(line: str) -> bool:
        looked_at.append(line)
        return has_prose(line)

    monkeypatch.setattr(spacing, "has_prose", look)
    marks = list(spacing.space_before_punct(sheet_of("port = [1] ; " * 2000, "en"), {"most": 5000}))
    assert looked_at
    assert not marks
    assert max(map(len, looked_at)) <= 2 * LOOK
