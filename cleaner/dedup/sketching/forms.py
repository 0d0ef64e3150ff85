"""What repeats in a text as the parts of a form do: labels and questions, and what stands beside them.

In a week of meals, in a table of products that lost its cells, in questions put to several people the same lines
come again and again, each time over something else. Two answers that are the same are still two answers, and
a label without its value, or an answer without its question, says nothing. So none of it is a duplicate of
another part of its own document.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.sketching.blocks import LISTED, SPARED
from cleaner.dedup.table import Bytes, PassageTable
from cleaner.engines.lazy import regex
from cleaner.protected.code.signals import has_prose, signal

LABELLED: Final = 3
"""Times that a short line stands over other passages when it is a label."""
DIFFERENT: Final = 2
"""Different passages among those over which a label, a question or a line with a colon stands."""

_ENDS: Final = (
    ":",
    "?",
    "\N{FULLWIDTH COLON}",
    "\N{FULLWIDTH QUESTION MARK}",
    "\N{ARABIC QUESTION MARK}",
    "\N{ETHIOPIC QUESTION MARK}",
)
_LABEL: Final = regex(rb"[^\s:][^:]+?(?::(?: |\t|\xc2\xa0|\xe2\x80\xaf)|\xef\xbc\x9a)")
"""A label and its colon, at the beginning of a line."""
_LONGEST: Final = 42
"""Bytes of a label."""
_DOC: Final = np.uint64(0x9E3779B97F4A7C15)


def of_forms(table: PassageTable, buffer: Bytes, min_words: int) -> NDArray[np.uint8]:
    r"""Return the flags of the passages with `SPARED` added to those that are parts of a form.

    A line of fewer than `min_words` words that stands `LABELLED` times over passages that differ is a label: the
    passages next to it are parts. So is a line of any length that ends in a colon or a question mark, when what
    follows it differs, and what follows such a line that is not over each copy. So are a long line of code amid prose,
    in which quotation marks and dashes are no matter of style, and one that begins with a label that others have.

    >>> from cleaner.dedup.parameters import Parameters
    >>> from cleaner.dedup.sketching.tabulating import tabulate
    >>> text = np.frombuffer(b"Lunch:\nSoup\nLunch:\nRice\nTea\nTea\n", np.uint8)
    >>> (tabulate(text, np.array([0, text.size]), Parameters()).flags & SPARED).tolist()
    [1, 0, 1, 0, 0, 0]
    """
    flags = table.flags.copy()
    key = table.digest[:, 0] ^ (table.doc.astype(np.uint64) * _DOC) if table.size else np.zeros(0, np.uint64)
    group, times = _groups(key)
    repeated = np.flatnonzero(times[group] > 1) if table.size else np.zeros(0, np.int64)
    if not repeated.size:
        return flags
    long = repeated[table.words[repeated] >= min_words]
    flags[_which(is_code, long, table, buffer)] |= SPARED | LISTED
    flags[_stated(long, key, table, buffer)] |= SPARED
    flags[_answers(long, group, key, table, buffer)] |= SPARED
    others = _different(group[repeated], _following(key, table.doc)[repeated], times.size)
    repeated = repeated[others[group[repeated]] >= DIFFERENT]
    short = (table.words[repeated] > 0) & (table.words[repeated] < min_words)
    labels = repeated[short & (times[group[repeated]] >= LABELLED)]
    flags[_beside(labels, table.doc)] |= SPARED
    flags[repeated[_announce(repeated, table.end, buffer)]] |= SPARED
    return flags


def _which(
    ask: Callable[[str], bool], passages: NDArray[np.int64], table: PassageTable, buffer: Bytes
) -> NDArray[np.int64]:
    """Return those of some passages whose text is what is asked for."""
    texts = (
        buffer[table.start[k] : table.end[k]].tobytes().decode("utf-8", "surrogatepass") for k in passages
    )
    return passages[np.fromiter(map(ask, texts), np.bool_, passages.size)]


def _stated(
    passages: NDArray[np.int64], key: NDArray[np.uint64], table: PassageTable, buffer: Bytes
) -> NDArray[np.int64]:
    """Return those of some passages whose label begins `LABELLED` passages of their document that are not all equal."""
    labelled = [k for k in passages.tolist() if _label(k, table, buffer)]
    found: list[int] = []
    for doc, members in groupby(labelled, key=lambda k: int(table.doc[k])):
        first, stop = np.searchsorted(table.doc, (doc, doc + 1)).tolist()
        beginning: dict[bytes, list[int]] = {}
        for k in range(first, stop):
            beginning.setdefault(_label(k, table, buffer), []).append(int(key[k]))
        for k in members:
            alike = beginning[_label(k, table, buffer)]
            if len(alike) >= LABELLED and len(set(alike)) >= DIFFERENT:
                found.append(k)
    return np.array(found, np.int64)


def _label(passage: int, table: PassageTable, buffer: Bytes) -> bytes:
    """Return the label at the beginning of a passage, with its colon; nothing where there is none."""
    start = int(table.start[passage])
    found = _LABEL.match(buffer[start : min(start + _LONGEST, int(table.end[passage]))].tobytes())
    return found[0] if found else b""


def _answers(
    passages: NDArray[np.int64],
    group: NDArray[np.int64],
    key: NDArray[np.uint64],
    table: PassageTable,
    buffer: Bytes,
) -> NDArray[np.int64]:
    """Return those of some passages over which a line with a colon or a question mark is that not all copies have."""
    behind = passages[(passages > 0) & (table.doc[passages] == table.doc[passages - 1])]
    over = behind - 1
    before = np.zeros(key.size, np.uint64)
    before[behind] = key[over]
    others = _different(group[passages], before[passages], int(group.max()) + 1)
    asked: NDArray[np.int64] = behind[
        (others[group[behind]] >= DIFFERENT) & _announce(over, table.end, buffer)
    ]
    return asked


def is_code(line: str) -> bool:
    """Tell whether a line looks like code and has no words in a row.

    >>> is_code("tide --at noon --say '{quay: 3}'"), is_code("The quay (old as it is) was sold on Friday.")
    (True, False)
    """
    return signal(line) > 0 and not has_prose(line)


def _groups(key: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the number of the group of equal passages of one document that each is in, and the sizes of all groups."""
    order = np.argsort(key, kind="stable")
    first = np.ones(key.size, np.bool_)
    first[1:] = key[order][1:] != key[order][:-1]
    group = np.empty(key.size, np.int64)
    group[order] = np.cumsum(first) - 1
    return group, np.bincount(group)


