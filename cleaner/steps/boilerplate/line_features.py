"""What a line looks like, alone and among its neighbours: numbers for the page scorer.

Nothing here knows a site, a language's grammar or the content of a page. The numbers are length,
shape, punctuation, the share of function words and of words that furniture is made of, what stands
around the line, where it stands relative to the densest stretch of prose, and how many of its words
that stretch has too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from math import log1p
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.language.vocabulary import FUNCTION_WORDS, FURNITURE_WORDS

Matrix: TypeAlias = NDArray[np.float64]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_ENDS = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s|$)")
_INNER = re.compile(r"[,;:，、](?=\s|$)|[–—]")
_END = re.compile(r"[.!?…。！？][\"'”’»“)\]]*$")
_BULLET = re.compile(r"\s*(?:[•●▪◦‣·*+–—►▶→»›>-]|o|\d{1,3}[.)])\s+\S")
_LINK = re.compile(r"https?://|www\.|\S@\S+\.\w|[»›→]|\w\.(?:com|org|net|de|fr|it|ru|co)\b")
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_SEPARATOR = re.compile(r"[|/•·]")
_QUOTE = re.compile(r"[\"“”„«»]")

LINE_NAMES = (
    "words", "chars", "function_share", "function_words", "ends", "colon_end", "inner_marks",
    "sentences", "digit_share", "capital_share", "upper_share", "word_length", "bullet", "indent",
    "link", "separators", "quotes", "time", "lower_start", "repeated", "copyright",
    "furniture_share", "furniture_words", "long_word", "question",
)  # fmt: skip
_WORDS, _FUNCTION_SHARE, _ENDS_SENTENCE, _MARKS, _LIST_ITEM = map(
    LINE_NAMES.index, ("words", "function_share", "ends", "inner_marks", "bullet")
)
PROSE_WORDS = 12
"""Words of a line that begins or ends the prose of an article."""
WINDOWS = (2, 5, 12)
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
COPIED = (
    "words",
    "function_share",
    "ends",
    "bullet",
    "capital_share",
    "furniture_share",
    "colon_end",
    "time",
)


def tokens(line: str) -> list[str]:
    """Return the words and numbers of a line.

    >>> tokens("It's 3.5 km, he said.")
    ["It's", '3.5', 'km', 'he', 'said']
    """
    return _WORD.findall(line)


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


def prose_strength(lines: Matrix) -> Matrix:
    """Say how much each line is prose: its words when it looks like sentences, less than nothing else."""
    words = np.expm1(lines[:, _WORDS])
    ends, functions, marks = lines[:, _ENDS_SENTENCE], lines[:, _FUNCTION_SHARE], lines[:, _MARKS]
    sentence = (ends > 0) & (words >= 6) & (functions >= 0.12)
    long = (words >= 18) & (functions >= 0.2) & ((ends + marks) > 0)
    strength: Matrix = np.where(sentence | long, np.minimum(words, 80.0), 0.0)
    return strength


def is_prose(line: str) -> bool:
    """Tell whether a line alone is prose of `PROSE_WORDS` or more, as `prose_strength` has it, but quickly.

    >>> is_prose("The council met on Friday to talk about the bridge, and it agreed on nothing.")
    True
    """
    if len(line) < 2 * PROSE_WORDS:
        return False
    words = tokens(line)
    if len(words) < PROSE_WORDS:
        return False
    body = line.rstrip()
    share = sum(word.lower() in FUNCTION_WORDS for word in words) / len(words)
    ends = bool(_END.search(body[-8:]))
    return (ends and share >= 0.12) or (
        len(words) >= 18 and share >= 0.2 and (ends or bool(_INNER.search(body)))
    )


def densest_stretch(strength: Matrix, cost: float = 6.0) -> tuple[int, int]:
    """Return the run of lines (half-open) with the most prose, where every other line costs `cost` words.

    >>> densest_stretch(np.array([0.0, 20.0, 0.0, 30.0, 0.0, 0.0]))
    (1, 4)
    """
    best, best_span, total, start = 0.0, (0, 0), 0.0, 0
    for i, value in enumerate(strength):
        if total <= 0:
            total, start = 0.0, i
        total += value if value > 0 else -cost
        if total > best:
            best, best_span = total, (start, i + 1)
    return best_span


def document_features(
    lines: Sequence[str], blank_before: Sequence[bool], wanted: Sequence[int] | None = None
) -> Matrix:
    """Measure the non-blank lines of a document; one row for each line of `wanted`, by default for all.

    `blank_before` says for each line whether a blank line stands before it. Lines that are far from
    those wanted are measured only as far as their features need it.
    """
    asked = range(len(lines)) if wanted is None else wanted
    reach = max(NEIGHBOURS)
    near = {k + by for k in asked for by in range(-reach, reach + 1)}
    times = Counter(line.strip() for line in lines)
    words = [tokens(line) for line in lines]
    alone = np.array(
        [
            line_features(line, found, times[line.strip()]) if k in near else _outline(line, found)
            for k, (line, found) in enumerate(zip(lines, words, strict=True))
        ],
        dtype=np.float64,
    )
    strength = prose_strength(alone)
    context = _context(alone, strength, np.array(blank_before, dtype=np.float64))
    ellipsis_end = np.array([[float(line.rstrip().endswith(("…", "...")))] for line in lines])
    rows = np.hstack([alone, *context, _cohesion(words, strength, near), ellipsis_end])
    # the last bits of a logarithm differ between machines
    return np.asarray(np.round(rows if wanted is None else rows[asked], 4), dtype=np.float64)


def _outline(line: str, words: Sequence[str]) -> list[float]:
    """Measure of a line what lines far from it need: its length, and whether it is prose or a list item."""
    row = [0.0] * len(LINE_NAMES)
    body = line.strip()
    row[_WORDS] = log1p(len(words))
    row[_FUNCTION_SHARE] = sum([word.lower() in FUNCTION_WORDS for word in words]) / (len(words) or 1)
    row[_ENDS_SENTENCE] = float(bool(_END.search(body)))
    row[_MARKS] = log1p(len(_INNER.findall(body)))
    row[_LIST_ITEM] = float(bool(_BULLET.match(line)))
    return row


def _cohesion(words: Sequence[Sequence[str]], strength: Matrix, near: Container[int]) -> Matrix:
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
        if i not in near:
            continue
        once = sum([said[word] > inside for word in found])
        twice = sum([said[word] > inside + 1 for word in found])
        if found:
            out[i, 0], out[i, 2] = once / len(found), twice / len(found)
        out[i, 1], out[i, 3] = log1p(once), log1p(len(found))
    return np.hstack([out, *(shifted(out[:, :1], by) for by in (-2, -1, 1, 2))])


def _context(alone: Matrix, strength: Matrix, blank: Matrix) -> list[Matrix]:
    """Measure what stands around each line."""
    n = len(alone)
    words = np.expm1(alone[:, 0])
    at = np.arange(n)
    columns: list[Any] = [blank, np.append(blank[1:], 1.0)]
    columns += [at / n, np.log1p(at), np.log1p(n - 1 - at)]
    total = np.cumsum(words)
    all_words = max(total[-1], 1.0)
    columns += [total / all_words, np.full(n, np.log1p(all_words)), np.full(n, np.log1p(n))]
    columns.append(np.full(n, strength.sum() / all_words))
    start, stop = densest_stretch(strength)
    inside = strength[start:stop].sum() / (strength.sum() or 1.0)
    columns += [
        np.log1p(np.maximum(start - at, 0)),
        np.log1p(np.maximum(at - stop + 1, 0)),
        np.where((at >= start) & (at < stop), (at - start) / max(1, stop - start), -1.0),
        np.full(n, inside),
    ]
    columns += _distances(strength)
    bullets = alone[:, _LIST_ITEM]
    for width in WINDOWS:
        for series in (strength, words, bullets):
            columns += [_window(series, -width), _window(series, width)]
    copied = alone[:, [LINE_NAMES.index(name) for name in COPIED]]
    return [np.column_stack(columns), *(shifted(copied, by) for by in NEIGHBOURS)]


def _distances(strength: Matrix) -> list[Matrix]:
    """Return the distance in lines to the prose before and after each line, and how long that prose is."""
    n = len(strength)
    columns = []
    for series in (strength, strength[::-1]):
        distance, size = np.empty(n), np.empty(n)
        since, last = 60.0, 0.0
        for i, value in enumerate(series):
            distance[i], size[i] = min(since, 60.0), last
            since, last = (1.0, float(value)) if value > 0 else (since + 1.0, last)
        columns += [(distance, size)]
    (before, size_before), (after, size_after) = columns
    return [np.log1p(before), np.log1p(size_before), np.log1p(after[::-1]), np.log1p(size_after[::-1])]


def _window(series: Matrix, width: int) -> Matrix:
    """Sum a series over the `width` lines before (negative) or after each line, on a log scale."""
    total = np.concatenate([[0.0], np.cumsum(series)])
    at = np.arange(len(series))
    if width < 0:
        return np.asarray(np.log1p(total[at] - total[np.maximum(at + width, 0)]))
    return np.asarray(np.log1p(total[np.minimum(at + width + 1, len(series))] - total[at + 1]))


def shifted(columns: Matrix, by: int) -> Matrix:
    """Return the rows that stand `by` lines further down; -1 where there are none."""
    out = np.full_like(columns, -1.0)
    if by > 0:
        out[:-by] = columns[by:]
    else:
        out[-by:] = columns[:by]
    return out


def neighbour_scores(scores: Matrix, rows: Matrix) -> Matrix:
    """Measure the scores around each line, for the second pass of the scorer."""
    n = len(scores)
    at = np.arange(n)
    columns = [shifted(scores[:, None], by)[:, 0] for by in (-4, -3, -2, -1, 1, 2, 3, 4)]
    total = np.concatenate([[0.0], np.cumsum(scores)])
    for width in (4, 10, 25):
        low, high = np.maximum(at - width, 0), np.minimum(at + width + 1, n)
        columns += [
            (total[at] - total[low]) / np.maximum(at - low, 1),
            (total[high] - total[at + 1]) / np.maximum(high - at - 1, 1),
        ]
    words = np.expm1(rows[:, 0])
    start, stop = densest_stretch(np.where(scores >= 0.5, (scores - 0.4) * (words + 2), 0.0), 3.0)
    columns += [
        total[at] / total[-1],
        np.full(n, scores.mean()),
        np.log1p(np.maximum(start - at, 0)),
        np.log1p(np.maximum(at - stop + 1, 0)),
        ((at >= start) & (at < stop)).astype(np.float64),
        np.full(n, (stop - start) / n),
    ]
    return np.asarray(np.round(np.column_stack([scores, *columns]), 4), dtype=np.float64)
