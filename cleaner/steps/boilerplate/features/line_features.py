"""What a line looks like, alone and among its neighbours: numbers for the page scorer.

Nothing here knows a site, a language's grammar or the content of a page. The numbers are length,
shape, punctuation, the share of function words and of words that furniture is made of, what stands
around the line, where it stands relative to the densest stretch of prose, and how many of its words
that stretch has too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleaner.engines.effort import Effort
from cleaner.engines.lazy import regex
from cleaner.language.vocabulary import FUNCTION_WORDS
from cleaner.steps.boilerplate.features.characters import Counts, Flags
from cleaner.steps.boilerplate.features.last_look import LastLook
from cleaner.steps.boilerplate.features.line_arrays import (
    COUNTED,
    Content,
    logarithms,
    look,
    measured,
    repeated,
    shared,
)

Matrix: TypeAlias = NDArray[np.float64]
Names: TypeAlias = NDArray[np.uint64]
"""Numbers of words."""

_WORD = regex(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_INNER = regex(r"[,;:，、](?=\s|$)|[–—]")
_END = regex(r"[.!?…。！？][\"'”’»“)\]]*$")

LINE_NAMES = (
    "words", "chars", "function_share", "function_words", "ends", "colon_end", "inner_marks",
    "sentences", "digit_share", "capital_share", "upper_share", "word_length", "bullet", "indent",
    "link", "separators", "quotes", "time", "lower_start", "repeated", "copyright",
    "furniture_share", "furniture_words", "long_word", "question",
)  # fmt: skip
_WORDS, _FUNCTION_SHARE, _ENDS_SENTENCE, _MARKS, _LIST_ITEM = map(
    LINE_NAMES.index, ("words", "function_share", "ends", "inner_marks", "bullet")
)
BLOCK: Final = 1 << 18
"""Characters of lines that are looked at together."""
PROSE_WORDS = 12
"""Words of a line that begins or ends the prose of an article."""
SENTENCE_WORDS, SENTENCE_SHARE = 7, 0.12
LONG_WORDS, LONG_SHARE = 19, 0.2
"""Words of a line that is a sentence, or goes on in one, and the share of function words among them."""
STRETCH_COST: Final = 6.0
"""Words that a line costs which interrupts a stretch of prose."""
FARTHEST: Final = 60
"""Distance in lines over which all prose counts as equally far."""
PLAIN_EFFORT: Final = 1_500_000
"""Characters looked at by array operations before compiled code is used: about as long as making it takes."""
SHARED_EFFORT: Final = 300_000
"""The same where other steps have loaded the compiler: what is left is to read the machine code."""
UNCOMPILED_EFFORT: Final = 20_000_000
"""The same where there is no machine code yet: to make that takes longer than to read it."""
SPENT_BY_A_CALL: Final = 5_000
"""What a call costs by array operations, in characters."""
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


def prose_strength(lines: Matrix) -> Matrix:
    """Return how much each line is prose: its words when it looks like sentences, less than nothing else."""
    words = np.rint(np.expm1(lines[:, _WORDS]))  # whole numbers on any machine
    ends, functions, marks = lines[:, _ENDS_SENTENCE], lines[:, _FUNCTION_SHARE], lines[:, _MARKS]
    sentence = (ends > 0) & (words >= SENTENCE_WORDS) & (functions >= SENTENCE_SHARE)
    long = (words >= LONG_WORDS) & (functions >= LONG_SHARE) & ((ends + marks) > 0)
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
    return (ends and share >= SENTENCE_SHARE) or (
        len(words) >= LONG_WORDS and share >= LONG_SHARE and (ends or bool(_INNER.search(body)))
    )


def densest_stretch(strength: Matrix, cost: float = STRETCH_COST) -> tuple[int, int]:
    """Return the run of lines (half-open) with the most prose, where every other line costs `cost` words.

    >>> densest_stretch(np.array([0.0, 20.0, 0.0, 30.0, 0.0, 0.0]))
    (1, 4)
    >>> densest_stretch(np.array([8.0, 0.0, 4.0]), cost=4.0)  # of two that are as good the shorter one
    (0, 1)
    """
    best, best_span, total, start = 0.0, (0, 0), 0.0, 0
    for i, value in enumerate(strength.tolist()):
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

    `blank_before` tells for each line whether it follows a blank line.
    """
    way = _way(lines)
    counts, content = _LAST.part(lines) or _LAST.keep(lines, *_in_blocks(lines, way))
    alone = measured(counts)
    strength = prose_strength(alone)
    blank = np.array(blank_before, dtype=np.float64)
    last = counts[:, COUNTED.index("breaks_off")]
    rows = way.around(alone, strength, blank, content, last, wanted)
    # the last bits of a logarithm differ between machines
    return np.asarray(np.round(rows, 4), dtype=np.float64)


