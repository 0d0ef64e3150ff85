"""The order of the shuffles that decide about duplicates: the whole of it, and nothing but counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from cleaner.dedup.deciding.arrays import BINS
from cleaner.dedup.parameters import KINDS, Parameters
from cleaner.dedup.plan import Statistics
from cleaner.dedup.rounds import collapse, fates, keeping, layout, meeting, shorts, windows
from cleaner.dedup.rounds.frame import Frame, spread
from cleaner.dedup.rounds.within import within
from cleaner.dedup.table import load
from cleaner.engines import Hop
from cleaner.engines.staging import staged_file

BLOCK_PASSAGES: Final = 1 << 19
"""Passages of a block, at most, when there are enough shards."""
HOT: Final = 1 << 17
"""Passages of a bucket from which on it is spread over several parts."""
IDLE: Final = 100
"""Rounds without a decision after which something is wrong: the first undecided passage can always be decided."""
TASKS: Final = 2
"""Blocks for each core at least."""


class Cluster(Protocol):
    """Runs functions of this package on the machines of an engine; `stage` is what is shown meanwhile."""

    @property
    def jobs(self) -> int:
        """How many calls run at once."""
        ...

    def map(self, stage: str, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Run all calls and return their results in order."""
        ...

    def exchange(self, stage: str, calls: Sequence[tuple[Any, ...]], hops: Sequence[Hop]) -> list[Any]:
        """Pass what the calls yield from hop to hop and return the answers of the last one."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A shard: the folder of its table and the file of its text."""

    table: Path
    text: Path


