"""Matching: what each matcher, scope, fold and guard means, and that fast is the same as exact."""

from __future__ import annotations

import importlib.util
import sys
import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import QuarantineError
from cleaner.lines import line_spans
from cleaner.rules.files.build import matcher_from_data
from cleaner.rules.pattern import leaf_pattern
from cleaner.rules.prefilter import Prefilter
from cleaner.rules.regex.subject import Unit, encoded, nfkc
from cleaner.rules.regex.syntax import PatternError
from cleaner.rules.rule import Examples, Fold, Guard, Matcher, Origin, Rule
from cleaner.rules.ruleset import RuleSet
from tests.conftest import PROJECT

ORIGIN = Origin("t.yaml", 1, "project")


def make(match, *, unless=None, scope="line", action="cut", fold=None, **more):
    """Make a rule of matcher data."""
    return Rule(
        "t/r",
        "t",
        "boilerplate",
        "Test",
        scope,
        matcher_from_data(match),
        action,
        ORIGIN,
        Examples(),
        unless=matcher_from_data(unless) if unless else None,
        fold=fold or Fold(),
        **more,
    )


def found(rule, text):
    """Return the texts that a rule hits."""
    return [text[hit.start : hit.end] for hit in RuleSet([rule]).hits(text, line_spans(text))]


MATCHERS = [  # matcher, line, what is hit
    # negatives first
    ({"literal": "Ad"}, "Ads", []),
    ({"literal": "Ad"}, "An Ad", []),
    ({"prefix": "Read also"}, "He read also", []),
    ({"suffix": "more"}, "more or less", []),
    ({"contains": "read  also"}, "readalso", []),
    ({"regex": r"\bad\b"}, "bad ads", []),
    ({"regex": r"\bи\b"}, "или ива", []),
    ({"regex": r"\bmake\b"}, "mak\u00e9 remake\u0301", []),
    ({"regex": "^ad"}, " ad", []),
    ({"regex": r"[^\W\d_]{3}"}, "a1_b2", []),
    ({"regex": "a.b"}, "a\u0085", []),
    ({"all": [{"prefix": "a"}, {"suffix": "z"}]}, "a b", []),
    ({"prefix": "a", "suffix": "z"}, "a b", []),
    ({"any": [{"prefix": "b"}, {"literal": "c"}]}, "a", []),
    # then what holds
    ({"literal": "Ad"}, "\u00a0 AD\t", ["AD"]),
    ({"literal": ["x", "Read more"]}, "  read \u00a0MORE ", ["read \u00a0MORE"]),
    ({"prefix": "Lisez aussi :"}, "  LISEZ  AUSSI\u202f: le budget", ["LISEZ  AUSSI\u202f:"]),
    ({"suffix": "more"}, "more and more ", ["more"]),
    ({"contains": "ad"}, "ad and had", ["ad", "ad"]),
    ({"contains": ["a", "ab"]}, "abab", ["a", "a"]),
    ({"prefix": "Читайте також"}, "ЧИТАЙТЕ ТАКОЖ: новини", ["ЧИТАЙТЕ ТАКОЖ"]),
    ({"literal": "devamını oku"}, "DEVAMINI OKU", ["DEVAMINI OKU"]),
    ({"literal": "istanbul"}, "İSTANBUL", ["İSTANBUL"]),
    ({"literal": "weiß"}, "WEIẞ", ["WEIẞ"]),
    ({"literal": "ὀδυσσεύς"}, "ὈΔΥΣΣΕΎΣ", ["ὈΔΥΣΣΕΎΣ"]),
    ({"regex": r"\bЧитайте\b"}, "Ось: читайте!", ["читайте"]),
    ({"regex": r"\bад\b"}, "ад, ад", ["ад", "ад"]),
    ({"regex": r"\bcafe\u0301\b".replace(r"\u0301", "\u0301")}, "un cafe\u0301.", ["cafe\u0301"]),
    ({"regex": r"\bमें\b"}, "घर में है", ["में"]),
    ({"regex": r"\s:"}, "ici\u00a0:", ["\u00a0:"]),
    ({"regex": r"\d+"}, "a ١٢ b 12", ["١٢", "12"]),
    ({"regex": r"(?-i:A)b"}, "ab AB", ["AB"]),
    ({"regex": r"(?:a|b)$"}, "ab", ["b"]),
    ({"regex": [r"a\d", r"b\d"]}, "b1a2", ["b1", "a2"]),
    ({"regex": r"\Q(c)\E \x{A9}"}, "(C)  ©", ["(C)  ©"]),
    ({"regex": "one two"}, "one \u2009 two", ["one \u2009 two"]),
    ({"any": [{"prefix": "b"}, {"contains": "c"}]}, "b c", ["b", "c"]),
    ({"all": [{"regex": "b"}, {"suffix": "z"}]}, "a b z", ["b"]),
]


