"""Parquet: one record a row; text is a column, and all other columns, the schema and its metadata are kept.

The file is not text, so its bytes are kept beside the trail, and restoring writes them as they
were. Needs pyarrow, which is imported only here and only when such a file is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cleaner.charsets.decode import decode
from cleaner.errors import QuarantineError, UsageError
from cleaner.formats.format import Entry, Fields, Format, InputFile, Layout, Packed, Segment
from cleaner.formats.opaque import BLOCK, quarantined
from cleaner.formats.records import source_of
from cleaner.model import JSON

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROWS: Final = 1_000
"""Rows that are turned into values at once."""
MAX_RATIO: Final = 2_000
FREE: Final = 1 << 30
"""Files that declare a content of more than this many times their size, and over this many bytes, are refused."""


def check() -> None:
    """Raise UsageError when pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        message = "Parquet files need pyarrow: pip install 'cleaner[parquet]'"
        raise UsageError(message)


def read(segment: Segment, fields: Fields) -> Iterator[Entry]:
    """Read the rows of a file, then its bytes; a row without a text is quarantined."""
    import pyarrow as pa

    file = segment.file
    try:
        table = _open(file, fields)
    except (pa.ArrowException, OSError, QuarantineError) as error:
        yield from quarantined(segment, _reason(error))
        return
    with table:
        yield from _rows(table, file.key, fields)
    with file.path.open("rb") as stream:
        at = 0
        while raw := stream.read(BLOCK):
            yield Entry(file.key, at, at + len(raw), raw, apart=True)
            at += len(raw)


def _open(file: InputFile, fields: Fields) -> pq.ParquetFile:
    """Open a file whose text column is one of text."""
    import pyarrow.parquet as pq

    table = pq.ParquetFile(_source(file))
    try:
        _check_schema(table.schema_arrow, fields)
        metadata = table.metadata
        sizes = [metadata.row_group(k).total_byte_size for k in range(metadata.num_row_groups)]
        if sum(sizes) > max(FREE, MAX_RATIO * file.size):
            message = f"it becomes more than {MAX_RATIO} times as large: not read"
            raise QuarantineError(message)
    except QuarantineError:
        table.close()
        raise
    return table


def _source(file: InputFile) -> Path | BinaryIO:
    return file.path if isinstance(file.path, Path) else file.path.open()


def _check_schema(schema: pa.Schema, fields: Fields) -> None:
    count = schema.names.count(fields.text)
    if count != 1:
        what = "no column" if not count else f"{count} columns"
        message = f"the table has {what} {fields.text!r}"
        raise QuarantineError(message)
    kind = schema.field(fields.text).type
    if not _is_text(kind):
        message = f"the column {fields.text!r} is not text but {kind}"
        raise QuarantineError(message)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _rows(table: pq.ParquetFile, key: str, fields: Fields) -> Iterator[Entry]:
    """Yield the records, row group by row group; one that cannot be read is one entry in quarantine."""
    import pyarrow as pa

    number = 0
    for k in range(table.metadata.num_row_groups):
        count = table.metadata.row_group(k).num_rows
        try:
            group = table.read_row_group(k)
        except (pa.ArrowException, OSError) as error:
            reason = f"rows {number + 1} to {number + count}: {_reason(error)}"
            yield Entry(f"{key}:{number + 1}", 0, 0, b"", reason=reason)
        else:
            for row, (raw, record) in enumerate(_group(group, fields)):
                if raw is not None:  # a row without a text is kept as it is
                    yield _record(raw, record, f"{key}:{number + row + 1}", number + row, fields)
        number += count


def _group(group: pa.Table, fields: Fields) -> Iterator[tuple[bytes | None, dict[str, JSON]]]:
    """Yield text and other fields of every row."""
    wanted = {fields.id, "url", "source"} - {fields.text}
    names = [name for name in group.column_names if name in wanted and group.column_names.count(name) == 1]
    for batch in group.to_batches(ROWS):
        others = {name: _values(batch.column(name)) for name in names}
        for row, raw in enumerate(_bytes_of(batch.column(fields.text))):
            yield raw, {name: values[row] for name, values in others.items()}


