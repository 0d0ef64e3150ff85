"""How probable letters are after one another, for each language that once had its own encoding.

The counts are those of the profiles that the package `langdetect` (Apache-2.0) ships: letters, pairs
and triples in the Wikipedia of each language. Only the pairs are used here. What is no letter has
probabilities set by hand: a quotation mark is at the edge of a word, a section sign before a
space, a control character nowhere.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from cleaner.charsets.sentences import TEXTS

Matrix: TypeAlias = npt.NDArray[np.float32]
Indices: TypeAlias = npt.NDArray[np.intp]

UNKNOWN: Final = "und"
"""The model of a language without a profile: the mean of all languages of its script."""

SPACE, LATIN, APOSTROPHE, QUOTE, OPENING, DASH, SIGN, RARE, CONTROL, FOREIGN = range(10)
_CLASSES: Final = 10
_APOSTROPHES: Final = frozenset("’ʼ")
_QUOTES: Final = frozenset("´`‘«»“”‹›…、。「」")
_OPENING: Final = frozenset("‚„¿¡")
_DASHES: Final = frozenset("–—―•·\xa0\xad")
_SIGNS: Final = frozenset("§°€£©®™½¼¾ªº№×²³¹µ¢¥±¶÷‰†₪฿\u200c\u200d\u200e\u200f،؛؟ـ")

_COMMA_BELOW: Final = {"ş": "ș", "ţ": "ț", "Ş": "Ș", "Ţ": "Ț"}
"""What the profiles write with a cedilla and ISO 8859-16 has with a comma."""
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"

# What follows a space or a letter, when it is no letter: natural logarithms.
_AFTER_SPACE: Final = {
    APOSTROPHE: -7.0,
    QUOTE: -5.5,
    OPENING: -5.5,
    DASH: -4.5,
    SIGN: -7.0,
    RARE: -12.0,
    CONTROL: -16.0,
    FOREIGN: -11.0,
}
_AFTER_LETTER: Final = {
    APOSTROPHE: -6.5,
    QUOTE: -6.0,
    OPENING: -11.0,
    DASH: -6.5,
    SIGN: -9.0,
    RARE: -14.0,
    CONTROL: -18.0,
    FOREIGN: -13.0,
}
# After a sign: the share that a space takes, and that a letter takes.
_AFTER_SIGN: Final = {
    APOSTROPHE: (0.35, 0.6),
    QUOTE: (0.35, 0.6),
    OPENING: (0.05, 0.9),
    DASH: (0.6, 0.35),
    SIGN: (0.7, 0.1),
    RARE: (0.4, 0.01),
    CONTROL: (0.1, 0.01),
    FOREIGN: (0.1, 0.001),
}

SCRIPTS: Final = {
    "latin": (
        "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv sw tl tr vi",
        "eo eu fo ga is mt",
        "cp1252 iso8859_15 mac_roman cp850 cp437 cp1250 iso8859_2 cp852 mac_latin2 mac_croatian mac_romanian"
        " cp1254 cp857 mac_turkish cp1257 iso8859_13 iso8859_4 cp775 iso8859_10 iso8859_16 iso8859_3"
        " iso8859_14 mac_iceland cp865 cp861 cp863 cp860 cp1258",
    ),
    "cyrillic": (
        "bg mk ru uk",
        "be kk sr",
        "cp1251 koi8_r koi8_u iso8859_5 cp866 cp1125 cp855 mac_cyrillic kz1048 ptcp154 koi8_t",
    ),
    "greek": ("el", "", "cp1253 iso8859_7 cp737 cp869 mac_greek"),
    "hebrew": ("he", "", "cp1255 iso8859_8 cp862"),
    "arabic": ("ar fa ur", "", "cp1256 iso8859_6 cp720 cp864 mac_arabic mac_farsi"),
    "thai": ("th", "", "cp874 tis_620"),
}
_NAMES: Final = {
    "latin": "LATIN",
    "cyrillic": "CYRILLIC",
    "greek": "GREEK",
    "hebrew": "HEBREW",
    "arabic": "ARABIC",
    "thai": "THAI",
}


@dataclass(frozen=True, slots=True)
class Model:
    """The logarithms of the probability of each symbol after each, in one language."""

    language: str
    follows: Matrix


@dataclass(frozen=True, slots=True)
class Script:
    """The languages of a script over one alphabet, and for each encoding the symbol of each byte.

    `follows[language, first, second]` is the logarithm of the probability that `second` follows
    `first`; the last language is the unknown one.
    """

    name: str
    languages: tuple[str, ...]
    follows: npt.NDArray[np.float32]
    symbols: dict[str, Indices]
    lower: Indices
    """The small letter of each symbol, itself if it is no capital."""


@cache
def scripts() -> tuple[Script, ...]:
    """Build all tables; takes about a tenth of a second, once."""
    return tuple(_script(name, *(part.split() for part in parts)) for name, parts in SCRIPTS.items())


def byte_table(encoding: str) -> list[str]:
    """Return the character of each byte, an empty string where there is none.

    >>> byte_table("cp1252")[0x80:0x83]
    ['€', '', '‚']
    """
    return [bytes([code]).decode(encoding, "ignore") for code in range(256)]


def _script(name: str, languages: list[str], texts: list[str], encodings: list[str]) -> Script:
    tables = {encoding: byte_table(encoding) for encoding in encodings}
    letters = sorted({char for table in tables.values() for char in table if _belongs(char, name)})
    alphabet = {char: _CLASSES + i for i, char in enumerate(letters)}
    symbols = {
        encoding: np.array([_symbol(char, code, alphabet) for code, char in enumerate(table)], np.intp)
        for encoding, table in tables.items()
    }
    counts = {language: _counts(language, alphabet) for language in languages}
    common = sum(
        (pairs.sum(axis=0) / pairs.sum() for pairs in counts.values()), np.zeros(_CLASSES + len(letters))
    )
    common = common / len(counts)
    models = [Model(language, _follows(pairs, common, alphabet)) for language, pairs in counts.items()]
    unknown = _unknown(models)
    small = [Model(language, _sketched(_pairs_of(TEXTS[language], alphabet), unknown)) for language in texts]
    models += [*small, unknown]
    follows = np.stack([model.follows for model in models])
    return Script(name, tuple(model.language for model in models), follows, symbols, _lower(alphabet))


def _pairs_of(text: str, alphabet: dict[str, int]) -> npt.NDArray[np.float64]:
    """Count the pairs of letters in a text."""
    counts = np.zeros((_CLASSES + len(alphabet),) * 2)
    symbols = [alphabet.get(char, SPACE) for char in f" {text} "]
    np.add.at(counts, (symbols[:-1], symbols[1:]), 1)
    counts[SPACE, SPACE] = 0
    return counts


def _sketched(pairs: npt.NDArray[np.float64], unknown: Model) -> Matrix:
    """Make a model of the few pairs of a short text, of its letters, and of its script for the rest."""
    mean = np.exp(unknown.follows.astype(np.float64))
    single = pairs.sum(axis=0) / pairs.sum()
    rows = pairs.sum(axis=1, keepdims=True)
    letters = [SPACE, *range(_CLASSES, pairs.shape[0])]
    result = mean.copy()
    smooth = (pairs + 12 * single + 6 * mean) / (rows + 18)
    result[np.ix_(letters, letters)] = smooth[np.ix_(letters, letters)]
    return np.log(result).astype(np.float32)


def _unknown(models: list[Model]) -> Model:
    """Make the model of a language without profile: the mean, and every letter of the script now and then."""
    mean: npt.NDArray[np.float64] = np.mean([np.exp(model.follows) for model in models], axis=0)
    mean[:, _CLASSES:] += 0.05 / (mean.shape[1] - _CLASSES)
    return Model(UNKNOWN, np.log(mean).astype(np.float32))


def _belongs(char: str, script: str) -> bool:
    """Tell whether a character is a letter or a mark of a script."""
    if not char or unicodedata.category(char)[0] not in "LM" or char in "ªº":
        return False
    name = unicodedata.name(char, "")
    return name.startswith(_NAMES[script]) or (script == "latin" and name.startswith("COMBINING"))


def _symbol(char: str, code: int, alphabet: dict[str, int]) -> int:
    """Return the symbol of a byte: its letter, or the class of what is no letter of the script."""
    if char in alphabet:
        return alphabet[char]
    if code < 0x80:
        return LATIN if char.isalpha() else SPACE
    for chars, symbol in (
        (_APOSTROPHES, APOSTROPHE),
        (_QUOTES, QUOTE),
        (_OPENING, OPENING),
        (_DASHES, DASH),
        (_SIGNS, SIGN),
    ):
        if char in chars:
            return symbol
    if not char or unicodedata.category(char)[0] == "C":
        return CONTROL
    return FOREIGN if char.isalpha() else RARE


def _counts(language: str, alphabet: dict[str, int]) -> npt.NDArray[np.float64]:
    """Read the pairs of letters of a profile; the white space of the profile is the edge of a word.

    A profile leaves out rare pairs of common letters: what single letters amount to is in the row of
    the apostrophe, which no profile has.
    """
    found = orjson.loads(files("langdetect").joinpath("profiles", language).read_bytes())["freq"]
    grams = [(gram, count) for gram, count in found.items() if len(gram) <= 2]
    letters = {char for gram, _ in grams for char in gram}
    forms = {char: _forms(char, alphabet, language == "vi") for char in letters}
    size = _CLASSES + len(alphabet)
    cells: list[int] = []  # row by row
    shares: list[float] = []
    for gram, count in grams:
        first = forms[gram[0]] if len(gram) == 2 else [[APOSTROPHE]]
        second = forms[gram[-1]]
        for left in first:
            for right in second:
                share = count / (len(first) * len(second))
                cells.append(left[-1] * size + right[0 if len(gram) == 2 else -1])
                shares.append(share)
                if len(left) == 2:  # inside a form only once, with the letter that follows
                    cells.append(left[0] * size + left[1])
                    shares.append(share)
    counts = np.zeros(size * size)
    np.add.at(counts, cells, shares)
    return counts.reshape(size, size)


def _forms(char: str, alphabet: dict[str, int], toned: bool) -> list[list[int]]:
    """Return the symbols of a letter: itself, or in Vietnamese also a vowel with a combining tone.

    The profile has one letter, `ể`, in the place of all those from U+1EA0 on.
    """
    if char == " ":
        return [[SPACE]]
    forms = [[alphabet[one]] for one in (char, _COMMA_BELOW.get(char)) if one in alphabet]
    if toned and char == "\u1ec3":
        return [[alphabet[vowel], alphabet[tone]] for vowel in "aăâeêioôơuưy" for tone in _TONES]
    if toned:
        base, tone = unicodedata.normalize("NFD", char)[:-1], unicodedata.normalize("NFD", char)[-1:]
        base = unicodedata.normalize("NFC", base)
        if tone in _TONES and base in alphabet:
            forms.append([alphabet[base], alphabet[tone]])
    return forms


def _follows(
    pairs: npt.NDArray[np.float64], common: npt.NDArray[np.float64], alphabet: dict[str, int]
) -> Matrix:
    """Turn counts of pairs into logarithms of probabilities, smoothed by single letters and by capitals."""
    size = pairs.shape[0]
    letters = slice(_CLASSES, size)
    single = pairs.sum(axis=0) / pairs.sum()
    single = 0.97 * single + 0.03 * common
    single[letters] += 2e-6
    rows = pairs.sum(axis=1, keepdims=True)
    follows = 0.96 * pairs / np.maximum(rows, 1) + 0.04 * single
    follows[rows[:, 0] == 0] = single
    follows = _with_capitals(follows, alphabet)
    if pairs[:, LATIN].sum() == 0 and "a" not in alphabet:
        follows[:, LATIN] = 1e-5
        follows[SPACE, LATIN] = 0.02 / 12
        follows[LATIN] = 1e-5 * single / single.max()
        follows[LATIN, LATIN] = 0.8 / 12
        follows[LATIN, SPACE] = 0.2
    with np.errstate(divide="ignore"):
        result = np.log(follows)
    for symbol in _AFTER_SIGN:
        result[:, symbol] = _AFTER_LETTER[symbol]
        result[SPACE, symbol] = _AFTER_SPACE[symbol]
    for symbol, (space, letter) in _AFTER_SIGN.items():
        result[symbol, SPACE] = np.log(space)
        result[symbol, letters] = result[SPACE, letters] + np.log(letter)
        result[symbol, LATIN] = result[SPACE, LATIN] + np.log(letter)
    result[RARE, RARE] = -6.0
    return np.maximum(result, -22.0).astype(np.float32)


def _lower(alphabet: dict[str, int]) -> Indices:
    """Return the symbol of the small letter for each symbol."""
    small = np.arange(_CLASSES + len(alphabet))
    for char, index in alphabet.items():
        small[index] = alphabet.get(char.lower(), index)
    return small


def _with_capitals(follows: npt.NDArray[np.float64], alphabet: dict[str, int]) -> npt.NDArray[np.float64]:
    """Let capitals be followed as small letters are: headings are in capitals, names begin with one."""
    small = _lower(alphabet)
    upper = small != np.arange(small.size)
    folded = follows[np.ix_(small, small)]
    capital = np.where(upper[:, None] & upper[None, :], 0.15, 0.0)
    capital = np.where(upper[:, None] & ~upper[None, :], 0.5, capital)
    capital[SPACE, upper] = 0.05
    return (1 - capital) * follows + capital * folded
