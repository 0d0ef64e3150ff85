"""Deduplication in shuffles decides what deduplication in one process decides, passage by passage."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cleaner.dedup.deciding.combine import combine
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.plan import Plan, Removed
from cleaner.dedup.rounds import combine as rounds
from cleaner.dedup.rounds.frame import Frame
from cleaner.dedup.rounds.messages import PAIR
from cleaner.dedup.sketching.tabulating import tabulate
from cleaner.dedup.table import Shard, load, map_text
from cleaner.dedup.told import Told, read, write
from tests.support.cluster import InProcess

SHORTS = ("Chapter one", "Read more here", "Note", "Tomorrow and on", "- item one", "* item two", "Not so.")
WORDS = [f"w{k}" for k in range(60)]


def document(rng: random.Random, base: Sequence[str], seen: list[list[str]]) -> str:
    """Make a document of known passages with a few words changed, of short lines, and of pieces of others."""
    lines = []
    for _ in range(rng.randint(1, 9)):
        if rng.random() < 0.45:
            lines.append(rng.choice(SHORTS))
            continue
        words = rng.choice(base).split()
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
            words[rng.randrange(len(words))] = rng.choice([*WORDS, "12", "7", "not", "Anna"])
        lines.append(" ".join(words))
    if seen and rng.random() < 0.6:
        old = rng.choice(seen)
        first = rng.randrange(len(old))
        lines[2:2] = old[first : rng.randint(first + 1, len(old))]
    seen.append(lines)
    return "\n".join(lines) + "\n"


def shards_of(work: Path, texts: Sequence[Sequence[str]], parameters: Parameters) -> list[rounds.Place]:
    """Digest shards of documents into files."""
    places = []
    for number, documents in enumerate(texts):
        encoded = [text.encode() for text in documents]
        place = rounds.Place(work / f"s{number}", work / f"s{number}.bin")
        place.text.write_bytes(b"".join(encoded))
        bounds = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        tabulate(map_text(place.text), bounds, parameters).save(place.table)
        places.append(place)
    return places


def opened(places: Sequence[rounds.Place]) -> list[Shard]:
    return [Shard(load(place.table), map_text(place.text)) for place in places]


def assert_same(plan: Plan, told: Sequence[Path | None], parameters: Parameters, work: Path) -> None:
    for number, (removed, unlike) in enumerate(zip(plan.shards, plan.unlike, strict=True)):
        path = told[number]
        assert write(work / "expected.npz", Told(removed, unlike, {}, {}), parameters) == (path is not None)
        if path is not None:
            expected, found = read(work / "expected.npz"), read(path)
            for one, other in ((expected.removed, found.removed), (expected.unlike, found.unlike)):
                for field in fields(Removed):
                    wanted, got = getattr(one, field.name), getattr(other, field.name)
                    assert (wanted.dtype, wanted.tolist()) == (got.dtype, got.tolist()), (number, field.name)


def decided(frame: Frame, plan: Plan, work: Path) -> InProcess:
    """Decide in shuffles, compare with a plan, and return the cluster."""
    cluster = InProcess()
    told, statistics = rounds.combine(frame, cluster)
    assert statistics == plan.statistics
    assert_same(plan, told, frame.parameters, work)
    return cluster


CASES: list[dict[str, Any]] = [
    {},
    {"keep": "longest"},
    {"bucket_cap": 2},
    {"bucket_cap": 1, "keep": "longest"},
    {"near": False},
    {"exact": False},
    {"scope": "document"},
    {"run": False, "repeat": False},
    {"threshold": 0.5, "bands": 64, "rows": 2},
    {"number": "remove", "negation": "keep", "name": "flag"},
]


@pytest.mark.parametrize("options", CASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_plan_as_one_process_makes(options: dict[str, Any], seed: int, tmp_path: Path) -> None:
    rng, parameters = random.Random(seed), Parameters(**options)
    base = [" ".join(rng.choices(WORDS, k=rng.randint(14, 40))) for _ in range(12)]
    seen: list[list[str]] = []
    texts = [[document(rng, base, seen) for _ in range(rng.randint(0, 9))] for _ in range(4)]
    places = shards_of(tmp_path, texts, parameters)
    pins = {
        (k, rng.randrange(shard.table.size)) for k, shard in enumerate(opened(places)) if shard.table.size
    }
    pins = pins if seed % 2 else set()
    frame = rounds.frame_of(places, parameters, tmp_path / "work", InProcess(), pins=sorted(pins))
    frame = replace(frame, parts=rng.randint(1, 4), hot=rng.choice([3, 10, 1000]))
    decided(frame, combine(opened(places), parameters, pins=pins), tmp_path)


def template(number: int) -> str:
    """Return one of many pages of a template: near-duplicates of each other, no two equal."""
    start = (
        "This page is one of very many that a machine has written and in which it says what it always says"
    )
    return f"{start} of the town and its name {number % 997}x{number} and of nothing else that anybody would read\n"


def test_a_template_in_very_many_pages_does_not_end_in_one_task(tmp_path: Path) -> None:
    """A bucket that is spread over parts: no part receives more than a few times what the median one does."""
    parameters = Parameters(number="remove")
    texts = [[template(k * 150 + n) for n in range(150)] for k in range(8)]
    places = shards_of(tmp_path, texts, parameters)
    plan = combine(opened(places), parameters)
    assert sum(map(len, plan.shards)) > 1000
    frame = rounds.frame_of(places, parameters, tmp_path / "work", InProcess(jobs=4))
    cluster = decided(replace(frame, hot=150), plan, tmp_path)
    sizes = sorted(cluster.largest["take_members"])
    assert sizes[-1] <= 4 * sizes[len(sizes) // 2]
    assert sum(stage.startswith(("dedup round", "dedup windows")) for stage in cluster.stages) <= 6
    pairs = sum(cluster.largest["take_pairs"]) // PAIR.itemsize
    assert pairs < 1200 * 1200 // 8, "nearly all are removed for the first few, not compared with each other"


def test_a_decision_that_was_interrupted_goes_on_after_its_last_step(tmp_path: Path) -> None:
    parameters = Parameters()
    rng = random.Random(5)
    base = [" ".join(rng.choices(WORDS, k=20)) for _ in range(5)]
    texts = [[document(rng, base, []) for _ in range(6)] for _ in range(3)]
    places = shards_of(tmp_path, texts, parameters)
    frame = rounds.frame_of(places, parameters, tmp_path / "work", InProcess())
    plan = combine(opened(places), parameters)

    class Killed(InProcess):
        def exchange(self, stage: str, calls: Any, hops: Any) -> list[Any]:
            if stage == "dedup copies":
                raise KeyboardInterrupt
            return super().exchange(stage, calls, hops)

    killed = Killed()
    with pytest.raises(KeyboardInterrupt):
        rounds.combine(frame, killed)
    cluster = decided(frame, plan, tmp_path)
    assert len(killed.stages) >= 4
    assert cluster.stages[0] == "dedup copies"


def test_earlier_corpora_come_first_and_stay(tmp_path: Path) -> None:
    parameters = Parameters()
    line = "A line that is printed in an earlier corpus and again in this one although it holds many words"
    other = "Other words, many of them, that nobody has printed before this day was over and done"
    old = shards_of(tmp_path, [[f"{line}\n"], [f"{other}\n"]], parameters)
    for place, key in zip(old, ("a.txt", "b.txt"), strict=True):
        (place.table / "keys.json").write_text(f'["{key}"]', "utf-8")
        place.text.rename(place.table / "texts.bin")
    old = [rounds.Place(place.table, place.table / "texts.bin") for place in old]
    (tmp_path / "new").mkdir()
    new = shards_of(tmp_path / "new", [[f"Title\n{line}\n"], [f"{line} too\n"]], parameters)
    cluster = InProcess()
    frame = rounds.frame_of(new, parameters, tmp_path / "work", cluster, against=[("earlier", old)])
    told, statistics = rounds.combine(frame, cluster)
    assert (statistics.passages, statistics.removed["exact"], statistics.removed["near"]) == (3, 1, 1)
    assert told[0] is not None
    found = read(told[0])
    assert found.removed_elsewhere[0] == ("earlier", "a.txt", 0, len(line), line)
    assert (found.removed.kept_corpus.tolist(), found.removed.kept_shard.tolist()) == ([0], [-1])
