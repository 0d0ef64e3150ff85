"""The encoding step: good text left alone, damage repaired, and the shortcut proven against ftfy."""

from __future__ import annotations

import contextlib
import sys
import time
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import accumulate

import pytest
from ftfy import fix_and_explain
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cleaner.edits import checked, splice
from cleaner.model import Edit
from cleaner.protected import protect
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge
from cleaner.rules.rule import Rule
from cleaner.rules.ruleset import RuleSet
from cleaner.steps import Context
from cleaner.steps.encoding import _CLEAN, _GLANCE, find
from cleaner.steps.encoding.repairs import CONFIG, compose
from cleaner.steps.encoding.suspects import _expanded, suspects
from tests.conftest import PROJECT
from tests.support.rules import read_packs
from tests.support.timing import grows_evenly

ROOT = PROJECT
CASES = ROOT / "tests" / "cases" / "encoding"
OFF = ("encoding/width", "encoding/quotes")


def table(name):
    return YAML(typ="safe").load((CASES / name).read_text("utf-8"))


@cache
def rules() -> tuple[Rule, ...]:
    packs, faults = read_packs([Folder(ROOT / "rules", "built-in")])
    found, more = merge([pack for pack in packs if pack[1].name == "encoding"])
    assert [*(fault for fault in faults if "encoding" in str(fault)), *more] == []
    return tuple(found)


def context(*wanted: str) -> Context:
    """The rules of those names, or those that are on by default."""
    on = [rule for rule in rules() if rule.id.removeprefix("encoding/") in wanted or not wanted]
    return Context(RuleSet(tuple(rule for rule in on if wanted or rule.id not in OFF)))


def edits(text, *wanted):
    return checked(text, find(text, context(*wanted)))


def clean(text, *wanted):
    return splice(text, edits(text, *wanted))


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("text", table("repairs.yaml")["leave"])
def test_good_text_is_left_alone(text):
    assert edits(text) == ()


def test_good_text_in_many_languages_is_left_alone():
    for case in table("legacy.yaml"):
        assert edits("\n".join(case["sentences"]), "mojibake", "entities", "controls") == ()


@pytest.mark.parametrize(
    "case", table("repairs.yaml")["repair"], ids=lambda case: f"{case['rule']}: {case['text']!a}"
)
def test_repaired(case):
    found = edits(case["text"])
    assert splice(case["text"], found) == case["gives"]
    assert {edit.rule for edit in found} == {f"encoding/{case['rule']}"}
    assert clean(case["gives"]) == case["gives"]


@pytest.mark.parametrize(
    "case", table("repairs.yaml")["repair"], ids=lambda case: f"{case['rule']}: {case['text']!a}"
)
def test_a_rule_that_is_off_does_nothing(case):
    others = [rule.id.removeprefix("encoding/") for rule in rules() if rule.id not in OFF]
    others.remove(case["rule"])
    assert f"encoding/{case['rule']}" not in {edit.rule for edit in edits(case["text"], *others)}


def test_typography_is_kept_unless_asked_for():
    text = "“ＳＡＬＥ”　ｶﾞ, it’s"
    assert clean(text) == text
    assert clean(text, "width", "quotes", "nfc") == '"SALE" ガ, it\'s'
    assert {rule.safety for rule in rules() if rule.id in OFF} == {"unsafe"}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_examples_of_the_rules(rule):
    name = rule.id.removeprefix("encoding/")
    for text in rule.examples.match:
        assert rule.id in {edit.rule for edit in edits(text, name)}, text
    for text in rule.examples.no_match:
        assert rule.id not in {edit.rule for edit in edits(text, name)}, text


def test_edits_are_as_small_as_the_damage():
    text = "cafÃ© &amp; rest, ﬁne  \r\nnext e\u0301"
    found = edits(text)
    assert [(edit.rule.removeprefix("encoding/"), edit.old, edit.new) for edit in found] == [
        ("mojibake", "Ã©", "é"),
        ("entities", "amp;", ""),
        ("ligatures", "ﬁ", "fi"),
        ("trailing-space", "  ", ""),
        ("line-ends", "\r", ""),
        ("nfc", "e\u0301", "é"),
    ]


def test_edits_of_nfc_are_small_in_all_scripts():
    for text in (
        "कि\u0958 x",
        "\u09c7\u09be বা \u09df",
        "\u0bc6\u0bbe",
        "\u1100\u1161\u11a8가",
        "\u1025\u102e",
        "a\u0301b",
    ):
        found = edits(text + " plain words in between " + text, "nfc")
        assert len(found) >= 2
        assert max(len(edit.old) for edit in found) <= 3


def test_only_the_line_of_a_tag_keeps_its_entities():
    assert clean("<b>&amp;</b>\nFish &amp; chips") == "<b>&amp;</b>\nFish & chips"


def test_runs_of_marks_are_capped():
    assert clean("a" + "\u0301" * 500) == "á" + "\u0301" * 29
    assert clean("q" + "\u0316\u0301" * 15) == "q" + "\u0316" * 15 + "\u0301" * 15


