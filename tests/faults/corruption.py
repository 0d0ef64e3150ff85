"""Bytes that are changed, cut off or added in files of every format and compression."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from cleaner.audit.rebuild import open_run
from tests.faults.corpus import (
    PACKERS,
    Outcome,
    archives,
    content_of,
    contents,
    is_proven,
    is_restored,
)
from tests.faults.injection import Run
from tests.support.corpora import trail, write

TOGETHER = 50
"""Damaged files of one run."""
BYTES = (0, 10, 13, 34, 44, 60, 92, 123, 128, 255)
"""What formats are sensitive to."""


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return data with one fault: a bit or a byte changed, bytes left out, or added, or the end cut off."""
    at = chance.randrange(len(data))
    match chance.randrange(6):
        case 0:
            return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        case 1:
            return data[:at] + bytes([chance.choice(BYTES)]) + data[at + 1 :]
        case 2:
            return data[:at]
        case 3:
            return data[:at] + data[at + chance.randrange(1, 9) :]
        case 4:
            return data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:]
        case _:
            return data[:at] + chance.randbytes(4) + data[at + 4 :]


def corrupt(number: int, run: Run, seed: int) -> Outcome:
    """Run on some damaged files; all of their bytes come back, and archives that nobody can read are told of."""
    chance = random.Random(seed * 1_000_003 + number)
    formats, outcome = list((contents() | archives()).items()), Outcome(injected=TOGETHER)
    files: dict[str, bytes] = {}
    for k in range(TOGETHER):
        name, data = formats[chance.randrange(len(formats))]
        suffix = "" if name.endswith(".zip") else chance.choice(list(PACKERS))
        files[f"{k:02}-{name}{suffix}"] = damaged(PACKERS[suffix](data), chance)
    with tempfile.TemporaryDirectory() as folder:
        source, out = write(Path(folder, "in"), dict(files)), Path(folder, "out")
        code = run("run", source, out, "-q", "-j", "1", "--no-limits", "--isolated")
        where = f"seed {seed}, corruption {number}"
        if code not in (0, 3):
            outcome.lost.append(f"{where}: exit status {code}")
            return outcome
        if not is_proven(out):
            outcome.lost.append(f"{where}: is not proven")
        outcome.lost += [f"{where}: {name}" for name in is_restored(out, source, Path(folder, "back"))]
        told = {top(line["path"]) for line in trail(out, "quarantine")}
        known = {top(item["path"]) for part in ("inputs", "skipped") for item in open_run(out).run[part]}
        outcome.silent += [f"{where}: {name} is not listed" for name in files.keys() - known]
        for name, data in files.items():
            if content_of(data, Path(name).suffix) is None and name not in told:
                outcome.silent.append(f"{where}: {name} is no archive, and nobody says so")
    return outcome


def top(path: str) -> str:
    """Return the name of the file that a path is, or is in."""
    return path.partition("/")[0]
