"""Data frames: pandas, polars and Dask clean a column of texts, and leave out the rows that repeat others.

pandas and Dask:

    frame["text"] = clean_column(frame["text"])
    frame = without_duplicates(frame)                                    # the whole frame is compared
    dask_frame.map_partitions(clean_frame, meta=dask_frame._meta)        # each partition on its own

polars:

    frame.with_columns(pl.col("text").map_batches(clean_column, return_dtype=pl.String))

Neither library is imported here: a column is anything that can be iterated over and made anew from a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cleaner.api.cleaning import Cleaner
from cleaner.api.deduplication import Deduplicator


def clean_column(column: Any, cleaner: Cleaner | None = None) -> Any:
    """Return a column like the given one with every text cleaned; what is missing (None, NaN) stays missing.

    >>> clean_column(["It rained.  ", None])
    ['It rained.', None]
    """
    clean = (cleaner or Cleaner()).clean_text
    return like(column, [clean(value) if isinstance(value, str) else value for value in column])


def clean_frame(frame: Any, cleaner: Cleaner | None = None) -> Any:
    """Return a copy of a pandas frame with its text column cleaned; no row is added or dropped."""
    cleaner = cleaner or Cleaner()
    name = cleaner.settings.fields.text
    return frame.assign(**{name: clean_column(frame[name], cleaner)})


def without_duplicates(frame: Any, *, text_field: str = "text", **options: Any) -> Any:
    """Return a frame without duplicate passages: texts lose them, and rows of which nothing is left are left out.

    `frame` is one of pandas or of polars; `options` are those of `Deduplicator`. Rows without a text are kept.
    """
    column = frame[text_field]
    texts = [value if isinstance(value, str) else "" for value in column]
    with Deduplicator(**options) as found:
        left = list(found.add(texts).texts())
    changed = [new if isinstance(old, str) else old for old, new in zip(column, left, strict=True)]
    kept = [text is not None for text in left]
    if hasattr(frame, "assign"):  # pandas
        return frame.assign(**{text_field: like(column, changed)})[kept]
    return frame.with_columns(like(column, changed).alias(text_field)).filter(kept)


def like(column: Any, values: Iterable[Any]) -> Any:
    """Return values as a column of the kind of `column`, with its index or name, where it has one.

    >>> like((1, 2), [3, 4])
    [3, 4]
    """
    values = list(values)
    if hasattr(column, "index") and hasattr(column, "dtype"):  # pandas: the index belongs to the column
        return type(column)(values, index=column.index, name=column.name, dtype=column.dtype)
    if hasattr(column, "alias"):  # polars
        return type(column)(column.name, values, dtype=column.dtype)
    return values