def test_without_mojibake_next_line_is_a_line_end():
    assert clean("one\x85two", "line-ends") == "one\ntwo"


# ---------------------------------------------------------------- composition of edits


def test_compose_keeps_what_does_not_touch():
    first = [Edit(0, 1, "a", "xyz", "t/1"), Edit(4, 5, "e", "", "t/1")]
    second = [Edit(1, 2, "y", "Y", "t/2"), Edit(5, 6, "d", "DD", "t/2")]
    after = "xYzbcDDf"
    found = compose(first, second, "abcdef", after)
    assert splice("abcdef", checked("abcdef", found)) == after
    assert [edit.rule for edit in found] == ["t/1", "t/2", "t/1"]


# ---------------------------------------------------------------- the shortcut is exact


def fixed(line):
    return fix_and_explain(line, CONFIG).text


def prove(parts):
    """Take out the parts that are suspect as lines; prove that ftfy does not change the rest, as one line."""
    starts = [0, *accumulate(len(part) + 1 for part in parts)]
    out = {bisect_right(starts, at) - 1 for at in suspects("\n".join(parts))[0]}
    prove_line([part for i, part in enumerate(parts) if i not in out])


def prove_line(parts):
    """Neighbours may be suspect together: then look at the halves."""
    line = "".join(parts)
    if not suspects(line)[0]:
        assert fixed(line) == line
    elif len(parts) > 1:
        prove_line(parts[: len(parts) // 2])
        prove_line(parts[len(parts) // 2 :])


def test_skipped_code_points():
    step = 4096
    for start in range(0, sys.maxunicode + 1, step):
        block = map(chr, range(start, start + step))
        prove([f"a{char}{char}x {char}Z " for char in block if char not in "\n&"])


@cache
def telling() -> str:
    """Characters on which ftfy's heuristics depend, and one or two of every other kind."""
    named = {code for ranges in MOJIBAKE_CATEGORIES.values() for code in _expanded(ranges)}
    return "".join(map(chr, sorted(named))) + "aZ0 \t?\x1a\u0301ñşЖжאا的あ한œŒ\u200b\u3000ﬁ\U0001f600"


def test_skipped_pairs():
    for first in telling():
        prove([f"a{first}{second}b {first}{second} " for second in telling()])


@given(st.lists(st.sampled_from([*"aÃ©â€ вЂ™ĂŞ�ÐÂ\xa0œ°·", "x ", "Ñ‚", "\u0301"]), max_size=12).map("".join))
@settings(max_examples=300)
def test_skipped_lines_of_likely_characters(line):
    if not suspects(line)[0]:
        assert not is_bad(line)
        assert fixed(line) == line


LINES = st.text(st.characters(exclude_characters="\n"), max_size=60)


@given(LINES)
@settings(max_examples=300)
def test_skipped_lines(line):
    if not suspects(line)[0]:
        assert fixed(line) == line


WORDS = "It’s café naïve “so” Привет мир 10€ Straße été – x² 日本語 & señor Ελλάδα".split()  # noqa: SIM905
CODECS = ("latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "macroman", "cp437", "sloppy-windows-1250")


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.lists(st.sampled_from(CODECS), max_size=2)
)
@settings(max_examples=300)
def test_mojibake_is_repaired_as_ftfy_does_or_left_alone(words, codecs):
    """Never made into a third thing; what it was before is welcome, too."""
    line = meant = " ".join(words)
    for codec in codecs:
        with contextlib.suppress(UnicodeError):
            line = line.encode("utf-8").decode(codec)
    alone = clean(line, "controls", "nfc", "line-ends", "trailing-space")
    assert clean(line) in (fixed(fixed(line)).rstrip(), meant, alone)


# ---------------------------------------------------------------- properties

TOKENS = [
    *" \n\r\t\x85\u2028<>&;#xeœ’\u3000Ａ\xa0ﬁĳÃ\x80\x1b\0\ufeff\ud83d\ude00\u0301\u0323\u1100\u1161\u11a8",
    *["&amp;", "amp;", "&lt;", "&#13;", "&#10;", "&#x26;", "Ã©", "â€™", "ГўВЂВ", "\x1b[1m"],
    *("í\xa0½", "í¸\x98"),
]
HOSTILE = st.lists(
    st.one_of(st.sampled_from(TOKENS), st.text(st.characters(exclude_categories=[]), max_size=3)), max_size=20
).map("".join)


@given(HOSTILE)
@settings(max_examples=500)
def test_a_second_run_changes_nothing(text):
    once = clean(text)
    assert edits(once) == ()
    assert clean(text) == once


@given(
    HOSTILE,
    st.sets(st.sampled_from(["mojibake", "entities", "controls", "nfc", "line-ends", "width", "quotes"])),
)
def test_a_second_run_changes_nothing_whatever_is_on(text, wanted):
    if wanted:
        once = clean(text, *wanted)
        assert edits(once, *wanted) == ()


@given(HOSTILE)
def test_the_result_is_in_order(text):
    result = clean(text)
    if not protect(text):  # what is code keeps its white space
        assert unicodedata.is_normalized("NFC", result)
        assert not any(0xD800 <= ord(char) < 0xE000 or char in "\0\r\u2028\u2029\ufeff" for char in result)
        assert not any(line != line.rstrip(" \t\xa0\u3000") for line in result.split("\n"))
    result.encode("utf-8")


# ---------------------------------------------------------------- no pathological input

PATHOLOGICAL = {
    "nested entities": lambda n: "&" + "amp;" * n,
    "entities inside out": lambda n: "&am" * n + "&#112;" + ";" * n,
    "combining marks": lambda n: "a" + "\u0316\u0301" * n,
    "marks on one line each": lambda n: "\n".join(["e" + "\u0301" * 40] * (n // 40)),
    "mojibake": lambda n: "Ã©" * n,
    "mojibake of surrogates": lambda n: "í\xa0½í¸\x98" * n,
    "ampersands": lambda n: "&" * n,
    "spaces": lambda n: " " * n + "x",
    "spaces before tails": lambda n: ("x" + " " * 60 + "\r\n") * (n // 60),
    "escapes": lambda n: "\x1b[" * n,
    "long escape": lambda n: "\x1b[" + "1;" * n,
    "carriage returns": lambda n: "\r" * n,
    "euros": lambda n: "â€" * n,
    "c1": lambda n: "\x85" * n,
    "surrogates": lambda n: "\ud83d" * n,
    "mixed encodings": lambda n: "Ã© Ð¶ ĂŠ " * n,
}


def seconds(text):
    times = []
    for _ in range(3):
        _CLEAN.last = None  # or what is clean is not looked at again
        start = time.process_time()
        for _ in find(text, context()):
            pass
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("kind", PATHOLOGICAL)
@pytest.mark.timed
def test_twice_the_input_takes_less_than_2_5_times_as_long(kind):
    make = PATHOLOGICAL[kind]
    size = 4000  # several pieces of a line: they differ where it is cut
    while seconds(make(size)) < 0.02 and size < 500_000:
        size *= 2
    assert grows_evenly(lambda size: seconds(make(size)), size, least=0.005)


@pytest.mark.parametrize(
    "text",
    [
        "Write it so:\n\n```\nAT&amp;T  \nthe cafÃ©\t\n```\n\nThat is all.",
        "Write `&lt;` and `Ã©` as they are.",
        "<pre>\n&amp;\n  \n</pre>\n\nIt rained.",
        'int main(void) {\n    puts("&amp; Ã©");  \n\treturn 0;\n}\n',
        "import os  \n\x0c\nprint(os.name, '&nbsp;')\n",
    ],
)
def test_code_comes_out_as_it_went_in(text):
    assert clean(text) == text


def test_beside_code_and_at_its_line_ends_the_encoding_is_repaired():
    assert clean("Fish &amp; chips, as in `a &amp; b`.") == "Fish & chips, as in `a &amp; b`."
    assert clean("```\r\na = 1\r\n```\r\n") == "```\na = 1\n```\n"


CLEAN_TEXT = "\n".join(f"On day {k} the ferry was late, and nobody in town knew why." for k in range(9))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (CLEAN_TEXT, True),
        (CLEAN_TEXT + "\n", False),  # what is after the last newline is a line, too
        (CLEAN_TEXT[:-1], False),
        (CLEAN_TEXT.replace("day 2 ", "day 12 "), False),
        (CLEAN_TEXT.replace("\nOn day 4", " On day 4"), False),
        ("\n".join(CLEAN_TEXT.split("\n")[1:7]), True),
        (CLEAN_TEXT.split("\n")[5], True),
        ("x" * _GLANCE, False),
    ],
)
def test_only_lines_of_the_last_clean_text_are_not_looked_at_again(text, known):
    assert list(find(CLEAN_TEXT, context())) == []
    assert _CLEAN.last is not None
    assert _CLEAN.holds(text, _CLEAN.last[1]) is known


def test_a_text_with_something_to_repair_is_not_taken_for_clean():
    assert list(find(CLEAN_TEXT, context())) == []
    damaged = CLEAN_TEXT.replace("why.", "why. ")
    assert list(find(damaged, context())) == list(find(damaged, context())) != []
    assert _CLEAN.last is not None and _CLEAN.last[0] == CLEAN_TEXT


@given(
    st.lists(
        st.sampled_from(["A town.", "cafÃ©", "AT&amp;T", "x ", "\ty", "é", "\r", "`&lt;`", ""]), max_size=8
    )
)
def test_what_is_found_does_not_depend_on_the_text_before(lines):
    text = "\n".join(lines)
    for before in (text, CLEAN_TEXT, "\n".join(["A town.", *lines[:3], "é"])):
        _CLEAN.last = None
        alone = list(find(text, context()))
        list(find(before, context()))
        assert list(find(text, context())) == alone
