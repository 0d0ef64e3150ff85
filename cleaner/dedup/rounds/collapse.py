"""The first of all passages with equal tokens: two hops, at most one row for each digest of a block."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.rounds.frame import Block, block_at, frame_at
from cleaner.dedup.rounds.messages import (
    DIGEST,
    LINK,
    Chunks,
    Messages,
    groups,
    load,
    received,
    rows,
    save,
    sent,
)


def send_digests(path: Path, number: int) -> Messages:
    """Yield the digests of a block, each with the first passage that has it."""
    block = block_at(path, number)
    first = np.flatnonzero(block.corpus.original == np.arange(block.place.size))
    digests = np.concatenate([np.zeros((0, 2), np.uint64), *(shard.table.digest for shard in block.shards)])
    found = rows(DIGEST, first.size, a=digests[first, 0], b=digests[first, 1], place=block.place[first])
    yield from sent(found, (found["a"] % np.uint64(block.frame.parts)).astype(np.int64))


def join_digests(part: int, chunks: Chunks, path: Path) -> Messages:
    """Yield to blocks what is first elsewhere."""
    del part
    found = received(chunks, DIGEST)
    found = found[np.lexsort((found["place"], found["b"], found["a"]))]
    starts = groups(found["a"], found["b"])
    first = np.repeat(found["place"][starts[:-1]], np.diff(starts))
    other = first != found["place"]
    links = rows(LINK, int(other.sum()), place=found["place"][other], to=first[other])
    yield from sent(links, frame_at(path).owner(links["place"]))


def take_originals(number: int, chunks: Chunks, path: Path) -> int:
    """Write for every passage of a block the first one of the corpus; return how many are copies."""
    block = block_at(path, number)
    links = received(chunks, LINK)
    to = block.place.copy()
    to[block.local(links["place"])] = links["to"]
    original = to[block.corpus.original]
    save(block.frame.file("original", number), original=original)
    return int((original != block.place).sum())


def original_of(block: Block) -> NDArray[np.int64]:
    """Read what `take_originals` has written."""
    return load(block.frame.file("original", block.number))["original"]
