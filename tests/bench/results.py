"""Results of benchmarks, kept as JSON with machine and commit, so that a later run can be compared.

`record` prints a figure with its ratio to the last one of the same label, and `keep` writes those of this
process as one more run to `benchmarks/NAME.json`. Figures of two machines are not compared.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("CLEANER_BENCHMARKS", Path(__file__).parents[2] / "benchmarks"))
KEPT = 20
"""Runs of one benchmark that are kept."""

_figures: dict[str, float] = {}


def record(bench: str, label: str, value: float, unit: str = "MB/s") -> None:
    """Print a figure, with its ratio to the last run on this machine, and remember it for `keep`."""
    _figures[f"{label} ({unit})"] = round(value, 3)
    before = last(bench).get(f"{label} ({unit})")
    compared = f"  {value / before:6.2f} x the last run" if before else ""
    print(f"{label:48}{value:10.4g} {unit}{compared}", flush=True)


def last(bench: str) -> dict[str, float]:
    """Return the figures of the last run on this machine."""
    runs = [run for run in _runs(bench) if run["machine"] == machine()]
    return dict(runs[-1]["figures"]) if runs else {}


def keep(bench: str) -> None:
    """Write the figures of this process beside those of earlier runs."""
    FOLDER.mkdir(exist_ok=True)
    run = {"at": datetime.now(UTC).date().isoformat(), "commit": commit(), "machine": machine()}
    runs = [*_runs(bench), run | {"figures": _figures}][-KEPT:]
    (FOLDER / f"{bench}.json").write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _runs(bench: str) -> list[dict[str, Any]]:
    path = FOLDER / f"{bench}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else []


@cache
def machine() -> str:
    """Describe the machine: processor, cores, system, Python."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next(
            (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model
        )
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def commit() -> str:
    """Return the commit that was measured, with a plus when the tree was changed."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        )
        status = ["git", "status", "--porcelain", "--untracked-files=no"]
        changed = subprocess.run(status, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")