@pytest.mark.parametrize(("match", "line", "expected"), MATCHERS)
def test_matchers(match, line, expected):
    assert found(make(match), line) == expected
    surrounded = f"...\n\n{line}\n\n\u0416\n"
    assert found(make(match), surrounded) == expected


FOLDS = [
    (Fold(case=False), {"literal": "Ad"}, "AD", []),
    (Fold(case=False), {"regex": "[a-z]+"}, "ABc", ["c"]),
    (Fold(spaces=False), {"prefix": "a b"}, "a  b", []),
    (Fold(spaces=False), {"prefix": "a b"}, "a b c", ["a b"]),
    (Fold(), {"prefix": "file"}, "ﬁle", []),
    (Fold(nfkc=True), {"prefix": "file"}, "ﬁle name", ["ﬁle"]),
    (Fold(nfkc=True), {"contains": "2"}, "x² ｙ２", ["²", "２"]),
    (Fold(nfkc=True), {"regex": "가"}, "나\u1100\u1161다", ["\u1100\u1161"]),
]


@pytest.mark.parametrize(("fold", "match", "line", "expected"), FOLDS)
def test_folds(fold, match, line, expected):
    assert found(make(match, fold=fold), line) == expected


def test_nfkc_keeps_places():
    text, places = nfkc("a①ﬁ\u1100\u1161b")
    assert text == "a1fi가b"
    assert places == [0, 1, 2, 2, 3, 5, 6]


def test_scopes():
    text = "Head line\nsecond\n\nAnother block\nwith two lines\n"
    assert found(make({"regex": "^second$"}), text) == ["second"]
    assert found(make({"regex": "line.second", "contains": "head"}), text) == []
    assert found(make({"regex": r"line\s+second"}, scope="block"), text) == ["line\nsecond"]
    assert found(make({"regex": r"second\s+Another"}, scope="block"), text) == []
    assert found(make({"regex": r"second\s+Another"}, scope="document"), text) == ["second\n\nAnother"]
    assert found(make({"regex": "(?m)^with"}, scope="document"), text) == ["with"]
    hits = RuleSet([make({"prefix": "another"}, scope="block")]).hits(text, line_spans(text))
    assert [(hit.line, hit.start) for hit in hits] == [(3, 18)]
    assert RuleSet([make({"regex": "x"}, scope="document")]).hits("", []) == []


def test_guards():
    text = "Share\n" + "Long prose here.\n" * 8 + "Share\n"
    everywhere = make({"literal": "Share"})
    assert len(found(everywhere, text)) == 2
    late = make({"literal": "Share"}, guard=Guard(after=0.5))
    assert RuleSet([late]).hits(text, line_spans(text))[0].line == 9
    early = make({"literal": "Share"}, guard=Guard(before=0.1))
    assert RuleSet([early]).hits(text, line_spans(text))[0].line == 0
    assert found(make({"prefix": "a"}, guard=Guard(max_words=2)), "a b c") == []
    assert found(make({"prefix": "a"}, guard=Guard(min_words=3)), "a b c") == ["a"]


def test_unless_vetoes_the_line_only():
    rule = make({"prefix": "By"}, unless={"suffix": "."})
    assert found(rule, "By the sea they sat.\nBy Ann Lee") == ["By"]


def test_templates():
    rule = make({"regex": r"(\d+)\.(?P<cents>\d\d)"}, action="replace", replacement=r"\1,\g<cents>\\\0")
    text = "Cost: 12.50 or 3.10."
    hits = RuleSet([rule]).hits(text, line_spans(text))
    assert [hit.replacement for hit in hits] == ["12,50\\12.50", "3,10\\3.10"]
    flag = make({"regex": r"very (\w+)"}, action="flag", suggestion=r"\1")
    assert [hit.replacement for hit in RuleSet([flag]).hits("Très: very grün", [(0, 15)])] == ["grün"]


def test_a_rule_that_drops_gives_one_hit_for_a_line():
    assert found(make({"contains": "ad"}, action="drop"), "ad ad\nad") == ["ad", "ad"]


def test_lone_surrogates_are_matched_around():
    assert found(make({"contains": "ad"}), "\ud800 ad \udfff") == ["ad"]
    assert found(make({"regex": r"\bad\b.$"}), "é ad\ud800") == ["ad\ud800"]
    backtracking = make({"regex": r"ad(?=.)"}, engine="backtrack")
    assert found(backtracking, "\ud800 ad\udfff") == ["ad"]


