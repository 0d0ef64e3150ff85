"""Candidates: what `clean rules suggest` proposes for lines that no rule removed, from a sample of cleaned texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cleaner.report.collected import Collected, Place
from cleaner.report.lookup import Lookup, Read
from cleaner.report.texts.marks import visible
from cleaner.rules.authoring.suggest import Page, suggest, suggestions_yaml

MOST: Final = 8
"""Candidates that are shown."""
LONGEST: Final = 20_000
"""Characters of one document, and `TOTAL` of all, that are searched."""
TOTAL: Final = 600_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rules as YAML, how many they are, and in how many documents they were looked for."""

    yaml: str
    count: int
    documents: int


@dataclass(slots=True)
class Miner:
    """Gathers cleaned texts as they go by."""

    _pages: dict[str, Page] = field(default_factory=dict)
    _size: int = 0

    def ask(self, found: Collected, lookup: Lookup, limit: int) -> None:
        """Ask for the documents of the sample."""
        places: list[Place] = found.mined.items()[:limit]
        for place in places:
            lookup.ask(place, self._take)

    def _take(self, read: Read) -> None:
        text = read.texts.final[:LONGEST]
        if self._size + len(text) <= TOTAL:
            self._size += len(text)
            doc = read.texts.doc
            self._pages[doc] = Page(doc, text, doc.partition("/")[0] if "/" in doc else "")

    def candidates(self) -> Candidates:
        """Return what would be worth a rule."""
        pages = [self._pages[doc] for doc in sorted(self._pages)]
        found = suggest(pages, limit=MOST)
        return Candidates(visible(suggestions_yaml(found)), len(found), len(pages))
