"""How probable bytes are as text in each legacy encoding: the score that decides between encodings.

For an encoding with one byte a character, the pairs of neighbouring bytes are counted once; an
encoding turns them into pairs of symbols, and a language states how probable these are. Pairs of two plain
ASCII bytes are the same in all of them: they only tell the language.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cleaner.charsets.models import (
    CONTROL,
    FOREIGN,
    LATIN,
    OPENING,
    QUOTE,
    RARE,
    SIGN,
    Indices,
    Script,
    scripts,
)
from cleaner.engines.lazy import regex

_SAMPLE: Final = 1 << 16
_BLOCK: Final = 4096
_MARKUP: Final = regex(
    rb"<(?:script|style)\b[^<]{0,20000}(?:<[^/][^<]{0,20000}){0,50}</(?:script|style)>|<[!/?a-z][^<>]{0,2000}>",
    re.I,
)
ASCII_WEIGHT: Final = 0.3
"""How much a pair of ASCII letters tells about the language, against a pair with a byte outside ASCII."""

UNKNOWN_PLAIN: Final = -2.55
"""What a pair of ASCII letters would cost in a language without profile, if it had one."""
UNKNOWN_RISK: Final = 2.0
"""What a pair outside ASCII costs when a language without profile is read in a less usual encoding."""
UNKNOWN_DOUBT: Final = 2.4
"""Two standard deviations of the cost of a pair: a short text that fits no language well may still be one."""
_SWITCH: Final = 8.0
_SWITCH_EACH: Final = 4.0
"""What it costs that a text in one language has words in another, and for each character of them."""
_LETTER: Final = np.arange(1 << 10) > FOREIGN
_LETTER[LATIN] = True
_NEVER_INSIDE: Final = np.isin(np.arange(1 << 10), (QUOTE, OPENING, SIGN, RARE, CONTROL))
_BROKEN: Final = -6.0
"""What a sign in the middle of a word costs besides: pairs alone cannot see it."""
_CAPITALS: Final = 0.9
"""The share of capitals over which a text counts as set in capitals."""
_SHOUTED: Final = -4.0
"""The cost of a text set in capitals, in nats."""
_WESTERN: Final = ("cp1252",)
_PRIORS: Final = {
    0.0: "cp1252 cp1251 cp1253 cp1255 cp1256 cp874",
    -0.5: "iso8859_8 tis_620",
    -1.0: "cp1250 koi8_r iso8859_7",
    -1.5: "iso8859_2 koi8_u iso8859_6",
    -2.0: "iso8859_15 cp1254 iso8859_5 cp866",
    -2.5: "cp1257",
    -3.0: "cp1258 cp737 cp862",
    -4.0: "iso8859_13 cp855 mac_cyrillic cp720",
    -5.0: "cp850 cp852 cp857 iso8859_16",
    -6.0: "mac_roman cp437",
    -8.0: "iso8859_4 kz1048 ptcp154",
    -7.0: "iso8859_3 iso8859_14",
    -10.0: "cp775",
    -11.0: "iso8859_10",
}
PRIORS: Final = {name: prior for prior, names in _PRIORS.items() for name in names.split()}
"""How much rarer an encoding is than the usual one of its script, as a logarithm."""
RARE_PRIOR: Final = -11.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """The different pairs of bytes in a sample and how often each occurs."""

    first: Indices
    second: Indices
    count: npt.NDArray[np.float64]
    high: npt.NDArray[np.bool_]
    inside: npt.NDArray[np.int32]
    """Bytes outside ASCII that are in a word: the byte before, the byte, the byte after, how often."""
    shouted: bool
    """Nearly all ASCII letters are capitals."""

    @classmethod
    def of(cls, data: bytes) -> Pairs:
        """Count the pairs; ASCII bytes that are no letters are the edge of a word, and so are both ends."""
        codes = np.frombuffer(b" " + data + b" ", np.uint8)
        codes = _PLAIN[codes]
        keys = codes[:-1].astype(np.int32) * 256 + codes[1:]
        found, counts = np.unique(keys[keys != _EDGES], return_counts=True)
        first, second = np.divmod(found.astype(np.intp), 256)
        wide = codes.astype(np.int32)
        in_word = (wide[1:-1] > 127) & (wide[:-2] != 0x20) & (wide[2:] != 0x20)
        triples, times = np.unique(
            ((wide[:-2] << 16) + (wide[1:-1] << 8) + wide[2:])[in_word], return_counts=True
        )
        inside = np.array((triples >> 16, (triples >> 8) & 0xFF, triples & 0xFF, times), np.int32)
        count = counts.astype(np.float64)
        capitals = float(count[(second > 0x40) & (second < 0x5B)].sum())
        shouted = capitals > 0 and capitals >= _CAPITALS * float(
            count[(second > 0x40) & (second < 0x7B)].sum()
        )
        return cls(first, second, count, (first > 127) | (second > 127), inside, shouted)


def _plain() -> npt.NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    table[[code for code in range(128) if not chr(code).isalpha()]] = 0x20
    return table


_PLAIN: Final = _plain()
_EDGES: Final = 0x2020
"""The pair of two edges of words."""


@dataclass(frozen=True, slots=True)
class Score:
    """The logarithm of the probability of a sample in one encoding, under its best language."""

    encoding: str
    language: str
    total: float
    high: float

    @property
    def rank(self) -> tuple[float, str]:
        """Order by probability, and by name where two encodings read the same.

        Rounded, as sums may differ in their last digits from machine to machine.
        """
        return -round(self.total, 3), self.encoding


def single_byte_scores(data: bytes, only: Collection[str] = ()) -> list[Score]:
    """Score the encodings with one byte a character, all or some, under the best language for each."""
    pairs = Pairs.of(data)
    floor = plain_floor(pairs)
    return [
        _score(script, encoding, pairs, lows)
        for script in scripts()
        for wanted in [[encoding for encoding in script.symbols if not only or encoding in only]]
        for lows in ([np.maximum(floor, _plain_scores(script, pairs))] if wanted else ())
        for encoding in wanted
    ]


def plain_floor(pairs: Pairs) -> float:
    """Return the least that the ASCII of a text is worth in any language.

    That is its value in its own language, less the price of words in another: a name in an
    article, a page in the midst of markup.
    """
    best = float(_plain_scores(scripts()[0], pairs).max())
    return best - _SWITCH - _SWITCH_EACH * float(pairs.count[pairs.high].sum()) / 2


def _plain_scores(script: Script, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Score the pairs of two ASCII bytes in each language of a script; they are the same in all encodings."""
    plain = ~pairs.high
    symbols = next(iter(script.symbols.values()))
    symbols = script.lower[symbols] if pairs.shouted else symbols
    first, second, count = symbols[pairs.first[plain]], symbols[pairs.second[plain]], pairs.count[plain]
    lows = script.follows[:, first, second] @ count
    if script.name == "latin":
        lows[-1] = UNKNOWN_PLAIN * float(count.sum()) - UNKNOWN_DOUBT * float(count.sum()) ** 0.5
    return ASCII_WEIGHT * lows


