"""The permutations of the signatures, as datasketch draws them."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.parameters import PERMUTATIONS, SEED


@cache
def permutations() -> NDArray[np.uint32]:
    """Return the factors and addends of datasketch's scheme affine32 (2 x 128), drawn as datasketch draws them.

    >>> permutations()[:, 0].tolist()
    [3582191691, 214548472]
    """
    generator = np.random.RandomState(SEED)
    factors = generator.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    addends = generator.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    return np.array([factors, addends])
