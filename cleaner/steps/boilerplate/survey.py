"""What the boilerplate step asks of the corpus: which lines repeat across the documents of a source."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.staging import staged_folder
from cleaner.errors import QuarantineError
from cleaner.model import Document
from cleaner.rules import Rule
from cleaner.steps.boilerplate.repeated import threshold
from cleaner.steps.boilerplate.shuffled import repeats_of
from cleaner.steps.boilerplate.source_lines import (
    Lines,
    Repeats,
    combine,
    lines_of,
    load,
    load_repeats,
    updated,
)
from cleaner.steps.survey import BasicSurvey, Call, Informer, Revise, UnitState, Visit

_LINES: Final = "lines"
"""Folder of a unit's digest inside its state."""


class RepeatedLines(BasicSurvey):
    """The survey of the rule about repeated lines: their options were judged with the rule, and nothing is recanted."""

    def __init__(self, rule: Rule) -> None:
        self._limits = threshold(rule)

    def digest(self, state: UnitState, before: UnitState | None) -> None:
        """Hash the lines of a unit's documents that have a source; of one that has not changed they are known."""
        target = state.folder / _LINES
        if not (target / "done").exists():
            with staged_folder(target) as part:
                _lines(state, before).save(part)

    def combine(
        self, states: Sequence[UnitState], pins: Collection[tuple[int, int]], work: Path, call: Call
    ) -> Sequence[Any]:
        """Count the lines of all documents; what repeats is written to a file that every unit is given."""
        del pins
        path = work / "repeats.npz"
        if call.cluster:
            folders = [state.folder / _LINES for state in states]
            count = repeats_of(folders, self._limits, work / "counts", call.cluster, path)
            return [path if count else None] * len(states)
        repeats = combine([load(state.folder / _LINES) for state in states], self._limits, work / "counts")
        repeats.save(path)
        return [path if len(repeats.keys) else None] * len(states)

    @contextmanager
    def informed(self, told: Path, unit: int, states: Sequence[UnitState], number: int) -> Iterator[Informer]:
        """Open what repeats."""
        del number
        known, folder = load_repeats(told, self._limits), states[unit].folder / _LINES
        yield _Told(known, known.concerned(load(folder)) if (folder / "done").exists() else None)


def _lines(state: UnitState, before: UnitState | None) -> Lines:
    """Hash the lines of a unit; where an earlier state of it has been digested, those of what has changed since."""
    folder = before.folder / _LINES if before else None
    if before is None or folder is None or not (folder / "done").exists():
        return lines_of(state.sourced())
    changed = _changed(state, before)
    return updated(load(folder), changed, lines_of(state.sourced(frozenset(changed.tolist()))))


def _changed(state: UnitState, before: UnitState) -> NDArray[np.int64]:
    """Return the numbers of the documents whose text has changed."""
    same = (state.text(k) == before.text(k) for k in range(len(state.bounds) - 1))
    return np.flatnonzero(~np.fromiter(same, np.bool_, len(state.bounds) - 1))


class _Told:
    """Tells the step which lines of a document repeat in its source; `concerned` are those with any, if known."""

    def __init__(self, known: Repeats, concerned: frozenset[int] | None) -> None:
        self._known, self._concerned = known, concerned

    def concerns(self, index: int) -> bool:
        """Tell whether a line of a document may repeat."""
        return self._concerned is None or index in self._concerned

    def visit(self, doc: Document, revise: Revise) -> Visit | None:
        seen = self._known.of(doc.source, doc.text)
        if seen is None:
            return None
        try:
            return Visit(revise(seen))
        except QuarantineError:  # it reached its fixpoint without this, so it is kept
            return None
