"""Processes that are ended at random moments: a worker, the main process, all of them; then the run is continued.

Each run is a child that was forked from a process in which everything is imported: its start costs nothing, so that the
moments are spread over the work. Its workers are forked as well.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.faults.corpus import Outcome, is_proven
from tests.faults.injection import Run, tidy
from tests.support.corpora import tree

TARGETS = ("worker", "main", "group")
SIGNALS = {
    "worker": (signal.SIGKILL,),
    "main": (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP),
    "group": (signal.SIGKILL, signal.SIGTERM),
}
LONGEST = 120.0
"""Seconds after which a run that was hit counts as one that hangs."""


def started(source: Path, out: Path, jobs: int, *options: str) -> int:
    """Run `clean run` in a child, in a group of its own; return its process id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about threads of this process: the child has none of them
        child = os.fork()
    if child:
        with suppress(OSError):
            os.setpgid(child, child)
        return child
    status = 70
    try:
        os.setpgid(0, 0)
        status = _run(source, out, jobs, *options)
    finally:
        os._exit(status)
    raise AssertionError


def _run(source: Path, out: Path, jobs: int, *options: str) -> int:
    from cleaner.cli import main
    from cleaner.engines.local import LocalEngine
    from cleaner.engines.registry import ENGINES

    ENGINES["local"] = partial(LocalEngine, method="fork")  # type: ignore[index]
    warnings.simplefilter("ignore")
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    sys.argv = ["clean", "run", str(source), str(out), "-q", "-j", str(jobs), *options]
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def ended(child: int) -> int:
    """Wait for a child; return its exit status, less than 0 for a signal, 70 for one that hangs."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    with suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 70


def hit(child: int, target: str, number: int) -> None:
    """Send a signal to the main process, to one of its workers, or to all."""
    with suppress(ProcessLookupError):
        if target == "group":
            os.killpg(child, number)
        elif target == "worker":
            for worker in children(child)[:1]:
                os.kill(worker, number)
        else:
            os.kill(child, number)


def is_alone(child: int) -> bool:
    """Tell whether nothing of a group is left after a while."""
    for _ in range(500):
        try:
            os.killpg(child, 0)
        except (ProcessLookupError, PermissionError):
            return True
        time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return False


def duration(source: Path, jobs: int) -> float:
    """Return the seconds of an undisturbed run."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        ended(started(source, Path(folder, "out"), jobs))
        return time.monotonic() - begun


def kill(
    number: int,
    run: Run,
    source: Path,
    whole: dict[str, bytes],
    status: int,
    seed: int,
    seconds: dict[int, float],
) -> Outcome:
    """End one run at a random moment and continue it; `seconds` are those of undisturbed runs by number of jobs."""
    chance = random.Random(seed * 1_000_003 + number)
    jobs = chance.choice(list(seconds))
    target = chance.choice([name for name in TARGETS if jobs > 1 or name != "worker"])
    signum = chance.choice(SIGNALS[target])
    outcome = Outcome(injected=1)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        child = started(source, out, jobs)
        time.sleep(chance.random() * seconds[jobs])
        hit(child, target, signum)
        code = ended(child)
        where = f"seed {seed}, kill {number} ({target}, {signal.Signals(signum).name}, {jobs} jobs)"
        if not is_alone(child):
            outcome.silent.append(f"{where}: processes are left")
        is_there = (out / "_clean" / "run.json").exists()
        if is_there and not (is_proven(out) and tidy(out) == whole):
            outcome.lost.append(f"{where}: what is there is not whole")
        if code not in (status, 130, -signum) or (code == status and not is_there):
            outcome.silent.append(f"{where}: exit status {code}")
        again = run("run", source, out, "-q", "-j", "1", *(["--resume"] if out.exists() else []))
        if again != status or tree(out) != whole:
            outcome.lost.append(f"{where}: resumed, exit status {again}")
    return outcome
