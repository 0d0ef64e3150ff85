"""The cells of a row share one fate: an hour is worth nothing without its day.

A row whose cells hold lists or lines is several blocks, and the trees judge each by itself: short ones are below the
threshold although the row is part of the article. So the blocks of a short row are given the score of the best one. A
long row is the layout of a page, not a row of data, and is left alone; so are all rows of a thread, which are layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.formats.html.blocks import Block, Node

Matrix: TypeAlias = NDArray[np.float64]

ROW_BLOCKS: Final = 12
"""Blocks of a row of data."""
ROW_WORDS: Final = 60
"""Words of a row of data."""
THREAD: Final = 0.5
"""A page that is a thread so far has no rows of data."""
CELL_WORDS: Final = 12
"""Words of a block in it; a longer one is prose."""


def whole_rows(scores: Matrix, blocks: Sequence[Block], thread: float = 0.0) -> Matrix:
    """Return the scores with those of each row of data raised to the highest one in it.

    `thread` is how far the page is a thread, whose tables are layout.
    """
    if thread >= THREAD:
        return scores
    rows: dict[int, list[int]] = {}
    for at, block in enumerate(blocks):
        row = _row(block.node)
        if row is not None:
            rows.setdefault(id(row), []).append(at)
    raised: Matrix = scores.copy()
    for row_blocks in rows.values():
        words = [len(blocks[at].words) for at in row_blocks]
        if 1 < len(words) <= ROW_BLOCKS and sum(words) <= ROW_WORDS and max(words) <= CELL_WORDS:
            raised[row_blocks] = scores[row_blocks].max()
    return raised


def _row(node: Node | None) -> Node | None:
    """Return the innermost row of a table around a node."""
    while node is not None and node.tag != "tr":
        node = node.parent
    return node
