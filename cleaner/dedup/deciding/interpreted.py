"""The same as the compiled parts, in Python and numpy: for small corpora, and to compare with."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup import minhash
from cleaner.dedup.deciding import short_passages
from cleaner.dedup.deciding.arrays import BINS, NOWHERE, PATIENCE, Buckets, Outcome, Tools, agreement, keeping
from cleaner.dedup.deciding.corpus import Corpus
from cleaner.dedup.differences import bits_of
from cleaner.dedup.parameters import KINDS, PERMUTATIONS, Parameters
from cleaner.dedup.sketching.blocks import (
    APART,
    BLOCK,
    NO_BLOCKS,
    OPENERS,
    SPARED,
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
_NEAR = KINDS.index("near")


def tabulate(buffer: Bytes, bounds: NDArray[np.int64], parameters: Parameters) -> PassageTable:
    """Find the passages (lines) of a shard, digest and sketch them: see `cleaner.dedup.sketching.tabulating`."""
    raw = buffer.tobytes()
    places = _lines(raw, bounds, NO_BLOCKS)
    docs = unlike_prose(places.doc, places.start, places.end, places.flags)
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


def _originals(digests: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return for every passage the first one with the same digest."""
    first: dict[tuple[int, int], int] = {}
    return np.array([first.setdefault((a, b), i) for i, (a, b) in enumerate(digests.tolist())], np.int32)


def _mark(keys: NDArray[np.uint32], bits: NDArray[np.uint64], meets: NDArray[np.bool_]) -> None:
    """Mark rows whose key occurs twice."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    meets |= counts[inverse] > 1


def _group(keys: NDArray[np.uint64], number: int, bucket: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return numbers to the groups of two or more equal keys; return their sizes."""
    _, inverse, counts = np.unique(keys >> np.uint64(32), return_inverse=True, return_counts=True)
    several = counts > 1
    numbers = np.where(several, number + np.cumsum(several) - 1, NOWHERE).astype(np.uint32)
    bucket[(keys & np.uint64(0xFFFFFFFF)).astype(np.int64)] = numbers[inverse]
    sizes: NDArray[np.uint32] = counts[several].astype(np.uint32)
    return sizes


def _decide(
    corpus: Corpus, parameters: Parameters, found: Buckets, passages: NDArray[np.int32], out: Outcome
) -> None:
    """Take passages in order: one is removed if a passage kept before it shares a bucket and is similar enough."""
    order = keeping(corpus, parameters, passages, np.zeros(passages.size, np.bool_)).tolist()
    rank = {passage: place for place, passage in enumerate(order)}
    least, cap = agreement(parameters.threshold), parameters.bucket_cap
    room = np.diff(found.start).tolist()
    members: dict[int, list[int]] = {}
    capped: set[int] = set()
    buckets = [[here for here in row if here != NOWHERE] for row in found.bucket.tolist()]
    short = _low_bits(corpus, found)

    @lru_cache(maxsize=4096)
    def shingles(passage: int) -> frozenset[int]:
        text = _text(corpus, int(passages[passage]))
        return frozenset(minhash.shingle_hashes(text, size=parameters.shingle))

    def differing(passage: int, other: int) -> int:
        one, two = int(passages[passage]), int(passages[other])
        spares = parameters.spares(int(corpus.words[one]))
        return spares & bits_of(_text(corpus, one), _text(corpus, two)) if spares else 0

    for passage in order:
        met = {other for here in buckets[passage] for other in members.get(here, ())}
        if parameters.scope == "document":
            met = {other for other in met if corpus.doc[passages[other]] == corpus.doc[passages[passage]]}
        if corpus.flags[passages[passage]] & SPARED:
            met = {other for other in met if corpus.doc[passages[other]] != corpus.doc[passages[passage]]}
        if not corpus.pinned[passages[passage]]:
            passed = 0
            for other in sorted(met, key=rank.__getitem__):
                if np.count_nonzero(short[passage] == short[other]) < least:
                    continue
                value = minhash.jaccard(shingles(passage), shingles(other))
                out.counts[0] += 1
                out.histogram[min(int(value * BINS), BINS - 1)] += 1
                if value >= parameters.threshold:
                    bits = differing(passage, other)
                    if bits:
                        if not passed:
                            out.unlike[passage], out.differs[passage] = other, bits
                            out.likeness[passage] = value
                        passed += 1
                        if passed == PATIENCE:
                            break
                        continue
                    out.kept[passage], out.kind[passage], out.similarity[passage] = other, _NEAR, value
                    break
        if out.kept[passage] >= 0:
            continue
        for here in buckets[passage]:
            inside = members.setdefault(here, [])
            if len(inside) < room[here]:
                inside.append(passage)
            elif len(inside) == cap:
                capped.add(here)
    out.counts[1] += len(capped)


def _low_bits(corpus: Corpus, found: Buckets) -> NDArray[np.uint8]:
    """Return the lowest four bits of the signatures of the passages that meet others."""
    parts = [np.zeros((0, PERMUTATIONS), np.uint32), *(shard.table.signatures for shard in corpus.shards)]
    low: NDArray[np.uint8] = (np.concatenate(parts)[found.rows] & np.uint32(15)).astype(np.uint8)
    return low


def _text(corpus: Corpus, passage: int) -> str:
    """Return the text of a passage."""
    number = int(np.searchsorted(corpus.offset, passage, side="right")) - 1
    shard = corpus.shards[number]
    local = passage - int(corpus.offset[number])
    raw = shard.text[shard.table.start[local] : shard.table.end[local]].tobytes()
    return raw.decode("utf-8", "surrogatepass")


TOOLS = Tools(_originals, _mark, _group, _decide, short_passages.runs, short_passages.repeats)
