"""Which entries of a unit are cleaned together."""

from __future__ import annotations

import pytest

from cleaner.formats.format import Entry
from cleaner.run.entries import SegmentEnd
from cleaner.run.guard.reading import Place
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
    entries = [(Place(0, count), Entry("", 0, 0, b"x" * size)) for count, size in enumerate(sizes, 1)]
    found = list(_batches(iter(entries)))
    assert [len(batch) for batch in found] == expected
    assert [item for batch in found for item in batch.items()] == entries


def test_files_of_one_document_are_cleaned_together() -> None:
    found: list[tuple[Place, Entry | SegmentEnd]] = []
    for number in range(TOGETHER + 1):
        found.append((Place(number, 1), Entry("", 0, 1, b"x")))
        found.append((Place(number, 2), SegmentEnd("", 1)))
    first, second = _batches(iter(found))
    assert sum(isinstance(piece, Entry) for piece in first.values()) == TOGETHER
    assert [*first.items(), *second.items()] == found
