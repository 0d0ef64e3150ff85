"""The blocks of a page, what is measured of them, and pages that are hostile to whoever reads them."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

pytest.importorskip("trafilatura")

from lxml import html as lxml_html

from cleaner.errors import QuarantineError
from cleaner.formats.html import article
from cleaner.formats.html.blocks import NAMES, blocks_of, class_bits
from cleaner.formats.html.features import coverage, features, shares, with_page
from cleaner.formats.html.fragments import completed, paragraphs
from cleaner.formats.html.statements import Stated
from tests.support.timing import grows_evenly

STORY = [
    "The harbour master counted nineteen boats on Monday, and on Tuesday there were only eleven of them left.",
    "Nobody had seen them go, she said, although the light on the pier had been burning through the night.",
    "The fishermen do not talk about it, and the council has put the question off until its next meeting.",
    "In the meantime the ropes are lying on the quay, and children from the school are learning knots with them.",
]


def blocks(source: str) -> list[str]:
    return [
        block.text
        for block in blocks_of(lxml_html.document_fromstring(f"<html><body>{source}</body></html>"))
    ]


@pytest.mark.parametrize(
    "source",
    ["", "<script>x()</script>", "<style>p{}</style>", "<p>  </p>", "<svg><text>x</text></svg>", "<!-- x -->",
     "<select><option>One</option></select>", "<noscript>Turn it on</noscript>", "<textarea>x</textarea>"],
)  # fmt: skip
def test_what_shows_no_text_has_no_block(source: str) -> None:
    assert blocks(source) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One <b>and</b> two.</p>", ["One and two."]),
        ("<div>One<p>two</p>three</div>", ["One", "two", "three"]),
        ("One<br>two", ["One\ntwo"]),
        ("One<br><br>two", ["One", "two"]),
        ("One<br> \n <br/>two", ["One", "two"]),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", ["a", "b", "c"]),
        (
            "<table><tr><td>Kiel</td><td>4</td></tr><tr><td>Husum</td><td>7</td></tr></table>",
            ["Kiel | 4", "Husum | 7"],
        ),
        ("<table><tr><td><p>One</p><p>two</p></td></tr></table>", ["One", "two"]),
        ("<p>By <x-author>A. Hansen</x-author>, Kiel</p>", ["By A. Hansen, Kiel"]),
        ("<p>a<script>x()</script> b</p>", ["a b"]),
        ("<h1>Title</h1>\n\n<p>Line\n  and\tline</p>", ["Title", "Line and line"]),
        ("<p>Zeile\N{NO-BREAK SPACE}zwei</p>", ["Zeile\N{NO-BREAK SPACE}zwei"]),
    ],
)
def test_blocks_are_what_a_reader_sees_as_one_piece(source: str, expected: list[str]) -> None:
    assert blocks(source) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("", set()),
        ("css-1x2y3z", set()),
        ("shadow", set()),
        ("storyBody", {"body"}),
        ("article__body", {"body"}),
        ("comments-list", {"comment"}),
        ("newsletter-box", {"ask"}),
        ("relatedArticles", {"related"}),
    ],
)
def test_class_names_speak(names: str, expected: set[str]) -> None:
    found = {name for k, name in enumerate(NAMES) if class_bits(names) >> k & 1}
    assert found == expected or (expected and expected <= found)


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("a b c", "a b c", "..."),
        ("a b c d", "", "...."),
        ("a b c d", "d c b a", "...."),
        ("a b c d", "a b c d", "####"),
        ("x a b c d y", "a b c d", ".####."),
        ("a b c d x e f g h", "e f g h a b c d", ".....####"),
    ],
)
def test_words_of_a_text_are_found_once_and_in_order(page: str, text: str, expected: str) -> None:
    found = "".join(".#"[mark] for mark in coverage(page.split(), text.split()))
    assert found.count("#") == expected.count("#")
    if page != "a b c d x e f g h":  # two chains of one length: either will do
        assert found == expected


def test_shares_belong_to_their_blocks() -> None:
    found = blocks_of(
        lxml_html.document_fromstring(f"<body><p>Menu</p><p>{STORY[0]}</p><p>{STORY[1]}</p></body>")
    )
    assert shares(found, STORY[0]) == [0.0, 1.0, 0.0]


def test_a_page_without_any_text_is_measured_too() -> None:
    found = blocks_of(lxml_html.document_fromstring("<body><p>Menu</p></body>"))
    rows, whole = features(found, "", Stated())
    assert with_page(rows, whole).shape == (1, rows.shape[1] + whole.shape[0])


def test_an_article_in_pieces_is_made_whole() -> None:
    pieces = "".join(f'<div class="piece"><p>{line}</p></div><div class="slot"></div>' for line in STORY)
    page = paragraphs(lxml_html.document_fromstring(f"<body>{pieces}</body>"))
    assert completed("\n".join(STORY[:2]), page).split("\n") == STORY
    assert completed("\n".join(STORY), page).split("\n") == STORY


def test_teasers_amid_the_text_stay_out() -> None:
    teasers = '<div class="related"><ul>' + '<li><a href="/x">Ferry stops</a></li>' * 3 + "</ul></div>"
    story = "".join(f"<p>{line}</p>" for line in STORY)
    menu = "<nav><ul>" + "".join(f'<li><a href="/{k}">Section {k}</a></li>' for k in range(9)) + "</ul></nav>"
    found = article.extract(
        f"<html lang='en-GB'><body>{menu}<article>{story}{teasers}</article></body></html>"
    )
    assert found.text.split("\n") == STORY
    assert found.language == "en"


def test_the_charset_of_the_page_counts() -> None:
    story = "".join(f"<p>{line} Schöne Grüße, sagt sie.</p>" for line in STORY)
    page = f'<html><head><meta charset="iso-8859-1"></head><body><article>{story}</article></body></html>'
    assert "Schöne Grüße" in article.extract(page.encode("iso-8859-1")).text


@pytest.mark.parametrize(
    "noise",
    ["<a ", "<a", "<a href='x'>", "<div>", "<div><span>", "<p>a", "<b>x", "&amp", "<!--", "<", "<![CDATA[", "\0",
     "<p a='", "<x-y>", "</p>", "<br>", "\ud800", "<table><tr><td>", "<form><input>", "<ul><li>", "<script>"],
)  # fmt: skip
@pytest.mark.timed
def test_noise_is_read_in_the_time_of_its_length(noise: str) -> None:
    def seconds(size: int) -> float:
        started = time.process_time()
        with suppress(QuarantineError):
            article.extract((noise * (size // len(noise) + 1))[:size])
        return time.process_time() - started

    article.extract("<p>" + STORY[0] + "</p>")  # imports
    assert grows_evenly(seconds, 60_000, least=0.1)


def test_a_page_that_the_parser_gives_up_is_not_cut_short_in_silence() -> None:
    with pytest.raises(QuarantineError, match="nested too deep"):
        article.extract("<b>x" * 30_000)


def test_structured_data_that_is_broken_or_deep_is_passed_over() -> None:
    deep = '<script type="application/ld+json">{"articleBody": ' + "[" * 60_000 + "</script>"
    broken = '<script type="application/ld+json">{"articleBody": "x</script>'
    story = "".join(f"<p>{line}</p>" for line in STORY)
    found = article.extract(
        f"<html><head>{deep}{broken}</head><body><article>{story}</article></body></html>"
    )
    assert found.text.split("\n") == STORY


ALIKE = """<html><head><title>Questions</title></head><body><div class="accordion">
<h3 class="accordion-title">What does it cost?</h3><p>{0}</p><h3 class="accordion-title">When does it leave?</h3>
<p>{0}</p></div></body></html>"""
ANSWER = (
    "The old ferry leaves the quay whenever nine people are on it, and nobody pays who has pulled the rope."
)


@pytest.mark.parametrize(
    ("page", "head"),
    [
        (ALIKE, "What does it cost?"),
        (ALIKE.replace('<h3 class="accordion-title">What', '<h3 class="page-title">What'), ANSWER),
        (ALIKE.replace("h3", "h1"), ANSWER),
    ],
)
def test_one_of_many_headings_is_not_the_title(page: str, head: str) -> None:
    assert article.extract(page.format(ANSWER)).text.split("\n")[0] == head