def frame_of(
    shards: Sequence[Place],
    parameters: Parameters,
    work: Path,
    cluster: Cluster,
    *,
    pins: Sequence[tuple[int, int]] = (),
    against: Sequence[tuple[str, Sequence[Place]]] = (),
) -> Frame:
    """Spread the corpus, and the earlier ones, over blocks; `work` is a folder for all files of the decision."""
    before = [place for _, places in against for place in places]
    places = [*before, *shards]
    sizes = [load(place.table).size for place in places]
    blocks = max(TASKS * cluster.jobs, -(-sum(sizes) // BLOCK_PASSAGES))
    return Frame(
        work=work.absolute(),
        tables=tuple(str(place.table.absolute()) for place in places),
        texts=tuple(str(place.text.absolute()) for place in places),
        corpora=tuple(len(places) for _, places in against),
        names=tuple(name for name, _ in against),
        bounds=spread(sizes, len(before), blocks),
        parts=blocks,
        pins=tuple(sorted((len(before) + shard, passage) for shard, passage in pins)),
        parameters=parameters,
        hot=HOT,
    )


def combine(frame: Frame, cluster: Cluster) -> tuple[list[Path | None], Statistics]:
    """Decide which passages are removed; return the file that each shard is told by (None: nothing), and counts.

    The same as `deciding.combine.combine`, passage by passage; passages that contain others are not
    looked for here.
    """
    frame.save()
    steps = _Steps(frame, cluster)
    alone = frame.parameters.scope == "document"
    answers = steps.map("dedup within documents", within) if alone else _across(steps)
    told: list[Path | None] = [None] * (len(frame.tables) - frame.earlier)
    for answer in answers:
        for shard in answer["told"]:
            told[shard] = frame.work / "told" / f"{shard:05d}.npy"
    return told, _statistics(answers)


def _across(steps: _Steps) -> list[dict[str, Any]]:
    """Compare the passages of all blocks with each other."""
    frame = steps.frame
    parts, blocks = frame.parts, frame.blocks
    steps.exchange(
        "dedup collapse",
        collapse.send_digests,
        (collapse.join_digests, parts, ()),
        (collapse.take_originals, blocks, ()),
    )
    largest = max(
        steps.exchange(
            "dedup meeting",
            meeting.send_keys,
            (meeting.join_keys, parts, ()),
            (meeting.take_keys, blocks, ()),
        )
    )
    last = _rounds(steps) if largest else 0
    capped = 0
    if largest > frame.parameters.bucket_cap:
        counting = (windows.count_capped, parts, ())
        capped = sum(steps.exchange("dedup caps", windows.send_kept, counting, arguments=(last,)))
    counted = steps.exchange(
        "dedup copies",
        fates.send_copies,
        (fates.answer_originals, blocks, (last,)),
        (fates.take_copies, blocks, (last,)),
    )
    _shorts(steps)
    answers = _laid_out(steps)
    return [{**answer, **counts} for answer, counts in zip(answers, counted, strict=True)] + [
        {"told": [], "capped": capped}
    ]


def _rounds(steps: _Steps) -> int:
    """Decide about the passages that meet others, round by round; return the number of the last step."""
    parts, blocks = steps.frame.parts, steps.frame.blocks
    steps.exchange("dedup buckets", meeting.send_members, (meeting.take_members, parts, ()))
    step = turn = since_windows = since_blocks = idle = 0
    while True:
        left = steps.exchange(
            f"dedup windows {turn + 1}",
            windows.send_news,
            (windows.move_windows, parts, (turn,)),
            (windows.send_pairs, parts, (turn,)),
            (keeping.take_pairs, blocks, (step, step + 1)),
            arguments=(step, since_windows),
        )
        since_windows, step, turn = step, step + 1, turn + 1
        while True:
            if not _sum(left, "undecided"):
                return step
            left = steps.exchange(
                f"dedup round {step}",
                keeping.send_decided,
                (keeping.take_decided, blocks, (step, step + 1)),
                arguments=(step, since_blocks),
            )
            since_blocks, step = step, step + 1
            idle = 0 if _sum(left, "fresh") else idle + 1
            if idle > IDLE:
                message = "dedup: the rounds of keeping do not end"
                raise RuntimeError(message)
            if _sum(left, "open"):
                break


def _shorts(steps: _Steps) -> None:
    """Decide about the short passages."""
    blocks = steps.frame.blocks
    if not steps.frame.parameters.run:
        steps.exchange("dedup repeats", shorts.send_nothing, (shorts.finish, blocks, ()))
        return
    steps.exchange(
        "dedup walks",
        shorts.send_walks,
        (shorts.match_walks, blocks, ()),
        (shorts.take_events, blocks, ()),
    )
    steps.exchange(
        "dedup ties",
        shorts.send_read,
        (shorts.answer_read, blocks, ()),
        (shorts.take_read, blocks, ()),
    )
    steps.exchange("dedup runs", shorts.send_tied, (shorts.order_tied, 1, ()), (shorts.finish, blocks, ()))


def _laid_out(steps: _Steps) -> list[dict[str, Any]]:
    """Follow kept passages to those that are kept in the end, and write the plan."""
    blocks, turn = steps.frame.blocks, 0
    while True:
        left = steps.exchange(
            f"dedup targets {turn + 1}",
            layout.send_targets,
            (layout.answer_targets, blocks, ()),
            (layout.take_targets, blocks, (turn,)),
            arguments=(turn,),
        )
        turn += 1
        if not sum(left):
            break
    return steps.exchange(
        "dedup layout",
        layout.send_counts,
        (layout.answer_counts, blocks, ()),
        (layout.take_layout, blocks, (turn,)),
        arguments=(turn,),
    )


class _Steps:
    """Steps that are done once: what a step answered is kept, and a resumed run goes on after the last one."""

    def __init__(self, frame: Frame, cluster: Cluster) -> None:
        self.frame, self._cluster = frame, cluster

    def exchange(
        self,
        name: str,
        send: Callable[..., Any],
        *hops: tuple[Callable[..., Any], int, tuple[Any, ...]],
        arguments: tuple[Any, ...] = (),
    ) -> list[Any]:
        """Let all blocks send, and pass that on."""
        path = self.frame.path
        calls = [(path, block, *arguments) for block in range(self.frame.blocks)]
        made = [Hop(send), *(Hop(function, parts, (path, *more)) for function, parts, more in hops)]
        return self._once(name, lambda: self._cluster.exchange(name, calls, made))

    def map(self, name: str, function: Callable[..., Any]) -> list[Any]:
        """Call a function for each block."""
        calls = [(self.frame.path, block) for block in range(self.frame.blocks)]
        return self._once(name, lambda: self._cluster.map(name, function, calls))

    def _once(self, name: str, work: Callable[[], list[Any]]) -> list[Any]:
        done = self.frame.work / "done" / f"{name.replace(' ', '-')}.json"
        if done.exists():
            answers: list[Any] = json.loads(done.read_bytes())
            return answers
        answers = work()
        with staged_file(done) as part:
            part.write_text(json.dumps(answers), "utf-8")
        return answers


def _sum(answers: Sequence[dict[str, int]], name: str) -> int:
    return sum(answer[name] for answer in answers)


def _statistics(answers: Sequence[dict[str, Any]]) -> Statistics:
    """Add the counts of all blocks."""
    sizes: dict[int, int] = {}
    histogram = np.zeros(BINS, np.int64)
    removed = np.zeros(len(KINDS), np.int64)
    for answer in answers:
        for size, count in zip(*answer.get("clusters", ((), ())), strict=True):
            sizes[size] = sizes.get(size, 0) + count
        histogram += np.array(answer.get("histogram", [0] * BINS))
        removed += np.array(answer.get("removed", [0] * len(KINDS)))
    total = {
        name: sum(answer.get(name, 0) for answer in answers)
        for name in ("passages", "long", "verified", "capped")
    }
    return Statistics(
        passages=total["passages"],
        long=total["long"],
        removed=dict(zip(KINDS, removed.tolist(), strict=True)),
        verified=total["verified"],
        capped=total["capped"],
        similarities=tuple(histogram.tolist()),
        clusters=dict(sorted(sizes.items())),
    )
