"""spaCy: texts are cleaned before they become tokens.

    nlp = spacy.blank("en")
    nlp.tokenizer = CleanTokenizer(nlp.tokenizer)
    nlp("It rained.  ").user_data["cleaner.trail"]

A component of spaCy gets a `Doc` whose text cannot change any more, so the place for it is before the tokenizer.
What was done is in `Doc.user_data`, and is saved with it.
"""

from __future__ import annotations

from typing import Any

from cleaner.api.cleaning import Cleaner
from cleaner.integrations.trails import trail_of
from cleaner.model import Document

TRAIL = "cleaner.trail"
"""The key in `Doc.user_data` under which the edits and flags of a text are, as JSON."""


class CleanTokenizer:
    """Cleans a text and hands it to the tokenizer that it wraps."""

    def __init__(self, tokenizer: Any, cleaner: Cleaner | None = None) -> None:
        self.tokenizer, self.cleaner = tokenizer, cleaner or Cleaner()

    def __call__(self, text: str) -> Any:
        """Return the `Doc` of the cleaned text."""
        cleaned = self.cleaner.clean(Document("-", text))
        doc = self.tokenizer(cleaned.text)
        doc.user_data[TRAIL] = trail_of(cleaned)
        return doc

    def __getattr__(self, name: str) -> Any:
        """Return what else is asked for from the tokenizer that is wrapped: it is saved and loaded as before."""
        if name in ("tokenizer", "cleaner"):
            raise AttributeError(name)
        return getattr(self.tokenizer, name)
