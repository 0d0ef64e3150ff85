"""LlamaIndex: a component of an ingestion pipeline that cleans nodes.

    IngestionPipeline(transformations=[CleanComponent(), SentenceSplitter()])

A node of which nothing is left is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.schema import BaseNode, TransformComponent
from pydantic import PrivateAttr

from cleaner.api.cleaning import Cleaner
from cleaner.integrations.trails import trail_of
from cleaner.model import Document


class CleanComponent(TransformComponent):  # type: ignore[misc, unused-ignore]
    """Cleans the text of every node; `config` is that of `Cleaner.from_config`, `trail` a field of the metadata."""

    config: dict[str, Any] | str | None = None
    trail: str | None = None
    _cleaner: Cleaner = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Judge the configuration."""
        del context
        self._cleaner = Cleaner.from_config(self.config)

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        """Return the nodes of which something is left, cleaned; their ids stay."""
        del kwargs
        return [made for node in nodes if (made := self._cleaned(node)) is not None]

    def _cleaned(self, node: BaseNode) -> BaseNode | None:
        doc = self._cleaner.clean(Document(node.node_id, node.get_content()))
        if not doc.kept:
            return None
        if not doc.edits and not doc.flags:
            return node
        made = node.model_copy(deep=True)
        made.set_content(doc.text)
        if self.trail:
            made.metadata[self.trail] = trail_of(doc)
        return made