def _around(
    alone: Matrix,
    strength: Matrix,
    blank: Matrix,
    content: Content,
    last: Counts,
    wanted: Sequence[int] | None,
) -> Matrix:
    """Return the rows of lines by array operations: of all lines, and of these those that are wanted."""
    context = _context(alone, strength, blank)
    rows = np.hstack([alone, *context, cohesion(content, strength), last[:, None]])
    return rows if wanted is None else rows[wanted]


def _around_compiled(
    alone: Matrix,
    strength: Matrix,
    blank: Matrix,
    content: Content,
    last: Counts,
    wanted: Sequence[int] | None,
) -> Matrix:
    """Return the same in compiled code."""
    from cleaner.steps.boilerplate.features import context_kernel, line_kernel

    at = np.arange(len(strength))
    start, stop = context_kernel.densest_stretch(strength, STRETCH_COST)
    common = line_kernel.shared(content, (at >= start) & (at < stop) & (strength > 0))
    words = np.expm1(alone[:, 0])
    lines = context_kernel.Lines(alone, words, strength, blank, common, last, (start, stop))
    shape = context_kernel.Shape(
        WINDOWS, NEIGHBOURS, tuple(LINE_NAMES.index(name) for name in COPIED), _LIST_ITEM, FARTHEST
    )
    return context_kernel.around(lines, at if wanted is None else np.array(wanted, np.int64), shape)


class Way(NamedTuple):
    """How lines are looked at: by array operations, or in compiled code."""

    look: Callable[[Sequence[str]], tuple[Counts, Content]]
    around: Callable[[Matrix, Matrix, Matrix, Content, Counts, Sequence[int] | None], Matrix]


ARRAYS: Final = Way(look, _around)
_LAST = LastLook()


@dataclass(slots=True)
class _Effort(Effort):
    """Characters that this process has looked at by array operations, and whether it does no longer."""

    compiled: bool = False


_EFFORT: Final = _Effort(PLAIN_EFFORT, SHARED_EFFORT, UNCOMPILED_EFFORT, maker=__file__)


def _way(lines: Sequence[str]) -> Way:
    """Return how to look at lines: in compiled code when there have been many of them."""
    if not _EFFORT.pays(_are_kept):
        _EFFORT.spent += sum(map(len, lines)) + SPENT_BY_A_CALL
        return ARRAYS
    from cleaner.steps.boilerplate.features import line_kernel

    _EFFORT.compiled = True
    return Way(line_kernel.look, _around_compiled)


def in_compiled_code() -> bool:
    """Tell whether lines are looked at in compiled code by now."""
    return _EFFORT.compiled


def load_compiled() -> bool:
    """Load the compiled code that looks at lines, if it is on disk, and use it from now on; tell whether it is."""
    if not _are_kept():
        return False
    _EFFORT.exhaust()
    document_features(["Two boats left at dawn."], [False])
    return True


def _are_kept() -> bool:
    """Tell whether the machine code is on disk."""
    from cleaner.engines.compiling import are_kept
    from cleaner.steps.boilerplate.features import context_kernel, line_kernel

    return are_kept(*line_kernel.KERNELS, *context_kernel.KERNELS)


def _in_blocks(lines: Sequence[str], way: Way) -> tuple[Counts, Content]:
    """Look at lines, some at a time.

    What is known of each character is many times its size, so that of a long document only a block is held.
    """
    if sum(map(len, lines)) + len(lines) < BLOCK:
        return way.look(lines)
    counts, at, names = list[Counts](), list[Counts](), list[Names]()
    first = 0
    for stop in _block_ends(lines):
        found, content = way.look(lines[first:stop])
        counts.append(found)
        at.append(content.line + first)
        names.append(content.name)
        first = stop
    rows = np.concatenate(counts)
    if len(counts) > 1:
        rows[:, COUNTED.index("repeated")] = repeated(lines)
    return rows, Content(np.concatenate(at), np.concatenate(names))


