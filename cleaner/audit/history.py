"""The history of one document or of one line of it, told from the audit trail: what `clean why` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from cleaner.audit.changed_lines import Lines, changed_lines
from cleaner.audit.raw import read_raw
from cleaner.audit.rebuild import Finished, State, document_states
from cleaner.audit.records import (
    DOCUMENTS,
    DUPLICATES,
    FLAGS,
    INPUTS,
    QUARANTINE,
    DocumentLine,
    DuplicateLine,
    EditLine,
    FlagLine,
)
from cleaner.audit.trail import look_up, read_all, read_part
from cleaner.errors import UsageError
from cleaner.lines import line_spans


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to lines of a source (their numbers, from 0), and how it is told."""

    lines: frozenset[int]
    at: int
    """Where it begins in the source."""
    told: tuple[str, ...]

    def lines_told(self) -> tuple[str, ...]:
        """Return what is told, each as one line; a text in it may hold line ends, which are not shown as such."""
        numbers = sorted({min(self.lines) + 1, max(self.lines) + 1}) if self.lines else []
        where = f"line{'s' * (len(numbers) > 1)} {'–'.join(map(str, numbers))}: " if numbers else ""
        return (f"  {where}{self.told[0]}", *(f"    {more}" for more in self.told[1:]))


def history(finished: Finished, place: str) -> Iterator[str]:
    """Tell what happened at `DOC` or `DOC:LINE`; UsageError when there is no such place."""
    shard, document, number = _find(finished, place)
    states = document_states(finished, shard, document)
    source = states[0].text
    if number is None:
        yield from _about(document)
    else:
        lines = line_spans(source)
        if not 1 <= number <= len(lines):
            message = f"{document['doc']} has {len(lines)} lines, there is no line {number}"
            raise UsageError(message)
        yield f"{document['doc']}:{number}: {source[slice(*lines[number - 1])]}"
        yield from protection(source, number - 1)
        if document["aside"]:
            yield f"  the document was set aside: {document['aside']}"
    found = sorted(events(finished, shard, document, states), key=lambda event: event.at)
    shown = [event for event in found if number is None or number - 1 in event.lines]
    for event in shown:
        yield from event.lines_told()
    if number is not None and shown and document["kept"]:
        yield from outcome(states, number - 1)
    if not (shown or (number is not None and document["aside"])):
        yield "  nothing was changed or flagged"


def outcome(states: Sequence[State], line: int) -> Iterator[str]:
    """Tell what became of a line of the source, if it is no longer what it was."""
    lines, final = Lines(states[0].text), states[-1].text
    for state, after in pairwise(states):
        for _ in lines.revise(state.text, state.edits, after.text):
            pass
    start, end = lines.place(line) or (0, 0)
    if not final[start:end].strip():
        yield "  nothing of it is left in the output"
        return
    stop = final.find("\n", start)
    text = final[final.rfind("\n", 0, start) + 1 : stop if stop >= 0 else len(final)]
    if text != states[0].text[slice(*line_spans(states[0].text)[line])]:
        yield f"  in the output, line {final.count(chr(10), 0, start) + 1}: {text}"


def outputs_of(finished: Finished, place: str) -> Iterator[str]:
    """Yield the outputs that a document may be in: those of the inputs with whose path `DOC[:LINE]` begins."""
    for line in read_all(finished.audit, INPUTS, finished.shards):
        if line["output"] and place.startswith(line["path"]):
            yield line["output"]


def protection(source: str, line: int) -> Iterator[str]:
    r"""Tell what a line of a source is part of, if it is protected.

    >>> list(protection("Look:\n\n```\na = 1\n```\n", 3)), list(protection("It rained.", 0))
    (['  protected text: code, lines 3–5'], [])
    """
    from cleaner.protected import protect  # half of what there is to import, for lines alone

    block = protect(source).block_at(line)
    if block:
        yield f"  protected text: {block.kind}, lines {block.first + 1}–{block.stop}"


