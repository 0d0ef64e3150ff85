"""Exceptions that the report offers: pasted into `clean.yaml`, they bring exactly their text back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from difflib import ndiff
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cleaner.audit.rebuild import open_run
from cleaner.report import write_report
from cleaner.report.exceptions import HEAD, MOST, as_glob, beginning, exception
from tests.conftest import PROJECT
from tests.support.corpora import output_texts, write

Clean = Callable[..., Any]


def offered(page: str) -> list[str]:
    """Return the exceptions on a page, as they are copied."""
    found = re.findall(rf"<code>({HEAD}\n.*?)</code>", page, re.DOTALL)
    return list(dict.fromkeys(map(html.unescape, found)))


def entries(offer: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = YAML(typ="safe").load(offer)["exceptions"]
    return found


def test_what_is_copied_brings_exactly_that_text_back(seeds: Path, tmp_path: Path, clean: Clean) -> None:
    page = write_report(open_run(seeds)).read_text("utf-8")
    chosen: dict[str, dict[str, str]] = {}
    for offer in offered(page):
        for entry in entries(offer):
            if "text" in entry:
                chosen.setdefault(entry["document"], entry)  # one in each document
    steps = {entry["rule"].partition("/")[0] for entry in chosen.values()}
    assert {"boilerplate", "dedup"} <= steps and len(chosen) >= 6
    config = HEAD + "".join(offer_of(page, entry).removeprefix(HEAD) for entry in chosen.values()) + "\n"
    path = write(tmp_path, {"clean.yaml": config}) / "clean.yaml"
    result = clean("run", PROJECT / "seeds", tmp_path / "out", "-q", "--config", path)
    assert result.code == 0 and "never applied" not in result.err
    before, after = output_texts(seeds), output_texts(tmp_path / "out")
    for doc in before:
        changes = [
            line for line in ndiff(before[doc].split("\n"), after[doc].split("\n")) if line[0] in "+-?"
        ]
        back = [line[2:] for line in changes if line.startswith("+ ") and line.strip() != "+"]
        if doc in chosen:
            assert "\n".join(back) == chosen[doc]["text"], doc
        assert not [line for line in changes if line.startswith("- ")], doc
        assert bool(back) is (doc in chosen), doc


def offer_of(page: str, entry: dict[str, str]) -> str:
    return next(offer for offer in offered(page) if entry in entries(offer))


def test_a_join_is_taken_back_and_no_other(tmp_path: Path, clean: Clean) -> None:
    """Both breaks are joined; the exception names what stands around one of them."""
    text = (
        "He wrote that with\n\nthe harbour closed nobody would come to the island before spring.\n\n"
        "She answered that without\n\nthe ferry nobody could.\n"
    )
    folder = write(tmp_path / "in", {"a.txt": text})
    assert clean("run", folder, tmp_path / "one", "-q").code == 0
    joined = output_texts(tmp_path / "one")["a.txt"]
    assert joined.count("\n\n") == 1, joined
    offer = exception("linebreaks/mid-sentence", "a.txt", "answered that without\n\nthe ferry")
    config = write(tmp_path, {"clean.yaml": offer + "\n"}) / "clean.yaml"
    assert clean("run", folder, tmp_path / "two", "-q", "--config", config).code == 0
    assert output_texts(tmp_path / "two")["a.txt"] == joined.replace(
        "without the ferry", "without\n\nthe ferry"
    )


def test_a_document_that_lost_much_is_offered_whole(seeds: Path) -> None:
    page = write_report(open_run(seeds)).read_text("utf-8")
    whole = [entries(offer) for offer in offered(page) if "text:" not in offer]
    assert [[entry["rule"] for entry in found] for found in whole] == [["boilerplate/*", "dedup/*"]] * len(
        whole
    )
    assert whole


@given(rule=st.sampled_from(["a/b", "a/*"]), doc=st.text(min_size=1), text=st.text(min_size=1, max_size=500))
def test_an_exception_is_yaml_that_says_the_same(rule: str, doc: str, text: str) -> None:
    offer = exception(rule, doc, text)
    if offer:
        (entry,) = entries(offer)
        assert entry == {"rule": rule, "document": as_glob(doc), "text": beginning(text)}
        assert fnmatchcase(doc, entry["document"]) and entry["text"] in text
        assert len(entry["text"]) <= MOST


@pytest.mark.parametrize(("doc", "text"), [("a", " \n"), ("a\ud800", "x"), ("a", "\ud800")])
def test_what_yaml_cannot_hold_is_not_offered(doc: str, text: str) -> None:
    assert exception("t/x", doc, text) == ""


@pytest.mark.parametrize("name", ["a*b", "[x].txt", "who?", "a[!b]", "plain.txt"])
def test_a_document_is_named_alone(name: str) -> None:
    assert fnmatchcase(name, as_glob(name))
    assert not any(fnmatchcase(other, as_glob(name)) for other in ("ab", "x.txt", "whom", "aa", "plain-txt"))
