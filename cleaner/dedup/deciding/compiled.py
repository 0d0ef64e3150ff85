"""The inner loops of combining, compiled: for corpora of any size."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding import short_passages
from cleaner.dedup.deciding.arrays import Buckets, Crowd, Kept, Outcome, Room, Tools, agreement, keeping
from cleaner.dedup.deciding.containment import holders
from cleaner.dedup.deciding.corpus import Corpus
from cleaner.dedup.deciding.verification import near
from cleaner.dedup.kernels.character_table import table
from cleaner.dedup.kernels.characters import I64, U32, U64
from cleaner.dedup.kernels.compiler import file_place, kernel
from cleaner.dedup.kernels.differing import negation_table
from cleaner.dedup.kernels.tokenizer import room_for
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching.blocks import SPARED
from cleaner.dedup.table import open_text, release

_STRIDE = 1024
"""Passages between two releases of mapped memory."""
_FILES = 128
"""Texts that are read from their files; of further ones the mapping is used, which holds more memory."""


@kernel
def _mark(keys: NDArray[np.uint32], bits: NDArray[np.uint64], meets: NDArray[np.bool_]) -> None:
    """Mark rows whose key may occur twice: a bit for seen, a bit for seen again."""
    mask = U64(bits.shape[1] * 64 - 1)
    for i in range(keys.shape[0]):
        at = (U64(keys[i]) * U64(0x9E3779B97F4A7C15) >> U64(20)) & mask
        bit = U64(1) << (at & U64(63))
        word = at >> U64(6)
        bits[1, word] |= bits[0, word] & bit
        bits[0, word] |= bit
    for i in range(keys.shape[0]):
        at = (U64(keys[i]) * U64(0x9E3779B97F4A7C15) >> U64(20)) & mask
        meets[i] |= (bits[1, at >> U64(6)] >> (at & U64(63))) & U64(1) != U64(0)


@kernel
def _group(keys: NDArray[np.uint64], number: int, bucket: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Assign numbers, from `number` on, to the groups of two or more equal keys; return their sizes.

    `keys` are sorted: the key in the upper half of each, its place in `bucket` in the lower half.
    """
    sizes = np.empty(keys.shape[0] // 2, np.uint32)
    count, i = 0, 0
    while i < keys.shape[0]:
        after = i + 1
        while after < keys.shape[0] and keys[after] >> U64(32) == keys[i] >> U64(32):
            after += 1
        if after - i > 1:
            for k in range(i, after):
                bucket[I64(keys[k] & U64(0xFFFFFFFF))] = U32(number + count)
            sizes[count] = after - i
            count += 1
        i = after
    return sizes[:count]


@kernel
def _originals(digests: NDArray[np.uint64], slots: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return for every passage the first one with the same digest; `slots` (all -1, a power of two) is room."""
    first = np.empty(digests.shape[0], np.int32)
    mask = U64(slots.shape[0] - 1)
    for i in range(digests.shape[0]):
        at = digests[i, 1] & mask
        while slots[at] >= 0 and (
            digests[slots[at], 0] != digests[i, 0] or digests[slots[at], 1] != digests[i, 1]
        ):
            at = (at + U64(1)) & mask
        if slots[at] < 0:
            slots[at] = i
        first[i] = slots[at]
    return first


def originals(digests: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return for every passage the first one with the same digest."""
    slots = np.full(1 << max(4, (2 * digests.shape[0]).bit_length()), -1, np.int32)
    return _originals(digests, slots)


def _decide(
    corpus: Corpus,
    parameters: Parameters,
    found: Buckets,
    passages: NDArray[np.int32],
    outcome: Outcome,
) -> None:
    """Take the passages in the order in which they are kept."""
    with ExitStack() as stack:
        files = [stack.enter_context(open_text(shard.text)) for shard in corpus.shards[:_FILES]]
        files += [-1] * (len(corpus.shards) - len(files))
        _take(
            corpus, parameters, _crowd(corpus, parameters, found, passages, files), found, passages, outcome
        )


def _take(
    corpus: Corpus,
    parameters: Parameters,
    crowd: Crowd,
    found: Buckets,
    passages: NDArray[np.int32],
    outcome: Outcome,
) -> None:
    """Let the kernel decide, releasing mapped memory now and then."""
    order = keeping(corpus, parameters, passages, np.diff(crowd.holder_start) > 0)
    rank = np.empty(order.size, np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    most = int(crowd.length.max())
    slots = 1 << (2 * most_tokens(corpus) + 2).bit_length()
    kept = Kept(
        rank=rank,
        by_rank=order,
        start=found.start,
        members=np.empty(int(found.start[-1]), np.int32),
        filled=np.zeros(found.start.size - 1, np.int32),
    )
    room = Room(
        stamps=np.full(passages.size, -1, np.int32),
        found=np.empty(max(1, found.bucket.shape[1] * min(parameters.bucket_cap, passages.size)), np.int32),
        own=np.empty(room_for(most), np.uint64),
        other=np.empty(room_for(most), np.uint64),
        slots=np.empty((2, slots), np.uint64),
        marks=np.zeros((2, slots), np.uint32),
    )
    least, chars, negations = agreement(parameters.threshold), table(), negation_table()
    for first in range(0, order.size, _STRIDE):
        near(
            order[first : first + _STRIDE],
            parameters.bucket_cap,
            least,
            parameters.threshold,
            parameters.shingle,
            chars,
            negations,
            crowd,
            kept,
            room,
            outcome,
        )
        for shard in corpus.shards:
            release(shard.text)


def most_tokens(corpus: Corpus) -> int:
    """Return the tokens of the passage that has most of them."""
    return max((int(shard.table.tokens.max(initial=0)) for shard in corpus.shards), default=0)


def _crowd(
    corpus: Corpus, parameters: Parameters, found: Buckets, passages: NDArray[np.int32], files: list[int]
) -> Crowd:
    """Gather the columns of the passages that meet others; texts are read from `files` where they are open."""
    text, length = np.empty(passages.size, np.int64), np.empty(passages.size, np.int32)
    rows = np.cumsum([0, *(shard.table.long.shape[0] for shard in corpus.shards)])
    brief = np.empty((passages.size, corpus.shards[0].table.brief.shape[1]), np.uint64)
    bounds = np.searchsorted(passages, corpus.offset)
    for shard, file, offset, row, (first, last) in zip(
        corpus.shards, files, corpus.offset, rows, pairwise(bounds), strict=False
    ):
        part = shard.table
        local = passages[first:last] - offset
        start = part.start[local]
        text[first:last] = file_place(file, start) if file >= 0 else shard.text.ctypes.data + start
        length[first:last] = part.end[local] - start
        brief[first:last] = part.brief[found.rows[first:last] - row]
        for column in (part.start, part.end, part.brief):
            release(column)
    scope = corpus.doc[passages] if parameters.scope == "document" else np.zeros(passages.size, np.int32)
    held = (np.zeros(passages.size + 1, np.int64), np.zeros(0, np.int32))
    if parameters.contained:
        words = corpus.words[passages]
        held = holders(
            text, length, words, scope, size=parameters.shingle, cap=parameters.bucket_cap, table=table()
        )
    few, many = parameters.spares(0), parameters.spares(parameters.number_words)
    spares = np.where(corpus.words[passages] < parameters.number_words, few, many).astype(np.uint8)
    return Crowd(
        pinned=corpus.pinned[passages],
        spared=corpus.flags[passages] & SPARED > 0,
        spares=spares,
        doc=corpus.doc[passages],
        scope=scope,
        text=text,
        length=length,
        brief=brief,
        bucket=found.bucket,
        holder_start=held[0],
        holders=held[1],
    )


TOOLS = Tools(originals, _mark, _group, _decide, kernel(short_passages.runs), kernel(short_passages.repeats))
KERNELS = (_originals, _mark, near)
"""Those that take long to compile, or that every corpus needs."""
