"""`clean report OUT --serve`: the whole trail, to this machine alone, by an address that cannot be guessed."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from cleaner.audit.rebuild import open_run
from cleaner.report import collect_all
from cleaner.report.serve import server_for
from cleaner.report.serve.server import ReportServer
from cleaner.report.views import Room, Sources, build
from tests.report.test_report import Page, assert_harmless
from tests.support.corpora import trail, tree


@pytest.fixture(scope="module")
def server(seeds: Path) -> Iterator[ReportServer]:
    finished = open_run(seeds)
    report = build(finished, collect_all(finished), Sources(full=True), Room())
    with server_for(finished, report) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(
    server: ReportServer, path: str, method: str = "GET", **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", server.guard.port, timeout=20)
    connection.request(method, path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8")
    connection.close()
    return answer.status, text, answer.headers


def read(server: ReportServer, route: str) -> Page:
    status, text, _ = ask(server, f"/{server.guard.token}/{route}")
    assert status == 200, (route, text)
    return Page(text)


def test_it_listens_on_the_loopback_address_alone(server: ReportServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.guard.token) >= 32


@pytest.mark.parametrize("path", ["/", "/documents", "/wrong/", "//", "/wrong/../"])
def test_without_the_token_there_is_nothing(server: ReportServer, path: str) -> None:
    assert ask(server, path)[:2] == (404, "there is nothing here")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}"},
        {"Host": "127.0.0.1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_origins_are_refused(server: ReportServer, headers: dict[str, str]) -> None:
    filled = {key: value.replace("{port}", str(server.guard.port)) for key, value in headers.items()}
    status, text, _ = ask(server, f"/{server.guard.token}/", **filled)
    assert status == 403 and "What cleaning changed" not in text


@pytest.mark.parametrize(("method", "status"), [("POST", 405), ("HEAD", 200), ("PUT", 501), ("DELETE", 501)])
def test_it_can_only_be_read(server: ReportServer, seeds: Path, method: str, status: int) -> None:
    before = tree(seeds)
    assert ask(server, f"/{server.guard.token}/", method)[0] == status
    assert tree(seeds) == before


def test_every_answer_says_how_it_may_be_used(server: ReportServer) -> None:
    for path in (f"/{server.guard.token}/", "/nothing"):
        headers = ask(server, path)[2]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers


def test_all_hits_of_a_rule_are_there(server: ReportServer, seeds: Path) -> None:
    rule = "encoding/mojibake"
    hits = [line for line in trail(seeds, "edits") if line["rule"] == rule]
    shown, number = 0, 1
    while True:
        page = read(server, f"hits?rule={quote(rule, safe='')}&page={number}")
        shown += sum(attributes.get("class") == "shot" for _, attributes in page.elements)
        if not any(attributes.get("rel") == "next" for _, attributes in page.elements):
            break
        number += 1
    assert shown == len(hits) > 25


def test_documents_are_found_and_shown_whole(server: ReportServer, seeds: Path) -> None:
    docs = [line["doc"] for line in trail(seeds, "documents")]
    links = [attributes.get("href") or "" for _, attributes in read(server, "documents?q=EN/0").elements]
    assert [f"document?key={quote(doc, safe='')}" for doc in docs if "en/0" in doc] == [
        link for link in links if link.startswith("document?")
    ]
    assert "Nothing was found." in read(server, "documents?q=nowhere").text
    page = read(server, "document?key=" + quote("wire.jsonl:1", safe=""))
    assert "removed as exact duplicate of en/02-winter-ferry.txt" in page.text
    assert ask(server, f"/{server.guard.token}/document?key=absent")[0] == 404


def test_all_clusters_are_there_the_largest_first(server: ReportServer, seeds: Path) -> None:
    page = read(server, "clusters")
    kept = {(line["kept_doc"], line["kept_source_start"]) for line in trail(seeds, "duplicates")}
    assert sum(attributes.get("class") == "card cluster" for _, attributes in page.elements) == len(kept)
    assert "Nothing was found." in read(server, "clusters?page=99").text


@pytest.mark.parametrize("route", ["nothing", "documents/../../etc/passwd", "report.html", "%2e%2e/run.json"])
def test_there_is_no_way_to_other_files(server: ReportServer, route: str) -> None:
    assert ask(server, f"/{server.guard.token}/{route}")[0] == 404


def test_pages_are_harmless(server: ReportServer) -> None:
    for route in (
        "",
        "documents",
        "hits?rule=dedup%2Fnear",
        "clusters",
        'documents?q="><script>alert(1)</script>',
    ):
        status, text, _ = ask(server, f"/{server.guard.token}/{quote(route, safe='?=&%')}")
        assert status == 200
        assert_harmless(text, served=True)


def test_a_trail_that_was_changed_is_said_to_be(server: ReportServer, seeds: Path) -> None:
    part = seeds / "_clean" / "documents-00000.jsonl"
    whole = part.read_bytes()
    try:
        part.write_bytes(json.dumps({"doc": 1}).encode() + b"\n{")
        assert "cannot be followed" in ask(server, f"/{server.guard.token}/documents?q=a")[1]
    finally:
        part.write_bytes(whole)
