"""The sketches that a run leaves for later ones: its passages with their signatures, as arrays of NumPy.

One file for each shard, `sketches-00000.npz`, which `numpy.load` opens. `header` holds JSON: a version, the parameters
(a later run with others is refused), and the keys of the documents. Of each passage of the output, in its order:
`doc` (its document's number in `header`), `start` and `end` (code points of the cleaned document), `words`, and `flags`
(what is protected, see `cleaner.dedup.sketching.blocks`). `text` is one zstd frame of all passages as UTF-8, `bounds`
where each begins in it, and where the last one ends. `long` are the numbers of the passages that are long enough for a
signature, `signatures` these (128 numbers of 32 bits). Nothing in it is pickled, and nothing pickled is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.parameters import PERMUTATIONS, SEED, Parameters
from cleaner.dedup.table import Bytes, PassageTable, Shard, load, map_text, release
from cleaner.dedup.told import KEYS
from cleaner.engines.staging import staged_folder
from cleaner.errors import UsageError
from cleaner.storage.zstd import zstd

if TYPE_CHECKING:
    from datasketch import LeanMinHash

VERSION = 3
SUFFIX = ".npz"
_NUMBERS = ("doc", "start", "end", "words", "flags", "bounds", "long")
_DAMAGED = (OSError, ValueError, KeyError, EOFError, MemoryError, BadZipFile, zstd.ZstdError)
"""What reading a file raises that is no archive, or was damaged."""


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
    """Write the passages of a shard of the output; `keys` are those of its documents."""
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(table.end - table.start)])
    texts = zstd.compress(_texts(table, text), 1)
    header = {"parameters": comparable(parameters), "keys": list(keys)}
    np.savez(
        path,
        allow_pickle=False,
        header=np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8),
        doc=table.doc,
        start=table.at,
        end=table.at + table.chars,
        words=table.words,
        flags=table.flags,
        bounds=bounds,
        text=np.frombuffer(texts, np.uint8),
        long=table.long,
        signatures=table.signatures,
    )


def _texts(table: PassageTable, text: Bytes) -> bytes:
    """Lay the texts of the passages end to end."""
    whole = text.data  # to slice a mapped array takes ten times as long
    found = b"".join(
        [whole[start:end] for start, end in zip(table.start.tolist(), table.end.tolist(), strict=True)]
    )
    release(text)
    return found


def files(out: Path) -> list[Path]:
    """Return the sketch files of a finished run, in the order of its shards."""
    audit = out / "_clean"
    found = sorted(audit.glob(f"sketches-*{SUFFIX}"))
    if not found and any(audit.glob("sketches-*")):
        message = (
            f"{out}: its sketches are of an earlier version: clean that corpus again, then compare with it"
        )
        raise UsageError(message)
    if not found or not (audit / "run.json").exists():
        message = f"{out} is not the output of a finished run with sketches (_clean/sketches-00000{SUFFIX})"
        raise UsageError(message)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Open a file of sketches; yield its arrays, each of which is read when it is asked for, and its header."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            yield arrays, json.loads(arrays["header"].tobytes())
    except _DAMAGED as error:
        message = f"{path}: not a file of sketches, or a damaged one: {error}"
        raise UsageError(message) from None


def check(path: Path, header: dict[str, Any], parameters: Parameters) -> None:
    """Refuse a sketch file of another version, or made with other parameters."""
    theirs, ours = header["parameters"], comparable(parameters)
    if theirs.get("version") != VERSION:
        message = (
            f"{path}: sketches of version {theirs.get('version')}, which is not version {VERSION}: "
            "clean that corpus again, then compare with it"
        )
        raise UsageError(message)
    for name, value in ours.items():
        if theirs.get(name) != value:
            message = f"{path}: made with {name} {theirs.get(name)!r}, this run has {value!r}"
            raise UsageError(message)


def check_files(out: Path, parameters: Parameters) -> None:
    """Refuse an earlier output without sketches, or with sketches made with other parameters."""
    for path in files(out):
        with _opened(path) as (_, header):
            check(path, header, parameters)


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
    if folder.exists():
        return
    with _opened(path) as (arrays, header):
        check(path, header, parameters)
        keys = list(map(str, header["keys"]))
        numbers = {name: arrays[name] for name in _NUMBERS}
        text = _sound(numbers, arrays["text"], len(keys))
    with staged_folder(folder) as part:
        _extract(numbers, text, part, parameters, documents=len(keys))
        (part / KEYS).write_text(json.dumps(keys), "utf-8")


def _sound(numbers: dict[str, NDArray[Any]], packed: Bytes, documents: int) -> Bytes:
    """Return the texts of an archive whose numbers fit each other; ValueError for one that could not be followed."""
    doc, start, end, bounds = (numbers[name] for name in ("doc", "start", "end", "bounds"))
    sizes = {numbers[name].size for name in ("doc", "start", "end", "words", "flags")} | {bounds.size - 1}
    whole = all(found.ndim == 1 and found.dtype.kind in "iu" for found in numbers.values())
    ordered = whole and len(sizes) == 1 and bounds[0] == 0 and bool((np.diff(bounds) >= 0).all())
    placed = ordered and bool(((doc >= 0) & (doc < documents) & (start >= 0) & (end >= start)).all())
    if not placed:
        message = "its numbers do not fit each other"
        raise ValueError(message)
    frame = packed.tobytes()
    if zstd.get_frame_info(frame).decompressed_size != bounds[-1]:
        message = "its text is not as long as it says"
        raise ValueError(message)
    text = np.frombuffer(zstd.decompress(frame), np.uint8)
    return text


def _extract(
    numbers: dict[str, NDArray[Any]], text: Bytes, folder: Path, parameters: Parameters, *, documents: int
) -> None:
    """Write texts and table of one file of sketches to a folder."""
    from cleaner.dedup.sketching.places import Places
    from cleaner.dedup.sketching.signatures import sketch

    folder.mkdir(parents=True, exist_ok=True)
    text.tofile(folder / "texts.bin")
    start, bounds = numbers["start"], numbers["bounds"]
    places = Places(
        doc=numbers["doc"].astype(np.int32),
        start=bounds[:-1],
        end=bounds[1:],
        at=start,
        chars=(numbers["end"] - start).astype(np.int32),
        flags=numbers["flags"],
    )
    made = sketch(text, places, parameters)
    replace(made, bounds=np.zeros(documents + 1, np.int64)).save(folder)


def run_sketches(out: Path) -> Iterator[tuple[str, int, int, LeanMinHash]]:
    """Yield the sketches of a finished run: document, start, end (code points of it), datasketch's object.

    Only passages that are long enough have one. `examples/datasketch_index.py` fills an index.
    """
    from datasketch import LeanMinHash

    for path in files(out):
        with _opened(path) as (arrays, header):
            keys, doc, start, end = header["keys"], arrays["doc"], arrays["start"], arrays["end"]
            for passage, values in zip(arrays["long"].tolist(), arrays["signatures"], strict=True):
                made = LeanMinHash(seed=SEED, hashvalues=values, scheme="affine32")
                yield keys[doc[passage]], int(start[passage]), int(end[passage]), made
