"""A whole corpus from a program: `clean_corpus` is `clean run`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from cleaner.api.jobs import LOCAL, Source, Work, folder_of, job_at, nobody, scratch
from cleaner.storage.outgoing import outgoing_to
from cleaner.storage.places import Place, place
from cleaner.storage.remote import RemotePath

if TYPE_CHECKING:
    from cleaner.api.configuration import Config
    from cleaner.run.job import Advance, Job
    from cleaner.run.publishing.counts import Counts
    from cleaner.settings import Settings
    from cleaner.storage.outgoing import Outgoing

Given = str | PathLike[str] | RemotePath | BinaryIO
"""A path, an address, or a stream of JSON Lines."""


@dataclass(frozen=True, slots=True)
class CleanedCorpus:
    """What a run did: numbers of documents, characters (code points) and passages, and what they were changed by.

    `out` is where the output is, None after a dry run. `edits` and `flags` count by rule, `severities` and `duplicates`
    by their kinds, `doubts` what somebody should look at first. `skipped` are files that were not read, with the
    reason; `unused` names each exception of the configuration that never applied. `seconds` are by stage. With `resume`
    a run may have been `finished_before`.
    """

    out: str | None
    documents_in: int = 0
    documents_out: int = 0
    chars_in: int = 0
    chars_out: int = 0
    passages_in: int = 0
    passages_out: int = 0
    changed: int = 0
    removed_by_rules: int = 0
    quarantined: int = 0
    aside: int = 0
    edits: Mapping[str, int] = field(default_factory=Counter)
    flags: Mapping[str, int] = field(default_factory=Counter)
    severities: Mapping[str, int] = field(default_factory=Counter)
    duplicates: Mapping[str, int] = field(default_factory=Counter)
    doubts: Mapping[str, int] = field(default_factory=Counter)
    skipped: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    finished_before: bool = False


def clean_corpus(
    sources: Given | Sequence[Given],
    out: str | PathLike[str] | RemotePath,
    *,
    config: Config = None,
    settings: Settings | None = None,
    against: Sequence[str | PathLike[str]] = (),
    mode: Literal["similar", "contained", "overlap"] | None = None,
    against_fields: Sequence[str] = (),
    overwrite: bool = False,
    resume: bool = False,
    dry_run: bool = False,
    limits: bool = True,
    engine: str = LOCAL,
    master: str | None = None,
    jobs: int | None = None,
    format_name: str | None = None,
    work_dir: str | PathLike[str] | None = None,
    progress: Callable[[Advance], None] = nobody,
    remark: Callable[[str], None] = nobody,
) -> CleanedCorpus:
    r"""Clean files and folders to `out`, with the audit trail, and return what was done: the same as `clean run`.

    What it does is said by `config` (the path of a `clean.yaml`, or its content as a mapping) or by `settings`, those
    of a `Cleaner`; without either, by the built-in rules alone, as with `--isolated`. The other arguments are the
    options of that command, `limits=False` is `--no-limits`. An output at an address is built inside `work_dir` (by
    default the user's cache), which all machines must see that work on it. `progress` is told how far the work is,
    `remark` what the engine remarks.

    Raises UsageError before anything is written, LimitError when rules would remove too much, InterruptedRunError when
    a store fails, or another run has taken it: `resume` goes on. What was quarantined is counted, and kept.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.txt").write_text("The ferry stays.\n\nAdvertisement\n")
    >>> done = clean_corpus(folder / "a.txt", folder / "out")
    >>> done.edits, (folder / "out" / "a.txt").read_text()
    (Counter({'boilerplate/en/advertisement': 1}), 'The ferry stays.\n')
    """
    chosen = _settings(config, settings, against, mode, against_fields)
    target = place(fspath(out)) if isinstance(out, str | PathLike) else out
    many = sources if isinstance(sources, Sequence) and not isinstance(sources, str) else [sources]
    read = [_source(source) for source in many]
    work = Work(engine, master, jobs, format_name, progress, remark)
    outgoing = outgoing_to(target, None if work_dir is None else Path(work_dir))
    with _named(target):
        if dry_run:
            return _tried(read, target, chosen, work)
        return _written(
            read, target, outgoing, chosen, work, overwrite=overwrite, resume=resume, limits=limits
        )


def _settings(
    config: Config,
    settings: Settings | None,
    against: Sequence[str | PathLike[str]],
    mode: Literal["similar", "contained", "overlap"] | None,
    fields: Sequence[str],
) -> Settings:
    """Return the settings of a run."""
    from cleaner.api.configuration import settings_of, with_options
    from cleaner.errors import UsageError

    if settings is not None and config is not None:
        message = "config and settings both say what a run does: give one of them"
        raise UsageError(message)
    base = settings_of(config) if settings is None else settings
    if against:
        base = replace(base, against=tuple(fspath(name) for name in against))
    return with_options(base, "dedup/evaluation", {"mode": mode, "fields": tuple(fields) or None})


def _source(source: Given) -> Source:
    return place(fspath(source)) if isinstance(source, str | PathLike) else source


def _tried(sources: Sequence[Source], target: Place, settings: Settings, work: Work) -> CleanedCorpus:
    """Do everything but write."""
    from cleaner.run.guard.place import check_place

    check_place(target, [source for source in sources if isinstance(source, Path | RemotePath)])
    with scratch(sources, settings, work) as job:
        from cleaner.run.publishing.finish import write_parts
        from cleaner.run.settle import settle

        return _done(job, write_parts(job, settle(job))[1], None)


def _written(
    sources: Sequence[Source],
    target: Place,
    outgoing: Outgoing | None,
    settings: Settings,
    work: Work,
    *,
    overwrite: bool,
    resume: bool,
    limits: bool,
) -> CleanedCorpus:
    out = folder_of(target, outgoing)
    with job_at(sources, target, outgoing, settings, work, overwrite=overwrite, resume=resume) as job:
        from cleaner.run.publishing.finish import publish_run
        from cleaner.run.settle import settle

        if job is None:
            return _finished_before(target, out)
        deliver = _delivery(job, outgoing) if outgoing else _nowhere_else
        counts = publish_run(job, settle(job), out, limited=limits, deliver=deliver)
    if outgoing:
        outgoing.clear()
    return _done(job, counts, target)


def _delivery(job: Job, outgoing: Outgoing) -> Callable[[], None]:
    """Return what brings an output to its address: from this machine, or from all that work on it."""
    from cleaner.engines import Exchanger

    return (
        partial(outgoing.deliver, job.engine.map) if isinstance(job.engine, Exchanger) else outgoing.deliver
    )


def _nowhere_else() -> None:
    """Leave the output where it is."""


@contextmanager
def _named(out: Place) -> Iterator[None]:
    """Let an error of the machine that names no file name the output."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(out)
        raise


def _finished_before(target: Place, out: Path) -> CleanedCorpus:
    """Return what a run that was to be resumed did when it ended."""
    from cleaner.audit.rebuild import open_run

    run = open_run(out).run
    counts = {
        name: Counter(found) if isinstance(found, dict) else found for name, found in run["counts"].items()
    }
    skipped = tuple((item["path"], item["reason"]) for item in run["skipped"])
    return CleanedCorpus(str(target), skipped=skipped, finished_before=True, **counts)  # type: ignore[arg-type]


def _done(job: Job, counts: Counts, target: Place | None) -> CleanedCorpus:
    """Return what a job did."""
    own = {name: getattr(counts, name) for name in CleanedCorpus.__slots__ if hasattr(counts, name)}
    return CleanedCorpus(
        out=None if target is None else str(target),
        skipped=tuple((file.path, file.reason) for file in job.inputs.skipped),
        unused=tuple(_unused(job.settings, counts)),
        seconds={name: took.seconds for name, took in job.timings.stages.items()},
        **own,
    )


def _unused(settings: Settings, counts: Counts) -> Iterator[str]:
    """Say which exceptions of the configuration never applied."""
    from cleaner.pipeline import rule_book
    from cleaner.rules.exemptions import unused

    exemptions = rule_book(settings.rules).exemptions
    used = [exemption for exemption in exemptions if exemption.place in counts.exempted]
    yield from unused(exemptions, used)
