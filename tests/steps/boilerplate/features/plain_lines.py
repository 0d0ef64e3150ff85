"""What `line_arrays` measures, line by line and word by word: slow, plain, and right by definition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log1p

import numpy as np

from cleaner.language.vocabulary import FUNCTION_WORDS, FURNITURE_WORDS
from cleaner.steps.boilerplate.features.line_features import Matrix, densest_stretch, shifted

_ENDS = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)")
_INNER = re.compile(r"[,;:，、](?=\s|$)|[–—]")
_END = re.compile(r"[.!?…。！？][\"'”’»“)\]]*$")
_BULLET = re.compile(r"\s*(?:[•●▪◦‣·*+–—►▶→»›>-]|o|\d{1,3}[.)])\s+\S")
_LINK = re.compile(r"https?://|www\.|\S@\S+\.\w|[»›→]|\w\.(?:com|org|net|de|fr|it|ru|co)\b")
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_SEPARATOR = re.compile(r"[|/•·]")
_QUOTE = re.compile(r"[\"“”„«»]")


def line_features(line: str, words: Sequence[str], times: int) -> list[float]:
    """Measure one line of `words` that occurs `times` times in its document; in the order of `LINE_NAMES`."""
    body = line.strip()
    count = len(words) or 1
    lower = [word.lower() for word in words]
    letters = sum(map(len, words)) or 1
    functions = sum(map(FUNCTION_WORDS.__contains__, lower))
    furniture = sum(map(FURNITURE_WORDS.__contains__, lower))
    capitals = sum([word[0].isupper() for word in words])
    uppers = sum([word.isupper() and len(word) > 1 for word in words])
    digits = sum(map(str.isdigit, body))
    return [
        log1p(len(words)),
        log1p(len(body)),
        functions / count,
        log1p(functions),
        float(bool(_END.search(body))),
        float(body.endswith((":", "："))),
        log1p(len(_INNER.findall(body))),
        log1p(len(_ENDS.findall(body))),
        digits / (len(body) or 1),
        capitals / count,
        uppers / count,
        letters / count,
        float(bool(_BULLET.match(line))),
        log1p(len(line) - len(line.lstrip())),
        float(bool(_LINK.search(body))),
        log1p(len(_SEPARATOR.findall(body))),
        log1p(len(_QUOTE.findall(body))),
        float(bool(_TIME.search(body))),
        float(body[:1].islower()),
        log1p(times - 1),
        float("©" in body or "copyright" in body.lower()),
        furniture / count,
        log1p(furniture),
        float(max(map(len, words), default=0) > 22),
        float("?" in body),
    ]


def cohesion(words: Sequence[Sequence[str]], strength: Matrix) -> Matrix:
    """Measure how much of the content words of the lines in `near` the main text has too.

    The main text is the prose of the densest stretch, the line itself left out. Captions, headings and
    lists of an article share words with it, teasers of other articles hardly any. Columns: the share
    of words that it has (-1 for a line without content words), the logarithm of their number, the
    share that it has twice, the logarithm of the number of content words, and the first column of
    two lines before and after.
    """
    content = [
        {word.lower() for word in found if len(word) >= 4 and not word[0].isdigit()} - FUNCTION_WORDS
        for found in words
    ]
    start, stop = densest_stretch(strength)
    main = [start <= i < stop and strength[i] > 0 for i in range(len(words))]
    said = Counter(word for found, inside in zip(content, main, strict=True) if inside for word in found)
    out = np.full((len(words), 4), -1.0)
    for i, (found, inside) in enumerate(zip(content, main, strict=True)):
        once = sum([said[word] > inside for word in found])
        twice = sum([said[word] > inside + 1 for word in found])
        if found:
            out[i, 0], out[i, 2] = once / len(found), twice / len(found)
        out[i, 1], out[i, 3] = log1p(once), log1p(len(found))
    return np.hstack([out, *(shifted(out[:, :1], by) for by in (-2, -1, 1, 2))])
