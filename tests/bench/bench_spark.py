"""What the engine spark costs: bytes of each shuffle and rounds, and seconds beside the local engine.

    python -m tests.bench.bench_spark --shuffles [--megabytes 20]
    python -m tests.bench.bench_spark --engines [--megabytes 8] [--growth]
    python -m tests.bench.bench_spark --scaling [--megabytes 160]

`--shuffles` decides about duplicates as tasks of Spark do, hop by hop, in this process: what is sent between blocks
and parts is counted exactly, and seconds are of processor time, so that other work on the machine does not count.
Bytes are for each byte of text that was digested. The corpus is that of `bench_dedup.py`: one passage in ten a near
copy, one in twenty an equal one; web text has more of both and shorter passages.

`--engines` runs `clean run` as a command on a JSON Lines corpus of prose: the local engine with one and two jobs,
Spark on this machine with one and two cores, and with `--growth` ten times the corpus. Seconds are of the clock, so
only the ratios of one run mean anything; `prepare` is the stage of the document steps.

`--scaling` runs the document steps alone on one core and on two: what Spark costs at its start is a small part then.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.dedup.parameters import Parameters
from cleaner.dedup.rounds import combine as rounds
from cleaner.dedup.sketching.tabulating import tabulate
from cleaner.dedup.table import map_text
from cleaner.engines import Hop
from tests.bench.results import keep, record
from tests.support.cluster import InProcess

SHARD = 4_000_000
"""Bytes of a shard of the shuffles."""


class Counted(InProcess):
    """Counts processor seconds by stage."""

    def __init__(self) -> None:
        super().__init__(jobs=4)
        self.seconds: dict[str, float] = {}

    def exchange(self, stage: str, calls: Sequence[tuple[Any, ...]], hops: Sequence[Hop]) -> list[Any]:
        start = time.process_time()
        found = super().exchange(stage, calls, hops)
        name = stage.rstrip("0123456789 ")
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start
        return found


def shuffles(megabytes: int) -> None:
    from tests.bench.bench_dedup import corpus

    parameters = Parameters()
    with tempfile.TemporaryDirectory() as folder:
        measured(Path(folder, "warm"), corpus(1, template=False), parameters)
        size, cluster, sketching = measured(
            Path(folder, "real"), corpus(megabytes, template=False), parameters
        )
    total = 0
    for hop, sizes in cluster.largest.items():
        total += sum(sizes)
        record("spark", f"sent to {hop}", sum(sizes) / size, "B/B")
    record("spark", "sent in all", total / size, "B/B")
    record(
        "spark",
        "rounds and windows",
        sum("round" in name or "windows" in name for name in cluster.stages),
        "",
    )
    record("spark", "sketching, processor", sketching / size * 1e6, "s/MB")
    for stage, seconds in cluster.seconds.items():
        record("spark", f"{stage}, processor", seconds / size * 1e6, "s/MB")
    record("spark", "deciding in all, processor", sum(cluster.seconds.values()) / size * 1e6, "s/MB")


def measured(work: Path, passages: Sequence[str], parameters: Parameters) -> tuple[int, Counted, float]:
    """Digest and decide; return the bytes of text, what was counted, and the seconds of sketching."""
    work.mkdir()
    documents = ["\n\n".join(passages[at : at + 10]).encode() + b"\n" for at in range(0, len(passages), 10)]
    places: list[rounds.Place] = []
    start, size = time.process_time(), 0
    group: list[bytes] = []
    for document in [*documents, None]:
        if document is not None:
            group.append(document)
        if group and (document is None or sum(map(len, group)) > SHARD):
            place = rounds.Place(work / f"s{len(places)}", work / f"s{len(places)}.bin")
            place.text.write_bytes(b"".join(group))
            bounds = np.cumsum([0, *map(len, group)], dtype=np.int64)
            tabulate(map_text(place.text), bounds, parameters).save(place.table)
            places.append(place)
            size += sum(map(len, group))
            group = []
    sketching = time.process_time() - start
    cluster = Counted()
    rounds.combine(rounds.frame_of(places, parameters, work / "rounds", cluster), cluster)
    return size, cluster, sketching


def prose(path: Path, megabytes: int) -> None:
    """Write records of prose with some furniture, from sources of some hundred documents."""
    from tests.bench.bench_dedup import corpus

    passages = corpus(megabytes, template=False)
    with path.open("w", encoding="utf-8") as stream:
        for at in range(0, len(passages), 6):
            parts = [f"{part[0].upper()}{part[1:]}." for part in passages[at : at + 6]]
            text = "\n\n".join(["Home | News | Contact", *parts, "Share this page", "Advertisement"])
            row = {"id": at, "url": f"https://{at // 6 % 40}.example/{at}", "text": text}
            stream.write(json.dumps(row) + "\n")


def timed(source: Path, out: Path, *options: str) -> tuple[float, dict[str, float]]:
    """Run the command and return its seconds, and those of its stages."""
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    command = [
        sys.executable,
        "-P",
        "-m",
        "cleaner",
        "run",
        str(source),
        str(out),
        "--isolated",
        "-q",
        *options,
    ]
    start = time.monotonic()
    subprocess.run(command, check=True, env=environment, capture_output=True)
    seconds = time.monotonic() - start
    stages = json.loads((out / "_clean" / "timings.json").read_text("utf-8"))["stages"]
    return seconds, {name: took["seconds"] for name, took in stages.items()}


def engines(megabytes: int, *, growth: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "warm").mkdir()
        (folder / "in").mkdir()
        prose(folder / "warm" / "a.jsonl", 1)
        prose(folder / "in" / "a.jsonl", megabytes)
        timed(folder / "warm", folder / "w0")
        timed(folder / "warm", folder / "w1", "--engine", "spark")
        found: dict[str, tuple[float, dict[str, float]]] = {}
        run: Callable[..., tuple[float, dict[str, float]]] = timed
        for label, options in (
            ("local 1", ["--jobs", "1"]),
            ("local 2", ["--jobs", "2"]),
            ("spark 1", ["--engine", "spark", "--jobs", "1"]),
            ("spark 2", ["--engine", "spark", "--jobs", "2"]),
        ):
            found[label] = run(folder / "in", folder / label.replace(" ", ""), *options)
            record("spark", f"{label}: {megabytes} MB", found[label][0], "s")
            record("spark", f"{label}: prepare", found[label][1]["prepare"], "s")
        prepared = {label: stages["prepare"] for label, (_, stages) in found.items()}
        record("spark", "prepare, one core to two", prepared["spark 1"] / prepared["spark 2"], "x")
        record("spark", "spark to local, two cores", found["spark 2"][0] / found["local 2"][0], "x")
        if growth:
            (folder / "ten").mkdir()
            prose(folder / "ten" / "a.jsonl", 10 * megabytes)
            ten = timed(folder / "ten", folder / "tenout", "--engine", "spark", "--jobs", "2")
            record("spark", "ten times the corpus, spark 2", ten[0] / found["spark 2"][0], "x")


def scaling(megabytes: int) -> None:
    steps = ("--steps", "encoding,linebreaks,boilerplate,translation")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        prose(folder / "in" / "a.jsonl", megabytes)
        found = [
            timed(folder / "in", folder / jobs, "--engine", "spark", "--jobs", jobs, *steps) for jobs in "12"
        ]
    for jobs, (seconds, stages) in zip("12", found, strict=True):
        record("spark", f"document steps, spark {jobs}: {megabytes} MB", seconds, "s")
        record("spark", f"document steps, spark {jobs}: prepare", stages["prepare"], "s")
    record("spark", "document steps, one core to two", found[0][0] / found[1][0], "x")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shuffles", action="store_true")
    parser.add_argument("--engines", action="store_true")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--megabytes", type=int)
    parser.add_argument("--growth", action="store_true")
    options = parser.parse_args()
    if options.shuffles or not (options.engines or options.scaling):
        shuffles(options.megabytes or 20)
    if options.scaling:
        scaling(options.megabytes or 160)
    if options.engines:
        engines(options.megabytes or 8, growth=options.growth)
    keep("spark")


if __name__ == "__main__":
    main()
