"""Fill the README with what the commands in it really print on the sample corpus.

With `--check` nothing is written, and the exit status is 1 when it is stale.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parent.parent
README = PROJECT / "README.md"
SHOWN = 5
"""Rules of the summary that are shown."""
FEW = 2
"""Lines of the other commands that are shown."""
WIDTH = 100
"""Characters of a line that are shown."""


def clean(*arguments: str, folder: Path) -> list[str]:
    """Run a command in a folder and return the lines that it prints."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "COLUMNS": "120", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "cleaner", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return [_short(line.rstrip()) for line in done.stdout.splitlines()]


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def summary(lines: list[str]) -> list[str]:
    """Return the summary of a run, shortened: the counts, the first rules, and the notes but the seconds."""
    at = lines.index(next(line for line in lines if line.startswith("edits by rule")))
    notes = [line for line in lines if line.startswith(("flags:", "duplicates:")) or "is ready" in line]
    return [*lines[: at + 1 + SHOWN], "  …", "", *notes]


def filled(page: str) -> str:
    """Return the README with the output of its commands."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").symlink_to(PROJECT / "seeds")
        run = summary(clean("run", "seeds/", "out/", folder=folder))
        page = _after(page, "$ clean run seeds/ out/", run)
        for command in re.findall(r"^\$ clean ((?:why|verify) out/.*)$", page, re.M):
            page = _after(page, f"$ clean {command}", _few(clean(*command.split(), folder=folder)))
    return page


def _few(lines: list[str]) -> list[str]:
    """Return the first lines, and a sign that there are more."""
    return lines if len(lines) <= FEW else [*lines[:FEW], "  …"]


def _after(page: str, command: str, lines: list[str]) -> str:
    """Put lines between a command and the next one, or the end of its block."""
    head, rest = page.split(f"{command}\n", 1)
    end = re.search(r"^(\$ |```)", rest, re.M)
    if end is None:
        message = f"no end of the block of {command!r}"
        raise ValueError(message)
    return f"{head}{command}\n" + "\n".join(lines) + "\n" + rest[end.start() :]


def main() -> int:
    """Fill or check the README."""
    old = README.read_text("utf-8")
    new = filled(old)
    if new == old:
        return 0
    if "--check" in sys.argv[1:]:
        sys.stderr.write("README.md is stale: run `make docs`\n")
        return 1
    README.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
