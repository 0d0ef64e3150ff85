"""The output of a run: outputs in their places, the audit trail, and `run.json` last of all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cleaner.audit.rebuild import Finished, rebuild
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
from cleaner.audit.trail import AUDIT, COMPRESSED, part_name
from cleaner.audit.verify import file_sha256
from cleaner.engines import cores
from cleaner.engines.staging import move_files
from cleaner.errors import LimitError
from cleaner.formats import jsontext
from cleaner.formats.compression import PIECE, compress_file, split_name
from cleaner.formats.compression import compress as packed
from cleaner.formats.format import InputFile
from cleaner.pipeline import rule_book
from cleaner.report import write_report
from cleaner.report.views import Sources
from cleaner.run.discover import Inputs
from cleaner.run.guard.place import RUN, TIMINGS, tidy, write_whole
from cleaner.run.guard.reading import altered
from cleaner.run.job import Job
from cleaner.run.publishing.counts import Counts
from cleaner.run.publishing.publish import WHOLE, Published, Written, is_whole, part_path, publish, whole_path
from cleaner.run.publishing.versions import versions
from cleaner.run.settle import Settled
from cleaner.run.stages import surveys_of
from cleaner.run.units import Unit
from cleaner.settings import Settings
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
    sizes = [unit.size for unit in settled.units]
    published = job.map(
        "publish", publish, calls, sizes=sizes, documents=lambda unit: unit.counts.documents_in
    )
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
    with ThreadPoolExecutor(1) as sweeper:  # a disk may take its time to remove what nobody needs any more
        for name in settled.digested:
            sweeper.submit(shutil.rmtree, job.work / name, ignore_errors=True)
        run = _completed(job, settled, out, published, counts)
    _end(job, out, run, counts, deliver)
    return counts


def _completed(job: Job, settled: Settled, out: Path, published: list[Published], counts: Counts) -> Run:
    """Bring outputs, trail and report to their places; return what `run.json` says of them."""
    with job.timings.stage("assemble"):
        segments = [unit.segments for unit in published]
        inputs, outputs, trail, unknown = _assemble(
            settled, segments, job.work, out, compress=job.settings.compress_trail
        )
    run: Run = {
        "schema": SCHEMA,
        **_description(job.settings),
        "shards": settled.units[-1].shard + 1,
        "inputs": inputs,
        "outputs": outputs,
        "skipped": [{"path": path, "reason": reason} for path, reason in job.inputs.skipped],
        "trail": trail,
        "counts": _run_counts(counts),
        "surveys": settled.statistics,
    }
    if unknown:
        _sum_again(Finished(out, run), unknown)
    with job.timings.stage("report"):
        sources = Sources(rule_book(job.settings.rules), known=True)
        write_report(Finished(out, run), [unit.collected for unit in published], sources)
    return run


def _end(job: Job, out: Path, run: Run, counts: Counts, deliver: Callable[[], None]) -> None:
    """Write the times and, last, `run.json`; remove the work folder."""
    timings = {
        name: asdict(took) | {"seconds": round(took.seconds, 3)} for name, took in job.timings.stages.items()
    }
    total = {"bytes": sum(file.size for file in job.inputs.files), "documents": counts.documents_in}
    key = hashlib.sha256((job.work / "job.json").read_bytes()).hexdigest()
    write_whole(out / AUDIT / TIMINGS, jsontext.pretty({"stages": timings, **total, "job": key}))
    write_whole(out / AUDIT / RUN, jsontext.pretty(run), durable=True)
    with job.timings.stage("deliver"):
        deliver()
    tidy(out)


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
    settled: Settled, published: Sequence[tuple[Written, ...]], work: Path, out: Path, *, compress: bool
) -> tuple[list[InputFileItem], list[OutputFileItem], dict[str, str], set[str]]:
    """Move outputs and audit trail to their places; return the sums of every input, output and part of the trail.

    Also the inputs that were changed after they had been read in part: they have no sum yet.
    """
    inputs: dict[str, InputFileItem] = {}
    outputs: dict[str, list[tuple[str, Written]]] = {}
    large: dict[str, InputFile] = {}
    for unit, segments in zip(settled.units, published, strict=True):
        for number, (segment, written) in enumerate(zip(unit.segments, segments, strict=True)):
            digest, size = written.input
            key = segment.file.key
            first: InputFileItem = {"path": key, "sha256": digest, "bytes": 0, "codec": segment.file.codec}
            item = inputs.setdefault(key, first)
            if item["bytes"]:
                large[key] = segment.file
            item["bytes"] += size
            if written.output:
                name = whole_path(segment) if is_whole(segment) else part_path(unit.index, number)
                outputs.setdefault(segment.file.output, []).append((name, written))
    trail = _trail_parts(settled.units, work / "audit", compress=compress)
    staged = work / "out"
    if (staged / WHOLE).exists():
        move_files(staged / WHOLE, out)
    with ThreadPoolExecutor(cores()) as pool:
        sums = pool.map(_sum_of, large.values())
        cut = [name for name, parts in outputs.items() if not parts[0][0].startswith(WHOLE)]
        joined = pool.map(lambda name: _join_output(name, outputs[name], staged, out), cut)
        sums_of_parts = pool.map(lambda name: _join(trail[name], out / AUDIT / name), trail)
        for key, digest in zip(large, sums, strict=True):
            inputs[key]["sha256"] = digest
        unknown = {key for key in large if not inputs[key]["sha256"]}
        items = {name: _output_item(name, parts[0][1].output) for name, parts in outputs.items()}
        items |= zip(cut, joined, strict=True)
        return list(inputs.values()), [*items.values()], dict(zip(trail, sums_of_parts, strict=True)), unknown


def _sum_of(file: InputFile) -> str:
    """Return the sha256 of a file; empty when it is not what was read any more."""
    try:
        digest = file_sha256(file.path)
    except OSError:
        return ""
    return "" if altered(file) else digest


def _sum_again(finished: Finished, unknown: set[str]) -> None:
    """Set the sums of inputs to those of what was read of them."""
    found: dict[str, str] = {}
    for path, pieces in rebuild(finished):
        if path in unknown:
            digest = hashlib.sha256()
            for piece in pieces:
                digest.update(piece)
            found[path] = digest.hexdigest()
    for item in finished.run["inputs"]:
        item["sha256"] = found.get(item["path"], item["sha256"])


def _trail_parts(units: Sequence[Unit], audit: Path, *, compress: bool) -> dict[str, list[Path]]:
    """Return for each file of the trail, by its name, the pieces in the work folder that it is made of."""
    pieces = {path.relative_to(audit).as_posix(): [path] for path in audit.rglob("*") if path.is_file()}
    for kind in KINDS:
        by_shard: dict[str, list[Path]] = {}
        for unit in units:
            (path,) = pieces.pop(part_name(kind, unit.index))
            name = part_name(kind, unit.shard) + (COMPRESSED if compress else "")
            by_shard.setdefault(name, []).append(path)
        pieces |= by_shard
    return dict(sorted(pieces.items()))


def _join(parts: Sequence[Path], target: Path) -> str:
    """Put a file together from its pieces, at its place, and return its sha256."""
    compress = target.suffix == COMPRESSED != parts[0].suffix
    if len(parts) == 1 and not compress:
        return _move(parts[0], target)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    pieces = _pieces(parts)
    with target.open("wb") as stream:
        for piece in packed(pieces, COMPRESSED[1:]) if compress else pieces:
            digest.update(piece)
            stream.write(piece)
    return digest.hexdigest()


def _pieces(parts: Sequence[Path]) -> Iterator[bytes]:
    """Yield the content of files, and remove each when it was read."""
    for part in parts:
        with part.open("rb") as source:
            yield from iter(lambda: source.read(PIECE), b"")
        part.unlink()


def _output_item(name: str, written: tuple[str, int] | None) -> OutputFileItem:
    digest, size = written or ("", 0)
    return {"path": name, "sha256": digest, "bytes": size}


def _join_output(name: str, parts: list[tuple[str, Written]], staged: Path, out: Path) -> OutputFileItem:
    """Put one output file together from its parts, at its place."""
    target = out / name
    (first, _), *rest = parts
    path = staged / first
    with path.open("ab") as stream:
        for part, _ in rest:
            with (staged / part).open("rb") as source:
                shutil.copyfileobj(source, stream, 1 << 20)
    codec = split_name(name)[2]
    if codec:
        packed = path.with_name(f"{path.name}.packed")
        compress_file(path, packed, codec)
        path = packed
    size = path.stat().st_size
    return _output_item(name, (_move(path, target), size))


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
        "compress_trail": settings.compress_trail,
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


def job_key(settings: Settings, inputs: Inputs) -> dict[str, Any]:
    """Describe a run so that another one can tell whether it would do the same."""
    files = [[file.key, file.size, _version(file), file.problem] for file in inputs.files]
    outputs = [{"path": name} for name in sorted({file.output for file in inputs.files})]
    return {**_description(settings), "files": files, "outputs": outputs}


def _version(file: InputFile) -> Any:
    """Return what tells one version of an input from another: its time, or what its store says."""
    return file.path.stamp if isinstance(file.path, RemotePath) else file.changed
