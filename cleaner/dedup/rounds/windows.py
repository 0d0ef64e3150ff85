"""The windows of buckets: the first few passages that are not removed, with which all later ones are compared.

A bucket of a million passages of one template would be compared with itself in vain: nearly all of
them are removed for the first. So only a window of it is looked at, which moves on and widens from
round to round; it never needs to hold more than the cap. A bucket that is too large for one part is spread
in slices, which tell each other what is first in them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.deciding.arrays import agreement
from cleaner.dedup.deciding.verification import agree
from cleaner.dedup.kernels.compiler import kernel
from cleaner.dedup.rounds.frame import Frame, block_at, frame_at
from cleaner.dedup.rounds.keeping import KEPT, LISTENER, OPEN, PAIRED, REMOVED, UNDECIDED, state_of
from cleaner.dedup.rounds.meeting import crowd_of, parts_of, salt_of, salts_of
from cleaner.dedup.rounds.messages import (
    MEMBER,
    NEWS,
    PAIR,
    Chunks,
    Messages,
    Rows,
    groups,
    load,
    received,
    rows,
    save,
    sent,
)

SMALL: Final = 64
"""Passages of a bucket that is looked at whole at once."""
NARROW: Final = 4
"""Passages of the first window of a larger one; each following one is four times as wide."""
_FIRST: Final = -(1 << 62)
_LAST: Final = 1 << 62


def whole(frame: Frame, total: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which buckets, of so many passages, are looked at once and never again."""
    return total <= min(SMALL, frame.parameters.bucket_cap)


def widths(frame: Frame, total: NDArray[np.int64], turn: int) -> NDArray[np.int64]:
    """Return how many passages the window of each bucket holds in a turn."""
    cap = frame.parameters.bucket_cap
    wide = NARROW << min(2 * turn, 24)
    return np.where(total <= SMALL, np.minimum(cap, total), min(cap, wide)).astype(np.int64)


def send_news(path: Path, number: int, step: int, since: int) -> Messages:
    """Yield to the larger buckets what has been decided after step `since` about their passages."""
    block = block_at(path, number)
    crowd, state = crowd_of(block), state_of(block, step)
    fresh = state["decided"] > since
    chosen = np.flatnonzero(fresh[crowd["member"]] & ~whole(block.frame, crowd["total"]))
    salt = salt_of(block.frame, number, crowd["total"][chosen].astype(np.uint32))
    news = rows(
        NEWS,
        chosen.size,
        band=crowd["band"][chosen],
        key=crowd["key"][chosen],
        salt=salt,
        place=block.place[crowd["passage"]][crowd["member"][chosen]],
        status=state["status"][crowd["member"][chosen]],
    )
    yield from sent(news, parts_of(block.frame, news["band"], news["key"], news["salt"]))


def move_windows(part: int, chunks: Chunks, path: Path, turn: int) -> Messages:
    """Write what is known of a part's passages; yield what is first in each slice to all slices of the bucket."""
    frame = frame_at(path)
    members, start, status, before = _opened(frame, part, turn)
    _mark(members, status, received(chunks, NEWS), ~whole(frame, members["total"]))
    save(frame.file(f"moved-{turn}", part), status=status, sent=before)
    heads = members[start[:-1]]
    salts = salts_of(frame, heads["total"])
    width = widths(frame, heads["total"].astype(np.int64), turn)
    found = []
    for bucket in np.flatnonzero(salts > 1):
        some = slice(start[bucket], start[bucket + 1])
        alive = start[bucket] + np.flatnonzero(status[some] != REMOVED)[: width[bucket] + 1]
        first = members[alive].copy()
        first["status"] = status[alive]
        for salt in range(int(salts[bucket])):
            copy = first.copy()
            copy["salt"] = salt
            found.append(copy)
    made = np.concatenate([np.zeros(0, MEMBER), *found])
    yield from sent(made, parts_of(frame, made["band"], made["key"], made["salt"]))


def send_pairs(part: int, chunks: Chunks, path: Path, turn: int) -> Messages:
    """Yield the passages to compare to their blocks, and who waits for more of a bucket."""
    frame = frame_at(path)
    stored = load(frame.file("members", part))
    members, start = stored["members"], stored["start"]
    moved = load(frame.file(f"moved-{turn}", part))
    status, before = moved["status"], moved["sent"]
    heads = members[start[:-1]]
    width = widths(frame, heads["total"].astype(np.int64), turn)
    alone = salts_of(frame, heads["total"]) == 1
    window, first = _windows(members, start, status, width, alone, received(chunks, MEMBER))
    ends, limits = _ends(window, first, width, frame.parameters.bucket_cap)
    passage, other = _pairs(members, start, status, window, first[:-1], ends, before, frame)
    after = before.copy()
    some = ends > first[:-1]
    after[some, 0], after[some, 1] = window["major"][ends[some] - 1], window["place"][ends[some] - 1]
    save(frame.file(f"windows-{turn + 1}", part), status=status, sent=np.maximum(after, before))
    made = [_paired(members[passage], window[other]), _listening(frame, members[passage], window[other])]
    made.append(_waiting(members, start, status, limits))
    found = np.concatenate(made)
    yield from sent(found, frame.owner(found["place"]))


