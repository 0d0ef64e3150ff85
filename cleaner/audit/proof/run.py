"""The proof of a whole run: every claim is handed to the modules that check it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from typing import Self

from cleaner.audit.proof.claims import Claim, claims
from cleaner.audit.proof.evaluation import EvaluationTexts, texts_of
from cleaner.audit.proof.kept import KeptPassages
from cleaner.audit.proof.removed import Removals
from cleaner.audit.proof.similar import Similarities
from cleaner.audit.rebuild import Finished, Witness, open_run
from cleaner.dedup.parameters import Parameters
from cleaner.errors import UsageError
from cleaner.storage.places import is_address, place


class Proof:
    """Watches `rebuild` and yields what is wrong with the claims. Use as a context manager."""

    def __init__(self, finished: Finished, remote: Collection[str] = ()) -> None:
        self._finished, self._remote = finished, remote
        self._parameters = parameters_of(finished)
        self._problems: list[str] = []
        self._similar = Similarities(self._parameters, self._problems.append)
        self._kept: dict[str | None, KeptPassages | EvaluationTexts | None] = {}
        self._removals: Removals | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        own = KeptPassages(self._finished, self._problems.append)
        self._kept[None] = self._stack.enter_context(own)
        if self._parameters.decontaminates:
            for name in self._finished.run["configuration"]["against"]:
                self._kept[name] = texts_of(
                    name, self._parameters.fields, self._remote, self._problems.append
                )
            return self
        for name, run in earlier_runs(self._finished, self._remote).items():
            passages = KeptPassages(run, self._problems.append, exact=True) if run else None
            self._kept[name] = self._stack.enter_context(passages) if passages else None
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def shard(self, index: int) -> Witness:
        """Return the witness of a shard's documents; the shard before is finished."""
        if self._removals:
            self._removals.close()
        self._removals = Removals(self._claims(index), self._parameters.action, self._problems.append)
        return self._removals

    def found(self) -> Iterator[str]:
        """Yield what was found to be wrong since it was last asked for."""
        yield from self._problems
        self._problems.clear()

    def rest(self) -> Iterator[str]:
        """Yield what else is wrong, now that all inputs were rebuilt."""
        if self._removals:
            self._removals.close()
        self._similar.flush()
        yield from self.found()
        for passages in self._kept.values():
            if passages:
                passages.look_up()
                yield from self.found()

    def _claims(self, shard: int) -> Iterator[Claim]:
        """Yield the claims of a shard; let their similarity and kept passage be checked on the way."""
        for claim in claims(self._finished, shard):
            self._similar.add(claim)
            corpus = claim.line["kept_corpus"]
            if corpus not in self._kept:
                self._problems.append(f"{claim.place}: the run was not made against {corpus}")
            elif passages := self._kept[corpus]:
                passages.add(claim)
            yield claim


def parameters_of(finished: Finished) -> Parameters:
    """Return the parameters that a run compared passages with; those of one that did not are the default."""
    return Parameters(**(finished.run["configuration"]["surveys"].get("dedup") or {}))


def missing(finished: Finished, remote: Collection[str] = ()) -> set[str]:
    """Return the earlier outputs, or evaluation sets, of a run that are not here, as they were given."""
    parameters = parameters_of(finished)
    if not parameters.decontaminates:
        return {name for name, run in earlier_runs(finished, remote).items() if run is None}
    names = finished.run["configuration"]["against"]
    return {name for name in names if texts_of(name, parameters.fields, remote, lambda problem: None) is None}


def earlier_runs(finished: Finished, remote: Collection[str] = ()) -> dict[str, Finished | None]:
    """Open the earlier outputs that a run was made against, by the folder as given; None where it is missing.

    An address counts as missing unless it is among `remote`: none is asked because a file says so.
    """
    runs: dict[str, Finished | None] = {}
    for name in finished.run["configuration"]["against"]:
        try:
            asked = name in remote or not is_address(name)
            runs[name] = open_run(place(name)) if asked else None
        except UsageError:
            runs[name] = None
    return runs
