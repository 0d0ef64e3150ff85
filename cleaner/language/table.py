"""The table behind `cleaner.language`: langdetect's profiles as arrays, built once and cached.

The cached file is a plain NumPy archive under `$XDG_CACHE_HOME/cleaner` (never a pickle). It is named
after all that it depends on, and written whole or not at all. Without a folder to write to, every
process builds its own table, which costs it a second.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import CleanerError
from cleaner.language.scripts import LANGUAGES, script_of

BEYOND = 0xFFFF  # stands for all code points from here on; no profile has one of them
COVERED = 0.3  # least share of n-grams that some profile has; Chinese has .4, Georgian and Armenian .1 to .2
LATIN_TO_OTHER = 2  # Latin letters do not count when twice as many are fewer than the others
LATIN_TO_EASTERN = 5  # nor when they are fewer than five times those of Chinese, Japanese and Korean

Ints: TypeAlias = NDArray[np.int64]

FORMAT = 3  # of the cached file; raise it whenever the arrays would come out different
MILLINAT = 1000
BITS = 12  # of one letter in the key of an n-gram
SPACE, STRANGER = 0, 1  # characters that separate, and letters that no profile has
UPPER, LATIN, OTHER, HANGUL, KANA, EASTERN, DECIDING = 1, 2, 4, 8, 16, 32, 64  # classes of characters
WIDTH = 64  # columns of the table: the languages, then zeros, so that compiled sums run in whole vectors

_SMOOTHING = 0.3 / 10_000
_TRIGRAM_WEIGHT = 1.5
_PLANE = 0x10000
_IDEOGRAPHS = ((0x3005, 0x3005), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
_SYLLABLES = ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xAC00, 0xD7A3))


@dataclass(frozen=True, slots=True)
class Sparse:
    """What is cached: `values[i]` belongs to n-gram `keys[rows[i]]` and language `columns[i]`."""

    languages: NDArray[np.uint8]  # names with spaces between, as UTF-8
    letters: NDArray[np.uint16]  # the number of a code point's letter, up to U+FFFF
    classes: NDArray[np.uint8]
    keys: Ints  # sorted
    rows: NDArray[np.int32]
    columns: NDArray[np.uint8]
    values: NDArray[np.int16]
    expected: Ints  # of each language: what a letter of it weighs


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What is used: `weights[n-gram, language]` is a log probability in millinats above the floor.

    `expected[language]` is what the n-grams of its own texts weigh together, by letter.
    """

    languages: tuple[str, ...]
    variants: tuple[tuple[str, str], ...]  # `zh-cn`, and the language that it is one of
    letters: NDArray[np.uint16]
    classes: NDArray[np.uint8]
    keys: Ints
    weights: NDArray[np.int16]
    expected: Mapping[str, int]


@cache
def table() -> Table:
    """Return the table of the installed langdetect; the same one for the life of the process."""
    profiles = profile_folder()
    path = cache_path(profiles)
    sparse = load(path)
    if sparse is None:
        sparse = build(profiles)
        save(path, sparse)
    return dense(sparse)


def dense(sparse: Sparse) -> Table:
    """Spread the few values of each n-gram over all languages; ValueError when they do not fit."""
    languages = tuple(bytes(sparse.languages).decode().split())
    weights = np.zeros((sparse.keys.size, max(WIDTH, len(languages))), dtype=np.int16)
    weights[sparse.rows, sparse.columns] = sparse.values
    variants = tuple((name, name.partition("-")[0]) for name in languages if "-" in name)
    expected = dict(zip(languages, sparse.expected.tolist(), strict=True))
    for variant, code in variants:
        expected[code] = max(expected[variant], expected.get(code, 0))
    return Table(languages, variants, sparse.letters, sparse.classes, sparse.keys, weights, expected)


def profile_folder() -> Path:
    """Find langdetect's profiles without importing it."""
    spec = find_spec("langdetect")
    if spec is None or spec.origin is None:
        message = "langdetect is missing, and with it the language profiles; install cleaner again"
        raise CleanerError(message)
    return Path(spec.origin).parent / "profiles"


def cache_path(profiles: Path) -> Path | None:
    """Name the cached file by everything that it depends on; None when no folder is known for it."""
    installed = sorted(profiles.parent.parent.glob("langdetect-*-info"))
    version = installed[0].name.split("-")[1].removesuffix(".dist") if installed else "unknown"
    name = f"language-{FORMAT}-langdetect-{version}-unicode-{unicodedata.unidata_version}.npz"
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    with suppress(RuntimeError):  # raised when there is no home folder
        return (base if base.is_absolute() else Path.home() / ".cache") / "cleaner" / name
    return None


def load(path: Path | None) -> Sparse | None:
    """Read the cached arrays; None when there are none, or the file is not whole."""
    if path is None:
        return None
    with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile), path.open("rb") as file:
        archive = np.load(file, allow_pickle=False)
        sparse = Sparse(**{field.name: archive[field.name] for field in fields(Sparse)})
        return sparse if fits(sparse) else None
    return None


