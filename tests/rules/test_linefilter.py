"""The line filter: it never loses a line that a rule matches, and lets few others through."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.lines import line_spans
from cleaner.rules import automata, linefilter
from cleaner.rules.files.load import BuiltIn
from cleaner.rules.linefilter import LineFilter
from cleaner.rules.regex import literals, narrow
from cleaner.rules.regex.classes import WORD, compiled
from cleaner.rules.regex.folding import folded_case, one_space
from cleaner.rules.regex.literals import needed
from cleaner.rules.regex.narrow import in_ascii, uncounted, wide_counts
from cleaner.rules.regex.subject import Unit, encoded
from cleaner.rules.regex.syntax import parse
from cleaner.rules.regex.translate import one_char
from cleaner.rules.rule import Fold
from cleaner.rules.ruleset import RuleSet, of_lines
from tests.rules.test_matching import make
from tests.support.rules import load_rules

BOOK = load_rules(BuiltIn(isolated=True, unsafe=True, metadata="drop"))
HEAD, BODY = True, False

NEEDED = [  # regex, the texts that are needed, each with whether it is at the head of a line
    # what has no text of its own is looked for as it is
    (r"\d{1,3}:\d\d", None),
    (r"\W+", None),
    (r"(?:advertisement|\d+)", None),
    (r".{0,40}", None),
    (r"^ad", {("ad", HEAD)}),
    (r"\bad\b", None),
    (r"\bads\b", {("ads", BODY)}),
    (r"^\W{0,4}(?:read|see) also:", {("read also:", HEAD), ("see also:", HEAD)}),
    (r"^\d+ comments?$", {("comments", HEAD), ("comment", HEAD)}),
    (r"^.{0,20}newsletter", {("newsletter", BODY)}),
    (r"(?:^\W*©|\ball rights)", {("©", BODY), ("all rights", BODY)}),
    (r"^a photograph by the author", {("a photograph", HEAD)}),
    (r"\bwe .{0,90}cookies", {("cookies", BODY)}),
    (r"x{3}yz", {("xxxyz", BODY)}),
]


@pytest.mark.parametrize(("pattern", "texts"), NEEDED)
def test_what_a_regex_needs(pattern, texts):
    found = needed(parse(pattern, fold=True))
    assert (None if found is None else {(text.text, text.head) for text in found}) == texts


TEXTS = [  # regexes of rules, text, the lines that are let through
    (["advertisement"], "It rained.\n\nIt stopped.", []),
    (["^advertisement"], "An advertisement.\n- see the ADVERTISEMENT", []),
    ([r"^\W*ads?\b"], "Adam\nadd\nadopted", []),
    ([r"\bking\b"], "He was making tea.\nkingdom", []),
    ([r"^\W*ads?\b"], "» AD:\n1. ads", [0, 1]),
    (["read +also"], "Read\u00a0\t also\nREAD ALSO", [0, 1]),
    (["straße"], "STRAẞE\nstrasse\nStraße", [0, 1, 2]),
    (["istanbul"], "İSTANBUL\nıstanbul", [0, 1]),
    (["kelvin"], "\N{KELVIN SIGN}elvin", [0]),
    ([r"\d\d:\d\d"], "at noon\nat 12:30\n\nat 4", [1]),
    (["^advert", "tisement$"], "\nan advertisement\nadverts", [1, 2]),
    (["café"], "\ud800 CAFÉ\nCafe\u0301", [0]),
]


@pytest.mark.parametrize(("patterns", "text", "lines"), TEXTS)
def test_which_lines_are_let_through(patterns, text, lines):
    found = LineFilter([make({"regex": pattern}) for pattern in patterns]).lines(text)
    assert sorted(found) == lines


def test_all_parts_that_must_hold_have_to_be_in_the_line():
    rule = make({"all": [{"contains": "subscribe"}, {"contains": "newsletter"}]})
    text = "Subscribe now.\nThe newsletter.\nSubscribe to the newsletter."
    assert LineFilter([rule]).lines(text) == {2: [0]}


@pytest.mark.parametrize("step", ["boilerplate", "translation"])
@pytest.mark.parametrize("change", [str, str.upper, lambda text: text.replace(" ", "\u00a0\t")])
def test_no_rule_loses_a_match_of_its_examples(step, change):
    rules = [rule for rule in BOOK.rules if rule.step == step and rule.is_pattern]
    line_filter = of_lines(rules)
    for rule in line_filter.rules:
        alone = RuleSet([rule])
        for example in map(change, rule.examples.match):
            found = line_filter.lines(example)
            for hit in alone.hits(example, line_spans(example)):
                assert rule.id in {line_filter.rules[i].id for i in found.get(hit.line, [])}, example


def test_letters_that_a_regex_takes_for_equal_are_equal_in_a_folded_text():
    texts = {
        text.text for rule in BOOK.rules if rule.is_pattern for text in _needed_by(rule) if text is not None
    }
    letters = {char for text in texts for char in text if char.isalpha()}
    every = "".join(chr(code) for code in range(0x80, 0x3000))
    assert len(letters) > 100
    for char in sorted(letters):
        matches = compiled(f"(?:{one_char(char, fold=True)})+").findall(every)
        assert {folded_case(other) for run in matches for other in run} <= {folded_case(char)}, char


def _needed_by(rule):
    line_filter = LineFilter([rule])
    for texts in line_filter._texts:
        yield from (text for found in texts._leaves.values() for text, _ in found)


def test_in_a_language_rules_of_others_are_not_asked():
    rules = [
        replace(make({"regex": [r"\bpubblicità\b", r"\d\d:\d\d"]}), languages=("it",)),
        make({"regex": r"\d:\d"}),
    ]
    made, text = LineFilter(rules), "La pubblicità\nalle 12:30"
    assert made.lines(text) == {0: [0], 1: [0, 1]}
    assert made.lines(text, "it") == made.lines(text)
    assert made.lines(text, "en") == {1: [1]}


def test_texts_with_letters_beyond_ascii_are_found_in_texts_that_have_such_letters():
    made = LineFilter([make({"regex": "^(?:anúncio|publicité|don’t miss)"})])
    texts = ["anúncio", "Anuncio", "PUBLICITÉ", "Don’t miss", "naïve"]
    assert [bool(made.lines(text)) for text in texts] == [True, False, True, True, False]


@given(st.text("aZ İıßé\u00a0\u3000\t\x1f’\n", max_size=12))
def test_bytes_are_folded_as_the_text_is(text):
    folded = one_space(folded_case(text))
    plain, beyond = linefilter._plain(text, encoded(text))
    assert plain == b"\n" + encoded(folded)
    assert set(beyond) <= set(folded) | {" "}
    assert {char for char in folded if not char.isascii()} <= set(beyond)


def test_what_is_known_of_spellings_and_of_leaves_is_bounded(monkeypatch):
    monkeypatch.setattr(linefilter, "REMEMBERED", 1)
    monkeypatch.setattr(automata, "REMEMBERED", 1)
    made = LineFilter(
        [make({"regex": r"^\W*advert"}), make({"regex": "^sponsor"}), make({"regex": "banner"})]
    )
    text = "- advert\nadvert\nsponsor banner\n* sponsor\nbanner"
    expected = {0: [0], 1: [0], 2: [1, 2], 3: [1], 4: [2]}
    assert [made.lines(text), made.lines(text)] == [expected, expected]


@pytest.mark.parametrize("number", [automata.TOGETHER - 1, automata.TOGETHER, automata.TOGETHER + 1])
def test_regexes_without_texts_are_told_apart_however_many_there_are(number):
    made = LineFilter([make({"regex": rf"\d{chr(ord('a') + k)}\d"}) for k in range(number)])
    text = "\n".join(f"1{chr(ord('a') + k)}1" for k in range(number)) + "\n1a1b1"
    assert made.lines(text) == {**{k: [k] for k in range(number)}, number: [0, 1]}


def test_where_python_and_the_automaton_differ_about_a_letter_all_rules_are_let_through():
    rules = [make({"regex": r"^\W*advert"}), make({"regex": "^sponsor"})]
    assert LineFilter(rules).lines("² advert") == {0: [0, 1]}


_WORDS = st.sampled_from(["ad", "Ads", "read", "ık", "ſo", "é", "мы", "©", "1", "-", "中文", "\u00a0", "of"])
_TEXTS = st.lists(_WORDS, min_size=1, max_size=4).map(" ".join)
_ENDS = st.sampled_from(["", r"\b", r"\W{0,2}", r"\d+ ", ".{0,9}", "$", "s?", r"\s*"])
_STARTS = st.sampled_from(["", "^", r"^\W{0,2}", r"\b", r"^(?:\d+ )?", "(?:^|x)"])
_RULES = st.lists(st.tuples(_STARTS, _TEXTS, _ENDS, _TEXTS, _ENDS).map("".join), min_size=1, max_size=3)


@given(st.lists(_RULES, min_size=1, max_size=3), st.lists(_TEXTS, min_size=1, max_size=6), st.booleans())
def test_no_line_is_lost(rules, lines, fold):
    made = [make({"regex": branches}, fold=Fold(case=fold)) for branches in rules]
    lines = [line.upper() if i % 2 else line for i, line in enumerate(lines)] + ["x".join(lines)]
    with patch.object(literals, "LEAST_WEIGHT", 1.0):
        found = LineFilter(made).lines("\n".join(lines))
    for i, rule in enumerate(made):
        alone = RuleSet([rule])
        for k, line in enumerate(lines):
            if alone.hits(line, [(0, len(line))]):
                assert i in found.get(k, []), line


@given(st.text("a \u00a0\t\n\u3000\x1c\x85\u200bb", max_size=12))
def test_spaces_become_one_and_lines_stay(text):
    once = one_space(text)
    assert once.split("\n") == [re.sub(r"\s+", " ", line) for line in text.split("\n")]


@pytest.mark.parametrize(
    ("pattern", "counts"),
    [
        (f"a{{0,{narrow.WIDE - 1}}}", []),
        (f"a{{0,{narrow.WIDE}}}", [narrow.WIDE]),
        (r"(?:ab){0,90}.{2,50}\w{9,70}x{8,}", [50, 70]),
    ],
)
def test_which_bounds_are_worth_leaving_out(pattern, counts):
    assert wide_counts(parse(pattern)) == counts


def test_a_bound_is_left_out_for_texts_that_cannot_reach_it():
    node = parse("^a.{2,50}$")
    assert uncounted(node, 50) == parse("^a.{2,}$")
    assert uncounted(node, 51) == node


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("é", None),
        ("caf(?:é|e)", "caf(?:e)"),
        ("[éè]x", None),
        ("(?:é)*x", "x"),
        ("\N{KELVIN SIGN}m", "km"),
    ],
)
def test_what_is_left_of_a_regex_for_ascii(pattern, left):
    node, writer = in_ascii(parse(pattern, fold=True)), narrow.ForAscii()
    expected = parse(left, fold=True) if left is not None else None
    words = ["x", "cafe", "CAFE", "km", "KM", "m", "caf", ""]
    assert (node is None) == (expected is None)
    if node is not None and expected is not None:
        ours, theirs = compiled(writer.write(node)), compiled(writer.write(expected))
        assert [word for word in words if ours.fullmatch(word)] == [
            word for word in words if theirs.fullmatch(word)
        ]


def test_a_lone_surrogate_is_no_obstacle():
    assert linefilter.LineFilter([make({"regex": "advert"})]).lines("\ud800 advert") == {0: [0]}
    assert encoded("\ud800") == "\ufffd".encode()


def test_characters_of_plain_words_are_in_no_word():
    words = compiled(f"[{WORD}]")
    assert [
        chr(code) for code in range(0x80, 0x3000) if _is_plain(chr(code)) and words.search(chr(code))
    ] == []


def _is_plain(text):
    return Unit(text).has_plain_words


@pytest.mark.parametrize("content", [None, b"", b"[]", b"0\n[[1]]"])
def test_what_many_leaves_want_is_kept_on_disk(content, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    rules = [make({"regex": pattern}) for pattern in (r"^\W*ads?\b", r"\d\d:\d\d", "all rights")]
    monkeypatch.setattr(linefilter, "KEPT_FROM", len(rules) + 1)
    LineFilter(rules)
    assert not [*tmp_path.rglob("*.json")]
    monkeypatch.setattr(linefilter, "KEPT_FROM", len(rules))
    first = LineFilter(rules).lines("» ads\nat 12:30\n\nAll rights")
    (entry,) = tmp_path.rglob("*.json")
    if content is not None:
        entry.write_bytes(content)
    assert first == {0: [0], 1: [1], 3: [2]}
    assert LineFilter(rules).lines("» ads\nat 12:30\n\nAll rights") == first


def test_an_entry_of_another_form_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(linefilter, "KEPT_FROM", 1)
    monkeypatch.setattr("cleaner.rules.kept.read", lambda path: [[1]])
    assert LineFilter([make({"regex": "advert"})]).lines("an advert") == {0: [0]}
