"""What an argument names: a path of this machine, or an address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, TypeAlias

from cleaner.errors import UsageError
from cleaner.storage.remote import RemotePath

Place: TypeAlias = Path | RemotePath
"""A file or folder, here or elsewhere. Both kinds open with `open("rb")`, and are joined with `/`."""

_SCHEME: Final = re.compile(r"(?P<protocol>[a-z][a-z0-9+.-]+)://(?P<rest>.+)", re.DOTALL)


def place(text: str) -> Place:
    """Return the place that an argument names; nothing is opened, and nothing is asked of a network.

    >>> place("texts/a.txt")
    PosixPath('texts/a.txt')
    >>> place("file:///srv/texts")
    PosixPath('/srv/texts')
    """
    found = _SCHEME.fullmatch(text)
    if found is None:
        return Path(text)
    if "::" in text:
        message = f"{text}: addresses inside each other (::) are not opened"
        raise UsageError(message)
    if found["protocol"] in ("file", "local"):
        return Path(found["rest"])
    return RemotePath.at(text)


def is_address(text: str) -> bool:
    """Tell whether a name is an address, of which opening may ask a network.

    >>> is_address("s3://bucket/out"), is_address("out")
    (True, False)
    """
    return _SCHEME.fullmatch(text) is not None


def overlapping(one: Place, other: Place) -> bool:
    """Tell whether `one` is `other` or lies inside it.

    >>> overlapping(Path("/a/b"), Path("/a")), overlapping(Path("/a"), Path("/a/b"))
    (True, False)
    """
    if isinstance(one, RemotePath) or isinstance(other, RemotePath):
        if not (isinstance(one, RemotePath) and isinstance(other, RemotePath)):
            return False
        inner, outer = str(one).rstrip("/") + "/", str(other).rstrip("/") + "/"
        return inner.startswith(outer)
    here, there = one.resolve(), other.resolve()
    return here == there or there in here.parents
