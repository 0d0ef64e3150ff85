"""The pages: every block of code is run, every link leads somewhere, every page is in the site.

The blocks of a page are run in their order, in one folder that holds `seeds/`, `texts/` and `pages.jsonl`. A block
that needs what need not be installed says so (`<!-- needs: jq -->`) and is a test of its own; one that cannot be run
here says why.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Result
from tests.support.pages import Block, anchors, blocks, console, differs, links

GENERATED = {"api.md", "cli.md", "rules.md", "rule-files.md", "audit-trail.md"}
"""Pages without commands: their examples are doctests, and examples of rules, which are run where they stand."""
WALKED = {"CONTRIBUTING.md"}
"""Pages whose commands need the diffs beside them: tests/project/test_contributing.py."""
FILLED = {"README.md"}
"""Pages whose output is written, and compared, by a tool of their own: tools/make_readme.py."""
BESIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
PAGES = [*(PROJECT / name for name in BESIDE), *sorted((PROJECT / "docs").glob("*.md"))]
RUN = [page for page in PAGES if page.name not in GENERATED | WALKED]
LANGUAGES = {"python", "console", "sh"}
SHOWN = {"", "yaml", "json", "make", "mermaid", "toml", "pycon", "diff"}
SET_UP = ("pip", "make", "apt-get", "git", "pre-commit")
"""Commands that prepare a machine: they are not run."""
SHELL = set("|<>&;*~$`")
FINDINGS = ("check", "diff")
"""Commands whose exit status 1 says that they found something."""

FETCHED = re.compile(r"<(?:script|img|link rel=.?stylesheet)[^>]*? (?:src|href)=.?([^\"'> ]+)")

Clean = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which a page is run, with `clean` on the path, a sample corpus, records, and a text."""
    (tmp_path / "seeds").symlink_to(PROJECT / "seeds")
    shutil.copy(PROJECT / "seeds" / "wire.jsonl", tmp_path / "pages.jsonl")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "pier.txt").write_text("The pier was painted in June.\n")
    programs = tmp_path.parent / f"{tmp_path.name}-bin"
    programs.mkdir()
    (programs / "clean").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cleaner "$@"\n')
    (programs / "clean").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_block(page: Path, block: Block, clean: Clean, names: dict[str, object]) -> None:
    """Run a block of code; fail if it does, or if a command prints something else than is shown."""
    where = f"{page.name}:{block.line}"
    if block.language == "python":
        exec(compile("\n" * block.line + block.code, str(page), "exec"), names)
    elif block.language == "sh":
        shell(block.code, where)
    else:
        for command, shown in console(block.code):
            if not command.startswith(SET_UP):
                printed = called(command, where, clean)
                lines = () if page.name in FILLED else shown
                assert (odd := differs(lines, printed)) is None, f"{where}: {odd!r} is not in:\n{printed}"


def called(command: str, where: str, clean: Clean) -> str:
    """Run a command, in this process where that is possible, and return what it prints."""
    if not command.startswith("clean ") or SHELL & set(re.sub(r"'[^']*'|\"[^\"]*\"", "", command)):
        return shell(command, where)
    words = shlex.split(command)[1:]
    code, out, err = clean(*words)
    assert code in ((0, 1) if words[0] in FINDINGS else (0,)), f"{where}: {err}"
    return out + err


def shell(script: str, where: str) -> str:
    """Run a script and return what it prints."""
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{where}: {done.stderr}"
    return done.stdout


def missing(needs: tuple[str, ...]) -> list[str]:
    """Return the programs and modules that are not there."""
    return [name for name in needs if not shutil.which(name) and importlib.util.find_spec(name) is None]


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
@pytest.mark.usefixtures("folder")
def test_what_a_page_says_can_be_done(page: Path, clean: Clean) -> None:
    names: dict[str, object] = {"__name__": "page"}
    for block in blocks(page):
        assert block.language in LANGUAGES | SHOWN, (
            f"{page.name}:{block.line}: a block of {block.language!r}?"
        )
        assert block.language in LANGUAGES or not block.code.startswith("$ "), f"{page.name}:{block.line}"
        if block.language in LANGUAGES and not block.needs and not block.not_run:
            run_block(page, block, clean, names)


WANTING = [(page, block) for page in RUN for block in blocks(page) if block.needs or block.not_run]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("page", "block"),
    WANTING,
    ids=[f"{page.name}-{' '.join(one.needs) or one.line}" for page, one in WANTING],
)
@pytest.mark.usefixtures("folder")
def test_a_block_that_needs_something(page: Path, block: Block, clean: Clean) -> None:
    if block.not_run:
        pytest.skip(f"{page.name}:{block.line} is not run: {block.not_run}")
    if lacking := missing(block.needs):
        pytest.skip(f"{page.name}:{block.line} needs {', '.join(lacking)}, which is not installed")
    run_block(page, block, clean, {"__name__": "page"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_pages_and_headings(page: Path) -> None:
    text = page.read_text("utf-8")
    for link in links(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), f"there is no heading for {link}"


def test_every_page_and_picture_is_asked_for() -> None:
    navigation = (PROJECT / "mkdocs.yml").read_text("utf-8")
    asked = {
        link.partition("#")[0].rpartition("/")[2] for page in PAGES for link in links(page.read_text("utf-8"))
    }
    pictures = {
        path.name for path in (PROJECT / "docs").rglob("*") if path.is_file() and path.suffix != ".md"
    }
    assert pictures - asked == set()
    pages = {page.name for page in PAGES if page.parent.name == "docs"}
    assert pages - set(re.findall(r"[\w-]+\.md", navigation)) == set()


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("zensical is not installed: pip install '.[docs]'")
    copy = tmp_path / "copy"
    for name in ("docs", "tools"):
        shutil.copytree(PROJECT / name, copy / name)
    for name in ("mkdocs.yml", *BESIDE):
        shutil.copy(PROJECT / name, copy / name)
    command = [sys.executable, "tools/make_site.py"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (copy / "site" / "index.html").exists()
    sources = [
        found for path in (copy / "site").glob("*.html") for found in FETCHED.findall(path.read_text("utf-8"))
    ]
    assert [source for source in sources if ":" in source] == []  # nothing is fetched: it works from disk
    assert "warning" not in (done.stdout + done.stderr).lower()
