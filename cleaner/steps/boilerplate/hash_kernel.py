"""Lines hashed in compiled code, in one pass over their characters: the hashes are those of `plain_hashes`."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.compiling import keep, part
from cleaner.steps.boilerplate import plain_hashes
from cleaner.steps.boilerplate.features import line_arrays
from cleaner.steps.boilerplate.features.line_arrays import BASE
from cleaner.steps.boilerplate.plain_hashes import LENGTH, MIXED, Hashed

_U64: Final = np.uint64
_BASE, _LENGTH, _MIXED = _U64(BASE), _U64(LENGTH), _U64(MIXED)
_KNOWN, _LETTER, _WORD, _SPACE, _DIGIT, _MARK = (np.uint8(1 << k) for k in range(6))
_CODE_POINTS: Final = 0x110000
_MOST: Final = 3
"""Characters that the case of one is folded into, at most."""
_NEWLINE, _BLANK, _ZERO = (np.uint32(ord(char)) for char in "\n 0")


def hashed(text: str) -> Hashed:
    """Hash the lines of a text."""
    codes = np.frombuffer((text + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
    count = text.count("\n") + 1
    kinds, folds = _tables()
    out = np.empty(count, _U64), np.empty(count, np.bool_), np.empty(count, _U64)
    if not _hash(codes, kinds, folds, *out):
        _learn(codes)
        _hash(codes, kinds, folds, *out)
    return Hashed(*out)


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Return what is known of each character: its kinds, and what its case is folded into, zeros behind that."""
    return np.zeros(_CODE_POINTS, np.uint8), np.zeros((_CODE_POINTS, _MOST), np.uint32)


def _learn(codes: NDArray[np.uint32]) -> None:
    """Look up those of some characters that are new."""
    kinds, folds = _tables()
    for code in np.unique(codes[kinds[codes] == 0]).tolist():
        char = chr(code)
        letter = char.isalnum() and not char.isdecimal()
        facts = (
            True,
            letter,
            char.isdecimal() or char == "_",
            char.isspace(),
            char in "0123456789",
            char in ".,:",
        )
        kinds[code] = sum(1 << k for k, true in enumerate(facts) if true)
        for k, folded in enumerate(char.casefold()):
            folds[code, k] = ord(folded)


def _hash_in(codes: Any, kinds: Any, folds: Any, folded: Any, lettered: Any, spaced: Any) -> bool:
    """Fill in the hashes line by line; false when a character is new."""
    at = 0
    for line in range(folded.size):
        name, power, size = _U64(0), _U64(1), _U64(0)
        whole, raised, length = _U64(0), _U64(1), _U64(0)
        letter = two = False
        gap: bool = False
        while codes[at] != _NEWLINE:
            code = codes[at]
            kind = kinds[code]
            if kind == 0:
                return False
            at += 1
            if kind & _SPACE:
                gap = bool(length > 0)
                continue
            if gap:
                name, power, size = name + _U64(_BLANK + 1) * power, power * _BASE, size + _U64(1)
                whole, raised, length = whole + _U64(_BLANK + 1) * raised, raised * _BASE, length + _U64(1)
                gap = False
            whole, raised, length = whole + _U64(code + 1) * raised, raised * _BASE, length + _U64(1)
            if kind & _LETTER:
                two = two or letter
                letter = True
            elif kind & _WORD:
                letter = False
            if kind & _DIGIT:
                name, power, size = name + _U64(_ZERO + 1) * power, power * _BASE, size + _U64(1)
                while kinds[codes[at]] & _DIGIT or (
                    kinds[codes[at]] & _MARK and kinds[codes[at + 1]] & _DIGIT
                ):
                    code = codes[at]
                    whole, raised, length = whole + _U64(code + 1) * raised, raised * _BASE, length + _U64(1)
                    at += 1
                continue
            k = 0
            while k < _MOST and (k == 0 or folds[code, k] != 0):
                name, power, size = name + _U64(folds[code, k] + 1) * power, power * _BASE, size + _U64(1)
                k += 1
        folded[line], lettered[line], spaced[line] = _mixed(name, size), two, _mixed(whole, length)
        at += 1
    return True


def _mixed_in(name: Any, size: Any) -> Any:
    """Mix the number of a line with its length."""
    name += size * _LENGTH
    name = (name ^ (name >> _U64(32))) * _MIXED
    return name ^ (name >> _U64(29))


_mixed = part(_mixed_in)
KERNELS = (_hash,) = (keep(_hash_in, str(line_arrays.__file__), str(plain_hashes.__file__)),)
