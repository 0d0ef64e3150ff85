"""The table of rules: what each did, how sure it is, its texts and hits; and those that never matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cleaner.report.collected import Collected, Tally
from cleaner.report.lookup import Example, Lookup, example, name
from cleaner.report.texts.marks import Piece, changed, shorten
from cleaner.rules.book import RuleBook
from cleaner.rules.rule import Rule

TEXT: Final = 160
NEVER: Final = 400
"""Rules that never matched, of which so many are named."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a rule, what it became, and how often that was."""

    pieces: tuple[Piece, ...]
    count: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the table. `family` is the step or the severity, `anchor` a part of addresses in the page."""

    anchor: str
    id: str
    family: str
    flags: bool
    description: str
    safety: str
    precision: float | None
    measured: str
    count: int
    removed: int
    added: int
    distinct: int
    about: bool
    """Whether the number of distinct texts is an estimate."""
    least: bool
    """Whether the counts of texts are lower bounds."""
    documents: int
    sources: int
    home: str
    texts: tuple[Text, ...]
    hits: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Idle:
    """A rule that never matched."""

    id: str
    description: str


@dataclass(frozen=True, slots=True)
class RulesView:
    """All rules that did something, and those that could have and did not.

    `known` tells whether these are the very rules of the run; otherwise only the built-in ones are known.
    """

    rows: tuple[RuleRow, ...]
    idle: tuple[Idle, ...]
    idle_count: int
    known: bool


def rules_view(
    found: Collected,
    book: RuleBook | None,
    lookup: Lookup,
    *,
    known: bool,
    active: tuple[Sequence[str], str],
    room: tuple[int, int, int],
) -> RulesView:
    """Return the rules, those that removed most first.

    `active` are the steps and the profile of the run, `room` says of how many rules texts and hits are shown,
    and how many of them.
    """
    rules = {rule.id: rule for rule in book.rules} if book else {}
    tallies = [(family, rule, tally, False) for (family, rule), tally in found.edits.items()]
    tallies += [(family, rule, tally, True) for (family, rule), tally in found.flags.items()]
    tallies.sort(key=lambda entry: (entry[3], -entry[2].removed, -entry[2].count, entry[1], entry[0]))
    often = sorted(tallies, key=lambda entry: (-entry[2].count, entry[1]))
    shown, *sizes = room
    full = {id(tally) for _, _, tally, _ in (*tallies[:shown], *often[:shown])}
    rows = []
    for number, (family, rule, tally, flags) in enumerate(tallies):
        texts, hits = sizes if id(tally) in full else (1, 0)
        rows.append(_row(f"r{number}", (family, rule, flags), tally, rules.get(rule), lookup, (texts, hits)))
    idle = _idle(found, book, {row.id for row in rows}, active) if book else []
    return RulesView(tuple(rows), tuple(idle[:NEVER]), len(idle), known)


def _row(
    anchor: str,
    key: tuple[str, str, bool],
    tally: Tally,
    rule: Rule | None,
    lookup: Lookup,
    room: tuple[int, int],
) -> RuleRow:
    family, rule_id, flags = key
    precision, measured = _precision(rule)
    return RuleRow(
        anchor=anchor,
        id=name(rule_id),
        family=family,
        flags=flags,
        description=name(rule.description) if rule else "",
        safety=rule.safety if rule else "",
        precision=precision,
        measured=measured,
        count=tally.count,
        removed=tally.removed,
        added=tally.added,
        distinct=tally.distinct.count,
        about=not tally.distinct.exact,
        least=not tally.texts.exact,
        documents=tally.documents,
        sources=tally.sources.count,
        home=name(tally.home),
        texts=tuple(_text(*text, count) for text, count in tally.texts.most(room[0])),
        hits=tuple(example(lookup, shard, line) for shard, line in tally.hits.items()[: room[1]]),
    )


def _text(old: str, new: str, count: int) -> Text:
    pieces = (Piece("del", changed(shorten(old, TEXT))), Piece("ins", changed(shorten(new, TEXT))))
    return Text(tuple(piece for piece in pieces if piece.text), count)


def _precision(rule: Rule | None) -> tuple[float | None, str]:
    """Return how often a rule was right on labelled texts, and of how many."""
    if rule is None:
        return None, ""
    if rule.precision is not None and rule.precision.n:
        return rule.precision.right, f"of {rule.precision.n} labelled lines"
    if rule.precision_mqm is not None and rule.precision_mqm.flags:
        found = rule.precision_mqm
        return found.overlap, f"of {found.flags} flags on labelled translations; by chance {found.chance:.0%}"
    return None, ""


def _idle(found: Collected, book: RuleBook, used: set[str], active: tuple[Sequence[str], str]) -> list[Idle]:
    """Return the active rules for the languages of the corpus that never matched."""
    steps, profile = active
    return [
        Idle(rule.id, name(rule.description))
        for rule in sorted(book.rules, key=lambda rule: rule.id)
        if rule.id not in used
        and rule.id not in book.off
        and rule.step in steps
        and (not rule.profiles or profile in rule.profiles)
        and any(rule.speaks(language) for language in found.languages)
    ]
