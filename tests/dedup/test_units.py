"""Sentences, whole documents and contained passages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.dedup import minhash
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.tokens import tokens
from tests.support.passages import LONG, NEXT, OTHER, apply, plan_of, words


@st.composite
def corpora_of_sentences(draw) -> list[str]:
    """Lines of sentences from a small stock."""
    stock = [words(*range(k, k + 6)) + end for k in range(5) for end in ".!"]
    line = st.lists(st.sampled_from([*stock, "Yes.", "no", "“Ah!”"]), max_size=7).map(
        draw(st.sampled_from([" ", "  "])).join
    )
    return draw(st.lists(st.lists(line, max_size=3).map("\n\n".join), min_size=1, max_size=3))


SENTENCES = {
    "first": (f"{LONG} {NEXT}", f"{NEXT}"),
    "last": (f"{NEXT}  {LONG} ", f"{NEXT} "),
    "in the middle": (f"{NEXT}  {LONG}   {OTHER}", f"{NEXT}  {OTHER}"),
    "all of a line": (f"{NEXT}\n\n{LONG} {LONG}\n\n{OTHER}", f"{NEXT}\n\n{OTHER}"),
    "two in a row": (f"{NEXT} {LONG} {LONG.upper()}", NEXT),
    "two apart": (f"{LONG} {NEXT} {LONG}", NEXT),
    "quoted": (f"“{LONG}” ({NEXT}) {LONG}", f"({NEXT})"),
    "no end": (f"{NEXT} {LONG[:-1]}", NEXT),
}


@pytest.mark.parametrize(("doc", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(doc, expected):
    options = Parameters(unit="sentences(1)")
    assert apply([LONG, doc], options) == [LONG, expected]
    assert apply([LONG, expected], options) == [LONG, expected]


def test_sentences_in_groups():
    options = Parameters(unit="sentences(2)")
    docs = [f"{LONG} {NEXT} {OTHER}", f"{LONG} {NEXT} {OTHER} {LONG}", f"{OTHER} {LONG} {NEXT}"]
    assert apply(docs, options) == [docs[0], f"{OTHER} {LONG}", NEXT]


def test_whole_documents():
    options = Parameters(unit="document")
    docs = [f"{LONG}\n\n{NEXT}\n", f"\n{LONG.upper()}\n{NEXT}", f"{LONG}\n\n{OTHER}"]
    assert apply(docs, options) == [docs[0], "", docs[2]]


def test_blocks():
    verse = f"{LONG}\n  {NEXT}\n{OTHER}"
    options = Parameters(unit="block")
    docs = [
        f"{NEXT}\n\n{verse}\n",
        f"\n \n{verse.upper()}\n\t\n{OTHER}\n{LONG}",
        f"{LONG}\n\n{verse}\n\n{NEXT}",
    ]
    once = [docs[0], f"{OTHER}\n{LONG}", LONG]
    assert apply(docs, options) == once
    assert apply(once, options) == once
    assert apply(docs, Parameters()) == [
        docs[0],
        "",
        "",
    ]  # a line of a stanza is no duplicate of its own text


CHINESE = "港口主任告诉理事会说旧码头下面的木桩在一百四十年的潮汐之后仍然都完好无损。"
"""Thirty-six characters, which count as twelve words."""


def test_sentences_without_spaces():
    assert (
        apply([CHINESE, f"春天计划进行第二次调查。{CHINESE}"], Parameters(unit="sentences(1)"))[1]
        == "春天计划进行第二次调查。"
    )


def test_thirty_six_characters_without_spaces_are_a_long_passage_and_one_fewer_are_not():
    shorter = CHINESE.replace("都", "")
    assert apply([CHINESE, CHINESE, shorter, shorter]) == [CHINESE, "", shorter, shorter]


@given(corpora_of_sentences(), st.integers(1, 3))
@settings(max_examples=80, deadline=None)
def test_a_second_time_no_sentence_goes(docs, count):
    options = Parameters(unit=f"sentences({count})", min_words=5)
    once = apply(docs, options)
    assert apply(once, options) == once


CONTAINED = Parameters(contained=True)


def test_a_contained_passage_goes_only_when_asked_for():
    docs = [LONG, f"{OTHER} {LONG} {NEXT}", f"{NEXT}\n\n{OTHER}"]
    assert apply(docs) == docs
    assert apply(docs, CONTAINED) == ["", docs[1], ""]
    found = plan_of(docs, CONTAINED)[1]
    assert [(doc, removal.kind, removal.kept) for doc, removal in found] == [
        (0, "contained", "1"),
        (2, "contained", "1"),
        (2, "contained", "1"),
    ]
    assert found[0][1].similarity == minhash.jaccard(minhash.shingles(LONG), minhash.shingles(docs[1]))


CONTAINED_NOOP = {
    "not whole": [LONG, f"{OTHER} {LONG[:-20]}"],
    "not in one piece": [f"{LONG} {NEXT}", f"{LONG} {OTHER} {NEXT}"],
    "too short": ["only six words stand right here", f"{OTHER} only six words stand right here"],
}


@pytest.mark.parametrize("docs", CONTAINED_NOOP.values(), ids=CONTAINED_NOOP)
def test_is_not_contained(docs):
    assert apply(docs, CONTAINED) == docs


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(8, 40)), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_contained_passages_against_brute_force(spans):
    docs = ["\n".join(words(*range(start, start + length)) for start, length in spans)]
    options = Parameters(contained=True, min_words=6, bands=128, rows=1)
    kept = [tokens(line) for line in apply(docs, options)[0].split("\n")]
    for removal in (removal for _, removal in plan_of(docs, options)[1] if removal.kind == "contained"):
        assert docs[0][removal.start : removal.end] in docs[0][removal.kept_start : removal.kept_end]
    for one in kept:
        for other in kept:
            assert one is other or f" {' '.join(one)} " not in f" {' '.join(other)} "
    assert apply(apply(docs, options), options) == apply(docs, options)
