"""What a page says of itself and what it looks like as a whole; what a kind of page asks of its blocks."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("trafilatura")

from lxml import html as lxml_html

from cleaner.formats.html.blocks import blocks_of
from cleaner.formats.html.features import features
from cleaner.formats.html.kinds import KEPT_FROM, kept_from
from cleaner.formats.html.statements import MAX_STATED, Stated, stated


def said(head: str, body: str = "", attributes: str = "") -> Stated:
    return stated(
        lxml_html.document_fromstring(f"<html {attributes}><head>{head}</head><body>{body}</body></html>")
    )


def data(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "head",
    [
        "",
        "<script>{'@type': 'Product'}</script>",
        '<script type="application/ld+json">{"@type": "Product"</script>',
        data(["Product"]),
        data({"@type": 7, "articleBody": ["x"] * 0, "text": None}),
        data({"@type": "Product", "pad": "x" * MAX_STATED}),
        "<meta name='author' content='A. Hansen'><link rel='icon' href='/x'>",
    ],
)
def test_what_a_page_does_not_say(head: str) -> None:
    assert said(head) == Stated()


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (data({"@type": "Product"}), "", {"product": 1}),
        (
            data({"@graph": [{"@type": ["NewsArticle", "Report"]}, {"@type": "Unheard"}]}),
            "",
            {"article": 2, "": 1},
        ),
        ("", "<div itemscope itemtype='https://schema.org/Product/'></div>", {"product": 1}),
    ],
)
def test_types_are_counted_by_family(head: str, body: str, expected: dict[str, int]) -> None:
    assert dict(said(head, body).types) == expected


def test_texts_that_are_stated() -> None:
    found = said(
        "<meta property='og:description' content=''><meta name='Description' content='Nets.'>"
        "<meta property='og:type' content='Article'><link rel='canonical' href='https://tide.example/n'>"
        + data({"articleBody": "<p>Nets</p> dry.", "comment": [{"text": "Mine too."}]})
        + data({"articleBody": "Short."}),
        attributes="lang='en_GB' class='Docs'",
    )
    assert (found.description, found.og_type, found.address) == ("Nets.", "article", "https://tide.example/n")
    assert (found.body.split(), found.other, found.language) == (["Nets", "dry."], "Mine too.", "en")
    assert "docs" in found.maker


@pytest.mark.parametrize("kind", KEPT_FROM)
def test_a_page_of_one_kind_has_its_threshold(kind: str) -> None:
    assert kept_from({kind: 1.0}) == KEPT_FROM[kind]
    assert min(KEPT_FROM.values()) <= kept_from({kind: 0.4, "article": 0.4}) <= max(KEPT_FROM.values())


def test_a_page_without_a_kind_is_an_article() -> None:
    assert kept_from({}) == kept_from(dict.fromkeys(KEPT_FROM, 0.0)) == KEPT_FROM["article"]


@pytest.mark.parametrize(
    "address", ["", "//[", "http://[::1", "x:y", "https://tide.example/forum/t/1?x#y", "/a//b"]
)
def test_any_address_is_measured(address: str) -> None:
    blocks = blocks_of(lxml_html.document_fromstring("<p>Nets dry on the wall of the harbour.</p>"))
    plain, whole = (features(blocks, "", Stated(address=at))[1] for at in ("", address))
    assert plain.shape == whole.shape
