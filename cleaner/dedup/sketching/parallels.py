"""Passages of one text that say the same of different things: they begin differently and end alike.

What the seller owes and what the buyer owes, the left side and the right side, the weather of two towns, the
same fine for taking a boat and for taking a net: written with the same words on purpose. A copy of a passage, or
a version of it, begins as it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.sketching.blocks import SPARED
from cleaner.dedup.table import Bytes, PassageTable

TAIL: Final = 40
"""Bytes at the end that are alike."""
HEAD: Final = 16
"""Bytes at the beginning that are in no other one, the case of ASCII letters aside."""
SPAN: Final = 128
"""Bytes of another passage that may begin with a name, a label or a bullet before them: it is a version of this one."""
FEW: Final = 32
"""Passages that end alike and are compared with each other; of more, only the beginnings are."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_WORD: Final = 8


def of_parallels(table: PassageTable, buffer: Bytes, min_words: int) -> NDArray[np.uint8]:
    r"""Return the flags of the passages with `SPARED` added to the first of each that begins in its own way.

    >>> from cleaner.dedup.parameters import Parameters
    >>> from cleaner.dedup.sketching.tabulating import tabulate
    >>> end = b" side: loosen the bolts at the foot of the lamp with the long key, and lift it out.\n"
    >>> text = np.frombuffer(b"Left" + end + b"Right" + end + b"Left" + end, np.uint8)
    >>> (tabulate(text, np.array([0, text.size]), Parameters()).flags & SPARED).tolist()
    [1, 1, 0]
    """
    long = np.flatnonzero((table.words >= min_words) & (table.end - table.start >= TAIL + HEAD))
    if long.size < 2:
        return table.flags
    ends = _hashed(buffer, table.end[long] - TAIL, TAIL) ^ (table.doc[long].astype(np.uint64) * _MIX)
    flags = table.flags.copy()
    for group in _groups(ends):
        apart = _apart([_begun(buffer, table, passage) for passage in long[group].tolist()])
        if len(apart) > 1:
            flags[long[group[apart]]] |= SPARED
    return flags


def _begun(buffer: Bytes, table: PassageTable, passage: int) -> tuple[bytes, int]:
    """Return how a passage begins, without regard to the case of ASCII letters, and its digest."""
    start = int(table.start[passage])
    return buffer[start : min(start + SPAN, int(table.end[passage]))].tobytes().lower(), int(
        table.digest[passage, 0]
    )


def _apart(begun: Sequence[tuple[bytes, int]]) -> list[int]:
    """Return which passages begin in their own way: the first of those that begin alike.

    >>> _apart([(b"the left side of the boat", 1), (b"the right side of the boat", 2), (b"* the left side of the", 3)])
    [0, 1]
    """
    found: list[int] = []
    heads: set[bytes] = set()
    digests: set[int] = set()
    for k, (text, digest) in enumerate(begun):
        alike = text[:HEAD] in heads or digest in digests
        if not alike and len(begun) <= FEW:
            alike = any(text[:HEAD] in begun[i][0] or begun[i][0][:HEAD] in text for i in found)
        heads.add(text[:HEAD])
        digests.add(digest)
        if not alike:
            found.append(k)
    return found


def _groups(key: NDArray[np.uint64]) -> list[NDArray[np.int64]]:
    """Return the places of each key that is there more than once, in order."""
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(key[order][1:] != key[order][:-1]) + 1
    return [group for group in np.split(order, cuts) if group.size > 1]


def _hashed(buffer: Bytes, starts: NDArray[np.int64], size: int) -> NDArray[np.uint64]:
    """Hash so many bytes from each place on."""
    words = np.ascontiguousarray(buffer[starts[:, None] + np.arange(size)], np.uint8).view(np.uint64)
    key = np.zeros(starts.size, np.uint64)
    for k in range(size // _WORD):
        key = (key ^ words[:, k]) * _MIX
        key ^= key >> np.uint64(29)
    return key
