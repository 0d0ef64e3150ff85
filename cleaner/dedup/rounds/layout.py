"""For each removed passage the one that is kept for it in the end, and where that is: the plan, shard by shard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.parameters import KINDS
from cleaner.dedup.plan import Removed
from cleaner.dedup.rounds.fates import Fates, fates_of
from cleaner.dedup.rounds.frame import Block, Frame, block_at, frame_at
from cleaner.dedup.rounds.messages import (
    LINK,
    Chunks,
    Messages,
    Rows,
    load,
    received,
    rows,
    save,
    senders,
    sent,
)
from cleaner.dedup.told import KEYS, Elsewhere, Told, write

TARGET: Final = np.dtype([("place", "<i8"), ("next", "<i8"), ("final", "?")])
COUNT: Final = np.dtype([("place", "<i8"), ("unlike", "?"), ("count", "<i8")])
KEPT: Final = np.dtype(
    [
        ("place", "<i8"),
        ("unlike", "?"),
        ("mine", "?"),
        ("cluster", "<i8"),
        ("doc", "<i8"),
        ("index", "<i8"),
        ("start", "<i8"),
        ("end", "<i8"),
        ("byte_start", "<i8"),
        ("byte_end", "<i8"),
    ]
)


def partners(fates: Fates) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the removed passages of a block, and those that are kept beside a similar one."""
    return np.flatnonzero(fates.kept >= 0), np.flatnonzero((fates.unlike >= 0) & (fates.kept < 0))


def _targets(block: Block, turn: int) -> Rows:
    """Return the passages that others are removed for, with what is known so far of where that ends."""
    if turn:
        return load(block.frame.file(f"targets-{turn}", block.number))["targets"]
    fates = fates_of(block, "final")
    gone, unlike = partners(fates)
    places = np.unique(np.concatenate([fates.kept[gone], fates.unlike[unlike]]))
    return rows(TARGET, places.size, place=places, next=places)


def send_targets(path: Path, number: int, turn: int) -> Messages:
    """Yield the kept passages of which it is not known whether they are kept in the end."""
    targets = _targets(block_at(path, number), turn)
    asked = np.unique(targets["next"][~targets["final"]])
    yield from sent(rows(LINK, asked.size, place=asked), frame_at(path).owner(asked))


def answer_targets(number: int, chunks: Chunks, path: Path) -> Messages:
    """Yield back what is kept for them, as far as this block knows."""
    block = block_at(path, number)
    asked, kept = received(chunks, LINK)["place"], fates_of(block, "final").kept
    then = asked.copy()
    final = np.zeros(asked.size, np.bool_)
    while True:
        here = block.has(then)
        onward = np.where(
            here, kept[np.where(here, block.local(np.where(here, then, block.place[:1])), 0)], -1
        )
        final = here & (onward < 0)
        if not (onward >= 0).any():
            break
        then = np.where(onward >= 0, onward, then)
    yield from sent(rows(TARGET, asked.size, place=asked, next=then, final=final), senders(chunks, LINK))


def take_targets(number: int, chunks: Chunks, path: Path, turn: int) -> int:
    """Write what is known now; return how many are still to be followed."""
    block = block_at(path, number)
    targets, told = _targets(block, turn).copy(), np.sort(received(chunks, TARGET), order="place")
    some = ~targets["final"]
    about = told[np.searchsorted(told["place"], targets["next"][some])]
    targets["next"][some], targets["final"][some] = about["next"], about["final"]
    save(block.frame.file(f"targets-{turn + 1}", number), targets=targets)
    return int((~targets["final"]).sum())


def _finals(block: Block, turn: int) -> tuple[Fates, list[tuple[NDArray[np.int64], NDArray[np.int64]]]]:
    """Return the fates of a block, and for its removed and its unlike passages the ones that are kept in the end."""
    fates, targets = fates_of(block, "final"), _targets(block, turn)
    found = []
    for passages, column in zip(partners(fates), (fates.kept, fates.unlike), strict=True):
        at = np.searchsorted(targets["place"], column[passages])
        found.append((passages, targets["next"][at]))
    return fates, found


def send_counts(path: Path, number: int, turn: int) -> Messages:
    """Yield how many passages of a block are removed for each kept one."""
    made = []
    for unlike, (_, kept) in enumerate(_finals(block_at(path, number), turn)[1]):
        place, count = np.unique(kept, return_counts=True)
        made.append(rows(COUNT, place.size, place=place, unlike=unlike, count=count))
    found = np.concatenate(made)
    yield from sent(found, frame_at(path).owner(found["place"]))


def answer_counts(number: int, chunks: Chunks, path: Path) -> Messages:
    """Yield back where the kept passages of a block are, and for how many they are kept in all."""
    block = block_at(path, number)
    counts, sender = received(chunks, COUNT), senders(chunks, COUNT)
    keys, first, inverse = np.unique(
        counts[["place", "unlike"]].astype(_KEY), return_index=True, return_inverse=True
    )
    total = np.zeros(keys.size, np.int64)
    np.add.at(total, inverse, counts["count"])
    mine = np.zeros(counts.size, np.bool_)
    mine[first] = True
    at = block.local(counts["place"])
    named = _named(block, at)
    found = rows(
        KEPT,
        counts.size,
        place=counts["place"],
        unlike=counts["unlike"],
        mine=mine,
        cluster=total[inverse],
        **named,
    )
    yield from sent(found, sender)


