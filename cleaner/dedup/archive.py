"""The sketches that a run leaves for later ones: its passages with their signatures, as Parquet.

One file for each shard, `sketches-00000.parquet`; one row for each passage of the output, in its
order. The header holds a version and the parameters; a later run with others is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cleaner.dedup.kernels.effort import interpreting_pays
from cleaner.dedup.parameters import PERMUTATIONS, SEED, Parameters
from cleaner.dedup.table import Bytes, PassageTable, Shard, load, map_text, release
from cleaner.dedup.told import KEYS
from cleaner.engines.staging import staged_folder
from cleaner.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from datasketch import LeanMinHash

_BLOCK = 1 << 14
"""Passages that are copied before mapped memory is given back."""
HEADER = b"cleaner.sketches"
VERSION = 2


@dataclass(frozen=True, slots=True)
class Earlier:
    """The passages of an earlier corpus, mapped from a work folder. `name` is the folder as it was given."""

    name: str
    shards: tuple[Shard, ...]
    keys: tuple[tuple[str, ...], ...]

    def passage(self, index: int) -> tuple[str, int, int, str]:
        """Return document key, start, end (code points of the cleaned document) and text of a passage."""
        for shard, keys in zip(self.shards, self.keys, strict=True):
            part = shard.table
            if index < part.size:
                text = shard.text[part.start[index] : part.end[index]].tobytes()
                at = int(part.at[index])
                key = keys[part.doc[index]]
                return key, at, at + int(part.chars[index]), text.decode("utf-8", "surrogatepass")
            index -= part.size
        message = f"{self.name} has no passage {index}"
        raise IndexError(message)


def comparable(parameters: Parameters) -> dict[str, Any]:
    """Return what two runs must have in common for their passages to be compared."""
    return {
        "version": VERSION,
        "unit": parameters.unit,
        "shingle": parameters.shingle,
        "min_words": parameters.min_words,
        "permutations": PERMUTATIONS,
        "scheme": "affine32",
        "seed": SEED,
    }


def write(
    path: Path, table: PassageTable, text: Bytes, parameters: Parameters, *, keys: Sequence[str]
) -> None:
    """Write the passages of a shard of the output; `keys` are those of its documents.

    Columns: `doc`, `start`, `end` (code points in the cleaned document), `words`, `flags` (what is
    protected, see `cleaner.dedup.sketching.blocks`), `text` (UTF-8) and `signature` (128 little-endian
    32-bit numbers, null for a passage that is too short for one).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pa.array(list(map(_written, keys)), pa.string())
    columns = {
        "doc": pa.DictionaryArray.from_arrays(pa.array(table.doc), names),
        "start": pa.array(table.at),
        "end": pa.array(table.at + table.chars),
        "words": pa.array(table.words),
        "flags": pa.array(table.flags),
        "text": _texts(table, text),
        "signature": _signatures(table),
    }
    header = {HEADER: json.dumps(comparable(parameters), sort_keys=True).encode()}
    compression = {name: "none" if name == "signature" else "zstd" for name in columns}
    made = pa.table(columns).replace_schema_metadata(header)
    pq.write_table(made, path, compression=compression, use_dictionary=["doc"], row_group_size=1 << 17)
    del made, columns
    pa.default_memory_pool().release_unused()


def _texts(table: PassageTable, text: Bytes) -> pa.Array:
    """Lay the texts of the passages end to end."""
    import pyarrow as pa

    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(table.end - table.start)])
    out = np.empty(int(offsets[-1]), np.uint8)
    start = np.asarray(table.start)
    if interpreting_pays(text.size):
        for i in range(table.size):
            out[offsets[i] : offsets[i + 1]] = text[start[i] : table.end[i]]
    else:
        from cleaner.dedup.kernels.copying import copy

        for at in range(0, table.size, _BLOCK):
            some = slice(at, at + _BLOCK + 1)
            copy(text.ctypes.data, text.size, start[at : at + _BLOCK].copy(), offsets[some], out)
            release(text)
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), table.size, [None, pa.py_buffer(offsets), pa.py_buffer(out)]
    )


def _signatures(table: PassageTable) -> pa.Array:
    """Put the signatures of the long passages beside nulls for the short ones."""
    import pyarrow as pa

    values, valid = np.ascontiguousarray(table.signatures), None
    if len(table.long) < table.size:
        values = np.zeros((table.size, PERMUTATIONS), np.uint32)
        values[table.long] = table.signatures
        there = np.zeros(table.size, np.bool_)
        there[table.long] = True
        valid = pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(4 * PERMUTATIONS), table.size, [valid, pa.py_buffer(values)]
    )


def files(out: Path) -> list[Path]:
    """Return the sketch files of a finished run, in the order of its shards."""
    found = sorted((out / "_clean").glob("sketches-*.parquet"))
    if not found or not (out / "_clean" / "run.json").exists():
        message = f"{out} is not the output of a finished run with sketches (_clean/sketches-00000.parquet)"
        raise UsageError(message)
    return found


