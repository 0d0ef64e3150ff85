"""Words around a hyphen at a line end: remove the hyphen, keep it, or keep it with a space after it.

Without evidence of a broken word (the document's own words, a lexicon, the shape of its parts), the
habits of the language decide; a hyphen that may belong to the word is kept.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache

from cleaner.engines.lazy import regex
from cleaner.steps.linebreaks.conventions import HyphenHabits

_HYPHENS = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SOFT HYPHEN}\N{NOT SIGN}"
_LONGEST = 200
"""Words are not longer: what is, is cut, so that no line takes more than linear time."""
_SHOWN = ("-", "\N{HYPHEN}")
_INVISIBLE = "\N{SOFT HYPHEN}\N{NOT SIGN}"
_INSIDE = r"[-\N{HYPHEN}'\N{RIGHT SINGLE QUOTATION MARK}]"
_TOKEN = regex(rf"[^\W\d_]+(?:{_INSIDE}[^\W\d_]+)*")
_BEFORE = regex(rf"(?P<compound>(?:[\w'\u2019]+[-\u2010])*)(?P<word>[^\W\d_]+)[{_HYPHENS}]$")
_AFTER = regex(rf"(?P<word>[^\W\d_]+)(?P<rest>(?:{_INSIDE}[^\W\d_]+)*)")
_VOWELS = frozenset("aeiouyæœøıаеиоуыэюяєіөүұәαεηιουω")

ALL_CAPITALS = 6
"""In capitals, parts that are longer together are one word in capitals ("CONTIN-" / "UED"), not "EU-USA"."""
LONG_FIRST = 3
"""A last part such as "made" or "based" needs a first part of more letters than this."""
OWN_WORD = 4
"""Parts of so many letters that the document also has as words of their own may be two words."""
SHORTEST = 4
"""No shorter word is broken, so that the document's own "la" says nothing about "l-" / "a"."""
REPEATED = 3
"""Least letters of a word that is repeated ("apa-" / "apa")."""
REPEATED_STEM = 4
"""With an affix, this many letters of the last part must be in the first ("berjalan-" / "jalan")."""


