"""From UTF-8 bytes to passages, their digests and their MinHash signatures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.kernels.effort import effort_of, interpreting_pays
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching.forms import of_forms
from cleaner.dedup.sketching.parallels import of_parallels
from cleaner.dedup.table import Bytes, PassageTable, Shard

_EFFORT: Final = effort_of(__file__)


def tabulate(
    buffer: Bytes, bounds: NDArray[np.int64], parameters: Parameters, *, before: Shard | None = None
) -> PassageTable:
    r"""Find the passages of a shard, and digest and sketch them.

    `buffer` holds the documents of the shard one after the other as UTF-8 (lone surrogates passed
    through), `bounds` where each begins and, last, where the text ends, in bytes. Passages are the
    non-empty lines, or what `parameters.unit` makes of them; those with fewer tokens than
    `parameters.min_words` get no signature.

    With `before`, the same documents at an earlier time, only those that have changed since are digested.

    >>> text = np.frombuffer("A title\n\n A line of text. \n".encode(), np.uint8)
    >>> passages = tabulate(text, np.array([0, text.size]), Parameters())
    >>> passages.start.tolist(), passages.words.tolist(), len(passages.signatures)
    ([0, 10], [2, 4], 0)
    """
    bounds = np.array(bounds, np.int64)
    anew = partial(_anew, parameters=parameters)
    if before is None:
        return anew(buffer, bounds)
    from cleaner.dedup.sketching.reuse import tabulate_again

    return tabulate_again(buffer, bounds, before, anew)


def _anew(buffer: Bytes, bounds: NDArray[np.int64], parameters: Parameters) -> PassageTable:
    """Tabulate a text from nothing."""
    table = _sketched(buffer, bounds, parameters)
    if parameters.unit != "paragraph":
        return table
    table = replace(table, flags=of_forms(table, buffer, parameters.min_words))
    return replace(table, flags=of_parallels(table, buffer, parameters))


def _sketched(buffer: Bytes, bounds: NDArray[np.int64], parameters: Parameters) -> PassageTable:
    """Digest and sketch a text with the kernels, or without them where that is faster."""
    if parameters.unit == "paragraph" and interpreting_pays(buffer.size, _EFFORT, _kernels):
        from cleaner.dedup.sketching import interpreted

        return interpreted.tabulate(buffer, bounds, parameters)
    from cleaner.dedup.sketching.passages import passages
    from cleaner.dedup.sketching.signatures import sketch

    return replace(sketch(buffer, passages(buffer, bounds, parameters.unit), parameters), bounds=bounds)


def _kernels() -> Sequence[Callable[..., object]]:
    """Return the kernels that tabulate."""
    from cleaner.dedup.sketching import passages, signatures

    return passages._room, passages._split, signatures._sketch


def load_compiled() -> bool:
    """Load the compiled code that tabulates, if it is on disk, and use it from now on; tell whether it is."""
    from cleaner.dedup.kernels.compiler import is_kept

    if not all(map(is_kept, _kernels())):
        return False
    _EFFORT.exhaust()
    text = np.frombuffer(b"A line of text.", np.uint8)
    _anew(text, np.array([0, text.size], np.int64), Parameters())
    return True
