"""From a text to sums of log probabilities: n-grams cut as langdetect cuts them, all at once in NumPy.

Separate from `cleaner.language` so that NumPy is loaded only when the first text is looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cleaner.language.table import BITS, HANGUL, KANA, LATIN, OTHER, SPACE, UPPER, Ints, Table

_BEYOND = 0xFFFF  # stands for all code points from here on; no profile has one of them
_COVERED = 0.3  # least share of n-grams that some profile has; Chinese has .4, Georgian and Armenian .1 to .2


def sums(text: str, table: Table) -> dict[str, int]:
    """Add up, for each language, what the n-grams of `text` say, in millinats above knowing none of them.

    Empty when there are no n-grams, or the profiles know too few of them. Integers, so the sums are
    the same in any order and on any machine.

    >>> from cleaner.language.table import table
    >>> found = sums("nous sommes contents", table())
    >>> max(found, key=found.__getitem__)
    'fr'
    """
    codes = _codes(text)
    classes = table.classes[codes]
    keys = np.sort(ngrams(table.letters[codes], classes))  # a sorted look-up takes half the time
    rows = np.searchsorted(table.keys, keys)
    rows[rows == table.keys.size] = 0
    known = rows[table.keys[rows] == keys]
    if known.size <= _COVERED * keys.size:
        return {}
    totals = table.weights[known].sum(axis=0, dtype=np.int32).tolist()
    seen = int(np.bitwise_or.reduce(classes))
    missing = {language for language, letter in (("ko", HANGUL), ("ja", KANA)) if not seen & letter}
    return {name: total for name, total in zip(table.languages, totals, strict=True) if name not in missing}


def _codes(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text that may hold anything, and a space to end the last word."""
    codes: NDArray[np.uint32] = np.frombuffer(f"{text} ".encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = np.minimum(codes, np.uint32(_BEYOND))
    return codes


def ngrams(letters: NDArray[np.uint16], classes: NDArray[np.uint8]) -> Ints:
    """Cut letters into 1-, 2- and 3-grams, as keys of the table, in no particular order.

    A word is read with a space on either side. An n-gram that ends in the second or a later capital
    of a row is left out (an acronym says little). Latin letters do not count in a text that is mostly
    of another script.
    """
    row = np.zeros(letters.size + 1, dtype=np.int64)
    row[1:] = letters
    other = np.count_nonzero(classes & OTHER)
    if other and 2 * np.count_nonzero(classes & LATIN) < other:
        row[1:][(classes & LATIN) > 0] = SPACE
    upper = np.zeros(row.size, dtype=np.bool_)
    upper[1:] = classes & UPPER
    kept = row != SPACE
    kept[1:] |= kept[:-1]
    kept[0] = True
    row, upper = row[kept], upper[kept]
    last, counted = row[1:], ~(upper[1:] & upper[:-1])
    pairs = row[:-1] << BITS | last
    triples = row[:-2] << 2 * BITS | pairs[1:]
    singles = last[counted & (last != SPACE)]
    return np.concatenate(
        (
            singles | 1 << 3 * BITS,
            pairs[counted] | 2 << 3 * BITS,
            triples[counted[1:] & (row[1:-1] != SPACE)] | 3 << 3 * BITS,
        )
    )
