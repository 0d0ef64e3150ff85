"""LangChain: a transformer that cleans documents before they are split and embedded.

    documents = CleanTransformer().transform_documents(loader.load())

A document of which nothing is left is left out; what was done is in the metadata if a name for it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import BaseDocumentTransformer
from langchain_core.documents import Document as ChainDocument

from cleaner.api.cleaning import Cleaner
from cleaner.integrations.trails import trail_of
from cleaner.model import Document


class CleanTransformer(BaseDocumentTransformer):  # type: ignore[misc, unused-ignore]
    """Cleans the content of every document; `trail` names a field of the metadata for edits and flags."""

    def __init__(self, cleaner: Cleaner | None = None, *, trail: str | None = None) -> None:
        self.cleaner, self.trail = cleaner or Cleaner(), trail

    def transform_documents(self, documents: Sequence[ChainDocument], **kwargs: Any) -> list[ChainDocument]:
        """Return the documents of which something is left, cleaned; what came in is not changed."""
        del kwargs
        return [
            made for number, one in enumerate(documents) if (made := self._cleaned(one, number)) is not None
        ]

    def _cleaned(self, chain: ChainDocument, number: int) -> ChainDocument | None:
        source = chain.metadata.get("source")
        doc = self.cleaner.clean(Document(str(source or number), chain.page_content, source=_text(source)))
        if not doc.kept:
            return None
        metadata = dict(chain.metadata)
        if self.trail and (doc.edits or doc.flags):
            metadata[self.trail] = trail_of(doc)
        return chain.model_copy(update={"page_content": doc.text, "metadata": metadata})


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
