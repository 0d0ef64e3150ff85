"""Whether the sentences of a text are in the language that most of its n-grams speak for.

langdetect has profiles of 55 languages. A text in another one (Irish, Zulu) looks most like the one that is nearest,
but its n-grams weigh less there than those of texts in that language do. So do lists of names, code and menus in the
language itself: that is why only the sentences are weighed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.language.ngrams import totals
from cleaner.language.table import table

DOUBTFUL = 0.93
"""A text of which the letters weigh less than this part of what they should is looked at; one in twenty articles is."""
NATIVE = 0.9
"""Sentences weigh at least so much in their own language: .95 and more in a thousand pages, .77 to .88 in others."""
LEAST = 150
"""Letters of sentences below which they say too little."""
UNCASED = frozenset(
    ("ar", "bn", "fa", "gu", "he", "hi", "ja", "kn", "ko", "ml", "mr", "ne", "pa", "ta", "te", "th", "ur", "zh")
)  # fmt: skip
"""Languages with a profile whose scripts have no small letters."""
LATIN_END = "\N{COMBINING GRAVE ACCENT}"
"""Letters before this one are Latin, but for those of Vietnamese, which begin few words."""
WORDS, SMALL = 6, 0.7
"""Words of a line that are in small letters, at least, and their share."""
_MARKS = ".,;:!?()[]\"'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}«»„"
_OTHERS = bytes(byte for byte in range(0xC0) if not chr(byte).isalpha() or byte >= 0x80)


def language_of_prose(text: str, code: str, total: int) -> str:
    """Return the language of the sentences of a text; empty when they are in none that there is a profile for.

    `code` is the language of the text, and `total` what its n-grams weigh there: when that is as much as it should
    be, or there are too few sentences, it is believed. A language without small letters always is.

    >>> text = "bhí an droichead dúnta ar feadh seachtaine agus chuaigh na daoine ar an mbád farantóireachta " * 2
    >>> language_of_prose(text, "en", totals(text)["en"])
    ''
    """
    expected = table().expected
    if code in UNCASED or total > DOUBTFUL * _letters(text) * expected.get(code, 0):
        return code
    words = _of_one_script([*_words_of_sentences(text)])
    letters = sum(map(len, words))
    if letters < LEAST:
        return code
    weighed = totals(" ".join(words))
    for language in (code, max(weighed, key=lambda name: (weighed[name], name), default=code)):
        if weighed.get(language, 0) >= NATIVE * letters * expected.get(language, 0):
            return language
    return ""


def _letters(text: str) -> int:
    """Count the letters of a text, and what else is not ASCII."""
    return len(text.encode("utf-8", "surrogatepass").translate(None, _OTHERS))


def _words_of_sentences(text: str) -> Iterator[str]:
    """Yield the words in small letters of lines that are mostly made of them."""
    for line in text.split("\n"):
        words = line.split()
        if len(words) >= WORDS:
            small = [
                word for word in (word.strip(_MARKS) for word in words) if word.isalpha() and word.islower()
            ]
            if len(small) >= max(WORDS, SMALL * len(words)):
                yield from small


def _of_one_script(words: Sequence[str]) -> list[str]:
    """Return the words in Latin letters or the others, whichever are more: a text may have a translation beside it."""
    latin = [word for word in words if word[0] < LATIN_END]
    return latin if 2 * len(latin) >= len(words) else [word for word in words if word[0] >= LATIN_END]
