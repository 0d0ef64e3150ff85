"""A compressed trail says the same as one that is not, to every command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.conftest import Result
from tests.faults.corpus import LONG, small
from tests.support.corpora import trail, tree, write

Clean = Callable[..., Result]
KINDS = ("documents", "edits", "flags", "duplicates", "quarantine", "inputs")


@pytest.fixture
def runs(tmp_path: Path, clean: Clean) -> tuple[Path, Path]:
    """The same run twice, the second one with a compressed trail."""
    source = small(tmp_path / "in")
    assert clean("run", source, tmp_path / "plain", "-q", "-j", "1").code == 3
    assert clean("run", source, tmp_path / "packed", "-q", "-j", "1", "--compress-trail").code == 3
    return tmp_path / "plain", tmp_path / "packed"


def test_every_command_reads_it(runs: tuple[Path, Path], tmp_path: Path, clean: Clean) -> None:
    plain, packed = runs
    for kind in KINDS:
        (part,) = (packed / "_clean").glob(f"{kind}-*")
        assert part.name == f"{kind}-00000.jsonl.zst"
        content = zstandard.ZstdDecompressor().decompress(part.read_bytes(), max_output_size=1 << 24)
        assert content == (plain / "_clean" / f"{kind}-00000.jsonl").read_bytes()
    assert tree(packed, audit=False) == tree(plain, audit=False)
    assert clean("verify", packed).out == clean("verify", plain).out.replace(str(plain), str(packed))
    for doc in ("a.txt", "b.jsonl:2", "a.txt:1"):
        assert clean("why", packed, doc) == clean("why", plain, doc)
    assert clean("restore", packed, tmp_path / "back", "-q").code == 0
    assert clean("restore", plain, tmp_path / "other", "-q").code == 0
    assert tree(tmp_path / "back") == tree(tmp_path / "other")
    before = (packed / "_clean/report.html").read_bytes()
    assert clean("report", packed).code == 0
    assert len((packed / "_clean/report.html").read_bytes()) >= len(before) // 2
    later = write(tmp_path / "later", {"z.txt": f"{LONG}\n"})
    assert clean("run", later, tmp_path / "out", "-q", "-j", "1", "--against", packed).code == 0
    assert len(trail(tmp_path / "out", "duplicates")) == 1
    assert clean("verify", tmp_path / "out", "-q").code == 0


def test_it_is_no_larger_than_twice_what_was_removed(tmp_path: Path, clean: Clean) -> None:
    """Remove passages that do not compress well: a third of them is a duplicate, and there is furniture."""
    import random

    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(5000)]
    passages = [" ".join(chance.choices(words, k=60)).capitalize() + "." for _ in range(100)]
    text = [chance.choice(passages) + "\n\nAdvertisement\n\n" + chance.choice(passages) for _ in range(120)]
    source = write(tmp_path / "in", {f"{k:03}.txt": data for k, data in enumerate(text)})
    assert clean("run", source, tmp_path / "plain", "-q", "-j", "1", "--no-limits").code == 0
    assert (
        clean("run", source, tmp_path / "out", "-q", "-j", "1", "--no-limits", "--compress-trail").code == 0
    )
    removed = sum(len(edit["old"]) for edit in trail(tmp_path / "plain", "edits"))
    size = sum(path.stat().st_size for path in (tmp_path / "out/_clean").glob("*.jsonl.zst"))
    assert removed > 30_000 and size <= 2 * removed


@pytest.mark.parametrize("cut", [0, 5, -1])
def test_a_part_that_is_cut_short(cut: int, runs: tuple[Path, Path], tmp_path: Path, clean: Clean) -> None:
    """zstd readers return what there is of a frame and say nothing."""
    part = runs[1] / "_clean/edits-00000.jsonl.zst"
    part.write_bytes(part.read_bytes()[:cut])
    result = clean("verify", runs[1])
    assert result.code == 1 and "edits-00000.jsonl.zst: was changed after the run" in result.out
    result = clean("restore", runs[1], tmp_path / "back")
    assert result.code == 1 and "nothing was restored" in result.err
    assert clean("why", runs[1], "a.txt").code == 1


def test_it_is_part_of_the_configuration(runs: tuple[Path, Path], tmp_path: Path, clean: Clean) -> None:
    found = [json.loads((out / "_clean/run.json").read_bytes())["configuration"] for out in runs]
    assert [configuration["compress_trail"] for configuration in found] == [False, True]
    result = clean("run", "-", "-", "--compress-trail")
    assert (result.code, "--compress-trail is for an output folder" in result.err) == (2, True)