CATASTROPHIC = [
    r"(a+)+$",
    r"(a|aa)+$",
    r"(a*)*b",
    r"^(\w+\s?)*$",
    r"(x+x+)+y",
    r"(.*a){12}b",
    r"(a|a)*c",
    r"(a+)+\1$",
]


@pytest.mark.parametrize("pattern", CATASTROPHIC)
@pytest.mark.parametrize("start", ["", "é"])
@pytest.mark.timed
def test_catastrophic_patterns_are_linear_or_refused(pattern, start):
    line = start + "ax"[pattern.startswith("(x")] * 1_000_000 + "!"
    try:
        rules = RuleSet([make({"regex": pattern})])
        rules.hits("warm é", [(0, 6)])
        leaf_pattern(Matcher("regex", (pattern,)), Fold(), "linear")
    except PatternError as error:
        assert "linear time" in str(error)
        return
    started = time.process_time()
    assert rules.hits(line, [(0, len(line))]) == []
    assert time.process_time() - started < 0.05


@pytest.mark.parametrize("pattern", [r"(a+)+(?=b)", r"(a+)+\1$", r"^(\w+\s?)*(?=z)"])
@pytest.mark.parametrize("length", [40, 4000, 400_000])
def test_backtracking_is_bounded_by_steps_and_never_means_no_match(pattern, length):
    rule = make({"regex": pattern}, engine="backtrack")
    line = "a" * length + "!"
    with pytest.raises(QuarantineError, match="more than"):
        RuleSet([rule]).hits(line, [(0, len(line))])


def test_backtracking_does_what_it_says():
    rule = make({"regex": r"(?<!not )\b(\w+) \1\b(?! again)"}, engine="backtrack")
    assert found(rule, "it was the the\u00a0end of not so so, or or again") == ["the the"]
    assert found(rule, "так так") == ["так так"]


# Regexes and texts in which cases, scripts, marks and kinds of white space meet.
_CHARS = "abAsSiIkK\u212aİıſßéÉжЖ1٣_ -.,\u00a0²ⓐ\u0301中ǅσςΣ\u200d"
_CLASSES = [
    r"\w",
    r"\d",
    r"\s",
    r"\W",
    r"\D",
    r"\S",
    r".",
    r"\.",
    r"\p{L}",
    r"\P{L}",
    r"[a-cж-я]",
    r"[^\Wé]",
    r"[\w-]",
    r"[^\s1]",
    r"[\D]",
    r"[^i]",
]
_PIECES = st.sampled_from([*"abAsiIİıſéЖ1_- \u00a0σ", *_CLASSES, "[^\\S\u00a0]"])
_ATOMS = st.tuples(_PIECES, st.sampled_from(["", "", "", "*", "+", "?", "{1,2}", "{0,7}", "*?"])).map("".join)
_PLACES = st.sampled_from([r"\b", r"\b", r"\B"])
_SEQUENCES = st.lists(st.one_of(_ATOMS, _ATOMS, _PLACES), min_size=1, max_size=5).map("".join)
_REGEXES = st.recursive(
    _SEQUENCES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("|".join),
        st.tuples(st.sampled_from(["", "a", r"\b"]), inner, _SEQUENCES).map(
            lambda x: f"{x[0]}(?:{x[1]}){x[2]}"
        ),
    ),
    max_leaves=4,
)


@given(_REGEXES, st.lists(st.text(_CHARS, min_size=1, max_size=9), min_size=1, max_size=8), st.booleans())
def test_the_first_match_is_that_of_a_brute_force_regex(pattern, lines, fold):
    reference = regex.compile(pattern.replace(" ", r"(?:\s+)"), regex.IGNORECASE if fold else 0)
    leaf = Matcher("regex", (pattern,))
    ours = leaf_pattern(leaf, Fold(case=fold), "linear")
    prefilter = Prefilter([make({"regex": pattern}, fold=Fold(case=fold))], lines=True)
    for line in lines:
        match = reference.search(line)
        first = next(ours.found(Unit(line)), None)
        assert (match.span() if match else None) == (first[0] if first else None), line
        assert match is None or prefilter.candidates(encoded(line)), f"the prefilter lost {line!r}"


def _bench():
    path = PROJECT / "tests" / "bench/bench_rules.py"
    spec = importlib.util.spec_from_file_location("bench_rules", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_rules"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.timed
def test_many_rules_are_looked_for_at_once():
    bench = _bench()
    documents = bench.make_documents(0.4)
    rules = bench.make_rules(200)
    started = time.process_time()
    expected = bench.brute_hits(rules, documents)
    brute = 0.4 / (time.process_time() - started)
    assert len(expected) > 10
    assert bench.our_hits(RuleSet(rules), documents) == expected
    assert bench.rate(RuleSet(rules), documents).rate > 5 * brute
