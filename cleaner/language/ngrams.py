"""From a text to sums of log probabilities: n-grams cut as langdetect cuts them, all at once in NumPy.

Separate from `cleaner.language` so that NumPy is loaded only when the first text is looked at.
`cleaner.language.kernel` does the same with compiled code, once enough text was seen to pay for it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.effort import Effort
from cleaner.language.table import (
    BEYOND,
    BITS,
    COVERED,
    DECIDING,
    EASTERN,
    HANGUL,
    KANA,
    LATIN,
    LATIN_TO_EASTERN,
    LATIN_TO_OTHER,
    OTHER,
    SPACE,
    UPPER,
    Ints,
    Table,
    table,
)

PLAIN_EFFORT = 5_000_000
"""Code points handled in NumPy before compiled code is used: about the second that making it takes."""
SHARED_EFFORT = 1_000_000
"""The same where other steps have loaded the compiler: what is left is to read the machine code."""
UNCOMPILED_EFFORT = 25_000_000
"""The same where there is no machine code yet: to make that takes longer than to read it."""
SPENT_BY_A_CALL = 500
"""What one call costs in NumPy, in code points."""

_NARROW = 1 << 16
"""So many n-grams weigh less than 2**31 together: each weighs less than 2**15."""

Sums = Callable[[str, Table], tuple[Ints, int] | None]


_EFFORT = Effort(PLAIN_EFFORT, SHARED_EFFORT, UNCOMPILED_EFFORT, maker=__file__)


def totals(text: str) -> dict[str, int]:
    """Add up the scores of the n-grams of `text` for each language, in millinats above knowing none of them.

    Empty when there are no n-grams, or the profiles know too few of them. Integers, so the sums are
    the same in any order, on any machine, and in compiled code.

    >>> found = totals("nous sommes contents")
    >>> max(found, key=found.__getitem__)
    'fr'
    """
    return named(_summing(len(text))(text, table()), table())


def named(found: tuple[Ints, int] | None, known: Table) -> dict[str, int]:
    """Name the sums; Korean needs a Hangul letter and Japanese a kana letter (`seen` are classes).

    The variants of a language count as the better one.
    """
    if found is None:
        return {}
    values, seen = found
    scores = dict(zip(known.languages, values.tolist(), strict=False))  # the last columns are empty
    for variant, code in known.variants:
        scores[code] = max(scores.pop(variant), scores.get(code, 0))
    for code, letter in (("ko", HANGUL), ("ja", KANA)):
        if not seen & letter:
            del scores[code]
    return scores


def _summing(size: int) -> Sums:
    """Return what to sum with: NumPy for the first texts of a process, compiled code from then on."""
    _EFFORT.spent += size + SPENT_BY_A_CALL
    if not _EFFORT.pays(_is_kept):
        return sums
    from cleaner.language import kernel

    return kernel.sums


def load_compiled() -> bool:
    """Load the compiled code that sums, if it is on disk, and use it from now on; tell whether it is."""
    if not _is_kept():
        return False
    _EFFORT.exhaust()
    totals("Two boats left at dawn.")
    return True


def _is_kept() -> bool:
    """Tell whether the machine code is on disk."""
    from cleaner.engines.compiling import are_kept
    from cleaner.language import kernel

    return are_kept(kernel._sum)


def sums(text: str, known: Table) -> tuple[Ints, int] | None:
    """Sum the columns of the table over the n-grams of `text`; return them and the classes of its letters.

    None when the profiles know too few of the n-grams, or most letters are of a script that decides.
    """
    found = codes(text)
    classes = known.classes.take(found)
    letters = known.letters.take(found)
    if 2 * np.count_nonzero(classes & DECIDING) > np.count_nonzero(letters):
        return None
    grams = ngrams(letters, classes)
    grams.sort()
    last = np.empty(grams.size, np.bool_)
    last[-1:] = True
    np.not_equal(grams[1:], grams[:-1], out=last[:-1])
    ends = last.nonzero()[0]
    keys = grams.take(ends)  # a thousand different ones in a text of nine thousand
    rows = known.keys.searchsorted(keys)
    rows[rows == known.keys.size] = 0
    seen = known.keys.take(rows) == keys
    narrow = np.int32 if grams.size < _NARROW else np.int64
    counts, rows = np.diff(ends, prepend=-1)[seen].astype(narrow), rows[seen]
    if counts.sum() <= COVERED * grams.size:
        return None
    values = np.einsum("i,ij->j", counts, known.weights.take(rows, axis=0), dtype=narrow)
    return values.astype(np.int64), int(np.bitwise_or.reduce(classes))


def codes(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text that may hold anything, and a space to end the last word."""
    found: NDArray[np.uint32] = np.frombuffer(f"{text} ".encode("utf-32-le", "surrogatepass"), dtype="<u4")
    found = np.minimum(found, np.uint32(BEYOND))
    return found


def ngrams(letters: NDArray[np.uint16], classes: NDArray[np.uint8]) -> Ints:
    """Cut letters into 1-, 2- and 3-grams, as keys of the table, in no particular order.

    A word is read with a space on either side. An n-gram that ends in the second or a later capital
    of a row is left out (an acronym is weak evidence). Latin letters do not count in a text that is mostly of
    another script; a letter of Chinese, Japanese or Korean counts as much as five Latin ones, as texts in these
    languages hold many English words, and English texts hardly any of theirs.
    """
    row = np.zeros(letters.size + 1, dtype=np.int64)
    row[1:] = letters
    if _latin_is_foreign(classes):
        row[1:][(classes & LATIN) > 0] = SPACE
    upper = np.zeros(row.size, dtype=np.bool_)
    upper[1:] = classes & UPPER
    kept = row != SPACE
    kept[1:] |= kept[:-1]
    kept[0] = True
    row, upper = row.compress(kept), upper.compress(kept)
    last, counted, inside = row[1:], ~(upper[1:] & upper[:-1]), row[1:] != SPACE
    pairs = row[:-1] << BITS | last
    triples = row[:-2] << 2 * BITS | pairs[1:]
    return np.concatenate(
        (
            last.compress(counted & inside) | 1 << 3 * BITS,
            pairs.compress(counted) | 2 << 3 * BITS,
            triples.compress(counted[1:] & inside[:-1]) | 3 << 3 * BITS,
        )
    )


def _latin_is_foreign(classes: NDArray[np.uint8]) -> bool:
    """Tell whether the Latin letters of a text are words of another language in it."""
    other = np.count_nonzero(classes & OTHER)
    if not other:
        return False
    latin, eastern = np.count_nonzero(classes & LATIN), np.count_nonzero(classes & EASTERN)
    return bool(LATIN_TO_OTHER * latin < other or latin < LATIN_TO_EASTERN * eastern)
