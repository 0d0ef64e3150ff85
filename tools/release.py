"""Cut a release: `python tools/release.py 0.2.0` (`make release VERSION=0.2.0`).

The version is set in its one place (`pyproject.toml`), what is unreleased in the changelog gets its number and
date, and wheel and sdist are built twice: both times the same bytes, or nothing is tagged. Nothing is uploaded.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def set_version(text: str, version: str) -> str:
    r"""Return `pyproject.toml` with another version.

    >>> set_version('name = "cleaner"\nversion = "0.1.0"\n', "0.2.0")
    'name = "cleaner"\nversion = "0.2.0"\n'
    """
    return re.sub(r'^version = "[^"]*"$', f'version = "{version}"', text, count=1, flags=re.M)


def cut(text: str, version: str, day: str) -> str:
    r"""Return the changelog with what is unreleased under the number of a version.

    >>> print(cut("## Unreleased\n\n### Output changes\n", "0.2.0", "2026-01-31").replace("\n\n", "\n"), end="")
    ## Unreleased
    ### Output changes
    None.
    ## 0.2.0 - 2026-01-31
    ### Output changes
    """
    new = f"## Unreleased\n\n### Output changes\n\nNone.\n\n## {version} - {day}\n"
    if "## Unreleased\n" not in text:
        message = "CHANGELOG.md has no section Unreleased"
        raise SystemExit(message)
    return text.replace("## Unreleased\n", new, 1)


def build(folder: Path, epoch: str) -> dict[str, str]:
    """Build wheel and sdist into a folder and return their sha256 by name."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": epoch})
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def git(*arguments: str) -> str:
    """Run git and return what it prints."""
    return subprocess.run(["git", *arguments], cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Cut a release."""
    if len(sys.argv) != 2 or not re.fullmatch(r"\d+\.\d+\.\d+", sys.argv[1]):
        sys.stderr.write("the version is missing: make release VERSION=1.2.3\n")
        return 2
    version = sys.argv[1]
    if git("status", "--porcelain", "--untracked-files=no").strip():
        sys.stderr.write("the tree has changes: commit them first\n")
        return 2
    now = datetime.now(UTC)
    changes: dict[str, Callable[[str], str]] = {
        "pyproject.toml": lambda text: set_version(text, version),
        "CITATION.cff": lambda text: re.sub(
            r"^version: .*$", f"version: {version}", text, count=1, flags=re.M
        ),
        "CHANGELOG.md": lambda text: cut(text, version, now.date().isoformat()),
    }
    for name, change in changes.items():
        path = PROJECT / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")
    epoch = str(int(now.timestamp()))
    with tempfile.TemporaryDirectory() as again:
        first, second = build(PROJECT / "dist" / version, epoch), build(Path(again), epoch)
    if first != second:
        sys.stderr.write("two builds gave different bytes: nothing was tagged\n")
        return 1
    git("commit", "-aqm", f"Release {version}")
    git("tag", f"v{version}")
    sys.stdout.writelines(f"{digest}  dist/{version}/{name}\n" for name, digest in first.items())
    return 0


if __name__ == "__main__":
    sys.exit(main())
