"""How fast near-duplicate removal is: signatures from raw text, then the plan for all of it.

    python -m tests.bench.bench_dedup [--megabytes 50] [--template] [--growth]
        [--peers rensa,daft,datasketch [--peer-python PYTHON]]
    python -m tests.bench.bench_dedup --whole [--megabytes 50] [--shape few|one] [--growth]

The corpus is made up (a vocabulary with Zipf's distribution, one passage in ten a near copy, one in
twenty an equal one), the same for every tool and every run. Everything runs on one core, and
seconds are of processor time, so that other work on the machine does not count. Peers are
optional and live in a virtual environment of their own (`python -m venv peers; peers/bin/pip install
rensa daft datasketch`): each reads the same passages from a file and makes 128 hash values of word
5-shingles for each; the time includes their tokens and shingles, as ours does. Memory is the peak of
the process above what it held before the plan was made, mapped files included. `--growth` repeats
the measurement with ten times the corpus.

`--whole` measures all of `clean dedup SRC OUT` with two jobs, as a command: interpreter, reading,
matching, outputs, audit trail, sketches and report. SRC is a JSON Lines file of --megabytes, ten passages
a record (`--shape few`: hardly any duplicates; `one`: one passage a record). A first run that does not
count compiles the kernels. Printed are MB/s of input by the clock, seconds of processor time of all
processes, and the seconds of each stage by the clock. Memory is sampled every 50 ms: the sum over all
processes of the proportional set size (mapped files included, what processes share counted once), from
smaps_rollup in /proc. What is above that of a process and two workers that have loaded everything, and
hold no corpus, is given for each passage. With `--growth`, the ratio of the times is printed too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.results import keep, record

if TYPE_CHECKING:
    from cleaner.dedup.parameters import Parameters

SHARD = 64_000_000


def corpus(megabytes: int, *, template: bool) -> list[str]:
    """Make passages of about 400 bytes each."""
    import numpy as np

    generator = np.random.default_rng(7)
    letters = np.array(list("etaoinshrdlucmfwypvbgk"))
    vocabulary = ["".join(generator.choice(letters, generator.integers(2, 11))) for _ in range(40_000)]
    count = megabytes * 1_000_000 // 400
    if template:
        frame = [vocabulary[k] for k in range(100, 160)]
        return [" ".join([*frame, f"{k}", vocabulary[k % 40_000]]) for k in range(count)]
    lengths = generator.integers(20, 100, count)
    ranks = np.minimum(generator.zipf(1.2, int(lengths.sum())), 40_000) - 1
    passages: list[str] = []
    at = 0
    kinds = generator.random(count)
    for length, kind in zip(lengths.tolist(), kinds.tolist(), strict=True):
        words = [vocabulary[rank] for rank in ranks[at : at + length]]
        at += length
        if passages and kind < 0.15:
            old = passages[int(kind * 1e9) % len(passages)]
            words = old.split(" ")
            if kind < 0.1:
                words[len(words) // 2] = words[0]
                words[-1] = "end"
        passages.append(" ".join(words))
    return passages


def ours(
    folder: Path, passages: Sequence[str], settings: Parameters
) -> tuple[float, float, float, float, int]:
    """Digest shard by shard, save, combine.

    Gives seconds for digesting, for saving and for combining, bytes of memory a passage, and how many go.
    """
    import numpy as np

    from cleaner.dedup.deciding.combine import combine
    from cleaner.dedup.sketching.tabulating import tabulate
    from cleaner.dedup.table import Shard, load, map_text

    shards: list[Shard] = []
    digesting, saving, at = 0.0, 0.0, 0
    while at < len(passages):
        docs, size = [], 0
        while at < len(passages) and size < SHARD:
            docs.append("\n".join(passages[at : at + 10]).encode() + b"\n")
            size += len(docs[-1])
            at += 10
        text, work = folder / f"{len(shards)}.bin", folder / f"{len(shards)}"
        text.write_bytes(b"".join(docs))
        bounds = np.cumsum([0, *map(len, docs)])
        del docs
        started = time.process_time()
        table = tabulate(map_text(text), bounds, settings)
        digested = time.process_time()
        table.save(work)
        saving += time.process_time() - digested
        digesting += digested - started
        del table
        shards.append(Shard(load(work), map_text(text)))
    forget_peak()
    before = memory_of("VmRSS")
    started = time.process_time()
    plan = combine(shards, settings)
    matching = time.process_time() - started
    memory = (memory_of("VmHWM") - before) / len(passages)
    return digesting, saving, matching, memory, sum(plan.statistics.removed.values())


def memory_of(name: str) -> int:
    """Return VmRSS (memory held now) or VmHWM (the most since `forget_peak`) in bytes, as Linux counts them."""
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def shingles(passage: str) -> list[str]:
    words = re.findall(r"\w+", passage.lower())
    return [" ".join(words[k : k + 5]) for k in range(max(1, len(words) - 4))]


def datasketch(passages: Sequence[str]) -> None:
    from datasketch import MinHash

    sets = ([shingle.encode() for shingle in shingles(passage)] for passage in passages)
    for made in MinHash.generator(sets, num_perm=128, scheme="affine32"):
        made.tabulate()


def rensa(passages: Sequence[str]) -> None:
    from rensa import RMinHash

    RMinHash.digest_matrix_from_token_sets([shingles(passage) for passage in passages], 128, 1)


def daft(passages: Sequence[str]) -> None:
    from daft import col, from_pydict
    from daft.functions import minhash

    signature = minhash(col("text"), num_hashes=128, ngram_size=5, seed=1, hash_function="xxhash")
    from_pydict({"text": list(passages)}).select(signature).collect()


PEERS = {"rensa": rensa, "daft": daft, "datasketch": datasketch}


def peer(name: str, path: Path) -> None:
    """Run one peer on the passages in a file, in this very environment; write its seconds."""
    passages = path.read_text("utf-8").split("\n")
    PEERS[name](passages[:100])
    started = time.process_time()
    PEERS[name](passages)
    print(time.process_time() - started)


def measure(megabytes: int, *, template: bool) -> list[str]:
    """Write our own figures for a corpus; return its passages."""
    from cleaner.dedup.parameters import Parameters

    passages = corpus(megabytes, template=template)
    size = sum(len(passage) + 1 for passage in passages) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        ours(Path(folder), passages[:6000], Parameters())  # compiles
    with tempfile.TemporaryDirectory() as folder:
        digesting, saving, matching, memory, gone = ours(Path(folder), passages, Parameters())
    print(f"{len(passages)} passages, {size:.0f} MB, {gone} go")
    record("dedup", f"signatures, {megabytes} MB", size / digesting)
    record("dedup", f"saving them, {megabytes} MB", size / saving)
    record("dedup", f"plan, {megabytes} MB", size / matching)
    record("dedup", f"memory of the plan, {megabytes} MB", memory, "bytes a passage")
    return passages


SHAPES = ("many", "few", "one")


def records(path: Path, megabytes: int, shape: str) -> int:
    """Write a JSON Lines corpus of about so many megabytes; return the number of its passages."""
    passages, wanted, written, at = corpus(megabytes, template=False), megabytes * 1_000_000, 0, 0
    if shape == "few":
        passages = list({passage[:40]: passage for passage in passages}.values())
    step = 1 if shape == "one" else 10
    with path.open("w", encoding="utf-8") as stream:
        while at < len(passages) and written < wanted:
            text = "\n\n".join(passages[at : at + step]) + "\n"
            written += stream.write(json.dumps({"id": at // step, "text": text}) + "\n")
            at += step
    return at


def children(process: int) -> list[int]:
    """Return a process and all those below it."""
    found = [process]
    for number in found:
        for thread in Path(f"/proc/{number}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, thread.read_text().split())
    return found


def memory_of_all(process: int) -> int:
    """Add up the proportional set sizes of a process and all those below it, in bytes."""
    size = 0
    for number in children(process):
        with suppress(OSError):
            found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{number}/smaps_rollup").read_text())
            size += int(found[1]) * 1024 if found else 0
    return size


def load_everything(text: bytes) -> None:
    """Load what a worker needs for all stages, and stay for a while, so that each worker is asked."""
    import numpy as np
    import pyarrow.parquet  # noqa: F401

    from cleaner.dedup.deciding.combine import combine
    from cleaner.dedup.parameters import Parameters
    from cleaner.dedup.sketching.tabulating import tabulate
    from cleaner.dedup.table import Shard

    buffer = np.frombuffer(text, np.uint8)
    combine([Shard(tabulate(buffer, np.array([0, buffer.size]), Parameters()), buffer)], Parameters())
    time.sleep(2)


def memory_at_rest() -> int:
    """Return the memory of this process and two workers that have loaded everything."""
    import cleaner.run.publishing.finish  # noqa: F401
    from cleaner.engines.local import LocalEngine

    with LocalEngine(2) as engine:
        engine.map(load_everything, [("\n".join(corpus(2, template=False)).encode(),)] * 2)
        return memory_of_all(os.getpid())


def command(source: Path, out: Path) -> tuple[float, float, int]:
    """Run `clean dedup` with two jobs; return seconds by the clock, of processors, and the most memory."""
    call = [sys.executable, "-m", "cleaner", "dedup", "--quiet", "--jobs", "2", str(source), str(out)]
    before, started = os.times(), time.perf_counter()
    process = subprocess.Popen(call)
    most = 0
    while process.poll() is None:
        most = max(most, memory_of_all(process.pid))
        time.sleep(0.05)
    seconds, after = time.perf_counter() - started, os.times()
    if process.returncode:
        sys.exit(process.returncode)
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, used, most


def whole(folder: Path, megabytes: int, shape: str, rest: int) -> float:
    """Measure all of `clean dedup` on a corpus made in `folder`; return its seconds by the clock.

    `rest` is the memory of its processes without a corpus.
    """
    source, out = folder / "corpus.jsonl", folder / "out"
    passages = records(source, megabytes, shape)
    size = source.stat().st_size / 1e6
    seconds, _, most = command(source, out)
    run = json.loads((out / "_clean" / "run.json").read_text("utf-8"))
    gone = sum(run["counts"]["duplicates"].values())
    stages = json.loads((out / "_clean" / "timings.json").read_text("utf-8"))["stages"]
    print(f"{size:.0f} MB, {passages} passages, {gone} go")
    record("dedup", f"clean dedup, {shape}, {megabytes} MB", size / seconds)
    print("  stages       " + ", ".join(f"{name} {stage['seconds']:.2f}" for name, stage in stages.items()))
    above = (most - rest) / passages
    print(
        f"  memory       {most / 1e6:7.0f} MB   at rest {rest / 1e6:.0f} MB, above {above:.0f} bytes a passage"
    )
    shutil.rmtree(out)
    return seconds


def measure_whole(megabytes: int, shape: str, *, growth: bool) -> None:
    """Measure all of `clean dedup`, and with `growth` how its time grows."""
    with tempfile.TemporaryDirectory() as folder:
        records(Path(folder) / "first.jsonl", 2, "many")
        command(Path(folder) / "first.jsonl", Path(folder) / "first")  # compiles
        rest = memory_at_rest()
        first = whole(Path(folder), megabytes, shape, rest)
        if growth:
            then = whole(Path(folder), 10 * megabytes, shape, rest)
            print(f"ten times the corpus takes {then / first:.1f} times as long")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--template", action="store_true", help="all passages are near copies of one")
    parser.add_argument("--growth", action="store_true", help="also with ten times the corpus")
    parser.add_argument("--whole", action="store_true", help="all of `clean dedup` with two jobs")
    parser.add_argument("--shape", choices=SHAPES, default="many", help="duplicates, records; with --whole")
    parser.add_argument("--peers", default="", help="names, separated by commas")
    parser.add_argument("--peer-python", default=sys.executable, help="the Python that has them")
    parser.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options.peer[0], Path(options.peer[1]))
    if options.whole:
        measure_whole(options.megabytes, options.shape, growth=options.growth)
        return keep("dedup")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    passages = measure(options.megabytes, template=options.template)
    if options.growth:
        measure(10 * options.megabytes, template=options.template)
    part = passages[: 8_000_000 // 400]
    size = sum(map(len, part)) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passages.txt"
        path.write_text("\n".join(part), "utf-8")
        for name in filter(None, options.peers.split(",")):
            call = [options.peer_python, __file__, "--peer", name, str(path)]
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            seconds = done.stdout.strip().rpartition("\n")[2]
            result = (
                f"{size / float(seconds):7.1f} MB/s" if not done.returncode else done.stderr.strip()[-60:]
            )
            print(f"  {name:12} {result}")
    keep("dedup")


if __name__ == "__main__":
    main()
