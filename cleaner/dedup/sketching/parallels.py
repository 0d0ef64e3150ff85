"""Passages of one text that say the same of different things: they begin differently and end alike.

What the seller owes and what the buyer owes, the left side and the right side, the weather of two towns, the
same fine for taking a boat and for taking a net: written with the same words on purpose. A copy of a passage, or
a version of it, begins as it does.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.sketching.blocks import SPARED
from cleaner.dedup.table import Bytes, PassageTable

TAIL: Final = 40
"""Bytes at the end that are alike."""
HEAD: Final = 16
"""Bytes at the beginning of which one is another, the case of ASCII letters aside."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_WORD: Final = 8
_CASE: Final = 32


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
    group = _hashed(buffer, table.end[long] - TAIL, TAIL) ^ (table.doc[long].astype(np.uint64) * _MIX)
    several = _several(group)
    if not several.any():
        return table.flags
    long, group = long[several], group[several]
    heads = _hashed(buffer, table.start[long], HEAD, folded=True)
    first = _first(group, heads)
    apart = np.isin(group, group[first][_several(group[first])])
    flags = table.flags.copy()
    flags[long[first & apart & _first(group, table.digest[long, 0])]] |= SPARED
    return flags


def _hashed(
    buffer: Bytes, starts: NDArray[np.int64], size: int, *, folded: bool = False
) -> NDArray[np.uint64]:
    """Hash so many bytes from each place on."""
    found = buffer[starts[:, None] + np.arange(size)]
    if folded:
        found = np.where((found >= ord("A")) & (found <= ord("Z")), found + np.uint8(_CASE), found)
    words = np.ascontiguousarray(found, np.uint8).view(np.uint64)
    key = np.zeros(starts.size, np.uint64)
    for k in range(size // _WORD):
        key = (key ^ words[:, k]) * _MIX
        key ^= key >> np.uint64(29)
    return key


def _several(key: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which keys are there more than once."""
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    several: NDArray[np.bool_] = counts[inverse] > 1
    return several


def _first(group: NDArray[np.uint64], key: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which are the first of their group to have their key."""
    found = np.zeros(group.size, np.bool_)
    found[np.unique(np.stack((group, key)), axis=1, return_index=True)[1]] = True
    return found
