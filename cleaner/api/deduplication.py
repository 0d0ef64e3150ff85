"""Duplicates among the rows of a program: by the same comparison, with the same proof, as in `clean dedup`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from cleaner.api.configuration import ALONE, judged, with_options
from cleaner.api.rows import document_of
from cleaner.errors import UsageError
from cleaner.formats import jsontext
from cleaner.model import Document, DuplicateKind
from cleaner.settings import Settings

FILE = "rows.jsonl"
"""The file that the rows are kept in; a row is a line of it."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A passage that repeats one that is kept, and the proof.

    `row` counts the rows from 0, in the order in which they were added; `start:end` is where the passage stood in
    its text, `text` the passage. `kept_row` has the kept one, at `kept_start:kept_end`; of one that is in an earlier
    output, `kept_corpus` is that output as it was given, `kept_row` is None and `kept_key` the document there.
    `similarity` is the exact Jaccard similarity of their shingles; a near one `differs` in a number, a negation,
    a name, or otherwise. Of one that overlaps an evaluation set, `kept_corpus` is that set, and `shared` the tokens
    in a row that both have.
    """

    row: int
    start: int
    end: int
    text: str
    kept_row: int | None
    kept_corpus: str | None
    kept_key: str
    kept_start: int
    kept_end: int
    kept_text: str
    similarity: float
    kind: DuplicateKind
    differs: tuple[str, ...]
    shared: int | None = None


class Deduplicator:
    r"""Finds the passages of many rows that repeat another passage, and proves each; a context manager.

    Rows are texts, mappings with a text field, or Documents. They are kept in a file until the end of the
    `with` block, so that memory holds some hundred bytes for each passage and not the texts. What is compared, what
    is kept and what is removed is what `clean dedup` says of the same rows in a file of records.

    >>> same = "The ferry to the island has been cancelled again because of the storm and the high waves."
    >>> with Deduplicator() as rows:
    ...     [found] = rows.add(["Nothing.", same, f"News: none.\n{same}"]).duplicates()
    >>> found.row, found.kept_row, found.similarity, found.kind
    (2, 1, 1.0, 'exact')
    """

    def __init__(
        self,
        *,
        threshold: float | None = None,
        shingle: int | None = None,
        min_words: int | None = None,
        unit: str | None = None,
        keep: Literal["first", "longest"] | None = None,
        scope: Literal["corpus", "document"] | None = None,
        against: Sequence[str | PathLike[str]] = (),
        mode: Literal["similar", "contained", "overlap"] | None = None,
        against_fields: Sequence[str] = (),
        settings: Settings | None = None,
        jobs: int = 1,
    ) -> None:
        """Judge the options, which are those of `clean dedup`; None is the default.

        `against` are earlier outputs, or, with the modes `contained` and `overlap`, evaluation sets: files or folders
        in any format that is read, whose texts are in `against_fields`. What overlaps these is removed.

        Raises UsageError for an option that is wrong, before any row is read.
        """
        given = {"threshold": threshold, "shingle": shingle, "min_words": min_words}
        options = given | {"unit": unit, "keep": keep, "scope": scope}
        base = settings or ALONE
        base = Settings(
            steps=("dedup",),
            rules=base.rules,
            fields=base.fields,
            against=tuple(fspath(place) for place in against),
        )
        base = with_options(base, "dedup/near", options)
        evaluation = {"mode": mode, "fields": tuple(against_fields) or None}
        self._settings = judged(with_options(base, "dedup/evaluation", evaluation))
        self._jobs = jobs
        self._folder = tempfile.TemporaryDirectory(prefix="clean-rows-")
        self._shapes: list[type] = []
        self._stream = Path(self._folder.name, FILE).open("wb")  # noqa: SIM115 (closed with this object)

    def __enter__(self) -> Self:
        """Return the deduplicator itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the file of the rows."""
        self.close()

    def close(self) -> None:
        """Remove the file of the rows; nothing can be asked any more."""
        self._stream.close()
        self._folder.cleanup()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._shapes)

    def add(self, rows: Iterable[str | Mapping[str, Any] | Document]) -> Self:
        """Take rows, after those that were added before; a later row never displaces an earlier one.

        Raises UsageError for a row without a text, and for one with a field that JSON cannot say.
        """
        for row in rows:
            number = len(self._shapes)
            doc = document_of(row, f"row {number}", self._settings.fields)
            self._stream.write(self._line(row, doc, number))
            self._shapes.append(type(row) if isinstance(row, (str, Document)) else dict)
        return self

    def duplicates(self) -> Iterator[Repeat]:
        """Yield every passage that is removed, in the order of the rows, each with the one that is kept for it."""
        from cleaner.run.entries import Held

        for row, entry in self._settled():
            for account in entry.accounts if isinstance(entry, Held) else ():
                found, kept = account.duplicate, account.duplicate.kept
                yield Repeat(
                    row,
                    found.source_start,
                    found.source_end,
                    found.text,
                    _row_of(kept.doc) if kept.corpus is None else None,
                    kept.corpus,
                    kept.doc,
                    kept.source_start,
                    kept.source_end,
                    kept.text,
                    found.similarity,
                    found.kind,
                    found.differs,
                    found.shared,
                )

    def texts(self) -> Iterator[str | None]:
        """Yield the text of each row without its duplicates, in their order; None where nothing is left of it.

        >>> same = "The ferry to the island has been cancelled again because of the storm and the high waves."
        >>> with Deduplicator() as rows:
        ...     [text is None for text in rows.add([same, "", same]).texts()]
        [False, False, True]
        """
        from cleaner.run.entries import Held

        for _, entry in self._settled():
            yield entry.doc.text if isinstance(entry, Held) and entry.doc.kept else None

    def deduplicate(self, rows: Iterable[str | Mapping[str, Any] | Document] = ()) -> Iterator[Any]:
        """Add rows, and yield all rows without their duplicates; one of which nothing is left is left out.

        A row comes out in the shape in which it came in. `duplicates` says what was removed, and why.

        >>> same = "The ferry to the island has been cancelled again because of the storm and the high waves."
        >>> with Deduplicator() as rows:
        ...     list(rows.deduplicate([{"n": 1, "text": same}, {"n": 2, "text": same}]))
        [{'n': 1, 'text': 'The ferry to the island has been cancelled again because of the storm and the high waves.'}]
        """
        from cleaner.run.entries import Held

        self.add(rows)
        with Path(self._folder.name, FILE).open("rb") as lines:
            for row, entry in self._settled():
                line = next(lines)
                if not isinstance(entry, Held) or not entry.doc.kept:
                    continue
                yield self._shaped(row, json.loads(line), entry.doc)

    def _shaped(self, row: int, record: dict[str, Any], doc: Document) -> Any:
        """Return a row in the shape in which it came in."""
        shape = self._shapes[row]
        if shape is str:
            return doc.text
        if shape is dict:
            return {**record, self._settings.fields.text: doc.text}
        return Document(**{**record, "text": doc.text, "trail": doc.trail, "flags": doc.flags})

    def _line(self, row: str | Mapping[str, Any] | Document, doc: Document, number: int) -> bytes:
        """Return the line of a row in the file; of a Document what is needed to return it."""
        fields = self._settings.fields
        record: dict[str, Any] = {fields.text: doc.text}
        if isinstance(row, Mapping):
            record = dict(row)
        elif isinstance(row, Document):
            record |= {"key": row.key, "id": row.id, "language": row.language, "source": row.source}
        try:
            return jsontext.dumps(record) + b"\n"
        except (TypeError, ValueError) as error:
            message = f"row {number}: it has a field that JSON cannot say: {error}"
            raise UsageError(message) from None

    def _settled(self) -> Iterator[tuple[int, Any]]:
        """Compare all rows, and yield the state of each."""
        from cleaner.run.entries import Held, Refused
        from cleaner.run.state import StateReader

        self._stream.flush()
        with _deduplicated(Path(self._folder.name, FILE), self._settings, self._jobs) as folders:
            row = 0
            for folder in folders:
                for entry in StateReader(folder):
                    if isinstance(entry, (Held, Refused)):
                        yield row, entry
                        row += 1


@contextmanager
def _deduplicated(path: Path, settings: Settings, jobs: int) -> Iterator[Sequence[Path]]:
    """Yield the folders with the final state of a file of records."""
    from cleaner.engines.local import LocalEngine
    from cleaner.run.discover import discover
    from cleaner.run.job import Job
    from cleaner.run.settle import settle

    with tempfile.TemporaryDirectory(prefix="clean-") as work, LocalEngine(jobs) as engine:
        yield settle(Job(settings, discover([path]), Path(work), engine)).folders


def _row_of(key: str) -> int:
    """Return the number of a row from 0, of the key of its record.

    >>> _row_of("rows.jsonl:1")
    0
    """
    return int(key.rpartition(":")[2]) - 1