def _following(key: NDArray[np.uint64], doc: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return the key of the passage after each; 0 at the end of a document."""
    following = np.zeros(key.size, np.uint64)
    following[:-1] = np.where(doc[1:] == doc[:-1], key[1:], np.uint64(0))
    return following


def _different(group: NDArray[np.int64], following: NDArray[np.uint64], groups: int) -> NDArray[np.int64]:
    """Count by group the different passages that follow its members."""
    order = np.lexsort((following, group))
    group, following = group[order], following[order]
    new = np.ones(group.size, np.bool_)
    new[1:] = (group[1:] != group[:-1]) | (following[1:] != following[:-1])
    return np.bincount(group[new], minlength=groups)


def _beside(labels: NDArray[np.int64], doc: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the passages before and after some, in the same document."""
    before, after = labels[labels > 0], labels[labels + 1 < doc.size]
    return np.concatenate(
        [before[doc[before - 1] == doc[before]] - 1, after[doc[after + 1] == doc[after]] + 1]
    )


def _announce(passages: NDArray[np.int64], end: NDArray[np.int64], buffer: Bytes) -> NDArray[np.bool_]:
    """Tell which passages end in a colon or a question mark."""
    found = np.zeros(passages.size, np.bool_)
    for mark in _ENDS:
        raw = np.frombuffer(mark.encode(), np.uint8)
        last = end[passages]
        alike = last >= raw.size
        for back in range(raw.size):
            alike &= buffer[np.maximum(last - 1 - back, 0)] == raw[-1 - back]
        found |= alike
    return found