def check(path: Path, metadata: dict[bytes, bytes] | None, parameters: Parameters) -> None:
    """Refuse a sketch file of another version, or made with other parameters."""
    raw = (metadata or {}).get(HEADER)
    if raw is None:
        message = f"{path}: not a file of sketches"
        raise UsageError(message)
    theirs, ours = json.loads(raw), comparable(parameters)
    if theirs.get("version") != VERSION:
        message = (
            f"{path}: sketches of version {theirs.get('version')}, made with tokens that are not those of "
            f"version {VERSION}: clean that corpus again, then compare with it"
        )
        raise UsageError(message)
    for name, value in ours.items():
        if theirs.get(name) != value:
            message = f"{path}: made with {name} {theirs.get(name)!r}, this run has {value!r}"
            raise UsageError(message)


def check_files(out: Path, parameters: Parameters) -> None:
    """Refuse an earlier output without sketches, or with sketches made with other parameters."""
    import pyarrow.parquet as pq

    for path in files(out):
        check(path, pq.read_schema(path).metadata, parameters)


def open_earlier(out: Path, work: Path, parameters: Parameters, *, name: str | None = None) -> Earlier:
    """Map the passages of an earlier run's output; what is made for that is written to the folder `work`."""
    shards, keys = [], []
    for number, path in enumerate(files(out)):
        folder = work / f"{number:05d}"
        extract(path, folder, parameters)
        keys.append(tuple(json.loads((folder / KEYS).read_text("utf-8"))))
        shards.append(Shard(load(folder), map_text(folder / "texts.bin")))
    return Earlier(name or str(out), tuple(shards), tuple(keys))


def extract(path: Path, folder: Path, parameters: Parameters) -> None:
    """Write the passages of one file of sketches to a folder: table, texts, and the keys of the documents."""
    import pyarrow.parquet as pq

    if folder.exists():
        return
    file = pq.ParquetFile(path)
    check(path, file.schema_arrow.metadata, parameters)
    found = file.read(["doc", "start", "end", "flags", "text"]).combine_chunks()
    with staged_folder(folder) as part:
        keys = _extract(found, part, parameters)
        (part / KEYS).write_text(json.dumps(keys), "utf-8")


def _extract(found: pa.Table, folder: Path, parameters: Parameters) -> tuple[str, ...]:
    """Write texts and table of one file of sketches to a folder; return the keys of the documents."""
    import pyarrow as pa

    from cleaner.dedup.sketching.places import Places
    from cleaner.dedup.sketching.signatures import sketch

    names = found["doc"].combine_chunks()
    if isinstance(names, pa.ChunkedArray):
        names = names.chunk(0) if names.num_chunks else pa.array([], pa.string())
    if not isinstance(names, pa.DictionaryArray):
        names = names.dictionary_encode()
    texts = found["text"].combine_chunks().cast(pa.large_binary())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.chunk(0) if texts.num_chunks else pa.array([], pa.large_binary())
    offsets = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, 8 * texts.offset)
    data = texts.buffers()[2]
    text = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    text[offsets[0] : offsets[-1]].tofile(folder / "texts.bin")
    start = found["start"].to_numpy()
    places = Places(
        doc=names.indices.to_numpy(zero_copy_only=False).astype(np.int32),
        start=offsets[:-1] - offsets[0],
        end=offsets[1:] - offsets[0],
        at=start,
        chars=(found["end"].to_numpy() - start).astype(np.int32),
        flags=found["flags"].to_numpy(),
    )
    made = sketch(text[offsets[0] : offsets[-1]], places, parameters)
    bounds = np.zeros(len(names.dictionary) + 1, np.int64)
    replace(made, bounds=bounds).save(folder)
    return tuple(map(_read, names.dictionary.to_pylist()))


def _written(key: str) -> str:
    r"""Return a key as Parquet can hold it: one with bytes that are not UTF-8 as JSON, behind a NUL that no key has.

    >>> _written("a.txt"), _written("\udce9.txt"), _read(_written("\udce9.txt")) == "\udce9.txt"
    ('a.txt', '\x00"\\udce9.txt"', True)
    """
    return key if key.isascii() or _is_utf8(key) else "\0" + json.dumps(key)


def _is_utf8(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(name: str) -> str:
    return str(json.loads(name[1:])) if name.startswith("\0") else name


def run_sketches(out: Path) -> Iterator[tuple[str, int, int, LeanMinHash]]:
    """Yield the sketches of a finished run: document, start, end (code points of it), datasketch's object.

    Only passages that are long enough have one. `examples/datasketch_index.py` fills an index.
    """
    import numpy as np
    import pyarrow.parquet as pq
    from datasketch import LeanMinHash

    from cleaner.dedup.parameters import SEED

    for path in files(out):
        for batch in pq.ParquetFile(path).iter_batches(columns=["doc", "start", "end", "signature"]):
            for row in batch.to_pylist():
                if row["signature"] is not None:
                    values = np.frombuffer(row["signature"], "<u4")
                    made = LeanMinHash(seed=SEED, hashvalues=values, scheme="affine32")
                    yield _read(row["doc"]), row["start"], row["end"], made
