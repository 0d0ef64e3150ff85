"""A whole corpus cleaned to a fixpoint: what `clean run`, `clean check` and `clean diff` share.

Everything happens in files of a work folder; `finish.publish_run` makes an output of the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from cleaner.formats.format import InputFile
from cleaner.run.guard.reading import Attempts
from cleaner.run.job import Job
from cleaner.run.stages import prepare
from cleaner.run.surveys import Folders, Surveys
from cleaner.run.units import Unit, cut
from cleaner.run.unpack import is_brought, together, unpack_group


@dataclass(frozen=True, slots=True)
class Settled:
    """A corpus in which no step has anything left to do: its work units and the folder with the final state of each.

    `digested` are the states whose digests each survey compared last, `statistics` what it counted, by step.
    """

    units: tuple[Unit, ...]
    folders: Folders
    digested: dict[str, Folders] = field(default_factory=dict)
    statistics: dict[str, dict[str, Any]] = field(default_factory=dict)


def settle(job: Job) -> Settled:
    """Apply all steps to the corpus until no step has anything left to do."""
    units = cut(_unpacked(job))
    first = tuple(job.work / "0" / f"{unit.index:05d}" for unit in units)
    calls = [(job.settings, unit, folder) for unit, folder in zip(units, first, strict=True)]
    attempts = Attempts(calls, first)
    job.map(
        "prepare",
        prepare,
        calls,
        killed=attempts,
        apart=attempts.interrupted(),
        sizes=[unit.size for unit in units],
        documents=int,
    )
    surveys = Surveys(job)
    folders = surveys.settle(first)
    return Settled(units, folders, surveys.digested, surveys.statistics())


def _unpacked(job: Job) -> tuple[InputFile, ...]:
    """Return the files to read: of compressed inputs their content, unpacked into the work folder.

    So is the content of remote files of records, which are read more than once and not from the front alone.
    """
    packed = [file for file in job.inputs.files if file.codec or file.member or is_brought(file)]
    if not packed:
        return job.inputs.files
    targets: list[Path] = [job.work / "unpacked" / f"{number:06d}" for number in range(len(packed))]
    places = {file.key: target for file, target in zip(packed, targets, strict=True)}
    calls = [(group, tuple(places[file.key] for file in group)) for group in together(packed)]
    found = chain.from_iterable(job.map("unpack", unpack_group, calls))
    content = {plain.key: plain for plain in found}
    return tuple(content.get(file.key, file) for file in job.inputs.files)
