"""The exact similarity of pairs of texts, many at once: for the proof of a run, not for the run itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.character_table import table
from cleaner.dedup.kernels.characters import U32
from cleaner.dedup.kernels.compiler import kernel
from cleaner.dedup.kernels.sets import collect, common, width_for
from cleaner.dedup.kernels.tokenizer import room_for, shingles_at


def similarities(pairs: Sequence[tuple[str, str]], size: int) -> list[float]:
    """Return the Jaccard similarity of the shingles (of `size` tokens) of the two texts of each pair.

    The same as `cleaner.dedup.minhash.jaccard` of `cleaner.dedup.minhash.shingles`, without an object for a token.
    """
    texts = [text.encode("utf-8", "surrogatepass") for pair in pairs for text in pair]
    bounds = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    most = int(np.diff(bounds).max(initial=0))
    buffer = np.frombuffer(b"".join(texts) or b"\0", np.uint8)
    room = np.empty((2, room_for(most)), np.uint64)
    slots = np.empty((2, 1 << max(6, (2 * most + 2).bit_length())), np.uint64)  # at most a token in each byte
    out = np.empty(len(pairs), np.float64)
    _similarities(
        buffer.ctypes.data, bounds, size, table(), room, slots, np.zeros(slots.shape, np.uint32), out
    )
    values: list[float] = out.tolist()
    return values


@kernel
def _similarities(
    address: int,
    bounds: NDArray[np.int64],
    size: int,
    table: NDArray[np.uint64],
    room: NDArray[np.uint64],
    slots: NDArray[np.uint64],
    marks: NDArray[np.uint32],
    out: NDArray[np.float64],
) -> None:
    """Compare text `2 i` with text `2 i + 1`; they lie end to end at an address."""
    for i in range(out.shape[0]):
        first, second, end = bounds[2 * i], bounds[2 * i + 1], bounds[2 * i + 2]
        number = shingles_at(address + first, second - first, size, table, room[0])
        width = width_for(number)
        marks[0, :width] = U32(0)
        own = collect(room[0], number, slots[0, :width], marks[0, :width])
        number = shingles_at(address + second, end - second, size, table, room[1])
        wide = width_for(number)
        other, both = common(
            room[1],
            number,
            slots[0, :width],
            marks[0, :width],
            U32(i + 2),
            slots[1, :wide],
            marks[1, :wide],
        )
        out[i] = both / (own + other - both)
