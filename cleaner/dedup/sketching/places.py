"""Where the passages of a shard are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Places(NamedTuple):
    """Where passages are: document, start and end (bytes), start in the document and length (code points), flags."""

    doc: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    at: NDArray[np.int64]
    chars: NDArray[np.int32]
    flags: NDArray[np.uint8]

    def some(self, rows: NDArray[np.int64]) -> Places:
        """Return some of the passages."""
        return Places(
            self.doc[rows],
            self.start[rows],
            self.end[rows],
            self.at[rows],
            self.chars[rows],
            self.flags[rows],
        )
