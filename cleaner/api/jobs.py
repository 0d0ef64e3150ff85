"""The job behind a run: what is read, who does the work, and where; for `clean_corpus` and the command line."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

from cleaner.errors import UsageError
from cleaner.storage.outgoing import Outgoing
from cleaner.storage.places import Place
from cleaner.storage.remote import RemotePath

if TYPE_CHECKING:
    from cleaner.engines import Engine
    from cleaner.run.discover import Inputs
    from cleaner.run.entries import StateEntry
    from cleaner.run.job import Job, Progress
    from cleaner.settings import Settings

LOCAL: Final = "local"
"""The engine of a run that is told of none."""
WORKERS_PAY: Final = 2 << 20
"""Bytes of input from which workers are started unless `jobs` says how many: starting them takes as long."""
Source: TypeAlias = "Place | BinaryIO"
"""A file or a folder, or a stream of JSON Lines, which is kept in a file while it is needed."""


def nobody(_: Any) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Work:
    """Who does the work, what all inputs are (by extension, if nothing is said), and who is told how far it is."""

    engine: str = LOCAL
    master: str | None = None
    jobs: int | None = None
    format_name: str | None = None
    progress: Progress = nobody
    remark: Callable[[str], None] = nobody


def folder_of(target: Place, outgoing: Outgoing | None) -> Path:
    """Return the folder in which an output is built: itself, unless it is at an address."""
    return outgoing.folder if outgoing else Path(str(target))


@contextmanager
def job_at(
    sources: Sequence[Source],
    target: Place,
    outgoing: Outgoing | None,
    settings: Settings,
    work: Work,
    *,
    overwrite: bool = False,
    resume: bool = False,
) -> Iterator[Job | None]:
    """Yield the job of a run, with its work folder inside the target. None: that run has ended before.

    `outgoing` is the target when it is remote: it is locked meanwhile.
    UsageError is raised before anything is written, and before a stream is read.
    """
    from cleaner.engines import Exchanger
    from cleaner.run.guard.lock import locked
    from cleaner.run.guard.place import (
        check_place,
        clear,
        is_done,
        is_ours,
        open_work,
        refuse_foreign,
        refuse_full,
    )

    check_place(target, [source for source in sources if isinstance(source, Path | RemotePath)])
    judge(settings)
    if outgoing:
        outgoing.judge(overwrite=overwrite, resume=resume)
    out = folder_of(target, outgoing)
    with _inputs(sources, work) as inputs, locked(out), outgoing.held() if outgoing else nullcontext():
        _ready(inputs, work)
        from cleaner.pipeline import carried
        from cleaner.run.job import Job
        from cleaner.run.publishing.finish import job_key

        if outgoing:
            outgoing.refuse_foreign(file.output for file in inputs.files)
        key = job_key(settings, inputs)
        if overwrite and is_ours(out):
            refuse_foreign(out, inputs)
            clear(out)
        elif resume and is_done(out, key):
            yield None
            return
        else:
            refuse_full(out, resume=resume)
        with _engine(inputs, work) as engine:
            work.remark(getattr(engine, "remark", ""))
            folder = open_work(out, key, resume=resume)
            settings = carried(settings) if isinstance(engine, Exchanger) else settings
            yield Job(settings, inputs, folder, engine, work.progress)


@contextmanager
def scratch(sources: Sequence[Source], settings: Settings, work: Work) -> Iterator[Job]:
    """Yield a job whose work folder is removed with it."""
    judge(settings)
    with _inputs(sources, work) as inputs, tempfile.TemporaryDirectory(prefix="clean-") as folder:
        _ready(inputs, work)
        from cleaner.run.job import Job

        with _engine(inputs, work) as engine:
            yield Job(settings, inputs, Path(folder), engine, work.progress)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A cleaned corpus that is only looked at: its job, and the folders that hold its documents."""

    job: Job
    folders: tuple[Path, ...]

    def pieces(self) -> Iterator[StateEntry]:
        """Yield every document and every quarantined piece, in order."""
        from cleaner.run.state import StateReader

        for folder in self.folders:
            yield from StateReader(folder)


@contextmanager
def settled(sources: Sequence[Source], settings: Settings, work: Work) -> Iterator[Corpus]:
    """Yield a corpus as a run would leave it; its files are removed afterwards."""
    with scratch(sources, settings, work) as job:
        from cleaner.run.settle import settle

        yield Corpus(job, tuple(settle(job).folders))


def judge(settings: Settings) -> None:
    """Raise UsageError for what is wrong with the configuration, before anything is read or written."""
    from cleaner.pipeline import rule_book
    from cleaner.run.stages import surveys_of

    rule_book(settings.rules)
    for survey in surveys_of(settings).values():
        survey.check()


@contextmanager
def _inputs(sources: Sequence[Source], work: Work) -> Iterator[Inputs]:
    """List the inputs; a stream is kept in a file while they are needed."""
    from cleaner.run.discover import discover

    with tempfile.TemporaryDirectory(prefix="clean-") as folder:
        places: list[Place] = []
        for source in sources:
            if not isinstance(source, Path | RemotePath):
                spool = Path(folder, "stdin.jsonl")
                with spool.open("wb") as stream:
                    shutil.copyfileobj(source, stream)
                source = spool
            places.append(source)
        yield discover(places, format_name=work.format_name)


@contextmanager
def _engine(inputs: Inputs, work: Work) -> Iterator[Engine]:
    """Yield the engine of a job, which ends with it."""
    from cleaner.engines.registry import ENGINES, MASTERED

    if work.engine in MASTERED:
        with ENGINES[work.engine](work.jobs, master=work.master) as engine:
            yield engine
        return
    if work.master:
        message = f"--master is for --engine {' or '.join(sorted(MASTERED))}, not for {work.engine}"
        raise UsageError(message)
    if work.engine not in ENGINES:
        message = f"there is no engine {work.engine!r}: {', '.join(ENGINES)}"
        raise UsageError(message)
    with ENGINES[work.engine](_jobs(inputs, work)) as engine:
        if not _is_small(inputs):
            engine.start()
        yield engine


def _ready(inputs: Inputs, work: Work) -> None:
    """Let a server load what workers need, if there will be any on this machine, while this process goes on."""
    if work.engine == LOCAL and _jobs(inputs, work) > 1 and not _is_small(inputs):
        from cleaner.engines.server import preload

        preload(["cleaner.run.loaded"])


def _jobs(inputs: Inputs, work: Work) -> int:
    """Return how many calls run at once."""
    from cleaner.engines import cores

    return work.jobs or (1 if _is_small(inputs) else cores())


def _is_small(inputs: Inputs) -> bool:
    """Tell whether starting workers takes longer than the work."""
    return sum(file.size for file in inputs.files) < WORKERS_PAY
