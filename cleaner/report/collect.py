"""One pass over the audit trail: everything is counted, and samples of bounded size are drawn.

Memory holds one part's documents by key, and what was drawn. Shards can be looked at apart, in any
process, and added up (`collected.together`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from cleaner.audit.records import (
    DOCUMENTS,
    DUPLICATES,
    EDITS,
    FLAGS,
    QUARANTINE,
    DocumentLine,
    DuplicateLine,
    EditLine,
    FlagLine,
    Kind,
    Line,
)
from cleaner.audit.trail import part_lines
from cleaner.formats import jsontext
from cleaner.report.collected import BINS, LISTED, Collected, Tally
from cleaner.report.sampling import drawn

SHOWN: Final = 240
"""Characters of a text by which texts of one rule are told apart where they are listed."""
LOST: Final = 0.4
"""Share of its characters that a document may lose without being doubted."""
LEAST: Final = 200
"""Shorter documents are not doubted for what they lost."""
LONG: Final = 160
"""Characters of a removed line that is doubted for its length."""
AMID: Final = (0.2, 0.8)
"""What is the midst of a document, in shares of its characters."""
SEVERAL: Final = 5
"""Words of a line that is doubted for being removed there."""
PLAIN: Final = frozenset({"utf-8", "ascii"})
CONTENT: Final = frozenset({"number", "negation", "name"})
"""Differences of near duplicates that may be differences of what is said."""


class _About(NamedTuple):
    """What is known of a document while its edits and flags go by: number, source, length."""

    number: int
    source: str | None
    chars: int


def collect(audit: Path, part: int, shard: int | None = None) -> Collected:
    """Count and draw in one part of the trail in the folder `audit`, which is (or becomes a piece of) a shard."""
    found = Collected()
    shard = part if shard is None else shard
    about = _documents(found, shard, _numbered(audit, DOCUMENTS, part))
    _edits(found, shard, _numbered(audit, EDITS, part), about)
    _flags(found, shard, _numbered(audit, FLAGS, part), about)
    _duplicates(found, _numbered(audit, DUPLICATES, part))
    for _, line in _numbered(audit, QUARANTINE, part):
        found.quarantine_count += 1
        if len(found.quarantine) < LISTED:
            found.quarantine.append(line)
    return found


def _numbered(audit: Path, kind: Kind[Line], part: int) -> Iterator[tuple[int, Line]]:
    """Yield the lines of a part, each with the number that is drawn for it."""
    for line in part_lines(audit, kind, part):
        yield drawn(line), jsontext.loads(line)


def _documents(found: Collected, shard: int, lines: Iterator[tuple[int, DocumentLine]]) -> dict[str, _About]:
    about: dict[str, _About] = {}
    for number, line in lines:
        doc, chars, left, source = line["doc"], line["chars_in"], line["chars_out"], line.get("source")
        about[doc] = _About(len(about), source, chars)
        found.languages[line["language"]] += 1
        found.encodings[line["encoding"]] += 1
        found.lengths_in[chars.bit_length()] += 1
        found.lengths_out[left.bit_length() if line["kept"] else 0] += 1
        sums = found.sources.setdefault(source or "", [0, 0, 0])
        sums[0] += 1
        sums[1] += chars
        sums[2] += left if line["kept"] else 0
        if line["kept"]:
            found.mined.offer(number, (shard, doc))
        if line["encoding"] not in PLAIN and not line["encoding"].startswith("utf"):
            found.legacy.offer(number, (shard, line))
        if line["translated_score"] is not None:
            found.scored.offer(line["translated_score"], doc, (shard, line))
        _losses(found, shard, line)
    return about


def _losses(found: Collected, shard: int, line: DocumentLine) -> None:
    """Count what was not written, and what lost much."""
    lost = line["chars_in"] - line["chars_out"]
    if line["kept"] and line["chars_in"] >= LEAST and lost > LOST * line["chars_in"]:
        found.lost_count += 1
        found.lost.offer(lost / line["chars_in"], line["doc"], (shard, line))
    if line["aside"]:
        found.aside_count += 1
        if len(found.aside) < LISTED:
            found.aside.append(line)
    elif not line["kept"]:
        found.emptied_count += 1
        if len(found.emptied) < LISTED:
            found.emptied.append(line["doc"])


_NOWHERE: Final = _About(-2, None, 0)


class _Now:
    """The document whose edits go by: how much of it changed, and by which steps."""

    def __init__(self, found: Collected, shard: int) -> None:
        self._found, self._shard = found, shard
        self.doc: str | None = None
        self.amount = 0
        self.steps: set[str] = set()

    def begin(self, doc: str | None) -> None:
        """End a document and begin another one."""
        if self.doc is not None:
            place = self._shard, self.doc
            self._found.changed_count += 1
            self._found.touched.update(self.steps)
            self._found.changed.offer(self.amount, self.doc, place)
            self._found.some.offer(drawn(self.doc.encode("utf-8", "surrogatepass")), place)
        self.doc, self.amount = doc, 0
        self.steps = set()


def _edits(
    found: Collected, shard: int, lines: Iterator[tuple[int, EditLine]], about: dict[str, _About]
) -> None:
    now = _Now(found, shard)
    whose = _NOWHERE
    for number, line in lines:
        if line["doc"] != now.doc:
            now.begin(line["doc"])
            whose = about.get(line["doc"], _NOWHERE)
        old, new, step = line["old"], line["new"], line["step"]
        tally = found.edits.get((step, line["rule"]))
        if tally is None:
            tally = found.edits[step, line["rule"]] = Tally()
        _count(tally, number, whose, (shard, line), old, new)
        before, after = len(old), len(new)
        tally.removed += max(0, before - after)
        tally.added += max(0, after - before)
        now.amount += max(before, after)
        now.steps.add(step)
        if step == "linebreaks":
            found.joins.offer(number, (shard, line))
        elif step != "dedup" and before - after >= SEVERAL:
            _doubts(found, number, (shard, line), whose.chars)
    now.begin(None)


def _count(
    tally: Tally, number: int, whose: _About, hit: tuple[int, EditLine | FlagLine], old: str, new: str
) -> None:
    """Count one hit of a rule, with its text and its document."""
    tally.count += 1
    tally.hits.offer(number, hit)
    text = old.strip()
    if tally.texts.see((text[:SHOWN], new.strip()[:SHOWN]) if text else (old[:SHOWN], new[:SHOWN])):
        whole = f"{text}\0{new.strip()}" if text else f"{old}\0{new}"
        tally.distinct.see(drawn(whole.encode("utf-8", "surrogatepass")))
    if tally.last != whose.number:
        tally.last = whose.number
        tally.documents += 1
        if whose.source is not None:
            tally.sources.see(drawn(whose.source.encode("utf-8", "surrogatepass")))
            tally.home = min(tally.home or whose.source, whose.source)


def _doubts(found: Collected, number: int, hit: tuple[int, EditLine], chars: int) -> None:
    """Draw removals that are long, or that are in the midst of their document."""
    line = hit[1]
    text = line["old"].strip()
    if line["new"].strip():
        return  # it was replaced
    if len(text) >= LONG and found.long.wants(len(text)):
        found.long.offer(len(text), f"{line['rule']} {text[:SHOWN]}", hit)
    if chars >= LEAST:
        place = line["source_start"] / chars
        if AMID[0] <= place <= AMID[1] and found.amid.wants(number) and text.count(" ") + 1 >= SEVERAL:
            found.amid.offer(number, hit)


def _flags(
    found: Collected, shard: int, lines: Iterator[tuple[int, FlagLine]], about: dict[str, _About]
) -> None:
    for number, line in lines:
        tally = found.flags.setdefault((line["severity"], line["rule"]), Tally())
        _count(tally, number, about.get(line["doc"], _NOWHERE), (shard, line), line["text"], "")


def _duplicates(found: Collected, lines: Iterator[tuple[int, DuplicateLine]]) -> None:
    for number, line in lines:
        kind = line["kind"]
        found.duplicates[kind] += 1
        found.within += line["doc"] == line["kept_doc"] and line["kept_corpus"] is None
        found.clusters.see(number, line)
        if kind == "exact":
            continue
        found.varied.see(number, line)
        found.differs.update(line["differs"])
        if kind == "near":
            found.similarities[min(BINS - 1, int(line["similarity"] * BINS + 1e-9))] += 1
            if line["action"] == "remove" and found.close.wants(-line["similarity"]):
                found.close.offer(-line["similarity"], f"{line['doc']} {line['source_start']:09d}", line)
            if line["action"] == "remove" and CONTENT.intersection(line["differs"]):
                found.unlike.offer(number, line)
