"""What the tests of deduplication share: some passages, and a run on documents in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast
from unittest import mock

import numpy as np

from cleaner.dedup.deciding.combine import combine
from cleaner.dedup.parameters import Parameters
from cleaner.dedup.sketching.tabulating import tabulate
from cleaner.dedup.table import Shard
from cleaner.edits import checked, splice
from cleaner.rules.ruleset import RuleSet
from cleaner.steps import Context
from cleaner.steps.dedup import find, removals_of
from tests.support.findings import edits_of


class AllRules:
    """Every rule of the pack with its defaults."""

    def get(self, rule_id: str):
        return SimpleNamespace(id=rule_id, options=None)


RULES = cast(RuleSet, AllRules())
LONG = "The council met on Tuesday to hear what the harbour master had found beneath the old quay wall."
NEXT = "Nobody had expected that the wooden piles would be sound after a hundred and forty years of tides."
OTHER = "A second survey is planned for the spring, when the water is clear and the divers are back in town."


def shard_of(docs: list[str], options: Parameters) -> Shard:
    parts = [doc.encode("utf-8", "surrogatepass") for doc in docs]
    buffer = np.frombuffer(b"".join(parts), np.uint8)
    return Shard(tabulate(buffer, np.cumsum([0, *map(len, parts)]), options), buffer)


def plan_of(docs: list[str], options: Parameters | None = None, *, shards: int = 1, pins=frozenset()):
    options = options or Parameters()
    step = -(-len(docs) // shards) or 1
    parts = [docs[i : i + step] for i in range(0, len(docs), step)]
    made = [shard_of(part, options) for part in parts]
    with mock.patch("cleaner.dedup.deciding.combine.interpreting_pays", return_value=True):
        plan = combine(made, options, pins=pins)
    with mock.patch(
        "cleaner.dedup.deciding.combine.interpreting_pays", return_value=False
    ):  # compiled, whatever the size
        assert str(combine(made, options, pins=pins)) == str(plan)
    found = [
        (number * step + doc, removal)
        for number in range(len(parts))
        for doc, of_doc in removals_of(plan.shards[number], lambda shard, doc: str(shard * step + doc))
        for removal in of_doc
    ]
    return plan, found


def apply(docs: list[str], options: Parameters | None = None, **more) -> list[str]:
    """Return what the step makes of the documents."""
    _, found = plan_of(docs, options, **more)
    out = []
    for number, doc in enumerate(docs):
        corpus = tuple(removal for n, removal in found if n == number)
        edits = edits_of(find(doc, Context(RULES, corpus=corpus)))
        out.append(splice(doc, checked(doc, edits)))
    return out


def words(*numbers: int) -> str:
    return " ".join(f"w{number}" for number in numbers)
