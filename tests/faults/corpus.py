"""A small corpus in every format and compression, and what has to be true of a run of it."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

from cleaner.audit.rebuild import open_run
from cleaner.audit.restore import restore
from cleaner.audit.verify import verify
from tests.support.corpora import PIECES, tree, write

LONG = PIECES[0]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


@dataclass(slots=True)
class Outcome:
    """Faults that were injected, and those after which something was lost, or lost and not told of."""

    injected: int = 0
    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add what came of other faults."""
        self.injected += other.injected
        self.lost += other.lost
        self.silent += other.silent


def contents() -> dict[str, bytes]:
    """Return a file of every format, by its name."""
    texts = [f"{piece} Part {k}.\n\n{LONG}\n\nAdvertisement\n" for k, piece in enumerate(PIECES[:5])]
    records = [{"id": k, "text": text, "n": 1.50} for k, text in enumerate(texts)]
    rows = "".join('{},"{}"\r\n'.format(k, text.replace('"', '""')) for k, text in enumerate(texts))
    page = "".join(f"<p>{piece}</p>" for piece in PIECES[:5])
    return {
        "a.txt": (texts[0] * 2).encode(),
        "b.jsonl": "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode(),
        "c.csv": f"id,text\r\n{rows}".encode(),
        "d.html": f"<html><body><article>{page}</article></body></html>".encode(),
        "e.parquet": parquet(texts),
    }


def parquet(texts: list[str]) -> bytes:
    """Return a table of texts."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table({"id": range(len(texts)), "text": texts}), stream)
    return stream.getvalue()


def small(folder: Path) -> Path:
    """Write a corpus of a few files, some of them compressed, with duplicates and with what is quarantined."""
    files = contents()
    return write(
        folder,
        {
            "a.txt": files["a.txt"],
            "b.jsonl": files["b.jsonl"] + b"broken\n",
            "c.csv.gz": PACKERS[".gz"](files["c.csv"]),
            "d/e.txt.xz": PACKERS[".xz"](files["a.txt"] + "Übrigens.".encode("cp1252")),
        },
    )


def content_of(data: bytes, suffix: str) -> bytes | None:
    """Return the content of an archive as the reference decoder reads it; None when it is damaged."""
    try:
        match suffix:
            case ".gz":
                return gzip.decompress(data)
            case ".bz2":
                return bz2.decompress(data)
            case ".xz":
                return lzma.decompress(data)
            case ".zst":
                return zstandard.ZstdDecompressor().decompress(data, max_output_size=1 << 24)
        return data
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError):
        return None


def is_proven(out: Path) -> bool:
    """Tell whether a finished run proves what it claims."""
    return list(verify(open_run(out))) == []


def is_restored(out: Path, source: Path, back: Path) -> list[str]:
    """Return the names of files that do not come back: byte for byte, or of an archive the same content."""
    restore(open_run(out), back)
    before, after = tree(source), tree(back)
    wrong = [name for name in before if name not in after]
    for name in before.keys() & after.keys():
        suffix = Path(name).suffix if Path(name).suffix in PACKERS else ""
        one, other = before[name], after[name]
        if one != other and (suffix == "" or content_of(one, suffix) != content_of(other, suffix)):
            wrong.append(name)
    return wrong
