"""The sums of `cleaner.language.ngrams` in compiled code: one pass over the letters, one look-up an n-gram.

N-grams are counted first and weighed once each: a text of 3,000 letters has 9,000 of them, but a
thousand different ones. Everything is an integer, so the sums are those of the NumPy path. The kernel holds the
interpreter's lock, and so keeps the room that all calls share to one of them at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.compiling import INTEGER, keep, part
from cleaner.language.table import (
    BEYOND,
    BITS,
    COVERED,
    DECIDING,
    EASTERN,
    LATIN,
    LATIN_TO_EASTERN,
    LATIN_TO_OTHER,
    OTHER,
    SPACE,
    UPPER,
    Ints,
    Table,
)

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

_MIX = 0x9E3779B97F4A7C15
_EMPTY = -1
_SPARE = 2  # slots of the index for each n-gram; the power of two above


@dataclass(frozen=True, slots=True)
class Index:
    """Where the row of an n-gram is: open addressing; `counts` and `touched` are room for one text."""

    keys: Ints
    rows: NDArray[np.int32]
    shift: int
    counts: NDArray[np.int32]
    touched: NDArray[np.int32]


def sums(text: str, known: Table) -> tuple[Ints, int] | None:
    """Sum as `cleaner.language.ngrams.sums` does.

    >>> from cleaner.language import ngrams, table
    >>> values, seen = sums("nous sommes contents", table.table())
    >>> values.tolist() == ngrams.sums("nous sommes contents", table.table())[0].tolist()
    True
    """
    found = np.frombuffer(f"{text} ".encode("utf-32-le", "surrogatepass"), dtype="<u4")
    index = _index(known)
    out = np.zeros(known.weights.shape[1], np.int64)
    seen = _sum(
        found,
        known.letters,
        known.classes,
        known.weights,
        index.keys,
        index.rows,
        index.shift,
        index.counts,
        index.touched,
        out,
    )
    return None if seen < 0 else (out, seen)


@lru_cache(maxsize=1)
def _index(known: Table) -> Index:
    """Index the n-grams of a table; those whose slot is taken move on together, slot by slot."""
    size = 1 << (_SPARE * known.keys.size - 1).bit_length()
    shift = 64 - (size.bit_length() - 1)
    keys, rows = np.full(size, _EMPTY, np.int64), np.full(size, _EMPTY, np.int32)
    waiting = np.arange(known.keys.size, dtype=np.int32)
    slots = (known.keys.view(np.uint64) * np.uint64(_MIX) >> np.uint64(shift)).astype(np.int64)
    while waiting.size:
        free = keys[slots] == _EMPTY
        taken, first = np.unique(slots[free], return_index=True)
        placed = np.flatnonzero(free)[first]
        keys[taken], rows[taken] = known.keys[waiting[placed]], waiting[placed]
        rest = np.ones(waiting.size, np.bool_)
        rest[placed] = False
        waiting, slots = waiting[rest], (slots[rest] + 1) & (size - 1)
    return Index(keys, rows, shift, np.zeros(known.keys.size, np.int32), np.zeros(known.keys.size, np.int32))


def _kernel(function: Kernel) -> Kernel:
    """Compile and keep a function, which is made of all files of this room, and holds the interpreter's lock."""
    return keep(function, *map(str, sorted(Path(__file__).parent.glob("*.py"))), nogil=False)


@_kernel
def _sum(
    text: NDArray[np.uint32],
    letters: NDArray[np.uint16],
    classes: NDArray[np.uint8],
    weights: NDArray[np.int16],
    keys: Ints,
    rows: NDArray[np.int32],
    shift: int,
    counts: NDArray[np.int32],
    touched: NDArray[np.int32],
    out: Ints,
) -> int:
    """Add to `out` what the n-grams weigh; return the classes seen, less than 0 when too few are known."""
    seen, dropped = _look(text, letters, classes)
    if seen < 0:
        return -1
    grams, hits, different = _count(text, letters, classes, dropped, keys, rows, shift, counts, touched)
    known = hits > COVERED * grams
    for k in range(different):
        row = touched[k]
        count = np.int64(counts[row])
        counts[row] = 0
        if known:
            for column in range(out.shape[0]):
                out[column] += count * weights[row, column]
    return seen if known else -1


@part
def _look(
    text: NDArray[np.uint32], letters: NDArray[np.uint16], classes: NDArray[np.uint8]
) -> tuple[int, int]:
    """Return the classes of all letters, less than 0 when a script decides, and the class left out."""
    seen, latin, other, eastern, inside, deciding = 0, 0, 0, 0, 0, 0
    for i in range(text.shape[0]):
        code: Any = min(np.int64(text[i]), BEYOND)
        kind: Any = np.int64(classes[code])
        seen |= kind
        latin += (kind & LATIN) != 0
        other += (kind & OTHER) != 0
        eastern += (kind & EASTERN) != 0
        deciding += (kind & DECIDING) != 0
        inside += letters[code] != SPACE
    foreign = LATIN_TO_OTHER * latin < other or latin < LATIN_TO_EASTERN * eastern
    return -1 if 2 * deciding > inside else seen, LATIN if foreign and other else 0


@part
def _count(
    text: NDArray[np.uint32],
    letters: NDArray[np.uint16],
    classes: NDArray[np.uint8],
    dropped: int,
    keys: Ints,
    rows: NDArray[np.int32],
    shift: int,
    counts: NDArray[np.int32],
    touched: NDArray[np.int32],
) -> tuple[int, int, int]:
    """Count the n-grams that the table has; return how many there are, are known, and are different."""
    grams, hits, different = 0, 0, 0
    first: Any = INTEGER(SPACE)
    second: Any = INTEGER(SPACE)
    capital = False
    for i in range(text.shape[0]):
        code: Any = min(np.int64(text[i]), BEYOND)
        kind: Any = np.int64(classes[code])
        third: Any = SPACE if kind & dropped else np.int64(letters[code])
        if third == SPACE and second == SPACE:
            continue
        upper = (kind & UPPER) != 0
        for size in range(1, 1 if upper and capital else 4):
            if (size == 1 and third == SPACE) or (size == 3 and second == SPACE):
                continue
            grams += 1
            row = _row(_key(first, second, third, size), keys, rows, shift)
            if row >= 0:
                hits += 1
                if counts[row] == 0:
                    touched[different] = row
                    different += 1
                counts[row] += 1
        first, second, capital = second, third, upper
    return grams, hits, different


@part
def _key(first: int, second: int, third: int, size: int) -> int:
    """Pack the last `size` of three letters, as `cleaner.language.table` does."""
    key = third
    if size > 1:
        key |= second << BITS
    if size > 2:
        key |= first << 2 * BITS
    return key | size << 3 * BITS


@part
def _row(key: int, keys: Ints, rows: NDArray[np.int32], shift: int) -> Any:
    """Return the row of an n-gram in the table, less than 0 when it has none."""
    slot: Any = np.int64(np.uint64(key) * np.uint64(_MIX) >> np.uint64(shift))
    while keys[slot] != _EMPTY and keys[slot] != key:
        slot = (slot + 1) & (keys.shape[0] - 1)
    return rows[slot]
