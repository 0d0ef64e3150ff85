"""Which documents are looked at for what is protected: just below and just above each bound."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.dedup.sketching.blocks import APART, SHORT_LINE, SHORT_PASSAGE, unlike_prose


@pytest.mark.parametrize(
    ("sizes", "flags", "docs", "expected"),
    [
        ([], [], [], []),
        ([1], [0], [0], []),
        ([SHORT_LINE, SHORT_LINE + 1], [0, 0], [0, 0], []),
        ([SHORT_LINE, SHORT_LINE], [0, 0], [0, 0], [0]),
        ([SHORT_LINE, SHORT_LINE], [0, APART], [0, 0], []),
        ([SHORT_LINE, SHORT_LINE], [0, 0], [0, 1], []),
        ([SHORT_PASSAGE, SHORT_PASSAGE], [0, APART], [0, 0], [0]),
        ([SHORT_PASSAGE, SHORT_PASSAGE + 1], [0, APART], [0, 0], []),
        ([500, 500, 20, 500, 10, 10], [0, 0, 0, 0, 0, APART], [0, 0, 1, 2, 2, 2], [2]),
    ],
)
def test_documents_with_short_lines_together(sizes, flags, docs, expected):
    end = np.cumsum(np.array(sizes, np.int64) + 2)
    start = end - np.array(sizes, np.int64)
    buffer = np.full(int(end[-1]) if end.size else 0, ord("a"), np.uint8)
    found = unlike_prose(buffer, np.array(docs, np.int32), start, end, np.array(flags, np.uint8))
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("line", "asked"), [(b"<svg", [0]), (b'{"a', [0]), (b"[1, ", [0]), (b"(a) ", []), (b"a <b", [])]
)
def test_one_long_line_may_be_markup_or_data(line, asked):
    buffer = np.frombuffer(b"\n" + line + b"x" * 500 + b"\n<b" + b"x" * 500, np.uint8)
    start, end = np.array([1, 506], np.int64), np.array([505, 1008], np.int64)
    found = unlike_prose(buffer, np.zeros(2, np.int32), start, end, np.zeros(2, np.uint8))
    assert found.tolist() == asked
