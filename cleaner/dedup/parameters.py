"""The parameters of near-duplicate removal; they need neither numpy nor numba."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cleaner.errors import UsageError

Keep: TypeAlias = Literal["first", "longest"]
Scope: TypeAlias = Literal["document", "corpus"]
Action: TypeAlias = Literal["remove", "flag"]
Verdict: TypeAlias = Literal["keep", "flag", "remove"]
Mode: TypeAlias = Literal["similar", "contained", "overlap"]
MODES = ("similar", "contained", "overlap")
"""How a corpus is compared with what it is to be cleaned against, see `Parameters`."""

PERMUTATIONS = 128
"""Hash values of one signature."""
SEED = 1
"""The seed of the permutations, datasketch's default."""
DIFFERENCES = ("number", "negation", "name")
"""What near-duplicates may differ in and then be kept, in the order of the bits that stand for it."""
NUMBER_WORDS = 40
"""Words of a passage from which on a number in it decides nothing by itself."""
KINDS = ("exact", "near", "run", "repeat", "contained", "evaluation")
"""Why a passage is removed, in the order of the codes in `plan.Removed.kind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What counts as a duplicate, and which duplicates are removed.

    `threshold` is the least Jaccard similarity of two sets of shingles of `shingle` tokens;
    passages under `min_words` tokens never meet in a bucket, and those of `repeat_words` or more
    are removed when they repeat the passage just before them. Signatures are cut into `bands` of `rows`
    values; a bucket takes at most `bucket_cap` kept passages. `unit` is "paragraph" (a line),
    "block" (lines up to a blank one), "sentences(N)" or "document". What differs in a `number` (in a
    passage under `number_words`), a `negation` or a `name` is removed, or kept, or kept and flagged.
    `exact`, `near`, `run`, `repeat` and `contained` switch the kinds.

    `mode` tells what the corpus is compared with: "similar", earlier outputs, by similarity; "contained" and
    "overlap", evaluation sets, whose texts are in `fields`: then a passage is a duplicate that stands whole in a text
    or holds a whole line of it, or that shares `words` words in a row with one, unless more than `common` passages
    have these. `sets` are the sums of the files of these sets.

    >>> Parameters(threshold=0.8).bands
    32
    >>> Parameters(threshold=70)
    Traceback (most recent call last):
    ...
    cleaner.errors.UsageError: dedup: threshold must be between 0.1 and 1, not 70
    """

    threshold: float = 0.7
    shingle: int = 5
    min_words: int = 12
    repeat_words: int = 4
    bands: int = 32
    rows: int = 4
    bucket_cap: int = 100
    keep: Keep = "first"
    scope: Scope = "corpus"
    unit: str = "paragraph"
    action: Action = "remove"
    number: Verdict = "flag"
    negation: Verdict = "flag"
    name: Verdict = "remove"
    number_words: int = NUMBER_WORDS
    exact: bool = True
    near: bool = True
    run: bool = True
    repeat: bool = True
    contained: bool = False
    evaluation: bool = True
    mode: Mode = "similar"
    words: int = 13
    common: int = 10
    fields: tuple[str, ...] = ("text",)
    sets: tuple[str, ...] = ()

    @property
    def decontaminates(self) -> bool:
        """Tell whether passages are compared with evaluation sets.

        >>> Parameters().decontaminates, Parameters(mode="contained").decontaminates
        (False, True)
        """
        return self.mode != "similar"

    def spares(self, words: int) -> int:
        """Return the bits of the differences for which a passage of so many words is kept.

        >>> Parameters().spares(39), Parameters().spares(40)
        (3, 2)
        """
        kept = [name for name in DIFFERENCES if getattr(self, name) != "remove"]
        if words >= self.number_words and "number" in kept:
            kept.remove("number")
        return sum(1 << DIFFERENCES.index(name) for name in kept)

    def flagged(self, bits: int) -> bool:
        """Tell whether a passage that was kept for some differences is flagged."""
        return any(bits >> k & 1 and getattr(self, name) == "flag" for k, name in enumerate(DIFFERENCES))

    def __post_init__(self) -> None:
        _within("threshold", self.threshold, 0.1, 1)
        _within("shingle", self.shingle, 1, 16)
        _within("min_words", self.min_words, 1, 10_000)
        _within("repeat_words", self.repeat_words, 1, 10_000)
        _within("rows", self.rows, 1, PERMUTATIONS)
        _within("bands", self.bands, 1, PERMUTATIONS // self.rows)
        _within("bucket_cap", self.bucket_cap, 1, 1_000_000)
        _one_of("keep", self.keep, ("first", "longest"))
        _one_of("scope", self.scope, ("document", "corpus"))
        _within("number_words", self.number_words, 0, 1_000_000)
        for name in DIFFERENCES:
            _one_of(name, getattr(self, name), ("keep", "flag", "remove"))
        _one_of("action", self.action, ("remove", "flag"))
        object.__setattr__(self, "fields", tuple(self.fields))  # a list where it comes from JSON
        object.__setattr__(self, "sets", tuple(self.sets))
        _one_of("mode", self.mode, MODES)
        _within("words", self.words, 8, 50)
        _within("common", self.common, 1, 1_000_000)
        if self.decontaminates and not self.evaluation:
            message = f"dedup: mode {self.mode} is the rule dedup/evaluation, which is switched off"
            raise UsageError(message)
        sentences_of(self.unit)


def sentences_of(unit: str) -> int:
    """Return the sentences of one passage for a unit: 0 stands for the line, -1 the document, -2 the block.

    >>> sentences_of("paragraph"), sentences_of("sentences(3)"), sentences_of("document")
    (0, 3, -1)
    """
    known = {"paragraph": 0, "document": -1, "block": -2}
    if unit in known:
        return known[unit]
    count = unit.removeprefix("sentences(").removesuffix(")")
    if unit == f"sentences({count})" and count.isascii() and count.isdigit() and int(count) > 0:
        return int(count)
    message = f'dedup: unit must be "paragraph", "block", "sentences(N)" or "document", not {unit!r}'
    raise UsageError(message)


def _within(name: str, value: float, least: float, most: float) -> None:
    """Refuse a number outside its range."""
    if not least <= value <= most:
        message = f"dedup: {name} must be between {least} and {most}, not {value}"
        raise UsageError(message)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a word that is not among the known ones."""
    if value not in known:
        message = f"dedup: {name} must be {' or '.join(known)}, not {value!r}"
        raise UsageError(message)
