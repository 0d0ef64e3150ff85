"""Short passages beside removed long ones, and repeats: what follows from the fates of the long passages.

Walks begin at a removed passage and go both ways as long as the short passages there equal those beside the
one that is kept for it. Whether they are equal is known at once, by the blocks of the kept ones. Whom a
short passage is removed for depends on what was removed before, in the order of the corpus. That
matters only where a walk reads what another one may have written; those few are put in order in one place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.compiled import TOOLS
from cleaner.dedup.parameters import KINDS
from cleaner.dedup.rounds.collapse import original_of
from cleaner.dedup.rounds.fates import Fates, fates_of
from cleaner.dedup.rounds.frame import Block, block_at, frame_at
from cleaner.dedup.rounds.messages import (
    LINK,
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
from cleaner.dedup.sketching.blocks import SPARED

_RUN, _REPEAT = KINDS.index("run"), KINDS.index("repeat")
WALK: Final = np.dtype(
    [("passage", "<i8"), ("which", "u1"), ("side", "i1"), ("k", "<i4"), ("there", "<i8"), ("original", "<i8")]
)
"""A step of a walk: the removed passage, whether beside the kept one or the first with its tokens, and how far."""
EVENT: Final = np.dtype(
    [
        ("passage", "<i8"),
        ("which", "u1"),
        ("side", "i1"),
        ("k", "<i4"),
        ("here", "<i8"),
        ("beside", "<i8"),
        ("doc", "<i8"),
        ("own", "<i8"),
        ("pinned", "?"),
        ("spared", "?"),
        ("read", "?"),
    ]
)
"""A short passage `here` of the document `own` that equals the one `beside` in `doc`; `read`: that may be removed."""


def send_walks(path: Path, number: int) -> Messages:
    """Yield the short passages beside the removed long ones of a block to the blocks of those that are kept."""
    block = block_at(path, number)
    parameters, corpus = block.frame.parameters, block.corpus
    if not parameters.run:
        return
    original, fates = original_of(block), fates_of(block, "fates")
    gone = np.flatnonzero((fates.kept >= 0) & (corpus.words >= parameters.min_words))
    short = corpus.words < parameters.min_words
    made = []
    for side in (-1, 1):
        lengths = _lengths(block, short, side)[gone]
        for which, target in enumerate((fates.kept, original)):
            there = target[gone]
            wanted = (there != block.place[gone]) & (lengths > 0)
            if which:
                wanted &= there != fates.kept[gone]
            size = lengths[wanted]
            k = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
            passage = np.repeat(gone[wanted], size)
            here = passage + side * (k + 1)
            made.append(
                rows(
                    WALK,
                    k.size,
                    passage=block.place[passage],
                    which=which,
                    side=side,
                    k=k,
                    there=np.repeat(there[wanted], size),
                    original=original[here],
                )
            )
    walks = np.concatenate(made)
    yield from sent(walks, block.frame.owner(walks["there"]))


def _lengths(block: Block, short: NDArray[np.bool_], side: int) -> NDArray[np.int64]:
    """Return how many short passages of the same document follow each passage, or come before it."""
    size = short.size
    step = 1 if side > 0 else -1
    doc, short = block.doc[::step], short[::step]
    joined = np.zeros(size, np.bool_)
    joined[:-1] = short[1:] & (doc[1:] == doc[:-1])
    at = np.arange(size)
    stop = np.where(joined, size, at)
    following = np.minimum.accumulate(stop[::-1])[::-1]
    lengths: NDArray[np.int64] = (following - at)[::step]
    return lengths


def match_walks(number: int, chunks: Chunks, path: Path) -> Messages:
    """Yield back how far walks go: to the first short passage that does not equal the one beside the kept one."""
    block = block_at(path, number)
    original = original_of(block)
    walks, sender = received(chunks, WALK), senders(chunks, WALK)
    there = block.local(walks["there"])
    beside = there + walks["side"].astype(np.int64) * (walks["k"].astype(np.int64) + 1)
    inside = (beside >= 0) & (beside < block.place.size)
    beside = np.where(inside, beside, there)
    equal = inside & (block.doc[beside] == block.doc[there]) & (original[beside] == walks["original"])
    starts = groups(sender, walks["passage"], walks["which"], walks["side"])
    first = np.repeat(starts[:-1], np.diff(starts))
    wrong = np.concatenate([[0], np.cumsum(~equal)])
    valid = equal & (wrong[np.arange(walks.size) + 1] == wrong[first])
    found = walks[valid]
    events = rows(
        EVENT,
        found.size,
        passage=found["passage"],
        which=found["which"],
        side=found["side"],
        k=found["k"],
        here=found["passage"] + found["side"].astype(np.int64) * (found["k"].astype(np.int64) + 1),
        beside=block.place[beside[valid]],
        doc=block.doc[beside[valid]],
    )
    yield from sent(events, sender[valid])


def take_events(number: int, chunks: Chunks, path: Path) -> int:
    """Write in their order the short passages of a block that may be removed; return how many there are."""
    block = block_at(path, number)
    events = received(chunks, EVENT)
    events = events[np.lexsort((events["k"], events["side"], events["which"], events["passage"]))]
    here = block.local(events["here"])
    events["own"] = block.doc[here]
    events["pinned"] = block.corpus.pinned[here]
    events["spared"] = block.corpus.flags[here] & SPARED > 0
    save(block.frame.file("events", number), events=events)
    return int(events.size)


def _events(block: Block) -> Rows:
    return load(block.frame.file("events", block.number))["events"]


def send_read(path: Path, number: int) -> Messages:
    """Yield the passages that the walks of a block read to their blocks."""
    block = block_at(path, number)
    beside = np.unique(_events(block)["beside"])
    yield from sent(rows(LINK, beside.size, place=beside), block.frame.owner(beside))


def answer_read(number: int, chunks: Chunks, path: Path) -> Messages:
    """Yield back which of these may be removed themselves; write that they are read."""
    block = block_at(path, number)
    asked, sender = received(chunks, LINK), senders(chunks, LINK)
    events = _events(block)
    written = np.isin(asked["place"], events["here"][~events["pinned"]])
    save(block.frame.file("read", number), places=np.unique(asked["place"][written]))
    yield from sent(asked[written], sender[written])


def take_read(number: int, chunks: Chunks, path: Path) -> int:
    """Write which walks of a block depend on others, or others on them; return how many steps they have."""
    block = block_at(path, number)
    events, told = _events(block), received(chunks, LINK)["place"]
    events["read"] = np.isin(events["beside"], told)
    starts = groups(events["passage"], events["which"], events["side"])
    walk = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    _, here = np.unique(events["here"], return_inverse=True)
    tied = events["read"] | np.isin(events["here"], load(block.frame.file("read", number))["places"])
    while True:  # what shares a walk, or a passage, with what is tied is tied as well
        before = int(tied.sum())
        for group in (walk, here):
            some = np.zeros(int(group.max(initial=-1)) + 1, np.bool_)
            some[group[tied]] = True
            tied = some[group]
        if int(tied.sum()) == before:
            break
    save(block.frame.file("tied", number), events=events, tied=tied)
    return int(tied.sum())


def send_nothing(path: Path, number: int) -> Messages:
    """Yield nothing: there is nothing to wait for."""
    del path, number
    yield from ()


def send_tied(path: Path, number: int) -> Messages:
    """Yield the walks that depend on each other to the one place that puts them in order."""
    block = block_at(path, number)
    stored = load(block.frame.file("tied", number))
    events = stored["events"][stored["tied"]]
    yield from sent(events, np.zeros(events.size, np.int64))


def order_tied(part: int, chunks: Chunks, path: Path) -> Messages:
    """Yield to the blocks what is removed by the walks that depend on each other, and for what."""
    del part
    events = received(chunks, EVENT)
    events = events[np.lexsort((events["k"], events["side"], events["which"], events["passage"]))]
    kept = walked(events)
    found = rows(LINK, len(kept), place=np.fromiter(kept, np.int64, len(kept)), to=[*kept.values()])
    yield from sent(found, frame_at(path).owner(found["place"]))


def walked(events: Rows) -> dict[int, int]:
    """Return what is removed by walks in their order, and for what, as `deciding.short_passages.runs` does it."""
    names = ("passage", "which", "side", "here", "beside", "own", "pinned", "spared")
    docs = dict(zip(events["beside"].tolist(), events["doc"].tolist(), strict=True))
    kept: dict[int, int] = {}
    broken: tuple[int, int, int] | None = None
    for passage, which, side, here, beside, own, pinned, spared in zip(
        *(events[name].tolist() for name in names), strict=True
    ):
        if broken == (passage, which, side):
            continue
        stays = beside
        while stays in kept:
            stays = kept[stays]
        if spared and docs[stays] == own:
            broken = (passage, which, side)
        elif here not in kept and stays != here and not pinned:
            kept[here] = stays
    return kept


def finish(number: int, chunks: Chunks, path: Path) -> int:
    """Remove runs and repeats in a block, and write its fates; return how many are removed in all."""
    block = block_at(path, number)
    fates = fates_of(block, "fates")
    told = received(chunks, LINK)
    _enter(block, fates, told["place"], told["to"])
    if block.frame.parameters.run:
        stored = load(block.frame.file("tied", number))
        events = stored["events"][~stored["tied"]]
        kept = walked(events)
        size = len(kept)
        _enter(block, fates, np.fromiter(kept, np.int64, size), np.fromiter(kept.values(), np.int64, size))
    if block.frame.parameters.repeat:
        _repeats(block, fates)
    fates.save(block, "final")
    return int((fates.kept >= 0).sum())


def _enter(block: Block, fates: Fates, places: NDArray[np.int64], kept: NDArray[np.int64]) -> None:
    at = block.local(places)
    fates.kept[at] = kept
    fates.kind[at] = _RUN


def _repeats(block: Block, fates: Fates) -> None:
    """Remove passages equal to the one before them, in what is left of each document."""
    parameters, corpus = block.frame.parameters, block.corpus
    _, original = np.unique(original_of(block), return_inverse=True)
    gone = fates.kept >= 0
    kept = np.where(gone, 0, -1).astype(np.int32)
    _, doc = np.unique(block.doc, return_inverse=True)
    TOOLS.repeats(
        doc.astype(np.int32),
        corpus.words,
        original.astype(np.int32),
        corpus.pinned,
        corpus.flags,
        max(parameters.min_words, parameters.repeat_words),
        parameters.repeat_words,
        _REPEAT,
        kept,
        fates.kind,
    )
    new = (kept >= 0) & ~gone
    fates.kept[new] = block.place[kept[new]]
