"""Proof that a finished run lost nothing: every input rebuilt, every removed duplicate still represented."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cleaner.corpus.files import AUDIT
from cleaner.corpus.rebuild import Finished, NotKeptError, RebuildError, output_texts, rebuild
from cleaner.corpus.trail import read_all


def verify(finished: Finished) -> Iterator[str]:
    """Give every way in which output and audit trail do not prove what the run says; nothing when they do.

    Checked are the sha256 of every output and part of the trail, of every input rebuilt from them,
    and that the passage which each removed duplicate names is in the output.
    """
    yield from _changed_files(finished)
    try:
        yield from _inputs(finished)
        yield from _duplicates(finished)
    except (RebuildError, ValueError, KeyError, TypeError, OSError) as error:
        yield f"the audit trail cannot be followed: {error}"


def _changed_files(finished: Finished) -> Iterator[str]:
    """Compare outputs and trail with their sums."""
    sums = [(finished.out / item["path"], item["path"], item["sha256"]) for item in finished.run["outputs"]]
    trail = finished.run["trail"]
    sums += [(finished.audit / name, f"{AUDIT}/{name}", digest) for name, digest in trail.items()]
    for path, name, digest in sums:
        if not path.is_file():
            yield f"{name}: is missing"
        elif file_sha256(path) != digest:
            yield f"{name}: was changed after the run"


def _inputs(finished: Finished) -> Iterator[str]:
    """Rebuild every input and compare it with its sum."""
    sums = {item["path"]: item["sha256"] for item in finished.run["inputs"]}
    for path, pieces in rebuild(finished):
        digest = hashlib.sha256()
        try:
            for piece in pieces:
                digest.update(piece)
        except NotKeptError:
            sums.pop(path, None)
            continue
        if digest.hexdigest() != sums.pop(path, None):
            yield f"{path}: what output and audit trail give is not what was read"
    for path in sums:
        yield f"{path}: the audit trail does not know it"


def unproven(finished: Finished) -> Iterator[str]:
    """Give the inputs that nothing can be said about, as their bytes were not kept (`--no-raw`)."""
    last = ""
    for line in read_all(finished.audit, "inputs", finished.shards):
        if line["path"] != last and any(raw is None for _, _, raw in line["gaps"]):
            last = line["path"]
            yield last


def _duplicates(finished: Finished) -> Iterator[str]:
    """Look for the kept passage of every removed one in the output."""
    wanted: dict[str, dict[str, str]] = {}
    for line in read_all(finished.audit, "duplicates", finished.shards):
        if line["kept_corpus"] is None:
            wanted.setdefault(line["kept_doc"], {})[line["kept_text"]] = line["doc"]
    for doc, text in output_texts(finished, wanted) if wanted else ():
        for kept, removed in wanted.pop(doc).items():
            if kept not in text:
                yield f"{removed}: a passage was removed for one in {doc} that is not in the output"
    for doc in wanted:
        yield f"{doc}: kept passages are said to be in it, but it is not in the output"


def file_sha256(path: Path) -> str:
    """Give the sha256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
