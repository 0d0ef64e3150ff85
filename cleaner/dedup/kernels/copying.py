"""Copying pieces of a text end to end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.compiler import bytes_at, kernel


@kernel
def copy(
    address: int,
    size: int,
    start: NDArray[np.int64],
    offsets: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> None:
    """Copy the pieces of the text at an address to `out`: piece `i` to `offsets[i]:offsets[i + 1]`."""
    text = bytes_at(address, size)
    for i in range(start.shape[0]):
        length = offsets[i + 1] - offsets[i]
        piece, room = text[start[i] : start[i] + length], out[offsets[i] : offsets[i + 1]]
        for k in range(length):
            room[k] = piece[k]
