"""Word plausibility for glued words: how often a word is written, from the extra `words` (wordfreq)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from cleaner.engines.lazy import regex
from cleaner.errors import CleanerError
from cleaner.model import Span

Zipf = Callable[[str], float]
"""Word to the logarithm of its frequency in a billion words: 7 is `the`, 3 is rare, 0 is unknown."""

_CANDIDATE = regex(r"(?<![\w@#./-])[A-Za-z]{7,30}(?![\w@/-]|\.\w)")
_CASE = regex(r"(?<=[a-z])(?=[A-Z][a-z]{2})|(?<=[A-Z]{2})(?=[A-Z][a-z]{3})")
AMID = regex(r"(?<![A-Z])\b[a-z]+,? $")
"""What is before a word amid a sentence."""
REACH = 24
"""Characters before a word that are looked at."""
_KNOWN = 1.0
_PLAUSIBLE = 3.5
BRAND = 3
"""A word that stands so often in one text is a name, however odd it looks."""


@lru_cache(maxsize=1)
def frequencies() -> Zipf:
    """Return the frequencies of English words.

    Raises CleanerError when the extra is not installed.
    """
    try:
        from wordfreq import zipf_frequency
    except ImportError:
        message = "plausibility of words needs the extra `words`: pip install 'cleaner[words]'"
        raise CleanerError(message) from None

    @lru_cache(maxsize=100_000)
    def zipf(word: str) -> float:
        return float(zipf_frequency(word, "en"))

    return zipf


def glued(text: str, function_words: Collection[str], zipf: Zipf) -> Iterator[tuple[Span, int]]:
    """Yield the words that are two, with the place where the space was.

    A word is two when it is unknown and both parts are words. At a change of case that is a stray
    acronym before a word, or a small word and a capitalized one that both occur in the text on their own;
    everything else of that shape is a brand. Before and after a function word a part is a word when it is
    written often, occurs in the text on its own, or may be a name. Words that come back three times are
    names of things.

    >>> known = {"copyright": 4.5, "under": 5.9, "bridge": 5.0}
    >>> text = "EPACopyright of the bridgeunder a MacBook"
    >>> found = glued(text, ["under"], lambda word: known.get(word.lower(), 0.0))
    >>> [(text[a:b], text[a:cut]) for (a, b), cut in found]
    [('EPACopyright', 'EPA'), ('bridgeunder', 'bridge')]
    """
    own = frozenset(re.findall(r"[A-Za-z]+", text))
    for match in _CANDIDATE.finditer(text):
        word = match[0]
        if zipf(word) >= _KNOWN or text.count(word) >= BRAND:
            continue
        cut = _cut(word, function_words, own, zipf)
        if cut and not _is_made_up(text, match.start(), word[:cut], own, zipf):
            yield match.span(), match.start() + cut


def _is_made_up(text: str, start: int, head: str, own: Collection[str], zipf: Zipf) -> bool:
    """Tell whether a word is the name of a thing: a common word with a capital amid a sentence, found nowhere else.

    >>> _is_made_up("We met at Workfrom twice", 10, "Work", (), lambda word: 5.0)
    True
    """
    if not head.istitle() or head in own or zipf(head.lower()) < _PLAUSIBLE:
        return False
    return AMID.search(text, max(0, start - REACH), start) is not None


def _cut(word: str, function_words: Collection[str], own: Collection[str], zipf: Zipf) -> int:
    """Return the place of the lost space, 0 when there was none."""
    for match in _CASE.finditer(word):
        head, tail = word[: match.start()], word[match.start() :]
        if (head.isupper() and zipf(tail) >= _PLAUSIBLE) or (head.islower() and head in own and tail in own):
            return match.start()
    for small in function_words:
        head, tail = word[: -len(small)], word[len(small) :]
        if word.endswith(small) and (_is_word(head, own, zipf) or _is_name(head)):
            return len(head)
        if word.lower().startswith(small) and _is_word(tail, own, zipf):
            return len(small)
    return 0


def _is_word(part: str, own: Collection[str], zipf: Zipf) -> bool:
    return len(part) > 2 and (part in own or zipf(part) >= _PLAUSIBLE)


def _is_name(part: str) -> bool:
    return len(part) > 3 and part.istitle() and re.search("[aeiouy]", part) is not None