_KEY = np.dtype([("place", "<i8"), ("unlike", "?")])


def _named(block: Block, at: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Return document, number, code points and bytes of passages, each as its own shard counts them."""
    names = ("doc", "index", "start", "end", "byte_start", "byte_end")
    found = {name: np.empty(at.size, np.int64) for name in names}
    shard_of = np.searchsorted(block.corpus.offset, at, side="right") - 1
    for number in np.unique(shard_of).tolist():
        some = np.flatnonzero(shard_of == number)
        table, index = block.shards[number].table, at[some] - block.corpus.offset[number]
        columns = (
            table.doc[index],
            index,
            table.at[index],
            table.at[index] + table.chars[index],
            table.start[index],
            table.end[index],
        )
        for name, column in zip(names, columns, strict=True):
            found[name][some] = column
    return found


def take_layout(number: int, chunks: Chunks, path: Path, turn: int) -> dict[str, Any]:
    """Write for each shard of a block what it is told; return counts, and which shards are told anything."""
    block = block_at(path, number)
    frame = block.frame
    kept = np.sort(received(chunks, KEPT), order=["unlike", "place"])
    fates, found = _finals(block, turn)
    columns = [
        _removed(block, passages, places, kept[kept["unlike"] == unlike], kinds, values)
        for unlike, ((passages, places), kinds, values) in enumerate(
            zip(found, (fates.kind, fates.differs), (fates.similarity, fates.likeness), strict=True)
        )
    ]
    told = []
    for k in range(len(block.shards)) if block.own else ():
        shard = block.first + k - frame.earlier
        first, last = block.corpus.offset[k : k + 2]
        parts = []
        for (passages, _), (removed, places) in zip(found, columns, strict=True):
            inside = (passages >= first) & (passages < last)
            parts.append((removed.some(inside), elsewhere(frame, places[inside])))
        (removed, one), (unlike, other) = parts
        if write(
            frame.work / "told" / f"{shard:05d}.npy", Told(removed, unlike, one, other), frame.parameters
        ):
            told.append(shard)
    gone = fates.kind[found[0][0]]
    sizes = kept["cluster"][kept["mine"] & ~kept["unlike"]] + 1
    size, count = np.unique(sizes, return_counts=True)
    return {
        "told": told,
        "passages": block.place.size if block.own else 0,
        "long": block.corpus.long.size if block.own else 0,
        "removed": [int((gone == code).sum()) for code in range(len(KINDS))],
        "clusters": [size.tolist(), count.tolist()],
    }


def _removed(
    block: Block,
    passages: NDArray[np.int64],
    places: NDArray[np.int64],
    kept: Rows,
    kinds: NDArray[np.uint8],
    values: NDArray[np.float64],
) -> tuple[Removed, NDArray[np.int64]]:
    """Return passages of a block beside those that are kept for them, and the places of these."""
    at = np.searchsorted(kept["place"], places)
    named, frame = _named(block, passages), block.frame
    shard = places >> 32
    own = shard >= frame.earlier
    index = kept["index"][at].copy()
    corpus = np.searchsorted(np.cumsum([0, *frame.corpora]), shard, side="right") - 1
    for number in np.unique(shard[~own]).tolist():
        index[shard == number] += _before(frame, number)
    return Removed(
        **named,
        kept_doc=kept["doc"][at],
        kept_index=index,
        kept_start=kept["start"][at],
        kept_end=kept["end"][at],
        kept_byte_start=kept["byte_start"][at],
        kept_byte_end=kept["byte_end"][at],
        kept_shard=np.where(own, shard - frame.earlier, -1).astype(np.int32),
        kept_corpus=np.where(own, -1, corpus).astype(np.int32),
        kind=kinds[passages],
        similarity=values[passages],
        cluster=kept["cluster"][at],
    ), places


def _before(frame: Frame, shard: int) -> int:
    """Count the passages of an earlier corpus in the shards before one of it."""
    starts = np.cumsum([0, *frame.corpora])
    first = int(starts[np.searchsorted(starts, shard, side="right") - 1])
    return sum(_size(Path(frame.tables[k])) for k in range(first, shard))


def _size(folder: Path) -> int:
    from cleaner.dedup.table import load as load_table

    return load_table(folder).size


def elsewhere(frame: Frame, places: NDArray[np.int64]) -> dict[int, Elsewhere]:
    """Return by row what is kept in an earlier corpus: its name, document, code points there, and text."""
    from cleaner.dedup.table import load as load_table
    from cleaner.dedup.table import map_text

    found: dict[int, Elsewhere] = {}
    for row in np.flatnonzero(places >> 32 < frame.earlier).tolist():
        shard, index = int(places[row] >> 32), int(places[row] & 0xFFFFFFFF)
        table = load_table(Path(frame.tables[shard]))
        text = map_text(Path(frame.texts[shard]))[table.start[index] : table.end[index]].tobytes()
        keys = json.loads((Path(frame.tables[shard]) / KEYS).read_text("utf-8"))
        at = int(table.at[index])
        corpus = int(np.searchsorted(np.cumsum([0, *frame.corpora]), shard, side="right")) - 1
        found[row] = Elsewhere(
            frame.names[corpus],
            keys[int(table.doc[index])],
            at,
            at + int(table.chars[index]),
            text.decode("utf-8", "surrogatepass"),
        )
    return found
