"""A cluster in this process: hops of a shuffle as Spark makes them, with all that is sent held in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from cleaner.engines import Hop


class InProcess:
    """Runs everything here; `stages` lists what was run, `sent` the bytes of each hop."""

    def __init__(self, jobs: int = 2) -> None:
        self.jobs = jobs
        self.stages: list[str] = []
        self.largest: dict[str, list[int]] = {}

    def map(self, stage: str, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        self.stages.append(stage)
        return [function(*call) for call in calls]

    def exchange(self, stage: str, calls: Sequence[tuple[Any, ...]], hops: Sequence[Hop]) -> list[Any]:
        self.stages.append(stage)
        first, *others = hops
        sent = [(n, part, data) for n, call in enumerate(calls) for part, data in first.function(*call)]
        for hop in others:
            parts: list[list[tuple[int, bytes]]] = [[] for _ in range(hop.parts)]
            for sender, part, data in sent:
                parts[part].append((sender, data))
            assert all(len({sender for sender, _ in chunks}) == len(chunks) for chunks in parts)
            sizes = [sum(len(data) for _, data in chunks) for chunks in parts]
            self.largest.setdefault(hop.function.__name__, []).extend(sizes)
            if hop is others[-1]:
                answers = [hop.function(k, sorted(parts[k]), *hop.arguments) for k in range(hop.parts)]
                return list(json.loads(json.dumps(answers)))
            sent = [
                (k, part, data)
                for k in range(hop.parts)
                for part, data in hop.function(k, sorted(parts[k]), *hop.arguments)
            ]
        raise AssertionError
