"""`clean explain`: what a rule takes and leaves, and the two ways out, which are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cleaner.cli.explain import explained, guards
from cleaner.pipeline import rule_book
from cleaner.rules.rule import Guard
from cleaner.settings import RuleSources
from tests.conftest import Result
from tests.support.corpora import tree, write

Clean = Callable[..., Result]
BOOK = rule_book(RuleSources(isolated=True))
RULE = "boilerplate/en/advertisement"
TEXT = "The ferry stays all winter, says the council.\n\nAdvertisement\n\nThe vote was close on Monday.\n"


def test_every_rule_can_be_explained() -> None:
    for rule in BOOK.rules:
        lines = list(explained(rule, BOOK.off.get(rule.id, "")))
        assert lines[0].startswith(f"{rule.id}: ")
        assert {"It takes", "It leaves", "How sure it is", "To switch it off"} <= set(lines)
        assert all(line.isprintable() for line in lines)


def test_every_guard_has_words() -> None:
    every = Guard(0.5, 0.5, 0.5, 3, 3, True, 2, 9)
    assert len(list(guards(every))) == len(Guard.__slots__)
    assert list(guards(Guard())) == []
    assert list(guards(replace(Guard(), interrupts=False))) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mojibake", "encoding/mojibake: "),
        ("boilerplate/en/advertisement", "documents in en"),
        ("boilerplate/en/byline", "It is off: "),
    ],
)
def test_explains(name: str, told: str, clean: Clean) -> None:
    result = clean("explain", name)
    assert result.code == 0 and told in result.out


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mojibak", "did you mean 'mojibake'?"),
        ("boilerplate/en/advertisment", "did you mean 'boilerplate/en/advertisement'?"),
        ("advertisement", "rules are named 'advertisement': "),
        ("xyzzy", "`clean rules list` lists them"),
    ],
)
def test_what_is_no_rule(name: str, told: str, clean: Clean) -> None:
    result = clean("explain", name)
    assert (result.code, result.out) == (2, "") and told in result.err


@pytest.mark.parametrize("head", ["    ignore: ", "    exceptions:"])
def test_the_ways_out_work(head: str, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"in/essays/a.txt": TEXT})
    assert clean("run", "in", "out", "-q").code == 0
    assert b"Advertisement" not in tree(tmp_path / "out")["essays/a.txt"]
    told = clean("explain", RULE).out.split("\n")
    first = next(k for k, line in enumerate(told) if line.startswith(head))
    entry = told[first : told.index("", first)]
    write(tmp_path, {"clean.yaml": "\n".join(line[4:] for line in entry) + "\n"})
    assert clean("run", "in", "out", "-q", "--overwrite", "--config", tmp_path / "clean.yaml").code == 0
    assert tree(tmp_path / "out")["essays/a.txt"] == TEXT.encode()
