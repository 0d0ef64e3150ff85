"""Words that were broken at a hyphen: whether the hyphen goes, stays, or stays with a space after it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

from cleaner.steps.linebreaks.conventions import HyphenHabits

_HYPHENS = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SOFT HYPHEN}\N{NOT SIGN}"
_LONGEST = 200
"""Words are not longer: what is, is cut, so that no line takes more than linear time."""
_SHOWN = ("-", "\N{HYPHEN}")
_INVISIBLE = "\N{SOFT HYPHEN}\N{NOT SIGN}"
_INSIDE = r"[-\N{HYPHEN}'\N{RIGHT SINGLE QUOTATION MARK}]"
_TOKEN = re.compile(rf"[^\W\d_]+(?:{_INSIDE}[^\W\d_]+)*")
_BEFORE = re.compile(rf"(?P<compound>(?:[\w'\u2019]+[-\u2010])*)(?P<word>[^\W\d_]+)[{_HYPHENS}]$")
_AFTER = re.compile(rf"(?P<word>[^\W\d_]+)(?P<rest>(?:{_INSIDE}[^\W\d_]+)*)")
_VOWELS = re.compile(r"[aeiouyàâäáãåæèéêëìíîïòóôöõøœùúûüýÿаеёиоуыэюяєіїαεηιουωάέήίόύώ]", re.IGNORECASE)


class Vocabulary:
    """How often each word, hyphens and all, stands in a document; counted when first asked."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(word for line in self._lines for word in _TOKEN.findall(line.lower()))

    def count(self, word: str) -> int:
        """Count a word in any case."""
        return self._counts[word.lower()]


def mend(
    left: str, right: str, vocabulary: Vocabulary, habits: HyphenHabits, *, rare: bool = False
) -> tuple[int, str, str]:
    """Decide about a line that ends in a letter and a hyphen: (characters to drop, what to put, why).

    `rare` says that hardly any line of a long text ends in a hyphen, so that those that do were not
    put there to break a word.

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
    if b.lower() in habits.dangling_before and not after["rest"]:
        return 0, " ", f"the hyphen is left hanging before '{b}'"
    whole, parted = a + b, f"{a}-{b}"
    compound = before["compound"] + parted
    seen, seen_parted = vocabulary.count(whole), max(vocabulary.count(parted), vocabulary.count(compound))
    if seen != seen_parted:
        if seen > seen_parted:
            return 1, "", f"the document has '{whole}'"
        return 0, "", f"the document has '{parted}'"
    if rare and not a.isupper() and b.lower() not in habits.drop_before:
        return 0, "", "no words are broken elsewhere in this text"
    if a.lower() in habits.keep_before_word and vocabulary.count(b):
        return 0, "", f"the document has '{b}'"
    if _belongs(before["compound"], a, b, after["rest"], habits):
        return 0, "", f"'{a}-{b}' is written with a hyphen"
    return 1, "", f"'{a}{b}' was broken"


def _belongs(compound: str, a: str, b: str, rest: str, habits: HyphenHabits) -> bool:
    """Whether the hyphen between `a` and `b` is one of spelling, by the habits of the language."""
    low_a, low_b = a.lower(), b.lower()
    first_endings, last_endings = habits.keep_endings
    return (
        (b[0].isupper() and not (a.isupper() and b.isupper() and len(a) + len(b) > 6))
        or (compound != "" and low_a in habits.keep_before_joint)
        or (len(a) > 1 and a.isupper() and b.islower())
        or len(a) == 1
        or f"{low_a}-{low_b}{rest.lower()}" in habits.keep_words
        or (low_a in habits.keep_after and low_b not in habits.drop_before)
        or (low_b in habits.keep_before and len(a) > 3)
        or (rest[:1] in _SHOWN and low_b in habits.keep_before_joint)
        or (low_a.endswith(first_endings) and low_b.endswith(last_endings))
        or (_has_known_vowels(a + b) and not (_VOWELS.search(a) and _VOWELS.search(b)))
        or (habits.keep_between_vowels and len(a) > 2 and low_a[-1] + low_b[0] in _CLASHES)
    )


_CLASHES = frozenset(
    {"aa", "ae", "ai", "au", "ee", "ei", "eu", "ie", "ii", "ij", "oe", "oi", "oo", "ou", "ui", "uu"}
)


def _has_known_vowels(word: str) -> bool:
    """Whether a word is Latin, Greek or Cyrillic."""
    return all(character < "\u0530" or "\u1e00" <= character < "\u2000" for character in word)
