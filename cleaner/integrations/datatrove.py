"""datatrove: a formatter that cleans each document, and what was changed in its metadata.

    from cleaner.integrations.datatrove import CleanFormatter

    pipeline = [JsonlReader("pages/"), CleanFormatter(trail="clean"), JsonlWriter("clean/")]

A document of which nothing is left is dropped, as datatrove's formatters do. Duplicates are removed within a
document; those of a whole corpus are the business of `clean run`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datatrove.data import Document as TroveDocument
from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from cleaner.api.cleaning import Cleaner
from cleaner.api.configuration import Config
from cleaner.errors import QuarantineError
from cleaner.formats.records import source_of
from cleaner.integrations.trails import trail_of
from cleaner.model import Document


class CleanFormatter(PipelineStep):  # type: ignore[misc, unused-ignore]
    """A step of a datatrove pipeline that cleans the text of every document.

    `config` and `beside` are those of `Cleaner.from_config`. With `trail` each document that was changed or flagged
    has its edits and flags under that name in its metadata. A document that cannot be cleaned is handed on as
    it came, counted as `refused`, and its trail says why.
    """

    type = "CLEAN"
    name = "cleaner"

    def __init__(self, config: Config = None, *, trail: str | None = None, **beside: Any) -> None:
        super().__init__()
        self.cleaner = Cleaner.from_config(config, **beside)
        self.trail = trail

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[TroveDocument]:
        """Yield the documents of which something is left, cleaned."""
        for trove in data:
            self.stat_update("documents")
            with self.track_time():
                doc, error = self._cleaned(trove)
            if error:
                self.stat_update("refused")
            elif not doc.kept:
                self.stat_update("dropped")
                continue
            if doc.edits:
                self.stat_update("changed")
            trove.text = doc.text
            if self.trail and (doc.edits or doc.flags or error):
                trove.metadata[self.trail] = trail_of(doc, error)
            yield trove

    def _cleaned(self, trove: TroveDocument) -> tuple[Document, str | None]:
        doc = Document(str(trove.id), trove.text, trove.id, source=source_of(trove.metadata))
        try:
            return self.cleaner.clean(doc), None
        except QuarantineError as refused:
            return doc, str(refused)
