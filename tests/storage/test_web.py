"""Files of the web, read from a server on the loopback address: in ranges or whole, with connections that drop."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cleaner.storage import remote
from tests.support.corpora import trail, tree, write

pytest.importorskip("fsspec", reason="remote places need fsspec (the extra `remote`)")
pytest.importorskip("aiohttp", reason="files of the web need aiohttp (the extra `remote`)")

Clean = Callable[..., Any]
OPTIONS = ("-q", "--isolated", "--jobs", 1)
TEXT = "The harbour of Osk froze in March, and the ferries stayed where they were.  \n"
RECORDS = "".join(f'{{"id": {k}, "text": "Ferry number {k} was late, as ever.  "}}\n' for k in range(30))
FILES: dict[str, bytes] = {
    "one.txt": TEXT.encode(),
    "b.jsonl": RECORDS.encode(),
    "c.jsonl.gz": gzip.compress(RECORDS.encode(), mtime=0),
}


class Web(NamedTuple):
    """A server: its address, what it does with a request, and how many there were."""

    address: str
    manners: dict[str, Any]
    asked: list[str]


class _Handler(BaseHTTPRequestHandler):
    """Answers as web servers do, or as `manners` say: without ranges, without sizes, or not at all."""

    manners: dict[str, Any]
    asked: list[str]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        self.asked.append(self.path)
        if self.manners.get("drops") and len(self.asked) % self.manners["drops"] == 0:
            self.close_connection = True
            return
        name = self.path.partition("?")[0].lstrip("/")
        if name == "":
            data = "".join(f'<a href="{known}">{known}</a>\n' for known in FILES).encode()
        elif name in FILES:
            data = self.manners.get("now", FILES).get(name, FILES[name])
        else:
            self.send_error(404)
            return
        begin, end = self._range(len(data))
        part = data[begin:end]
        self.send_response(200 if len(part) == len(data) and not self.headers.get("Range") else 206)
        if not self.manners.get("no ranges"):
            self.send_header("Accept-Ranges", "bytes")
            if self.headers.get("Range"):
                self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{len(data)}")
        self.send_header("ETag", f'"{hash(data)}"')
        self.send_header("Content-Type", "text/html" if name == "" else "application/octet-stream")
        if not self.manners.get("no sizes"):
            self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if body:
            self.wfile.write(part)

    def _range(self, size: int) -> tuple[int, int]:
        given = self.headers.get("Range", "")
        if self.manners.get("no ranges") or not given.startswith("bytes="):
            return 0, size
        first, _, last = given.removeprefix("bytes=").partition("-")
        return int(first), min(size, int(last) + 1 if last else size)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Web]:
    monkeypatch.setattr(remote, "FIRST_PAUSE", 0.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    manners, asked = dict[str, Any](), list[str]()
    handler = type("Handler", (_Handler,), {"manners": manners, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Web(f"http://127.0.0.1:{server.server_address[1]}", manners, asked)
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def here(tmp_path: Path, clean: Clean) -> Callable[[str], dict[str, bytes]]:
    """What a run on this machine makes of one of the files."""

    def run(name: str) -> dict[str, bytes]:
        source = write(tmp_path / "in", {name: FILES[name]})
        assert clean("run", source / name, tmp_path / "here", *OPTIONS).code == 0
        return tree(tmp_path / "here")

    return run


@pytest.mark.parametrize(
    ("name", "manners"),
    [
        pytest.param("one.txt", {}, id="text"),
        pytest.param("c.jsonl.gz", {}, id="compressed"),
        pytest.param("b.jsonl", {"no ranges": True}, id="no ranges"),
        pytest.param("one.txt", {"no ranges": True, "no sizes": True}, id="no sizes"),
        pytest.param("b.jsonl", {"drops": 3}, id="every third connection drops"),
    ],
)
def test_a_file_of_the_web_is_read_as_a_local_one(
    name: str, manners: dict[str, Any], web: Web, here: Any, tmp_path: Path, clean: Clean
) -> None:
    web.manners.update(manners)
    done = clean("run", f"{web.address}/{name}", tmp_path / "out", *OPTIONS)
    assert done.code == 0, done.err
    assert tree(tmp_path / "out") == here(name)
    assert clean("verify", tmp_path / "out", "-q").code == 0


def test_what_follows_a_question_mark_is_no_part_of_the_name(
    web: Web, here: Any, tmp_path: Path, clean: Clean
) -> None:
    assert clean("run", f"{web.address}/one.txt?download=1", tmp_path / "out", *OPTIONS).code == 0
    assert tree(tmp_path / "out", audit=False) == {"one.txt": here("one.txt")["one.txt"]}


def test_a_page_that_is_not_there(web: Web, tmp_path: Path, clean: Clean) -> None:
    done = clean("run", f"{web.address}/two.txt", tmp_path / "out", *OPTIONS)
    assert (done.code, done.err.count("\n"), (tmp_path / "out").exists()) == (2, 1, False)


def test_a_server_that_is_gone_is_told_in_one_line(web: Web, tmp_path: Path, clean: Clean) -> None:
    web.manners["drops"] = 1
    done = clean("run", f"{web.address}/one.txt", tmp_path / "out", *OPTIONS)
    assert done.code in (2, 5)
    assert (done.err.count("\n"), "Traceback" in done.err) == (1, False)


def test_a_file_that_changes_after_it_was_listed_is_not_mixed(
    web: Web, tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cleaner.run import settle

    prepare = settle.settle

    def late(job: Any) -> Any:
        web.manners["now"] = {"one.txt": TEXT.replace("March", "April").encode()}
        return prepare(job)

    monkeypatch.setattr(settle, "settle", late)
    assert clean("run", f"{web.address}/one.txt", tmp_path / "out", *OPTIONS).code == 3
    (line,) = trail(tmp_path / "out", "quarantine")
    assert "changed after it was listed" in line["reason"]


def test_nothing_is_written_to_the_web(web: Web, tmp_path: Path, clean: Clean) -> None:
    done = clean("run", write(tmp_path / "in", {"a.txt": TEXT}), f"{web.address}/out", *OPTIONS)
    assert (done.code, "can be read, not written" in done.err, web.asked) == (2, True, [])
