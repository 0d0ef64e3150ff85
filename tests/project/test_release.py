"""A release, cut in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import PROJECT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that git knows, as a repository of their own."""
    names = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if names.returncode:
        pytest.skip("this is no checkout: there is nothing to release")
    for name in names.stdout.splitlines():
        target = tmp_path / "copy" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).exists():
            shutil.copy(PROJECT / name, target)
    git(tmp_path / "copy", "init", "-q")
    git(tmp_path / "copy", "add", "-A")
    git(tmp_path / "copy", "commit", "-qm", "all")
    return tmp_path / "copy"


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular."""
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def cited() -> set[str]:
    """Return the files of the project that its pages name."""
    pages = [*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")]
    names = {name for page in pages for name in re.findall(r"[\w./-]+\.\w+", page.read_text("utf-8"))}
    known = git(PROJECT, "ls-files").splitlines()
    return {name for name in names if name in known}


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the recipe."""
    git(folder, "config", "user.name", "t")
    git(folder, "config", "user.email", "t@example.org")
    command = [sys.executable, "tools/release.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_release_is_cut_and_built_twice_to_the_same_bytes(copy: Path) -> None:
    done = release(copy, "9.8.7")
    assert done.returncode == 0, done.stderr
    assert git(copy, "tag").strip() == "v9.8.7"
    assert git(copy, "status", "--porcelain") == ""
    built = {path.suffix: path for path in (copy / "dist" / "9.8.7").iterdir()}
    wheel = zipfile.ZipFile(built[".whl"]).namelist()
    assert "cleaner-9.8.7.dist-info/METADATA" in wheel
    with tarfile.open(built[".gz"]) as archive:
        sdist = archive.getnames()
    for name in ("docs/architecture.md", "CONTRIBUTING.md", "tools/make_docs.py", "tests/conftest.py"):
        assert f"cleaner-9.8.7/{name}" in sdist
    assert {name for name in cited() if f"cleaner-9.8.7/{name}" not in sdist} == set()
    assert "\nversion: 9.8.7\n" in (copy / "CITATION.cff").read_text("utf-8")
    changelog = (copy / "CHANGELOG.md").read_text("utf-8")
    assert changelog.index("## Unreleased") < changelog.index("## 9.8.7 - 20")


@pytest.mark.parametrize(("arguments", "said"), [([], "the version is missing"), (["1.2"], "is missing")])
def test_a_release_needs_a_version(copy: Path, arguments: list[str], said: str) -> None:
    done = release(copy, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_changed_tree_is_not_released(copy: Path) -> None:
    (copy / "README.md").write_text("changed", "utf-8")
    done = release(copy, "9.8.7")
    assert done.returncode == 2
    assert "the tree has changes" in done.stderr
