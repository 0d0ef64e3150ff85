"""A file or folder that fsspec opens, as a value; reading goes in ranges, so that a dropped connection costs one.

A store is asked again a few times before anything fails, and what fails in the end is an OSError, as with a local
file. A file that is not what was listed any more is an error, not a mixture of two.
"""

from __future__ import annotations

import io
import posixpath
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeVar

from cleaner.errors import UsageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

T = TypeVar("T")
ATTEMPTS: Final = 6
"""How often a store is asked before an error counts."""
FIRST_PAUSE: Final = 0.1
"""Seconds before the second attempt; each pause is twice the one before."""
RANGE: Final = 1 << 22
"""Bytes that are asked for at once."""
_FINAL: Final = (
    FileNotFoundError,
    PermissionError,
    IsADirectoryError,
    NotADirectoryError,
    NotImplementedError,
    UsageError,
)
"""Errors that another attempt would only repeat."""
_STAMPS: Final = ("ETag", "etag", "md5Hash", "blob_id", "mtime", "updated", "LastModified", "created")
"""What stores say about the version of a file, under their own names; the first one counts."""
Stamp = tuple[tuple[str, str], ...]
"""What a store says about the version of a file."""


@dataclass(frozen=True, slots=True)
class RemotePath:
    """A file or folder of a store: `address` is what was given, `path` is where in that store it lies.

    The parts of `path` are names as the store has them and are never read as an address again. With a
    `stamp`, opening refuses a file that has another one by now.
    """

    address: str
    path: str
    stamp: Stamp = ()

    @classmethod
    def at(cls, address: str) -> Self:
        """Return the place with an address; UsageError when what opens it is not installed, or nothing can."""
        return cls(address, _opened(address)[1])

    def __str__(self) -> str:
        return f"{self.protocol}://{self.path.lstrip('/').removeprefix(f'{self.protocol}://')}"

    def __truediv__(self, name: str) -> RemotePath:
        return replace(self, path=f"{self.path.rstrip('/')}/{name}", stamp=())

    @property
    def protocol(self) -> str:
        """Return what stands before `://`."""
        return self.address.partition("://")[0]

    @property
    def size(self) -> int:
        """Return the bytes that it had when it was listed; 0 when that is not known."""
        return int(dict(self.stamp).get("size", 0))

    @property
    def name(self) -> str:
        """Return the last part of the path, without what follows a question mark in the address of a page."""
        path = self.path.partition("?")[0] if self.protocol in ("http", "https") else self.path
        return posixpath.basename(path.rstrip("/"))

    def filesystem(self) -> AbstractFileSystem:
        """Return what fsspec opens the address with; one for each process."""
        return _opened(self.address)[0]

    def info(self) -> Mapping[str, Any] | None:
        """Return what the store says about a file or folder now; None when there is none."""
        fs = self.filesystem()
        fs.invalidate_cache()
        try:
            found: Mapping[str, Any] = self.patiently(partial(fs.info, self.path))
        except FileNotFoundError:
            return None
        return found

    def open(self, mode: Literal["rb"] = "rb") -> io.BufferedReader:
        """Open for reading from anywhere in it; OSError when the file is no longer the one that was listed."""
        del mode
        info = self.info()
        if info is None:
            raise FileNotFoundError(2, "no such file", str(self))
        if self.stamp and self.stamp != stamp_of(info, self.stamp):
            message = f"{self} was changed after it was listed"
            raise OSError(message)
        return io.BufferedReader(_Ranges(self, info.get("size")), RANGE)

    def read_bytes(self) -> bytes:
        """Return the whole content."""
        with self.open() as stream:
            return stream.read()

    def patiently(self, call: Callable[[], T]) -> T:
        """Return what a call returns; while it fails as connections do, it is repeated a few times."""
        pause = FIRST_PAUSE
        for attempt in range(ATTEMPTS):
            try:
                return call()
            except _FINAL:
                raise
            except Exception as error:  # each store has its own errors
                if attempt == ATTEMPTS - 1:
                    message = f"{self}: {_briefly(error)}"
                    raise OSError(message) from error
                time.sleep(pause)
                pause *= 2
        raise AssertionError


