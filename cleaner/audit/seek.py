"""Lines of the trail by how they begin, found without reading the others: a run may have millions of documents."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from cleaner.formats import jsontext

Order: TypeAlias = tuple[bytes, int]


def heads(field: str, values: Iterable[str]) -> list[bytes]:
    r"""Return what lines begin with whose first field has one of these values, in either way of writing JSON.

    >>> heads("doc", ["é"])
    [b'{"doc":"\xc3\xa9",', b'{"doc":"\\u00e9",']
    """
    written = (write(value) for value in values for write in (jsontext.dumps, jsontext.dump_ascii))
    return list(dict.fromkeys(b'{"' + field.encode() + b'":' + value + b"," for value in written))


def order(key: str) -> Order:
    """Return what documents are sorted by: the path, then the number of a record.

    A file whose name looks like a record is sorted elsewhere: where a key is not found it must be looked for.

    >>> sorted(["a.jsonl:10", "a.jsonl:9", "a.jsonl"], key=order)
    ['a.jsonl', 'a.jsonl:9', 'a.jsonl:10']
    """
    path, _, number = key.rpartition(":")
    if path and number.isascii() and number.isdigit() and len(number) < 19:
        return os.fsencode(path), int(number)
    return key.encode("utf-8", "surrogateescape"), 0


def lines_with(path: Path, head: bytes, *, key: str | None = None) -> Iterator[bytes]:
    """Yield the lines of a file that begin with `head`, in order; an absent file has none.

    With `key`, the document that they are about, they are looked up in the order of the file, and are one run of lines
    in it; without it all lines are gone through.
    """
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield from _anywhere(content, head) if key is None else _run(content, head, key)


def _anywhere(content: mmap.mmap, head: bytes) -> Iterator[bytes]:
    at = content.find(head)
    while at >= 0:
        end = _end(content, at, len(content))
        if not at or content[at - 1] == ord("\n"):
            yield content[at:end]
        at = content.find(head, end)


def _run(content: mmap.mmap, head: bytes, key: str) -> Iterator[bytes]:
    at = _first(content, order(key))
    while content[at : at + len(head)] == head:
        end = _end(content, at, len(content))
        yield content[at:end]
        at = end + 1


def _end(content: mmap.mmap, at: int, stop: int) -> int:
    """Return where the line ends that is at a place."""
    end = content.find(b"\n", at, stop)
    return stop if end < 0 else end


def _first(content: mmap.mmap, wanted: Order) -> int:
    """Return where the first line begins whose document is not before the wanted one."""
    low, high = 0, len(content)
    while low < high:
        middle = (low + high) // 2
        start = content.rfind(b"\n", low, middle) + 1 or low
        end = _end(content, start, high)
        if order(str(jsontext.loads(content[start:end])["doc"])) < wanted:
            low = end + 1
        else:
            high = start
    return low
