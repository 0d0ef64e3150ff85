"""The proof, for each document before it is published, that its bytes can be had back."""

from __future__ import annotations

from typing import Final

from cleaner.charsets.decode import paired
from cleaner.errors import CleanerError
from cleaner.formats.format import Entry, Fields
from cleaner.formats.registry import FORMATS
from cleaner.model import Document

NOT_EXACT: Final = "the bytes could not be rebuilt from the text"


def unprovable(format_name: str, entry: Entry, doc: Document, fields: Fields) -> str:
    """Return why the source of a cleaned document cannot be rebuilt; empty when it can.

    The edits are reverted, and the resulting text is written in the encoding and the layout of the
    source, unless the bytes of the source are kept anyway. And no text of the trail may hold both halves
    of a UTF-16 pair side by side: JSON would read them as one character.
    """
    if doc.trail and doc.original() != entry.text:
        return "its edits cannot be reverted"
    if not _fits_json(doc, entry.text or ""):
        return "its edits hold pairs of surrogates"
    fmt = FORMATS[format_name]
    if entry.keep_raw or entry.start == entry.end or fmt.packed:
        return ""
    layout = entry.layout | {"encoding": entry.encoding}
    text = entry.text or ""
    try:
        written = fmt.render(entry.layout, text) if fmt.records or "head" in entry.layout else b""
        return "" if fmt.rebuild(written, text, layout, fields) == entry.raw else NOT_EXACT
    except (CleanerError, ValueError, LookupError) as error:
        return f"{NOT_EXACT}: {error}"


def _fits_json(doc: Document, text: str) -> bool:
    """Tell whether no text that the trail carries changes in JSON; only one with surrogates can."""
    try:
        text.encode("utf-8")
        doc.text.encode("utf-8")
    except UnicodeEncodeError:
        texts = [text, doc.text, *(edit.old for revision in doc.trail for edit in revision.edits)]
        return all(paired(part) == part for part in texts)
    return True