def fits(sparse: Sparse) -> bool:
    """Check sizes and ranges, so that a damaged file cannot make an index run out of bounds."""
    languages = len(bytes(sparse.languages).split())
    return (
        sparse.letters.shape == sparse.classes.shape == (_PLANE,)
        and sparse.rows.shape == sparse.columns.shape == sparse.values.shape
        and 0 < sparse.keys.size == int(sparse.rows.max(initial=-1)) + 1
        and int(sparse.columns.max(initial=0)) + 1 == languages == sparse.expected.size
    )


def save(path: Path | None, sparse: Sparse) -> None:
    """Write the arrays for the next process; a folder that cannot be written to is not an error."""
    if path is None:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **{field.name: getattr(sparse, field.name) for field in fields(Sparse)})
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def build(profiles: Path) -> Sparse:
    """Turn the profiles into arrays, in the order of their names."""
    names = sorted(path.name for path in profiles.iterdir() if path.is_file() and path.name[0].isalpha())
    read = [_shares(profiles / name) for name in names]
    shares = [share for share, _ in read]
    alphabet = sorted({letter for share in shares for gram in share for letter in gram} - {" "})
    numbers = {letter: number for number, letter in enumerate(alphabet, STRANGER + 1)}
    numbers[" "] = SPACE
    cells = sorted(
        (_key(gram, numbers), column, _weight(gram, part))
        for column, share in enumerate(shares)
        for gram, part in share.items()
    )
    keys, rows = np.unique(np.array([key for key, _, _ in cells], dtype=np.int64), return_inverse=True)
    letters, classes = _characters(numbers)
    return Sparse(
        languages=np.frombuffer(" ".join(names).encode(), dtype=np.uint8),
        letters=letters,
        classes=classes,
        keys=keys,
        rows=rows.astype(np.int32),
        columns=np.array([column for _, column, _ in cells], dtype=np.uint8),
        values=np.array([value for _, _, value in cells], dtype=np.int16),
        expected=np.array([_expected(*one) for one in read], dtype=np.int64),
    )


def _shares(path: Path) -> tuple[dict[str, float], list[int]]:
    """Read one profile: the share of every n-gram among those of its length, and how many there were of each length."""
    profile = json.loads(path.read_text(encoding="utf-8"))
    totals: list[int] = profile["n_words"]
    counts = profile["freq"].items()
    return {gram: count / totals[len(gram) - 1] for gram, count in counts if len(gram) <= 3}, totals


def _expected(shares: dict[str, float], totals: list[int]) -> int:
    """Return what the n-grams of a profile weigh together for each letter: as many as there are single ones."""
    weighed = [share * totals[len(gram) - 1] * _weight(gram, share) for gram, share in shares.items()]
    return round(math.fsum(weighed) / totals[0])


def _weight(gram: str, share: float) -> int:
    """Return the log probability above that of an n-gram that the language does not have, in millinats."""
    factor = _TRIGRAM_WEIGHT if len(gram) == 3 else 1.0
    return round(math.log1p(share / _SMOOTHING) * MILLINAT * factor)


def _key(gram: str, numbers: dict[str, int]) -> int:
    """Pack an n-gram and its length into one number, the last letter lowest."""
    key = 0
    for letter in gram:
        key = key << BITS | numbers[letter]
    return key | len(gram) << 3 * BITS


def _characters(numbers: dict[str, int]) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Return for every code point the letter that langdetect maps it to, and its class."""
    from langdetect.utils.ngram import NGram

    letters = np.zeros(_PLANE, dtype=np.uint16)
    classes = np.zeros(_PLANE, dtype=np.uint8)
    for code in range(_PLANE - 1):  # the last one stands for all above it, and separates
        char = NGram.normalize(chr(code))
        letter = numbers.get(char, STRANGER if unicodedata.category(char)[0] in "LM" else SPACE)
        letters[code] = letter
        if letter != SPACE:
            classes[code] = _class(code, char)
    return letters, classes


def _class(code: int, char: str) -> int:
    """Return the classes of a letter, as langdetect counts scripts (its A to z are ASCII only)."""
    found = UPPER if char.isupper() else 0
    if code < 0x80:
        found |= LATIN
    elif code >= 0x300 and not 0x1E00 <= code <= 0x1EFF:
        found |= OTHER
    if char == "\N{HANGUL SYLLABLE GA}" or 0x1100 <= code <= 0x11FF or 0x3131 <= code <= 0x318E:
        found |= HANGUL
    if char in "\N{HIRAGANA LETTER A}\N{KATAKANA LETTER A}":
        found |= KANA
    if any(first <= code <= last for first, last in _IDEOGRAPHS + _SYLLABLES):
        found |= EASTERN
    if script_of(chr(code)) in LANGUAGES:
        found |= DECIDING
    return found
