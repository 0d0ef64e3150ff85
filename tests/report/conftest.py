"""The sample corpus, cleaned once for all tests of the report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT


@pytest.fixture(scope="package")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample corpus, cleaned once."""
    from cleaner.engines.local import LocalEngine
    from cleaner.run.discover import discover
    from cleaner.run.guard.place import open_work
    from cleaner.run.job import Job
    from cleaner.run.publishing.finish import publish_run
    from cleaner.run.settle import settle
    from cleaner.settings import RuleSources, Settings

    out = tmp_path_factory.mktemp("report") / "out"
    job = Job(
        Settings(rules=RuleSources(isolated=True)),
        discover([PROJECT / "seeds"]),
        open_work(out, {}, resume=False),
        LocalEngine(1),
    )
    publish_run(job, settle(job), out)
    yield out
