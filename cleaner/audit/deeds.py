"""What one rule did in a finished run, from its audit trail: what `clean rules show ID --run OUT` prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.audit.rebuild import Finished, document_states
from cleaner.audit.records import DOCUMENTS, EDITS, FLAGS
from cleaner.audit.trail import read_part
from cleaner.lines import line_of as number_of


@dataclass(frozen=True, slots=True)
class Deed:
    """An edit or a flag of a rule: its document and shard, where it begins in the source, its text."""

    doc: str
    shard: int
    start: int
    text: str


def deeds(finished: Finished, rule: str) -> Iterator[Deed]:
    """Yield the edits of a rule in the order of the documents, then its flags; of an insertion, what came."""
    for shard in range(finished.shards):
        for edit in read_part(finished.audit, EDITS, shard):
            if edit["rule"] == rule:
                yield Deed(edit["doc"], shard, edit["source_start"], edit["old"] or edit["new"])
    for shard in range(finished.shards):
        for flag in read_part(finished.audit, FLAGS, shard):
            if flag["rule"] == rule:
                yield Deed(flag["doc"], shard, flag["source_start"], flag["text"])


def line_of(finished: Finished, deed: Deed) -> int:
    """Return the number, from 1, of the source line at which a deed begins."""
    document = next(read_part(finished.audit, DOCUMENTS, deed.shard, {deed.doc}))
    return number_of(document_states(finished, deed.shard, document)[0].text, deed.start)
