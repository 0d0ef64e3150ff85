"""The report in a real browser: it can be worked with, read by anyone, and runs nothing that texts hold.

Needs Debian's Chromium and the packages of the extra `test`; without them these tests are skipped, and with
`CLEANER_BROWSER=required` they fail instead.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from cleaner.audit.rebuild import open_run
from cleaner.pipeline import rule_book
from cleaner.report import collect_all, write_report
from cleaner.report.serve import server_for
from cleaner.report.views import Room, Sources, build
from cleaner.settings import RuleSources
from tests.report.test_report import HOSTILE, assert_harmless
from tests.support.corpora import SENTENCES, write
from tests.support.newsroom import newsroom

Clean = Callable[..., Any]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REQUIRED = os.environ.get("CLEANER_BROWSER") == "required"
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
DOCUMENTS = 5000 if NIGHTLY else 140
TALL = 2400
"""Pixels of a picture of the report; the nightly ones show all of it."""
WIDTHS = (1400, 800, 380)
COPIED = "window.copied = []; navigator.clipboard.writeText = async (text) => { window.copied.push(text); };"
SOME = """
for (const list of document.querySelectorAll('table, .kind, #documents-list, #clusters-list, .rows, ul, ol'))
  [...list.querySelectorAll(':scope > tbody, :scope > .card, :scope > .row, :scope > li')]
    .slice(5).forEach(item => item.remove());
for (const one of document.querySelectorAll('details')) one.open = true;
"""
"""Leaves a few entries of every list, which are made alike, and opens all: axe takes long on large pages."""
SOURCES = Sources(rule_book(RuleSources(isolated=True)), known=True, full=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None and not REQUIRED:
        pytest.skip("Chromium is not installed (apt install chromium)")
    if not REQUIRED:
        pytest.importorskip(
            "playwright.sync_api", reason="playwright is not installed (pip install playwright)"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a corpus of real-looking text, with its report."""
    from tests.run.test_promises import run_to

    folder = tmp_path_factory.mktemp("news")
    run_to(newsroom(folder / "in", DOCUMENTS), folder / "out", jobs=1)
    write_report(open_run(folder / "out"), sources=SOURCES)
    return folder / "out"


@contextmanager
def opened(browser: Any, target: Path | str, **options: Any) -> Iterator[Any]:
    """Open a page; nothing may be asked for but the page itself, and nothing may go wrong on it."""
    address = (target / "_clean" / "report.html").as_uri() if isinstance(target, Path) else target
    origin = address if isinstance(target, Path) else re.match(r"http://[^/]+/[^/]+/", address)[0]  # type: ignore[index]
    context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
    context.add_init_script(COPIED)
    strange: list[str] = []

    def judge(route: Any) -> None:
        if route.request.url.startswith(origin):
            route.continue_()
        else:
            strange.append(f"request: {route.request.url}")
            route.abort()

    context.route("**/*", judge)
    page = context.new_page()

    def dismiss(dialog: Any) -> None:
        strange.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def hear(message: Any) -> None:
        if message.type == "error":
            strange.append(f"console: {message.text}")

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: strange.append(f"error: {error}"))
    page.on("console", hear)
    page.set_default_timeout(8000)
    page.goto(address)
    yield page
    context.close()
    assert strange == []


