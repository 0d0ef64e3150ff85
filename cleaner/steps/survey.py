"""What a step may learn about the whole corpus before it looks at a document again: its survey.

    digest     of each unit, in parallel      what the corpus needs to know about its documents, in files
    combine    once                            the only code that sees the whole corpus
    informed   of each unit, in parallel      what `find` is told about a document, as `Context.corpus`

These rounds repeat until the step changes nothing more (`cleaner.run.surveys`). A step whose
knowledge fits in memory needs none of this: a module with `digest` and `combine` as in `PlainSurvey`
is enough. `Survey` is the protocol behind it, for corpora of any size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from cleaner.engines import Hop
from cleaner.engines.staging import staged_file
from cleaner.model import JSON, Account, Document, Revision

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pin: TypeAlias = tuple[int, int, int]
"""Round, unit, and the passage of that unit that must be kept."""
Revise: TypeAlias = Callable[[Any], Document]
"""Returns a document as the step leaves it when it is told this about it."""


class Cluster(Protocol):
    """Runs functions on the machines of an engine; `stage` is what is shown meanwhile."""

    @property
    def jobs(self) -> int:
        """How many calls run at once."""
        ...

    def map(self, stage: str, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Run all calls and return their results in order."""
        ...

    def exchange(self, stage: str, calls: Sequence[tuple[Any, ...]], hops: Sequence[Hop]) -> list[Any]:
        """Pass what the calls yield from hop to hop and return the answers of the last one."""
        ...


class Call(Protocol):
    """Runs `function(*arguments)`, perhaps in a worker that has its kernels loaded, and returns the result."""

    @property
    def threads(self) -> int:
        """Threads that it may use: nothing else runs meanwhile."""
        ...

    @property
    def cluster(self) -> Cluster | None:
        """The machines of the engine, if what is known of the corpus should not meet in one process."""
        ...

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function."""
        ...


@dataclass(frozen=True, slots=True)
class Applied:
    """What a round did to a unit: documents that it changed, that other steps changed then, that it only flagged."""

    changed: frozenset[int] = frozenset()
    restless: frozenset[int] = frozenset()
    flagged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Visit:
    """A document after its step was told what the corpus knows, with accounts of the passages that were removed."""

    doc: Document
    accounts: tuple[Account, ...] = ()


class DocumentReader(Protocol):
    """Reads pieces of a unit's documents, and where they come from, anywhere in it."""

    def text(self, start: int, end: int) -> str:
        """Return the text between two bytes of all texts of the unit."""
        ...

    def origin(self, index: int) -> tuple[str, tuple[Revision, ...]]:
        """Return key and revisions of a document."""
        ...

    def close(self) -> None:
        """Close the files."""
        ...


class UnitState(Protocol):
    """The documents of a unit between two stages; `folder` is theirs, and may hold a digest of them."""

    @property
    def folder(self) -> Path:
        """Return the folder of the state."""
        ...

    @property
    def texts(self) -> NDArray[np.uint8]:
        """All texts as UTF-8, one behind the other."""
        ...

    @property
    def bounds(self) -> NDArray[np.int64]:
        """Return where each text begins, and the last one ends; shape (documents + 1,)."""
        ...

    def text(self, index: int) -> bytes:
        """Return the UTF-8 bytes of a document."""
        ...

    def documents(self) -> Iterator[Document]:
        """Yield the documents in order."""
        ...

    def sourced(self, wanted: Container[int] | None = None) -> Iterator[tuple[str | None, str]]:
        """Yield source and text of all documents, or of those of some numbers; of one without a source no text."""
        ...

    def reader(self) -> DocumentReader:
        """Open the documents for reading anywhere."""
        ...

    def accounts(self) -> Iterator[Account]:
        """Yield the accounts of the passages that were removed from the documents."""
        ...


class Informer(Protocol):
    """Tells a step what the corpus knows about the documents of one unit."""

    def concerns(self, index: int) -> bool:
        """Tell whether anything may be known about a document, before it is read."""
        ...

    def visit(self, doc: Document, revise: Revise) -> Visit | None:
        """Let the step act on what is known about the document that `concerns` was asked of last, None: nothing."""
        ...