class Vocabulary:
    """How often each word, with its hyphens, occurs in a document; counted on first use.

    The parts before and after a hyphen at a line end are not counted as words.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    @cached_property
    def _counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        parted = False
        for line in self._lines:
            words = _TOKEN.findall(line.lower())
            was_parted, parted = parted, line[-1] in _HYPHENS
            counts.update(words[was_parted : len(words) - parted])
        return counts

    def count(self, word: str) -> int:
        """Count a word in any case."""
        return self._counts[word.lower()]


def mend(
    left: str, right: str, vocabulary: Vocabulary, habits: HyphenHabits, *, rare: bool = False
) -> tuple[int, str, str]:
    """Decide about a line that ends in a letter and a hyphen: (characters to drop, what to put, why).

    `rare` tells that hardly any line of a long text ends in a hyphen, so that these hyphens were not put
    there to break a word.

    >>> mend("the inter-", "national fair", Vocabulary([]), HyphenHabits())
    (1, '', "'international' was broken")
    >>> mend("die EU-", "Staaten", Vocabulary([]), HyphenHabits())
    (0, '', "'EU-Staaten' is written with a hyphen")
    >>> mend("Vor-", "und Nachteile", Vocabulary([]), HyphenHabits(dangling_before=frozenset({"und"})))
    (0, ' ', "the hyphen is left hanging before 'und'")
    """
    before, after = _BEFORE.search(left[-_LONGEST:]), _AFTER.match(right[:_LONGEST])
    if left[-1] in _INVISIBLE and after:
        return 1, "", "a soft hyphen shows only at a line end"
    if before is None or after is None:
        return 0, "", "no letters around the hyphen"
    a, b = before["word"], after["word"]
    whole, parted = a + b, f"{a}-{b}"
    compound = before["compound"] + parted
    seen = vocabulary.count(whole) if len(whole) >= SHORTEST else 0
    seen_parted = max(vocabulary.count(parted), vocabulary.count(compound))
    if whole.lower() in habits.lexicon:
        return 1, "", f"the lexicon has '{whole}'"
    hanging = b.lower() in habits.dangling_before and not after["rest"] and seen <= seen_parted
    if hanging and not _is_pair(a.lower(), b.lower(), habits):
        return 0, " ", f"the hyphen is left hanging before '{b}'"
    if seen != seen_parted:
        if seen > seen_parted:
            return 1, "", f"the document has '{whole}'"
        return 0, "", f"the document has '{parted}'"
    if rare and not a.isupper() and b.lower() not in habits.drop_before:
        return 0, "", "no words are broken elsewhere in this text"
    doubt = next(_doubts(before["compound"], a, b, after["rest"], vocabulary, habits), None)
    return (0, "", doubt) if doubt else (1, "", f"'{whole}' was broken")


def _doubts(
    compound: str, a: str, b: str, rest: str, vocabulary: Vocabulary, habits: HyphenHabits
) -> Iterator[str]:
    """Yield the reasons why a hyphen may belong to its word."""
    low_a, low_b = a.lower(), b.lower()
    if _is_said_twice(low_a, low_b, prefixed=habits.reduplication):
        yield f"'{a}' is said twice"
    if low_a in habits.keep_before_word and vocabulary.count(b):
        yield f"the document has '{b}'"
    if _two_words(low_a, low_b, vocabulary, habits):
        yield f"the document has '{a}' and '{b}'"
    if habits.unbroken:
        yield "no word is broken in this language"
    if _belongs(compound, a, b, rest, habits):
        yield f"'{a}-{b}' is written with a hyphen"


def _is_said_twice(a: str, b: str, *, prefixed: bool) -> bool:
    """Tell whether the parts are the same word twice, in some languages with an affix ("berjalan-jalan").

    >>> _is_said_twice("anak", "anaknya", prefixed=True), _is_said_twice("anak", "anaknya", prefixed=False)
    (True, False)
    """
    if a == b:
        return len(a) >= REPEATED
    if not prefixed:
        return False
    if b.startswith(a) or b.endswith(a) or a.endswith(b):
        return min(len(a), len(b)) >= REPEATED
    return len(b) >= REPEATED_STEM and b[:REPEATED_STEM] in a


def _two_words(a: str, b: str, vocabulary: Vocabulary, habits: HyphenHabits) -> bool:
    """Tell whether the document, or the lexicon, has both parts as words of their own."""
    if min(len(a), len(b)) < OWN_WORD or a in habits.drop_after or b in habits.drop_before:
        return False
    return all(vocabulary.count(part) or part in habits.lexicon for part in (a, b))


def _belongs(compound: str, a: str, b: str, rest: str, habits: HyphenHabits) -> bool:
    """Tell whether the hyphen between `a` and `b` is one of spelling, by the habits of the language."""
    low_a, low_b = a.lower(), b.lower()
    return (
        f"{low_a}-{low_b}{rest.lower()}" in habits.keep_words
        or _is_spelling(a, b)
        or (compound != "" and low_a in habits.keep_before_joint)
        or (low_a in habits.keep_after and low_b not in habits.drop_before)
        or (low_b in habits.keep_before and len(a) > LONG_FIRST and low_a not in habits.drop_after)
        or (rest[:1] in _SHOWN and low_b in habits.keep_before_joint)
        or _is_pair(low_a, low_b, habits)
        or (_breaks_words(a + b) and not (_has_vowel(a) and _has_vowel(b)))
        or (habits.keep_between_vowels and len(a) > 2 and low_a[-1] + low_b[0] in _CLASHES)
    )


def _is_pair(a: str, b: str, habits: HyphenHabits) -> bool:
    """Tell whether the parts are of a pair that is written with a hyphen ("să-" / "și", which is no "and")."""
    return any(first.fits(a) and last.fits(b) for first, last in habits.keep_pairs)


def _is_spelling(a: str, b: str) -> bool:
    """Tell whether capitals, a single letter or the script rule out a broken word, in any language.

    >>> _is_spelling("EU", "Staaten"), _is_spelling("CONTIN", "UED"), _is_spelling("ajut", "o")
    (True, False, True)
    """
    return (
        (b[0].isupper() and not (a.isupper() and b.isupper() and len(a) + len(b) > ALL_CAPITALS))
        or (len(a) > 1 and a.isupper() and b.islower())
        or min(len(a), len(b)) == 1
        or not all(_hyphenates(character) for character in a + b)
    )


_CLASHES = frozenset(
    {"aa", "ae", "ai", "au", "ee", "ei", "eu", "ie", "ii", "ij", "oe", "oi", "oo", "ou", "ui", "uu"}
)


def _hyphenates(character: str) -> bool:
    """Tell whether a letter is of a script that breaks words with hyphens: up to Armenian, Georgian, and extensions."""
    return character < "\u0590" or "\u10a0" <= character <= "\u10ff" or "\u1e00" <= character < "\u2000"


def _breaks_words(word: str) -> bool:
    """Tell whether the vowels of a word are known: it is Latin, Greek or Cyrillic."""
    return all(character < "\u0530" or "\u1e00" <= character < "\u2000" for character in word)


def _has_vowel(word: str) -> bool:
    return any(_base(character) in _VOWELS for character in word.lower())


@lru_cache(maxsize=1024)
def _base(character: str) -> str:
    """Return a letter without its marks.

    >>> _base("ě"), _base("ή"), _base("ł")
    ('e', 'η', 'ł')
    """
    return unicodedata.normalize("NFD", character)[0]
