"""The answers to what is asked, as HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from cleaner.audit.rebuild import Finished
from cleaner.report.lookup import Lookup, example, name
from cleaner.report.page import rendered
from cleaner.report.sections.clusters import view
from cleaner.report.sections.documents import document_view
from cleaner.report.serve.queries import Clusters, Page, document, documents, hits, paged

ALL: Final = 2_000_000
"""Characters of a document that are shown when it is opened by itself."""


@dataclass
class Site:
    """Answers questions about one run; `front` is its report."""

    finished: Finished
    front: bytes
    _routes: dict[str, Callable[[Mapping[str, str]], bytes | None]] = field(init=False)

    def __post_init__(self) -> None:
        self._routes = {
            "": lambda query: self.front,
            "documents": self.documents,
            "document": self.document,
            "hits": self.hits,
            "clusters": self.clusters,
        }

    def answer(self, route: str, query: Mapping[str, str]) -> bytes | None:
        """Return a page, None when there is none of that name."""
        make = self._routes.get(route)
        return make(query) if make else None

    @cached_property
    def _clusters(self) -> Clusters:
        return Clusters(self.finished)

    def documents(self, query: Mapping[str, str]) -> bytes:
        """List documents by their keys."""
        words = query.get("q", "")
        page = paged(documents(self.finished, words), number_of(query))
        return _page("documents", "Documents", page, words=words)

    def document(self, query: Mapping[str, str]) -> bytes | None:
        """Show one document whole."""
        found = document(self.finished, query.get("key", ""))
        if found is None:
            return None
        shard, line, texts = found
        shown = document_view(self.finished, shard, line, texts, why="", room=ALL)
        return _page("document", shown.doc, Page((shown,), 1, more=False))

    def hits(self, query: Mapping[str, str]) -> bytes:
        """Show the hits of a rule in their context."""
        rule = query.get("rule", "")
        page = paged(hits(self.finished, rule), number_of(query))
        lookup = Lookup()
        examples = tuple(example(lookup, shard, line) for shard, line in page.entries)
        lookup.answer(self.finished)
        return _page("hits", f"Hits of {name(rule)}", Page(examples, page.number, page.more), rule=rule)

    def clusters(self, query: Mapping[str, str]) -> bytes:
        """Show clusters of duplicates, the largest first."""
        page = self._clusters.page(number_of(query))
        shown = tuple(map(view, page.entries))
        return _page("clusters", "Duplicate passages", Page(shown, page.number, page.more))


def number_of(query: Mapping[str, str]) -> int:
    """Return the number of the page that is asked for; the first when it is none.

    >>> number_of({"page": "3"}), number_of({"page": "-1"}), number_of({})
    (3, 1, 1)
    """
    text = query.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _page(kind: str, title: str, page: Page, **more: Any) -> bytes:
    values = {"words": "", "rule": "", **more}
    return rendered("served.html.j2", served=True, kind=kind, title=title, page=page, **values).encode(
        "utf-8"
    )
