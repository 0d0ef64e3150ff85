"""What becomes of each passage of a block, near-duplicates and exact copies first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.parameters import KINDS
from cleaner.dedup.rounds.collapse import original_of
from cleaner.dedup.rounds.frame import Block, block_at
from cleaner.dedup.rounds.keeping import state_of
from cleaner.dedup.rounds.meeting import crowd_of
from cleaner.dedup.rounds.messages import (
    FATE,
    LINK,
    Chunks,
    Messages,
    load,
    received,
    rows,
    save,
    senders,
    sent,
)
from cleaner.dedup.sketching.blocks import SPARED

_EXACT, _NEAR = KINDS.index("exact"), KINDS.index("near")


@dataclass(frozen=True, slots=True)
class Fates:
    """What becomes of the passages of a block, as in `deciding.corpus.Fate`, but with places in the whole corpus."""

    kept: NDArray[np.int64]
    kind: NDArray[np.uint8]
    similarity: NDArray[np.float64]
    unlike: NDArray[np.int64]
    differs: NDArray[np.uint8]
    likeness: NDArray[np.float64]

    def save(self, block: Block, name: str) -> None:
        """Write the columns to a file of the block."""
        save(
            block.frame.file(name, block.number), **{field: getattr(self, field) for field in self.__slots__}
        )


def fates_of(block: Block, name: str) -> Fates:
    """Read the fates of a block after a step."""
    columns: dict[str, Any] = load(block.frame.file(name, block.number))
    return Fates(**columns)


def of_rounds(block: Block, step: int) -> Fates:
    """Return the fates after the rounds of keeping."""
    size = block.place.size
    fates = Fates(
        np.full(size, -1, np.int64),
        np.zeros(size, np.uint8),
        np.ones(size, np.float64),
        np.full(size, -1, np.int64),
        np.zeros(size, np.uint8),
        np.zeros(size, np.float64),
    )
    passage, state = crowd_of(block)["passage"], state_of(block, step)
    gone = state["kept"] >= 0
    for name in ("kept", "kind", "similarity"):
        getattr(fates, name)[passage[gone]] = state[name][gone]
    unlike = (state["unlike"] >= 0) & ~gone
    for name in ("unlike", "differs", "likeness"):
        getattr(fates, name)[passage[unlike]] = state[name][unlike]
    return fates


def copies_of(block: Block) -> NDArray[np.int64]:
    """Return the long passages of a block that have the tokens of an earlier one."""
    parameters, long = block.frame.parameters, block.corpus.long
    if not (parameters.exact or parameters.near):
        return np.zeros(0, np.int64)
    copies = (original_of(block)[long] != block.place[long]) & ~block.corpus.pinned[long]
    found: NDArray[np.int64] = long[copies].astype(np.int64)
    return found


def send_copies(path: Path, number: int) -> Messages:
    """Yield the originals of which a block has copies."""
    block = block_at(path, number)
    asked = np.unique(original_of(block)[copies_of(block)])
    yield from sent(rows(LINK, asked.size, place=asked), block.frame.owner(asked))


def answer_originals(number: int, chunks: Chunks, path: Path, step: int) -> Messages:
    """Yield to those who asked what became of passages of a block."""
    block = block_at(path, number)
    asked = received(chunks, LINK)["place"]
    fates, at = of_rounds(block, step), block.local(asked)
    found = rows(
        FATE,
        asked.size,
        place=asked,
        kept=fates.kept[at],
        kind=fates.kind[at],
        similarity=fates.similarity[at],
    )
    yield from sent(found, senders(chunks, LINK))


def take_copies(number: int, chunks: Chunks, path: Path, step: int) -> dict[str, Any]:
    """Remove the copies of a block for their originals, or for what is kept for those; write the fates.

    Returns what was counted in the rounds before.
    """
    block = block_at(path, number)
    fates, parameters, copies = of_rounds(block, step), block.frame.parameters, copies_of(block)
    told = np.sort(received(chunks, FATE), order="place")
    original = original_of(block)[copies]
    about = told[np.searchsorted(told["place"], original)] if told.size else told
    stays = about["kept"] < 0
    kept = np.where(stays, original, about["kept"])
    apart = (block.corpus.flags[copies] & SPARED == 0) | ~_same_document(block, copies, kept)
    if not parameters.near:
        apart &= stays
    copies, kept, about, stays = copies[apart], kept[apart], about[apart], stays[apart]
    fates.kept[copies] = kept
    fates.kind[copies] = np.where(stays, _EXACT if parameters.exact else _NEAR, about["kind"])
    fates.similarity[copies] = about["similarity"]
    fates.save(block, "fates")
    state = state_of(block, step)
    return {"verified": int(state["verified"][0]), "histogram": state["histogram"].tolist()}


def _same_document(block: Block, passages: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which passages of a block are in the same document as others anywhere."""
    same = block.has(others)
    same[same] = block.doc[block.local(others[same])] == block.doc[passages[same]]
    return same