def _block_ends(lines: Sequence[str]) -> Iterator[int]:
    """Yield where blocks of `BLOCK` characters or more end; a line is in one."""
    size = 0
    for k, line in enumerate(lines, 1):
        size += len(line) + 1
        if size >= BLOCK or k == len(lines):
            yield k
            size = 0


def cohesion(
    content: Content,
    strength: Matrix,
    compare: Callable[[Content, Flags], tuple[Counts, Counts, Counts]] = shared,
) -> Matrix:
    """Measure how much of the content words of each line the main text has too.

    The main text is the prose of the densest stretch, the line itself left out. Captions, headings and
    lists of an article share words with it, teasers of other articles hardly any. Columns: the share
    of words that it has (-1 for a line without content words), the logarithm of their number, the
    share that it has twice, the logarithm of the number of content words, and the first column of
    two lines before and after.
    """
    count = len(strength)
    start, stop = densest_stretch(strength)
    main = (np.arange(count) >= start) & (np.arange(count) < stop) & (strength > 0)
    once, twice, found = compare(content, main)
    some, none = np.maximum(found, 1), found == 0
    shares = (np.where(none, -1.0, times / some) for times in (once, twice))
    out = np.column_stack([next(shares), logarithms(once), next(shares), logarithms(found)])
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
    windows = [_windows(series) for series in (strength, words, bullets)]
    for k in range(0, 2 * len(WINDOWS), 2):
        columns += [column for found in windows for column in found[k : k + 2]]
    copied = alone[:, [LINE_NAMES.index(name) for name in COPIED]]
    return [np.column_stack(columns), *(shifted(copied, by) for by in NEIGHBOURS)]


def _distances(strength: Matrix) -> list[Matrix]:
    """Return the distance in lines to the prose before and after each line, and how long that prose is."""
    before, size_before = _since_prose(strength)
    after, size_after = _since_prose(strength[::-1])
    return [np.log1p(before), np.log1p(size_before), np.log1p(after[::-1]), np.log1p(size_after[::-1])]


def _since_prose(strength: Matrix) -> tuple[Matrix, Matrix]:
    """Return how many lines ago there was prose before each line, and how strong it was."""
    at = np.arange(len(strength))
    latest = np.maximum.accumulate(np.where(strength > 0, at, -1))
    last = np.concatenate([[-1], latest[:-1]])
    distance = np.where(last >= 0, np.minimum(at - last, FARTHEST), FARTHEST).astype(np.float64)
    return distance, np.where(last >= 0, strength[last], 0.0)


def _windows(series: Matrix) -> list[Matrix]:
    """Sum a series over some lines before and after each line, on a log scale, in the order of `WINDOWS`."""
    total = np.concatenate([[0.0], np.cumsum(series)])
    size = len(series)
    at = np.arange(size)
    columns = []
    for width in WINDOWS:
        columns.append(np.log1p(total[at] - total[np.maximum(at - width, 0)]))
        columns.append(np.log1p(total[np.minimum(at + width + 1, size)] - total[at + 1]))
    return columns


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
    words = np.expm1(rows[:, 0])
    strength = np.where(scores >= 0.5, (scores - 0.4) * (words + 2), 0.0)
    if in_compiled_code():
        from cleaner.steps.boilerplate.features import context_kernel, page_kernel

        out = page_kernel.beside(scores, context_kernel.densest_stretch(strength, 3.0))
    else:
        out = _beside(scores, densest_stretch(strength, 3.0))
    return np.asarray(np.round(out, 4), dtype=np.float64)


def _beside(scores: Matrix, stretch: tuple[int, int]) -> Matrix:
    """Return the columns by array operations."""
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
    start, stop = stretch
    columns += [
        total[at] / total[-1],
        np.full(n, scores.mean()),
        np.log1p(np.maximum(start - at, 0)),
        np.log1p(np.maximum(at - stop + 1, 0)),
        ((at >= start) & (at < stop)).astype(np.float64),
        np.full(n, (stop - start) / n),
    ]
    return np.column_stack([scores, *columns])
