"""Where runs of so many tokens are in many texts, as hashes: they find candidates, `overlap` decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.effort import effort_of, interpreting_pays
from cleaner.dedup.minhash import hashes_of, polynomials
from cleaner.dedup.table import Bytes
from cleaner.dedup.tokens import tokens

BLOCK = 1 << 20
"""Bytes of text that are looked at at once."""
MOST = 100
"""Texts with the same run that a passage is compared with: a run that more of them have is an instruction."""
_EFFORT: Final = effort_of(__file__)


class Grams(NamedTuple):
    """Hashes of runs, and the number of the text that each is in, in the order of the texts."""

    hashes: NDArray[np.uint64]
    owners: NDArray[np.int32]


def grams(buffer: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], size: int) -> Grams:
    """Return the hash of every run of `size` tokens of the texts at `starts` to `ends`, in bytes of a buffer."""
    lengths = ends - starts
    if interpreting_pays(int(lengths.sum()), _EFFORT, _kernels):
        return interpreted(buffer, starts, ends, size)
    from cleaner.dedup.contamination.gram_hashes import compiled

    return Grams(*compiled(buffer, starts, lengths, size))


def _kernels() -> Sequence[Callable[..., object]]:
    """Return the kernel behind it."""
    from cleaner.dedup.contamination import gram_hashes

    return (gram_hashes._grams,)


def interpreted(buffer: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], size: int) -> Grams:
    """Return what `grams` does, without the compiler."""
    hashes, owners = list[int](), list[int]()
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        found = tokens(buffer[start:end].tobytes().decode("utf-8", "surrogatepass"))
        if len(found) >= size:
            made = polynomials(hashes_of(found), size)
            hashes += made
            owners += [number] * len(made)
    return Grams(np.array(hashes, np.uint64), np.array(owners, np.int32))


@dataclass(frozen=True, slots=True)
class Index:
    """The runs of the texts of an evaluation set, sorted by their hashes."""

    size: int
    found: Grams

    @classmethod
    def of(cls, texts: Sequence[str], size: int) -> Index:
        """Index texts by their runs of `size` tokens."""
        data = [text.encode("utf-8", "surrogatepass") for text in texts]
        bounds = np.cumsum([0, *map(len, data)], dtype=np.int64)
        buffer = np.frombuffer(b"".join(data) or b"\0", np.uint8)
        made = grams(buffer, bounds[:-1], bounds[1:], size)
        order = np.argsort(made.hashes, kind="stable")
        return cls(size, Grams(made.hashes[order], made.owners[order]))

    def candidates(
        self, buffer: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> list[tuple[int, list[int], list[int]]]:
        """Return the passages that share a run with a text: number, hashes of the runs, numbers of the texts."""
        shared: list[tuple[int, list[int], list[int]]] = []
        sizes = np.cumsum(ends - starts)
        cuts = np.searchsorted(sizes, np.arange(0, max(1, int(sizes[-1:].sum())), BLOCK))
        for first, last in zip(cuts, [*cuts[1:], starts.size], strict=True):
            made = grams(buffer, starts[first:last], ends[first:last], self.size)
            at = np.searchsorted(self.found.hashes, made.hashes)
            there = np.zeros(at.size, np.bool_)
            inside = at < self.found.hashes.size
            there[inside] = self.found.hashes[at[inside]] == made.hashes[inside]
            rows = np.flatnonzero(there)
            passages, begin = np.unique(made.owners[rows], return_index=True)
            for passage, some in zip(passages.tolist(), np.split(rows, begin[1:]), strict=False):
                hashes = np.unique(made.hashes[some])
                shared.append((int(first) + passage, hashes.tolist(), self._texts(hashes)))
        return shared

    def _texts(self, hashes: NDArray[np.uint64]) -> list[int]:
        """Return the texts that have any of some runs, of each run the first `MOST`."""
        firsts = np.searchsorted(self.found.hashes, hashes)
        lasts = np.searchsorted(self.found.hashes, hashes, side="right")
        spans = [self.found.owners[i : min(j, i + MOST)] for i, j in zip(firsts, lasts, strict=True)]
        return sorted({owner for span in spans for owner in span.tolist()})
