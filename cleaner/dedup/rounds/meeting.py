"""The passages that meet: band keys are counted first, and only passages that share one are sent to a bucket."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.rounds.collapse import original_of
from cleaner.dedup.rounds.frame import Block, Frame, block_at, frame_at
from cleaner.dedup.rounds.messages import (
    KEY,
    MEMBER,
    Chunks,
    Messages,
    Rows,
    groups,
    load,
    received,
    rows,
    save,
    senders,
    sent,
)
from cleaner.dedup.sketching.blocks import BLOCK, SPARED


def parts_of(
    frame: Frame, band: NDArray[np.uint8], key: NDArray[np.uint32], salt: NDArray[np.uint32] | int = 0
) -> NDArray[np.int64]:
    """Return the part of each bucket, or of each slice of one."""
    mixed = key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed += band.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed += np.asarray(salt, np.uint64) * np.uint64(0x165667B19E3779F9)
    return (mixed >> np.uint64(33)).astype(np.int64) % frame.parts


def salts_of(frame: Frame, total: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return over how many slices a bucket of so many passages is spread."""
    return np.minimum(-(-total.astype(np.int64) // frame.hot), frame.blocks).astype(np.uint32)


def salt_of(frame: Frame, number: int, total: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the slice that the passages of a block are in."""
    return (np.int64(number) * salts_of(frame, total).astype(np.int64) // frame.blocks).astype(np.uint32)


def signature_rows(block: Block) -> NDArray[np.int64]:
    """Return which long passages of a block may meet others: the first ones with their tokens."""
    if not block.frame.parameters.near:
        return np.zeros(0, np.int64)
    long = block.corpus.long
    first = original_of(block)[long] == block.place[long]
    return np.flatnonzero(first & (block.corpus.flags[long] & BLOCK == 0))


def _keys(block: Block, wanted: NDArray[np.int64]) -> NDArray[np.uint32]:
    tables = [shard.table.keys for shard in block.shards]
    bands = block.frame.parameters.bands
    return np.concatenate([np.zeros((bands, 0), np.uint32), *tables], axis=1)[:, wanted]


def send_keys(path: Path, number: int) -> Messages:
    """Yield the band keys of a block and how often it has each."""
    block = block_at(path, number)
    found = []
    for band, keys in enumerate(_keys(block, signature_rows(block))):
        key, count = np.unique(keys, return_counts=True)
        found.append(rows(KEY, key.size, band=band, key=key, count=count))
    made = np.concatenate([np.zeros(0, KEY), *found])
    yield from sent(made, parts_of(block.frame, made["band"], made["key"]))


def join_keys(part: int, chunks: Chunks, path: Path) -> Messages:
    """Yield to each block those of its keys that two passages or more have, with their number."""
    del part, path
    found, sender = received(chunks, KEY).copy(), senders(chunks, KEY)
    order = np.lexsort((found["key"], found["band"]))
    found, sender = found[order], sender[order]
    starts = groups(found["band"], found["key"])
    if starts.size > 1:
        total = np.add.reduceat(found["count"].astype(np.int64), starts[:-1])
        found["count"] = np.repeat(np.minimum(total, 0xFFFFFFFF), np.diff(starts))
    shared = found["count"] > 1
    yield from sent(found[shared], sender[shared])


def take_keys(number: int, chunks: Chunks, path: Path) -> int:
    """Write which passages of a block meet others, and in which buckets; return the size of the largest bucket.

    `row` is a signature, `member` the number of its passage among those that meet.
    """
    block = block_at(path, number)
    shared = received(chunks, KEY)
    wanted = signature_rows(block)
    found = []
    for band, keys in enumerate(_keys(block, wanted)):
        here = np.sort(shared[shared["band"] == band], order="key")
        if not here.size:
            continue
        at = np.minimum(np.searchsorted(here["key"], keys), here.size - 1)
        row = np.flatnonzero(here["key"][at] == keys)
        found.append(rows(_IN, row.size, row=row, band=band, key=keys[row], total=here["count"][at[row]]))
    members = np.concatenate([np.zeros(0, _IN), *found])
    crowd, member = np.unique(members["row"], return_inverse=True)
    save(
        block.frame.file("crowd", number),
        row=wanted[crowd],
        passage=block.corpus.long[wanted[crowd]].astype(np.int64),
        member=member.astype(np.int64),
        band=members["band"],
        key=members["key"],
        total=members["total"],
    )
    return int(members["total"].max(initial=0))


_IN = np.dtype([("row", "<i8"), ("band", "u1"), ("key", "<u4"), ("total", "<u4")])


def crowd_of(block: Block) -> dict[str, NDArray[np.int64]]:
    """Read what `take_keys` has written."""
    return load(block.frame.file("crowd", block.number))


def send_members(path: Path, number: int) -> Messages:
    """Yield the passages of a block that meet others to the parts of their buckets."""
    block = block_at(path, number)
    frame, crowd = block.frame, crowd_of(block)
    briefs = np.concatenate([np.zeros((0, 8), np.uint64), *(shard.table.brief for shard in block.shards)])
    member, passage = crowd["member"], crowd["passage"]
    salt = salt_of(frame, number, crowd["total"].astype(np.uint32))
    found = rows(
        MEMBER,
        member.size,
        band=crowd["band"],
        key=crowd["key"],
        salt=salt,
        total=crowd["total"],
        major=block.major()[passage][member],
        place=block.place[passage][member],
        doc=block.doc[passage][member],
        status=block.corpus.pinned[passage][member],
        spared=(block.corpus.flags[passage] & SPARED > 0)[member],
        brief=briefs[crowd["row"]][member],
    )
    yield from sent(found, parts_of(frame, found["band"], found["key"], found["salt"]))


def take_members(part: int, chunks: Chunks, path: Path) -> tuple[int, int]:
    """Write the slices of buckets of a part, each in the order of keeping; return how many passages and the most."""
    found: Rows = received(chunks, MEMBER)
    order = np.lexsort((found["place"], found["major"], found["salt"], found["key"], found["band"]))
    found = found[order]
    starts = groups(found["band"], found["key"], found["salt"])
    frame = frame_at(path)
    save(frame.file("members", part), members=found, start=starts)
    save(
        frame.file("windows-0", part), status=found["status"], sent=np.full((starts.size - 1, 2), -(1 << 62))
    )
    return found.size, int(np.diff(starts).max(initial=0))
