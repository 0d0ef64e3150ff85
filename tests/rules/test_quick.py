"""The quick way to run a regex: it answers as the exact one does, or leaves the answer to it."""

from __future__ import annotations

from functools import partial
from unittest.mock import Mock

import pcre2
import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from cleaner.rules.matching import check_leaf
from cleaner.rules.pattern import Linear
from cleaner.rules.regex import classes, quick, stand_ins
from cleaner.rules.regex.classes import COMMON, compiled, folded
from cleaner.rules.regex.quick import Quick
from cleaner.rules.regex.subject import LONGEST, PLAIN_WORDS, Unit
from cleaner.rules.regex.syntax import PatternError, parse
from cleaner.rules.regex.translate import INNER, MARK
from cleaner.rules.rule import Fold, Matcher
from tests.rules.test_matching import _CHARS, _REGEXES

LEFT_TO_RE2 = [
    (r"a", "a" * (LONGEST + 1)),
    (r"a", "a\nb"),
    (r"a", f"a{MARK}"),
    (r"a", f"a{INNER}é"),
    (r"a", "a\N{GEORGIAN LETTER AN}"),
    (r"a", "a\N{DEVANAGARI DIGIT ONE}"),
    (r"\p{Han}", "a\N{CJK UNIFIED IDEOGRAPH-4E2D}"),
    ("[\u4e00-\u4eff]", "a\N{CJK UNIFIED IDEOGRAPH-4E2D}"),
    ("a[\u3001\u4e2d]", "a\N{CJK UNIFIED IDEOGRAPH-4E2D}"),
    ("a|\u01bb", "a\N{CJK UNIFIED IDEOGRAPH-4E2D}"),
    (r"a", "a\ud800"),
    (r"(?:a*)*b", "ab"),
    (r"(?:a?|b){2,3}", "ab"),
    (r"(a+)+$", "a" * 60 + "b"),
    (r"a*a*a*[bc]", "a" * 500),
]


@pytest.mark.parametrize(("pattern", "text"), LEFT_TO_RE2)
def test_what_only_re2_can_tell(pattern, text):
    assert Quick(lambda: parse(pattern), 0).found(Unit(text)) is None


ANSWERED = [
    (r"\w", "a\N{CJK UNIFIED IDEOGRAPH-4E2D}\N{IDEOGRAPHIC COMMA}", 2),
    (r"\W", "a\N{CJK UNIFIED IDEOGRAPH-4E2D}\N{IDEOGRAPHIC COMMA}", 1),
    ("a[\u3001\u3002]?\\b", "a\N{CJK UNIFIED IDEOGRAPH-4E2D}a", 1),
    (r"\p{M}", "\N{SEWING NEEDLE}\N{VARIATION SELECTOR-15} a", 1),
    (r"\s", "\N{HANGUL SYLLABLE GA}\N{IDEOGRAPHIC SPACE}a", 1),
    (r"a", "a" * LONGEST, LONGEST),
    (r"(?:a*)?b", "ab", 1),
    (r"a*", "ba", 3),
    (r"a$", "a", 1),
    (r"\bé\b", "é aé É", 2),
    (r"\Bé", "é aé É", 1),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), ANSWERED)
def test_what_the_quick_way_tells(pattern, text, expected):
    found = Quick(lambda: parse(pattern, fold=True), 0).found(Unit(text))
    assert found is not None
    assert len(found) == expected


def test_a_regex_that_took_too_many_steps_is_not_asked_again():
    regex = Quick(lambda: parse(r"(a+)+$"), 0)
    assert regex.found(Unit("a")) == [(0, 1)]
    assert regex.found(Unit("a" * 60 + "b")) is None
    assert regex.found(Unit("a")) is None


def test_a_regex_that_re2_refuses_is_refused_when_it_is_read():
    pattern = r"(?:\w{100}){100}"
    assert Quick(lambda: parse(pattern), 0).found(Unit("a")) == []
    leaf = Matcher("regex", (pattern,))
    with pytest.raises(PatternError):
        check_leaf(leaf, Fold(), "linear", may_be_empty=False)


def test_without_its_compiler_re2_is_asked(monkeypatch):
    def refuse(*_, **__):
        code = -45  # no just-in-time compiler
        raise pcre2.LibraryError(code)

    monkeypatch.setattr(pcre2, "compile", refuse)
    regex = Linear(lambda: parse("b+"), 0, captures=False)
    assert [spans[0] for spans in regex.found(Unit("abba"))] == [(1, 3)]


