"""Hard wraps: which line ends in wrapped text are soft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.steps.linebreaks.lines import Lines
from cleaner.steps.linebreaks.profile import width_at
from cleaner.steps.linebreaks.shapes import EndShape, StartShape, first_word_length

OPEN_ENDS = frozenset(
    {"lower", "comma", "capital", "digit", "function", "hyphen", "dash", "closer", "uncased"}
)


def wrapped(
    lines: Lines, ends: Sequence[EndShape], starts: Sequence[StartShape]
) -> Iterator[tuple[int, str]]:
    """Find the soft line ends, each with the reason."""
    gaps = len(lines.gaps)
    open_gaps = [
        gap
        for gap in range(gaps)
        if not lines.blank[gap] and starts[gap + 1] == "lower" and ends[gap] in OPEN_ENDS
    ]
    if len(open_gaps) < 2:
        return
    lengths = [len(text) for text in lines.texts]
    spaced = sum(map(bool, lines.blank)) * 40 > gaps
    for gap in range(gaps):
        if lines.blank[gap]:
            continue
        width = width_at(gap, gaps, open_gaps, lengths)
        if width is None or lengths[gap] > width.full * 1.5:
            continue
        room = width.full - lengths[gap] - 1 - first_word_length(lines.texts[gap + 1])
        stop = ends[gap] in ("stop", "colon", "semicolon")
        start = starts[gap + 1]
        if start in ("item", "capitals"):
            continue
        if start == "lower":
            soft = not stop or room < 0.2 * width.full
        elif spaced:
            soft = room < 0.45 * width.full
        else:
            soft = room < (0.1 if stop else 0.3) * width.full
        if soft:
            yield gap, f"line ends near the width {width.full}"
