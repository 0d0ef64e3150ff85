"""How fast a whole JSON Lines corpus is deduplicated by passages: `clean dedup` and its peers, as commands.

    python -m tests.bench.bench_whole [--megabytes 100] [--slice 10] [--peers daft,text-dedup]
        [--peers-home peers]

The corpus is that of `bench_dedup.py`: ten passages a record, with blank lines between them, for the tools
that take documents apart (ours, Daft); one passage a record for the others. Every tool is a command
that reads JSON Lines and writes what stays (text-dedup: Arrow), with two workers on the same two cores;
it has run on a small corpus before, so that our kernels are compiled and nobody's modules are cold. Megabytes are of text. Seconds are of the clock, and of the processors for all processes
together: other work on the machine shows in the first only. Slow peers get the first `--slice`
megabytes, and a run on the small corpus is taken off theirs: without start-up and with less to
index than the whole has, they look faster than they are. A shard of ours is 64 MB: two workers
need more than that.

How the peers are set up is in `whole_peers.py`. They are optional; each lives in an environment of its own
below `--peers-home`. text-dedup 0.4.1 needs Python 3.12; 0.4.0, the last with options on its command line,
is faster and so is measured too. datatrove splits English into words with spaCy.

    names="daft rensa datasketch text-dedup text-dedup-cli datatrove"
    for name in $names; do python3.12 -m venv peers/$name; done
    for name in daft rensa datasketch text-dedup; do peers/$name/bin/pip install $name; done
    peers/text-dedup-cli/bin/pip install text-dedup==0.4.0
    peers/datatrove/bin/pip install 'datatrove[io,processing]' spacy
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

WARM_UP = 500_000  # bytes of text
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux
QUIET = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "true", "DAFT_PROGRESS_BAR": "0"}


class Peer(NamedTuple):
    """What is to be said of a peer: where it lives, what it reads, and what its removals rest on."""

    home: str
    package: str
    reads: str
    proof: str
    slow: bool = False


CHAIN = "shares a band of hashes with one of its component, not compared; no trail"
FIRST = "shares a band of hashes with one that stays, not compared; no trail"
LIKE = "is similar to one of its component, which need not stay; no trail"
PEERS = {
    "daft": Peer("daft", "daft", "documents", CHAIN),
    "daft-hashed": Peer("daft", "daft", "documents", CHAIN),
    "rensa": Peer(
        "rensa", "rensa", "passages", "is similar to one that stays, as sketches estimate it; no trail"
    ),
    "datasketch": Peer("datasketch", "datasketch", "passages", FIRST),
    "text-dedup": Peer("text-dedup", "text-dedup", "passages", LIKE, slow=True),
    "text-dedup-cli": Peer("text-dedup-cli", "text-dedup", "passages", CHAIN, slow=True),
    "datatrove": Peer("datatrove", "datatrove", "passages", CHAIN, slow=True),
}
OURS = "is similar to one that stays, compared exactly; trail, sketches, every byte restorable"


class Corpus(NamedTuple):
    folder: Path
    passages: int
    megabytes: float


class Run(NamedTuple):
    megabytes: float
    wall: float
    cpu: float
    removed: float  # of all passages


def first(passages: Sequence[str], size: float) -> Sequence[str]:
    """Return whole documents from the start, up to about so many bytes."""
    for count in range(0, len(passages), 10):
        if size <= 0:
            return passages[:count]
        size -= sum(map(len, passages[count : count + 10]))
    return passages


def write_corpus(folder: Path, passages: Sequence[str]) -> Corpus:
    """Write documents of ten passages to one file, single passages to two: a file is a task for datatrove."""
    documents = ["\n\n".join(passages[at : at + 10]) for at in range(0, len(passages), 10)]
    half = len(passages) // 2
    files = {"documents/0": documents, "passages/0": passages[:half], "passages/1": passages[half:]}
    for name, texts in files.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        records = ({"id": f"{name}/{number}", "text": text} for number, text in enumerate(texts))
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
    return Corpus(folder, len(passages), sum(map(len, passages)) / 1e6)


def measure(call: Sequence[str], corpus: Corpus, out: Path) -> Run:
    """Run a command that writes to `out`, and take the folder away; processes that it leaves behind count."""
    with tempfile.TemporaryFile("w+") as messages:
        environment = {**os.environ, **QUIET, "HF_HOME": str(out)}
        started = time.monotonic()
        process = subprocess.Popen(call, stdout=messages, stderr=messages, env=environment, cwd=out.parent)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime + left_behind()
        messages.seek(0)
        if process.returncode:
            raise ChildProcessError(messages.read().strip().rpartition("\n")[2])
    gone = removed(out, corpus)
    shutil.rmtree(out)
    return Run(corpus.megabytes, wall, cpu, gone / corpus.passages)


def left_behind() -> float:
    """Wait for orphans (a fork server and its like), which become children of this process; return their seconds."""
    seconds = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return seconds
        seconds += usage.ru_utime + usage.ru_stime


def removed(out: Path, corpus: Corpus) -> int:
    """Count the passages that went: by our trail, or those that a peer did not write."""
    import pyarrow as pa

    def lines(pattern: str) -> int:
        return sum(path.read_bytes().count(b"\n") for path in out.glob(pattern))

    if (out / "_clean").exists():
        return lines("_clean/duplicates-*.jsonl")
    tables = sorted(out.glob("*.arrow"))
    return corpus.passages - (
        sum(pa.ipc.open_stream(path).read_all().num_rows for path in tables) or lines("*.json*")
    )


def run_ours(corpus: Corpus, out: Path) -> Run:
    source = str(corpus.folder / "documents")
    options = ["--jobs", "2", "-q", "--isolated"]
    return measure([sys.executable, "-m", "cleaner", "dedup", source, str(out), *options], corpus, out)


def run_peer(name: str, python: Path, corpus: Corpus, out: Path) -> Run:
    out.mkdir()
    script = Path(__file__).resolve().with_name("whole_peers.py")
    source = str(corpus.folder / PEERS[name].reads)
    return measure([str(python), str(script), name, source, str(out)], corpus, out)


def version(python: Path, package: str) -> str:
    """Return the version of a package, or nothing when it is not there."""
    if not python.exists():
        return ""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run(
        [str(python), "-c", code], capture_output=True, text=True, check=False
    ).stdout.strip()


def peer_row(name: str, home: Path, texts: tuple[Corpus, Corpus, Corpus], ours: Run, out: Path) -> str:
    whole, part, small = texts
    chosen = PEERS[name]
    python = (home / chosen.home / "bin/python").absolute()
    number = version(python, chosen.package)
    if not number:
        return f"{name:22} not installed"
    try:
        run_peer(name, python, small, out)
        if not chosen.slow:
            return row(f"{name} {number}", run_peer(name, python, whole, out), ours)
        start, run = run_peer(name, python, small, out), run_peer(name, python, part, out)
    except ChildProcessError as error:
        shutil.rmtree(out)
        return f"{name:22} failed: {error}"
    net = Run(run.megabytes - start.megabytes, run.wall - start.wall, run.cpu - start.cpu, run.removed)
    return row(f"{name} {number} *", net, ours)


def row(name: str, run: Run, ours: Run) -> str:
    rate, by_cpu = run.megabytes / run.wall, run.megabytes / run.cpu
    times, times_by_cpu = ours.megabytes / ours.wall / rate, ours.megabytes / ours.cpu / by_cpu
    return (
        f"{name:22} {run.megabytes:6.1f} {run.wall:7.1f} {run.cpu:7.1f} {rate:7.2f} {by_cpu:7.2f}"
        f" {times:8.2f} {times_by_cpu:7.2f} {100 * run.removed:8.2f}"
    )


def compare(options: argparse.Namespace, folder: Path) -> None:
    from tests.bench.bench_dedup import corpus

    passages = first(corpus(options.megabytes, template=False), options.megabytes * 1e6)
    whole = write_corpus(folder / "whole", passages)
    part = write_corpus(folder / "part", first(passages, options.slice * 1e6))
    small = write_corpus(folder / "small", first(passages, WARM_UP))
    out = folder / "out"
    print(f"{whole.passages} passages, {whole.megabytes:.0f} MB of text; two cores, two workers")
    print(f"{'':22}     MB  wall s   cpu s MB/wall  MB/cpu  by wall  by cpu removed %")
    run_ours(small, out)
    ours = run_ours(whole, out)
    print(row("clean dedup", ours, ours), flush=True)
    for name in options.peers:
        print(peer_row(name, options.peers_home, (whole, part, small), ours, out), flush=True)
    print("by wall, by cpu: how many times as fast clean dedup is, by the clock and by processor time")
    print(f"*: a slice, less a run on {small.megabytes:.1f} MB (no start-up, a smaller index)")
    print("a passage goes when it ...")
    for name, proof in {"clean dedup": OURS, **{name: PEERS[name].proof for name in options.peers}}.items():
        print(f"  {name:15} {proof}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--slice", type=int, default=10, help="megabytes for the slow peers")
    parser.add_argument("--peers", default=",".join(PEERS), help="names, separated by commas")
    parser.add_argument("--peers-home", type=Path, default=Path("peers"), help="folder of their environments")
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name]
    if unknown := set(options.peers) - set(PEERS):
        parser.error(f"no peer {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        compare(options, Path(folder))


if __name__ == "__main__":
    main()
