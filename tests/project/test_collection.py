"""The suite itself: a file of tests that cannot be imported is an error, whatever optional modules may be missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("from cleaner import no_such_name", 2, "cannot import name"),
        ("from cleaner import Cleaner", 0, "1 passed"),
    ],
)
def test_a_file_of_tests_that_cannot_be_imported_is_an_error(
    tmp_path: Path, line: str, status: int, said: str
) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_collect_file  # noqa: F401\n")
    (tmp_path / "test_it.py").write_text(f"{line}\n\n\ndef test_nothing():\n    pass\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        f"{PROJECT}/pyproject.toml",
    ]
    done = subprocess.run([*command, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stdout) == (status, True), done.stdout
