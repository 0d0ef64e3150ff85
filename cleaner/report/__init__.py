"""The HTML report of a finished run: one page that needs nothing but itself.

collect   counts everything and chooses what to show, in one pass over the trail
views     puts the chosen lines into the context of their documents
marks     makes text of unknown origin fit to be shown, and marks what changed in it
page      the page itself, from a template
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import UndefinedError

from cleaner.audit.errors import RebuildError
from cleaner.audit.rebuild import Finished
from cleaner.report.collect import Collected, collect, together
from cleaner.report.page import render
from cleaner.report.views import build


def write_report(finished: Finished, collected: Iterable[Collected] | None = None) -> Path:
    """Write the report of a run beside its audit trail and return its path.

    Only output and trail are read; the same run gives the same bytes. `collected` is what `collect`
    found in each shard, if that has been done.
    """
    parts = collected or (collect(finished.audit, shard) for shard in range(finished.shards))
    path = finished.audit / "report.html"
    part = path.with_suffix(".html.part")
    try:
        page = render(build(finished, together(parts)))
    except UndefinedError as error:
        message = f"run.json does not say what the report shows: {error}"
        raise RebuildError(message) from error
    part.write_bytes(page.encode("utf-8"))
    part.replace(path)
    return path
