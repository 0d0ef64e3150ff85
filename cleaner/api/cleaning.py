"""Texts and rows, each cleaned on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Final, Literal, NamedTuple, Self

from cleaner.api.configuration import ALONE, Config, settings_of
from cleaner.api.rows import R, document_of, row_of
from cleaner.errors import QuarantineError, UsageError
from cleaner.model import Document
from cleaner.pipeline import Pipeline
from cleaner.run.guard.reading import KILLED
from cleaner.settings import Settings

AT_ONCE: Final = 1 << 18
"""Characters of rows that a worker is given at once."""

Errors = Literal["raise", "keep"]
"""What to do with a document that cannot be cleaned: raise QuarantineError, or hand its row on as it came."""


@dataclass(frozen=True, slots=True)
class Cleaner:
    r"""Steps and rules, ready to be applied to texts; a value that can be pickled, hashed and compared.

    >>> cleaner = Cleaner.from_config({"steps": ["encoding", "boilerplate"]})
    >>> cleaner.clean_text("The ferry stays.\n\nAdvertisement\n")
    'The ferry stays.\n'
    """

    settings: Settings = ALONE

    @classmethod
    def from_config(cls, config: Config = None, **beside: Any) -> Self:
        """Return a cleaner for a `clean.yaml`, its content as a mapping, or nothing; what is given beside it wins.

        `steps`, `profile`, `metadata`, `rules` (more packs: folders, files or mappings), `unsafe`, `text_field` and
        `id_field` may be given beside it (`configuration.settings_of`). Raises UsageError, with every fault and its
        place, for a configuration or a rule that is wrong.

        >>> Cleaner.from_config({"profile": "page"}, steps=["encoding"]).settings.steps
        ('encoding',)
        """
        return cls(settings_of(config, **beside))

    def clean(self, doc: Document) -> Document:
        r"""Clean one document on its own; its edits, flags and facts are in what is returned.

        Duplicates are removed among its own passages. Raises QuarantineError for a document to which a rule cannot be
        applied within its bounds.

        >>> doc = Cleaner().clean(Document("a.txt", "It rained all day in the valley.\n\nAdvertisement\n"))
        >>> doc.text, doc.edits[0].rule, doc.original()[-14:]
        ('It rained all day in the valley.\n', 'boilerplate/en/advertisement', 'Advertisement\n')
        """
        return Pipeline(self.settings).clean(doc)

    def clean_text(self, text: str) -> str:
        r"""Clean one text and return the result.

        >>> Cleaner().clean_text("The mayor opened the bridge.\r\nIt had been closed.  ")
        'The mayor opened the bridge.\nIt had been closed.'
        """
        return self.clean(Document("-", text)).text

    def stream(self, rows: Iterable[R], *, jobs: int = 1, errors: Errors = "raise") -> Iterator[R]:
        """Clean rows as they come and yield them in their order; memory holds a few batches for each worker.

        A row is a text, a mapping with a text field, or a Document, and so is what is made of it. With `jobs` above 1
        worker processes are started: the program that calls this has to be importable (`if __name__ == "__main__":`).

        >>> list(Cleaner().stream([{"id": 1, "text": "It rained.  "}]))
        [{'id': 1, 'text': 'It rained.'}]
        """
        from cleaner.engines.local import LocalEngine

        if jobs < 1:
            message = f"jobs has to be 1 or more, not {jobs}"
            raise UsageError(message)
        clean = partial(_clean_batch, self.settings, errors)
        waiting = _batches(rows)
        if jobs == 1:
            yield from chain.from_iterable(map(clean, waiting))
            return
        with LocalEngine(jobs) as engine:
            lost = partial(_lost, self.settings, errors)
            yield from chain.from_iterable(engine.stream(clean, waiting, split=_singles, lost=lost))

    def batch(self, rows: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        r"""Clean the text column of a batch of columns; no row is added or dropped, and a null stays one.

        This is the form that `datasets.Dataset.map(batched=True)` and Ray's `map_batches` call.

        >>> Cleaner().batch({"id": [1, 2], "text": ["It rained.  ", None]})
        {'id': [1, 2], 'text': ['It rained.', None]}
        """
        name = self.settings.fields.text
        if name not in rows:
            message = f"there is no column {name!r}: {', '.join(map(repr, rows)) or 'there is none at all'}"
            raise UsageError(message)
        columns = {column: list(values) for column, values in rows.items()}
        records = (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
        columns[name] = [
            self.clean(document_of(record, f"row {number}", self.settings.fields)).text
            if record[name] is not None
            else None
            for number, record in enumerate(records)
        ]
        return columns


def clean_text(text: str, *, settings: Settings | None = None) -> str:
    r"""Clean one text and return the result; use `Cleaner` to see what was changed and why.

    >>> clean_text("The mayor opened the bridge.\r\nIt had been closed.  ")
    'The mayor opened the bridge.\nIt had been closed.'
    """
    return Cleaner(settings or ALONE).clean_text(text)


class Batch(NamedTuple):
    """Consecutive rows, and the number of the first one."""

    first: int
    rows: tuple[Any, ...]


def _batches(rows: Iterable[Any]) -> Iterator[Batch]:
    """Group rows into batches of about `AT_ONCE` characters."""
    group: list[Any] = []
    first = held = 0
    for number, row in enumerate(rows):
        group.append(row)
        held += len(row) if isinstance(row, str) else len(str(row))
        if held >= AT_ONCE:
            yield Batch(first, tuple(group))
            first, held, group = number + 1, 0, []
    if group:
        yield Batch(first, tuple(group))


def _clean_batch(settings: Settings, errors: Errors, batch: Batch) -> list[Any]:
    return [_cleaned(settings, errors, row, number) for number, row in enumerate(batch.rows, batch.first)]


def _singles(batch: Batch) -> list[Batch]:
    """Return each row of a batch as a batch."""
    return [Batch(number, (row,)) for number, row in enumerate(batch.rows, batch.first)]


def _lost(settings: Settings, errors: Errors, batch: Batch) -> list[Any]:
    """Say of a row that it ended its worker twice, or hand it on as it came."""
    if errors == "keep":
        return list(batch.rows)
    message = f"{document_of(batch.rows[0], f'row {batch.first}', settings.fields).key}: {KILLED}"
    raise QuarantineError(message)


def _cleaned(settings: Settings, errors: Errors, row: Any, number: int) -> Any:
    """Return a row with its text cleaned; an error names the row."""
    doc = document_of(row, f"row {number}", settings.fields)
    try:
        cleaned = Pipeline(settings).clean(doc)
    except QuarantineError as error:
        if errors == "keep":
            return row
        message = f"{doc.key}: {error}"
        raise QuarantineError(message) from error
    return row_of(row, cleaned, settings.fields)
