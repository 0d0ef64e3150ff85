"""The history of one document or of one line of it, told from the audit trail: what `clean why` prints."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from cleaner.audit.rebuild import Finished, source_text
from cleaner.audit.trail import read_all
from cleaner.errors import UsageError
from cleaner.lines import line_spans
from cleaner.model import Span
from cleaner.steps import named


def history(finished: Finished, place: str) -> Iterator[str]:
    """Tell what happened at `DOC` or `DOC:LINE`, line by line; UsageError when there is no such place."""
    document, number = _find(finished, place)
    doc = document["doc"]
    source = source_text(finished, document)
    span: Span | None = None
    if number is not None:
        lines = line_spans(source)
        if not 1 <= number <= len(lines):
            message = f"{doc} has {len(lines)} lines, there is no line {number}"
            raise UsageError(message)
        span = lines[number - 1]
        yield f"{doc}:{number}: {source[span[0] : span[1]]}"
    else:
        yield from _about(document)
    found = sorted(_events(finished, doc, source), key=lambda event: event[0])
    shown = [line for where, lines in found if span is None or _touches(where, span) for line in lines]
    yield from shown or ["  nothing was changed or flagged"]


def _find(finished: Finished, place: str) -> tuple[dict[str, Any], int | None]:
    """Find the line of a document in the trail, and the number of a line when the place names one."""
    head, _, tail = place.rpartition(":")
    wanted = {place: None} | ({head: int(tail)} if head and tail.isascii() and tail.isdigit() else {})
    best: tuple[dict[str, Any], int | None] | None = None
    for line in read_all(finished.audit, "documents", finished.shards):
        if line["doc"] == place:
            return line, None
        if line["doc"] in wanted:
            best = line, wanted[line["doc"]]
    if best:
        return best
    for line in read_all(finished.audit, "quarantine", finished.shards):
        if place in (line["path"], line.get("doc")):
            message = f"{place} is in quarantine: {line['reason']}"
            raise UsageError(message)
    message = f"{place}: no such document; a document is named by its path in the source, a record PATH:N"
    raise UsageError(message)


def _about(document: dict[str, Any]) -> Iterator[str]:
    """Describe a document as a whole."""
    fate = "kept" if document["kept"] else "nothing of it is left, it was not written"
    yield f"{document['doc']}: {fate}; language {document['language']}, encoding {document['encoding']}"
    yield (
        f"  characters {document['chars_in']:,} -> {document['chars_out']:,}, "
        f"passages {document['passages_in']:,} -> {document['passages_out']:,}"
    )


def _events(finished: Finished, doc: str, source: str) -> Iterator[tuple[Span, list[str]]]:
    """Yield all that the trail says of a document: span in the source, and lines to print."""
    for line in _lines_of(finished, "edits", doc):
        if not named(line["step"]).accounts:
            yield _event(line, source, [_edit(line)])
    for line in _lines_of(finished, "duplicates", doc):
        yield _event(line, source, _duplicate(line))
    for line in _lines_of(finished, "flags", doc):
        text = f"flagged by {line['rule']} ({line['severity']}): “{line['text']}”: {line['message']}"
        if line["suggestion"]:
            text += f"; better: {line['suggestion']}"
        yield _event(line, source, [text])


def _lines_of(finished: Finished, kind: str, doc: str) -> Iterator[dict[str, Any]]:
    return (line for line in read_all(finished.audit, kind, finished.shards) if line["doc"] == doc)


def _event(line: dict[str, Any], source: str, texts: list[str]) -> tuple[Span, list[str]]:
    start, end = line["source_start"], line["source_end"]
    text = source[start:end]
    number = source.count("\n", 0, start + len(text) - len(text.lstrip())) + 1
    return (start, end), [f"  line {number}: {texts[0]}", *(f"    {more}" for more in texts[1:])]


def _edit(line: dict[str, Any]) -> str:
    what = f"removed “{line['old']}”" if not line["new"] else f"changed “{line['old']}” to “{line['new']}”"
    if not line["old"]:
        what = f"inserted “{line['new']}”"
    return f"{line['step']}: {what} by {line['rule']}" + (f" ({line['note']})" if line["note"] else "")


def _duplicate(line: dict[str, Any]) -> list[str]:
    where = f"{line['kept_corpus']}/{line['kept_doc']}" if line["kept_corpus"] else line["kept_doc"]
    done = "removed as" if line["action"] == "remove" else "flagged as"
    head = f"dedup: {done} {line['kind']} duplicate of {where} (similarity {line['similarity']:.3f})"
    if line["text"] == line["kept_text"]:
        return [head, f"both: {line['text']}"]
    removed, kept = marked(line["text"], line["kept_text"])
    return [head, f"removed: {removed}", f"kept:    {kept}"]


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


def _touches(where: Span, span: Span) -> bool:
    return where[0] < max(span[1], span[0] + 1) and span[0] < max(where[1], where[0] + 1)
