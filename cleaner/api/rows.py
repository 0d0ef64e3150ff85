"""Rows as other programs have them: a text, a mapping with a text field, or a Document; and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from cleaner.errors import UsageError
from cleaner.formats.format import Fields
from cleaner.formats.records import source_of
from cleaner.model import Document

Row = str | Mapping[str, Any] | Document
"""A text; a mapping whose text field holds one (its other fields are carried along); or a Document."""
R = TypeVar("R", str, Mapping[str, Any], Document)


def document_of(row: Row, key: str, fields: Fields) -> Document:
    """Return the document of a row; of a mapping, `url` or `source` say where it comes from, as in a file of records.

    Raises UsageError for a row that holds no text.

    >>> document_of({"id": 7, "text": "It rained."}, "row 1", Fields()).id
    7
    """
    if isinstance(row, Document):
        return row
    if isinstance(row, str):
        return Document(key, row)
    text = row.get(fields.text) if hasattr(row, "get") else row
    if not isinstance(text, str):
        found = "there is none" if text is None else f"there is a {type(text).__name__}"
        message = (
            f"{key}: a row is a text, a Document, or a mapping with a text in {fields.text!r}, but {found}"
        )
        raise UsageError(message)
    return Document(key, text, row.get(fields.id), source=source_of(row))


def row_of(row: Row, doc: Document, fields: Fields) -> Any:
    """Return a row like `row` with the text of a document; the other fields of a mapping are those of the row.

    >>> row_of({"id": 7, "text": "a  "}, Document("row 1", "a"), Fields())
    {'id': 7, 'text': 'a'}
    """
    if isinstance(row, str):
        return doc.text
    if isinstance(row, Document):
        return replace(doc, key=row.key, id=row.id, source=row.source)
    return {**row, fields.text: doc.text}