def _find(finished: Finished, place: str) -> tuple[int, DocumentLine, int | None]:
    """Return shard and line of a document in the trail, and the number of a line when the place names one."""
    head, _, tail = place.rpartition(":")
    wanted = {place: None} | ({head: int(tail)} if head and tail.isascii() and tail.isdigit() else {})
    for find in (_looked_up, _searched):
        for doc, number in wanted.items():  # the whole place first: it may be a record
            found = find(finished, doc)
            if not found and number is None and is_file(finished, doc):
                found = _searched(finished, doc)
            if found:
                return *found, number
    for piece in read_all(finished.audit, QUARANTINE, finished.shards):
        if place in (piece["path"], piece["doc"]):
            message = f"{place} is in quarantine: {piece['reason']}"
            raise UsageError(message)
    message = f"{place}: no such document; a document is named by its path in the source, a record PATH:N"
    raise UsageError(message)


def _looked_up(finished: Finished, doc: str) -> tuple[int, DocumentLine] | None:
    """Return shard and line of a document if it is where the order of the trail has it."""
    for shard in range(finished.shards):
        for line in look_up(finished.audit, DOCUMENTS, shard, doc):
            return shard, line
    return None


def _searched(finished: Finished, doc: str) -> tuple[int, DocumentLine] | None:
    """Return shard and line of a document wherever it is."""
    for shard in range(finished.shards):
        for line in read_part(finished.audit, DOCUMENTS, shard, {doc}):
            return shard, line
    return None


def is_file(finished: Finished, path: str) -> bool:
    """Tell whether an input file has this name, which may look like that of a record or of a line."""
    shards = range(finished.shards)
    return any(True for k in shards for _ in read_part(finished.audit, INPUTS, k, {path}, field="path"))


def _about(document: DocumentLine) -> Iterator[str]:
    """Describe a document as a whole."""
    fate = "kept" if document["kept"] else "nothing of it is left, it was not written"
    if document["aside"]:
        fate = f"set aside, it was not written: {document['aside']}"
    yield f"{document['doc']}: {fate}; language {document['language']}, encoding {document['encoding']}"
    yield (
        f"  characters {document['chars_in']:,} -> {document['chars_out']:,}, "
        f"passages {document['passages_in']:,} -> {document['passages_out']:,}"
    )


def events(
    finished: Finished, shard: int, document: DocumentLine, states: Sequence[State]
) -> Iterator[Event]:
    """Yield everything that the trail holds about a document; `states` are its texts, the source first."""
    doc, source = (document["doc"],), states[0].text
    duplicates = list(read_part(finished.audit, DUPLICATES, shard, doc))
    yield from _changes(states, duplicates)
    for duplicate in duplicates:
        if duplicate["action"] == "flag":
            yield _there(source, duplicate, _duplicate(duplicate))
    for flag in read_part(finished.audit, FLAGS, shard, doc):
        yield _there(source, flag, (_flag(flag),))
    yield from _undecodable(finished, shard, document)


def _changes(states: Sequence[State], duplicates: Sequence[DuplicateLine]) -> Iterator[Event]:
    """Yield what was changed; edits that remove a duplicate are told as one, with what was kept for it."""
    source = states[0].text
    revisions = [(state.edits, after.text) for state, after in pairwise(states)]
    removed: dict[int, set[int]] = {}
    for edit, lines in changed_lines(source, revisions):
        found = [k for k, duplicate in enumerate(duplicates) if _takes_out(edit, duplicate)]
        for k in found:
            removed.setdefault(k, set()).update(lines)
        if not found:
            yield _event(source, edit["source_start"], lines, (_edit(edit),))
    for k, numbers in removed.items():
        yield _event(source, duplicates[k]["source_start"], numbers, _duplicate(duplicates[k]))


def _takes_out(edit: EditLine, duplicate: DuplicateLine) -> bool:
    """Tell whether an edit removes part of a removed duplicate."""
    return (
        duplicate["action"] == "remove"
        and edit["revision"] == duplicate["revision"]
        and edit["start"] < duplicate["end"]
        and duplicate["start"] < edit["end"]
    )


