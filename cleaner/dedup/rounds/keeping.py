"""Rounds of keeping: a passage is decided once all that come before it, and that it is compared with, are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.arrays import BINS, PATIENCE, Crowd, Kept, Outcome, Room
from cleaner.dedup.deciding.verification import verify
from cleaner.dedup.kernels.character_table import table
from cleaner.dedup.kernels.compiler import kernel
from cleaner.dedup.kernels.differing import negation_table
from cleaner.dedup.kernels.tokenizer import room_for
from cleaner.dedup.rounds.frame import Block, Frame, block_at
from cleaner.dedup.rounds.meeting import crowd_of
from cleaner.dedup.rounds.messages import (
    LINK,
    PAIR,
    Chunks,
    Messages,
    Rows,
    load,
    received,
    rows,
    save,
    sent,
)
from cleaner.dedup.sketching.blocks import SPARED
from cleaner.dedup.table import load as load_table
from cleaner.dedup.table import map_text

UNDECIDED, KEPT, REMOVED = 0, 1, 2
_HERE: Final = 255
"""In place of a status: the other passage is in this block, where its status is known."""
PAIRED, LISTENER, OPEN = 0, 1, 2
"""Kinds of messages to a block: a pair to compare, a block that waits for a passage, a passage that waits."""
_FIRST: Final = -(1 << 62)
_LAST: Final = 1 << 62
State = dict[str, NDArray[Any]]


def state_of(block: Block, step: int) -> State:
    """Return what is decided about the passages of a block that meet others, after a step; 0 is before the first."""
    if step:
        return load(block.frame.file(f"keep-{step}", block.number))
    passage = crowd_of(block)["passage"]
    size = passage.size
    return {
        "status": block.corpus.pinned[passage].astype(np.uint8),
        "decided": np.zeros(size, np.int64),
        "kept": np.full(size, -1, np.int64),
        "kind": np.zeros(size, np.uint8),
        "similarity": np.ones(size, np.float64),
        "unlike": np.full(size, -1, np.int64),
        "differs": np.zeros(size, np.uint8),
        "likeness": np.zeros(size, np.float64),
        "passed": np.zeros(size, np.int64),
        "done": np.full((size, 2), _FIRST, np.int64),
        "limit": np.full((size, 2), _LAST, np.int64),
        "pairs": np.zeros(0, _PAIRS),
        "listeners": np.zeros(0, LINK),
        "histogram": np.zeros(BINS, np.int64),
        "verified": np.zeros(1, np.int64),
    }


_PAIRS = np.dtype([("row", "<i8"), ("major", "<i8"), ("other", "<i8"), ("status", "u1")])


def take_pairs(number: int, chunks: Chunks, path: Path, step: int, to: int) -> dict[str, int]:
    """Enter what the buckets say, decide what can be decided, and return what is left to do."""
    block = block_at(path, number)
    state, told = state_of(block, step), received(chunks, PAIR)
    crowd_places = block.place[crowd_of(block)["passage"]]
    rows_of = np.searchsorted(crowd_places, told["place"])
    pairs, open_ = told["kind"] == PAIRED, told["kind"] == OPEN
    state["limit"] = np.full_like(state["limit"], _LAST)
    found = np.flatnonzero(open_)
    found = found[np.lexsort((told["other"][found], told["major"][found], rows_of[found]))][::-1]
    state["limit"][rows_of[found]] = np.stack([told["major"][found], told["other"][found]], axis=1)
    new = rows(
        _PAIRS,
        int(pairs.sum()),
        row=rows_of[pairs],
        major=told["major"][pairs],
        other=told["other"][pairs],
        status=told["status"][pairs],
    )
    new["status"][block.has(new["other"])] = _HERE
    state["pairs"] = _merged(np.concatenate([state["pairs"], new]))
    heard = told["kind"] == LISTENER
    listeners = rows(LINK, int(heard.sum()), place=rows_of[heard], to=told["other"][heard])
    state["listeners"] = np.unique(np.concatenate([state["listeners"], listeners]))
    return _decided(block, state, to)


def send_decided(path: Path, number: int, step: int, since: int) -> Messages:
    """Yield what has been decided after step `since` to the blocks that wait for it."""
    block = block_at(path, number)
    state = state_of(block, step)
    listeners = state["listeners"]
    fresh = listeners[state["decided"][listeners["place"]] > since]
    places = block.place[crowd_of(block)["passage"]]
    news = rows(LINK, fresh.size, place=places[fresh["place"]], to=state["status"][fresh["place"]])
    yield from sent(news, fresh["to"])


def take_decided(number: int, chunks: Chunks, path: Path, step: int, to: int) -> dict[str, int]:
    """Enter what other blocks have decided, decide what can be decided now, and return what is left to do."""
    block = block_at(path, number)
    state, news = state_of(block, step), received(chunks, LINK)
    news = news[np.argsort(news["place"], kind="stable")]
    pairs = state["pairs"]
    if news.size and pairs.size:
        at = np.minimum(np.searchsorted(news["place"], pairs["other"]), news.size - 1)
        known = (news["place"][at] == pairs["other"]) & (pairs["status"] == UNDECIDED)
        pairs["status"][known] = news["to"][at[known]]
    return _decided(block, state, to)


def _merged(pairs: Rows) -> Rows:
    """Return the pairs by passage and in the order of keeping, each once, with the latest that is known of it."""
    order = np.lexsort((-pairs["status"].astype(np.int64), pairs["other"], pairs["major"], pairs["row"]))
    pairs = pairs[order]
    new = np.ones(pairs.size, np.bool_)
    new[1:] = (pairs["row"][1:] != pairs["row"][:-1]) | (pairs["other"][1:] != pairs["other"][:-1])
    return pairs[new]


def _decided(block: Block, state: State, step: int) -> dict[str, int]:
    """Decide what can be decided in a block, write its state, and count."""
    before = state["status"].copy()
    if before.size and (before == UNDECIDED).any():
        _run(block, state)
    fresh = state["status"] != before
    state["decided"][fresh] = step
    waiting = state["status"] == UNDECIDED
    state["pairs"] = state["pairs"][waiting[state["pairs"]["row"]]]
    save(block.frame.file(f"keep-{step}", block.number), **state)
    return {
        "undecided": int(waiting.sum()),
        "open": int((waiting & (state["limit"][:, 1] != _LAST)).sum()),
        "fresh": int(fresh.sum()),
    }


def _run(block: Block, state: State) -> None:
    """Let the kernel go through the passages of a block in the order of keeping."""
    parameters, crowd = block.frame.parameters, crowd_of(block)
    passage = crowd["passage"]
    pairs, size = state["pairs"], passage.size
    here = pairs["status"] == _HERE
    far = np.unique(pairs["other"][pairs["status"] == KEPT])
    candidate = np.full(pairs.size, -1, np.int64)
    candidate[here] = np.searchsorted(block.place[passage], pairs["other"][here])
    known = pairs["status"] == KEPT
    candidate[known] = size + np.searchsorted(far, pairs["other"][known])
    texts, tokens, keep = _texts(block, passage, far)
    members = _crowd(block, passage, texts)
    out = Outcome(
        kept=np.full(size, -1, np.int32),
        kind=state["kind"],
        similarity=state["similarity"],
        unlike=np.full(size, -1, np.int32),
        differs=state["differs"],
        likeness=state["likeness"],
        histogram=state["histogram"],
        counts=np.array([0, 0, 1]),
    )
    begin = np.searchsorted(pairs["row"], np.arange(size + 1))
    order = np.lexsort((block.place[passage], block.major()[passage]))
    _decide(
        order,
        begin,
        candidate,
        np.ascontiguousarray(pairs["status"]),
        np.ascontiguousarray(pairs["major"]),
        np.ascontiguousarray(pairs["other"]),
        state["limit"],
        state["done"],
        state["status"],
        state["passed"],
        parameters.threshold,
        parameters.shingle,
        table(),
        negation_table(),
        members,
        _kept(size + far.size),
        _room(int(texts[1].max(initial=0)), tokens, int(np.diff(begin).max(initial=1))),
        out,
    )
    del keep
    state["verified"] += out.counts[0]
    places = np.concatenate([block.place[passage], far])
    for name, found in (("kept", out.kept), ("unlike", out.unlike)):
        some = found >= 0
        state[name][some] = places[found[some]]


def _texts(
    block: Block, passage: NDArray[np.int64], far: NDArray[np.int64]
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int32]], int, list[Any]]:
    """Return addresses and bytes of the texts of passages here and far away, the most tokens, and what holds them."""
    corpus, frame = block.corpus, block.frame
    text = np.empty(passage.size + far.size, np.int64)
    length = np.empty(passage.size + far.size, np.int32)
    keep: list[Any] = []
    most = 0
    shard_of = np.searchsorted(corpus.offset, passage, side="right") - 1
    for number, shard in enumerate(block.shards):
        some = np.flatnonzero(shard_of == number)
        index = passage[some] - corpus.offset[number]
        text[some] = shard.text.ctypes.data + shard.table.start[index]
        length[some] = shard.table.end[index] - shard.table.start[index]
        most = max(most, int(shard.table.tokens[index].max(initial=0)))
    shards = far >> 32
    for number in np.unique(shards).tolist():
        some = np.flatnonzero(shards == number)
        piece, starts, sizes, tokens = _pieces(frame, number, far[some] & np.int64(0xFFFFFFFF))
        text[passage.size + some] = piece.ctypes.data + starts
        length[passage.size + some] = sizes
        most = max(most, tokens)
        keep.append(piece)
    return (text, length), most, keep


def _pieces(
    frame: Frame, shard: int, index: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], int]:
    """Read the texts of some passages of a shard, end to end."""
    known = load_table(Path(frame.tables[shard]))
    first, last = known.start[index], known.end[index]
    text = map_text(Path(frame.texts[shard]))
    piece = np.concatenate([np.zeros(0, np.uint8), *(text[i:j] for i, j in zip(first, last, strict=True))])
    sizes = last - first
    return piece, np.cumsum(sizes) - sizes, sizes, int(known.tokens[index].max(initial=0))


def _crowd(
    block: Block, passage: NDArray[np.int64], texts: tuple[NDArray[np.int64], NDArray[np.int32]]
) -> Crowd:
    """Return the columns that comparing needs; the others are empty."""
    corpus, parameters = block.corpus, block.frame.parameters
    few, many = parameters.spares(0), parameters.spares(parameters.number_words)
    nothing = np.zeros(0, np.int32)
    return Crowd(
        pinned=corpus.pinned[passage],
        spared=corpus.flags[passage] & SPARED > 0,
        spares=np.where(corpus.words[passage] < parameters.number_words, few, many).astype(np.uint8),
        doc=nothing,
        scope=nothing,
        text=texts[0],
        length=texts[1],
        brief=np.zeros((0, 0), np.uint64),
        bucket=np.zeros((0, 0), np.uint32),
        holder_start=np.zeros(1, np.int64),
        holders=nothing,
    )


def _kept(size: int) -> Kept:
    nothing = np.zeros(0, np.int32)
    return Kept(nothing, np.arange(size, dtype=np.int64), np.zeros(0, np.uint32), nothing, nothing)


def _room(most: int, tokens: int, candidates: int) -> Room:
    slots = 1 << (2 * tokens + 2).bit_length()
    slots = max(slots, 64)
    return Room(
        stamps=np.zeros(0, np.int32),
        found=np.empty(max(1, candidates), np.int32),
        own=np.empty(room_for(most), np.uint64),
        other=np.empty(room_for(most), np.uint64),
        slots=np.empty((2, slots), np.uint64),
        marks=np.zeros((2, slots), np.uint32),
    )


@kernel
def _decide(
    order: NDArray[np.int64],
    begin: NDArray[np.int64],
    candidate: NDArray[np.int64],
    known: NDArray[np.uint8],
    major: NDArray[np.int64],
    other: NDArray[np.int64],
    limit: NDArray[np.int64],
    done: NDArray[np.int64],
    status: NDArray[np.uint8],
    passed: NDArray[np.int64],
    threshold: float,
    size: int,
    chars: NDArray[np.uint64],
    negations: NDArray[np.uint64],
    crowd: Crowd,
    kept: Kept,
    room: Room,
    out: Outcome,
) -> None:
    """Compare every undecided passage with the kept ones before it, up to the first one that is undecided."""
    for p in order:
        if status[p] != 0:
            continue
        count, waits = 0, limit[p, 1] != 1 << 62
        for j in range(begin[p], begin[p + 1]):
            if major[j] < done[p, 0] or (major[j] == done[p, 0] and other[j] <= done[p, 1]):
                continue
            if major[j] > limit[p, 0] or (major[j] == limit[p, 0] and other[j] >= limit[p, 1]):
                waits = True
                break
            here = status[candidate[j]] if known[j] == 255 else known[j]
            if here == 0:
                waits = True
                break
            if here == 1:
                room.found[count] = candidate[j]
                count += 1
            last = j
            done[p, 0], done[p, 1] = major[last], other[last]
        if count:
            passed[p] = verify(
                p,
                room.found[:count],
                passed[p],
                threshold,
                size,
                chars,
                negations,
                crowd,
                kept,
                room,
                out,
            )
        if out.kept[p] >= 0:
            status[p] = 2
        elif not waits or passed[p] >= PATIENCE:
            status[p] = 1
