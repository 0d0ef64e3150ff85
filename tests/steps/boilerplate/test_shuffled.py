"""Lines that repeat, counted in shuffles: the same as counted in one process, and no part with more than its share."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from cleaner.steps.boilerplate.repeated import Threshold
from cleaner.steps.boilerplate.shuffled import repeats_of
from cleaner.steps.boilerplate.source_lines import combine, lines_of, load
from tests.support.cluster import InProcess

LIMITS = Threshold()


def units_of(folder: Path, units: list[list[tuple[str | None, str]]]) -> list[Path]:
    folders = [folder / str(k) for k in range(len(units))]
    for place, documents in zip(folders, units, strict=True):
        lines_of(documents).save(place)
    return folders


@pytest.mark.parametrize("seed", range(6))
def test_the_same_lines_as_one_process_counts(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    lines = [f"Line {chr(97 + k)} of the menu" for k in range(9)]
    units: list[list[tuple[str | None, str]]] = [
        [
            (rng.choice(["a.example", "a.example", "b.example", None]), "\n".join(rng.choices(lines, k=4)))
            for _ in range(rng.randint(0, 12))
        ]
        for _ in range(rng.randint(1, 7))
    ]
    folders = units_of(tmp_path, units)
    whole = combine([load(folder) for folder in folders], LIMITS, tmp_path / "counts")
    target = tmp_path / "repeats.npz"
    found = repeats_of(folders, LIMITS, tmp_path / "shuffled", InProcess(), target)
    assert found == len(whole.keys)
    with np.load(target) as data:
        for name in ("keys", "counts", "sources", "sizes"):
            expected = getattr(whole, name)
            assert (data[name].dtype, data[name].tolist()) == (expected.dtype, expected.tolist())


def test_a_source_that_is_half_of_the_corpus_does_not_end_in_one_task(tmp_path: Path) -> None:
    def text(k: int) -> str:
        name = "".join(chr(97 + k // 26**power % 26) for power in range(3))
        return "\n".join(["Home", "News", *(f"Story {chr(97 + j)} of {name}" for j in range(8))])

    units: list[list[tuple[str | None, str]]] = [
        [("large.example" if k % 2 else f"{k}.example", text(n * 60 + k)) for k in range(60)]
        for n in range(12)
    ]
    cluster, folders = InProcess(jobs=4), units_of(tmp_path, units)
    whole = combine([load(folder) for folder in folders], LIMITS, tmp_path / "counts")
    found = repeats_of(folders, LIMITS, tmp_path / "work", cluster, tmp_path / "repeats.npz")
    assert found == len(whole.keys) > 2
    for hop in ("join_prints", "take_documents", "take_lines"):
        sizes = sorted(cluster.largest[hop])
        assert sizes[-1] <= 2 * sizes[len(sizes) // 2], hop
