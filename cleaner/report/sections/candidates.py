"""Candidates: what `clean rules suggest` proposes for lines that no rule removed, from a sample of cleaned texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cleaner.report.collected import Collected, Place
from cleaner.report.lookup import Lookup, Read
from cleaner.report.texts.marks import visible

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

    _texts: dict[str, str] = field(default_factory=dict)
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
            self._texts[read.texts.doc] = text

    def candidates(self) -> Candidates:
        """Return what would be worth a rule: a search that the report of a run does without."""
        from cleaner.rules.authoring.suggest import Page, suggest, suggestions_yaml

        pages = [
            Page(doc, text, doc.partition("/")[0] if "/" in doc else "")
            for doc, text in sorted(self._texts.items())
        ]
        found = suggest(pages, limit=MOST)
        return Candidates(visible(suggestions_yaml(found)), len(found), len(pages))
