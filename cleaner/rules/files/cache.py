"""Judged packs on disk: parsing YAML is slow, and a run on five files should not wait for it.

JSON, never pickle. An entry is keyed by the content of the rule file and by the code that judged it,
so it is never stale; a folder that cannot be read or written only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from cleaner.rules.files.pack import Pack
from cleaner.rules.rule import Layer, StepNames


def cache_folder() -> Path:
    """Return the folder of the cache, by the XDG base directory specification."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "cleaner" / "packs"


def read(folder: Path, file: str, layer: Layer, content: bytes, steps: StepNames) -> Pack | None:
    """Return the pack that was made of this very content, or None."""
    try:
        digest, _, body = (folder / _name(content, steps)).read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest() != digest.decode("ascii", "replace"):
            return None
        data = json.loads(body)
        rules, lines = tuple(data["rules"]), tuple(data["lines"])
        return Pack(file, layer, data["name"], data["step"], rules, lines, steps.by_action)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, pack: Pack, content: bytes, steps: StepNames) -> None:
    """Store a pack; a cache that cannot be written is no error."""
    entry = {"name": pack.name, "step": pack.step, "rules": pack.rules, "lines": pack.lines}
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with _temporary(folder) as path:
            body = json.dumps(entry, ensure_ascii=True).encode()
            path.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            path.replace(folder / _name(content, steps))


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _name(content: bytes, steps: StepNames) -> str:
    return (
        hashlib.sha256(_judge() + ",".join(steps.names).encode() + b"\n" + content).hexdigest()[:40] + ".json"
    )


@lru_cache(maxsize=1)
def _judge() -> bytes:
    """Identify the code that judges packs: the version of the package, and its sources as they are."""
    parts = [metadata.version("cleaner")]
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        status = path.stat()
        parts.append(f"{path.name}:{status.st_size}:{status.st_mtime_ns}")
    return "\n".join(parts).encode()
