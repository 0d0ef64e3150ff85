"""The stages of a run, each a function of one unit: what an engine maps over its workers.

    prepare    read the unit and apply the document steps
    digest     write what the survey of a step needs to know of the unit
    combine    decide what each unit is told: the only one that sees all units (`cleaner.run.surveys`)
    apply      tell the step what the corpus knows, and let the document steps look at what is kept
    publish    write outputs and the unit's part of the audit trail (`cleaner.run.publishing.publish`)

They talk through files only (`cleaner.run.state`), so any of them can run in any process, and a run
that was killed continues from those that exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cleaner.errors import QuarantineError
from cleaner.formats import jsontext
from cleaner.formats.exact import unprovable
from cleaner.formats.format import Entry
from cleaner.model import Document
from cleaner.pipeline import Pipeline
from cleaner.run.entries import Filler, Held, Meta, Refused, SegmentEnd, StateEntry, Undecodable, parse
from cleaner.run.guard.reading import Doing, Place, Refusal, UnreadableError, entries, too_large
from cleaner.run.state import Rewriting, StateReader, StateWriter
from cleaner.run.units import Unit
from cleaner.settings import Limits, Settings
from cleaner.steps import Step, named
from cleaner.steps.survey import Applied, Informer, Survey

if TYPE_CHECKING:
    from cleaner.steps.survey import Visit


TOGETHER: Final = 64
TOGETHER_BYTES: Final = 1 << 19
"""Documents that are cleaned together at most, and bytes from which on no more of them are added."""


@cache
def cleaner_for(settings: Settings) -> Pipeline:
    """Return the pipeline of a configuration, one in each process."""
    return Pipeline(settings)


@cache
def surveys_of(settings: Settings) -> dict[str, Survey]:
    """Return the surveys that stages ask, one of each in each process; what a run counts is in surveys of its own."""
    return new_surveys(settings)


def new_surveys(settings: Settings) -> dict[str, Survey]:
    """Return the surveys that the active steps and rules ask for, by step, in the order in which they are made.

    One whose knowledge does not outlive a change of the text comes last.
    """
    found: dict[str, Survey] = {}
    for step in map(named, settings.steps):
        if step.surveys:
            rules = cleaner_for(settings).rules.select(step.name, "und", settings.profile)
            survey = step.new_survey(rules, settings.against)
            if survey is not None:
                found[step.name] = survey
    return dict(sorted(found.items(), key=lambda item: not item[1].portable))


def passages(text: str) -> int:
    """Count the non-empty lines of a text."""
    return sum(map(bool, map(str.strip, text.split("\n"))))


# ---------------------------------------------------------------- prepare


def prepare(settings: Settings, unit: Unit, folder: Path, refused: tuple[Refusal, ...] = ()) -> int:
    """Read a unit, apply the document steps, and write its state to `folder`; return how many documents it has.

    What is `refused` is quarantined untried, and so is a segment that turns out not to be readable.
    """
    if folder.exists():
        return 0
    reasons = dict(refused)
    with Doing(folder) as doing:
        while True:
            try:
                documents = 0
                with StateWriter(folder) as writer:
                    for batch in _batches(_found(settings, unit, reasons, doing)):
                        documents += _write(settings, unit, batch, writer, doing)
                return documents
            except UnreadableError as error:
                reasons[Place(error.segment, 0)] = str(error)


def _found(
    settings: Settings, unit: Unit, reasons: Mapping[Place, str], doing: Doing
) -> Iterator[tuple[Place, Entry | SegmentEnd]]:
    """Yield what is in the segments of a unit by its place, each segment with its end."""
    for number, segment in enumerate(unit.segments):
        doing.note(number, 0)
        digest, size, count = hashlib.sha256(), 0, 0
        refused = reasons.get(Place(number, 0), "")
        try:
            for entry in entries(segment, settings.fields, refused, settings.limits.document_bytes):
                count += 1
                place = Place(number, count)
                doing.note(*place)
                digest.update(entry.raw)
                size += len(entry.raw)
                yield place, _admitted(entry, settings, reasons.get(place, ""))
        except UnreadableError as error:
            raise UnreadableError(str(error), number) from None
        yield Place(number, count + 1), SegmentEnd(digest.hexdigest(), size)


def _admitted(entry: Entry, settings: Settings, reason: str) -> Entry:
    """Return an entry, without the text of one that is quarantined untried."""
    if entry.text is None:
        return entry
    reason = reason or too_large(max(len(entry.raw), len(entry.text)), settings.limits.document_bytes)
    return entry._replace(text=None, reason=reason, copy=b"") if reason else entry


def _batches(
    found: Iterator[tuple[Place, Entry | SegmentEnd]],
) -> Iterator[dict[Place, Entry | SegmentEnd]]:
    """Put together, by their places, entries that are cleaned together: a few, and not too much text."""
    batch: dict[Place, Entry | SegmentEnd] = {}
    count = size = 0
    for place, piece in found:
        batch[place] = piece
        if isinstance(piece, SegmentEnd):
            continue
        count, size = count + 1, size + len(piece.raw)
        if count == TOGETHER or size >= TOGETHER_BYTES:
            yield batch
            batch, count, size = {}, 0, 0
    if batch:
        yield batch


def _write(
    settings: Settings,
    unit: Unit,
    batch: Mapping[Place, Entry | SegmentEnd],
    writer: StateWriter,
    doing: Doing,
) -> int:
    """Write what the documents of a batch become; return how many there are."""
    read = {place: piece for place, piece in batch.items() if isinstance(piece, Entry)}
    cleaner = cleaner_for(settings)
    cleaned = _cleaned(cleaner, unit, read, doing.note)
    for place, piece in batch.items():
        held = _hold(cleaner, piece, writer, *cleaned[place]) if isinstance(piece, Entry) else piece
        writer.add(held)
    return sum(entry.text is not None for entry in read.values())


def _hold(
    cleaner: Pipeline, entry: Entry, writer: StateWriter, doc: Document | None, reason: str
) -> StateEntry:
    """Return what is kept of what a reader found: its document after the steps, or why there is none."""
    if doc is None or entry.text is None:
        return _without_text(cleaner.settings, entry, reason, writer)
    limits = cleaner.settings.limits
    aside = _aside(limits, doc)
    meta = Meta(
        entry.start,
        entry.end,
        entry.encoding,
        entry.layout,
        len(entry.text),
        passages(entry.text),
        undecodable=tuple(
            Undecodable(start, end, why, writer.keep(entry.raw[start - entry.start : end - entry.start]))
            for start, end, why in entry.undecodable
        ),
        raw=writer.keep(entry.raw) if entry.keep_raw else None,
        drop=bool(aside) and limits.beyond == "drop",
    )
    return Held(meta, doc, aside=aside, learned=cleaner.learned(doc))


def _cleaned(
    cleaner: Pipeline, unit: Unit, batch: Mapping[Place, Entry], begin: Callable[[int, int], None]
) -> dict[Place, tuple[Document | None, str]]:
    """Return documents after their steps, by their places, or None and why there is none, if there is a reason.

    One that the steps fail on is quarantined, and so is one whose bytes could not be had back from what is
    about to be published.
    """
    docs = {
        place: Document(entry.key, entry.text, entry.id, source=entry.source, facts=entry.facts)
        for place, entry in batch.items()
        if entry.text is not None
    }
    places = list(docs)
    settled = cleaner.settle_all(list(docs.values()), lambda index: begin(*places[index]))
    found: dict[Place, tuple[Document | None, str]] = {}
    for place, doc in zip(places, settled, strict=True):
        begin(*place)
        if isinstance(doc, QuarantineError):
            found[place] = None, str(doc)
        elif isinstance(doc, Exception):  # a bug in a step costs one document, not the run
            found[place] = None, f"internal error: {type(doc).__name__}: {doc}"
        else:
            name = unit.segments[place.segment].file.format
            reason = unprovable(name, batch[place], doc, cleaner.settings.fields)
            found[place] = (None, reason) if reason else (doc, "")
    return {place: found.get(place, (None, entry.reason)) for place, entry in batch.items()}


def _without_text(settings: Settings, entry: Entry, reason: str, writer: StateWriter) -> Refused | Filler:
    """Keep the bytes of what is in quarantine, if there is a reason, or between documents."""
    kept = entry.raw and (settings.keep_raw or not entry.apart)
    raw = writer.keep(entry.raw) if kept else None
    copy = entry.copy.decode("utf-8", "surrogateescape") if entry.copy else None
    if reason:
        return Refused(entry.key, entry.start, entry.end, reason, raw, copy)
    return Filler(entry.start, entry.end, raw, copy)


def _aside(limits: Limits, doc: Document) -> str:
    """Say why a document is set aside; empty when it is not."""
    words = len(doc.text.split()) if limits.min_words else 0
    if words < limits.min_words:
        return f"{words} words are left, fewer than {limits.min_words}"
    score = next((fact.value for fact in doc.facts if fact.name == "translated_score"), None)
    if (
        limits.translated_score is not None
        and isinstance(score, int | float)
        and score > limits.translated_score
    ):
        return f"translated_score {score} is above {limits.translated_score}"
    return ""


# ---------------------------------------------------------------- digest and apply


def digest(settings: Settings, name: str, folder: Path, before: Path | None) -> None:
    """Write the digest of a unit for the survey of a step; `before` is an earlier state, digested."""
    surveys_of(settings)[name].digest(StateReader(folder), StateReader(before) if before else None)


def apply(
    settings: Settings,
    name: str,
    told: Any,
    unit: int,
    listed: Path,
    target: Path | None,
    number: int,
) -> Applied:
    """Tell a step what the corpus knows about the documents of a unit; the new state is written to `target`.

    `listed` is a file with the folders of all states as the survey saw them, or, for one that is portable, of
    later ones; `number` counts the rounds. With None as target nothing is written, and the first document that
    would change ends the look.
    """
    cleaner, step = cleaner_for(settings), named(name)
    states = _states(listed.resolve())  # a relative one may name another run later
    changed: set[int] = set()
    restless: set[int] = set()
    flagged: set[int] = set()
    state = StateReader(states[unit].folder)  # what it maps is let go of
    with (
        surveys_of(settings)[name].informed(told, unit, states, number) as informer,
        StateWriter(target) if target else nullcontext() as writer,
    ):
        after = Rewriting(state, writer) if writer else None
        for index in filter(informer.concerns, range(len(state))):
            found = _visited(cleaner, step, informer, parse(state.line(index), state.text(index)))
            if found is None:
                continue
            held, changes, rests = found
            (changed if changes else flagged).add(index)
            if not rests:
                restless.add(index)
            if after:
                after.replace(index, held)
            elif changes:
                break
        if after:
            after.take(len(state))
    return Applied(frozenset(changed), frozenset(restless), frozenset(flagged))


@lru_cache(maxsize=1)
def _states(listed: Path) -> tuple[StateReader, ...]:
    """Open the states that a file lists, once for all units of a round."""
    return tuple(StateReader(Path(folder)) for folder in jsontext.loads(listed.read_bytes()))


def _visited(cleaner: Pipeline, step: Step, informer: Informer, held: Held) -> tuple[Held, bool, bool] | None:
    """Return a document as it is after its step was told about it, whether that changed it, and whether it rested then.

    None: it is unchanged, and nothing was flagged.
    """
    if step.scope == "text":
        cleaner.recall(held.doc, held.learned)
    visit: Visit | None = informer.visit(held.doc, partial(cleaner.inform, held.doc, step))
    if visit is None or (visit.doc.text == held.doc.text and not visit.accounts):
        flagged = visit is not None and _remarks(visit.doc) != _remarks(held.doc)
        return (held._replace(doc=visit.doc), False, True) if flagged and visit else None
    if step.scope == "text":
        settled = visit.doc
    else:
        cleaner.recall(held.doc, held.learned, visit.doc)
        settled = _settled(cleaner, visit.doc)
    accounts = (*held.accounts, *visit.accounts)
    learned = cleaner.learned(settled)
    return Held(held.meta, settled, accounts, held.aside, learned), True, settled.text == visit.doc.text


def _remarks(doc: Document) -> tuple[object, object]:
    """Return what a step may add to a document that it does not change: flags, and which exceptions applied."""
    return doc.flags, doc.facts


def _settled(cleaner: Pipeline, doc: Document) -> Document:
    """Let the document steps look at what is kept; a document that they fail on now is left as it is."""
    try:
        return cleaner.settle(doc, flags=False)
    except QuarantineError:
        return doc
