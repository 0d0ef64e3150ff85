"""What `clean check` finds: one value for each change, flag, duplicate and piece of input that cannot be processed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from cleaner.audit.records import DuplicateLine, EditLine, FlagLine
from cleaner.audit.trail import duplicate_line, edit_lines, flag_lines
from cleaner.cli import printable
from cleaner.cli.show import shorten
from cleaner.model import Document
from cleaner.run.entries import Held, Refused, StateEntry

Severity: TypeAlias = Literal["change", "info", "warn", "error"]
QUARANTINE: Final = "quarantine"
"""What stands for a rule where input cannot be processed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The passage that a duplicate repeats: its document, and its line when that is known."""

    doc: str
    line: int | None
    similarity: float
    kind: str
    differs: tuple[str, ...]
    corpus: str | None = None
    shared: int | None = None

    @property
    def place(self) -> str:
        """Return `DOC:LINE`, with the earlier output, or evaluation set, that holds it."""
        head = f"{self.corpus}/{self.doc}" if self.corpus else self.doc
        return head if self.line is None else f"{head}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Lines and columns count from 1 in the decoded source; 0 where there is no place in a text.

    `severity` is `change` for what is no flag; `old` and `new` are what a change takes and puts.
    """

    doc: str
    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    severity: Severity
    message: str
    old: str = ""
    new: str = ""
    kept: Kept | None = None

    @property
    def place(self) -> str:
        """Return `DOC:LINE:COLUMN`, or the document alone."""
        return f"{self.doc}:{self.line}:{self.column}" if self.line else self.doc


class Places:
    r"""Lines and columns of offsets in one text.

    >>> Places("ab\ncd").at(4)
    (2, 2)
    """

    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


LineOf: TypeAlias = Callable[[str, int], int | None]
"""Takes a document and an offset in its source; returns the line, None when it is not known."""


def findings(piece: StateEntry, line_of: LineOf = lambda doc, at: None) -> Iterator[Finding]:
    """Yield what there is to say about one piece of the corpus, by its place in the source."""
    if isinstance(piece, Refused):
        yield _refused(piece.key, piece.reason)
    elif isinstance(piece, Held):
        for start, end, reason, _ in piece.meta.undecodable:
            where = f"bytes {start}–{end - 1}: " if end > start else ""  # rows of Parquet have no bytes
            yield _refused(piece.doc.key, f"{where}{reason}")
        if piece.doc.trail or piece.doc.flags:
            duplicates = [duplicate_line(piece.doc.key, account.duplicate) for account in piece.accounts]
            yield from _Looked(piece.doc, duplicates, line_of).findings()


def _refused(key: str, reason: str) -> Finding:
    return Finding(key, 0, 0, 0, 0, QUARANTINE, "error", printable(reason))


