"""Tabulating passages in Python and numpy, bit for bit as the kernels do: for small corpora, and to compare with."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup import minhash
from cleaner.dedup.parameters import PERMUTATIONS, Parameters
from cleaner.dedup.sketching.blocks import (
    APART,
    BLOCK,
    NO_BLOCKS,
    OPENERS,
    SPEECH,
    Blocks,
    blocks_of,
    size_of,
    spared,
    unlike_prose,
)
from cleaner.dedup.sketching.permutations import permutations
from cleaner.dedup.sketching.places import Places
from cleaner.dedup.table import Bytes, PassageTable
from cleaner.dedup.tokens import tokens, word_count

_MASK = (1 << 64) - 1
_MIX_1, _MIX_2 = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53
_BASIS = 0xCBF29CE484222325


def tabulate(buffer: Bytes, bounds: NDArray[np.int64], parameters: Parameters) -> PassageTable:
    """Find the passages (lines) of a shard, digest and sketch them: see `cleaner.dedup.sketching.tabulating`."""
    raw = buffer.tobytes()
    places = _lines(raw, bounds, NO_BLOCKS)
    docs = unlike_prose(buffer, places.doc, places.start, places.end, places.flags)
    blocks = blocks_of(buffer, bounds, docs)
    if blocks.start.size:
        places = _lines(raw, bounds, blocks)
    places = places._replace(flags=spared(places.doc, places.flags))
    words, counts, digests, signatures = [], [], [], []
    spans = zip(places.start.tolist(), places.end.tolist(), (places.flags & BLOCK).tolist(), strict=True)
    for number, (first, last, block) in enumerate(spans):
        found = tokens(raw[first:last].decode("utf-8", "surrogatepass"))
        hashes = minhash.hashes_of(found)
        counts.append(len(found))
        words.append(word_count(found))
        digests.append(_digest_bytes(raw[first:last]) if block else _digest(hashes, raw[first:last]))
        if words[-1] >= parameters.min_words:
            signatures.append((number, _signature(hashes, parameters.shingle)))
    sketched = np.array([values for _, values in signatures], np.uint32).reshape(-1, PERMUTATIONS)
    return PassageTable(
        bounds=bounds,
        doc=places.doc,
        start=places.start,
        end=places.end,
        at=places.at,
        chars=places.chars,
        words=np.array(words, np.int32),
        tokens=np.array(counts, np.int32),
        flags=places.flags,
        digest=np.array(digests, np.uint64).reshape(-1, 2),
        long=np.array([number for number, _ in signatures], np.int32),
        signatures=sketched,
        keys=_keys(sketched, parameters),
        brief=_brief(sketched),
    )


def _lines(raw: bytes, bounds: NDArray[np.int64], blocks: Blocks) -> Places:
    """Find the passages: the lines and blocks that are not empty."""
    ends = {
        start: (end, flags) for start, end, flags in zip(*(column.tolist() for column in blocks), strict=True)
    }
    found: list[tuple[int, ...]] = []
    for doc, (first, last) in enumerate(pairwise(bounds.tolist())):
        byte, at, flag, own, until = first, 0, 0, 0, first
        while byte < last:
            if byte in ends:
                until, own = ends[byte]
            stop = raw.find(b"\n", byte, last)
            stop = last if stop < 0 else stop
            inside = own if byte < until else 0
            if inside & BLOCK:
                stop = until
            line = raw[byte:stop].decode("utf-8", "surrogatepass")
            passage = line.strip()
            left = line[: len(line) - len(line.lstrip())]
            start = byte + size_of(left)
            if passage:
                speech = SPEECH if passage[0] in OPENERS else 0
                where = (doc, start, start + size_of(passage), at + len(left), len(passage))
                found.append((*where, flag | inside | speech))
            flag = 0 if passage else APART
            at += len(line) + 1
            byte = stop + 1
    columns = np.array(found, np.int64).reshape(-1, 6)
    doc_, start_, end_, at_, chars, flags = columns.T.copy()
    return Places(doc_.astype(np.int32), start_, end_, at_, chars.astype(np.int32), flags.astype(np.uint8))


def _digest(hashes: list[int], raw: bytes) -> tuple[int, int]:
    """Return the 128-bit digest of token hashes; of the bytes where there is no token."""
    items = hashes or list(raw)
    first, second = _BASIS ^ len(hashes), len(items)
    for number in items:
        first = (first ^ number) * _MIX_1 & _MASK
        second = (((second << 29 | second >> 35) & _MASK) * _MIX_2 + number) & _MASK
    return minhash.mix(first), minhash.mix(second)


def _digest_bytes(raw: bytes) -> tuple[int, int]:
    """Return the 128-bit digest of the bytes of a protected block."""
    first, second = ~_BASIS & _MASK, len(raw)
    for number in raw:
        first = (first ^ number) * _MIX_1 & _MASK
        second = (((second << 29 | second >> 35) & _MASK) * _MIX_2 + number) & _MASK
    return minhash.mix(first), minhash.mix(second)


def _signature(hashes: list[int], size: int) -> NDArray[np.uint32]:
    """Return the least value of every permutation over the shingles."""
    found = np.array(minhash.polynomials(hashes, size), np.uint64)
    x = (found >> np.uint64(32)).astype(np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    factors, addends = permutations()
    values: NDArray[np.uint32] = (x[:, None] * factors + addends).min(axis=0)
    return values


def _keys(signatures: NDArray[np.uint32], parameters: Parameters) -> NDArray[np.uint32]:
    """Hash the values of each band."""
    values = signatures[:, : parameters.bands * parameters.rows].reshape(
        -1, parameters.bands, parameters.rows
    )
    keys: NDArray[np.uint32] = np.zeros((len(signatures), parameters.bands), np.uint32)
    for row in range(parameters.rows):
        keys = keys * np.uint32(0x9E3779B1) + values[:, :, row]
    return np.ascontiguousarray(keys.T)


def _brief(signatures: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Pack the lowest four bits of every value."""
    values = (signatures & np.uint32(15)).astype(np.uint64).reshape(-1, PERMUTATIONS // 16, 16)
    packed: NDArray[np.uint64] = (values << (np.arange(16, dtype=np.uint64) * np.uint64(4))).sum(
        axis=2, dtype=np.uint64
    )
    return packed
