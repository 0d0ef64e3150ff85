"""Language identification: naive Bayes over langdetect's profiles, without its random draws.

langdetect (Apache-2.0, after Nakatani Shuyo's language-detection) draws n-grams at random until one
language wins, so an answer depends on a seed, and short texts flip. Here *all* n-grams of a bounded
sample count. They are cut and normalized as langdetect does it, because the profiles were made that
way. What differs, each measured on single sentences in 52 languages:

- log probabilities are integers of a thousandth of a nat, so a sum depends on no machine and no order;
- smoothing is 0.3 in 10,000 instead of 0.5, and trigrams weigh half as much again;
- Korean needs a Hangul letter and Japanese a kana letter: their profiles hold Han, and took Chinese;
- a text in capitals is lower-cased; langdetect skips words in capitals and is left with next to nothing.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from cleaner.engines.lazy import regex

UNKNOWN = "und"
SAMPLE = 3000  # code points looked at: the head, and a third of it from the middle of a longer text

_GLANCE = 300  # code points that tell whether a text is set in capitals
_THIN = 0.35  # below this confidence the answer is a guess
_REMEMBERED = 256  # samples whose answers are kept, one to three megabytes
_FAR = 150_000  # millinats below the best; its share has thirteen zeros after the point
_TEMPERATURE = 5000.0  # millinats; n-grams overlap, and with this a confidence of .7 is right 7 times in 10

_ADDRESS = regex(
    r"(?:https?://|www\.)[-_.?&~;+=/#0-9A-Za-z%:@!,*$]{1,2076}"
    r"|[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}"
)


def detect(text: str) -> str:
    """Return the language of `text` as an ISO 639-1 code, `und` when it cannot be told.

    A language without such a code has that of ISO 639-3. It cannot be told of sentences in a language that langdetect
    has no profile for (Irish, Zulu), if there are enough of them (`cleaner.language.prose`).

    >>> detect("The council met on Tuesday and voted to keep the old bridge open.")
    'en'
    >>> detect("Міська рада зібралася у вівторок і вирішила не закривати старий міст.")
    'uk'
    >>> detect("12.04.2031, 14:30 – https://example.org/a?b=c")
    'und'
    """
    return detect_with_confidence(text)[0]


def detect_with_confidence(text: str) -> tuple[str, float]:
    """Return the language of `text` and how likely it is right, from 0 to 1 (see `rank`).

    >>> detect_with_confidence("Der Stadtrat stimmte am Dienstag für den Erhalt der alten Brücke.")
    ('de', 1.0)
    >>> detect_with_confidence("")
    ('und', 0.0)
    """
    return _detected(_sample(text))


@lru_cache(maxsize=_REMEMBERED)
def _detected(sample: str) -> tuple[str, float]:
    """Answer for a sample, which is all that an answer depends on; steps ask for the same text again."""
    text = _prepared(sample)
    scores = _scores(text)
    if not scores:
        return UNKNOWN, 0.0
    best, whole = _best(scores)
    code, sure = min(code for code, total in scores.items() if total == best), round(1 / whole, 4)
    if sure < _THIN:
        return UNKNOWN, 0.0
    if best:  # nothing was weighed where letters or a script have decided
        from cleaner.language.prose import language_of_prose

        code = language_of_prose(text, code, best)
    return (code, sure) if code else (UNKNOWN, 0.0)


def rank(text: str, *, languages: Collection[str] | None = None) -> list[tuple[str, float]]:
    """Order languages by how likely `text` is written in them; the likelihoods sum to 1.

    Without `languages`, all that langdetect has a profile for (Chinese as one). With it, only those,
    which answers "is this sentence still in the source language?". Empty when the text has no
    evidence at all. A script that one language has for its own names it (`cleaner.language.scripts`),
    and so do letters that its neighbours lack (`cleaner.language.letters`). Another language without a
    profile (Irish, Latin, Zulu) is like the nearest that has one.

    >>> rank("Il consiglio comunale ha votato", languages=["it", "en"])[0][0]
    'it'
    >>> rank("საბჭომ ხიდი დახურა")
    [('ka', 1.0)]
    >>> rank("?!")
    []
    """
    scores = _scores(_prepared(_sample(text)))
    wanted = scores if languages is None else {code: scores[code] for code in scores if code in languages}
    return _likelihoods(wanted)


def _scores(text: str) -> dict[str, int]:
    """Sum the evidence for each language; letters or a script that only one has decide alone."""
    from cleaner.language.letters import language_of_letters
    from cleaner.language.ngrams import totals
    from cleaner.language.scripts import language_of_script

    decided = "" if text.isascii() else language_of_letters(text)
    scores = {} if decided else totals(text)
    decided = decided or ("" if scores else language_of_script(text))
    return {decided: 0} if decided else scores


def _likelihoods(scores: dict[str, int]) -> list[tuple[str, float]]:
    """Turn sums of log probabilities into shares of one, the greatest first.

    >>> _likelihoods({"en": 5000, "de": 0})
    [('en', 0.7311), ('de', 0.2689)]
    """
    best, whole = _best(scores)
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [(code, round(math.exp((total - best) / _TEMPERATURE) / whole, 4)) for code, total in ordered]


def _best(scores: dict[str, int]) -> tuple[int, float]:
    """Return the greatest sum, and what all odds against it add up to.

    Sums below a millionth of a millionth of the best are left out: they affect no decimal that is kept.
    """
    best = max(scores.values(), default=0)
    odds = [math.exp((total - best) / _TEMPERATURE) for total in scores.values() if best - total < _FAR]
    return best, math.fsum(odds)


def _prepared(text: str) -> str:
    """Compose a sample, leave out its addresses, and do not leave it in capitals.

    >>> _prepared("COUNCIL SAVES BRIDGE: https://example.org/1 (press@example.org)")
    'council saves bridge:   ( )'
    """
    if "@" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text.lower() if _mostly_capitals(text) else text


def _sample(text: str) -> str:
    """Cut a long text down to its head and a piece from the middle, past a header in another language."""
    if len(text) <= SAMPLE:
        return text
    piece = SAMPLE // 3
    head = SAMPLE - piece
    middle = max(head, len(text) // 2)
    return f"{text[:head]} {text[middle : middle + piece]}"


def _mostly_capitals(text: str) -> bool:
    """Tell whether a text is set in capitals: at least twice as many as small letters.

    >>> _mostly_capitals("COUNCIL SAVES OLD BRIDGE, says Mayor"), _mostly_capitals("The UN and the EU")
    (True, False)
    """
    start = text[:_GLANCE]
    small = sum(map(str.islower, start))
    if 2 * small > len(start) - small:  # there is no room for so many capitals
        return False
    return sum(map(str.isupper, start)) >= 2 * max(1, small)
