"""The output of a run: outputs in their places, the audit trail, and `run.json` last of all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cleaner.audit.rebuild import Finished
from cleaner.audit.records import (
    KINDS,
    SCHEMA,
    Configuration,
    Description,
    InputFileItem,
    OutputFileItem,
    Run,
    RunCounts,
)
from cleaner.audit.trail import AUDIT, part_name
from cleaner.audit.verify import file_sha256
from cleaner.engines import cores
from cleaner.errors import InterruptedRunError, LimitError, UsageError
from cleaner.formats import jsontext
from cleaner.formats.compression import compress_file, split_name
from cleaner.pipeline import rule_book
from cleaner.report import write_report
from cleaner.report.views import Sources
from cleaner.run.discover import Inputs
from cleaner.run.job import Job
from cleaner.run.publish import Counts, Published, Written, part_path, publish
from cleaner.run.settle import Settled
from cleaner.run.stages import surveys_of
from cleaner.run.units import Unit
from cleaner.run.versions import versions
from cleaner.settings import Settings
from cleaner.storage.places import Place, overlapping
from cleaner.storage.remote import RemotePath

LIMIT_DOCUMENTS = 20
"""Runs of fewer documents have no limit: one page of links would trip it."""


def write_parts(job: Job, settled: Settled) -> tuple[list[Published], Counts]:
    """Write outputs and trail of every unit into the work folder; return what they hold and the summary."""
    for folder in (job.work / "out", job.work / "audit"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    calls = [
        (
            job.settings,
            unit,
            folder,
            {name: folders[unit.index] for name, folders in settled.digested.items()},
            job.work / "out",
            job.work / "audit",
        )
        for unit, folder in zip(settled.units, settled.folders, strict=True)
    ]
    published = job.map("publish", publish, calls)
    counts = Counts()
    for unit in published:
        counts.add(unit.counts)
    return published, counts


def publish_run(
    job: Job, settled: Settled, out: Path, *, limited: bool = True, deliver: Callable[[], None] = lambda: None
) -> Counts:
    """Write outputs, audit trail and, last, `run.json`; LimitError, and no output, when too much would go.

    `deliver` is called when `out` is complete, and before the run counts as ended: it may bring the output elsewhere.
    """
    published, counts = write_parts(job, settled)
    if limited:
        _check_limit(job.settings, counts)
    with job.timings.stage("assemble"):
        segments = [unit.segments for unit in published]
        inputs, outputs, trail = _assemble(settled, segments, job.work, out)
    run: Run = {
        "schema": SCHEMA,
        **_description(job.settings),
        "shards": settled.units[-1].shard + 1,
        "inputs": inputs,
        "outputs": outputs,
        "skipped": list(job.inputs.skipped),
        "trail": trail,
        "counts": _run_counts(counts),
        "surveys": settled.statistics,
    }
    with job.timings.stage("report"):
        sources = Sources(rule_book(job.settings.rules), known=True)
        write_report(Finished(out, run), [unit.collected for unit in published], sources)
    timings = {name: {"seconds": round(seconds, 3)} for name, seconds in job.timings.seconds.items()}
    total = {"bytes": sum(file.size for file in job.inputs.files), "documents": counts.documents_in}
    (out / AUDIT / "timings.json").write_bytes(jsontext.pretty({"stages": timings, **total}))
    _write_last(out / AUDIT / "run.json", jsontext.pretty(run))
    with job.timings.stage("deliver"):
        deliver()
    shutil.rmtree(job.work)
    return counts


def _check_limit(settings: Settings, counts: Counts) -> None:
    """Raise when rules remove more of the run than its limit allows."""
    limit: float = getattr(settings.limits, settings.profile)
    if counts.documents_in < LIMIT_DOCUMENTS or counts.removed_by_rules <= limit * counts.chars_in:
        return
    worst = ", ".join(f"{rule} ({number})" for rule, number in counts.edits.most_common(3))
    message = (
        f"rules would remove {counts.removed_by_rules / counts.chars_in:.0%} of the characters, the limit is "
        f"{limit:.0%}: the corpus was not published. Most edits: {worst}. Look with `clean check`; "
        "--no-limits --resume publishes it as it is"
    )
    raise LimitError(message)


def _assemble(
    settled: Settled, published: Sequence[tuple[Written, ...]], work: Path, out: Path
) -> tuple[list[InputFileItem], list[OutputFileItem], dict[str, str]]:
    """Move outputs and audit trail to their places; return the sums of every input, output and part of the trail."""
    inputs: dict[str, InputFileItem] = {}
    outputs: dict[str, list[tuple[str, Written]]] = {}
    large: dict[str, Place] = {}
    for unit, segments in zip(settled.units, published, strict=True):
        for segment, written in zip(unit.segments, segments, strict=True):
            digest, size = written.input
            key = segment.file.key
            first: InputFileItem = {"path": key, "sha256": digest, "bytes": 0, "codec": segment.file.codec}
            item = inputs.setdefault(key, first)
            if item["bytes"]:
                large[key] = segment.file.path
            item["bytes"] += size
            if written.output:
                part = (part_path(unit.index, segment), written)
                outputs.setdefault(segment.file.output, []).append(part)
    trail = _trail_parts(settled.units, work / "audit")
    with ThreadPoolExecutor(cores()) as pool:
        sums = pool.map(file_sha256, large.values())
        moved = pool.map(lambda name: _move_output(name, outputs[name], work / "out", out), outputs)
        sums_of_parts = pool.map(lambda name: _join(trail[name], out / AUDIT / name), trail)
        for key, digest in zip(large, sums, strict=True):
            inputs[key]["sha256"] = digest
        return list(inputs.values()), list(moved), dict(zip(trail, sums_of_parts, strict=True))


def _trail_parts(units: Sequence[Unit], audit: Path) -> dict[str, list[Path]]:
    """Return for each file of the trail, by its name, the pieces in the work folder that it is made of."""
    pieces = {path.relative_to(audit).as_posix(): [path] for path in audit.rglob("*") if path.is_file()}
    for kind in KINDS:
        by_shard: dict[str, list[Path]] = {}
        for unit in units:
            (path,) = pieces.pop(part_name(kind, unit.index))
            by_shard.setdefault(part_name(kind, unit.shard), []).append(path)
        pieces |= by_shard
    return dict(sorted(pieces.items()))


def _join(parts: Sequence[Path], target: Path) -> str:
    """Put a file together from its pieces, at its place, and return its sha256."""
    if len(parts) == 1:
        return _move(parts[0], target)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as stream:
        for part in parts:
            with part.open("rb") as source:
                while piece := source.read(1 << 20):
                    digest.update(piece)
                    stream.write(piece)
            part.unlink()
    return digest.hexdigest()


def _move_output(name: str, parts: list[tuple[str, Written]], staged: Path, out: Path) -> OutputFileItem:
    """Put one output file together from its parts, at its place."""
    target = out / name
    (first, written), *rest = parts
    path = staged / first
    if first == name:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        digest, size = written.output or ("", 0)
        return {"path": name, "sha256": digest, "bytes": size}
    with path.open("ab") as stream:  # parts of a large file
        for part, _ in rest:
            with (staged / part).open("rb") as source:
                shutil.copyfileobj(source, stream, 1 << 20)
    codec = split_name(name)[2]
    if codec:
        compress_file(path, codec)
    size = path.stat().st_size
    return {"path": name, "sha256": _move(path, target), "bytes": size}


def _move(source: Path, target: Path) -> str:
    """Move a file to its place; return its sha256."""
    digest = file_sha256(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    return digest


def _description(settings: Settings) -> Description:
    """State what decided about the output: versions, configuration, rules; no paths, no times."""
    book = rule_book(settings.rules)
    configuration: Configuration = {
        "steps": list(settings.steps),
        "profile": settings.profile,
        "fields": {"text": settings.fields.text, "id": settings.fields.id},
        "select": list(settings.rules.select),
        "ignore": list(settings.rules.ignore),
        "unsafe": settings.rules.unsafe,
        "metadata": settings.rules.metadata,
        "against": list(settings.against),
        "limits": asdict(settings.limits),
        "keep_raw": settings.keep_raw,
        "rules": book.digest,
        "surveys": {name: survey.parameters() for name, survey in surveys_of(settings).items()},
    }
    digest = hashlib.sha256(jsontext.pretty(configuration)).hexdigest()
    return {"versions": versions(), "configuration": configuration, "configuration_sha256": digest}


def _run_counts(counts: Counts) -> RunCounts:
    """Return the counts with sorted names; exemptions that applied are no part of the trail."""
    return {
        "documents_in": counts.documents_in,
        "documents_out": counts.documents_out,
        "chars_in": counts.chars_in,
        "chars_out": counts.chars_out,
        "passages_in": counts.passages_in,
        "passages_out": counts.passages_out,
        "removed_by_rules": counts.removed_by_rules,
        "quarantined": counts.quarantined,
        "aside": counts.aside,
        "edits": dict(sorted(counts.edits.items())),
        "flags": dict(sorted(counts.flags.items())),
        "severities": dict(sorted(counts.severities.items())),
        "duplicates": dict(sorted(counts.duplicates.items())),
    }


def _write_last(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


def open_work(out: Path, job_key: dict[str, Any], *, resume: bool) -> Path:
    """Return the work folder inside an output; a resumed run must be the one that was interrupted."""
    work = out / AUDIT / "work"
    key = jsontext.pretty(job_key)
    path = work / "job.json"
    if path.exists():
        if not resume or path.read_bytes() != key:
            message = (
                f"{out} holds an interrupted run of another input or configuration: --overwrite starts anew"
                if resume
                else f"{out} holds an interrupted run: --resume continues it, --overwrite starts anew"
            )
            raise InterruptedRunError(message)
        return work
    work.mkdir(parents=True, exist_ok=True)
    path.write_bytes(key)
    return work


def job_key(settings: Settings, inputs: Inputs) -> dict[str, Any]:
    """Describe a run so that another one can tell whether it would do the same."""
    files = [[file.key, file.size, _version(file.path)] for file in inputs.files]
    outputs = [{"path": name} for name in sorted({file.output for file in inputs.files})]
    return {**_description(settings), "files": files, "outputs": outputs}


def _version(path: Place) -> Any:
    """Return what tells one version of an input from another: its time, or what its store says."""
    if isinstance(path, RemotePath):
        return path.stamp
    return path.stat().st_mtime_ns if path.exists() else 0


def check_place(out: Place, sources: Sequence[Place]) -> None:
    """Refuse an output that lies in a source, or a source that lies in the output."""
    for source in sources:
        if overlapping(out, source):
            message = f"{out} lies inside the source {source}: choose a folder outside it"
            raise UsageError(message)
        if overlapping(source, out):
            message = f"the source {source} lies inside the output {out}: choose another output"
            raise UsageError(message)


def clear(out: Path) -> None:
    """Remove what an earlier run wrote to `out`, and nothing else."""
    names = _written(out)
    for name in names:
        (out / name).unlink(missing_ok=True)
    shutil.rmtree(out / AUDIT, ignore_errors=True)
    folders = {folder for name in names for folder in (out / name).parents if out in folder.parents}
    for folder in sorted(folders, reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def refuse_foreign(out: Path, inputs: Inputs) -> None:
    """Refuse to replace files that no run has written."""
    ours = set(_written(out))
    for file in inputs.files:
        if file.output not in ours and (out / file.output).exists():
            message = f"{out / file.output} was not written by clean: move it away, or choose another folder"
            raise UsageError(message)


def _written(out: Path) -> list[str]:
    """Return the outputs that a finished run wrote to `out`, or that an interrupted one may have written."""
    records = (out / AUDIT / "run.json", out / AUDIT / "work" / "job.json")
    found = [jsontext.loads(record.read_bytes()) for record in records if record.is_file()]
    return [item["path"] for record in found for item in record.get("outputs", ())]


def is_ours(out: Path) -> bool:
    """Tell whether a folder holds a run, finished or not."""
    return (out / AUDIT / "run.json").is_file() or (out / AUDIT / "work" / "job.json").is_file()
