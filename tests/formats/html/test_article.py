"""HTML in: the text of a page and what it says about itself; hostile pages cost no more than others."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("trafilatura")

from cleaner.errors import QuarantineError, UsageError
from cleaner.formats.html import article

PARAGRAPHS = [
    "The council met on Friday to talk about the bridge, and it did not agree on anything at all.",
    "On Saturday it met again, in the hall by the harbour, because the first one was too small.",
    "Nobody knows yet who is going to pay for the bridge, the mayor told the people who had come.",
]
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Who pays for the bridge?</title>
<meta property="og:title" content="Who pays for the bridge?">
<meta property="article:published_time" content="2021-05-03T10:15:00Z">
<link rel="canonical" href="https://tide.example/bridge"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<article><h1>Who pays for the bridge?</h1>{}</article>
<aside><a href="/ferry">The ferry stops</a></aside><footer>Contact</footer>
<script>var x = "<p>not text</p>";</script></body></html>"""


def page(body: str = "") -> str:
    return PAGE.format("".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS) + body)


@pytest.mark.parametrize("nothing", ["", " ", "<html></html>", "no markup", "\x00", "<!-- -->", b"\xff\xfe"])
def test_no_page_gives_no_text(nothing: str | bytes) -> None:
    assert article.extract(nothing).text in ("", "no markup")


def test_the_article_comes_out_and_the_metadata_with_it() -> None:
    found = article.extract(page())
    assert found.text.split("\n") == PARAGRAPHS
    assert (found.title, found.date) == ("Who pays for the bridge?", "2021-05-03")
    assert found.url == "https://tide.example/bridge"


def test_bytes_are_decoded() -> None:
    assert article.extract(
        page("<p>Die Brücke gehört niemandem, sagte er am Ende.</p>").encode()
    ).text.endswith("Ende.")


def test_the_given_address_is_used() -> None:
    assert (
        article.extract("<p>" + PARAGRAPHS[0] + "</p>", url="https://tide.example/x").url
        == "https://tide.example/x"
    )


@pytest.mark.parametrize(
    "noise", ["<a ", "<a>", "<div>", "<b><i>", "<table><tr><td>", "<", "<!--", "&amp", "<ul><li>"]
)
@pytest.mark.timed
def test_a_page_of_noise_takes_no_longer_than_others(noise: str) -> None:
    size = 120_000
    plain = page("<p>" + "And so they went on, as they always do. " * 20 + "</p>" * 1)
    plain += "<p>And so they went on, all of them.</p>" * (size // 40)
    hostile = page() + (noise * (size // len(noise) + 1))[:size]
    article.extract(page())  # imports
    started = time.process_time()
    article.extract(plain)
    usual = time.process_time() - started
    started = time.process_time()
    article.extract(hostile)
    assert time.process_time() - started < 3 * usual + 2


def test_the_parser_of_the_standard_library_is_not_used() -> None:
    code = (Path(article.__file__)).read_text("utf-8")
    assert "import article.parser" not in code
    assert "from article.parser" not in code


def test_a_page_beyond_the_limit_is_refused() -> None:
    with pytest.raises(QuarantineError, match="limit"):
        article.extract("x" * (article.MAX_CHARS + 1))


def test_without_the_extra_there_is_a_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(UsageError, match=r"pip install 'cleaner\[html\]'"):
        article.extract("<p>x</p>")
