"""A few stray bytes in a text that is otherwise ASCII or UTF-8: damage, or a word in another encoding.

Two bytes are little evidence: their most probable reading may well be a Korean syllable in an English
sentence. So a reading is taken only where the resulting words support it, and a byte that no reading
turns into part of a word is reported as undecodable.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from math import inf
from typing import Final, TypeAlias

import numpy as np

from cleaner.charsets.models import Indices, Script, scripts
from cleaner.charsets.scores import PRIORS, RARE_PRIOR, Pairs, high_costs, sample, single_byte_scores
from cleaner.engines.lazy import regex

Undecodable: TypeAlias = tuple[int, int, str]

UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""The character that replaces bytes that could not be read."""
FEW: Final = 12
FEW_IN: Final = 500
"""Up to this many bytes outside ASCII, or one in this many letters, count as few."""
LETTERS_FOR_ONE: Final = 3
"""ASCII letters that must stand against each of them: what has fewer is a text in a script of its own."""
LEAST_USUAL: Final = -7.0
"""What a pair of letters may cost in a word of Windows-1252, the encoding that stray bytes mostly are in, in nats."""
LEAST: Final = -5.5
"""The same in an encoding that is less usual."""
RUN: Final = 3
"""Characters of another script that one word must have: a single one is an accident."""
CLOSE: Final = 2.5
"""So little more probable than in Windows-1252, in nats, and the words decide."""
CLEAR: Final = 6.0
"""So much more probable, and the language of the text bears an encoding out."""
_SCORED: Final = 2000
"""Words that are scored in one text at most, which bounds the cost."""
_REACH: Final = 40
"""Bytes of a word that are looked at on each side."""

_USUAL: Final = ("cp1252", "iso8859-1")
_NAMES: Final = {"iso8859-1": "cp1252"}
_ASCII: Final = bytes(range(0x80))
_NO_LETTERS: Final = bytes(code for code in range(0x80) if not chr(code).isalpha())
_WORD: Final = regex(rb"[^\s\x80-\xff]{0,40}[\x80-\xff][^\s]{0,80}")
_HEAD: Final = regex(rb"[^\s\x00-\x20]*\Z")
_TAIL: Final = regex(rb"[^\s\x00-\x20]*")
_GLUED: Final = regex(r"[A-Za-z][^\W\d_A-Za-z]|[^\W\d_A-Za-z][A-Za-z]")
_RUN: Final = regex(r"[^\x00-\x7f]+")


