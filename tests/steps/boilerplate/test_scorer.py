"""The page scorer: whole pages as plain text, and what it may do around an extracted article."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.edits import checked, splice
from cleaner.fitted.trees import Trees
from cleaner.model import Edit
from cleaner.rules.book import RuleBook
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge
from cleaner.rules.rule import Rule
from cleaner.steps import Context, boilerplate
from cleaner.steps.boilerplate import scorer
from cleaner.steps.boilerplate.features import line_features
from tests.conftest import PROJECT
from tests.steps.boilerplate.features import plain_lines
from tests.support.rules import read_packs

ROOT = PROJECT
PROSE = [
    "The council met on Friday to talk about the bridge, and it did not agree on anything at all.",
    "On Saturday it met again, in the hall by the harbour, because the first one was too small.",
    "Nobody knows yet who is going to pay for the bridge, the mayor told the people who had come.",
    "The ferry carries the mail in winter, when the road along the cliff is closed by snow.",
    "Her grandmother had planted the walnut tree on the day the first bridge was opened to carts.",
]
HEAD = [
    "Skip to content",
    "* Home",
    "* News",
    "+ Local",
    "+ World",
    "* Sports",
    "* Weather",
    "Sign in",
    "Search",
]
FOOT = [
    "More headlines",
    "Ferry stops for the winter",
    "Toll goes up",
    "* Contact",
    "* Imprint",
    "* Careers",
    "Top",
]
LINES = [*HEAD, *FOOT, *PROSE, "", "12", "|", "Jane Example", "3 May 2021", "What comes next"]


@cache
def book() -> RuleBook:
    packs, faults = read_packs([Folder(ROOT / "rules" / "boilerplate", "built-in")])
    rules, more = merge(packs)
    assert [*faults, *more] == []
    return RuleBook(tuple(rules))


def edits(text: str, profile: str = "page") -> list[Edit]:
    known = Context(
        book().select("boilerplate", "en", profile), "en", "page" if profile == "page" else "article"
    )
    return [finding for finding in boilerplate.find(text, known) if isinstance(finding, Edit)]


def clean(text: str, profile: str = "page") -> str:
    return splice(text, checked(text, edits(text, profile)))


def detectors() -> list[Rule]:
    return [
        rule for rule in book().rules if rule.match.is_detector and rule.match.values[0] in ("page", "edge")
    ]


@pytest.mark.parametrize("profile", ["article", "page"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_prose_alone_stays(profile: str, count: int) -> None:
    text = "\n\n".join(PROSE[:count]) + "\n"
    assert clean(text, profile) == text


@pytest.mark.parametrize(
    "text", ["", "\n", "a", "12", "Home\nNews\nSports", "|||", "\t \n \n", "\x00", "文字", "🙂"]
)
@pytest.mark.parametrize("profile", ["article", "page"])
def test_a_text_without_prose_is_not_emptied_by_the_scorer(text: str, profile: str) -> None:
    left = clean(text, profile)
    assert (
        not text.strip() or left.strip() or not any("/any/page" in edit.rule for edit in edits(text, profile))
    )


@pytest.mark.parametrize(
    "end",
    [
        ["Colours", "- Silver", "- Rose gold", "- Jet black"],
        ["- two eggs", "- a cup of flour"],
        ["1. Wash the rice", "2. Let it rest"],
        ["Length: 12 m", "Width: 3 m", "Draught: 1 m"],
        ["Score after ninety minutes", "Harbour 2, Island 1"],
        ["Jane Example", "Harbour Street 3"],
        ["Edition of 1912", "Translated by Jane Example"],
        ["Thanks for reading"],
        ["Help & report", "About this ferry"],
    ],
)
def test_what_ends_an_article_is_not_taken_for_its_edge(end: list[str]) -> None:
    found = edits("\n".join([*PROSE, "", *end]) + "\n", "article")
    assert not [edit for edit in found if edit.rule == "boilerplate/any/edge"]


@pytest.mark.parametrize("end", [["Sign in", "About us", "Careers", "Contact"]])
def test_a_menu_below_an_article_goes(end: list[str]) -> None:
    assert clean("\n".join([*PROSE, "", *end]) + "\n", "article") == "\n".join(PROSE) + "\n"


def test_the_frame_of_a_page_goes() -> None:
    assert clean("\n".join([*HEAD, "", *PROSE, "", *FOOT]) + "\n") == "\n".join(PROSE) + "\n"


def test_every_removal_says_why() -> None:
    found = [edit for edit in edits("\n".join([*HEAD, *PROSE, *FOOT])) if edit.rule == "boilerplate/any/page"]
    assert found
    assert all(edit.note.startswith("score 0.") for edit in found)


def test_the_scorer_of_pages_is_off_in_articles() -> None:
    rules = {edit.rule for edit in edits("\n".join([*HEAD, *PROSE, *FOOT]), "article")}
    assert "boilerplate/any/page" not in rules


@pytest.mark.parametrize("rule", detectors(), ids=lambda rule: rule.id)
def test_the_examples_of_the_detectors_hold(rule: Rule) -> None:
    profile = rule.profiles[0]
    for text in rule.examples.match:
        assert any(edit.rule == rule.id for edit in edits(text, profile))
    for text in rule.examples.no_match:
        assert not edits(text, profile)


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=30), st.sampled_from(["article", "page"]))
def test_its_own_output_is_clean(lines: list[str], profile: str) -> None:
    after = clean("\n".join(lines), profile)
    assert clean(after, profile) == after


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_scores_are_probabilities(text: str) -> None:
    for verdicts in (scorer.page_verdicts(text.split("\n")), scorer.edge_verdicts(text.split("\n"))):
        assert len(verdicts.lines) == len(verdicts.scores) == len(verdicts.rows)
        assert all(0 <= score <= 1 for score in verdicts.scores)


@pytest.mark.parametrize(("words", "end", "goes"), [(9, ".", True), (10, ".", False), (10, "", True)])
def test_a_sentence_of_some_length_is_prose(words: int, end: str, goes: bool) -> None:
    assert scorer.SENTENCE_WORDS == 10
    rows = line_features.document_features([" ".join(["Nets"] * words) + end], [False])
    score = (scorer.KEEP + scorer.KEEP_PROSE) / 2
    assert (
        list(scorer.Verdicts([0], np.array([score]), rows).below(scorer.KEEP, scorer.KEEP_PROSE))
        == [0] * goes
    )


@pytest.mark.parametrize(
    ("score", "line", "goes"),
    [(0.49, "Home", True), (0.51, "Home", False), (0.24, PROSE[0], True), (0.26, PROSE[0], False)],
)
def test_prose_needs_a_lower_score_to_go(score: float, line: str, goes: bool) -> None:
    verdicts = scorer.Verdicts([7], np.array([score]), line_features.document_features([line], [False]))
    assert list(verdicts.below(scorer.KEEP, scorer.KEEP_PROSE)) == [7] * goes


def judged(scored: list[tuple[str, float]]) -> list[int]:
    """Return which of some lines of a page are removed, given their scores."""
    lines, scores = zip(*scored, strict=True)
    rows = scorer.page_features(lines, [False] * len(lines))
    verdicts = scorer.Verdicts(range(len(lines)), np.array(scores), rows)
    return list(verdicts.off_the_text(scorer.PROSE, scorer.SWITCH))


@pytest.mark.parametrize(
    ("score", "line", "goes"),
    [(0.89, "Home", True), (0.91, "Home", False), (0.31, PROSE[0], True), (0.33, PROSE[0], False)],
)
def test_a_line_amid_furniture_needs_a_higher_score_to_stay(score: float, line: str, goes: bool) -> None:
    assert (scorer.HIGHEST_CUT, scorer.PROSE, scorer.SWITCH) == (0.55, 0.95, 1.0)
    page = [*[(PROSE[0], 0.95)] * 6, *[("Menu", 0.03)] * 3, (line, score), *[("Menu", 0.03)] * 3]
    assert (9 in judged(page)) == goes


@pytest.mark.parametrize(("score", "goes"), [(0.13, True), (0.15, False)])
def test_a_line_amid_text_needs_a_lower_score_to_go(score: float, goes: bool) -> None:
    assert (6 in judged([*[("Tide", 0.95)] * 6, ("Home", score), *[("Tide", 0.95)] * 6])) == goes


@pytest.mark.parametrize(
    ("items", "score", "goes"), [(4, 0.16, True), (5, 0.14, True), (5, 0.16, False), (12, 0.16, False)]
)
def test_a_list_beside_text_stays(items: int, score: float, goes: bool) -> None:
    assert (scorer.ITEMS, scorer.LIST) == (5, 0.15)
    page = [*[(PROSE[0], 0.95)] * 6, *[("* Home", score)] * items, *[("Menu", 0.03)] * 6]
    assert judged(page)[:items] == [*range(6, 6 + items)] if goes else judged(page)[0] == 6 + items


def test_a_list_beside_furniture_goes() -> None:
    page = [*[(PROSE[0], 0.95)] * 6, ("Menu", 0.03), *[("* Home", 0.16)] * 5]
    assert judged(page) == [*range(6, 12)]


@pytest.mark.parametrize(("score", "goes"), [(0.29, True), (0.31, False)])
def test_lines_between_text_need_a_lower_score_to_go(score: float, goes: bool) -> None:
    assert scorer.GAP == 0.3
    page = [*[(PROSE[0], 0.95)] * 6, *[("Tide", score)] * 6, *[(PROSE[0], 0.95)] * 6]
    assert judged(page) == [*range(6, 12)] * goes
    assert judged(page[:12]) == [*range(6, 12)]


@pytest.mark.parametrize(("score", "goes"), [(0.09, True), (0.11, False)])
def test_a_page_that_the_scorer_is_unsure_about_stays(score: float, goes: bool) -> None:
    assert scorer.LOWEST_CUT == 0.1
    assert judged([("Home", score)] * 8) == [*range(8)] * goes


@given(st.lists(st.sampled_from([*LINES, "so", "is the", ",", ".", "Xyz"]), max_size=6).map(" ".join))
def test_the_quick_test_for_prose_agrees_with_the_features(line: str) -> None:
    row = np.array([plain_lines.line_features(line, line_features.tokens(line), 1)])
    assert line_features.is_prose(line) == bool(
        line_features.prose_strength(row)[0] >= line_features.PROSE_WORDS
    )


@pytest.mark.parametrize(
    ("words", "end", "prose"), [(6, ".", False), (7, ".", True), (18, ", and", False), (19, ", and", True)]
)
def test_prose_ends_as_a_sentence_or_is_long(words: int, end: str, prose: bool) -> None:
    assert (line_features.SENTENCE_WORDS, line_features.LONG_WORDS) == (7, 19)
    line = " ".join((["the", "boat"] * words)[: words - end.count(" ")]) + end
    row = np.array([plain_lines.line_features(line, line_features.tokens(line), 1)])
    assert bool(line_features.prose_strength(row)[0]) == prose


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([line for line in [*LINES, "• Harbour news"] if line]), min_size=1), st.data()
)
def test_rows_of_some_lines_are_those_of_all(lines: list[str], data: st.DataObject) -> None:
    blank = [k % 3 == 0 for k in range(len(lines))]
    wanted = data.draw(st.lists(st.integers(0, len(lines) - 1), unique=True, min_size=1).map(sorted))
    some = line_features.document_features(lines, blank, wanted)
    assert (some == line_features.document_features(lines, blank)[wanted]).all()


def test_a_leaf_ends_the_walk() -> None:
    trees = Trees(
        0.0,
        np.array([0]),
        np.array([0, 0, 0]),
        np.array([1.5, 0.0, 0.0]),
        np.array([1, 1, 2]),
        np.array([2, 1, 2]),
        np.array([0.0, -2.0, 2.0]),
    )
    assert trees.probability(np.array([[1.0], [2.0]])).round(2).tolist() == [0.12, 0.88]
