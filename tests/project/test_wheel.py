"""The built wheel, alone in an empty environment, run from another folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import PROJECT

NEWCOMER = """
schema: 1
pack: mine
rules:
  - id: sponsor
    description: Thanks to a sponsor
    scope: line
    match: {prefix: "This page was made possible by"}
    action: drop
    examples:
      match: ["This page was made possible by the harbour fund"]
      no_match: ["The bridge was made possible by the harbour fund"]
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_holds_the_rule_packs_and_no_corpus(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packs = {path.relative_to(PROJECT / "rules").as_posix() for path in (PROJECT / "rules").rglob("*.*")}
    shipped = {name.removeprefix("cleaner/_rules/") for name in names if name.startswith("cleaner/_rules/")}
    assert packs
    assert shipped == packs
    assert "cleaner/py.typed" in names
    assert not [name for name in names if name.startswith(("seeds/", "tests/", "tools/"))]


def test_wheel_runs_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """The environment holds nothing but the wheel; its dependencies are found where the tests run."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    site = next((tmp_path / "env" / "lib").glob("python*/site-packages"))
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
    ]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    text = (
        "The bridge was opened in May.\n\nAdvertisement\n\nThis page was made possible by the harbour fund\n"
    )
    (elsewhere / "a.txt").write_text(text)
    (elsewhere / "mine.yaml").write_text(NEWCOMER)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }

    def clean(*arguments: str) -> str:
        command = [str(tmp_path / "env" / "bin" / "clean"), *arguments]
        done = subprocess.run(
            command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    teaser = "Our reporters also wrote: Five bridges"
    written = clean(
        *(
            "rules",
            "new",
            "--file",
            "rules/own.yaml",
            "--pack",
            "own",
            "--prefix",
            "Our reporters also wrote",
        ),
        *("--match", teaser, "--no-match", "Our reporters wrote this in spring"),
    )
    assert "own/our-reporters-also-wrote" in clean("rules", "list", "--rules", "rules/own.yaml")
    assert "its examples pass" in written
    (elsewhere / "b.txt").write_text(f"The ferry stays in port.\n\n{teaser}\n")
    own = ("--rules", "rules/own.yaml", "--select", "own/*")
    assert f"b.txt:3: {teaser}" in clean("rules", "test", *own, "--corpus", "b.txt")
    clean("run", "b.txt", "out-b", "--rules", "rules/own.yaml")
    assert (elsewhere / "out-b" / "b.txt").read_text() == "The ferry stays in port.\n"
    assert "mine/sponsor" in clean("rules", "list", "--rules", "mine.yaml")
    clean("rules", "validate", "mine.yaml")
    clean("run", "a.txt", "out", "--rules", "mine.yaml")
    clean("verify", "out")
    assert (elsewhere / "out" / "a.txt").read_text() == "The bridge was opened in May.\n"
    run = json.loads((elsewhere / "out" / "_clean" / "run.json").read_text())
    assert run["versions"]["cleaner"]
    where = subprocess.run(
        [str(python), "-c", "import cleaner; print(cleaner.__file__)"],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(site) in where.stdout
