"""Shared fixtures: hypothesis profiles, the command line in this process, data that lies beside the project."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

from cleaner.engines import effort

settings.register_profile(
    "ci",
    deadline=None,
    max_examples=60,
    derandomize=True,  # the same examples in every run; `nightly` looks for new ones
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "release", deadline=None, max_examples=1000, suppress_health_check=list(HealthCheck)
)
settings.register_profile(
    "nightly", deadline=None, max_examples=5000, suppress_health_check=list(HealthCheck)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[Any], list[Any]]:
    """Look for no doctests in files of tests: one that cannot be imported is an error there, and is not left out."""
    found = yield
    is_test = file_path.name.startswith("test_")
    return [one for one in found if not is_test or type(one).__name__ != "DoctestModule"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip the tests that judge a time where coverage is measured."""
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if item.get_closest_marker("timed"):
                item.add_marker(pytest.mark.skip(reason="times mean nothing under coverage"))


PROJECT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("CLEANER_SHARED", PROJECT.parent / "shared"))


class Result(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True, scope="session")
def _no_notes() -> Iterator[None]:
    """Let no test note beside the package what it does without compiled code: tests only pretend to."""
    noted = effort._notes
    inside = str(PROJECT / "cleaner")
    with mock.patch.object(
        effort, "_notes", lambda maker: None if maker.startswith(inside) else noted(maker)
    ):
        yield


@pytest.fixture
def clean(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `clean ARGS` in this process; return exit code and both outputs."""

    def run(*args: object) -> Result:
        from cleaner.cli import main
        from cleaner.pipeline import rule_book

        rule_book.cache_clear()  # a new process would read the rules anew
        monkeypatch.setattr(sys, "argv", ["clean", *map(str, args)])
        capfd.readouterr()
        code = 0
        try:
            main()
        except SystemExit as error:
            code = int(error.code or 0)
        sys.stdout.flush()
        out, err = capfd.readouterr()
        assert "Traceback" not in err, err
        return Result(code, out, err)

    return run


@pytest.fixture(scope="session")
def real_seeds() -> Path:
    """Five real documents that lie beside the project; their text is not ours to copy."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip(f"the real documents are not here: {folder} (set CLEANER_SHARED to where they are)")
    return folder


@pytest.fixture(scope="session")
def development_texts() -> Path:
    """The texts of the evaluation kit that lies beside the project."""
    folder = SHARED / "eval" / "data"
    if not folder.is_dir():
        pytest.skip(f"the evaluation data are not here: {folder} (set CLEANER_SHARED to where they are)")
    return folder


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a user's own rules out of the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "config"))
