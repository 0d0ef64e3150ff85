"""Who may ask: this machine, by an address that holds a token, from no page of another origin."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LOOPBACK: Final = "127.0.0.1"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What goes with every answer, whatever it is."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges requests to one port. The token is in the address: who does not know it learns nothing."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    def refusal(self, method: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Return status and reason when a request is refused, None when it may be answered.

        A name that some other site has pointed at this machine is refused by its `Host`, and so is
        a request that another page makes, by its `Origin` or `Sec-Fetch-Site`.

        >>> Guard(80).refusal("GET", {"Host": "127.0.0.1:80"}) is None
        True
        >>> Guard(80).refusal("GET", {"Host": "evil.example:80"})
        (403, 'this server answers to its own address alone')
        >>> Guard(80).refusal("POST", {"Host": "127.0.0.1:80"})
        (405, 'the report can only be read')
        """
        if method not in ("GET", "HEAD"):
            return 405, "the report can only be read"
        hosts = (f"{LOOPBACK}:{self.port}", f"localhost:{self.port}")
        if headers.get("Host") not in hosts:
            return 403, "this server answers to its own address alone"
        origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
        own = [f"http://{host}" for host in hosts]
        if (origin is not None and origin not in own) or site not in (None, "none", "same-origin"):
            return 403, "this server answers no page of another origin"
        return None

    def inside(self, path: str) -> str | None:
        """Return what is asked for below the token; None when the token is another one.

        >>> Guard(80, "secret").inside("/secret/documents"), Guard(80, "secret").inside("/other/documents")
        ('documents', None)
        """
        token, slash, rest = path.removeprefix("/").partition("/")
        known = hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())
        return rest if known and slash else None
