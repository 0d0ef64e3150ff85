"""Compiling: the decorator of all kernels, and the few machine instructions that numba has no name for."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numpy.typing import NDArray

from cleaner.engines.compiling import are_kept, carray, intrinsic, keep, part, types

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


@cache
def _sources() -> tuple[str, ...]:
    """Return the files of all kernels."""
    return tuple(map(str, sorted(Path(__file__).parents[1].rglob("*.py"))))


def kernel(function: Kernel) -> Kernel:
    """Compile a function at its first call and keep the machine code on disk for later runs.

    Kernels of other files are compiled into it, so it is stamped with all of them.
    """
    return keep(function, *_sources())


def is_kept(function: Callable[..., Any]) -> bool:
    """Tell whether the machine code of a kernel, as it is now, is on disk: to load it takes no time."""
    return are_kept(function)


def inlined(function: Kernel) -> Kernel:
    """Compile a function into each place that calls it: an array handed to a call costs two atomic counts."""
    return part(function, inline="always")


@intrinsic
def _pointer(_context: Any, _address: Any) -> Any:
    """Turn an address into a pointer, so that one kernel reads the mapped files of many shards."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), build


@intrinsic
def _load(_context: Any, _address: Any) -> Any:
    """Read eight bytes at an address that need not be aligned, the first one lowest."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        loaded = builder.load(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return types.uint64(types.int64), build


@intrinsic
def _trailing_zeros(_context: Any, _number: Any) -> Any:
    """Count the zero bits below the lowest one; 64 for zero."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), build


@intrinsic
def _ones(_context: Any, _number: Any) -> Any:
    """Count the bits that are set."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), build


load_eight = cast(Callable[[int], np.uint64], _load)
trailing_zeros = cast(Callable[[np.uint64], np.uint64], _trailing_zeros)
ones = cast(Callable[[np.uint64], np.uint64], _ones)
_at = cast(Callable[[int], Any], _pointer)


if hasattr(os, "pread"):
    _pread: Any = types.ExternalFunction(
        "pread", types.int64(types.int32, types.int64, types.int64, types.int64)
    )
else:

    @part
    def _pread(file: np.int32, address: int, size: int, at: int) -> int:
        """Stand in for what the platform does not have; files are mapped there."""
        return -1


@part
def read_file(place: int, address: int, size: int) -> None:
    """Read `size` bytes of a file to an address; see `file_place`."""
    file, at = np.int32(~place >> 40), ~place & ((1 << 40) - 1)
    done = 0
    while done < size:
        got = _pread(file, address + done, size - done, at + done)
        if got <= 0:
            raise OSError("a text could not be read again")  # noqa: EM101 - a constant, for the compiler
        done += got


def file_place(file: int, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Name places in an open file by negative numbers; addresses in memory are positive.

    >>> file_place(3, np.array([5])).tolist() == [~(3 << 40 | 5)]
    True
    """
    return ~(np.int64(file) << np.int64(40) | at)


@part
def bytes_at(address: int, size: int) -> NDArray[np.uint8]:
    """View mapped memory as bytes; the caller keeps it mapped."""
    return carray(_at(address), (size,), np.uint8)
