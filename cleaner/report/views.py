"""What the template is given: everything on the page, within its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cleaner.audit.rebuild import Finished
from cleaner.audit.records import QuarantineLine, Run, RunCounts
from cleaner.report.collected import LISTED, MINED, Collected, Place
from cleaner.report.lookup import Lookup, name
from cleaner.report.sampling import SEED
from cleaner.report.sections.candidates import Candidates, Miner
from cleaner.report.sections.clusters import ClusterView, clusters
from cleaner.report.sections.comparison import Comparison
from cleaner.report.sections.documents import Chosen, DocumentView
from cleaner.report.sections.doubts import Doubt, Doubts
from cleaner.report.sections.glance import Glance, glance
from cleaner.report.sections.rules import RuleRow, RulesView, rules_view
from cleaner.rules.book import RuleBook

FEW: Final = 2_000
"""In corpora of more documents the samples say that they are samples."""
ALONE: Final = 3
"""Documents in which a rule must have matched to be doubted for matching in one source only."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of everything is shown."""

    rules: int = 90
    texts: int = 6
    hits: int = 4
    doubts: int = 8
    documents: int = 12
    text: int = 9_000
    """Characters of one document."""
    clusters: int = 60
    listed: int = LISTED

    def smaller(self) -> Room:
        """Return half of the room."""
        halves = {field: max(1, getattr(self, field) // 2) for field in self.__slots__}
        return replace(self, **halves)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the page is made from besides the run: rules (None: unknown), an earlier run to compare with.

    `known` tells whether these are the very rules of the run. With `full` there are also the times, which
    differ between equal runs, and candidates for rules, which take time to find: a run leaves both out.
    """

    book: RuleBook | None = None
    known: bool = False
    full: bool = False
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class DoubtKind:
    """Entries of one kind, how many there are of them (None: not counted), and why they are doubted."""

    anchor: str
    title: str
    why: str
    entries: Sequence[Doubt]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A document with its score of translation."""

    doc: str
    score: float
    language: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Some input in quarantine: what it is, its size in bytes, why it is there, and whether the bytes are kept."""

    path: str
    bytes: int
    reason: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page."""

    run: Run
    counts: RunCounts
    seed: int
    sampled: bool
    glance: Glance
    rules: RulesView
    doubts: tuple[DoubtKind, ...]
    documents: tuple[DocumentView, ...]
    changed_count: int
    clusters: tuple[ClusterView, ...]
    within: int
    scored: tuple[Scored, ...]
    comparison: Comparison | None
    candidates: Candidates | None
    emptied: tuple[str, ...]
    emptied_count: int
    aside: tuple[tuple[str, str], ...]
    aside_count: int
    quarantine: tuple[Quarantined, ...]
    quarantine_count: int
    skipped: tuple[tuple[str, str], ...]
    skipped_count: int


def build(finished: Finished, found: Collected, sources: Sources, room: Room) -> Report:
    """Look up the documents of what was drawn, and put everything on the page together."""
    run, lookup = finished.run, Lookup()
    doubts, miner = Doubts(found, lookup, room.doubts), Miner()
    rules = rules_view(
        found,
        sources.book,
        lookup,
        known=sources.known,
        active=(run["configuration"]["steps"], run["configuration"]["profile"]),
        room=(room.rules, room.texts, room.hits),
    )
    doubts.ask()
    if sources.full:
        miner.ask(found, lookup, MINED)
    chosen = Chosen.of(finished, _shown(found, room.documents), lookup, room.text)
    lookup.answer(finished)
    return Report(
        run=run,
        counts=run["counts"],
        seed=SEED,
        sampled=run["counts"]["documents_in"] > FEW,
        glance=glance(finished, found, timed=sources.full),
        rules=rules,
        doubts=_doubts(doubts, found, rules, room.doubts),
        documents=chosen.views(),
        changed_count=found.changed_count,
        clusters=clusters(found, room.clusters),
        within=found.within,
        scored=_scored(found),
        comparison=sources.comparison,
        candidates=miner.candidates() if sources.full else None,
        emptied=tuple(map(name, found.emptied[: room.listed])),
        emptied_count=found.emptied_count,
        aside=tuple((name(line["doc"]), name(str(line["aside"]))) for line in found.aside[: room.listed]),
        aside_count=found.aside_count,
        quarantine=tuple(map(_quarantined, found.quarantine[: room.listed])),
        quarantine_count=found.quarantine_count,
        skipped=tuple((name(item["path"]), item["reason"]) for item in run["skipped"][: room.listed]),
        skipped_count=len(run["skipped"]),
    )


def _shown(found: Collected, limit: int) -> dict[Place, str]:
    """Return the documents that are shown whole, and why."""
    shown = dict.fromkeys(found.changed.items()[: max(1, limit // 2)], "among those that changed most")
    for place in found.some.items():
        if len(shown) < limit:
            shown.setdefault(place, "drawn at random from those that changed")
    return shown


def _doubts(doubts: Doubts, found: Collected, rules: RulesView, limit: int) -> tuple[DoubtKind, ...]:
    """Return the kinds that have entries, those that may have lost text first."""
    content = sum(found.differs[kind] for kind in ("number", "negation", "name"))
    kinds = (
        DoubtKind("long", "Long lines removed by a rule", LONG_WHY, doubts.removals("long")),
        DoubtKind("amid", "Lines removed in mid-document", AMID_WHY, doubts.removals("amid")),
        DoubtKind("lost", "Documents that lost over 40 %", LOST_WHY, doubts.losses(), found.lost_count),
        DoubtKind(
            "unlike", "Duplicates with another number, negation or name", UNLIKE_WHY, doubts.unlike(), content
        ),
        DoubtKind("close", "Duplicates just above the threshold", CLOSE_WHY, doubts.close()),
        DoubtKind(
            "alone", "Rules that matched in one source only", ALONE_WHY, _alone(rules.rows, found)[:limit]
        ),
        DoubtKind("joins", "Joins with a low margin", JOINS_WHY, doubts.joins()),
        DoubtKind("narrow", "Encodings decided narrowly", NARROW_WHY, doubts.encodings()),
    )
    return tuple(kind for kind in kinds if kind.entries)


LONG_WHY: Final = "Furniture is short: a removed line of 160 characters or more may be text."
AMID_WHY: Final = (
    "Furniture stands at the head and the end of a document; a line between paragraphs may belong to them."
)
LOST_WHY: Final = "Those that lost most come first."
UNLIKE_WHY: Final = "The removed passage may say something else than the kept one."
CLOSE_WHY: Final = "The least similar pairs of which one passage was removed."
ALONE_WHY: Final = "What a rule takes from one source alone may be a habit of its authors."
JOINS_WHY: Final = "What is beside these line breaks speaks against joining them."
NARROW_WHY: Final = (
    "The same bytes make almost as probable words in another encoding. "
    "No exception changes this, a declared charset does."
)


def _alone(rows: Sequence[RuleRow], found: Collected) -> list[Doubt]:
    """Return the rules that matched in one of several sources, most characters first."""
    if len(found.sources) < ALONE:
        return []
    return [
        Doubt(
            place=row.home,
            said=f"{row.count:,} hits in {row.documents:,} documents of this source",
            rule=row.id,
            text=row.texts[0].pieces if row.texts else (),
            exception=_of_source(row) if not row.flags else "",
        )
        for row in rows
        if row.sources == 1 and row.documents >= ALONE and row.id.startswith("boilerplate/")
    ]


def _of_source(row: RuleRow) -> str:
    """Return the configuration that switches a rule off."""
    return f"ignore:\n  - {row.id}"


def _scored(found: Collected) -> tuple[Scored, ...]:
    return tuple(
        Scored(name(line["doc"]), line["translated_score"] or 0.0, line["language"])
        for _, line in found.scored.items()
    )


def _quarantined(line: QuarantineLine) -> Quarantined:
    size = line["byte_end"] - line["byte_start"]
    return Quarantined(name(line["doc"]), size, name(line["reason"]), line["raw"] is not None)
