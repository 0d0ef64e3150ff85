"""What to doubt first: removals, joins, duplicates and encodings that are more often wrong than others.

Each kind says why it is doubted, and each entry has its document, the text in its context, and an exception
for `clean.yaml` that would bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from cleaner.audit.records import DocumentLine, DuplicateLine, EditLine
from cleaner.charsets.decode import encode
from cleaner.charsets.detect import runner_up
from cleaner.errors import CleanerError
from cleaner.report.collected import Collected, EditHit
from cleaner.report.exceptions import exception, exception_of_document
from cleaner.report.lookup import Example, Lookup, Read, Use, example, name
from cleaner.report.texts.marks import Piece, differences, shorten, visible

SHOWN: Final = 8
"""Entries of one kind."""
OF_ONE_RULE: Final = 2
PAIR: Final = 700
"""Characters that are shown of one of two passages."""
WEAK: Final = 2
"""Signs against a join from which on it is shown."""
FEW_WORDS: Final = 5
NARROW: Final = 8.0
"""Nats by which the chosen encoding is ahead of another one."""
EXCERPT: Final = 90


@dataclass(slots=True)
class Doubt:
    """One entry: document and line as `clean why` takes them, what is said, the text, the exception."""

    place: str
    said: str
    rule: str = ""
    text: tuple[Piece, ...] = ()
    other: tuple[Piece, ...] = ()
    where: str = ""
    """What `other` is."""
    exception: str = ""


@dataclass(slots=True)
class Doubts:
    """Asks for the documents of doubtful lines, and knows the entries when these have been read."""

    found: Collected
    lookup: Lookup
    limit: int = SHOWN
    _removals: dict[str, list[tuple[EditLine, Example]]] = field(default_factory=dict)
    _joins: list[tuple[int, Doubt]] = field(default_factory=list)
    _narrow: list[tuple[float, Doubt]] = field(default_factory=list)

    def ask(self) -> None:
        """Ask for the documents that have to be read."""
        for kind, hits in (("long", self.found.long.items()), ("amid", self.found.amid.items())):
            chosen = _varied(hits, self.limit)
            self._removals[kind] = [(line, example(self.lookup, shard, line)) for shard, line in chosen]
        for shard, join in self.found.joins.items():
            self.lookup.ask((shard, join["doc"]), self._judged_join(join))
        for shard, line in self.found.legacy.items():
            self.lookup.ask((shard, line["doc"]), self._judged_encoding(line))

    def _judged_join(self, line: EditLine) -> Use:
        def judge(read: Read) -> None:
            left, right = beside(read.texts.source, line["source_start"], line["source_end"])
            signs = list(against(left, right, line["old"]))
            if len(signs) >= WEAK and any(map(str.isalnum, left)):
                self._joins.append((len(signs), _join(line, left, right, signs)))

        return judge

    def _judged_encoding(self, line: DocumentLine) -> Use:
        def judge(read: Read) -> None:
            doubt = _encoding(line, read.texts.source)
            if doubt:
                self._narrow.append(doubt)

        return judge

    def removals(self, kind: str) -> list[Doubt]:
        """Return what rules removed, of one kind: `long` or `amid`."""
        return [
            Doubt(
                found.place,
                found.note or f"{len(line['old'].strip()):,} characters",
                name(line["rule"]),
                found.pieces,
                exception=exception(line["rule"], line["doc"], line["old"]),
            )
            for line, found in self._removals.get(kind, ())
        ]

    def losses(self) -> list[Doubt]:
        """Return the documents that lost most of their characters."""
        lost = [line for _, line in self.found.lost.items()[: self.limit]]
        return [
            Doubt(
                name(line["doc"]),
                f"lost {1 - line['chars_out'] / line['chars_in']:.0%}: "
                f"{line['chars_in']:,} → {line['chars_out']:,} characters",
                exception=exception_of_document(("boilerplate/*", "dedup/*"), line["doc"]),
            )
            for line in lost
        ]

    def close(self) -> list[Doubt]:
        """Return the least similar duplicates that were removed."""
        return [_pair(line) for line in self.found.close.items()[: self.limit]]

    def unlike(self) -> list[Doubt]:
        """Return removed duplicates that differ in a number, a negation or a name."""
        return [_pair(line) for line in self.found.unlike.items()[: self.limit]]

    def joins(self) -> list[Doubt]:
        """Return joins that most speaks against."""
        ordered = sorted(self._joins, key=lambda entry: (-entry[0], entry[1].place))
        return [doubt for _, doubt in ordered[: self.limit]]

    def encodings(self) -> list[Doubt]:
        """Return the narrowest decisions about encodings."""
        ordered = sorted(self._narrow, key=lambda entry: (entry[0], entry[1].place))
        return [doubt for _, doubt in ordered[: self.limit]]


def _varied(hits: Iterable[EditHit], limit: int) -> list[EditHit]:
    """Return the first hits, few of any one rule."""
    chosen: list[EditHit] = []
    for hit in hits:
        same = sum(other["rule"] == hit[1]["rule"] for _, other in chosen)
        if same < OF_ONE_RULE and len(chosen) < limit:
            chosen.append(hit)
    return chosen


def beside(text: str, start: int, end: int) -> tuple[str, str]:
    r"""Return the lines, or what there is of them, before and after a break.

    >>> beside("one\n\ntwo\nthree", 3, 5)
    ('one', 'two')
    """
    left = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    return left.strip(), text[end : stop if stop >= 0 else len(text)].strip()


def against(left: str, right: str, gap: str) -> Iterator[str]:
    r"""Yield what speaks against joining two lines.

    >>> list(against("Opening hours", "The museum is closed today.", "\n"))
    ['the next line begins with a capital', 'the line before has few words']
    """
    first = right.lstrip("“‘\"'«„([")[:1]
    if first.isupper():
        yield "the next line begins with a capital"
    elif first.isdigit():
        yield "the next line begins with a number"
    if len(left.split()) < FEW_WORDS:
        yield "the line before has few words"
    if left[-1:] in tuple(".!?:;…"):
        yield "the line before ends in a mark"
    if gap.count("\n") > 1:
        yield "a blank line is between the two"


def _join(line: EditLine, left: str, right: str, signs: Sequence[str]) -> Doubt:
    text = (
        Piece("same", visible(left[-EXCERPT:])),
        Piece("hit", "↵"),
        Piece("same", f" {visible(right[:EXCERPT])}"),
    )
    said = f"{'; '.join(signs)}; joined because: {line['note']}" if line["note"] else "; ".join(signs)
    gap = line["old"] if line["old"].strip() else line["old"].replace("\r", "")
    known = exception(line["rule"], line["doc"], f"{left.removesuffix(gap.strip())[-60:]}{gap}{right[:40]}")
    return Doubt(name(line["doc"]), name(said), name(line["rule"]), text, exception=known)


def _encoding(line: DocumentLine, source: str) -> tuple[float, Doubt] | None:
    """Return how narrowly an encoding was chosen, if it was; and the first line that would read otherwise."""
    try:
        data = encode(source, line["encoding"])
        rival = runner_up(data, line["encoding"])
        if rival is None or rival[1] >= NARROW:
            return None
        other = data.decode(rival[0])
    except (CleanerError, UnicodeError, LookupError):
        return None
    pair = next(
        (pair for pair in zip(source.split("\n"), other.split("\n"), strict=False) if pair[0] != pair[1]),
        None,
    )
    if pair is None:
        return None
    left, right = differences(shorten(pair[0], PAIR), shorten(pair[1], PAIR))
    said = f"read as {line['encoding']}, ahead of {rival[0]} by {rival[1]:.1f} nats"
    return rival[1], Doubt(name(line["doc"]), said, "", left, right, f"as {rival[0]}")


def _pair(line: DuplicateLine) -> Doubt:
    left, right = differences(shorten(line["text"], PAIR), shorten(line["kept_text"], PAIR))
    what = f", differs in: {', '.join(line['differs'])}" if line["differs"] else ""
    return Doubt(
        place=name(line["doc"]),
        said=f"similarity {line['similarity']:.3f}{what}",
        rule=f"dedup/{line['kind']}",
        text=left,
        other=right,
        where=f"kept in {name(line['kept_doc'])}",
        exception=exception("dedup/*", line["doc"], line["text"]),
    )
