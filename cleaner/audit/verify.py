"""Proof that a finished run lost nothing: every input rebuilt, every removed duplicate still represented."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator

from cleaner.audit.errors import NotKeptError, RebuildError
from cleaner.audit.proof.run import Proof, missing
from cleaner.audit.rebuild import Finished, rebuild
from cleaner.audit.records import DUPLICATES, INPUTS, QUARANTINE
from cleaner.audit.trail import AUDIT, read_all
from cleaner.errors import UsageError
from cleaner.formats import jsontext
from cleaner.formats.opaque import UNREAD
from cleaner.storage.places import Place


def verify(finished: Finished, remote: Collection[str] = ()) -> Iterator[str]:
    """Yield every way in which output and audit trail fail to prove what the run claims.

    Checked are the sha256 of every output and part of the trail, of every input rebuilt from them,
    and every claim of the trail about removed duplicates (`cleaner.audit.proof.claims`). `remote` are the
    addresses of earlier outputs that may be asked for.
    """
    try:
        yield from _changed_files(finished)
        with Proof(finished, remote) as proof:
            yield from _inputs(finished, proof)
            yield from proof.rest()
    except KeyError as error:
        yield f"the audit trail cannot be followed: it lacks {error}"
    except (RebuildError, UsageError, ValueError, TypeError, AttributeError, LookupError, OSError) as error:
        yield f"the audit trail cannot be followed: {error}"


def _changed_files(finished: Finished) -> Iterator[str]:
    """Compare outputs and trail with their sums."""
    configuration = jsontext.pretty(finished.run["configuration"])
    if hashlib.sha256(configuration).hexdigest() != finished.run["configuration_sha256"]:
        yield f"{AUDIT}/run.json: the configuration was changed after the run"
    sums = [(finished.out / item["path"], item["path"], item["sha256"]) for item in finished.run["outputs"]]
    trail = finished.run["trail"]
    sums += [(finished.audit / name, f"{AUDIT}/{name}", digest) for name, digest in trail.items()]
    for path, name, digest in sums:
        if not path.is_file():
            yield f"{name}: is missing"
        elif file_sha256(path) != digest:
            yield f"{name}: was changed after the run"


def _inputs(finished: Finished, proof: Proof) -> Iterator[str]:
    """Rebuild every input and compare it with its sum, while `proof` watches."""
    sums = {item["path"]: item["sha256"] for item in finished.run["inputs"]}
    for path, pieces in rebuild(finished, proof.shard):
        digest = hashlib.sha256()
        try:
            for piece in pieces:
                digest.update(piece)
        except NotKeptError:
            sums.pop(path, None)
        else:
            if digest.hexdigest() != sums.pop(path, None):
                yield f"{path}: what output and audit trail rebuild is not what was read"
        yield from proof.found()
    for path in sums:
        yield f"{path}: it is not in the audit trail"


def unproven(finished: Finished) -> Iterator[str]:
    """Yield the inputs that cannot be proven, as their bytes were not kept (`--no-raw`)."""
    last = ""
    for line in read_all(finished.audit, INPUTS, finished.shards):
        if line["path"] != last and any(gap["raw"] is None for gap in line["gaps"]):
            last = line["path"]
            yield last


def unread(finished: Finished) -> set[str]:
    """Return the inputs of which nothing could be read when the run was made."""
    empty = {item["path"] for item in finished.run["inputs"] if not item["bytes"]}
    lines = read_all(finished.audit, QUARANTINE, finished.shards) if empty else ()
    return {line["path"] for line in lines if line["path"] in empty and line["reason"].startswith(UNREAD)}


def not_here(finished: Finished, remote: Collection[str] = ()) -> Counter[str]:
    """Count the duplicates whose kept passage is in an earlier output that is missing, by its folder."""
    away = missing(finished, remote)
    lines = read_all(finished.audit, DUPLICATES, finished.shards) if away else ()
    return Counter(corpus for line in lines if (corpus := line["kept_corpus"]) is not None and corpus in away)


def file_sha256(path: Place) -> str:
    """Return the sha256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
