"""What keeps its lines: `<pre>` and what is styled like it, cells in a row, and pages drawn by a script."""

from __future__ import annotations

import pytest

pytest.importorskip("trafilatura")

from lxml import html as lxml_html

from cleaner.formats.html import article, verbatim
from cleaner.formats.html.blocks import LEAST_UNSCRIPTED, Block, blocks_of

NBSP = "\N{NO-BREAK SPACE}"
CODE = "for tide in tides:\n    if tide.high:\n        warn(tide)\n\n    else:\n        rest()"
PROSE = [
    "The lock keeper writes down every tide, and at the end of the month he sends the book to the office.",
    "A small program reads the numbers from it now, because nobody at the office wanted to type them again.",
    "It has been running for a year, and so far it has warned the town of the high water each time it came.",
]


def found(source: str) -> list[Block]:
    return blocks_of(lxml_html.document_fromstring(f"<html><body>{source}</body></html>"))


def texts(source: str) -> list[str]:
    return [block.text for block in found(source)]


@pytest.mark.parametrize(
    "source",
    [
        "<p>one\n  two</p>",
        "<div style='white-space: normal'>one\n  two</div>",
        "<div style='white-space: nowrap'>one\n  two</div>",
        "<div class='not-whitespace-pre-x'>one\n  two</div>",
        "<div style='white-space: pre-line'><p>one\n  two</p></div>",
        "<code>one\n  two</code>",
        "<span class='whitespace-pre-wrap'>one\n  two</span>",
    ],
)
def test_other_white_space_means_nothing(source: str) -> None:
    assert texts(source) == ["one two"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<pre>\n\n  a\n\n\n  b\n\n</pre>", "  a\n\n\n  b"),
        ("<pre>a\r\n\tb\rc</pre>", "a\n\tb\nc"),
        ("<pre><code>a<br>  b</code></pre>", "a\n  b"),
        ("<pre><b>if</b> x:\n    <i>y</i>  # z</pre>", "if x:\n    y  # z"),
        ("<pre><div>a</div><div>  b</div></pre>", "a\n  b"),
        ("<pre>a<button>Copy</button>\n b<script>x()</script></pre>", "a\n b"),
        ("<pre>a &lt;b&gt; &amp;amp;\n c</pre>", "a <b> &amp;\n c"),
        (f"<pre>a{NBSP}b<br>{NBSP}{NBSP}c</pre>", "a b\n  c"),
        (
            f"<pre>oui, oui{NBSP}!\n{NBSP}non, non et non{NBSP}!</pre>",
            f"oui, oui{NBSP}!\n non, non et non{NBSP}!",
        ),
        ("<pre><span class='lineno'> 9</span> a\n<span class='lineno'>10</span>   b</pre>", " a\n   b"),
        ("<figure><pre>a\n b</pre></figure>", "a\n b"),
        ("<p style='white-space:pre-line'>a\n b</p>", "a\n b"),
        ("<div class='poem whitespace-pre-wrap'>a\n   b</div>", "a\n   b"),
        ("<table><tr><td><pre>1\n2</pre></td><td><pre>a\n b</pre></td></tr></table>", "a\n b"),
    ],
)
def test_verbatim_text_keeps_its_lines(source: str, expected: str) -> None:
    (block,) = found(source)
    assert (block.text, block.verbatim) == (expected, True)


@pytest.mark.parametrize("numbers", ["7", "3\n3\n4", "1\n3", "1\n2 apples"])
def test_numbers_that_count_no_lines_stay(numbers: str) -> None:
    assert texts(f"<pre>{numbers}</pre>") == [numbers]


def test_what_stands_around_verbatim_text_is_apart() -> None:
    assert texts("<div>before<pre>a\n b</pre>after</div>") == ["before", "a\n b", "after"]


def test_links_in_verbatim_text_are_counted() -> None:
    (block,) = found("<pre>see <a href='/x'>the log</a></pre>")
    assert block.link_chars == len("thelog")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<tr><td>Mon</td><td><ul><li>10 to 12</li></ul></td></tr>", ["Mon | 10 to 12"]),
        ("<tr><td>Mon</td><td><p>10 <b>to</b> 12</p> o'clock</td></tr>", ["Mon | 10 to 12 o'clock"]),
        ("<tr><th>Mon</th><td><span>shut</span></td></tr>", ["Mon | shut"]),
        ("<tr><td>Mon</td><td><ul><li>10</li><li>12</li></ul></td></tr>", ["Mon", "10", "12"]),
        ("<tr><td>Mon</td><td><h2>10</h2></td></tr>", ["Mon", "10"]),
        ("<tr><td>Mon</td><td><table><tr><td>10</td></tr></table></td></tr>", ["Mon", "10"]),
        (f"<tr><td>Mon</td><td><p>{'x' * verbatim.CELL_CHARS}</p></td></tr>", [f"Mon | {'x' * verbatim.CELL_CHARS}"]),
        (
            f"<tr><td>Mon</td><td><p>{'x' * (verbatim.CELL_CHARS + 1)}</p></td></tr>",
            ["Mon", "x" * (verbatim.CELL_CHARS + 1)],
        ),
        (
            f"<tr><td>Mon</td><td>{'<b>x</b>' * verbatim.CELL_ELEMENTS}</td></tr>",
            ["Mon | " + "x" * verbatim.CELL_ELEMENTS],
        ),
        (
            f"<tr><td>Mon</td><td>{'<b>x</b>' * (verbatim.CELL_ELEMENTS + 1)}</td></tr>",
            ["Mon", "x" * (verbatim.CELL_ELEMENTS + 1)],
        ),
    ],
)  # fmt: skip
def test_short_cells_stand_in_one_line(source: str, expected: list[str]) -> None:
    assert texts(f"<table>{source}</table>") == expected


def test_links_in_cells_are_counted() -> None:
    (block,) = found("<table><tr><td><a href='/x'><b>one</b></a> two</td><td>x</td></tr></table>")
    assert block.link_chars == len("one")


def test_a_page_drawn_by_a_script_is_read_without_it() -> None:
    story = "".join(f"<p>{line}</p>" for line in PROSE)
    assert texts(f"<div id='app'></div><noscript>{story}</noscript>") == PROSE
    assert texts(f"{story}<noscript><p>{PROSE[0]}</p></noscript>") == PROSE


def test_a_few_words_without_scripts_are_no_page() -> None:
    few, many = ("<p>" + "on " * count + "</p>" for count in (LEAST_UNSCRIPTED // 2 - 1, LEAST_UNSCRIPTED))
    assert texts(f"<noscript>{few}</noscript>") == []
    assert texts(f"<noscript>{many}</noscript>") != []


@pytest.mark.parametrize("wrapper", ["{}", "<figure>{}</figure>", "<div class='highlight'>{}</div>"])
def test_code_amid_an_article_comes_out_as_it_is(wrapper: str) -> None:
    code = wrapper.format(f"<pre><code>{CODE}\n</code></pre>")
    before, after = f"<p>{PROSE[0]}</p><p>{PROSE[1]}</p>", f"<p>{PROSE[2]}</p>"
    page = f"<nav><a href='/'>Home</a></nav><article>{before}{code}{after}</article>"
    text = article.extract(f"<html><body>{page}</body></html>").text
    assert text == f"{PROSE[0]}\n{PROSE[1]}\n\n{CODE}\n\n{PROSE[2]}"