def _score(script: Script, encoding: str, pairs: Pairs, lows: npt.NDArray[np.float64]) -> Score:
    highs = high_costs(script, script.symbols[encoding], pairs)
    count = pairs.count[pairs.high]
    if script.name == "latin" and encoding not in _WESTERN:
        highs[-1] -= UNKNOWN_RISK * float(count.sum())
    totals = highs + lows
    best = int(totals.argmax())
    total = float(totals[best]) + PRIORS.get(encoding, RARE_PRIOR)
    return Score(encoding, script.languages[best], total, float(highs[best]))


def high_costs(script: Script, symbols: Indices, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Return what the pairs outside ASCII are worth in each language of a script.

    Where nearly all letters are capitals, pairs are what they are in small letters.
    """
    first, second = symbols[pairs.first[pairs.high]], symbols[pairs.second[pairs.high]]
    count = pairs.count[pairs.high]
    highs: npt.NDArray[np.float64] = script.follows[:, first, second] @ count
    if (script.name != "latin" or pairs.shouted) and _in_capitals(script, symbols, pairs):
        small = script.follows[:, script.lower[first], script.lower[second]] @ count
        highs = np.maximum(highs, small + (0.0 if pairs.shouted else _SHOUTED))
    highs += broken(symbols, pairs)
    return highs


def _in_capitals(script: Script, symbols: Indices, pairs: Pairs) -> bool:
    """Tell whether nearly all letters outside ASCII are capitals."""
    inside = pairs.second > 127
    letters, count = symbols[pairs.second[inside]], pairs.count[inside]
    known = float(count[_LETTER[letters]].sum())
    capitals = float(count[script.lower[letters] != letters].sum())
    return known > 0 and capitals >= _CAPITALS * known


def broken(symbols: Indices, pairs: Pairs) -> float:
    """Return the cost of signs in the middle of words."""
    before, byte, after, times = pairs.inside
    found = _NEVER_INSIDE[symbols[byte]] & _LETTER[symbols[before]] & _LETTER[symbols[after]]
    return _BROKEN * float(times[found].sum())


def sample(data: bytes) -> bytes:
    """Take the part of the data that is scored: blocks outside ASCII, without markup, 64 KB at most."""
    part = _telling(data, 4 * _SAMPLE)
    if part.count(b"<") > 20 and part.count(b">") > 20:
        part = _MARKUP.sub(b" ", part)
    return _telling(part, _SAMPLE)


def _telling(data: bytes, size: int) -> bytes:
    """Take blocks that have bytes outside ASCII from all over the data."""
    if len(data) <= size:
        return data
    blocks = [data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK)]
    telling = [block for block in blocks if not block.isascii()]
    return b" ".join(telling[:: 1 + len(telling) * _BLOCK // size])
