"""Suggestions on a site of our own: furniture and nothing but furniture, as rules that load."""

from __future__ import annotations

import pytest

from cleaner.rules.authoring.line_shapes import is_prose
from cleaner.rules.authoring.suggest import Page, suggest, suggestions_yaml
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.pack import Pack
from cleaner.rules.ruleset import RuleSet
from tests.support.rules import judge, read_packs
from tests.support.site import make_site

SITE = make_site()
ARTICLE_LINES = sorted({line for page in SITE for line in page.article})


def pages(site=SITE):
    return [Page(page.key, page.text, page.source, page.language) for page in site]


def as_rules(text):
    pack, faults = judge("suggested.yaml", "project", text.encode())
    assert not faults, "\n".join(map(str, faults))
    assert isinstance(pack, Pack)
    return [pack.rule(i) for i in range(len(pack.rules))]


@pytest.fixture(scope="module")
def found():
    return suggest(pages())


def test_no_suggestion_matches_a_line_of_an_article(found):
    rules = RuleSet(as_rules(suggestions_yaml(found)))
    assert {line for line in ARTICLE_LINES if rules.hits(line, [(0, len(line))])} == set()


def test_the_suggestions_are_true(found):
    """True: it matches furniture in most pages of a template."""
    assert len(found) == 20
    assert sum(suggestion.documents >= 12 for suggestion in found) >= 16
    assert {suggestion.sources[0] for suggestion in found} == {page.source for page in SITE}
    assert {code for suggestion in found for code in suggestion.data["languages"]} == {"en", "de", "fr"}


def test_lines_that_vary_are_suggested_by_their_shape(found):
    matchers = [next(iter(suggestion.data["match"].values())) for suggestion in found]
    assert r"^\s*\d+ comments\s*$" in matchers
    more = suggest(pages(), limit=60)
    matchers = [next(iter(suggestion.data["match"].values())) for suggestion in more]
    assert "Read also:" in matchers
    assert any("photo:" in matcher for matcher in matchers)
    rules = RuleSet(as_rules(suggestions_yaml(more)))
    assert not any(rules.hits(line, [(0, len(line))]) for line in ARTICLE_LINES)


def test_what_a_rule_covers_is_not_suggested_again(found):
    rules = RuleSet(as_rules(suggestions_yaml(found)))
    again = suggest(pages(), rules=rules)
    assert again
    assert not {str(one.data["match"]) for one in again} & {str(one.data["match"]) for one in found}


def test_the_order_of_pages_does_not_decide(found):
    backwards = suggest(pages(SITE[::-1]))
    assert {str(one.data["match"]) for one in backwards} == {str(one.data["match"]) for one in found}
    assert suggest(pages()) == found


@pytest.mark.parametrize("site", [[], SITE[:1], SITE[:2]])
def test_too_little_to_go_by(site):
    assert suggest(pages(site)) == []
    assert suggestions_yaml([]) == ""


def test_content_that_recurs_amid_prose_is_left_alone():
    prose = "The harbour was quiet that morning, and number {n} of the boats did not come back."
    body = "\n\n".join([prose, "What comes next", prose.replace("quiet", "loud"), "12 boats", prose])
    texts = [body.replace("{n}", word) for word in ("one", "two", "three", "four", "five", "six")]
    assert suggest([Page(f"{i}.txt", text, "site") for i, text in enumerate(texts)]) == []


PROSE = [
    ("Home | News | Sport", False),
    ("Read also: five more bridges that were closed this winter", False),
    ("By Ann Lee", False),
    ("The ferry was late again, and nobody could say why.", True),
    ("“It was late,” she said, “and so were we all.”", True),
]


@pytest.mark.parametrize(("line", "expected"), PROSE)
def test_prose(line, expected):
    assert is_prose(line) is expected


def test_suggestions_load_as_a_pack(found, tmp_path):
    (tmp_path / "suggested.yaml").write_text(suggestions_yaml(found), "utf-8")
    packs, faults = read_packs([Folder(tmp_path, "project")])
    assert not faults
    assert len(packs[0][1].rules) == 20
