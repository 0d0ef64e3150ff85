"""Line-break repair: tables (what stays first), then the promises as properties."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cleaner.edits import checked, splice
from cleaner.errors import UsageError
from cleaner.model import Flag
from cleaner.rules.ruleset import RuleSet
from cleaner.steps import Context
from cleaner.steps.linebreaks import find
from tests.conftest import PROJECT
from tests.support.findings import edits_of
from tests.support.rules import load_rules
from tests.support.timing import grows_evenly

CASES = PROJECT / "tests" / "cases" / "linebreaks"
BOOK = load_rules()
PACK = BOOK.select("linebreaks").rules


def table(name: str) -> list[dict]:
    return YAML(typ="safe").load(CASES / name)


def named(case: dict) -> str:
    return case["name"]


def context(language: str = "en", without: str = "") -> Context:
    rules = BOOK.select("linebreaks", language)
    if without:
        rules = RuleSet([rule for rule in PACK if rule.id != without])
    return Context(rules, language)


def repaired(text: str, language: str = "en", without: str = "") -> str:
    return splice(text, checked(text, edits_of(find(text, context(language, without)))))


@pytest.mark.parametrize("case", table("untouched.yaml"), ids=named)
def test_untouched(case):
    assert list(find(case["text"], context(case.get("language", "en")))) == []


@pytest.mark.parametrize("case", table("joined.yaml"), ids=named)
def test_joined(case):
    language = case.get("language", "en")
    edits = checked(case["text"], edits_of(find(case["text"], context(language))))
    assert splice(case["text"], edits) == case["expected"]
    assert sorted({edit.rule.removeprefix("linebreaks/") for edit in edits}) == sorted(case["rules"])
    assert all(edit.note for edit in edits)
    assert repaired(case["expected"], language) == case["expected"]


@pytest.mark.parametrize("case", table("pages.yaml"), ids=named)
def test_page_breaks(case):
    language = case.get("language", "en")
    edits = checked(case["text"], edits_of(find(case["text"], context(language))))
    assert splice(case["text"], edits) == case.get("expected", case["text"])
    assert ("linebreaks/page-break" in {edit.rule for edit in edits}) == ("expected" in case)
    assert repaired(case.get("expected", case["text"]), language) == case.get("expected", case["text"])


@pytest.mark.parametrize(("letters", "removed"), [(60, True), (61, False)])
def test_a_running_head_has_sixty_letters_at_most(letters, removed):
    head = ("THE FERRIES OF THE NORTH " * 3)[: letters - 1].strip().ljust(letters, "X")
    text = (
        f"Most of the ferries in service were built by the\n\n– 7 –\n{head}\n\nold shipyard of the north.\n"
    )
    assert (head not in repaired(text)) == removed


@pytest.mark.parametrize(("letters", "removed"), [(40, True), (39, False)])
def test_a_bare_number_needs_a_line_of_forty_letters_before(letters, removed):
    line = "The council has heard that ferries are in".ljust(45, "x")[:letters]
    text = f"{line}\nservice that were built by the\n\n7\n\nold shipyard of the northern islands.\n"
    assert ("\n7\n" not in repaired(text)) == removed


@pytest.mark.parametrize("rule", PACK, ids=lambda rule: rule.id)
def test_examples_of_the_rules(rule):
    for text in rule.examples.match:
        assert rule.id in {edit.rule for edit in find(text, context("en"))}, text
    for text in rule.examples.no_match:
        assert rule.id not in {edit.rule for edit in find(text, context("en"))}, text


@pytest.mark.parametrize("rule", PACK, ids=lambda rule: rule.id)
def test_a_rule_that_is_off_joins_nothing(rule):
    for case in table("joined.yaml"):
        found = find(case["text"], context(case.get("language", "en"), without=rule.id))
        assert rule.id not in {edit.rule for edit in found}


def test_a_rule_under_review_only_flags():
    text = next(case["text"] for case in table("joined.yaml") if case["name"] == "ends in a preposition")
    rules = RuleSet([replace(rule, action="flag") if rule.name == "mid-sentence" else rule for rule in PACK])
    (flag,) = find(text, Context(rules, "en"))
    assert isinstance(flag, Flag)
    assert (flag.rule, text[flag.start : flag.end]) == ("linebreaks/mid-sentence", "\n\n")


def test_options_of_a_wrong_shape_are_named():
    rules = RuleSet([replace(rule, options={"function_words": ["the"]}) for rule in PACK])
    with pytest.raises(UsageError, match="function_words"):
        list(find("a\nb", Context(rules, "en")))


PIECES = st.sampled_from(
    [
        "The harbour was built",
        "the ferries that go to the",
        "Northport, which had been closed",
        "govern-",
        "ment",
        "EU-",
        "Staaten",
        '"',
        "(",
        ")",
        "„",
        "»",
        "• a list",
        "1. first",
        "and it rained.",
        "— yes",
        "Mr.",
        "12,",
        "500 pounds.",
        "CHAPTER II",
        "港口建于一八五〇年，后来又",
        "重建了两次。",
        "الميناء الذي",
        "ท่าเรือ",
        "x = y(1);",
        "eBay",
        "of",
        "\u00ad",
        "",
        " ",
        "\u2003",
    ]
)
GLUES = st.sampled_from(["\n", "\n", "\n", "\n\n", " ", " \n  ", "\n\n\n", "", "\t"])
ODD = st.text(st.sampled_from('aAbB .,-\n\n"()\u00ad\u4e2d\u0e01\u0627\u0301\u20281x'), max_size=60)
TEXTS = st.one_of(
    st.lists(st.tuples(PIECES, GLUES), max_size=40).map(lambda parts: "".join(a + b for a, b in parts)), ODD
)


@given(TEXTS, st.sampled_from(["en", "de", "zh", "und"]))
@settings(max_examples=300, deadline=None)
def test_a_second_run_changes_nothing(text, language):
    once = repaired(text, language)
    assert repaired(once, language) == once


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_only_white_space_and_hyphens_go(text):
    for edit in checked(text, edits_of(find(text, context()))):
        assert "\n" in edit.old
        assert edit.old.lstrip("-\u00ad\u2010\u2011\u00ac").strip() == ""
        assert edit.new in ("", " ")


@given(st.text(st.sampled_from("\u4e2d\u6587\u3001\u3002\n"), max_size=400))
@settings(max_examples=50, deadline=None)
def test_no_space_comes_between_han_characters(text):
    assert " " not in repaired(text, "zh")


@pytest.mark.parametrize(
    "unit",
    [
        "the ferry and\n",
        "(\n",
        '"\n',
        "govern-\n",
        "a\n",
        "The pier of the\n\n",
        "one (two\n",
        "中\n",
        "港口建于一八五〇年后来又重建了两次，\n\n港口建于一八五〇年，后来又重建了两次而且，\n\n",
        "The ferry is late.\n",
        "f(",
        "://",
        "a",
        "a-",
        "(a) ",
        '"a ',
        "1,",
    ],
)
@pytest.mark.timed
def test_twice_the_text_takes_at_most_about_twice_the_time(unit):
    def seconds(size: int) -> float:
        text = unit * (size // len(unit)) + " x-\nand\nso on.\n"
        runs = []
        for _ in range(3):
            start = time.process_time()
            list(find(text, context()))
            runs.append(time.process_time() - start)
        return min(runs)

    assert grows_evenly(seconds, 16_000)