def _opened(frame: Frame, part: int, turn: int) -> tuple[Rows, Rows, Rows, Rows]:
    stored, known = load(frame.file("members", part)), load(frame.file(f"windows-{turn}", part))
    return stored["members"], stored["start"], known["status"].copy(), known["sent"]


def _mark(members: Rows, status: Rows, news: Rows, expected: NDArray[np.bool_]) -> None:
    """Enter what has been decided."""
    if not news.size:
        return
    names = ("band", "key", "salt", "place")
    large = np.flatnonzero(expected)
    order = large[np.lexsort([members[name][large] for name in reversed(names)])]
    wanted = np.lexsort([news[name] for name in reversed(names)])
    listed = members[order]
    both = np.concatenate([listed[list(names)].astype(NEWS_KEY), news[list(names)].astype(NEWS_KEY)])
    _, inverse = np.unique(both, return_inverse=True)
    at = np.full(int(inverse.max()) + 1, -1, np.int64)
    at[inverse[: order.size]] = order
    status[at[inverse[order.size :][wanted]]] = news["status"][wanted]


NEWS_KEY = np.dtype([("band", "u1"), ("key", "<u4"), ("salt", "<u4"), ("place", "<i8")])
_BUCKET = ["band", "key", "salt"]
_KIND = np.dtype([("band", "u1"), ("key", "<u4"), ("salt", "<u4")])


def _windows(
    members: Rows, start: Rows, status: Rows, width: Rows, alone: Rows, told: Rows
) -> tuple[Rows, NDArray[np.int64]]:
    """Return the first passages of each bucket that are not removed, one more than its window holds."""
    sizes = np.diff(start)
    bucket = np.repeat(np.arange(sizes.size), sizes)
    alive = (status != REMOVED) & alone[bucket]
    place_in = np.cumsum(alive) - 1
    base = np.zeros(sizes.size, np.int64)
    some = sizes > 0
    base[some] = place_in[start[:-1][some]] + (~alive[start[:-1][some]])
    chosen = np.flatnonzero(alive & (place_in - base[bucket] <= width[bucket]))
    own = members[chosen].copy()
    own["status"] = status[chosen]
    owner = bucket[chosen]
    if told.size and sizes.size:
        listed, asked = members[start[:-1]][_BUCKET].astype(_KIND), told[_BUCKET].astype(_KIND)
        at = np.minimum(np.searchsorted(listed, asked), listed.size - 1)
        here = listed[at] == asked  # a block may have none of a slice
        own, owner = np.concatenate([own, told[here]]), np.concatenate([owner, at[here]])
        order = np.lexsort((own["place"], own["major"], owner))
        own, owner = own[order], owner[order]
    first = np.searchsorted(owner, np.arange(sizes.size + 1))
    rank = np.arange(owner.size) - first[owner]
    inside = rank <= width[owner]
    own, owner = own[inside], owner[inside]
    return own, np.searchsorted(owner, np.arange(sizes.size + 1)).astype(np.int64)