def _bytes_of(column: pa.Array) -> list[bytes | None]:
    """Return the values of a column of text as bytes: they need not be UTF-8, whatever the type claims."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values: list[bytes | None] = column.cast(pa.large_binary()).to_pylist()
    return values


def _values(column: pa.Array) -> list[JSON]:
    """Return ids and addresses as JSON has them; what JSON has not becomes text."""
    try:
        values = column.to_pylist()
    except (UnicodeDecodeError, ValueError):
        return [None] * len(column)
    return [value if isinstance(value, str | int | float | bool | None) else str(value) for value in values]


def _record(raw: bytes, record: Mapping[str, JSON], key: str, row: int, fields: Fields) -> Entry:
    """Read one row."""
    encoding, unreadable = "utf-8", ""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        try:
            decoded = decode(raw)
        except QuarantineError as error:
            return Entry(key, 0, 0, b"", reason=str(error))
        text, encoding = decoded.text, decoded.encoding
        unreadable = decoded.undecodable[0][2] if decoded.undecodable else ""
    layout = {"row": row, "field": fields.text}
    return Entry(
        key,
        0,
        0,
        b"",
        text=text,
        encoding=encoding,
        id=record.get(fields.id),
        source=source_of(record),
        layout=layout,
        undecodable=((0, 0, f"row {row + 1}: {unreadable}"),) if unreadable else (),
    )


def _reason(error: Exception) -> str:
    if isinstance(error, QuarantineError):
        return str(error)
    return f"not readable as Parquet: {str(error).splitlines()[0] if str(error) else type(error).__name__}"


# ---------------------------------------------------------------- writing


def write(segment: Segment, documents: Iterator[tuple[Layout, str]], target: Path) -> None:
    """Write the table with the new texts, row group by row group: rows that have a text, and those with null.

    Rows that are not among the documents are left out. Where there are no documents, every row is null.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    held = next(documents, None)
    field = str(held[0]["field"]) if held else ""
    with pq.ParquetFile(_source(segment.file)) as table, _Writer(table, target) as writer:
        first = 0
        for number in range(table.metadata.num_row_groups):
            last = first + table.metadata.row_group(number).num_rows
            texts: dict[int, str] = {}
            while held is not None and held[0]["row"] < last:
                texts[held[0]["row"] - first] = held[1]
                held = next(documents, None)
            try:
                writer.write(table.read_row_group(number), field, texts)
            except (pa.ArrowException, OSError):
                if texts:
                    raise
            first = last
    for _ in documents:  # the trail is written as they go by
        pass


class _Writer:
    """Writes tables of the schema and the compression that another file has."""

    def __init__(self, table: pq.ParquetFile, target: Path) -> None:
        import pyarrow.parquet as pq

        metadata = table.metadata
        codecs = {}
        if metadata.num_row_groups:
            group = metadata.row_group(0)
            for k in range(metadata.num_columns):
                column = group.column(k)
                codecs[column.path_in_schema] = column.compression.lower().replace("uncompressed", "none")
        self._writer = pq.ParquetWriter(
            target,
            table.schema_arrow,
            compression=codecs or "snappy",
            use_compliant_nested_type=not any(".list.item" in path for path in codecs),
        )

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()

    def write(self, table: pa.Table, field: str, texts: Mapping[int, str]) -> None:
        """Write those rows of a row group that have a text, or null where it would be."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if field:
            column = table.schema.get_field_index(field)
            nulls = pc.indices_nonzero(pc.is_null(table.column(column))).to_pylist()
            rows = sorted({*texts, *nulls})
            if len(rows) != table.num_rows:
                table = table.take(pa.array(rows, pa.int64()))
            kind = table.schema.field(column)
            values = _strings([texts.get(row) for row in rows]).cast(_plain(kind.type))
            if pa.types.is_dictionary(kind.type):
                values = values.dictionary_encode().cast(kind.type)
            table = table.set_column(column, kind, values)
        if table.num_rows or not field:
            self._writer.write_table(table, row_group_size=max(1, table.num_rows))


def _strings(texts: list[str | None]) -> pa.Array:
    """Make a column of texts, which may hold lone halves of UTF-16 pairs as their source did."""
    import pyarrow as pa

    try:
        return pa.array(texts, pa.large_string())
    except UnicodeEncodeError:
        values = [text if text is None else text.encode("utf-8", "surrogatepass") for text in texts]
        return pa.array(values, pa.large_binary()).view(pa.large_string())


def _plain(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def texts(output: bytes, fields: Fields) -> Iterator[str]:
    """Yield the texts in a written file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(BytesIO(output)) as table:
        for batch in table.iter_batches(ROWS, columns=[fields.text]):
            for raw in _bytes_of(batch.column(0)):
                if raw is not None:
                    yield raw.decode("utf-8", "surrogatepass")


def _none(*values: Any) -> Any:
    del values
    message = "a row of a Parquet file has no bytes of its own"
    raise TypeError(message)


FORMAT = Format(
    name="parquet",
    suffixes=(".parquet",),
    records=True,
    output_name=lambda key: key,
    read=read,
    render=_none,
    text_of=_none,
    rebuild=_none,
    packed=Packed(write, texts),
    check=check,
)
