"""What is asked of the line filter, and what is remembered of its answers and of the matches in lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleaner.lines import line_spans
from cleaner.rules import lookup, ruleset
from cleaner.rules.book import RuleBook
from cleaner.rules.linefilter import LineFilter
from cleaner.rules.lookup import Lookup
from cleaner.rules.ruleset import of_lines
from tests.rules.test_matching import make


@pytest.fixture
def asked(monkeypatch):
    """Return the texts that the filter is asked about."""
    texts = []
    found = LineFilter.lines

    def lines(self, text, language=None):
        texts.append(text)
        return found(self, text, language)

    monkeypatch.setattr(LineFilter, "lines", lines)
    return texts


def searched(rules, text, search=None):
    search = search or ruleset.LineSearch(rules, Lookup(of_lines(rules)))
    return [(hit.line, hit.start) for hit in search.hits(text, line_spans(text))]


def test_matches_of_a_line_are_remembered_up_to_a_number(monkeypatch):
    monkeypatch.setattr(ruleset, "REMEMBERED", 2)
    rules = [make({"contains": "advert"})]
    search = ruleset.LineSearch(rules, Lookup(of_lines(rules)))
    text = "advert a\nadvert b"
    first = searched(rules, text, search)
    assert searched(rules, text, search) == first == [(0, 0), (1, 9)]
    assert len(search._known) == 2
    assert searched(rules, "advert c", search) == [(0, 0)]
    assert len(search._known) == 1


def test_lines_without_candidates_are_passed_over_as_long_as_there_is_room(monkeypatch, asked):
    monkeypatch.setattr(lookup, "PASSED", 8)
    rules = [make({"contains": "advert"})]
    search = ruleset.LineSearch(rules, Lookup(of_lines(rules)))

    def hits(text):
        return searched(rules, text, search)

    assert hits("ab\nadvert\nabcdef") == [(1, 3)]
    assert hits("ab\nadvert\nabcdef") == [(1, 3)]
    assert hits("advert\ncd\nab\nadvert cd") == [(0, 0), (3, 13)]
    assert hits("ab") == []
    assert hits("nine chars\nadvert") == [(1, 11)]
    assert hits("nine chars") == []
    assert asked == ["ab\nadvert\nabcdef", "cd\nadvert cd", "ab", "nine chars", "nine chars"]


def test_candidates_of_lines_are_remembered_up_to_a_number(monkeypatch, asked):
    monkeypatch.setattr(lookup, "REMEMBERED", 1)
    rules = [make({"contains": "advert"})]
    found = Lookup(of_lines(rules))
    for text in ("advert a", "advert a\nb", "advert c", "advert a\nb"):
        assert [*found.candidates(text, line_spans(text))] == [0]
    assert asked == ["advert a", "b", "advert c"]
    found.candidates("advert a\nd", [(0, 8), (9, 10)])
    assert asked[3:] == ["advert a\nd"]


def test_a_text_is_not_looked_at_again_until_twice_the_room_is_filled(monkeypatch, asked):
    monkeypatch.setattr("cleaner.lines.REMEMBERED", 10)
    monkeypatch.setattr(lookup, "PASSED", 0)
    rules = [make({"contains": "advert"})]
    found = Lookup(of_lines(rules))
    for text in ("first", "first", "second", "first", "third", "second", "first"):
        found.candidates(text, line_spans(text))
    assert asked == ["first", "second", "third", "first"]


def test_a_text_of_which_some_lines_were_not_asked_about_is_not_remembered(asked):
    rules = [make({"contains": "advert"})]
    search = ruleset.LineSearch(rules, found := Lookup(of_lines(rules)))
    search.pass_over(["no advert"])
    assert searched(rules, "no advert\nadvert", search) == [(1, 10)]
    assert found.candidates("no advert\nadvert", [(0, 9), (10, 16)]).keys() == {0, 1}
    assert asked == ["advert", "no advert"]


def test_lines_to_pass_over_are_kept_as_long_as_there_is_room(monkeypatch):
    monkeypatch.setattr(ruleset, "PASSED", 8)
    rules = [make({"contains": "ad"})]
    search = ruleset.LineSearch(rules, Lookup(of_lines(rules)))
    search.pass_over(["an ad"])
    assert searched(rules, "an ad\nad", search) == [(1, 6)]
    search.pass_over(["ad b"])
    assert searched(rules, "an ad\nad b", search) == [(0, 3)]
    search.pass_over(["a long ad"])
    assert searched(rules, "an ad\nad b\na long ad", search) == [(0, 3), (1, 6), (2, 18)]


def test_the_step_that_asks_next_is_told_what_is_known(asked):
    drop = make({"contains": "advert"})
    book = RuleBook((drop, replace(drop, id="t/flagged", step="translation", action="flag")))
    text = "An advert.\nNo news."
    found = [
        [hit.rule.id for hit in book.select(step, "en").hits(text, line_spans(text))]
        for step in (drop.step, "translation")
    ]
    assert found == [[drop.id], ["t/flagged"]]
    assert asked == [text]
    book.select("translation", "de").hits(text, line_spans(text))
    assert asked == [text, text]
