"""How probable bytes are as text in each legacy encoding: the score by which the decision is taken.

For an encoding with one byte a character, the pairs of neighbouring bytes are counted once; an
encoding turns them into pairs of symbols, a language says how probable these are. Pairs of two plain
ASCII bytes are the same in all of them: they only tell the language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cleaner.corpus.decode_models import CONTROL, QUOTE, RARE, SIGN, UNKNOWN, Indices, Script, scripts

_SAMPLE: Final = 1 << 20
ASCII_WEIGHT: Final = 0.3
"""How much a pair of ASCII letters tells about the language, against a pair with a byte beyond ASCII."""

UNKNOWN_PLAIN: Final = -2.55
"""What a pair of ASCII letters would cost in a language without profile, if it had one."""
UNKNOWN_RISK: Final = 2.0
"""What a pair beyond ASCII costs when a language without profile is read in another encoding than the usual."""
UNKNOWN_DOUBT: Final = 2.4
"""Two standard deviations of the cost of a pair: a short text that fits no language well may still be one."""
_NEVER_INSIDE: Final = (QUOTE, SIGN, RARE, CONTROL)
_BROKEN: Final = -3.0
"""What a sign in the middle of a word costs besides: pairs alone cannot see it."""
_WESTERN: Final = ("cp1252",)
PRIORS: Final = dict(
    cp1252=0.0, iso8859_15=-2.0, mac_roman=-5.0, cp850=-4.0, cp437=-5.0,
    cp1250=-1.0, iso8859_2=-1.5, cp852=-4.0, cp1254=-2.0, cp857=-5.0, cp1257=-2.5, iso8859_13=-4.0,
    iso8859_4=-6.0, iso8859_16=-5.0, iso8859_3=-7.0, iso8859_14=-8.0, iso8859_10=-8.0, cp1258=-3.0, cp775=-7.0,
    cp1251=0.0, koi8_r=-1.0, koi8_u=-1.5, iso8859_5=-2.0, cp866=-2.0, cp855=-4.0, mac_cyrillic=-4.0, kz1048=-6.0,
    cp1253=0.0, iso8859_7=-1.0, cp737=-3.0, cp1255=0.0, iso8859_8=-0.5, cp862=-3.0,
    cp1256=0.0, iso8859_6=-1.5, cp720=-4.0, cp874=0.0, tis_620=-0.5,
)
RARE_PRIOR: Final = -8.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """The different pairs of bytes in a sample and how often each occurs."""

    first: Indices
    second: Indices
    count: npt.NDArray[np.float64]
    high: npt.NDArray[np.bool_]
    inside: npt.NDArray[np.float64]
    """For each byte beyond ASCII, how often it stands between two ASCII letters."""

    @classmethod
    def of(cls, data: bytes) -> Pairs:
        """Count the pairs; ASCII bytes that are no letters are the edge of a word, and so are both ends."""
        codes = np.frombuffer(b" " + data + b" ", np.uint8)
        codes = _PLAIN[codes]
        keys = codes[:-1].astype(np.int32) * 256 + codes[1:]
        counts = np.bincount(keys, minlength=1 << 16)
        counts[0x2020] = 0
        found = np.flatnonzero(counts)
        first, second = found // 256, found % 256
        middle = codes[1:-1][(codes[1:-1] > 127) & _LETTER[codes[:-2]] & _LETTER[codes[2:]]]
        inside = np.bincount(middle, minlength=256).astype(np.float64)
        return cls(first, second, counts[found].astype(np.float64), (first > 127) | (second > 127), inside)


def _plain() -> npt.NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    table[[code for code in range(128) if not chr(code).isalpha()]] = 0x20
    return table


_PLAIN: Final = _plain()
_LETTER: Final = (_PLAIN < 128) & (_PLAIN != 0x20)


@dataclass(frozen=True, slots=True)
class Score:
    """The logarithm of the probability of a sample in one encoding, under its best language."""

    encoding: str
    language: str
    total: float
    high: float


def single_byte_scores(data: bytes) -> list[Score]:
    """Score all encodings with one byte a character, the best language for each."""
    pairs = Pairs.of(sample(data))
    return [_score(script, encoding, pairs) for script in scripts() for encoding in script.symbols]


def _score(script: Script, encoding: str, pairs: Pairs) -> Score:
    symbols = script.symbols[encoding]
    first, second = symbols[pairs.first], symbols[pairs.second]
    plain = float(pairs.count[~pairs.high].sum())
    broken = _BROKEN * float(pairs.inside[np.isin(symbols, _NEVER_INSIDE)].sum())
    foreign = float(pairs.count[pairs.high].sum())
    best: Score | None = None
    for model in script.models:
        each = model.follows[first, second] * pairs.count
        high = float(each[pairs.high].sum())
        low = float(each[~pairs.high].sum())
        if model.language == UNKNOWN and script.name == "latin":
            low = UNKNOWN_PLAIN * plain - UNKNOWN_DOUBT * plain**0.5
            high -= 0.0 if encoding in _WESTERN else UNKNOWN_RISK * foreign
        high += broken
        total = high + ASCII_WEIGHT * low + PRIORS.get(encoding, RARE_PRIOR)
        if best is None or total > best.total:
            best = Score(encoding, model.language, total, high)
    assert best is not None
    return best


def sample(data: bytes) -> bytes:
    """Take the part of the data that is scored: all of it, or blocks that have bytes beyond ASCII."""
    if len(data) <= _SAMPLE:
        return data
    blocks = [data[at : at + 4096] for at in range(0, len(data), 4096)]
    telling = [block for block in blocks if not block.isascii()]
    return b" ".join(telling[:: max(1, len(telling) * 4096 // _SAMPLE)])[:_SAMPLE]
