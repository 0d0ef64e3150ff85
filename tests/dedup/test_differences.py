"""How near-duplicates differ: the definition as tables, the kernel against it, and what is kept for it."""

from __future__ import annotations

import re
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cleaner.dedup.differences import bits_of, differences, names, negation_count, numbers
from cleaner.dedup.kernels.character_table import table
from cleaner.dedup.kernels.compiler import kernel
from cleaner.dedup.kernels.differing import differing, negation_table
from cleaner.dedup.kernels.tokenizer import room_for
from cleaner.dedup.negations import FORMS, PREFIXED
from cleaner.dedup.parameters import NUMBER_WORDS, Parameters
from cleaner.dedup.tokens import tokens
from tests.support.passages import apply, plan_of

Hashes: TypeAlias = NDArray[np.uint64]

NUMBERS = {
    "": [],
    "w12 A4 covid19 no_1": [],
    "1. First": ["1"],
    "12,500 12.500 10:30 1/2 1’000": ["1.000", "1.2", "10.30", "12.500", "12.500"],
    "3rd of 12kg, 5G": ["12", "3", "5"],
    "1,5 and 1 ,5": ["1", "1.5", "5"],
    "-5 5-5 +5 −5": ["+", "-", "5", "5", "5", "5", "5", "−"],
    "$12 €12 a<b": ["$", "12", "12", "<", "€"],
    "١٢ und १२": ["١٢", "१२"],
}


@pytest.mark.parametrize(("text", "expected"), NUMBERS.items())
def test_numbers(text, expected):
    assert sorted(numbers(text).elements()) == expected


NAMES = {
    "": [],
    "Anna came. Then Ben": ["Ben"],
    "“Anna” (Ben) — Cleo": [],
    "here, Anna, is A4 and éa Éa": ["A4", "Anna", "Éa"],
    "at 5 Anna": ["Anna"],
    "at  Anna, said\nBen to Cleo": ["Ben", "Cleo"],
}


@pytest.mark.parametrize(("text", "expected"), NAMES.items())
def test_names(text, expected):
    assert sorted(names(text).elements()) == expected


@pytest.mark.parametrize("language", FORMS)
def test_every_language_negates(language):
    for form in FORMS[language].split():
        assert negation_count(tokens(f"x {form} y")) == 1, form


@pytest.mark.parametrize("language", PREFIXED)
def test_prefixes_negate_the_words_that_take_them(language):
    prefix, words = PREFIXED[language]
    for word in words.split():
        assert negation_count(tokens(f"x {prefix}{word} y")) == 1, word
        assert negation_count(tokens(f"x {word} y")) == 0, word


@pytest.mark.parametrize("word", ["be", "et", "en", "mai", "ni", "si", "ma", "sense", "cap", "nad", "pole"])
def test_common_words_of_other_languages_negate_nothing(word):
    assert negation_count([word]) == 0


@kernel
def _bits(
    address: int, bounds: NDArray[np.int64], table: Hashes, negations: Hashes, one: Hashes, other: Hashes
) -> np.uint8:
    """Call the kernel for two texts that lie end to end at an address."""
    return differing(
        address,
        bounds[1],
        address + bounds[1],
        bounds[2] - bounds[1],
        table,
        negations,
        one,
        other,
        np.uint8(7),
    )


def bits_by_kernel(text: str, other: str) -> int:
    raw = [part.encode("utf-8", "surrogatepass") for part in (text, other)]
    buffer = np.frombuffer(b"".join(raw) + b"\0", np.uint8)
    bounds = np.cumsum([0, *map(len, raw)])
    room = np.empty((2, room_for(buffer.size)), np.uint64)
    return int(_bits(buffer.ctypes.data, bounds, table(), negation_table(), room[0], room[1]))


PIECES = st.sampled_from(
    [*"aAbB15٥.,:’-+$€<é·Σİ \n", " ", ", ",
      "not", " isn't ", "Anna ", " Ben", "12", "1,5", "ない", "ไม่", "नहीं", "❌", "e\u0301",
     "\U0001d7ce", "\u0301"]
)  # fmt: skip


@given(*[st.lists(PIECES, max_size=12).map("".join)] * 2)
@settings(max_examples=500, deadline=None)
def test_the_kernel_sees_the_differences_that_python_sees(text, other):
    assert bits_by_kernel(text, other) == bits_of(text, other)


PLAIN_TOKEN = re.compile(r"[a-z0-9_]+|[$+<=>|~]|(?<![a-z0-9_])-(?=[0-9])")
PLAIN_NUMBER = re.compile(r"\d(?<!\w\d)\d*(?:[.,:/'’·٫٬]\d+)*|-(?<!\w-)(?=\d)|[$+<=>|~€−]")
ASCII = st.lists(
    st.sampled_from([*"aB_1-$+~|.,:'\t\n\x1c ", "-5", "a-5", "12,500", "low tide"]), max_size=16
).map("".join)


