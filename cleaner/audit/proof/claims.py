"""The proof that every removed duplicate has a kept passage, as `clean verify` reports it.

A line of `duplicates-*.jsonl` is a *claim*. It is proven that

    removed    the passage was where the claim places it, in the text of its document that entered the
               step, and was removed; and nothing was removed there that no claim names
    similar    its similarity to the kept passage, computed again, is as stated and reaches the threshold
    kept       the kept passage is in the output, or in the earlier output that it names

Claims are read once, in order, while the inputs are rebuilt. Nothing that grows with the corpus is
held in memory: what must be looked up in the output waits in a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cleaner.audit.rebuild import Finished
from cleaner.audit.records import DUPLICATES, DuplicateLine
from cleaner.audit.trail import part_name, read_part


class Claim(NamedTuple):
    """A line of `duplicates-*.jsonl`, and where it stands."""

    place: str
    line: DuplicateLine


def claims(finished: Finished, shard: int) -> Iterator[Claim]:
    """Yield the claims of a shard."""
    name = part_name(DUPLICATES, shard)
    for number, line in enumerate(read_part(finished.audit, DUPLICATES, shard), start=1):
        yield Claim(f"{line['doc']}: {name}:{number}", line)
