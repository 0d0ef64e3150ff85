"""What the template is given: numbers, and chosen lines of the trail in the context of their documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath, PureWindowsPath

from cleaner.audit.errors import RebuildError
from cleaner.audit.rebuild import Finished, document_texts
from cleaner.audit.records import (
    DocumentLine,
    DuplicateLine,
    EditLine,
    FlagLine,
    QuarantineLine,
    Run,
    RunCounts,
)
from cleaner.lines import line_of
from cleaner.report.changes import CONTEXT, LONGEST, Hunk, changes, hunks, replacement
from cleaner.report.collect import BINS, LISTED, RULES, Changed, Chosen, Collected, Finding
from cleaner.report.figures import Bar, Histogram, Share, bars, histogram, shares
from cleaner.report.marks import Piece, after, before, changed, differences, shorten, visible

PAIR = 1_200
"""Characters that are shown of one duplicate."""
NAME = 200
"""Characters that are shown of a key or a message."""
SEVERITIES = ("error", "warn", "info")


@dataclass(frozen=True, slots=True)
class Example:
    """One edit or flag: document, line in its source (None when the text is not there), pieces, remark."""

    doc: str
    line: int | None
    pieces: tuple[Piece, ...]
    note: str


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with its counts and examples."""

    id: str
    count: int
    removed: int
    added: int
    bar: Bar
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The rules of one step or of one severity, those that found most first."""

    name: str
    count: int
    removed: int
    added: int
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A removed passage and the one that is kept."""

    doc: str
    kept_doc: str
    corpus: str
    similarity: str
    differs: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One of the documents that changed most."""

    doc: str
    line: DocumentLine
    edits: int
    hunks: tuple[Hunk, ...]
    more: int
    """Changes that are not shown."""


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
    shares: tuple[Share, ...]
    steps: tuple[Group, ...]
    severities: tuple[Group, ...]
    near: tuple[Pair, ...]
    exact: tuple[Pair, ...]
    within: int
    histogram: Histogram
    documents: tuple[DocumentView, ...]
    changed_count: int
    languages: tuple[tuple[str, int], ...]
    encodings: tuple[tuple[str, int], ...]
    emptied: tuple[str, ...]
    emptied_count: int
    aside: tuple[tuple[str, str], ...]
    aside_count: int
    quarantine: tuple[Quarantined, ...]
    quarantine_count: int
    skipped: tuple[str, ...]
    skipped_count: int


def build(finished: Finished, found: Collected) -> Report:
    """Look up the documents of what was chosen, and put everything on the page together."""
    context = _Context(finished, found)
    run = finished.run
    steps = _steps(found, run["configuration"]["steps"], context)
    verified = run["surveys"].get("dedup", {}).get("similarities", [0] * BINS)
    return Report(
        run=run,
        counts=run["counts"],
        shares=shares(run["counts"]["chars_in"], [(step.name, step.removed - step.added) for step in steps]),
        steps=steps,
        severities=_severities(found, context),
        near=tuple(_pair(line) for line in found.near),
        exact=tuple(_pair(line) for line in found.exact),
        within=found.within,
        histogram=histogram(verified, found.similarities),
        documents=tuple(
            context.documents[item.doc] for item in found.changed if item.doc in context.documents
        ),
        changed_count=found.changed_count,
        languages=_most(found.languages),
        encodings=_most(found.encodings),
        emptied=tuple(name(doc) for doc in found.emptied),
        emptied_count=found.emptied_count,
        aside=tuple((name(line["doc"]), name(str(line["aside"]))) for line in found.aside),
        aside_count=found.aside_count,
        quarantine=tuple(_quarantined(line) for line in found.quarantine),
        quarantine_count=found.quarantine_count,
        skipped=tuple(name(path) for path in run["skipped"][:LISTED]),
        skipped_count=len(run["skipped"]),
    )


class _Context:
    """The examples and documents of the page, made as the texts of documents go by, one at a time."""

    def __init__(self, finished: Finished, found: Collected) -> None:
        self._examples: dict[int, Example] = {}
        self.documents: dict[str, DocumentView] = {}
        self._asked: dict[str, list[EditLine | FlagLine]] = {}
        wanted: dict[int, set[str]] = {}
        edits = (pair for chosen in _shown(found.edits.values()) for pair in chosen.lines)
        flags = (pair for chosen in _shown(found.flags.values()) for pair in chosen.lines)
        for shard, line in chain[tuple[int, EditLine | FlagLine]](edits, flags):
            wanted.setdefault(shard, set()).add(line["doc"])
            self._asked.setdefault(line["doc"], []).append(line)
        changed_most = {item.doc: item for item in found.changed}
        for item in found.changed:
            wanted.setdefault(item.shard, set()).add(item.doc)
        try:
            for doc, source, final in document_texts(finished, wanted):
                for line in self._asked.get(doc, ()):
                    self._examples[id(line)] = _example(line, source, final)
                if doc in changed_most:
                    self.documents[doc] = _document(changed_most[doc], found.documents[doc], source, final)
        except (RebuildError, OSError, ValueError, KeyError, TypeError):
            return  # the output was changed since: the rest is shown without context

    def example(self, line: EditLine | FlagLine) -> Example:
        """Return the example that a chosen line became."""
        return self._examples.get(id(line)) or _example(line, None, None)


def _shown(rules: Iterable[Chosen[Finding]]) -> list[Chosen[Finding]]:
    return sorted(rules, key=lambda chosen: -chosen.count)[:RULES]


def _example(line: EditLine | FlagLine, source: str | None, final: str | None) -> Example:
    """Show one line of the trail; without its document, on its own."""
    pieces = _edit(line, source) if "old" in line else _flag(line, source, final)
    number = None if source is None else line_of(source, line["source_start"])
    return Example(name(line["doc"]), number, tuple(piece for piece in pieces if piece.text), _note(line))


def _note(line: EditLine | FlagLine) -> str:
    if "old" in line:
        return name(line["note"])
    suggestion = f"; better: {line['suggestion']}" if line["suggestion"] else ""
    return name(f"{line['message']}{suggestion}")


def _edit(line: EditLine, source: str | None) -> list[Piece]:
    pieces = replacement(line["old"], line["new"])
    if source is None:
        return pieces
    lead = before(source, line["source_start"], CONTEXT)
    return [
        Piece("same", visible(lead)),
        *pieces,
        Piece("same", visible(after(source, line["source_end"], CONTEXT))),
    ]


def _flag(line: FlagLine, source: str | None, final: str | None) -> list[Piece]:
    text, start, end = final, line["start"], line["end"]
    if start is None or end is None:
        text, start, end = source, line["source_start"], line["source_end"]
    mark = Piece("mark", changed(shorten(line["text"], LONGEST)))
    if text is None:
        return [mark]
    lead, rest = before(text, start, CONTEXT), after(text, end, CONTEXT)
    return [Piece("same", visible(lead)), mark, Piece("same", visible(rest))]


def _document(item: Changed, line: DocumentLine, source: str, final: str) -> DocumentView:
    found = changes(source, final, item.edits)
    shown = tuple(hunks(source, final, found))
    more = len(found) - sum(hunk.changes for hunk in shown)
    return DocumentView(name(item.doc), line, len(item.edits), shown, more)


def _steps(found: Collected, order: list[str], context: _Context) -> tuple[Group, ...]:
    return tuple(
        group for step in order if (group := _group(step, found.edits, found.edits.values(), context)).count
    )


def _severities(found: Collected, context: _Context) -> tuple[Group, ...]:
    groups = (_group(severity, found.flags, found.flags.values(), context) for severity in SEVERITIES)
    return tuple(group for group in groups if group.count)


def _group(
    key: str,
    rules: Mapping[tuple[str, str], Chosen[Finding]],
    everything: Iterable[Chosen[Finding]],
    context: _Context,
) -> Group:
    """Put the rules of one step or severity together; `everything` sets the scale of the bars."""
    shown = {id(chosen) for chosen in _shown(everything)}
    own = sorted(
        ((rule, chosen) for (first, rule), chosen in rules.items() if first == key),
        key=lambda pair: (-pair[1].count, pair[0]),
    )
    scale = bars(chosen.count for _, chosen in own)
    views = tuple(
        RuleView(
            name(rule),
            chosen.count,
            chosen.removed,
            chosen.added,
            bar,
            tuple(context.example(line) for _, line in chosen.lines) if id(chosen) in shown else (),
        )
        for (rule, chosen), bar in zip(own, scale, strict=True)
    )
    return Group(
        key,
        sum(view.count for view in views),
        sum(view.removed for view in views),
        sum(view.added for view in views),
        views,
    )


def _pair(line: DuplicateLine) -> Pair:
    text, kept = shorten(line["text"], PAIR), shorten(line["kept_text"], PAIR)
    left, right = differences(text, kept)
    return Pair(
        doc=name(line["doc"]),
        kept_doc=name(line["kept_doc"]),
        corpus=name(last_part(line["kept_corpus"] or "")),
        similarity=f"{line['similarity']:.3f}",
        differs=", ".join(line["differs"]),
        left=left,
        right=right,
    )


def last_part(path: str) -> str:
    r"""Return the last part of a path: what lies above it differs between machines.

    >>> last_part("/home/x/corpus/"), last_part("C:\\data\\corpus"), last_part("")
    ('corpus', 'corpus', '')
    """
    return PureWindowsPath(PurePosixPath(path).name).name


def _quarantined(line: QuarantineLine) -> Quarantined:
    size = line["byte_end"] - line["byte_start"]
    return Quarantined(name(line["doc"]), size, name(line["reason"]), line["raw"] is not None)


def _most(counter: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return tuple((name(key), count) for key, count in ordered[:LISTED])


def name(text: str) -> str:
    """Show a short text on one line."""
    return shorten(visible(text).replace("\n", "↵"), NAME)
