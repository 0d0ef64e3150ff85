"""The stages of a run, each a function of one shard (`match` of all): what an engine maps over its workers.

    prepare    read the shard and apply the document steps
    lines      hash its lines
    unrepeat   take out the lines that repeat across a source, and let the document steps look again
    sketch     digest its passages
    match      decide which passages of all shards go
    apply      take out what the corpus says is a duplicate, and let the document steps look again
               (module `removal`)
    publish    write its outputs and its part of the audit trail (module `publish`)

They talk through files only (`corpus.state`), so any of them can run in any process, and a run that
was killed goes on from those that are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.engines.memory import trim
from cleaner.errors import QuarantineError, UsageError
from cleaner.formats import jsontext
from cleaner.formats.format import Entry
from cleaner.formats.registry import FORMATS
from cleaner.model import Document
from cleaner.pipeline import Cleaner
from cleaner.run.shards import Shard
from cleaner.run.state import Held, StateReader, StateWriter, parse
from cleaner.settings import Limits, Settings

if TYPE_CHECKING:
    from cleaner.dedup.archive import Earlier
    from cleaner.dedup.deciding.corpus import Pins
    from cleaner.dedup.plan import Plan
    from cleaner.dedup.settings import Settings as DedupSettings
    from cleaner.dedup.table import PassageTable
    from cleaner.rules import Rule
    from cleaner.run.repeated_lines import Repeats


@cache
def cleaner_for(settings: Settings) -> Cleaner:
    """Return the pipeline of a configuration, one in each process."""
    return Cleaner(settings)


def passages(text: str) -> int:
    """Count the non-empty lines of a text."""
    return sum(map(bool, map(str.strip, text.split("\n"))))


# ---------------------------------------------------------------- prepare


def prepare(settings: Settings, shard: Shard, folder: Path) -> None:
    """Read a shard, apply the document steps, and write its state to `folder`."""
    if folder.exists():
        return
    cleaner = cleaner_for(settings)
    with StateWriter(folder) as writer:
        for number, segment in enumerate(shard.segments):
            digest, size = hashlib.sha256(), 0
            for entry in FORMATS[segment.file.format].read(segment, settings.fields):
                digest.update(entry.raw)
                size += len(entry.raw)
                writer.add(_hold(cleaner, entry, number, writer))
            writer.add(Held({"segment": number, "sha256": digest.hexdigest(), "size": size}))


def _hold(cleaner: Cleaner, entry: Entry, segment: int, writer: StateWriter) -> Held:
    """Apply the document steps to what a reader gave; a document that they fail on is quarantined."""
    meta: dict[str, Any] = {"key": entry.key, "segment": segment, "start": entry.start, "end": entry.end}
    if entry.undecodable:
        meta["undecodable"] = [
            (start, end, why, writer.keep(entry.raw[start - entry.start : end - entry.start]))
            for start, end, why in entry.undecodable
        ]
    reason = entry.reason
    if entry.text is not None:
        doc = Document(entry.key, entry.text, entry.id, source=entry.source, facts=entry.facts)
        try:
            doc = cleaner.annotate(cleaner.settle(doc))
        except QuarantineError as error:
            reason = str(error)
        except UsageError:
            raise
        except Exception as error:  # a bug in a step costs one document, not the run
            reason = f"internal error: {type(error).__name__}: {error}"
        else:
            if entry.keep_raw:
                meta["raw"] = writer.keep(entry.raw)
            meta |= {"encoding": entry.encoding, "layout": entry.layout}
            meta |= {"chars_in": len(entry.text), "passages_in": passages(entry.text)}
            limits = cleaner.settings.limits
            aside = _aside(limits, doc)
            if aside and limits.beyond == "drop":
                meta["drop"] = True
            return Held(meta, doc, aside=aside)
    if reason:
        meta["reason"] = reason
    if entry.copy:
        meta["copy"] = entry.copy.decode()
    if entry.raw and (cleaner.settings.keep_raw or not entry.apart):
        meta["raw"] = writer.keep(entry.raw)
    return Held(meta)


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


# ---------------------------------------------------------------- lines and unrepeat


def repeated_rule(settings: Settings) -> Rule | None:
    """Return the rule about lines that repeat across a source; None when it, or its step, is switched off."""
    from cleaner.steps.boilerplate.repeated import RULE

    if "boilerplate" not in settings.steps:
        return None
    return cleaner_for(settings).rules.select("boilerplate", "und", settings.profile).get(RULE)


def lines(settings: Settings, folder: Path) -> None:
    """Hash the lines of a shard's documents into `folder/lines`."""
    from cleaner.run.repeated_lines import lines_of

    target = folder / "lines"
    if repeated_rule(settings) and not (target / "done").exists():
        lines_of(_sourced(folder)).save(target)


