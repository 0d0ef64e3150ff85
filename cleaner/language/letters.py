"""Languages identified by letters that only they have, among those that share a script.

langdetect has no profile for them, so a Kazakh text looks Russian, and an Azerbaijani one Turkish. A
language is told when the text has letters of its alphabet that its neighbours lack, often enough that
they are no names, and no such letter that it lacks itself.
"""

from __future__ import annotations

from cleaner.engines.lazy import regex

ALPHABETS = {
    # beside the letters of Russian
    "ba": "ғҙҡңҫөүһә",
    "be": "іў",
    "cv": "ӑӗҫӳ",
    "kk": "әғқңөұүһі",
    "ky": "ңөү",
    "mk": "ѓѕјљњќџ",
    "mn": "өү",
    "os": "ӕ",
    "sah": "ҕҥөһү",
    "sr": "ђјљњћџ",
    "tg": "ғӣқӯҳҷ",
    "tt": "әҗңөүһ",
    "uk": "іїєґ",
    "uz": "ўқғҳ",
    # beside those that Arabic and Persian share
    "ckb": "ڕڵۆێە",
    "ps": "ټډړږښګڼېۍځڅ",
    "sd": "ٻڀٺڄڃڇڊڌڏڦڳڱڻ",
    "ug": "ېۇۆۈۋەڭ",
    # beside those of Bengali, Hebrew and Latin
    "as": "ৰৱ",
    "yi": "װױײ",
    "is": "ðþ",
    "fo": "ðø",
    "az": "ə",
    "eo": "ĉĝĥĵŝŭ",
    "ha": "ɓɗƙ",
    "mt": "ħġċ",
    "yo": "ṣ",
    "da": "øå",
}
"""Language to the letters that set it apart."""
_PROFILED = frozenset({"uk", "mk", "da"})
"""Those that langdetect knows: they are here to be told from the others, not to be told."""
LEAST_SHARE = 0.02
"""Share of the letters of a text from which on they are its own, not those of a name in it."""
FEWEST_WORDS = 2
"""Words that have one and do not begin as names do, with a capital."""
_SPECIAL = "".join(sorted({letter for letters in ALPHABETS.values() for letter in letters}))
_WORD = regex(rf"(?<!\w)\w*[{_SPECIAL}]\w*")
_TELLING = set(_SPECIAL).difference(*(ALPHABETS[code] for code in _PROFILED))
_GATE = regex("[" + "".join(sorted(_TELLING | {letter.upper() for letter in _TELLING})) + "]")
_CYRILLIC = "\N{CYRILLIC CAPITAL LETTER IE WITH GRAVE}"


def language_of_letters(text: str) -> str:
    """Return the language that the special letters of a text tell; empty when they tell none.

    >>> language_of_letters("ескі көпір жабық, өзен арқылы паром жүреді")
    'kk'
    >>> language_of_letters("старый мост закрыт, в городе Қостанай")
    ''
    """
    if not _GATE.search(text) or sum(not word[0].isupper() for word in _WORD.findall(text)) < FEWEST_WORDS:
        return ""
    words = _WORD.findall(text.lower())
    seen = [char for word in words for char in word if char in _SPECIAL]
    letters = [char for char in text if char.isalpha()]
    if len(seen) < LEAST_SHARE * len(letters) or not _of_one_alphabet(seen, letters):
        return ""
    able = [code for code, special in ALPHABETS.items() if set(special).issuperset(seen)]
    return "" if not _PROFILED.isdisjoint(able) else min(able, key=_size, default="")


def _size(code: str) -> int:
    return len(ALPHABETS[code])


def _of_one_alphabet(seen: list[str], letters: list[str]) -> bool:
    """Tell whether a text with special letters that are not Latin is not mostly made of ASCII letters."""
    return min(seen) < _CYRILLIC or 2 * sum(map(str.isascii, letters)) < len(letters)
