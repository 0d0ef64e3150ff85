"""Which entries of a segment are cleaned together."""

from __future__ import annotations

import pytest

from cleaner.formats.format import Entry
from cleaner.run.stages import TOGETHER, TOGETHER_BYTES, _batches


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([1] * TOGETHER, [TOGETHER]),
        ([1] * (TOGETHER + 1), [TOGETHER, 1]),
        ([TOGETHER_BYTES - 1, 1, 1], [2, 1]),
        ([TOGETHER_BYTES, 1], [1, 1]),
        ([1, TOGETHER_BYTES, 2], [2, 1]),
    ],
)
def test_a_batch_has_so_many_entries_and_bytes(sizes: list[int], expected: list[int]) -> None:
    entries = [(count, Entry("", 0, 0, b"x" * size)) for count, size in enumerate(sizes, 1)]
    found = list(_batches(iter(entries)))
    assert [len(batch) for batch in found] == expected
    assert [item for batch in found for item in batch.items()] == entries
