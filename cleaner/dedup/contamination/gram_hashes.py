"""The compiled loop behind `grams`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.character_table import table
from cleaner.dedup.kernels.compiler import bytes_at, kernel
from cleaner.dedup.kernels.tokenizer import room_for, shingle, tokenize
from cleaner.dedup.table import Bytes


def compiled(
    buffer: Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64], size: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return the hash of every run of `size` tokens of some texts, and the number of the text that it is in."""
    total = int(lengths.sum())  # a token has a byte at least
    hashes, owners = np.empty(total, np.uint64), np.empty(total, np.int32)
    room = np.empty(room_for(int(lengths.max(initial=0))), np.uint64)
    found = _grams(buffer.ctypes.data, starts, lengths, size, table(), room, hashes, owners)
    return hashes[:found].copy(), owners[:found].copy()


@kernel
def _grams(
    address: int,
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    size: int,
    table: NDArray[np.uint64],
    room: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    owners: NDArray[np.int32],
) -> int:
    """Write the runs of all texts, one text after the other; return their number."""
    total = 0
    for i in range(starts.shape[0]):
        text = bytes_at(address + starts[i], lengths[i])
        count, _ = tokenize(text, 0, lengths[i], table, room)
        if count < size:
            continue
        number = shingle(room, count, size)
        for k in range(number):
            hashes[total + k] = room[k]
            owners[total + k] = i
        total += number
    return total
