"""What `clean why` tells of every line of a run, held against source and cleaned text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cleaner.audit.history import Event, events
from cleaner.audit.rebuild import document_states, open_run
from cleaner.audit.records import DOCUMENTS
from cleaner.audit.trail import read_part
from cleaner.lines import line_spans


def stories(out: Path) -> Iterator[tuple[str, str, str, list[Event]]]:
    """Yield key, source, cleaned text and events of every document of a run; no text of one that was not written."""
    finished = open_run(out)
    for shard in range(finished.shards):
        for document in read_part(finished.audit, DOCUMENTS, shard):
            states = document_states(finished, shard, document)
            final = states[-1].text if document["kept"] else ""
            yield document["doc"], states[0].text, final, list(events(finished, shard, document, states))


def assert_true(out: Path) -> int:
    """Check what is told of every line of a run; return the number of lines."""
    count = 0
    for doc, source, final, told in stories(out):
        changed = {k for event in told if is_change(event) for k in event.lines}
        lines = [source[slice(*span)] for span in line_spans(source)]
        count += len(lines)
        if not final:
            assert changed >= {k for k, line in enumerate(lines) if line.strip()}, doc
            continue
        assert_in_order([line for k, line in enumerate(lines) if k not in changed], final)
        alike = Counter(map(bare, lines))
        left = Counter(map(bare, final.split("\n")))
        for k, line in enumerate(lines):
            if k in changed and bare(line) and alike[bare(line)] == left[bare(line)] == 1:
                assert line not in final.split("\n"), f"{doc}:{k + 1} stands there unchanged: {line!r}"
    return count


def is_change(event: Event) -> bool:
    """Tell whether an event is a change to text, no flag, nor bytes that never were text."""
    told = event.told[0]
    return not told.startswith(("flagged by", "dedup: flagged", "bytes "))


def bare(line: str) -> str:
    return "".join(filter(str.isalnum, line)).casefold()


def assert_in_order(unchanged: list[str], text: str) -> None:
    """Check that lines are lines of a text, in their order."""
    left = iter(text.split("\n"))
    for line in unchanged:
        assert line in left, f"nothing is told of {line!r}"
