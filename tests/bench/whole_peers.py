"""The peers of `bench_whole.py`: each is one function, run as a command in an environment that has the tool.

    PYTHON tests/bench/whole_peers.py NAME SOURCE OUT

SOURCE is a folder of JSON Lines, documents for Daft and passages for the others; OUT an empty folder. All
make word 5-grams and 128 hashes (datatrove's default of 112), look for a similarity of 0.7 or take
the bands next to it, and are otherwise set up as their documentation does it, with two processes or
threads. Where a function departs from that, it is for speed, unless it says otherwise.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path
from typing import Any

BATCH = 1000  # passages that a worker of rensa or datasketch gets at once

Sketch = Callable[[Sequence[bytes]], list[Any]]
Stays = Callable[[list[Any]], list[bool]]


def daft(source: Path, out: Path, *, hashed: bool = False) -> None:
    """Follow the tutorial on MinHash deduplication, with its bands of eight, but 128 hashes as all others.

    With the 64 hashes of the tutorial it takes about 0.6 of the time and finds fewer. Unlike there, band numbers are a literal and not a Python function, buckets of one go before they are
    exploded, and components are found by union-find and not by rounds of joins (the same, but faster).
    """
    import daft
    from daft import DataType, col, lit
    from daft import functions as f

    documents = daft.read_json(f"{source}/*.jsonl")
    texts = documents.select(f.split(col("text"), "\n\n").alias("text")).explode("text")
    texts = texts.with_column("node", f.monotonically_increasing_id()).collect()
    plain = f.normalize(col("text"), remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
    sketch = f.minhash(plain, num_hashes=128, ngram_size=5, seed=42, hash_function="xxhash")
    bands = texts.select("node", f.chunk(sketch, 8).alias("band"), lit(list(range(16))).alias("index"))
    bands = bands.explode("band", "index")
    if hashed:
        bands = bands.with_column("band", f.hash(col("band")))
    buckets = bands.groupby("index", "band").agg(f.list_agg(col("node")).alias("v"))
    buckets = buckets.where(f.list_count(col("v")) > 1).with_column("u", f.list_min(col("v")))
    pairs = buckets.select("u", "v").explode("v").where(col("u") != col("v")).distinct().to_pydict()
    gone = daft.from_pydict({"node": not_first(pairs["u"], pairs["v"])})
    gone = gone.select(col("node").cast(DataType.uint64()))
    texts.join(gone, on="node", how="anti").select("text").write_json(str(out))


def daft_hashed(source: Path, out: Path) -> None:
    """Group by a hash of each band instead of the band itself, as an expert might."""
    daft(source, out, hashed=True)


def not_first(us: Sequence[int], vs: Sequence[int]) -> list[int]:
    """Return all but the smallest node of each connected component.

    >>> sorted(not_first([1, 3, 2], [2, 4, 5]))
    [2, 4, 5]
    """
    parents: dict[int, int] = {}

    def root(node: int) -> int:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = parents[parent]
            node = parent
        return node

    for u, v in zip(us, vs, strict=True):
        low, high = sorted((root(u), root(v)))
        parents[high] = low
    return [node for node in parents if root(node) != node]


def rensa(source: Path, out: Path) -> None:
    """Add every passage to the deduplicator of the README; the sketches are the full-set ones."""
    from rensa import RMinHashDeduplicator

    index, keys = RMinHashDeduplicator(threshold=0.7, num_perm=128, use_lsh=True), itertools.count()
    sketch_and_add(
        source, out, rensa_sketches, lambda sketches: index.add_pairs((str(next(keys)), s) for s in sketches)
    )


def rensa_sketches(lines: Sequence[bytes]) -> list[Any]:
    from rensa import RMinHash

    return RMinHash.from_token_sets(list(shingle_sets(lines)), num_perm=128, seed=42)


def datasketch(source: Path, out: Path) -> None:
    """Look every passage up in the index of the README and add it when nothing is found."""
    from datasketch import MinHashLSH

    index, keys = MinHashLSH(threshold=0.7, num_perm=128), itertools.count()

    def stays(sketch: Any) -> bool:
        if index.query(sketch):
            return False
        index.insert(next(keys), sketch, check_duplication=False)
        return True

    sketch_and_add(source, out, datasketch_sketches, lambda sketches: [stays(sketch) for sketch in sketches])


def datasketch_sketches(lines: Sequence[bytes]) -> list[Any]:
    from datasketch import LeanMinHash, MinHash

    sets = ([shingle.encode() for shingle in shingles] for shingles in shingle_sets(lines))
    return [LeanMinHash(made) for made in MinHash.generator(sets, num_perm=128)]


def shingle_sets(lines: Sequence[bytes]) -> Iterator[list[str]]:
    for line in lines:
        words = re.findall(r"\w+", json.loads(line)["text"].lower())
        yield [" ".join(words[k : k + 5]) for k in range(max(1, len(words) - 4))]


def sketch_and_add(source: Path, out: Path, sketch: Sketch, stays: Stays) -> None:
    """Make the sketches of all lines in two processes, look them up in the index here, write what stays."""
    texts = [path.read_bytes() for path in sorted(source.glob("*.jsonl"))]
    lines = [line for text in texts for line in text.splitlines(keepends=True)]
    batches = [lines[at : at + BATCH] for at in range(0, len(lines), BATCH)]
    with Pool(2) as pool, (out / "kept.jsonl").open("wb") as file:
        for batch, sketches in zip(batches, pool.imap(sketch, batches), strict=True):
            file.writelines(itertools.compress(batch, stays(sketches)))


TEXT_DEDUP = """
[input]
input_type = "local_files"
file_type = "json"
[input.read_arguments]
path = "json"
data_files = "{files}"
split = "train"
[algorithm]
algorithm_name = "minhash"
text_column = "text"
seed = 42
batch_size = 10000
num_perm = 128
threshold = 0.7
false_positive_weight = 0.5
false_negative_weight = 0.5
hash_bits = 64
ngram_size = 5
check_false_positive = true
num_proc = 2
[output]
output_dir = "{out}"
[debug]
enable_profiling = false
"""


def text_dedup(source: Path, out: Path) -> None:
    """Run its script with the configuration of the README, but 128 hashes for 240, and clusters not saved.

    `check_false_positive` stays on: without it, 0.4.1 removes whole clusters.
    """
    (out / "config.toml").write_text(TEXT_DEDUP.format(files=source / "*.jsonl", out=out))
    os.chdir(out)
    run_module("text_dedup.minhash")


def text_dedup_cli(source: Path, out: Path) -> None:
    """Run the script of 0.4.0, which has options in place of a configuration, as its README does; xxh3 is faster."""
    reading = [
        "--path",
        "json",
        "--data_files",
        str(source / "*.jsonl"),
        "--split",
        "train",
        "--column",
        "text",
    ]
    sketches = ["--num_perm", "128", "--threshold", "0.7", "--ngram", "5", "--hash_func", "xxh3"]
    running = ["--batch_size", "10000", "--num_proc", "2", "--output", str(out)]
    run_module("text_dedup.minhash", *reading, *sketches, *running)


def run_module(module: str, *options: str) -> None:
    os.execv(sys.executable, [sys.executable, "-m", module, *options])


def datatrove(source: Path, out: Path) -> None:
    """Run the four stages of its example with the default of 14 buckets of 8 hashes, a file a task.

    Workers are forked, output is not compressed, tokens are not counted, and what is removed is not written.
    """
    from datatrove.executor.local import LocalPipelineExecutor
    from datatrove.pipeline.dedup import minhash
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers.jsonl import JsonlWriter

    work, config = out / "work", minhash.MinhashConfig()
    signatures, buckets, gone = f"{work}/signatures", f"{work}/buckets", f"{work}/remove_ids"
    read, write = JsonlReader(str(source)), JsonlWriter(str(out), compression=None)
    stages = (
        ([read, minhash.MinhashDedupSignature(signatures, config=config)], 2),
        ([minhash.MinhashDedupBuckets(signatures, buckets, config=config)], config.num_buckets),
        ([minhash.MinhashDedupCluster(buckets, gone, config=config)], 1),
        ([read, minhash.MinhashDedupFilter(gone), write], 2),
    )
    for number, (steps, tasks) in enumerate(stages):
        logs, workers = f"{work}/logs-{number}", min(tasks, 2)
        LocalPipelineExecutor(steps, tasks, workers, logging_dir=logs, start_method="fork").run()


if __name__ == "__main__":
    name, source, out = sys.argv[1:]
    globals()[name.replace("-", "_")](Path(source), Path(out))
