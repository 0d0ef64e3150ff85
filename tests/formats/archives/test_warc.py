"""Web archives: pages and texts become JSON Lines, every other byte is kept, and nothing damaged is lost."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from cleaner.formats.archives.warc import FORMAT, cuts, records
from cleaner.formats.format import Fields, InputFile, Segment
from tests.support.corpora import trail, tree, write

pytest.importorskip("warcio", reason="web archives need warcio (the extra `warc`)")

Clean = Callable[..., Any]
OPTIONS = ("-q", "--isolated", "--jobs", 1)
STORY = (
    "The harbour of Osk froze in March, and the ferries stayed where they were until the ice broke in April. "
    "Nobody had seen such a winter since the lighthouse was built, said the keeper of the museum."
)
PAGE = f"<html lang=en><head><title>Ice</title></head><body><article><h1>Ice</h1><p>{STORY}</p></article></body></html>"


def record(kind: str, payload: bytes, *, address: str = "https://news.example/a", media: str = "") -> bytes:
    """Write one record as crawlers do."""
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{zlib.crc32(payload):08x}>",
        "WARC-Date: 2026-01-02T03:04:05Z",
        f"WARC-Target-URI: {address}",
        f"Content-Type: {media or 'application/http; msgtype=response'}",
        f"Content-Length: {len(payload)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + payload + b"\r\n\r\n"


def response(
    body: bytes, *, media: str = "text/html; charset=utf-8", status: str = "200 OK", extra: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{extra}\r\n"
    return record("response", head.encode() + body)


def conversion(text: str) -> bytes:
    return record("conversion", text.encode(), media="text/plain")


INFO = record("warcinfo", b"software: crawler\r\n", media="application/warc-fields")
REQUEST = record("request", b"GET /a HTTP/1.1\r\n\r\n", media="application/http; msgtype=request")
IMAGE = response(b"\x89PNG\x00", media="image/png")
MOVED = response(PAGE.encode(), status="301 Moved")
GOOD = response(PAGE.encode())
LATIN = response(PAGE.replace("Osk", "Øsk").encode("latin-1"), media="text/html; charset=iso-8859-1")
PACKED = response(gzip.compress(PAGE.encode(), mtime=0), extra="Content-Encoding: gzip\r\n")
CHUNKED = response(
    b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE.encode()), extra="Transfer-Encoding: chunked\r\n"
)
WARC = INFO + REQUEST + GOOD + IMAGE + MOVED + LATIN + PACKED + CHUNKED


def members(data: list[bytes]) -> bytes:
    """Compress each record on its own, as Common Crawl does."""
    return b"".join(gzip.compress(part, mtime=0) for part in data)


def entries(data: bytes, path: Path, start: int = 0, end: int | None = None) -> list[Any]:
    path.write_bytes(data)
    file = InputFile("a.warc", path, len(data), "warc", "a.warc.jsonl")
    return list(FORMAT.read(Segment(file, start, len(data) if end is None else end), Fields()))


def test_what_is_neither_page_nor_text_is_no_document(tmp_path: Path) -> None:
    found = entries(INFO + REQUEST + IMAGE + MOVED, tmp_path / "a.warc")
    assert [entry.text for entry in found] == [None]
    assert b"".join(entry.raw for entry in found) == INFO + REQUEST + IMAGE + MOVED


def test_pages_in_every_coding(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    found = [entry for entry in entries(WARC, tmp_path / "a.warc") if entry.text is not None]
    assert [entry.key for entry in found] == [f"a.warc:{number}" for number in (3, 6, 7, 8)]
    assert all(STORY.replace("Osk", "")[15:] in entry.text for entry in found)
    assert "Øsk" in found[1].text
    assert {entry.source for entry in found} == {"news.example"}


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_there_and_back(suffix: str, tmp_path: Path, clean: Clean) -> None:
    pytest.importorskip("trafilatura")
    texts = [conversion(f"{STORY}  \nNumber {number}.\n") for number in range(3)] + [
        conversion("Read also:\n")
    ]
    files = {"c.warc": [WARC], "c.warc.wet": [INFO, *texts]}
    pack = members if suffix else b"".join
    source = write(tmp_path / "in", {f"{name}{suffix}": pack(data) for name, data in files.items()})
    assert clean("run", source, tmp_path / "out", *OPTIONS, "--steps", "encoding,boilerplate").code == 0
    opened = gzip.decompress if suffix else bytes
    lines = opened((tmp_path / "out" / f"c.warc.wet.jsonl{suffix}").read_bytes()).splitlines()
    assert [json.loads(line)["text"] for line in lines] == [f"{STORY}\nNumber {k}.\n" for k in range(3)]
    assert list(json.loads(lines[0])) == ["id", "url", "text"]
    pages = opened((tmp_path / "out" / f"c.warc.jsonl{suffix}").read_bytes()).splitlines()
    assert [json.loads(line)["url"] for line in pages] == ["https://news.example/a"] * 4
    assert clean("verify", tmp_path / "out", "-q").code == 0
    assert clean("restore", tmp_path / "out", tmp_path / "back", "-q").code == 0
    back = tree(tmp_path / "back")
    assert {name: opened(data) for name, data in back.items()} == {
        f"{name}{suffix}": b"".join(data) for name, data in files.items()
    }
    told = clean("why", tmp_path / "out", f"c.warc.wet{suffix}:2:1").out
    assert "encoding" in told


def test_a_document_of_which_nothing_is_left_takes_no_bytes_of_the_archive(
    tmp_path: Path, clean: Clean
) -> None:
    source = write(
        tmp_path / "in", {"a.wet": conversion("Read also: Five more bridges\n") + conversion(STORY)}
    )
    assert clean("run", source, tmp_path / "out", *OPTIONS, "--steps", "boilerplate").code == 0
    assert [line["kept"] for line in trail(tmp_path / "out", "documents")] == [False, True]
    assert clean("verify", tmp_path / "out", "-q").code == 0


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (b"no archive at all\n", ["not a record"]),
        (GOOD[:-40], ["ends too early"]),
        (b"junk\n" + conversion(STORY), ["not a record"]),
        (conversion(STORY) + b"junk" * 9 + b"\n" + conversion(STORY), ["not a record"]),
        (conversion(STORY).replace(b"Content-Length", b"Content-Height"), ["not a record"]),
        (record("response", b"\x00\x01 no HTTP"), []),
    ],
)
def test_what_is_damaged_is_quarantined_and_the_rest_read(
    data: bytes, reasons: list[str], tmp_path: Path
) -> None:
    found = entries(data, tmp_path / "a.warc")
    assert b"".join(entry.raw for entry in found) == data
    assert len([entry for entry in found if entry.reason]) == len(reasons)
    for reason, entry in zip(reasons, (entry for entry in found if entry.reason), strict=True):
        assert reason in entry.reason
    assert len([entry for entry in found if entry.text]) == data.count(b"conversion") - (b"Height" in data)


def test_every_cut_byte_and_every_flipped_one_comes_back(tmp_path: Path) -> None:
    data = INFO + conversion("Ice.") + REQUEST + conversion("Water.")
    for at in range(0, len(data), 3):
        for damaged in (data[:at], data[:at] + bytes([data[at] ^ 32]) + data[at + 1 :]):
            found = entries(damaged, tmp_path / "a.warc")
            assert b"".join(entry.raw for entry in found) == damaged, at


def test_segments_are_whole_records_and_number_on(tmp_path: Path) -> None:
    data = b"".join(conversion(f"{STORY} {number}") for number in range(50))
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    ends = list(cuts(path, len(data), 5000))
    assert len(ends) > 3
    assert (ends[-1][0], sum(count for _, count in ends)) == (len(data), 50)
    starts = {record.start for record in records(BytesIO(data), 0, len(data))} | {len(data)}
    assert {end for end, _ in ends} <= starts