@given(
    _REGEXES,
    st.lists(st.text(_CHARS + "’–가、\ufe0e\U0001faa1", min_size=1, max_size=9), min_size=1, max_size=8),
)
def test_all_matches_are_those_of_re2(pattern, lines):
    for fold in (True, False):
        tree = partial(parse, pattern, fold=fold)
        exact, short = Linear(tree, 0, captures=True), Quick(tree, 0)
        for line in lines:
            found = short.found(Unit(line))
            assert found is None or found == [spans[0] for spans in exact.found(Unit(line))]


def test_letters_in_any_case_are_those_of_re2():
    """Every common letter equals the same common characters in both engines, those written apart aside."""
    for known in (PLAIN_WORDS, COMMON):
        text = "".join(known.findall("".join(map(chr, quick._CODES))))
        data = text.encode()
        for char in text:
            if not char.isalpha() or char.lower() == char.upper() or folded(char):
                continue
            first = compiled(f"(?i:{char})[^{char}]*(?i:{char})?")._regexp.Match
            start, end = first(re2._Anchor.UNANCHORED, data, 0, len(data))[0]
            match = pcre2.compile(f"(?i:{char})[^{char}]*(?i:{char})?", pcre2.ASCII, jit=False).search(text)
            assert match is not None
            assert match.group() == data[start:end].decode(), char


@pytest.mark.parametrize("content", [None, b"", b"[]", b"0\n[1]"])
def test_the_characters_of_a_class_are_kept_on_disk(content, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pattern = r"[\x{E8}-\x{EA}x]"
    first = quick._among.__wrapped__(pattern, plain=False)
    assert first == quick._found_among(pattern, plain=False)
    (entry,) = tmp_path.rglob("*.json")
    if content is not None:
        entry.write_bytes(content)
    assert quick._among.__wrapped__(pattern, plain=False) == first
    assert quick._among.__wrapped__(pattern, plain=True) == r"[\x78-\x78]" != first
    assert [*tmp_path.rglob("*.json")] == [entry]
    monkeypatch.setattr("cleaner.rules.kept.read", lambda path: [1])
    assert quick._among.__wrapped__(pattern, plain=False) == first


@pytest.mark.parametrize("content", [None, b"", b"[]", b"0\n[1]"])
def test_a_regex_with_a_name_is_spelled_once_and_kept_on_disk(content, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def places(pattern):
        tree = Mock(side_effect=partial(parse, pattern))
        found = [Quick(tree, 0, name).found(Unit("a1 ba2 a3")) for name in (pattern, pattern, "")]
        return found, tree.call_count

    assert places(r"\ba\d") == ([[(0, 2), (7, 9)]] * 3, 2)
    (entry,) = tmp_path.rglob("*.json")
    if content is not None:
        entry.write_bytes(content)
    assert places(r"\ba\d") == ([[(0, 2), (7, 9)]] * 3, 1 if content is None else 2)
    assert places("(?:a*)*b") == ([None] * 3, 2)


@given(_REGEXES, st.lists(st.text(_CHARS, max_size=9), min_size=1, max_size=6))
def test_what_is_said_to_lack_a_match_has_none(pattern, lines):
    tree = partial(parse, pattern)
    exact, short = Linear(tree, 0, captures=True), Quick(tree, 0)
    for line in lines:
        if short.lacks(Unit(line)):
            assert [*exact.found(Unit(line))] == []


def test_characters_that_are_replaced_equal_no_others_in_any_case():
    for code in (*range(0xD800), *range(0xE000, 0x40000)):
        if stand_ins._RARE.match(char := chr(code)):
            assert char.lower() == char.upper() == char.casefold() == char.title() == char, hex(code)
    every = "".join(
        char for code in range(0x40000) if not stand_ins._RARE.match(char := chr(code)) and char.isalpha()
    )
    assert (
        compiled(f"(?i:[{''.join(filter(stand_ins._RARE.match, map(chr, range(0x590, 0x10000))))}])").findall(
            every
        )
        == []
    )


@pytest.mark.parametrize("content", [None, b"", b"[]", b"0\n[[1]]"])
def test_the_ranges_of_a_class_are_kept_on_disk(content, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pattern = r"[\x{E8}-\x{EA}x]"
    first = classes.ranges.__wrapped__(pattern)
    assert first == classes.ranges.__wrapped__(pattern, common=True) == ((0x78, 0x78), (0xE8, 0xEA))
    (entry,) = tmp_path.rglob("*.json")
    if content is not None:
        entry.write_bytes(content)
    assert classes.ranges.__wrapped__(pattern) == first
    monkeypatch.setattr("cleaner.rules.kept.read", lambda path: [1])
    assert classes.ranges.__wrapped__(pattern) == first
