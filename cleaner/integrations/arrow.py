"""Batches of Arrow: what PySpark's `mapInArrow` and other programs that speak Arrow hand over.

    from functools import partial
    from cleaner.integrations.arrow import clean_batches

    frame.mapInArrow(partial(clean_batches, cleaner=Cleaner()), frame.schema)     # PySpark

Documents are cleaned each on its own. A whole corpus, with its duplicates, is `clean run --engine spark`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cleaner.api.cleaning import Cleaner
from cleaner.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa


def clean_batches(
    batches: Iterable[pa.RecordBatch], *, cleaner: Cleaner | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the batches with their text column cleaned, in the type that it had; a null stays one.

    >>> import pyarrow as pa
    >>> [batch] = clean_batches([pa.record_batch({"text": ["It rained.  ", None]})])
    >>> batch.to_pydict()
    {'text': ['It rained.', None]}
    """
    import pyarrow as pa

    cleaner = cleaner or Cleaner()
    name = cleaner.settings.fields.text
    for batch in batches:
        place = batch.schema.get_field_index(name)
        if place < 0:
            message = f"there is no column {name!r}: {', '.join(map(repr, batch.schema.names))}"
            raise UsageError(message)
        texts = [
            None if text is None else cleaner.clean_text(text) for text in batch.column(place).to_pylist()
        ]
        columns = list(batch.columns)
        columns[place] = pa.array(texts, batch.schema.field(place).type)
        yield pa.RecordBatch.from_arrays(columns, schema=batch.schema)
