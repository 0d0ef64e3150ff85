"""Hyphens at line ends: a table of words in six languages, those that keep their hyphen first."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from cleaner.rules.files.load import load_rules
from cleaner.steps import Context
from cleaner.steps.linebreaks.conventions import habits
from cleaner.steps.linebreaks.hyphens import Vocabulary, mend
from tests.conftest import PROJECT

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
    drop, new, _ = mend(left, right, Vocabulary([document]), known)
    assert left[: len(left) - drop] + new + right == left.removesuffix("-") + GLUE[kind] + right


def test_there_are_enough():
    assert len(CASES) >= 300
