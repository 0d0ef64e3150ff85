"""Inject many faults and print how many of them lost something: `python -m tests.faults.nightly --kills 2000`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from tests.faults import corruption, injection, kills
from tests.faults.corpus import Outcome, small
from tests.support.corpora import tree

Part = tuple[str, Callable[[], Outcome]]


def run_here(*arguments: object) -> int:
    """Run a command line in this process, without its output; return its exit status."""
    from cleaner.cli import main

    sys.argv = ["clean", *map(str, arguments)]
    with _silent():
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0


@contextmanager
def _silent() -> Iterator[None]:
    """Send both outputs nowhere for a while."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(number) for number in (1, 2)]
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(null, number)
        yield
    finally:
        sys.stdout.flush()
        for number, descriptor in zip((1, 2), kept, strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.close(null)


def parts(arguments: argparse.Namespace, source: Path, whole: dict[str, bytes]) -> Iterator[Part]:
    """Yield the kinds of faults, each with what injects them."""
    if arguments.kills:
        seconds = {jobs: kills.duration(source, jobs) for jobs in (1, 2)}
        hits = range(arguments.first, arguments.first + arguments.kills)
        one = partial(kills.kill, run=run_here, source=source, whole=whole, status=3)
        yield (
            "process killed at a random moment",
            lambda: _all(partial(one, seed=arguments.seed, seconds=seconds), hits),
        )
    if arguments.corruptions:
        runs = range(arguments.first, arguments.first + -(-arguments.corruptions // corruption.TOGETHER))
        yield (
            "damaged input",
            lambda: _all(partial(corruption.corrupt, run=run_here, seed=arguments.seed), runs),
        )
    for kind in injection.KINDS if arguments.calls else ():
        turns = range(1, injection.count(kind, run_here, source) + 1)
        yield (
            f"`{kind}` that fails, each call once",
            partial(injection.inject, kind, turns, run_here, source, whole, 3),
        )


def _all(one: Callable[[int], Outcome], numbers: Sequence[int]) -> Outcome:
    """Inject faults by their numbers; an interruption (Ctrl-C) ends them, and what was injected counts."""
    total = Outcome()
    with suppress(KeyboardInterrupt):
        for number in numbers:
            total.add(one(number))
    return total


def main() -> int:
    """Inject faults as asked for, and print the table; 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.nightly", description=__doc__)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--corruptions", type=int, default=50_000)
    parser.add_argument("--no-calls", dest="calls", action="store_false", help="let no calls fail")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first fault, to go on from there")
    arguments = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        source = small(Path(folder, "in"))
        run_here("run", source, Path(folder, "whole"), "-q", "-j", "1")
        print(
            f"seed {arguments.seed}\n\n| fault | injected | lost | silent | seconds |\n|---|---|---|---|---|"
        )
        for name, inject in parts(arguments, source, tree(Path(folder, "whole"))):
            begun = time.monotonic()
            found = inject()
            for problem in (*found.lost, *found.silent):
                print(problem, file=sys.stderr, flush=True)
            bad += len(found.lost) + len(found.silent)
            row = (name, f"{found.injected:,}", len(found.lost), len(found.silent))
            print(f"| {' | '.join(map(str, row))} | {time.monotonic() - begun:,.0f} |", flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
