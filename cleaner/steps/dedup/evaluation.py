"""Decontamination: the passages that share a run of words with a text of an evaluation set.

`--against FILE --mode contained` (or `overlap`) looks for them. Each unit is compared where it is digested, as no
passage of the corpus matters to another one here; what was found is then told like any removed duplicate, with the
lines of the evaluation set in place of a kept passage.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from cleaner.dedup.contamination.overlap import excerpt, overlap, telling
from cleaner.dedup.minhash import jaccard, shingles
from cleaner.dedup.parameters import KINDS, Parameters
from cleaner.dedup.tokens import tokens
from cleaner.errors import UsageError
from cleaner.formats.compression import PIECE, expand, split_name
from cleaner.formats.format import Fields, InputFile, Segment
from cleaner.formats.registry import FORMATS, format_of
from cleaner.storage.outgoing import AUDIT
from cleaner.storage.places import Place, place
from cleaner.storage.remote import RemotePath

if TYPE_CHECKING:
    from cleaner.dedup.contamination.grams import Index
    from cleaner.dedup.plan import Removed
    from cleaner.dedup.table import Bytes, PassageTable
    from cleaner.dedup.told import Elsewhere

KIND: Final = KINDS.index("evaluation")


class Text(NamedTuple):
    """A text of an evaluation set: the set as it was given, the key of its document there, the text."""

    corpus: str
    doc: str
    text: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The texts of evaluation sets, and the sums of their files, in the order in which they were given."""

    texts: tuple[Text, ...]
    sums: tuple[str, ...]

    def index(self, words: int) -> Index:
        """Return the index of the runs of so many words."""
        return _index(self, words)


class Contact(NamedTuple):
    """A passage of a unit that overlaps a text of an evaluation set, and the lines of the text that it does with.

    `whole`: one stands whole in the other. `own` tells the passage from others, `runs` are hashes of what is shared.
    """

    passage: int
    corpus: str
    doc: str
    start: int
    end: int
    text: str
    similarity: float
    whole: bool
    own: str
    runs: tuple[int, ...]

    @property
    def name(self) -> tuple[str, ...]:
        """Return what it is still called when the texts around it have changed."""
        return self.own, self.corpus, self.doc, str(self.start)


# ---------------------------------------------------------------- reading


def evaluation(against: Sequence[str], names: Sequence[str]) -> Evaluation:
    """Read evaluation sets, files or folders in any format; of records the fields that are named.

    Raises UsageError for a set that is not there, and for anything in it that cannot be read: it would be missed.
    """
    return _read(tuple(against), tuple(names), tuple(map(_stamp, against)))


@lru_cache(maxsize=2)
def _read(against: tuple[str, ...], names: tuple[str, ...], stamps: tuple[object, ...]) -> Evaluation:
    del stamps  # they tell that a set was changed since it was read
    texts, sums = list[Text](), list[str]()
    for name in against:
        for key, path in _files(name):
            with path.open("rb") as stream:
                sums.append(hashlib.file_digest(stream, "sha256").hexdigest())
            texts += (Text(name, doc, text) for doc, text in _texts(name, key, path, names))
    return Evaluation(tuple(texts), tuple(sums))


@lru_cache(maxsize=2)
def _index(found: Evaluation, words: int) -> Index:
    from cleaner.dedup.contamination.grams import Index

    return Index.of([text.text for text in found.texts], words)


def _stamp(name: str) -> object:
    """Return what changes when a set changes."""
    found = [(key, path.stat()) for key, path in _files(name) if isinstance(path, Path)]
    return tuple((key, status.st_mtime_ns, status.st_size) for key, status in found)


def _files(name: str) -> list[tuple[str, Place]]:
    """Return the files of a set with their keys."""
    at = place(name)
    if isinstance(at, RemotePath):
        return [(at.name, at)]
    if at.is_dir():
        inside = [path for path in sorted(at.rglob("*")) if path.is_file() and AUDIT not in path.parts]
        read = [(path.relative_to(at).as_posix(), path) for path in inside]
        found: list[tuple[str, Place]] = [(key, path) for key, path in read if format_of(split_name(key)[0])]
        if found:
            return found
        message = f"{name}: no evaluation set: it holds no file of a format that is read"
        raise UsageError(message)
    if not at.is_file():
        message = f"{name}: no such evaluation set"
        raise UsageError(message)
    if format_of(split_name(at.name)[0]) is None:
        message = f"{name}: no format has its extension: an evaluation set is read like any input"
        raise UsageError(message)
    return [(at.name, at)]


