"""A short run loads no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

RUN = """
import sys
sys.argv[1:] = {arguments!r}
from cleaner.cli import main
try:
    main()
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""
NOT_FOR_HELP = ("numpy", "re2", "ftfy", "jinja2")
NOT_FOR_ONE_FILE = (
    "numba", "numpy.ma", "pyarrow", "trafilatura", "ruamel", "pydantic", "rich", "asyncio", "ssl",
    "cleaner.rules.authoring.suggest", "cleaner.dedup.rounds",
)  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "without"),
    [(["--help"], NOT_FOR_HELP), (["run", "a.txt", "out", "-q", "--isolated"], NOT_FOR_ONE_FILE)],
)
def test_what_is_not_loaded(arguments, without, tmp_path):
    (tmp_path / "a.txt").write_text("The ferry stays in the harbour until noon today.\n\nAdvertisement\n" * 3)
    call = [sys.executable, "-c", RUN.format(arguments=arguments)]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not set(without).intersection(done.stderr.split())
