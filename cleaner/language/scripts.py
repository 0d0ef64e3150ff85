"""Languages identified by their script alone, for which langdetect has no profile.

A script that several languages share (the Canadian syllabics) identifies none of them:
such a text is `und`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

LANGUAGES = {
    "ADLAM": "ff",
    "ARMENIAN": "hy",
    "BALINESE": "ban",
    "BUGINESE": "bug",
    "CHAKMA": "ccp",
    "CHAM": "cjm",
    "CHEROKEE": "chr",
    "COPTIC": "cop",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GOTHIC": "got",
    "JAVANESE": "jv",
    "KAYAH": "kyu",
    "KHMER": "km",
    "LAO": "lo",
    "LEPCHA": "lep",
    "LIMBU": "lif",
    "LISU": "lis",
    "MEETEI": "mni",
    "MONGOLIAN": "mn",
    "MYANMAR": "my",
    "NKO": "nqo",
    "OL": "sat",
    "ORIYA": "or",
    "OSAGE": "osa",
    "SAURASHTRA": "saz",
    "SINHALA": "si",
    "SORA": "srb",
    "SUNDANESE": "su",
    "SYRIAC": "syr",
    "THAANA": "dv",
    "TIBETAN": "bo",
    "TIFINAGH": "zgh",
    "VAI": "vai",
    "YI": "ii",
}
"""Script, as the names of its characters begin, to the language that mostly writes it."""
FEWEST_LETTERS = 2
"""Letters from which on a script decides."""
_TIGRINYA = frozenset("\N{ETHIOPIC SYLLABLE GLOTTAL AA}\N{ETHIOPIC SYLLABLE QHA}\N{ETHIOPIC SYLLABLE QHE}")
_AMHARIC = frozenset("\N{ETHIOPIC SYLLABLE GLOTTAL A}")


def language_of_script(text: str) -> str:
    """Return the language whose script most letters of a text have; empty when it does not decide.

    Of the two that write Ethiopic most, Tigrinya begins its vowels with another letter than Amharic.

    >>> language_of_script("Քաղաքը փակեց կամուրջը"), language_of_script("ከተማው ድልድዩን ዘጋ")
    ('hy', 'am')
    >>> language_of_script("the bridge")
    ''
    """
    letters = [char for char in text if unicodedata.category(char)[0] == "L"]
    if len(letters) < FEWEST_LETTERS:
        return ""
    scripts = Counter(map(script_of, letters))
    script, count = max(scripts.items(), key=lambda item: (item[1], item[0]))
    if 2 * count <= len(letters):
        return ""
    if script == "ETHIOPIC" and _count(letters, _TIGRINYA) > _count(letters, _AMHARIC):
        return "ti"
    return LANGUAGES.get(script, "")


def _count(letters: list[str], wanted: frozenset[str]) -> int:
    return sum(letter in wanted for letter in letters)


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    r"""Return the first word of the name of a letter, which is that of its script.

    >>> script_of("\N{GEORGIAN LETTER AN}")
    'GEORGIAN'
    """
    return unicodedata.name(char, "").partition(" ")[0]
