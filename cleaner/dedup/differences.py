"""How two passages that are similar differ: in a number, a negation, a name, or otherwise.

*Number*: a run of digits of any script with the separators inside it, that does not continue a word, and
the signs of currency and mathematics. *Negation*: how often the passage negates. *Name*: the
capitalised words amid a sentence. The kernel `cleaner.dedup.kernels.differing` follows this.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Literal, TypeAlias

from cleaner.dedup.negations import affirmed, negations
from cleaner.dedup.parameters import DIFFERENCES
from cleaner.dedup.tokens import kinds, tokens
from cleaner.engines.lazy import regex

Difference: TypeAlias = Literal["number", "negation", "name", "other"]

SEPARATORS = ".,:/'’·٫٬"
"""What may stand inside a number; which one it is makes no difference."""
_SEPARATOR = regex(f"[{SEPARATORS}]")
_WORD = regex(r"(?<=[\w,]\s)[^\W\d_]\w*")
"""A word amid a sentence."""
_CAPITALIZED = regex(r"[A-Z](?<=[\w,]\s[A-Z])\w*")
"""One in ASCII that is capitalised."""


def differences(text: str, kept: str) -> tuple[Difference, ...]:
    """Return in what two passages differ.

    >>> differences("In May 12 boats sank.", "In May 40 boats sank.")
    ('number',)
    >>> differences("It was not safe, said Anna.", "It was safe, said Maria!")
    ('negation', 'name')
    >>> differences("It was safe.", "It was safe!")
    ('other',)
    """
    found: list[Difference] = []
    words, kept_words = tokens(text), tokens(kept)
    named, kept_named = names(text), names(kept)
    if numbers(text) != numbers(kept):
        found.append("number")
    if negation_count(words) != negation_count(kept_words):
        found.append("negation")
    if named != kept_named:
        found.append("name")
    if not found or _others(words, named) != _others(kept_words, kept_named):
        found.append("other")
    return tuple(found)


def bits_of(text: str, kept: str) -> int:
    """Return the bits of `DIFFERENCES` for two passages.

    >>> bits_of("It was not safe", "It was safe")
    2
    """
    found = differences(text, kept)
    return sum(1 << k for k, name in enumerate(DIFFERENCES) if name in found)


def numbers(text: str) -> Counter[str]:
    """Return the numbers and signs of a text, and how often each occurs.

    >>> sorted(numbers("$1,200 at -5 for w12, 3rd"))
    ['$', '-', '1.200', '3', '5']
    """
    found = (_ASCII if text.isascii() else _pattern()).findall(text)
    return Counter([number if number.isdecimal() else _SEPARATOR.sub(".", number) for number in found])


def names(text: str) -> Counter[str]:
    """Return the capitalised words amid a sentence, and how often each occurs.

    >>> sorted(names("Yesterday Anna met him, Peter. Then Oslo was"))
    ['Anna', 'Oslo', 'Peter']
    """
    if text.isascii():
        return Counter(_CAPITALIZED.findall(text))
    return Counter(word for word in _WORD.findall(text) if word[0].lower() != word[0])


def negation_count(found: list[str]) -> int:
    """Count the negations in a sequence of tokens, the longest at each place.

    >>> negation_count(tokens("It isn't so, not at all"))
    2
    """
    forms = _by_first()
    if forms.keys().isdisjoint(found):
        return 0
    count = end = 0
    for i, token in enumerate(found):
        if token in forms and i >= end:
            size = next((n for n, form in forms[token] if tuple(found[i : i + n]) == form), 0)
            count += size > 0
            end = i + size
    return count


def _others(found: list[str], named: Iterable[str]) -> list[str]:
    """Return the tokens that are neither numbers, nor negations, nor names."""
    negating, names = _negating(), {word.lower() for word in named}
    return [
        token
        for token in found
        if token not in negating and token not in names and not token[0].isdecimal() and token[0].isalnum()
    ]


@cache
def _negating() -> frozenset[str]:
    """Return the words that negate, and those that a prefix negates."""
    return affirmed().union(*negations())


@cache
def _by_first() -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Return the forms of negation by their first token, the longest first, each with its size."""
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for form in sorted(negations(), key=len, reverse=True):
        found.setdefault(form[0], []).append((len(form), form))
    return found


def _numbers_with(signs: str) -> re.Pattern[str]:
    """Return the pattern of a number, the minus before one, or one of some signs.

    One of the characters is searched for, and then looked at: that is faster than a search for each of the three.
    """
    number, minus = rf"(?<=\d)(?<!\w\d)\d*(?:[{SEPARATORS}]\d+)*", r"(?<=-)(?<!\w-)(?=\d)"
    return re.compile(rf"[\d\-{re.escape(signs)}](?:{number}|{minus}|(?<=[{re.escape(signs)}]))")


_ASCII = _numbers_with("$+<=>|~")


@cache
def _pattern() -> re.Pattern[str]:
    """Return that pattern with all signs of currency and mathematics."""
    return _numbers_with("".join(chr(code) for code, kind in enumerate(kinds()) if kind == "V"))
