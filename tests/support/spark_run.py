"""Clean a corpus on Spark in small work units, and kill executors, or this driver, on the way.

    python -m tests.support.spark_run SOURCE OUT --master URL [--shard BYTES] [--resume] [--work-dir DIR]
        [--workers PID,PID --kill-in STAGE,STAGE] [--die-in STAGE] [--scarce]

A stage is named by the beginning of its label. Only children of the given workers are killed, by their ids.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path

from cleaner.api.corpus import clean_corpus
from cleaner.run import settle
from cleaner.run.job import Advance
from cleaner.run.units import cut
from cleaner.settings import RuleSources, Settings

SCARCE = RuleSources(ignore=("dedup/run",), options=(("dedup/near", "bucket_cap", 1),))
"""Settings under which stages run that others do not have: buckets are full at once, and short passages stand alone."""
DELAY = 0.3
"""Seconds from the start of a stage until something is killed."""


def executors(worker: int) -> list[int]:
    """Return the executors of a worker, which are children of its process."""
    threads = Path(f"/proc/{worker}/task").glob("*/children")
    found = [int(child) for thread in threads for child in thread.read_text().split()]
    return [
        child for child in found if b"CoarseGrainedExecutor" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


class Killer:
    """Is told of every stage; kills one executor in each of some, or this process in one."""

    def __init__(self, workers: list[int], stages: list[str], last: str | None) -> None:
        self.workers, self.stages, self.last = workers, stages, last
        self.killed: list[str] = []

    def __call__(self, now: Advance) -> None:
        if now.done:
            return
        if self.last and now.stage.startswith(self.last):
            threading.Thread(target=self._die, daemon=True).start()
        name = next((name for name in self.stages if now.stage.startswith(name)), None)
        if name:
            self.stages.remove(name)
            threading.Thread(target=self._kill, args=(name,), daemon=True).start()

    def _kill(self, name: str) -> None:
        time.sleep(DELAY)
        while True:
            for worker in self.workers[len(self.killed) % 2 :] + self.workers:
                found = executors(worker)
                if found:
                    os.kill(found[0], signal.SIGKILL)
                    self.killed.append(name)
                    return
            time.sleep(DELAY)

    def _die(self) -> None:
        time.sleep(DELAY)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("out")
    parser.add_argument("--master", required=True)
    parser.add_argument("--shard", type=int, default=20_000)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--work-dir")
    parser.add_argument("--workers", default="")
    parser.add_argument("--kill-in", default="")
    parser.add_argument("--die-in")
    parser.add_argument("--steps", default=",".join(Settings().steps))
    parser.add_argument("--scarce", action="store_true")
    options = parser.parse_args()
    workers = [int(number) for number in options.workers.split(",") if number]
    killer = Killer(workers, [name for name in options.kill_in.split(",") if name], options.die_in)
    vars(settle)["cut"] = partial(cut, shard_bytes=options.shard)
    done = clean_corpus(
        options.source,
        options.out,
        settings=Settings(
            steps=tuple(options.steps.split(",")), rules=SCARCE if options.scarce else RuleSources()
        ),
        engine="spark",
        master=options.master,
        resume=options.resume,
        limits=False,
        work_dir=options.work_dir,
        progress=killer,
    )
    print(f"{done.documents_in} documents, executors killed in: {', '.join(killer.killed)}")
    print("left:", *killer.stages)


if __name__ == "__main__":
    main()
