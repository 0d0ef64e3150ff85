"""Digesting a shard again after some of its documents changed: the passages of the others keep their columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.table import Bytes, PassageTable, Shard, release

_BLOCK: Final = 1 << 14
"""Rows that are copied before mapped memory is released."""
_OWN: Final = ("at", "chars", "words", "tokens", "flags", "digest")
"""Columns of a passage that its document alone decides."""
Anew = Callable[[Bytes, NDArray[np.int64]], PassageTable]
"""Tabulates a text from nothing."""


def tabulate_again(buffer: Bytes, bounds: NDArray[np.int64], before: Shard, anew: Anew) -> PassageTable:
    r"""Return the result of `tabulate`; `before` is the same documents, earlier.

    The columns of a passage depend on its document and no other, so those of a document that has not changed are
    taken over; those that have changed are put together and tabulated `anew`.

    >>> from cleaner.dedup.parameters import Parameters
    >>> from cleaner.dedup.sketching.tabulating import tabulate
    >>> old, new = (np.frombuffer(text, np.uint8) for text in (b"A title\nText.\n", b"Text.\nAnd more\n"))
    >>> before = Shard(tabulate(old, np.array([0, old.size]), Parameters()), old)
    >>> tabulate(new, np.array([0, new.size]), Parameters(), before=before).words.tolist()
    [1, 2]
    """
    table = before.table
    changed = _changed(buffer, bounds, before)
    docs = np.flatnonzero(changed)
    fresh, within = _together(buffer, bounds, docs)
    made = anew(fresh, within)
    stays = ~changed[table.doc]
    counts = np.bincount(table.doc, minlength=changed.size)
    counts[docs] = np.bincount(made.doc, minlength=docs.size)
    doc = np.repeat(np.arange(changed.size, dtype=np.int32), counts)
    known, rows = ~changed[doc], np.flatnonzero(stays)
    old_by, new_by = bounds[:-1] - table.bounds[:-1], bounds[docs] - within[:-1]
    long_known, long_rows, long = _long(table, made, stays, known)
    merged = {name: _merged(known, getattr(table, name), rows, getattr(made, name)) for name in _OWN}
    places = {
        name: _merged(known, getattr(table, name), rows, getattr(made, name) + new_by[made.doc])
        for name in ("start", "end")
    }
    for column in places.values():
        column[known] += old_by[doc[known]]
    release(before.text)
    release(buffer)
    return PassageTable(
        bounds=bounds,
        doc=doc,
        **places,
        **merged,
        long=long,
        signatures=_merged(long_known, table.signatures, long_rows, made.signatures),
        keys=np.array(
            [
                _merged(long_known, old, long_rows, new)
                for old, new in zip(table.keys, made.keys, strict=True)
            ],
            np.uint32,
        ).reshape(len(table.keys), long.size),
        brief=_merged(long_known, table.brief, long_rows, made.brief),
    )


def _changed(buffer: Bytes, bounds: NDArray[np.int64], before: Shard) -> NDArray[np.bool_]:
    """Tell of each document whether its text is another one now."""
    changed: NDArray[np.bool_] = np.diff(bounds) != np.diff(before.table.bounds)
    here, there = bounds.tolist(), before.table.bounds.tolist()
    now, earlier = (
        buffer.data,
        before.text.data,
    )  # to slice a mapped array takes ten times as long
    for doc in np.flatnonzero(~changed).tolist():
        text = now[here[doc] : here[doc + 1]].tobytes()
        changed[doc] = text != earlier[there[doc] : there[doc + 1]].tobytes()
    return changed


def _together(
    buffer: Bytes, bounds: NDArray[np.int64], docs: NDArray[np.int64]
) -> tuple[Bytes, NDArray[np.int64]]:
    """Return the texts of some documents, one after the other, and where each begins."""
    texts = [buffer[start:end] for start, end in zip(bounds[docs], bounds[docs + 1], strict=True)]
    ends = np.cumsum(bounds[docs + 1] - bounds[docs], dtype=np.int64)
    return np.concatenate([np.zeros(0, np.uint8), *texts]), np.concatenate([np.zeros(1, np.int64), ends])


def _long(
    table: PassageTable, made: PassageTable, stays: NDArray[np.bool_], known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int32]]:
    """Return which of the long passages are known, the rows of these among the earlier ones, and all of them."""
    is_long = np.zeros(known.size, np.bool_)
    was_long, is_new = np.zeros(stays.size, np.bool_), np.zeros(made.size, np.bool_)
    was_long[table.long], is_new[made.long] = True, True
    is_long[known], is_long[~known] = was_long[stays], is_new
    long = np.flatnonzero(is_long).astype(np.int32)
    return known[long], np.flatnonzero(stays[table.long]), long


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