def are_few(data: bytes) -> bool:
    r"""Tell whether bytes outside ASCII are few in a text of plain letters.

    >>> are_few(b"the caf\xe9 was closed"), are_few("да, спасибо".encode("cp1251"))
    (True, False)
    """
    high = len(data.translate(None, _ASCII))
    letters = len(data.translate(None, _NO_LETTERS)) - high
    few = 0 < high <= max(FEW, letters // FEW_IN)
    return few and (high < RUN or letters >= LETTERS_FOR_ONE * high)


def is_borne_out(data: bytes, encoding: str, *, evidence: bool = False) -> bool:
    r"""Tell whether words confirm that the few bytes outside ASCII are in this encoding.

    `evidence` tells that something else supports it, such as the rest of the file.

    >>> is_borne_out(b"the caf\xe9 was closed", "cp1252"), is_borne_out(b"the caf\xe9 was closed", "cp1251")
    (True, False)
    """
    text = data.decode(encoding, "replace")
    if is_latin(encoding):
        usual = evidence or codecs.lookup(encoding).name in _USUAL
        if not usual and not any(char.isalpha() and not char.isascii() for char in text):
            return False
        least = LEAST_USUAL if usual else LEAST
        words = _WORD.findall(data)[:_SCORED]
        odd = sum(word_score(word, encoding) < least for word in words)
        return odd * 4 <= len(words) and (odd == 0 or len(words) > RUN)
    if any(_is_mixed(pair) for pair in _GLUED.findall(text)) and not _is_wide(encoding):
        return False
    longest = max((len(run) for run in _RUN.findall(text) if UNREADABLE not in run), default=0)
    return longest >= (1 if evidence else RUN)


def lead_over_usual(data: bytes, encoding: str) -> float:
    """Return how much more probable the text is in an encoding than in Windows-1252, in nats."""
    part = sample(data)
    here, there = (
        max((score.total for score in single_byte_scores(part, [name])), default=-inf)
        for name in (encoding, "cp1252")
    )
    return here - there


def by_words(data: bytes, encoding: str) -> str:
    r"""Return the encoding, or Windows-1252 where that fits the few words as well, each in a language of its own.

    The rest of the text tells a language that a foreign word need not be in.

    >>> by_words(b"S\xe3o Paulo and M\xfcnchen", "cp1250"), by_words(b"Wa\xb3\xeasa", "cp1250")
    ('cp1252', 'cp1250')
    """
    words = _WORD.findall(data)[:_SCORED]
    counts = [float(pairs.count[pairs.high].sum()) for pairs in map(Pairs.of, words)]

    def total(name: str) -> float:
        scores = (word_score(word, name) * count for word, count in zip(words, counts, strict=True))
        return round(sum(scores) + PRIORS.get(name, RARE_PRIOR), 3)

    return "cp1252" if total("cp1252") >= total(encoding) else encoding


@lru_cache(maxsize=1 << 12)
def word_score(word: bytes, encoding: str) -> float:
    r"""Return how probable a pair of letters outside ASCII is in a word, in the language that fits it best.

    >>> word_score(b"caf\xe9", "cp1252") > -4 > word_score(b"caf\xe9", "cp850")
    True
    """
    pairs = Pairs.of(word)
    if not pairs.high.any():
        return 0.0
    count = pairs.count[pairs.high]
    best = -99.0
    for script, symbols in _tables(encoding):
        best = max(best, float(np.max(high_costs(script, symbols, pairs))) / float(count.sum()))
    return best


def read_damaged(
    data: bytes, offset: int = 0, *, encoding: str = "cp1252"
) -> tuple[str, tuple[Undecodable, ...]]:
    r"""Decode UTF-8 with a few stray bytes; return the text and the undecodable ranges.

    A byte that makes a word in `encoding` is that letter; any other run becomes U+FFFD.

    >>> text, unreadable = read_damaged("café ".encode() + b"na\xefve \xff x")
    >>> text == "café naïve \N{REPLACEMENT CHARACTER} x", unreadable
    (True, ((12, 13, 'not utf-8: invalid start byte'),))
    """
    view = memoryview(data)
    parts: list[str] = []
    failed: list[Undecodable] = []
    at = 0
    for number, (start, end, reason) in enumerate(_faults(data)):
        parts.append(str(view[at:start], "utf-8", "surrogatepass"))
        letters = _letters(data, start, end, encoding) if number < _SCORED else None
        if letters is not None:
            parts.append(letters)
        elif failed and failed[-1][1] == start + offset:
            failed[-1] = (failed[-1][0], end + offset, failed[-1][2])
        else:
            parts.append(UNREADABLE)
            failed.append((start + offset, end + offset, f"not utf-8: {reason}"))
        at = end
    parts.append(str(view[at:], "utf-8", "surrogatepass"))
    return "".join(parts), tuple(failed)


def _faults(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield the ranges of bytes that are no UTF-8, with what is wrong."""
    view, at = memoryview(data), 0
    while at < len(data):
        try:
            str(view[at:], "utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            yield at + error.start, at + error.end, error.reason
            at += error.end
        else:
            return


def _letters(data: bytes, start: int, end: int, encoding: str) -> str | None:
    """Return the text of stray bytes in an encoding with one byte a character; None where that is not certain."""
    head = _HEAD.search(data, max(0, start - _REACH), start)
    tail = _TAIL.match(data, end, end + _REACH)
    before, after = head[0] if head else b"", tail[0] if tail else b""
    stray = data[start:end]
    if min(stray) < 0xC0 and not _is_apostrophe(stray, before, after):
        return None  # the end of a character that lost its beginning, as likely as not
    word = before + stray + after
    try:
        whole = b"".join(_in_encoding(word, encoding))
        letters = stray.decode(encoding)
    except UnicodeError:
        return None
    if not (before[-1:].isalpha() or after[:1].isalpha()):
        return None
    if letters[0].isupper() and before[-1:].islower():
        return None  # the beginning of a character that lost its end
    return letters if word_score(whole, encoding) >= LEAST_USUAL else None


def _in_encoding(word: bytes, encoding: str) -> Iterator[bytes]:
    """Write a word in one encoding, whose characters may be in that or in UTF-8."""
    at = 0
    for start, end, _ in _faults(word):
        yield word[at:start].decode("utf-8").encode(encoding)
        yield word[start:end]
        at = end
    yield word[at:].decode("utf-8").encode(encoding)


def _is_apostrophe(stray: bytes, before: bytes, after: bytes) -> bool:
    return stray == b"\x92" and before[-1:].isalpha() and after[:1].isalpha()


def is_latin(encoding: str) -> bool:
    """Tell an encoding with one byte a character that has Latin letters outside ASCII."""
    return any(script.name == "latin" for script, _ in _tables(encoding))


def _is_wide(encoding: str) -> bool:
    """Tell an encoding of East Asia, where scripts stand side by side in one word."""
    return not _tables(encoding)


@lru_cache(maxsize=128)
def _tables(encoding: str) -> tuple[tuple[Script, Indices], ...]:
    """Return the scripts that an encoding with one byte a character writes, and its symbols in each."""
    name = _NAMES.get(codecs.lookup(encoding).name, codecs.lookup(encoding).name)
    return tuple(
        (script, symbols)
        for script in scripts()
        for known, symbols in script.symbols.items()
        if codecs.lookup(known).name == name
    )


def _is_mixed(pair: str) -> bool:
    """Tell whether a Latin letter is beside one of another script."""
    return any(not char.isascii() and "LATIN" not in unicodedata.name(char, "LATIN") for char in pair)