def _event(source: str, start: int, lines: Sequence[int] | set[int], told: tuple[str, ...]) -> Event:
    """Return an event; what changed no line as such, like the end of the last one, is told of the line it is at."""
    return Event(frozenset(lines) or frozenset({source.count("\n", 0, start)}), start, told)


def _there(source: str, line: DuplicateLine | FlagLine, told: tuple[str, ...]) -> Event:
    """Return an event at the source lines of its text."""
    start, end = line["source_start"], line["source_end"]
    first = source.count("\n", 0, start)
    last = first + source[start:end].rstrip("\n").count("\n")
    return Event(frozenset(range(first, last + 1)), start, told)


def _undecodable(finished: Finished, shard: int, document: DocumentLine) -> Iterator[Event]:
    """Yield the bytes of a document that could not be decoded, which its text is without."""
    for piece in read_part(finished.audit, QUARANTINE, shard):
        if piece["inside"] and piece["doc"] == document["doc"]:
            start, end, raw = piece["byte_start"], piece["byte_end"], document["raw"]
            told = f"in quarantine: {piece['reason']}"
            if end > start and raw:
                before = read_raw(finished.audit, raw)[: start - document["byte_start"]]
                yield Event(
                    frozenset({_lines(before, document["encoding"])}),
                    0,
                    (f"bytes {start}–{end - 1} are {told}",),
                )
            else:
                yield Event(frozenset(), 0, (f"bytes of it are {told}",))


def _lines(data: bytes, encoding: str) -> int:
    r"""Count the line ends in bytes of an encoding.

    >>> _lines("a\nb\n".encode("utf-16-le"), "utf-16-le"), _lines(b"a\n\xff", "utf-8")
    (2, 1)
    """
    wide = encoding.startswith(("utf-16", "utf-32"))
    return data.decode(encoding if wide else "latin-1", "ignore").count("\n")


def _edit(line: EditLine) -> str:
    old, new = line["old"], line["new"]
    what = (
        f"changed “{old}” to “{new}”" if old and new else f"inserted “{new}”" if new else f"removed “{old}”"
    )
    return f"{line['step']}: {what} by {line['rule']}" + (f" ({line['note']})" if line["note"] else "")


def _flag(line: FlagLine) -> str:
    better = f"; better: {line['suggestion']}" if line["suggestion"] else ""
    return f"flagged by {line['rule']} ({line['severity']}): “{line['text']}”: {line['message']}{better}"


def _duplicate(line: DuplicateLine) -> tuple[str, ...]:
    where = f"{line['kept_corpus']}/{line['kept_doc']}" if line["kept_corpus"] else line["kept_doc"]
    if line["shared"] is not None:
        return _overlap(line)
    done = "removed as" if line["action"] == "remove" else "flagged as"
    head = f"dedup: {done} {line['kind']} duplicate of {where} (similarity {line['similarity']:.3f})"
    if line["differs"]:
        head += f", differs in: {', '.join(line['differs'])}"
    if line["text"] == line["kept_text"]:
        return head, f"both: {line['text']}"
    removed, kept = marked(line["text"], line["kept_text"])
    return head, f"removed: {removed}", f"kept:    {kept}"


def _overlap(line: DuplicateLine) -> tuple[str, ...]:
    done = "removed" if line["action"] == "remove" else "flagged"
    where = f"{line['kept_doc']} of the evaluation set {line['kept_corpus']}"
    head = f"dedup: {done}, as it repeats {where} ({line['kind']}, {line['shared']} tokens in a row)"
    return head, f"{done}: {line['text']}", f"the set: {line['kept_text']}"


def marked(one: str, other: str) -> tuple[str, str]:
    """Mark in each of two texts the words that the other does not have.

    >>> marked("12 people were hurt", "40 people were badly hurt")
    ('[12] people were hurt', '[40] people were [badly] hurt')
    """
    words = (one.split(), other.split())
    shown: tuple[list[str], list[str]] = ([], [])
    for op, i1, i2, j1, j2 in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        for side, text in enumerate((" ".join(words[0][i1:i2]), " ".join(words[1][j1:j2]))):
            if text:
                shown[side].append(text if op == "equal" else f"[{text}]")
    return " ".join(shown[0]), " ".join(shown[1])