def _texts(name: str, key: str, path: Place, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield key and text of each document of a file; of records one for each field."""
    bare, _, codec = split_name(key)
    form = FORMATS[format_of(bare) or ""]
    form.check()
    with TemporaryDirectory(prefix="clean-") as folder:
        if codec or isinstance(path, RemotePath):
            path = _unpacked(path, Path(folder, "set"), codec)
        size = path.stat().st_size
        file = InputFile(key, path, size, form.name, key)
        for field in names if form.records else names[:1]:
            for entry in form.read(Segment(file, 0, size), Fields(text=field)):
                if entry.reason:
                    other = "; --against-field names the fields that hold its texts" if form.records else ""
                    message = f"{name}: {entry.key} cannot be compared with: {entry.reason}{other}"
                    raise UsageError(message)
                if entry.text is not None:
                    yield entry.key, entry.text


def _unpacked(path: Place, target: Path, codec: str) -> Path:
    with path.open("rb") as source, target.open("wb") as out:
        for piece in expand(source, codec) if codec else iter(lambda: source.read(PIECE), b""):
            out.write(piece)
    return target


def check(found: Evaluation, parameters: Parameters) -> None:
    """Raise UsageError when no text of the sets is long enough to be told from a coincidence."""
    if not any(telling(tokens(text.text), parameters.words) for text in found.texts):
        message = (
            f"the evaluation set holds no text of {parameters.words} words, so nothing can be found: "
            "shorter ones are too common to prove anything"
        )
        raise UsageError(message)


def too_short(found: Evaluation, words: int) -> int:
    """Count the texts that are too short to be looked for."""
    return sum(not telling(tokens(text.text), words) for text in found.texts)


# ---------------------------------------------------------------- comparing


def contacts(
    found: Evaluation, parameters: Parameters, table: PassageTable, buffer: Bytes
) -> Iterator[Contact]:
    """Yield the passages of a unit that overlap a text; with the mode `contained`, those of which one is whole."""
    candidates = found.index(parameters.words).candidates(buffer, table.start, table.end)
    for passage, runs, numbers in candidates:
        text = buffer[table.start[passage] : table.end[passage]].tobytes().decode("utf-8", "surrogatepass")
        best = max(
            (
                (shared.whole, shared.length, -number)
                for number in numbers
                if (shared := overlap(text, found.texts[number].text, parameters.words))
            ),
            default=None,
        )
        if best is None or (parameters.mode == "contained" and not best[0]):
            continue
        held = found.texts[-best[2]]
        start, end = excerpt(held.text, overlap(text, held.text, parameters.words), parameters.words)
        part = held.text[start:end]
        likeness = jaccard(shingles(text, size=parameters.shingle), shingles(part, size=parameters.shingle))
        own = table.digest[passage].tobytes().hex()
        yield Contact(passage, held.corpus, held.doc, start, end, part, likeness, best[0], own, tuple(runs))


def uncommon(found: Sequence[Sequence[Contact]], parameters: Parameters) -> list[list[Contact]]:
    """Return of each unit the contacts that are no common phrases: what they share is in few passages of the corpus.

    Copies of a passage count once. What stands whole in the other is never a phrase.
    """
    seen = {(one.own, run) for some in found for one in some for run in one.runs}
    times = Counter(run for _, run in seen)
    return [
        [one for one in some if one.whole or min(times[run] for run in one.runs) <= parameters.common]
        for some in found
    ]


def told_of(
    table: PassageTable, found: Sequence[Contact], names: Sequence[str], sizes: Counter[tuple[str, str, int]]
) -> tuple[Removed, dict[int, Elsewhere]]:
    """Return what a unit is told: its passages, and by row the lines of the evaluation sets."""
    import numpy as np

    from cleaner.dedup.plan import Removed
    from cleaner.dedup.told import Elsewhere

    index = np.array([one.passage for one in found], np.int64)
    start, at = table.at[index], np.full(index.size, -1)
    columns = {
        "doc": table.doc[index],
        "index": index,
        "start": start,
        "end": start + table.chars[index],
        "byte_start": table.start[index],
        "byte_end": table.end[index],
        "kept_corpus": [names.index(one.corpus) for one in found],
        "kind": np.full(index.size, KIND),
        "similarity": [one.similarity for one in found],
        "cluster": [sizes[one.corpus, one.doc, one.start] for one in found],
    }
    kinds = {"kept_shard": np.int32, "kept_corpus": np.int32, "kind": np.uint8, "similarity": np.float64}
    made = {
        field.name: np.asarray(columns.get(field.name, at), kinds.get(field.name, np.int64))
        for field in fields(Removed)
    }
    elsewhere = {
        row: Elsewhere(one.corpus, one.doc, one.start, one.end, one.text) for row, one in enumerate(found)
    }
    return Removed(**made), elsewhere
