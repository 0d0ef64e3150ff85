"""The HTML report of a finished run: one page that needs nothing but itself.

sampling    samples and counts of bounded size
collected   what one pass over the trail leaves; `collect` is that pass
lookup      the texts of the documents that are shown, read in one more pass
texts/      text of unknown origin made fit to be shown, and what changed in it marked
sections/   the parts of the page
views       everything on the page, within its room
page        the page itself, from templates
serve/      the same over the whole trail, on the loopback address
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from jinja2 import UndefinedError

from cleaner.audit.errors import RebuildError
from cleaner.audit.rebuild import Finished
from cleaner.engines import cores
from cleaner.engines.local import LocalEngine
from cleaner.report.collect import collect
from cleaner.report.collected import Collected, packed, together, unpacked
from cleaner.report.page import render
from cleaner.report.views import Room, Sources, build

MOST_BYTES: Final = 2_000_000
"""Size that the page does not exceed, whatever the corpus: it shows less then."""
HALVED: Final = 5


def write_report(
    finished: Finished, parts: Iterable[str] | None = None, sources: Sources | None = None
) -> Path:
    """Write the report of a run beside its audit trail and return its path.

    Only output and trail are read, and what `sources` holds; the same run gives the same bytes. `parts` is what
    `collect_part` made of each shard, if that has been done.
    """
    path = finished.audit / "report.html"
    part = path.with_suffix(".html.part")
    found = together(map(unpacked, parts)) if parts is not None else collect_all(finished)
    part.write_bytes(page_of(finished, found, sources or Sources()))
    part.replace(path)
    return path


def page_of(finished: Finished, found: Collected, sources: Sources) -> bytes:
    """Return the page, with less on it when it would become too large."""
    room = Room()
    for _ in range(HALVED):
        try:
            page = render(build(finished, found, sources, room)).encode("utf-8")
        except UndefinedError as error:
            message = f"run.json does not say what the report shows: {error}"
            raise RebuildError(message) from error
        if len(page) <= MOST_BYTES:
            break
        room = room.smaller()
    return page


def collect_part(audit: Path, part: int, shard: int | None = None) -> str:
    """Count and draw in one part of the trail in the folder `audit`, which is (or becomes a piece of) a shard."""
    return packed(collect(audit, part, shard))


def collect_all(finished: Finished) -> Collected:
    """Count and draw in all parts of a trail, several at once when there are several."""
    calls = [(finished.audit, shard) for shard in range(finished.shards)]
    if len(calls) == 1:
        return collect(*calls[0])
    with LocalEngine(min(cores(), len(calls))) as engine:
        return together(map(unpacked, engine.map(collect_part, calls)))
