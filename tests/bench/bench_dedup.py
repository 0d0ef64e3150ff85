"""How fast near-duplicate removal is: signatures from raw text, then the whole plan.

    python tests/bench/bench_dedup.py [--megabytes 50] [--peers datasketch,rensa,daft] [--template]

The corpus is made up (a vocabulary with Zipf's distribution, one passage in ten a near copy, one in
twenty an equal one), the same for every tool and every run. Peers are optional: one that is not
installed is skipped. Signatures take one core; peers get lists of passages, their own tokens and
shingles included in the time, as ours are. Memory is the peak of the process above what it held
before the plan was made, mapped files included.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cleaner.neardup.combine import combine
from cleaner.neardup.digest import digest
from cleaner.neardup.settings import Settings
from cleaner.neardup.table import Shard, load, map_text

SHARD = 64_000_000


def corpus(megabytes: int, *, template: bool) -> list[str]:
    """Make passages of about 400 bytes each."""
    generator = np.random.default_rng(7)
    letters = np.array(list("etaoinshrdlucmfwypvbgk"))
    vocabulary = ["".join(generator.choice(letters, generator.integers(2, 11))) for _ in range(40_000)]
    count = megabytes * 1_000_000 // 400
    if template:
        frame = [vocabulary[k] for k in range(100, 160)]
        return [" ".join([*frame, f"{k}", vocabulary[k % 40_000]]) for k in range(count)]
    lengths = generator.integers(20, 100, count)
    ranks = np.minimum(generator.zipf(1.2, int(lengths.sum())), 40_000) - 1
    passages, at = [], 0
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


def ours(folder: Path, passages: list[str], settings: Settings) -> tuple[float, float, float, int, list[Shard]]:
    """Digest shard by shard, save, combine; give seconds for both, bytes of memory a passage, passages removed."""
    shards, seconds, at = [], 0.0, 0
    while at < len(passages):
        docs, size = [], 0
        while at < len(passages) and size < SHARD:
            docs.append("\n".join(passages[at : at + 10]).encode() + b"\n")
            size += len(docs[-1])
            at += 10
        text = folder / f"{len(shards)}.bin"
        text.write_bytes(b"".join(docs))
        bounds = np.cumsum([0, *map(len, docs)])
        started = time.perf_counter()
        digest(map_text(text), bounds, settings).save(folder / f"{len(shards)}")
        seconds += time.perf_counter() - started
        shards.append(Shard(load(folder / f"{len(shards)}"), map_text(text)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    plan = combine(shards, settings)
    matching = time.perf_counter() - started
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / len(passages)
    print(plan.statistics)
    return seconds, matching, memory, sum(plan.statistics.removed.values()), shards


def shingles(passage: str) -> list[bytes]:
    words = re.findall(r"\w+", passage.lower())
    return [" ".join(words[k : k + 5]).encode() for k in range(max(1, len(words) - 4))]


def datasketch(passages: list[str]) -> None:
    from datasketch import MinHash

    for made in MinHash.generator(map(shingles, passages), num_perm=128, scheme="affine32"):
        made.digest()


def rensa(passages: list[str]) -> None:
    from rensa import RMinHash

    for passage in passages:
        made = RMinHash(num_perm=128, seed=1)
        made.update([shingle.decode() for shingle in shingles(passage)])
        made.digest()


def daft(passages: list[str]) -> None:
    import daft
    from daft import col

    frame = daft.from_pydict({"text": passages})
    frame.select(col("text").str.normalize(lowercase=True).minhash(num_hashes=128, ngram_size=5, seed=1)).collect()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--peers", default="")
    parser.add_argument("--template", action="store_true", help="all passages are near copies of one")
    options = parser.parse_args()
    passages = corpus(options.megabytes, template=options.template)
    size = sum(len(passage) + 1 for passage in passages) / 1e6
    settings = Settings()
    warm = np.frombuffer("\n".join(passages[:100]).encode(), np.uint8)
    combine([Shard(digest(warm, np.array([0, warm.size]), settings), warm)], settings)
    with tempfile.TemporaryDirectory() as folder:
        seconds, matching, memory, gone, _ = ours(Path(folder), passages, settings)
    print(f"{len(passages)} passages, {size:.0f} MB, {gone} go")
    print(f"signatures   {size / seconds:7.1f} MB/s  (digest and save)")
    print(f"plan         {size / matching:7.1f} MB/s  {matching:.2f} s, {memory:.0f} bytes a passage")
    part = passages[: max(1, 2_000_000 // 400)]
    part_size = sum(map(len, part)) / 1e6
    for name in filter(None, options.peers.split(",")):
        try:
            started = time.perf_counter()
            {"datasketch": datasketch, "rensa": rensa, "daft": daft}[name](part)
        except ImportError as missing:
            print(f"{name:12} skipped: {missing}")
            continue
        print(f"{name:12} {part_size / (time.perf_counter() - started):7.1f} MB/s")


if __name__ == "__main__":
    sys.exit(main())
