"""Templates compiled once for all runs: to compile them takes longer than to fill them in.

What they become is code, which Python keeps on disk for modules, and numba for kernels, in the same way. It is kept in
a folder that nobody but its owner may write, or not at all.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from jinja2 import BytecodeCache, __version__
from jinja2.bccache import Bucket

from cleaner.engines.staging import staged_file
from cleaner.rules.kept import folder_of

_DIGEST: Final = hashlib.sha256().digest_size
_MADE_BY: Final = f"{__version__} {sys.implementation.cache_tag} {sys.hexversion}".encode()
"""What else decides about the code of a template than its text."""


class KeptTemplates(BytecodeCache):
    """Keeps compiled templates in a folder; one that is not whole, or cannot be read or written, only costs time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template that is there whole, and was made of this very text."""
        with suppress(OSError, ValueError, TypeError, EOFError):
            content = self._path(bucket).read_bytes()
            if content[:_DIGEST] == _digest(bucket, content[_DIGEST:]):
                bucket.code = marshal.loads(content[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, if there is room."""
        code = marshal.dumps(bucket.code)
        with suppress(OSError), staged_file(self._path(bucket)) as part:
            part.write_bytes(_digest(bucket, code) + code)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / hashlib.sha256(_MADE_BY + _text_of(bucket)).hexdigest()[:40]


def _text_of(bucket: Bucket) -> bytes:
    """Return what tells a template from others: the sum of its text."""
    return bucket.checksum.encode()


def _digest(bucket: Bucket, code: bytes) -> bytes:
    return hashlib.sha256(_MADE_BY + _text_of(bucket) + code).digest()


def kept_templates() -> BytecodeCache | None:
    """Return where compiled templates are kept; None where that is no folder of this user alone."""
    folder = folder_of("templates")
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_own(folder):
            return KeptTemplates(folder)
    return None


def is_own(folder: Path) -> bool:
    """Tell whether a folder is one of this user, and nobody else may write to it."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        return False
    if not hasattr(os, "getuid"):  # where folders have other ways to say so
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
