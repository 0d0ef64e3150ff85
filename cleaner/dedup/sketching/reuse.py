"""Digesting a shard again after some of its passages were removed: the others keep their columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.compiler import bytes_at, kernel, part
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching.blocks import BLOCK
from cleaner.dedup.sketching.passages import passages
from cleaner.dedup.sketching.signatures import sketch
from cleaner.dedup.table import Bytes, PassageTable, Shard, release

_NEW = -1
_PATIENCE = 4
"""Comparisons for each passage of a document before; then all others of it are digested again."""

_BLOCK = 1 << 14
"""Rows that are copied before mapped memory is released."""


def tabulate_again(
    buffer: Bytes, bounds: NDArray[np.int64], parameters: Parameters, before: Shard
) -> PassageTable:
    r"""Return the result of `tabulate`; `before` is the same documents, earlier.

    The columns of a passage depend only on its bytes and its position, so those of a passage that was
    in the document before are reused.

    >>> from cleaner.dedup.sketching.tabulating import tabulate
    >>> old, new = (np.frombuffer(text, np.uint8) for text in (b"A title\nText.\n", b"Text.\nAnd more\n"))
    >>> before = Shard(tabulate(old, np.array([0, old.size]), Parameters()), old)
    >>> tabulate_again(new, np.array([0, new.size]), Parameters(), before).words.tolist()
    [1, 2]
    """
    places = passages(buffer, bounds, parameters.unit)
    doc, start, end, at, chars, flags = places
    table = before.table
    same = np.empty(doc.size, np.int32)
    _match(
        buffer.ctypes.data,
        buffer.size,
        doc,
        start,
        end,
        before.text.ctypes.data,
        before.text.size,
        np.searchsorted(table.doc, np.arange(bounds.size, dtype=np.int32)),
        np.array(table.start),
        np.array(table.end),
        same,
    )
    release(before.text)
    known = same != _NEW
    known[known] = (flags[known] ^ table.flags[same[known]]) & BLOCK == 0
    new = np.flatnonzero(~known)
    made = sketch(buffer, places.some(new), parameters)
    words = _merged(known, table.words, same[known], made.words)
    long = np.flatnonzero(words >= parameters.min_words).astype(np.int32)
    known_long = known[long]
    rows = np.searchsorted(table.long, same[long][known_long])
    release(buffer)
    return PassageTable(
        bounds=bounds,
        doc=doc,
        start=start,
        end=end,
        at=at,
        chars=chars,
        words=words,
        flags=flags,
        tokens=_merged(known, table.tokens, same[known], made.tokens),
        digest=_merged(known, table.digest, same[known], made.digest),
        long=long,
        signatures=_merged(known_long, table.signatures, rows, made.signatures),
        keys=np.array(
            [_merged(known_long, old, rows, new) for old, new in zip(table.keys, made.keys, strict=True)],
            np.uint32,
        ).reshape(len(table.keys), long.size),
        brief=_merged(known_long, table.brief, rows, made.brief),
    )


def _merged(
    known: NDArray[np.bool_], old: NDArray[Any], rows: NDArray[Any], new: NDArray[Any]
) -> NDArray[Any]:
    """Merge the known rows and the new ones in order, holding little of `old` in memory."""
    merged = np.empty((known.size, *old.shape[1:]), old.dtype)
    merged[~known] = new
    places = np.flatnonzero(known)
    for at in range(0, rows.size, _BLOCK):
        merged[places[at : at + _BLOCK]] = old[rows[at : at + _BLOCK]]
        release(old)
    return merged


@kernel
def _match(
    address: int,
    size: int,
    doc: NDArray[np.int32],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    old_address: int,
    old_size: int,
    old_first: NDArray[np.int64],
    old_start: NDArray[np.int64],
    old_end: NDArray[np.int64],
    same: NDArray[np.int32],
) -> None:
    """Find each passage among the earlier ones of its document, in their order; `_NEW` where it is not there.

    `old_first` is the first earlier passage of each document, and, last, the number of all.
    """
    text, old = bytes_at(address, size), bytes_at(old_address, old_size)
    here, following, patience = -1, 0, 0
    for passage in range(doc.shape[0]):
        if doc[passage] != here:
            here = doc[passage]
            following = old_first[here]
            patience = _PATIENCE * (old_first[here + 1] - following) + _PATIENCE
        same[passage] = _NEW
        candidate = following
        while candidate < old_first[here + 1] and patience > 0:
            patience -= 1
            if _equal(text[start[passage] : end[passage]], old[old_start[candidate] : old_end[candidate]]):
                same[passage] = candidate
                following = candidate + 1
                break
            candidate += 1


@part
def _equal(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Compare two pieces of text."""
    if one.shape[0] != other.shape[0]:
        return False
    i = 0
    while i < one.shape[0] and one[i] == other[i]:
        i += 1
    return bool(i == one.shape[0])