def violations(page: Any, **options: Any) -> list[str]:
    """Return what axe finds serious."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("options => axe.run(document, options)", {"resultTypes": ["violations"]} | options)[
        "violations"
    ]
    return [
        f"{entry['id']}: {entry['nodes'][0]['html'][:200]}"
        for entry in found
        if entry["impact"] in ("serious", "critical")
    ]


def test_rules_are_filtered_sorted_and_opened(browser: Any, news: Path) -> None:
    with opened(browser, news) as page:
        rows = page.locator("#rules-table tbody:not(.filtered)")
        everything = rows.count()
        page.get_by_label("Filter rules").fill("read-also related")
        page.get_by_label("Filter rules").fill("related-section")
        assert 0 < rows.count() < everything
        assert all("related-section" in text for text in rows.all_inner_texts())
        page.get_by_label("Filter rules").fill("")
        page.locator("[data-select=rules-table]").select_option("dedup")
        assert all("dedup/" in text for text in rows.all_inner_texts())
        page.locator("[data-select=rules-table]").select_option("")

        head = page.locator("#rules-table th", has_text="Hits")
        head.get_by_role("button").press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        hits = [
            int(value)
            for value in rows.evaluate_all("rows => rows.map(row => row.rows[0].cells[2].dataset.v)")
        ]
        assert hits == sorted(hits, reverse=True) and hits[0] > hits[-1]
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "ascending"

        summary = rows.first.locator("summary")
        summary.press("Enter")
        assert rows.first.locator("details").get_attribute("open") is not None
        assert rows.first.get_by_text("Most frequent texts").is_visible()


def test_a_document_is_found_and_opened(browser: Any, news: Path) -> None:
    with opened(browser, news) as page:
        docs = page.locator("#documents-list > .doc:not(.filtered)")
        key = docs.nth(1).locator("h3").inner_text()
        page.get_by_label("Find a document").fill(key.upper())
        assert docs.count() == 1
        docs.first.locator("summary").first.click()
        assert docs.first.locator(".row del, .row ins").first.is_visible()
        docs.first.locator(".history > summary").click()
        assert re.match(r"lines? \d", docs.first.locator(".history li").first.inner_text())


def test_an_exception_is_copied(browser: Any, news: Path) -> None:
    with opened(browser, news) as page:
        card = page.locator("#doubts .doubt", has=page.locator("details.yaml")).first
        card.locator("details.yaml > summary").click()
        card.get_by_role("button", name="Copy").click()
        page.wait_for_function("copied.length === 1")
        (copied,) = page.evaluate("copied")
        assert re.fullmatch(r"exceptions:\n  - rule: \S+\n    document: .+\n    text: .+", copied)
        assert card.get_by_role("button", name="Copied").is_visible()


def test_clusters_are_paged(browser: Any, news: Path) -> None:
    with opened(browser, news) as page:
        shown = page.locator("#clusters-list > article:visible")
        size = shown.count()
        first = shown.first.inner_text()
        sizes = [int(text.split()[0]) for text in page.locator("#clusters-list h3").all_text_contents()]
        assert sizes == sorted(sizes, reverse=True)
        assert size == 8 < len(sizes)
        pager = page.locator("#clusters-list + .pager")
        assert pager.get_by_role("button", name="Previous").is_disabled()
        pager.get_by_role("button", name="Next").click()
        assert shown.first.inner_text() != first and f"{size + 1}–" in pager.inner_text()
        page.locator("#duplicates select").select_option("near")
        assert all("near" in text for text in shown.all_inner_texts())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, seeds: Path, scheme: str) -> None:
    write_report(open_run(seeds), sources=SOURCES)
    with opened(browser, seeds, color_scheme=scheme) as page:
        page.evaluate(SOME)
        assert violations(page, **({"runOnly": ["color-contrast"]} if scheme == "dark" else {})) == []


def test_light_and_dark_by_hand_and_the_skip_link(browser: Any, seeds: Path) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, seeds, color_scheme="light") as page:
        light = page.evaluate(colour)
        page.get_by_role("button", name="Dark").click()
        dark = page.evaluate(colour)
        assert dark != light
        page.get_by_role("button", name="Light").click()
        assert page.evaluate(colour) == light
        page.reload()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
    with opened(browser, seeds, color_scheme="dark") as page:
        assert page.evaluate(colour) == dark


def test_everything_can_be_read_without_scripts(browser: Any, seeds: Path) -> None:
    with opened(browser, seeds, java_script_enabled=False) as page:
        assert not page.locator(".tools:visible, .theme:visible, .copy:visible, .pager:visible").count()
        assert (
            page.locator("#rules-table tbody:visible").count()
            == page.locator("#rules-table tbody").count()
            > 20
        )
        assert page.locator("#clusters-list > article:visible").count() == 16
        page.locator("#rules-table summary").first.click()
        assert page.get_by_text("Most frequent texts").first.is_visible()


def test_screenshots_fit_their_width(browser: Any, news: Path, tmp_path: Path) -> None:
    """They are for people to look at; what can be tested is that nothing is cut off."""
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            with opened(
                browser, news, color_scheme=scheme, viewport={"width": width, "height": TALL}
            ) as page:
                path = tmp_path / f"report-{scheme}-{width}.png"
                page.screenshot(path=path, full_page=NIGHTLY, timeout=60_000)
                assert path.stat().st_size > 20_000
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                links = page.locator("nav a")
                boxes = [link.bounding_box() for link in links.all()]
                assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)


def test_hostile_text_runs_nothing_and_is_shown(browser: Any, tmp_path: Path, clean: Clean) -> None:
    attacks = (
        *HOSTILE,
        "javascript:alert(1)",
        "<a href=javascript:alert(1)>x</a>",
        "' onfocus=alert(1) autofocus '",
    )
    own: dict[str, str | bytes] = {}
    for number, text in enumerate(attacks):
        body = f"{SENTENCES[number % 4]}\n\nWord {number}: {text}  \n\nRead also:\n\n• {number}: {text}\n"
        own[f"{number:02d} <img src=x onerror=alert(1)>.txt"] = body.encode("utf-8", "surrogatepass")
    folder = write(tmp_path / "in", own)
    assert clean("run", folder, tmp_path / "out", "-q").code == 0
    path = write_report(open_run(tmp_path / "out"), sources=SOURCES)
    assert_harmless(path.read_text("utf-8"))
    with opened(browser, tmp_path / "out") as page:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.mouse.move(400, 400)
        text = page.locator("main").inner_text()
        for escape in ("⟨U+202E⟩", "␛[31m", "⟨U+D800⟩", "<script>alert(1)</script>", "javascript:alert(1)"):
            assert escape in text, escape
        assert not page.locator("main img, main script, main iframe, main a[href^=javascript]").count()
        assert not page.evaluate(
            "[...document.querySelectorAll('*')].some(e => e.getAttributeNames().some(n => n.startsWith('on')))"
        )


def test_the_whole_trail_is_served(browser: Any, news: Path) -> None:
    finished = open_run(news)
    report = build(finished, collect_all(finished), SOURCES, Room())
    with server_for(finished, report) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            with opened(browser, server.guard.address) as page:
                page.locator("#rules-table summary").first.click()
                page.locator("#rules-table a", has_text="All ").first.click()
                assert page.locator(".card .shot").count() > 4
                page.get_by_role("link", name="Next").click()
                assert "Page 2" in page.locator(".pager").inner_text()
                page.get_by_role("link", name="Documents").click()
                page.get_by_label("Find a document").fill("wire.jsonl:1")
                page.get_by_role("button", name="Find").click()
                page.get_by_role("link", name="wire.jsonl:1", exact=True).click()
                assert page.locator(".doc h3").inner_text() == "wire.jsonl:1"
                page.get_by_role("link", name="Duplicates").click()
                assert page.locator(".cluster").count() == 25
                assert violations(page) == []
        finally:
            server.shutdown()
            thread.join()
