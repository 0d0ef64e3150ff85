"""The posts of a thread share one fate: a short or odd one is no less a post than the others.

What is made alike two and three elements above its text is one family: of a forum, its posts. The trees judge
each block by itself, and some posts of a page come out below the threshold; so on a page that is a thread the prose
of a family is given the mean of what the trees say about it, and on a page that may be something else a part of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.formats.html.blocks import Block, Node

Matrix: TypeAlias = NDArray[np.float64]

LEAST_POSTS: Final = 3
"""Blocks of prose from which a family may be the posts of a thread."""


def families(blocks: Sequence[Block]) -> NDArray[np.int64]:
    """Return the number of each block's family: what is made like the two elements above its parent."""
    numbers: dict[tuple[str, str], int] = {}
    found = []
    for block in blocks:
        near = _above(_above(block.node))
        key = near.signature, _above(near).signature
        found.append(numbers.setdefault(key, len(numbers)))
    return np.array(found, np.int64)


def _above(node: Node) -> Node:
    return node.parent or node


def levelled(scores: Matrix, family: NDArray[np.int64], prose: Matrix, share: float) -> Matrix:
    """Move the scores of prose to the mean of their family, by a share of the way.

    `prose` are the words of each block of prose, and 0 for others.

    >>> levelled(np.array([0.9, 0.8, 0.1, 0.1]), np.zeros(4, np.int64), np.array([9.0, 9, 9, 0]), 1).tolist()
    [0.6, 0.6, 0.6, 0.1]
    """
    if not len(scores):
        return scores
    posts = np.bincount(family, prose > 0)
    words = np.bincount(family, prose)
    means = np.bincount(family, prose * scores) / np.maximum(words, 1)
    moved = (prose > 0) & (posts[family] >= LEAST_POSTS)
    level: Matrix = np.where(moved, (1 - share) * scores + share * means[family], scores)
    return level


def thread_share(kinds: Mapping[str, float]) -> float:
    """Return how far a page that is of each kind with some probability is a thread.

    >>> thread_share({"forum": 0.9, "article": 0.3}), thread_share({"forum": 0.0}), thread_share({})
    (0.9, 0.0, 0.0)
    """
    squares = {kind: value * value for kind, value in kinds.items()}
    total = sum(squares.values())
    return round(squares.get("forum", 0.0) / total, 6) if total else 0.0
