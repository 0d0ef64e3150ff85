"""A large corpus in mixed formats and compressions, cleaned, verified and restored: how long, and how much memory.

    python -m tests.faults.large TEXTS [--megabytes 4000] [--jobs 2] [--corpus FOLDER]

`TEXTS` is a folder of `.txt` and `.jsonl`. When they are used up they come again with the words of each line in another
order, so that the copies are no duplicates. Prints what docs/reliability.md says: memory is the proportional set
size (what several processes share is counted once), looked at every second, of the main process, of the largest other
one, and of all.

With `--corpus` the corpus is made in that folder, or found there, and kept; so is, in `FOLDER-out`, the output of a run
that failed, and the next call goes on with it. That takes some twelve bytes of disk for each byte of text.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.faults.corpus import PACKERS, is_restored, parquet
from tests.faults.kills import children

PART = 8_000_000
"""Characters of text of one file of records, at most."""
PARTS = 20
"""Files of a corpus, at least, so that it has all forms and compressions."""


def texts_of(folder: Path) -> list[str]:
    """Return the texts of a folder."""
    found = [path.read_text("utf-8", "replace") for path in sorted(folder.rglob("*.txt"))]
    for path in sorted(folder.rglob("*.jsonl")):
        with path.open(encoding="utf-8") as stream:
            records = [json.loads(line) for line in stream]
        found += [record["text"] for record in records if isinstance(record.get("text"), str)]
    return found


def endless(texts: Sequence[str]) -> Iterator[str]:
    """Yield the texts, then with the words of each line in another order, again and again."""
    yield from texts
    chance = np.random.default_rng(1)
    while True:
        for text in texts:
            lines = [line.split(" ") for line in text.split("\n")]
            orders = [chance.permutation(len(words)).tolist() for words in lines]
            yield "\n".join(
                " ".join(map(words.__getitem__, order)) for words, order in zip(lines, orders, strict=True)
            )


def as_json(texts: list[str]) -> bytes:
    """Return texts as JSON Lines."""
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts).encode()


def as_csv(texts: list[str]) -> bytes:
    """Return texts as rows."""
    stream = io.StringIO()
    csv.writer(stream).writerows([["text"], *([text] for text in texts)])
    return stream.getvalue().encode()


FORMS: tuple[tuple[str, Callable[[list[str]], bytes]], ...] = (
    (".jsonl", as_json),
    (".csv", as_csv),
    (".parquet", parquet),
)


def make(texts: Sequence[str], folder: Path, size: int) -> int:
    """Write a corpus of `size` bytes of text in files of every form and compression; return its bytes of text."""
    total, number, packers = 0, 0, list(PACKERS)
    source = endless(texts)
    while total < size:
        part: list[str] = []
        while sum(map(len, part)) < min(PART, size // PARTS) and len(part) < 20_000:
            part.append(next(source))
        suffix = packers[number % len(packers)]
        if number % 4 == 3:  # files of one text each
            for k, text in enumerate(part):
                path = folder / f"{number:05d}" / f"{k // 100:03d}" / f"{k:05d}.txt{suffix}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(PACKERS[suffix](text.encode()))
        else:
            name, form = FORMS[number % 4]
            suffix = "" if name == ".parquet" else suffix
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number:05d}{name}{suffix}").write_bytes(PACKERS[suffix](form(part)))
        total += sum(len(text.encode()) for text in part)
        number += 1
    return total


class Peak(NamedTuple):
    """The most memory that was seen, in bytes."""

    main: int = 0
    worker: int = 0
    all: int = 0

    def __str__(self) -> str:
        names = ("main process", "largest worker", "all together")
        return ", ".join(f"{name} {size / 1e6:,.0f} MB" for name, size in zip(names, self, strict=True))


def memory(process: int) -> list[int]:
    """Return the bytes that a process has in memory, then those of the processes below it."""
    try:
        counted = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:  # it has ended
        return [0]
    found = re.search(r"^Pss:\s+(\d+) kB", counted, re.MULTILINE)
    own = int(found[1]) * 1024 if found else 0
    return [own, *(size for child in children(process) for size in memory(child))]


def watched(*arguments: object) -> tuple[int, float, Peak]:
    """Run a command line; return its exit status, seconds, and the most memory that it had."""
    begun, most = time.monotonic(), Peak()
    with subprocess.Popen([sys.executable, "-P", "-m", "cleaner", *map(str, arguments)]) as process:
        while process.poll() is None:
            main, *others = memory(process.pid)
            now = Peak(main, max(others, default=0), main + sum(others))
            most = Peak(*map(max, most, now))
            time.sleep(1)
    return process.returncode, time.monotonic() - begun, most


def main() -> int:
    """Make the corpus, clean, verify and restore it, and print what that took; 1 when anything is lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.large", description=__doc__)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--megabytes", type=float, default=4000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--corpus", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        source = arguments.corpus or Path(name, "in")
        if not source.exists():
            make(texts_of(arguments.texts), source, int(arguments.megabytes * 1e6))
        out = source.with_name(f"{source.name}-out")
        wrong = cleaned(source, out, Path(name, "back"), arguments.jobs)
        if not wrong:
            shutil.rmtree(out)
        return int(wrong)


def cleaned(source: Path, out: Path, back: Path, jobs: int) -> bool:
    """Clean, verify and restore a corpus, and print what that took; true when the run fails or anything is lost."""
    again = ["--resume"] if out.exists() else []
    code, seconds, most = watched("run", source, out, "-q", "--isolated", "--no-limits", "-j", jobs, *again)
    print(f"run: exit {code}, {seconds:,.0f} s; {most}", flush=True)
    if code not in (0, 3):
        return True
    stages = json.loads((out / "_clean" / "timings.json").read_text("utf-8"))["stages"]
    size = stages["prepare"]["bytes"] / 1e6
    print(f"{size:,.0f} MB, {size / seconds:.2f} MB/s", flush=True)
    print(", ".join(f"{stage} {took['seconds']:,.0f} s" for stage, took in stages.items()), flush=True)
    verified, took, most = watched("verify", out, "-q")
    print(f"verify: exit {verified}, {took:,.0f} s; {most}", flush=True)
    lost = is_restored(out, source, back)
    print(f"restored: {len(lost)} files differ", *lost[:5])
    return verified != 0 or bool(lost)


if __name__ == "__main__":
    sys.exit(main())
