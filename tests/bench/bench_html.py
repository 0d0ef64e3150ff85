"""Speed on HTML pages beside trafilatura alone: `python -m tests.bench.bench_html [FOLDER|FILE.jsonl.gz ...]`.

Folders hold `.html` files, files of records have the markup in `html`. Without any, pages are made up: the easy case.
Figures are megabytes of markup a second of processor time, in one process, over the same pages in
the same run: `trafilatura.extract` with its defaults, our extraction, and extraction with all steps but
deduplication.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cleaner.formats.html.article import extract
from cleaner.model import Document
from cleaner.pipeline import Pipeline
from cleaner.settings import Settings
from tests.bench.results import keep, record

MADE_UP = 60
WARM_UP = 3
STEPS = ("encoding", "linebreaks", "boilerplate", "translation")
SENTENCE = "The harbour office of Lindowmoor said on {} that ferry {} to the isle runs until {} o'clock. "
PAGE = (
    "<html><head><title>Ferries, day {0}</title></head><body><nav><ul>{1}</ul></nav><article><h1>Ferries</h1>{2}"
    "</article><footer><p>All rights reserved</p></footer></body></html>"
)


def main() -> None:
    import trafilatura

    pages = [page for path in sys.argv[1:] for page in read(Path(path))] or made_up()
    pipeline = Pipeline(Settings(steps=STEPS, profile="article"))

    def whole(page: str) -> None:
        text = extract(page).text
        pipeline.annotate(pipeline.settle(Document("page.html", text or "")))

    print(f"{len(pages)} pages, {size(pages):.1f} MB{'' if sys.argv[1:] else ', made up'}")
    tools: dict[str, Callable[[str], object]] = {
        "trafilatura alone": trafilatura.extract,
        "extraction": extract,
        "with all steps": whole,
    }
    speeds = {label: speed(tool, pages) for label, tool in tools.items()}
    for label, found in speeds.items():
        record("html", label, found)
    for label in (*tools,)[1:]:
        record("html", label, speeds[label] / speeds["trafilatura alone"], "times trafilatura")
    keep("html")


def read(path: Path) -> Iterator[str]:
    if path.is_dir():
        yield from (page.read_text("utf-8", "replace") for page in sorted(path.rglob("*.htm*")))
        return
    with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as file:
        yield from (json.loads(line)["html"] for line in file)


def made_up() -> list[str]:
    links = "".join(f'<li><a href="/{i}">Section {i}</a></li>' for i in range(40))
    days = ("Monday", "Tuesday", "Friday")
    return [
        PAGE.format(
            day, links, "".join(f"<p>{SENTENCE.format(days[i % 3], i, day) * 3}</p>" for i in range(30))
        )
        for day in range(MADE_UP)
    ]


def size(pages: Sequence[str]) -> float:
    return sum(len(page.encode("utf-8", "replace")) for page in pages) / 1e6


def speed(tool: Callable[[str], object], pages: Sequence[str]) -> float:
    """Return the megabytes a second of a tool that has seen some pages."""
    for page in pages[:WARM_UP]:
        tool(page)
    start = time.process_time()
    for page in pages:
        tool(page)
    return size(pages) / (time.process_time() - start)


if __name__ == "__main__":
    main()
