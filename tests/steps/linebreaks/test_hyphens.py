"""Hyphens at line ends: a table of words in six languages, those that keep their hyphen first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ruamel.yaml import YAML

from cleaner.errors import UsageError
from cleaner.rules.ruleset import RuleSet
from cleaner.steps import Context
from cleaner.steps.linebreaks.conventions import habits
from cleaner.steps.linebreaks.hyphens import Vocabulary, mend
from tests.conftest import PROJECT
from tests.support.rules import load_rules

TABLE = YAML(typ="safe").load(PROJECT / "tests" / "cases" / "linebreaks" / "hyphens.yaml")
GLUE = {"kept": "-", "hanging": "- ", "broken": ""}
BOOK = load_rules()


CASES = [
    (kind, language, *word.partition(" / ")[::2])
    for kind in ("kept", "hanging", "broken")
    for language, words in TABLE[kind].items()
    for word in words
]


@pytest.mark.parametrize(("kind", "language", "word", "document"), CASES)
def test_hyphen(kind, language, word, document):
    left, right = word.split("|")
    known = habits(Context(BOOK.select("linebreaks", language), language)).hyphens
    assert known is not None
    drop, new, _ = mend(left, right, Vocabulary([document] if document else []), known)
    assert left[: len(left) - drop] + new + right == left.removesuffix("-") + GLUE[kind] + right


def test_there_are_enough():
    assert len(CASES) >= 400


def mended(
    language: str,
    word: str,
    document: str = "",
    *,
    rare: bool = False,
    lexicon: frozenset[str] | None = None,
) -> str:
    known = habits(Context(BOOK.select("linebreaks", language), language)).hyphens
    assert known is not None
    left, right = word.split("|")
    if lexicon is not None:
        known = replace(known, lexicon=lexicon)
    drop, new, _ = mend(left, right, Vocabulary([document] if document else []), known, rare=rare)
    return left[: len(left) - drop] + new + right


@pytest.mark.parametrize(
    ("language", "word", "document", "expected"),
    [
        # A last part such as "based" after four letters, not after three.
        ("en", "sand-|based", "", "sand-based"),
        ("en", "sat-|based", "", "satbased"),
        # Parts in capitals: seven letters together are one word, six are two.
        ("en", "ABC-|DEF", "", "ABC-DEF"),
        ("en", "ABC-|DEFG", "", "ABCDEFG"),
        # A word said twice has three letters or more; with an affix the stem has four.
        ("und", "tik-|tik", "", "tik-tik"),
        ("und", "ta-|ta", "", "tata"),
        ("id", "buku-|bukunya", "", "buku-bukunya"),
        ("id", "apa-|apanya", "", "apa-apanya"),
        ("id", "berbuku-|bukunya", "", "berbuku-bukunya"),
        ("id", "berapa-|apa", "", "berapa-apa"),
        ("id", "pa-|pan", "", "papan"),
        # Both parts are words of the document, of four letters or more.
        ("und", "rosa-|boot", "Die rosa Tür. Das Boot.", "rosa-boot"),
        ("und", "rot-|boot", "Die Tür ist rot. Das Boot.", "rotboot"),
        # Before an ending two letters, in the first part and in the last.
        ("ru", "финско-|русский", "", "финско-русский"),
        ("ru", "инско-|русский", "", "инскорусский"),
        ("ru", "финско-|мый", "", "финскомый"),
        ("ru", "финско-|злой", "", "финско-злой"),
    ],
)
def test_thresholds(language, word, document, expected):
    assert mended(language, word, document) == expected


def test_the_parts_of_a_broken_word_are_no_words_of_the_document():
    lines = ["built by the ship-", "yards of the north"]
    assert [Vocabulary(lines).count(word) for word in ("ship", "yards", "the", "north")] == [0, 0, 2, 1]
    known = habits(Context(BOOK.select("linebreaks", "en"), "en")).hyphens
    assert known is not None
    assert mend(lines[0], lines[1], Vocabulary(lines), known)[:2] == (1, "")


def test_a_lexicon_decides():
    assert mended("und", "olive-|green", lexicon=frozenset({"olive", "green"})) == "olive-green"
    assert mended("en", "well-|known", lexicon=frozenset({"wellknown"})) == "wellknown"


def test_where_hyphens_are_rare_they_stay():
    assert mended("en", "com-|pletely", rare=True) == "com-pletely"
    assert mended("en", "slow-|ly", rare=True) == "slowly"


def test_a_pair_without_a_bar_is_named():
    rules = RuleSet(
        [
            replace(rule, options={"keep_pairs": {"any": ["из за"]}})
            for rule in BOOK.select("linebreaks").rules
        ]
    )
    with pytest.raises(UsageError, match="keep_pairs"):
        habits(Context(rules, "ru"))
