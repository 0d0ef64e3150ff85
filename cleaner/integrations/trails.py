"""What was done to a document, as JSON: for a column, or for the metadata of another program's document."""

from __future__ import annotations

import json

from cleaner.model import Document


def trail_of(doc: Document, error: str | None = None) -> str:
    """Return edits (rule, start, end, old, new; each in the text before its revision) and flags of a document as JSON.

    >>> trail_of(Document("a", "It rained."))
    '{"edits": [], "flags": [], "error": null}'
    """
    edits = [[edit.rule, edit.start, edit.end, edit.old, edit.new] for edit in doc.edits]
    flags = [[flag.rule, flag.severity, flag.start, flag.end, flag.message] for flag in doc.flags]
    return json.dumps({"edits": edits, "flags": flags, "error": error}, ensure_ascii=False)
