"""JSON Lines in, JSON Lines out: each document is cleaned on its own, by as many workers as there are, in order.

Memory holds some batches of records for each worker, and no record of more than `limits.document_bytes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from cleaner.audit.raw import RawWriter, raw_name
from cleaner.audit.records import QUARANTINE, QuarantineLine
from cleaner.audit.trail import part_name
from cleaner.engines.local import LocalEngine
from cleaner.errors import QuarantineError, UsageError
from cleaner.formats import jsontext
from cleaner.formats.format import Entry
from cleaner.formats.jsonl import read_line, render
from cleaner.model import Document
from cleaner.run.guard.reading import KILLED, too_large
from cleaner.run.stages import cleaner_for
from cleaner.settings import Settings

BATCH: Final = 1 << 16
"""Bytes of records that a worker is given at once."""
READ: Final = 1 << 18
"""Bytes that are read at once, if there are so many."""
ALONE: Final = 1 << 21
"""Bytes that this process cleans before it starts workers, unless it is told how many."""


class Batch(NamedTuple):
    """Consecutive records, the number of the first one from 1, where it begins, and why none of them is cleaned."""

    number: int
    start: int
    lines: tuple[bytes, ...]
    reason: str = ""


class Broken(NamedTuple):
    """A record that is left out: its number, where it begins, its bytes, and why."""

    number: int
    start: int
    raw: bytes
    reason: str


class Cleaned(NamedTuple):
    """What is written of a batch, and what is left out."""

    data: bytes
    broken: tuple[Broken, ...] = ()


# ---------------------------------------------------------------- reading


def batches(
    read: Callable[[int], bytes], *, size: int = BATCH, most: int = Settings().limits.document_bytes
) -> Iterator[Batch]:
    r"""Cut what a stream gives into batches, as soon as it gives it; a record that is too large is given in pieces.

    >>> import io
    >>> [batch.lines for batch in batches(io.BytesIO(b"a\nb\nc").read1, size=3)]
    [(b'a\n', b'b\n'), (b'c',)]
    """
    number, start, rest, large = 1, 0, b"", ""
    while data := read(READ):
        *lines, rest = (rest + data).split(b"\n")
        for batch in _grouped([line + b"\n" for line in lines], number, start, size, large):
            yield batch
            number, start, large = number + len(batch.lines), batch.start + sum(map(len, batch.lines)), ""
        if large or len(rest) > most:
            large = large or too_large(len(rest), most).replace("it has", "it has more than")
            yield Batch(number, start, (rest,), large)
            start, rest = start + len(rest), b""
    if rest:
        yield Batch(number, start, (rest,), large)


def _grouped(lines: list[bytes], number: int, start: int, size: int, large: str) -> Iterator[Batch]:
    """Yield batches of lines; the first line is the end of a record that is too large, if there is such a one."""
    if large and lines:
        first, *lines = lines
        yield Batch(number, start, (first,), large)
        number, start = number + 1, start + len(first)
    group: list[bytes] = []
    held = 0
    for line in lines:
        group.append(line)
        held += len(line)
        if held >= size:
            yield Batch(number, start, tuple(group))
            number, start, group, held = number + len(group), start + held, [], 0
    if group:
        yield Batch(number, start, tuple(group))


# ---------------------------------------------------------------- cleaning


def clean_batch(settings: Settings, batch: Batch) -> Cleaned:
    r"""Clean the records of a batch.

    >>> clean_batch(Settings(steps=("encoding",)), Batch(1, 0, (b'{"text": "a  \\n"}\n', b"no\n"))).data
    b'{"text": "a\\n"}\n'
    """
    records = _records(batch)
    found = [(b"", batch.reason)] * len(records) if batch.reason else _outcomes(settings, records)
    broken = [
        Broken(record.number, record.start, record.lines[0], reason)
        for record, (_, reason) in zip(records, found, strict=True)
        if reason
    ]
    return Cleaned(b"".join([data for data, _ in found]), tuple(broken))


def _outcomes(settings: Settings, records: list[Batch]) -> list[tuple[bytes, str]]:
    """Return what to write of each record, and what is wrong with it; they are cleaned together."""
    entries = [_entry(settings, record) for record in records]
    docs = {
        number: Document(entry.key, entry.text, entry.id, source=entry.source)
        for number, entry in enumerate(entries)
        if entry.text is not None
    }
    cleaned = dict(zip(docs, cleaner_for(settings).clean_all(list(docs.values())), strict=True))
    return [_outcome(entry, cleaned.get(number)) for number, entry in enumerate(entries)]


def _entry(settings: Settings, record: Batch) -> Entry:
    """Read a record; one that is too large has no text, but a reason."""
    (line,) = record.lines
    entry = read_line(line, f"-:{record.number}", record.start, settings.fields)
    reason = too_large(len(line), settings.limits.document_bytes)
    return entry._replace(text=None, reason=reason, copy=b"") if reason else entry


def _outcome(entry: Entry, doc: Document | Exception | None) -> tuple[bytes, str]:
    """Return what to write of a record, and what is wrong with it; `doc` is its text after the steps, if it has one."""
    if doc is None:
        return entry.copy, entry.reason
    if isinstance(doc, QuarantineError):
        return b"", str(doc)
    if isinstance(doc, Exception):  # a bug in a step costs one record, not the stream
        return b"", f"internal error: {type(doc).__name__}: {doc}"
    return render(entry.layout, doc.text) if doc.kept else b"", ""


def clean_stream(
    batches: Iterable[Batch], settings: Settings, engine: LocalEngine, *, alone: int = ALONE
) -> Iterator[Cleaned]:
    """Clean batches in their order; this process does so with the first ones, until `alone` bytes were read."""
    waiting = iter(batches)
    function = partial(clean_batch, settings)
    done = 0
    while engine.jobs == 1 or done < alone:
        batch = next(waiting, None)
        if batch is None:
            return
        yield function(batch)
        done += sum(map(len, batch.lines))
    yield from engine.stream(function, waiting, split=_records, lost=_lost)


def _records(batch: Batch) -> list[Batch]:
    """Return each record of a batch as a batch."""
    start, found = batch.start, []
    for number, line in enumerate(batch.lines, batch.number):
        found.append(Batch(number, start, (line,)))
        start += len(line)
    return found


def _lost(batch: Batch) -> Cleaned:
    """Leave out a record that ended its worker."""
    return clean_batch(Settings(), batch._replace(reason=KILLED))


# ---------------------------------------------------------------- what is left out


@dataclass(slots=True)
class Kept:
    """Keeps records that are left out in a folder, as a run does: `quarantine-00000.jsonl` and `raw-00000.zst`."""

    folder: Path

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the files as they are: each record was written when it was left out."""

    def add(self, broken: Broken) -> None:
        """Keep the bytes of a record, then say where they are."""
        with (self.folder / raw_name(0)).open("ab") as stream:
            raw = RawWriter(stream).keep(broken.raw)
        end = broken.start + len(broken.raw)
        line: QuarantineLine = {
            "path": "-",
            "doc": f"-:{broken.number}",
            "inside": False,
            "byte_start": broken.start,
            "byte_end": end,
            "reason": broken.reason,
            "raw": [0, *raw],
        }
        with (self.folder / part_name(QUARANTINE, 0)).open("ab") as stream:
            stream.write(jsontext.dumps(line) + b"\n")


def check_trail(folder: Path) -> None:
    """Refuse a folder for what is left out that holds anything, before a record is read."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        message = f"{folder} is not an empty folder: choose a new one for --trail"
        raise UsageError(message)
