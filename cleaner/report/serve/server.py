"""The server: threads of the standard library on the loopback address; it reads, and never writes."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cleaner.audit.errors import following
from cleaner.audit.rebuild import Finished
from cleaner.errors import CleanerError, UsageError
from cleaner.report import views
from cleaner.report.page import render
from cleaner.report.serve.guard import HEADERS, LOOPBACK, Guard
from cleaner.report.serve.pages import Site

_UNREADABLE: Final = (
    b"<!doctype html><html lang=en><title>Not readable</title><p>The audit trail cannot be followed; "
    b"<code>clean verify</code> tells what was changed after the run."
)


class ReportServer(ThreadingHTTPServer):
    """A server of one site; it ends with the process."""

    daemon_threads = True

    def __init__(self, port: int, site: Site) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.site = site
        self.guard = Guard(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: ReportServer
    server_version = "clean"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Answer, or say why not."""
        refused = self.server.guard.refusal(self.command, self.headers)  # type: ignore[arg-type]
        if refused:
            self._send(refused[0], refused[1].encode(), "text/plain")
            return
        address = urlsplit(self.path)
        route = self.server.guard.inside(address.path)
        page = None if route is None else self._page(route, address.query)
        if page is None:
            self._send(404, b"there is nothing here", "text/plain")
        else:
            self._send(200, page, "text/html")

    def do_HEAD(self) -> None:
        """Answer without content."""
        self.do_GET()

    def do_POST(self) -> None:
        """Refuse: the report can only be read; other methods are not known at all."""
        self.do_GET()

    def _page(self, route: str, query: str) -> bytes | None:
        asked = dict(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"))
        try:
            with following(OSError):
                return self.server.site.answer(route, asked)
        except CleanerError:
            return _UNREADABLE

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the address holds the token."""


def server_for(finished: Finished, report: views.Report, port: int = 0) -> ReportServer:
    """Return a server that listens already; UsageError when the port is taken."""
    site = Site(finished, render(report, served=True).encode("utf-8"))
    try:
        return ReportServer(port, site)
    except OSError as error:
        message = (
            f"port {port} cannot be listened on: {error.strerror}; choose another one, or leave --port out"
        )
        raise UsageError(message) from None


def serve(finished: Finished, report: views.Report, port: int, announce: Callable[[str], None]) -> None:
    """Answer until the user interrupts; `announce` is told the address."""
    with server_for(finished, report, port) as server:
        announce(server.guard.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
