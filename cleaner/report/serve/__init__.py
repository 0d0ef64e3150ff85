"""The report over the whole trail, shown on the loopback address: `clean report OUT --serve`.

guard     who may ask: this machine, by an address that holds a token, from no other page
queries   what can be asked of the trail: hits of a rule, documents by key, one document, clusters
pages     the answers as HTML
server    the server itself, of the standard library
"""

from __future__ import annotations

from cleaner.report.serve.server import serve, server_for

__all__ = ["serve", "server_for"]