def _ends(
    window: Rows, first: NDArray[np.int64], width: Rows, cap: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each window ends, and what is the first passage after it (none when no more can be kept)."""
    ends = np.minimum(first[1:], first[:-1] + width)
    limits = np.full((ends.size, 2), _LAST, np.int64)
    more = first[1:] > ends
    limits[more, 0], limits[more, 1] = window["major"][ends[more]], window["place"][ends[more]]
    kept = np.concatenate([[0], np.cumsum(window["status"] == KEPT)])
    limits[kept[ends] - kept[first[:-1]] >= cap] = _LAST
    return ends, limits


def _pairs(
    members: Rows,
    start: Rows,
    status: Rows,
    window: Rows,
    first: NDArray[np.int64],
    ends: NDArray[np.int64],
    before: Rows,
    frame: Frame,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the undecided passages and those before them in the window that are like enough to be compared."""
    one, other = _columns(members), _columns(window)
    common = (start.astype(np.int64), status, first, ends, before.astype(np.int64))
    least = agreement(frame.parameters.threshold)
    nothing = np.zeros(0, np.int64)
    match: Callable[..., int] = _match
    count = match(*one, *other, *common, least, nothing, nothing)
    passage, partner = np.empty(count, np.int64), np.empty(count, np.int64)
    match(*one, *other, *common, least, passage, partner)
    return passage, partner


def _columns(found: Rows) -> tuple[Rows, ...]:
    names = ("major", "place", "doc", "spared", "brief")
    return tuple(np.ascontiguousarray(found[name]) for name in names)


@kernel
def _match(
    major: NDArray[np.int64],
    place: NDArray[np.int64],
    doc: NDArray[np.int64],
    spared: NDArray[np.bool_],
    brief: NDArray[np.uint64],
    w_major: NDArray[np.int64],
    w_place: NDArray[np.int64],
    w_doc: NDArray[np.int64],
    w_spared: NDArray[np.bool_],
    w_brief: NDArray[np.uint64],
    start: NDArray[np.int64],
    status: NDArray[np.uint8],
    first: NDArray[np.int64],
    ends: NDArray[np.int64],
    before: NDArray[np.int64],
    least: int,
    passage: NDArray[np.int64],
    partner: NDArray[np.int64],
) -> int:
    """Count the pairs, and write them where there is room for them."""
    count = 0
    for bucket in range(first.shape[0]):
        for e in range(first[bucket], ends[bucket]):
            if w_major[e] < before[bucket, 0] or (
                w_major[e] == before[bucket, 0] and w_place[e] <= before[bucket, 1]
            ):
                continue
            for p in range(start[bucket], start[bucket + 1]):
                if status[p] != 0:
                    continue
                if major[p] < w_major[e] or (major[p] == w_major[e] and place[p] <= w_place[e]):
                    continue
                if spared[p] and doc[p] == w_doc[e]:
                    continue
                if agree(brief[p], w_brief[e]) >= least:
                    if count < passage.shape[0]:
                        passage[count] = p
                        partner[count] = e
                    count += 1
    return count


def _paired(passages: Rows, others: Rows) -> Rows:
    """Return for the blocks of passages what they are compared with."""
    return rows(
        PAIR,
        passages.size,
        kind=PAIRED,
        place=passages["place"],
        major=others["major"],
        other=others["place"],
        status=others["status"],
    )


def _listening(frame: Frame, passages: Rows, others: Rows) -> Rows:
    """Return for the blocks of undecided passages which blocks wait for them."""
    open_ = others["status"] == UNDECIDED
    place, block = others["place"][open_], frame.owner(passages["place"][open_])
    found = np.unique(rows(PAIR, place.size, kind=LISTENER, place=place, other=block))
    elsewhere: Rows = found[found["other"] != frame.owner(found["place"])]
    return elsewhere


def _waiting(members: Rows, start: Rows, status: Rows, limits: NDArray[np.int64]) -> Rows:
    """Return the passages that come after what has been looked at in a bucket, each with the first limit."""
    bucket = np.repeat(np.arange(limits.shape[0]), np.diff(start))
    major, place = limits[bucket, 0], limits[bucket, 1]
    after = (members["major"] > major) | ((members["major"] == major) & (members["place"] > place))
    chosen = np.flatnonzero(after & (status == UNDECIDED))
    found = rows(
        PAIR,
        chosen.size,
        kind=OPEN,
        place=members["place"][chosen],
        major=major[chosen],
        other=place[chosen],
    )
    found = found[np.lexsort((found["other"], found["major"], found["place"]))]
    return found[groups(found["place"])[:-1]]


def send_kept(path: Path, number: int, step: int) -> Messages:
    """Yield how many passages of a block are kept in each bucket that is larger than the cap."""
    block = block_at(path, number)
    crowd, state = crowd_of(block), state_of(block, step)
    chosen = (crowd["total"] > block.frame.parameters.bucket_cap) & (state["status"][crowd["member"]] == KEPT)
    found = rows(NEWS, int(chosen.sum()), band=crowd["band"][chosen], key=crowd["key"][chosen])
    found, count = np.unique(found, return_counts=True)
    found["place"] = count
    yield from sent(found, parts_of(block.frame, found["band"], found["key"]))


def count_capped(part: int, chunks: Chunks, path: Path) -> int:
    """Count the buckets in which more passages are kept than others are compared with."""
    del part
    found = received(chunks, NEWS)
    found = found[np.lexsort((found["key"], found["band"]))]
    starts = groups(found["band"], found["key"])
    if not found.size:
        return 0
    return int((np.add.reduceat(found["place"], starts[:-1]) > frame_at(path).parameters.bucket_cap).sum())
