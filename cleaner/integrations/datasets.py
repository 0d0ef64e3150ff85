"""Hugging Face datasets: cleaning is `map`, and rows that repeat others are left out.

    from datasets import load_dataset
    from cleaner import Cleaner
    from cleaner.integrations.datasets import without_duplicates

    data = load_dataset("json", data_files="pages.jsonl", split="train")
    data = data.map(Cleaner().batch, batched=True, num_proc=2)        # or of a streaming dataset
    data = without_duplicates(data)

A `Cleaner` is pickled as its settings, so the fingerprint of `map` is stable and its cache is found again.
"""

from __future__ import annotations

from typing import Any, TypeVar

from cleaner.api.deduplication import Deduplicator

D = TypeVar("D")


def without_duplicates(data: D, *, text_field: str = "text", **options: Any) -> D:
    """Return a dataset without duplicate passages: texts lose them, rows of which nothing is left are left out.

    `options` are those of `Deduplicator`. Memory holds the texts that changed, and some hundred bytes a passage.
    """
    dataset: Any = data
    before = dataset[text_field]
    with Deduplicator(**options) as found:
        found.add({"text": text or ""} for text in before)
        texts = zip(before, found.texts(), strict=True)
        left = {row: new for row, (old, new) in enumerate(texts) if new != (old or "")}
    rows = [row for row in range(len(dataset)) if left.get(row, "") is not None]
    changed = {place: text for place, row in enumerate(rows) if (text := left.get(row)) is not None}
    kept = dataset.select(rows)
    return kept.map(_Changed(changed, text_field), with_indices=True) if changed else kept  # type: ignore[no-any-return]


class _Changed:
    """Replaces the texts of some rows; a class, so that it can be sent to the workers of `map`."""

    def __init__(self, texts: dict[int, str], field: str) -> None:
        self._texts, self._field = texts, field

    def __call__(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        return {self._field: self._texts.get(number, row[self._field])}