class Survey(Protocol):
    """What a step asks about the corpus; it is made in each process and holds nothing that differs between them.

    `portable` tells that the knowledge about a document holds whatever other steps have done to it since; `opening`
    that what was told last names nothing that is kept in the corpus, so that nothing rests on it yet.
    """

    portable: bool
    opening: bool

    def check(self) -> None:
        """Raise UsageError when the survey cannot be made, before anything is read."""
        ...

    def begin(self) -> None:
        """Forget the rounds before: the corpus is again as it was when they began."""
        ...

    def digest(self, state: UnitState, before: UnitState | None) -> None:
        """Write a digest of a unit into the folder of its state; `before` is an earlier, digested state."""
        ...

    def combine(
        self, states: Sequence[UnitState], pins: Collection[tuple[int, int]], work: Path, call: Call
    ) -> Sequence[Any]:
        """Return what each unit is told, None for nothing; `pins` (unit, passage) are left as they are.

        `work` is a folder for this round.
        """
        ...

    def informed(
        self, told: Any, unit: int, states: Sequence[UnitState], number: int
    ) -> AbstractContextManager[Informer]:
        """Open what a unit is told in round `number`."""
        ...

    def again(self, applied: Sequence[Applied]) -> bool:
        """Tell whether another round may find more."""
        ...

    def recanted(self, states: Sequence[UnitState], late: Collection[tuple[int, int]]) -> frozenset[Pin]:
        """Return what was removed for a passage that later rounds removed in turn.

        `late` are unit and number of the documents that changed after the first round.
        """
        ...

    def parameters(self) -> dict[str, Any] | None:
        """Return what decides about the result, for `run.json`."""
        ...

    def statistics(self) -> dict[str, Any] | None:
        """Return counts of the first round, for `run.json`; None when there was none."""
        ...

    def leave(
        self, state: UnitState, before: UnitState | None, audit: Path, unit: int, keys: Sequence[str]
    ) -> None:
        """Write what later runs need of a unit beside its trail; `keys` are those of its documents."""
        ...


class BasicSurvey:
    """What most surveys answer: nothing to check, recant, state or leave; asked as long as something changes."""

    portable = True
    opening = False

    def check(self) -> None:
        """Accept: there is nothing to be wrong with."""

    def begin(self) -> None:
        """Begin: no round knows of another one."""

    def again(self, applied: Sequence[Applied]) -> bool:
        """Ask again as long as something changes: documents that have become alike count once."""
        return any(unit.changed for unit in applied)

    def recanted(self, states: Sequence[UnitState], late: Collection[tuple[int, int]]) -> frozenset[Pin]:
        """Recant nothing."""
        del states, late
        return frozenset()

    def parameters(self) -> dict[str, Any] | None:
        """Return None: the options of the rules are all that is needed."""
        return None

    def statistics(self) -> dict[str, Any] | None:
        """Return None: the edits state what was counted."""
        return None

    def leave(
        self, state: UnitState, before: UnitState | None, audit: Path, unit: int, keys: Sequence[str]
    ) -> None:
        """Leave nothing for later runs."""


Digest: TypeAlias = Callable[[Document], JSON]
Combine: TypeAlias = Callable[[Iterator[tuple[str, JSON]]], Mapping[str, JSON]]


class PlainSurvey(BasicSurvey):
    """The survey of a step that has two plain functions, `digest` and `combine`.

    `digest(doc)` returns what the corpus needs to know about a document, a JSON value, or None for
    nothing. `combine(digests)` is given (key, digest) of all documents in corpus order and returns
    what is known about some of them, by key; that reaches `find` as `Context.corpus`. Digests pass
    through a file, what is known is held in memory.
    """

    def __init__(self, name: str, digest: Digest, combine: Combine) -> None:
        self._name, self._digest, self._combine = name, digest, combine

    def digest(self, state: UnitState, before: UnitState | None) -> None:
        """Write the digests of a unit, one JSON line for each document that has any."""
        del before
        path = self._path(state)
        with staged_file(path) as part, part.open("w", encoding="utf-8") as stream:
            for doc in state.documents():
                found = self._digest(doc)
                if found is not None:
                    stream.write(json.dumps([doc.key, found]) + "\n")

    def combine(
        self, states: Sequence[UnitState], pins: Collection[tuple[int, int]], work: Path, call: Call
    ) -> Sequence[Any]:
        """Write what is known to a file of the round; every unit is told where."""
        del pins, call
        known = self._combine(self._digests(states))
        if not known:
            return [None] * len(states)
        work.mkdir(parents=True, exist_ok=True)
        path = work / "known.json"
        path.write_text(json.dumps(dict(known)), "utf-8")
        return [path] * len(states)

    def _digests(self, states: Sequence[UnitState]) -> Iterator[tuple[str, JSON]]:
        for state in states:
            with self._path(state).open(encoding="utf-8") as stream:
                for line in stream:
                    key, found = json.loads(line)
                    yield key, found

    def _path(self, state: UnitState) -> Path:
        return state.folder / f"{self._name}.digests"

    def informed(
        self, told: Path, unit: int, states: Sequence[UnitState], number: int
    ) -> AbstractContextManager[Informer]:
        """Open what is known."""
        del unit, states, number
        return nullcontext(_ByKey(json.loads(told.read_text("utf-8"))))


class _ByKey:
    """Tells of each document what is known under its key."""

    def __init__(self, known: Mapping[str, JSON]) -> None:
        self._known = known

    def concerns(self, index: int) -> bool:
        del index
        return True

    def visit(self, doc: Document, revise: Revise) -> Visit | None:
        return Visit(revise(self._known[doc.key])) if doc.key in self._known else None
