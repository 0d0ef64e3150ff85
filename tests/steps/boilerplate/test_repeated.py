"""What repeats across the documents of one source, on a site made for this test."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.edits import checked, splice
from cleaner.model import Edit
from cleaner.rules.book import RuleBook
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge
from cleaner.rules.rule import Rule
from cleaner.steps import Context, boilerplate
from cleaner.steps.boilerplate.repeated import MOST_PLACES, RULE, Repeated, combine, digest, drops, line_hash
from tests.conftest import PROJECT
from tests.support.rules import read_packs

ROOT = PROJECT
HEAD = ["The Tide Table", "Since 1871 | Fair winds", "Front page of the island"]
FOOT = ["Printed on the quay, read in the bar", "The Tide Table belongs to those who write it."]
NOUNS = ["ferry", "bridge", "lighthouse", "crane", "school", "chapel", "market", "boat"]


@cache
def book() -> RuleBook:
    packs, faults = read_packs([Folder(ROOT / "rules" / "boilerplate", "built-in")])
    rules, more = merge(packs)
    assert [*faults, *more] == []
    return RuleBook(tuple(rules))


def rule() -> Rule:
    found = book().get(RULE)
    assert found is not None
    return found


def page(number: int, *, head: list[str] = HEAD, foot: list[str] = FOOT) -> str:
    """Return page `number` of the site: its frame, and an article of its own."""
    noun = NOUNS[number % len(NOUNS)]
    body = [
        f"The {noun} of house number {number} has a new owner since Friday, the council says.",
        f"Nobody in the street knew that the {noun} was for sale, and {number} people asked for the price.",
        f"The sale of the {noun} will be looked at again in {1900 + number}.",
    ]
    return "\n\n".join([*head, *body, *foot]) + "\n"


def clean(text: str, corpus: Repeated | None, source: str = "tide.example") -> list[Edit]:
    context = Context(book().select("boilerplate", "en"), "en", source=source, corpus=corpus)
    return [finding for finding in boilerplate.find(text, context) if isinstance(finding, Edit)]


def site(pages: int) -> dict[str, str]:
    return {f"tide.example/{n}": page(n) for n in range(pages)}


def corpus_of(texts: dict[str, str]) -> dict[str, Repeated]:
    return combine(((key.partition("/")[0], digest(text)) for key, text in texts.items()), rule())


@pytest.mark.parametrize("pages", [0, 1, 4])
def test_a_small_source_is_left_alone(pages: int) -> None:
    assert corpus_of(site(pages)) == {}


def test_no_source_has_nothing_in_common() -> None:
    assert combine(((None, digest(page(n))) for n in range(20)), rule()) == {}


def test_equal_documents_count_once() -> None:
    assert combine((("tide.example", digest(page(7))) for _ in range(20)), rule()) == {}


def test_what_only_a_few_share_stays() -> None:
    texts = site(20) | {f"tide.example/x{n}": page(100 + n, head=["Sunday edition"]) for n in range(4)}
    found = corpus_of(texts)["tide.example"]
    assert not any(line in found.seen for line in digest("Sunday edition"))


def test_sources_are_apart() -> None:
    texts = site(6) | {f"other.example/{n}": page(50 + n, head=["Other"], foot=[]) for n in range(3)}
    assert set(corpus_of(texts)) == {"tide.example"}


def test_the_frame_goes_the_article_stays_and_the_trail_counts() -> None:
    texts = site(12)
    corpus = corpus_of(texts)["tide.example"]
    for key, text in texts.items():
        edits = clean(text, corpus)
        after = splice(text, checked(text, edits))
        assert after == page(int(key.rpartition("/")[2]), head=[], foot=[])
        assert {(edit.rule, edit.note) for edit in edits} == {
            (RULE, "seen in 12 of 12 documents of tide.example")
        }
        assert clean(after, corpus) == []


def test_a_document_that_is_all_frame_is_left_alone() -> None:
    corpus = corpus_of(site(12))["tide.example"]
    text = "\n".join([*HEAD, *FOOT])
    assert clean(text, corpus) == []


def test_without_a_corpus_nothing_repeats() -> None:
    assert clean(page(3), None) == []


def test_thresholds_are_options_of_the_rule() -> None:
    texts = site(8)
    strict = replace(rule(), options={"documents": 9})
    assert combine((("tide.example", digest(text)) for text in texts.values()), strict) == {}


@given(st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_matter(order: random.Random) -> None:
    texts = list(site(9).items())
    order.shuffle(texts)
    assert corpus_of(dict(texts)) == corpus_of(site(9))


PIECES = [*"aZ\xdf\u0345\u212a09.,:-*", "12", "3,5", "II", "\u30b5\u30a4\u30c8", "\ud800", "Share", "\u0130"]
SPACES = [*" \n\t\r\f\x1c\x85\xa0\u2003\u3000", "  ", "\n\n", " \n", "\n "]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    "text", ["{}Low tide\nTwo", "Low tide\nTwo{}", "Low{}tide\nTwo", "Low tide{}\n{}Two"]
)
def test_white_space_is_folded_wherever_it_stands(text: str, space: str) -> None:
    lines = text.format(*[space] * text.count("{}")).split("\n")
    assert digest("\n".join(lines)) == digest("\n".join(" ".join(line.split()) for line in lines))


@given(st.lists(st.sampled_from([*PIECES, *SPACES]), max_size=24).map("".join))
def test_all_lines_of_a_document_are_hashed_as_each_is_alone(text: str) -> None:
    times = Counter(hashed for line in text.split("\n") if (hashed := line_hash(line)) is not None)
    alone = {hashed for hashed, count in times.items() if count <= MOST_PLACES}
    found = digest(text)
    assert alone <= found
    assert len(found) == len(alone) + bool(times)


@given(
    st.sets(st.sampled_from(["Share this", "Home  page", "Tides at 9"]), min_size=1),
    st.integers(1, MOST_PLACES),
    st.sampled_from(SPACES),
)
def test_how_lines_are_spaced_and_whether_they_stand_twice_does_not_count(
    lines: set[str], times: int, space: str
) -> None:
    spaced = [line.replace(" ", f" {space.replace(chr(10), '')} ") for line in sorted(lines) * times]
    assert digest("\n".join([*sorted(lines), ""])) == digest("\n\n".join([*spaced, "", ""]))


def test_a_label_of_many_parts_of_a_document_is_no_part_of_its_frame() -> None:
    page = "Chapter {0}\n\n" + "".join(f"{name} {{0}}\nAdded in: 2.1\n\n" for name in ("open", "shut", "tow"))
    pages = [page.format(word) for word in ("one", "two", "three", "four", "five")]
    assert not combine([("manual", digest(text)) for text in pages], rule())


DIVIDED = {
    "recipes": [
        "{} soup",
        "Serves {}",
        "Ingredients",
        "{} leeks",
        "Method",
        "Fry the {} leeks.",
        "Tip",
        "Add {}.",
    ],
    "papers": [
        "On {} tides",
        "Abstract",
        "We saw {}.",
        "1. Introduction",
        "Of {}.",
        "References",
        "[1] The {}, 1961.",
    ],
    "Chinese recipes": ["{}号汤", "材料", "葱{}根", "做法", "把{}根葱炒软。"],
    "questions": ["Question", "How many are {}?", "Answer", "They are {}."],
    "questions with colons": ["Question:", "How many are {}?"],
    "minutes in Russian": ["Протокол № {}", "Присутствовали", "{} членов", "Решили", "Отложить {} дел."],
    "one value of each": ["House {}", "Rooms: 4", "Floors: 2", "Baths: 1", "Cellars: 1", "Sold to {}."],
    "letters": ["Dear Anna,", "I saw the {}.", "Your brother,", "Tom"],
    "Chinese letters": ["安娜：", "我看见了{}号船。", "此致，", "汤姆"],
    "documentation": ["=head1 NAME", "page{} - opens", "=head1 SYNOPSIS", "open page{}"],
    "settings": ["/usr", "/usr/share/x{}", "max_size 3", "Type: boolean", "Template: t{}"],
    "a comment above data": [
        "% made by a program",
        "row {}",
        "# Keep this. It is read by no one.",
        "row two {}",
    ],
}
"""Texts of one source that are divided alike; letters stand for what differs."""


@pytest.mark.parametrize("lines", [pytest.param(lines, id=name) for name, lines in DIVIDED.items()])
def test_what_divides_the_texts_of_a_source_stays(lines: list[str]) -> None:
    texts = ["\n\n".join(lines).format(*[word] * 9) + "\n" for word in NOUNS]
    corpus = combine([("a.example", digest(text)) for text in texts], rule()).get("a.example")
    assert corpus is not None
    assert [clean(text, corpus) for text in texts] == [[]] * len(texts)


AMID = [
    (["Sign up", "You will get all our letters on the morning of each Friday."], ["Sign up"]),
    (["Home", "Tides", "Letters"], []),
    (["Home", "Tides", "Letters", "Jobs"], ["Home", "Tides", "Letters", "Jobs"]),
    (["Home", "Tides", "Letters", "Jobs 12"], []),
]


@pytest.mark.parametrize(("box", "gone"), AMID)
def test_amid_a_text_only_a_box_is_furniture(box: list[str], gone: list[str]) -> None:
    texts = ["\n".join([f"The {word} is shut.", *box, f"Nobody saw the {word}."]) for word in NOUNS]
    corpus = combine([("a.example", digest(text)) for text in texts], rule())["a.example"]
    removed = "".join(edit.old for edit in clean(texts[0], corpus))
    assert [line for line in box if line in removed] == (gone and box)


def test_amid_a_whole_page_every_line_is() -> None:
    contents = ["The crane is shut.", "Tides", "Nobody saw the crane."]
    corpus = Repeated(8, {line_hash("Tides") or 0: 8})
    assert list(drops(contents, corpus, rule(), page=True)) == [1]
    assert list(drops(contents, corpus, rule())) == []


MAKERS = ["* Alder & Sons", "* Birch", "* Cedar", "* Dogwood", "* Elm"]


def test_an_item_that_pages_share_stays_in_a_list_of_others() -> None:
    shared = combine(
        (
            ("tide.example", digest(f"Rope of every kind, {'abcdef'[k]}\n* Birch\n* Kit {'uvwxyz'[k]}"))
            for k in range(6)
        ),
        rule(),
    )
    announced = ["The best makers of rope are:", *MAKERS[:3], "All of them are on the quay."]
    mostly = ["Makers", *MAKERS, "All of them are on the quay."]
    for contents in (announced, mostly):
        assert drops(contents, shared["tide.example"], rule(), page=True) == {}
    menu = ["Makers", *MAKERS[:4], "All of them are on the quay."]
    assert list(drops(menu, shared["tide.example"], rule(), page=True)) == [2]