def _sourced(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield source and text of every document of a state that has a source."""
    for line, text in StateReader(folder).lines():
        if text is None or (b'"source":null' in line and line.count(b'"source":') == 1):
            continue
        source = jsontext.loads(line)["doc"]["source"]
        if source is not None:
            yield source, text.decode("utf-8", "surrogatepass")


def unrepeat(settings: Settings, repeats: Path, folder: Path, target: Path | None) -> int:
    """Take out the lines that repeat and return the number of documents that changed.

    The new state goes to `target`; with None nothing is written, and 1 says that something would change.
    """
    rule = repeated_rule(settings)
    if rule is None:
        return 0
    from cleaner.run.repeated_lines import load_repeats
    from cleaner.steps.boilerplate.repeated import threshold

    known = load_repeats(repeats, threshold(rule))
    cleaner, changed = cleaner_for(settings), 0
    with StateWriter(target) if target else nullcontext() as writer:
        if writer:
            writer.copy_raw(folder / "raw.zst")
        for line, text in StateReader(folder).lines():
            held = _unrepeated(cleaner, known, parse(line, text)) if text is not None else None
            changed += held is not None
            if writer is None:
                if changed:
                    return changed
            elif held:
                writer.add(held)
            else:
                writer.copy(line, text)
    return changed


def _unrepeated(cleaner: Cleaner, known: Repeats, held: Held) -> Held | None:
    """Return a document without what repeats, settled again; None when that changes nothing."""
    doc = held.doc
    seen = known.of(doc.source, doc.text) if doc else None
    if doc is None or seen is None:
        return None
    try:
        settled = cleaner.settle(doc, flags=False, corpus={"boilerplate": seen})
    except QuarantineError:
        return None
    return replace(held, doc=settled) if settled.text != doc.text else None


# ---------------------------------------------------------------- sketch


def sketch(settings: Settings, folder: Path, before: Path | None) -> None:
    """Digest the passages of a shard into `folder/passages`; `before` is an earlier state, digested."""
    target = folder / "passages"
    if not (target / "done").exists():
        table_of(settings, folder, before).save(target)
        (target / "done").touch()


def table_of(settings: Settings, folder: Path, before: Path | None) -> PassageTable:
    """Return the passages of a state: as they were digested, or by an earlier state, or from its texts."""
    from cleaner.dedup.sketching.digest import digest
    from cleaner.dedup.table import Shard as Passages
    from cleaner.dedup.table import load

    if (folder / "passages" / "done").exists():
        return load(folder / "passages")
    state, parameters = StateReader(folder), dedup_settings(settings)
    earlier = Passages(load(before / "passages"), StateReader(before).texts) if before else None
    return digest(state.texts, state.bounds, parameters, before=earlier)


def match(
    settings: Settings, folders: Sequence[Path], pins: Pins, threads: int, against: Sequence[Earlier] = ()
) -> Plan:
    """Decide which passages of the corpus go, from the digests of all shards; no other stage runs meanwhile."""
    from cleaner.dedup.deciding.combine import combine
    from cleaner.dedup.table import Shard as Passages
    from cleaner.dedup.table import load

    tables = [Passages(load(folder / "passages"), StateReader(folder).texts) for folder in folders]
    plan = combine(tables, dedup_settings(settings), pins=pins, against=against, threads=threads)
    trim()
    return plan


def dedup_settings(settings: Settings) -> DedupSettings:
    """Return the parameters of deduplication in the active rules; UsageError when one is out of range."""
    from cleaner.steps.dedup import settings_from

    return settings_from(cleaner_for(settings).rules.select("dedup", "und", settings.profile))


def leave_sketches(
    settings: Settings, folder: Path, before: Path, path: Path, *, keys: Sequence[str]
) -> None:
    """Write the passages of the final state with their signatures, for later runs to compare with.

    `before` is the state that was digested last, `keys` are those of the documents.
    """
    from cleaner.dedup.archive import write

    table = table_of(settings, folder, before).matched()
    trim()
    write(path, table, StateReader(folder).texts, dedup_settings(settings), keys=keys)
    del table
    trim()