class _Looked:
    """One document, looked at."""

    def __init__(self, doc: Document, duplicates: Sequence[DuplicateLine], line_of: LineOf) -> None:
        self._doc, self._line_of = doc, line_of
        self._source = doc.original()
        self._places = Places(self._source)
        self._removed = _by_revision(duplicates)
        self._flagged = {
            (line["source_start"], line["source_end"]): line
            for line in duplicates
            if line["action"] == "flag"
        }

    def findings(self) -> list[Finding]:
        """Return all findings in the order of their places."""
        found = [*self._changes(), *map(self._flag, flag_lines(self._doc))]
        return sorted(found, key=lambda finding: (finding.line, finding.column))

    def _changes(self) -> Iterator[Finding]:
        """Yield the changes; the edits that take a duplicate out are one."""
        told: set[int] = set()
        for edit in edit_lines(self._doc):
            duplicate = _taken_out(edit, self._removed)
            if duplicate is None:
                yield self._change(edit)
            elif id(duplicate) not in told:
                told.add(id(duplicate))
                yield self._duplicate(edit["rule"], duplicate)

    def _change(self, line: EditLine) -> Finding:
        start, end = begin(self._source, line), line["source_end"]
        old, new = shorten(line["old"]), shorten(line["new"])
        what = f"“{old}” -> “{new}”" if old and new else f"insert “{new}”" if new else f"remove “{old}”"
        message = what + (f" ({printable(line['note'])})" if line["note"] else "")
        return self._found(start, end, line["rule"], "change", message, old=line["old"], new=line["new"])

    def _duplicate(self, rule: str, line: DuplicateLine) -> Finding:
        kept = self._kept(line)
        message = f"remove “{shorten(line['text'])}”, {_repeats(kept)}"
        start, end = line["source_start"], line["source_end"]
        return self._found(start, end, rule, "change", message, old=line["text"], kept=kept)

    def _flag(self, line: FlagLine) -> Finding:
        better = f"; better: {printable(line['suggestion'])}" if line["suggestion"] else ""
        duplicate = self._flagged.get((line["source_start"], line["source_end"]))
        kept = self._kept(duplicate) if duplicate and line["rule"].startswith("dedup/") else None
        message = f"{line['severity']}: “{shorten(line['text'])}” ({printable(line['message'])}{better})"
        message += f", {_repeats(kept)}" if kept else ""
        start, end = line["source_start"], line["source_end"]
        return self._found(start, end, line["rule"], line["severity"], message, old=line["text"], kept=kept)

    def _kept(self, line: DuplicateLine) -> Kept:
        known = None if line["kept_corpus"] else self._line_of(line["kept_doc"], line["kept_source_start"])
        differs = tuple(line["differs"])
        return Kept(
            line["kept_doc"],
            known,
            line["similarity"],
            line["kind"],
            differs,
            line["kept_corpus"],
            line["shared"],
        )

    def _found(
        self,
        start: int,
        end: int,
        rule: str,
        severity: Severity,
        message: str,
        *,
        old: str,
        new: str = "",
        kept: Kept | None = None,
    ) -> Finding:
        end = max(start, end)
        return Finding(
            self._doc.key,
            *self._places.at(start),
            *self._places.at(end),
            rule,
            severity,
            message,
            old,
            new,
            kept,
        )


def _repeats(kept: Kept) -> str:
    """Say what a duplicate repeats.

    >>> _repeats(Kept("a.txt", 3, 0.8, "near", ("number",)))
    'which repeats a.txt:3 (near, similarity 0.800, differs in: number)'
    """
    if kept.shared is not None:
        where = f"{printable(kept.doc)} of the evaluation set {printable(kept.corpus or '')}"
        return f"which repeats {where} ({kept.kind}, {kept.shared} tokens in a row)"
    differs = f", differs in: {', '.join(kept.differs)}" if kept.differs else ""
    return f"which repeats {printable(kept.place)} ({kept.kind}, similarity {kept.similarity:.3f}{differs})"


def _by_revision(duplicates: Sequence[DuplicateLine]) -> dict[int, list[DuplicateLine]]:
    """Group the removed duplicates by the revision that they were removed in, by their place in its text."""
    found: dict[int, list[DuplicateLine]] = {}
    for line in sorted(duplicates, key=lambda line: (line["revision"], line["start"])):
        if line["action"] == "remove":
            found.setdefault(line["revision"], []).append(line)
    return found


def _taken_out(edit: EditLine, removed: Mapping[int, Sequence[DuplicateLine]]) -> DuplicateLine | None:
    """Return the duplicate that an edit removes, or removes a part of."""
    lines = removed.get(edit["revision"], ())
    k = bisect_right(lines, edit["end"] - 1, key=lambda line: line["start"]) - 1
    return lines[k] if k >= 0 and edit["start"] < lines[k]["end"] else None


def begin(source: str, line: EditLine) -> int:
    """Return where what an edit changes begins: a removed line, not the end of the line before that goes with it."""
    text = source[line["source_start"] : line["source_end"]]
    blank = len(text) - len(text.lstrip("\r\n"))
    return line["source_start"] + (blank if blank < len(text) else 0)