def stamp_of(info: Mapping[str, Any], like: Stamp = ()) -> Stamp:
    """Return what a store says about the version of a file; of that, what `like` has too, if it is given.

    >>> stamp_of({"name": "a", "size": 3, "ETag": '"x"'})
    (('size', '3'), ('ETag', '"x"'))
    """
    version = [name for name in _STAMPS if info.get(name) is not None][:1]
    names = [name for name, _ in like] or ["size", *version]
    return tuple((name, _said(info[name])) for name in names if info.get(name) is not None)


def _said(value: Any) -> str:
    """Return a value as text; times alike, whether they are numbers or not."""
    return str(value.timestamp() if isinstance(value, datetime) else value)


class _Ranges(io.RawIOBase):
    """The bytes of a remote file, asked for in ranges."""

    def __init__(self, place: RemotePath, size: int | None) -> None:
        self._place, self._at = place, 0
        self._whole: bytes | None = None
        if size is None:  # a server that does not say: all of it at once
            self._whole = place.patiently(partial(place.filesystem().cat_file, place.path))
            size = len(self._whole)
        self._size = size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return b"".join(iter(partial(self._next, RANGE), b""))

    def _next(self, length: int) -> bytes:
        """Return the next bytes, so many if there are."""
        start, end = self._at, min(self._at + length, self._size)
        if start >= end:
            return b""
        if self._whole is None:
            data = self._place.patiently(partial(self._range, start, end))
        else:
            data = self._whole[start:end]
        self._at = end
        return data

    def _range(self, start: int, end: int) -> bytes:
        data: bytes = self._place.filesystem().cat_file(self._place.path, start=start, end=end)
        if len(data) == self._size and (start, end) != (
            0,
            self._size,
        ):  # a server without ranges sends all of it
            self._whole = data
            data = data[start:end]
        if len(data) != end - start:
            message = f"the connection ended after {len(data):,} of {end - start:,} bytes"
            raise OSError(message)
        return data


def _opened(address: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system of an address and the path in it; fsspec keeps one for each process."""
    protocol = address.partition("://")[0]
    if find_spec("fsspec") is None:
        message = f"{address}: remote places need fsspec: pip install 'cleaner[remote]'"
        raise UsageError(message)
    from fsspec.core import url_to_fs

    try:
        fs, path = url_to_fs(address)
    except ImportError:
        message = f"{address}: what opens {protocol}:// is not installed: pip install 'cleaner[remote]'"
        raise UsageError(message) from None
    except ValueError as error:
        message = f"{address}: {error}"
        raise UsageError(message) from None
    except OSError as error:
        message = f"{address}: {_briefly(error)}"
        raise OSError(message) from error
    return fs, path


def _briefly(error: Exception) -> str:
    r"""Return the first line of what an error says: what comes from a library may have a hundred.

    >>> _briefly(OSError("no libjvm\ntried /usr/lib\ntried /usr/lib64")), _briefly(TimeoutError())
    ('no libjvm', 'TimeoutError')
    """
    return str(error).partition("\n")[0].strip() or type(error).__name__


def stamped(place: RemotePath, info: Mapping[str, Any]) -> RemotePath:
    """Return a file that can be opened as long as it is what the store says of it now."""
    return replace(place, stamp=stamp_of(info))


def listing(folder: RemotePath) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield path, relative to the folder, and description of every file below it, in the order of the store."""
    fs = folder.filesystem()
    fs.invalidate_cache()
    root = folder.path.rstrip("/") + "/"
    found: Mapping[str, Mapping[str, Any]] = folder.patiently(partial(fs.find, folder.path, detail=True))
    for path, info in found.items():
        if path.startswith(root) and len(path) > len(root):
            yield path[len(root) :], info
