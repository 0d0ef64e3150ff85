"""Passages of one text that say the same of different things.

What the seller owes and what the buyer owes, the left side and the right side, the weather of two towns: written
with the same words on purpose, they begin differently and end alike, where a copy of a passage, or a version of it,
begins as it does. So are those that differ in a few names or numbers alone, each in the place of another: how to
open it in Gradle and in Maven, 8 ounces for him and 4 for her.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching.blocks import SPARED
from cleaner.dedup.table import Bytes, PassageTable
from cleaner.engines.lazy import regex

TAIL: Final = 40
"""Bytes at the end that are alike."""
HEAD: Final = 16
"""Bytes at the beginning that are in no other one, the case of ASCII letters aside."""
SPAN: Final = 128
"""Bytes of another passage that may begin with a name, a label or a bullet before them: it is a version of this one."""
FEW: Final = 8
"""Passages that end alike and are compared with each other; of more, only the beginnings are."""
VARIED: Final = 3
"""Names and numbers that may differ."""
_FIGURES: Final = bytes.maketrans(b"123456789", b"000000000")
_WORDS: Final = regex(r"\w+")
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_WORD: Final = 8


def of_parallels(table: PassageTable, buffer: Bytes, parameters: Parameters) -> NDArray[np.uint8]:
    r"""Return the flags of the passages with `SPARED` added to the first of each that begins in its own way.

    >>> from cleaner.dedup.sketching.tabulating import tabulate
    >>> end = b" side: loosen the bolts at the foot of the lamp with the long key, and lift it out.\n"
    >>> text = np.frombuffer(b"Left" + end + b"Right" + end + b"Left" + end, np.uint8)
    >>> (tabulate(text, np.array([0, text.size]), Parameters()).flags & SPARED).tolist()
    [1, 1, 0]
    """
    long = np.flatnonzero((table.words >= parameters.min_words) & (table.end - table.start >= TAIL + HEAD))
    if long.size < 2:
        return table.flags
    doc = table.doc[long].astype(np.uint64) * _MIX
    ending = _groups(_hashed(buffer, table.end[long] - TAIL, TAIL) ^ doc)
    beginning = _groups(_hashed(buffer, table.start[long], TAIL) ^ doc)
    flags = table.flags.copy()
    for group in ending:
        apart = _apart([_begun(buffer, table, passage) for passage in long[group].tolist()])
        if len(apart) > 1:
            flags[long[group[apart]]] |= SPARED
    for group in (*ending, *beginning):
        texts = [_read(buffer, table, passage) for passage in long[group].tolist()]
        flags[long[group[_varied(texts, parameters.number_words)]]] |= SPARED
    return flags


def _read(buffer: Bytes, table: PassageTable, passage: int) -> str:
    """Return the text of a passage."""
    data = buffer[int(table.start[passage]) : int(table.end[passage])].tobytes()
    return data.decode("utf-8", "replace")


def _varied(texts: Sequence[str], number_words: int) -> list[int]:
    """Return which passages differ from one of the `FEW` before them in names or numbers alone, and equal none.

    Of numbers in passages under `number_words` words the rule about them decides.

    >>> _varied(["Open it in Gradle.", "Open it in Maven.", "Open it in Maven.", "Open it in Mav.", "Open it now."], 40)
    [1]
    """
    found = []
    words = [_WORDS.findall(text) for text in texts]
    for k, these in enumerate(words):
        before = words[max(0, k - FEW) : k]
        varies = any(_is_variation(these, those, numbers=len(these) >= number_words) for those in before)
        if varies and these not in before and not any(_is_cut(these, those) for those in before):
            found.append(k)
    return found


def _is_variation(these: Sequence[str], those: Sequence[str], *, numbers: bool) -> bool:
    """Tell whether some names, or numbers, stand in the place of others."""
    pairs = _pairs(these, those)
    return 0 < len(pairs) <= VARIED and all(_is_other(*pair, numbers=numbers) for pair in pairs)


def _is_cut(these: Sequence[str], those: Sequence[str]) -> bool:
    """Tell whether words are the same but for some that are cut short."""
    pairs = [(one.casefold(), other.casefold()) for one, other in _pairs(these, those)]
    return bool(pairs) and all(one.startswith(other) or other.startswith(one) for one, other in pairs)


def _pairs(these: Sequence[str], those: Sequence[str]) -> list[tuple[str, str]]:
    """Return what stands in the place of what; nothing for passages that are not equally long."""
    if len(these) != len(those):
        return []
    return [pair for pair in zip(these, those, strict=True) if pair[0] != pair[1]]


def _is_other(one: str, other: str, *, numbers: bool) -> bool:
    """Tell whether two words are different names, or different numbers."""
    if one.isdecimal() and other.isdecimal():
        return numbers
    return one[0].isupper() and other[0].isupper() and one.casefold() != other.casefold()


def _begun(buffer: Bytes, table: PassageTable, passage: int) -> tuple[bytes, int]:
    """Return how a passage begins, and its digest: the case of ASCII letters, and figures after its label, aside."""
    start = int(table.start[passage])
    text = buffer[start : min(start + SPAN, int(table.end[passage]))].tobytes().lower()
    label, space, rest = text.partition(b" ")
    return label + space + rest.translate(_FIGURES), int(table.digest[passage, 0])


def _apart(begun: Sequence[tuple[bytes, int]]) -> list[int]:
    """Return which passages begin in their own way: the first of those that begin alike.

    >>> _apart([(b"the left side of the boat", 1), (b"the right side of the boat", 2), (b"* the left side of the", 3)])
    [0, 1]
    """
    found: list[int] = []
    heads: set[bytes] = set()
    digests: set[int] = set()
    for k, (text, digest) in enumerate(begun):
        alike = text[:HEAD] in heads or digest in digests
        if not alike and len(begun) <= FEW:
            alike = any(text[:HEAD] in begun[i][0] or begun[i][0][:HEAD] in text for i in found)
        heads.add(text[:HEAD])
        digests.add(digest)
        if not alike:
            found.append(k)
    return found


def _groups(key: NDArray[np.uint64]) -> list[NDArray[np.int64]]:
    """Return the places of each key that is there more than once, in order."""
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(key[order][1:] != key[order][:-1]) + 1
    return [group for group in np.split(order, cuts) if group.size > 1]


def _hashed(buffer: Bytes, starts: NDArray[np.int64], size: int) -> NDArray[np.uint64]:
    """Hash so many bytes from each place on."""
    words = np.ascontiguousarray(buffer[starts[:, None] + np.arange(size)], np.uint8).view(np.uint64)
    key = np.zeros(starts.size, np.uint64)
    for k in range(size // _WORD):
        key = (key ^ words[:, k]) * _MIX
        key ^= key >> np.uint64(29)
    return key