@given(st.one_of(ASCII, st.text(st.characters(max_codepoint=0x7F))))
@settings(max_examples=300, deadline=None)
def test_tokens_of_ascii_are_those_of_one_pattern(text: str) -> None:
    """Texts with a sign and texts without one are split in two ways."""
    assert tokens(text) == PLAIN_TOKEN.findall(text.lower())


@given(st.one_of(ASCII, st.lists(PIECES, max_size=16).map("".join)))
@settings(max_examples=300, deadline=None)
def test_numbers_are_those_of_three_patterns_in_turn(text: str) -> None:
    plain = [re.sub("[.,:/'’·٫٬]", ".", number) for number in PLAIN_NUMBER.findall(text)]
    assert sorted(numbers(text).elements()) == sorted(plain)


DIFFER = {
    ("It is so.", "It is so!"): ("other",),
    ("On 1 May it rained", "On 2 May it rained"): ("number",),
    ("It was hot", "It was cold"): ("other",),
    ("Then Anna left", "Then Maria left"): ("name",),
    ("Then Anna left at 5", "Then Maria came at 6"): ("number", "name", "other"),
    ("It is a rule", "It is not a rule"): ("negation",),
    ("नगर में पुल है", "नगर में पुल नहीं है"): ("negation",),
    ("Passing by night: ✅", "Passing by night: ❌"): ("negation",),
    ("A fee of $5", "A fee of €5"): ("number",),
    ("Most byl otevřen v květnu", "Most nebyl otevřen v květnu"): ("negation",),
    ("Rada návrh schválila", "Rada návrh neschválila"): ("negation",),
    ("The bridge is safe", "The bridge is unsafe"): ("negation",),
    ("Die Brücke ist sicher", "Die Brücke ist unsicher"): ("negation",),
    ("Most byl otevřen", "Most bude otevřen"): ("other",),
}


@pytest.mark.parametrize(("texts", "expected"), DIFFER.items())
def test_differences(texts, expected):
    assert differences(*texts) == differences(*texts[::-1]) == expected


def passage(count: int, last: str, *, at: int = 20) -> str:
    """Make a passage of so many words, one of which is given."""
    words = [f"word{chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(count)]
    words[at] = last
    return " ".join(words)


@pytest.mark.parametrize(
    ("count", "one", "other", "stays"),
    [
        (NUMBER_WORDS - 1, "12", "40", True),
        (NUMBER_WORDS, "12", "40", False),
        (NUMBER_WORDS - 1, "few", "all", False),
        (NUMBER_WORDS + 60, "not", "now", True),
        (NUMBER_WORDS - 1, "Anna", "Maria", False),
    ],
)
def test_what_says_something_else_stays(count, one, other, stays):
    docs = [passage(count, one), passage(count, other)]
    assert apply(docs) == [docs[0], docs[1] if stays else ""]


def test_what_is_kept_beside_others_is_compared_with_later_ones():
    docs = [passage(38, "12"), passage(38, "40"), passage(38, "40", at=20).replace("wordba", "again")]
    plan, found = plan_of(docs)
    assert [(doc, removal.kept) for doc, removal in found] == [(2, "1")]
    assert [
        (unlike.doc.tolist(), unlike.kept_doc.tolist(), unlike.kind.tolist()) for unlike in plan.unlike
    ] == [([1], [0], [1])]


@pytest.mark.parametrize(
    ("options", "stays"),
    [
        ({"number": "remove"}, False),
        ({"number": "keep"}, True),
        ({"number_words": 38}, False),
        ({"number_words": 39}, True),
    ],
)
def test_verdicts(options, stays):
    docs = [passage(38, "12"), passage(38, "40")]
    assert apply(docs, Parameters(**options)) == [docs[0], docs[1] if stays else ""]


def test_names_can_be_kept():
    docs = [passage(60, "Anna"), passage(60, "Maria")]
    assert apply(docs) == [docs[0], ""]
    assert apply(docs, Parameters(name="keep")) == docs


def test_a_hundred_variants_cost_a_bounded_number_of_comparisons():
    docs = [passage(36, str(number)) for number in range(100)]
    plan, found = plan_of(docs)
    assert found == []
    assert plan.statistics.verified <= 8 * len(docs)
    assert len(plan.unlike[0]) == 99


@pytest.mark.parametrize(
    ("flagging", "bits", "flagged"),
    [
        ("number", 0b001, True),
        ("number", 0b010, False),
        ("negation", 0b010, True),
        ("negation", 0b101, False),
        ("name", 0b100, True),
        ("name", 0b011, False),
        ("name", 0b000, False),
    ],
)
def test_only_differences_that_are_to_be_flagged_are(flagging: str, bits: int, flagged: bool) -> None:
    kept = dict.fromkeys(("number", "negation", "name"), "keep") | {flagging: "flag"}
    assert Parameters(**kept).flagged(bits) is flagged  # type: ignore[arg-type]
