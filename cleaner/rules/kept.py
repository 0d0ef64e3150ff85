"""What was made of rules, kept on disk, so that a run on five files need not wait for it.

JSON, never pickle. An entry is named by what it was made of and by the code that made it, so it is never
stale; a folder that cannot be read or written only costs time.
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
from typing import Any

import orjson


def folder_of(kind: str) -> Path:
    """Return the folder of one kind of entries, by the XDG base directory specification."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "cleaner" / kind


def name_of(content: bytes) -> str:
    """Return the name of what this package makes of some content."""
    return hashlib.sha256(_code() + b"\n" + content).hexdigest()[:40] + ".json"


def read(path: Path) -> Any:
    """Return an entry; None where there is none, or the file is not whole."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest() != digest.decode("ascii", "replace"):
            return None
        return _parsed(body)
    except (OSError, ValueError):
        return None


def _parsed(body: bytes) -> Any:
    """Parse an entry; orjson is quick, and refuses the lone surrogates that a pattern may hold."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def write(path: Path, entry: object) -> None:
    """Store an entry; a folder that cannot be written is no error."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(path.parent) as temporary:
            body = json.dumps(entry, ensure_ascii=True).encode()
            temporary.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            temporary.replace(path)


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@lru_cache(maxsize=1)
def _code() -> bytes:
    """Identify the code that makes the entries: the version of the package, and its sources as they are."""
    parts = [metadata.version("cleaner")]
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        status = path.stat()
        parts.append(f"{path.name}:{status.st_size}:{status.st_mtime_ns}")
    return "\n".join(parts).encode()
