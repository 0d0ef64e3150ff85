"""How two passages that are similar differ: in a number, a negation, a name, or otherwise.

*Number*: a run of digits of any script with the separators inside it, that does not continue a word, and
the signs of currency and mathematics. *Negation*: how often the passage negates. *Name*: the
capitalised words amid a sentence. The kernel `cleaner.dedup.kernels.differing` follows this.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Literal, TypeAlias

from cleaner.dedup.negations import affirmed, longest, negations
from cleaner.dedup.parameters import DIFFERENCES
from cleaner.dedup.tokens import kinds, tokens

Difference: TypeAlias = Literal["number", "negation", "name", "other"]

SEPARATORS = ".,:/'’·٫٬"
"""What may stand inside a number; which one it is makes no difference."""
_NUMBER = re.compile(rf"(?<!\w)\d+(?:[{SEPARATORS}]\d+)*")
_MINUS = re.compile(r"(?<!\w)-(?=\d)")
_SEPARATOR = re.compile(f"[{SEPARATORS}]")
_NAME = re.compile(r"(?<=[\w,]\s)[^\W\d_]\w*")


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
    if numbers(text) != numbers(kept):
        found.append("number")
    if negation_count(tokens(text)) != negation_count(tokens(kept)):
        found.append("negation")
    if names(text) != names(kept):
        found.append("name")
    if not found or _others(text) != _others(kept):
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
    found = Counter(_SEPARATOR.sub(".", number) for number in _NUMBER.findall(text))
    found.update(_MINUS.findall(text))
    found.update(_value().findall(text))
    return found


def names(text: str) -> Counter[str]:
    """Return the capitalised words amid a sentence, and how often each occurs.

    >>> sorted(names("Yesterday Anna met him, Peter. Then Oslo was"))
    ['Anna', 'Oslo', 'Peter']
    """
    return Counter(word for word in _NAME.findall(text) if word[0].lower() != word[0])


def negation_count(found: list[str]) -> int:
    """Count the negations in a sequence of tokens, the longest at each place.

    >>> negation_count(tokens("It isn't so, not at all"))
    2
    """
    known, most = negations(), longest()
    count, i = 0, 0
    while i < len(found):
        size = next((n for n in range(most, 0, -1) if tuple(found[i : i + n]) in known), 0)
        count += size > 0
        i += size or 1
    return count


def _others(text: str) -> list[str]:
    """Return the tokens that are neither numbers, nor negations, nor names."""
    apart = {word.lower() for word in names(text)} | _negating()
    return [
        token
        for token in tokens(text)
        if token not in apart and not token[0].isdecimal() and token[0].isalnum()
    ]


@cache
def _negating() -> frozenset[str]:
    """Return the words that negate, and those that a prefix negates."""
    return affirmed().union(*negations())


@cache
def _value() -> re.Pattern[str]:
    """Return the pattern of a sign of currency or mathematics."""
    return re.compile(
        f"[{''.join(map(re.escape, (chr(code) for code, kind in enumerate(kinds()) if kind == 'V')))}]"
    )
