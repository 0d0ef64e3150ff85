"""What is protected in the texts of a shard, as flags of its passages.

A block of code, a table or a stanza is one passage, whatever its lines are. Deliberate repetition
(a refrain, a response, a formula, a turn in a dialogue) is not a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.table import Bytes
from cleaner.protected import WHOLE, protect

SPARED = 1
"""A passage is no duplicate of one in its own document: a refrain, a response, a formula, a turn."""
LISTED = 2
"""A passage may repeat the one before it: an item, a row, a turn."""
BLOCK = 4
"""A block of code, a table, a stanza: one passage, removed only for one with the same bytes."""
APART = 8
"""The passage follows a blank line."""
SPEECH = 16
"""A passage begins as direct speech does."""

SHORT_LINE = 120
"""Bytes of two lines beside each other that may be of code, verse, or a table; paragraphs are longer."""
SHORT_PASSAGE = 80
"""Bytes of two passages in a row that may be turns or items."""

DATA = np.frombuffer(b"<{[", np.uint8)
"""What markup and data begin with, which may be one long line."""

OPENERS = '"“„‟‘«「『—–―＂'
"""What direct speech begins with."""


class Blocks(NamedTuple):
    """The protected blocks of a shard in order: bytes of its text, and the flags of the passages in them."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    flags: NDArray[np.uint8]


NO_BLOCKS = Blocks(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8))


def blocks_of(buffer: Bytes, bounds: NDArray[np.int64], docs: NDArray[np.int64]) -> Blocks:
    r"""Return the protected blocks of some documents (their numbers, ascending).

    >>> text = np.frombuffer(b"A poem:\n\n```\nprint(1)\n```\n", np.uint8)
    >>> blocks_of(text, np.array([0, text.size]), np.array([0]))[:2]
    (array([9]), array([25]))
    """
    found = [
        block for doc in docs.tolist() for block in _of_document(buffer, *bounds[doc : doc + 2].tolist())
    ]
    if not found:
        return NO_BLOCKS
    start, end, flags = zip(*found, strict=True)
    return Blocks(np.array(start, np.int64), np.array(end, np.int64), np.array(flags, np.uint8))


def _of_document(buffer: Bytes, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and flags of the blocks of one document."""
    text = buffer[first:last].tobytes().decode("utf-8", "surrogatepass")
    char, byte = 0, first
    for block in protect(text).blocks:
        start = byte + size_of(text[char : block.start])
        char, byte = block.end, start + size_of(text[block.start : block.end])
        yield start, byte, SPARED | LISTED | (BLOCK if block.kind in WHOLE else 0)


def size_of(text: str) -> int:
    """Count the bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def unlike_prose(
    buffer: Bytes,
    doc: NDArray[np.int32],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    flags: NDArray[np.uint8],
) -> NDArray[np.int64]:
    """Return the documents that may hold protected text: those with short lines together, or that begin as data do."""
    if not doc.size:
        return np.zeros(0, np.int64)
    size = end - start
    longer = np.maximum(size[1:], size[:-1])
    limit = np.where(_apart(flags[1:]), SHORT_PASSAGE, SHORT_LINE)
    found = (doc[1:] == doc[:-1]) & (longer <= limit)
    first = np.flatnonzero(np.diff(doc, prepend=-1))
    data = np.isin(buffer[start[first]], DATA)
    unlike = np.zeros(int(doc[-1]) + 1, np.bool_)
    unlike[doc[1:][found]] = unlike[doc[first][data]] = True
    return np.flatnonzero(unlike)


def spared(doc: NDArray[np.int32], flags: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the flags with those of deliberate repetition added.

    That is direct speech, and single lines of stanzas (several lines between blank ones).
    """
    first = np.ones(doc.size, np.bool_)
    first[1:] = doc[1:] != doc[:-1]
    joined = ~first & ~_apart(flags)
    beside = joined.copy()
    beside[:-1] |= joined[1:]
    stanzas = np.zeros(int(doc[-1]) + 1 if doc.size else 0, np.bool_)
    stanzas[doc[~first & _apart(flags)]] = True
    found: NDArray[np.uint8] = flags.copy()
    found[(beside & stanzas[doc]) | (flags & SPEECH > 0)] |= SPARED
    return found


def _apart(flags: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which passages follow a blank line."""
    apart: NDArray[np.bool_] = flags & APART > 0
    return apart
