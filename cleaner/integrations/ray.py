"""Ray: documents are cleaned by `map_batches`, each on its own.

    import ray
    from cleaner.integrations.ray import CleanBatches

    data = ray.data.read_parquet("pages/")
    data.map_batches(CleanBatches, fn_constructor_kwargs={"trail": "edits"}, concurrency=8).write_parquet("clean/")

Ray makes a `CleanBatches` in each of its workers, from plain values, so that rules and compiled code are
loaded once there. What needs the whole corpus (duplicates across documents, lines that repeat across a
source) is not done here: `clean run`, on this machine or with `--engine spark`, does it.

Ray itself is not imported: the class takes and returns what `map_batches` hands over, columns by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cleaner.api.cleaning import Cleaner
from cleaner.api.configuration import Config
from cleaner.api.rows import document_of
from cleaner.errors import QuarantineError, UsageError
from cleaner.integrations.trails import trail_of

Columns = Mapping[str, Any]
"""A batch as Ray has it: for each column an array."""


class CleanBatches:
    r"""A callable of Ray's `map_batches` (`batch_format="numpy"`, the default) that cleans the text column.

    `config` and `beside` are those of `Cleaner.from_config`. With `trail` each row gets a column of that name: the
    edits and flags of its document as JSON, so that nothing is changed unseen. A document that cannot be
    cleaned is handed on as it came, and its trail says why.

    >>> clean = CleanBatches({"steps": ["encoding"]}, trail="edits")
    >>> batch = clean({"id": [1], "text": ["It rained.  "]})
    >>> batch["text"], batch["edits"]
    (['It rained.'], ['{"edits": [["encoding/trailing-space", 10, 12, "  ", ""]], "flags": [], "error": null}'])
    """

    def __init__(self, config: Config = None, *, trail: str | None = None, **beside: Any) -> None:
        self._cleaner = Cleaner.from_config(config, **beside)
        self._trail = trail

    def __call__(self, batch: Columns) -> dict[str, Any]:
        """Return the batch with its texts cleaned; no row is added or dropped, and a null stays one."""
        fields = self._cleaner.settings.fields
        if fields.text not in batch:
            message = f"there is no column {fields.text!r}: {', '.join(map(repr, batch))}"
            raise UsageError(message)
        if self._trail in batch:
            message = f"there is a column {self._trail!r} already: name another one for the trail"
            raise UsageError(message)
        records = [
            dict(zip(batch, values, strict=True)) for values in zip(*map(list, batch.values()), strict=True)
        ]
        found = [self._cleaned(record, number) for number, record in enumerate(records)]
        columns = dict(batch) | {fields.text: _column(batch[fields.text], [text for text, _ in found])}
        if self._trail:
            columns[self._trail] = [trail for _, trail in found]
        return columns

    def _cleaned(self, record: Mapping[str, Any], number: int) -> tuple[str | None, str | None]:
        """Return the cleaned text of a row, and its trail as JSON."""
        fields = self._cleaner.settings.fields
        if record[fields.text] is None:
            return None, None
        doc = document_of(record, f"row {number}", fields)
        try:
            doc, error = self._cleaner.clean(doc), None
        except QuarantineError as refused:
            error = str(refused)
        return doc.text, trail_of(doc, error) if self._trail else None


def _column(given: Any, texts: Sequence[str | None]) -> Any:
    """Return texts as a column of the kind that was given: an array, or a list."""
    if isinstance(given, list | tuple):
        return list(texts)
    import numpy as np

    return np.array(texts, dtype=object)
