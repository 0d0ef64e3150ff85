"""Lines of the trail by how they begin, found without parsing the others: a run may have millions of documents."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path

from cleaner.formats import jsontext


def heads(field: str, values: Iterable[str]) -> list[bytes]:
    r"""Return what lines begin with whose first field has one of these values, in either way of writing JSON.

    >>> heads("doc", ["é"])
    [b'{"doc":"\xc3\xa9",', b'{"doc":"\\u00e9",']
    """
    written = (write(value) for value in values for write in (jsontext.dumps, jsontext.dump_ascii))
    return list(dict.fromkeys(b'{"' + field.encode() + b'":' + value + b"," for value in written))


def lines_with(path: Path, head: bytes) -> Iterator[bytes]:
    """Yield the lines of a file that begin with `head`, in order; an absent file has none."""
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(head)
        while at >= 0:
            end = content.find(b"\n", at)
            end = len(content) if end < 0 else end
            if not at or content[at - 1] == ord("\n"):
                yield content[at:end]
            at = content.find(head, end)
