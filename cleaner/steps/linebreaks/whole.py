"""A wrapped paragraph is joined whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cleaner.steps.linebreaks.conventions import HARD_WRAP, MID_SENTENCE
from cleaner.steps.linebreaks.described_lines import View
from cleaner.steps.linebreaks.sentences import CERTAIN
from cleaner.steps.linebreaks.wrapped.widths import VERSE_COLUMNS
from cleaner.steps.linebreaks.wrapped.wraps import is_open

Reason = tuple[str, str]
"""A rule and its note."""


def whole_paragraphs(
    view: View, suspects: Sequence[int], reasons: Mapping[int, Reason], *, hard_wrap: bool = True
) -> dict[int, Reason]:
    """Return the reasons with the paragraphs made whole that would be joined in part.

    Consecutive line ends that are joined, or across which a sentence plainly continues, are of one paragraph. Where
    most of them are soft by their width, or all lines are wider than verse, all are; otherwise none is closed
    on the evidence of words alone, as where the rule for hard wraps is off.
    """
    found = dict(reasons)
    for chain in _chains(view, sorted({*reasons, *(gap for gap in suspects if is_open(view, gap))})):
        left = [gap for gap in chain if gap not in reasons]
        joined = [gap for gap in chain if gap in reasons and not view.lines.blank[gap]]
        if not left or not joined:
            continue
        wraps = [gap for gap in joined if reasons[gap][0] == HARD_WRAP]
        wide = hard_wrap and min(len(view.texts[gap]) for gap in chain) >= VERSE_COLUMNS
        if len(wraps) > len(left) or wide:
            found.update((gap, (HARD_WRAP, "the rest of its paragraph is joined")) for gap in left)
        else:
            halves = {gap + side for gap in left for side in (-1, 1)}
            for gap in halves.intersection(joined):
                if reasons[gap][0] == MID_SENTENCE and reasons[gap][1] not in CERTAIN:
                    del found[gap]
    return found


def _chains(view: View, gaps: Sequence[int]) -> Iterator[list[int]]:
    """Yield the runs of gaps that follow one another without a blank line."""
    chain: list[int] = []
    for gap in gaps:
        if chain and gap == chain[-1] + 1 and not view.lines.blank[gap]:
            chain.append(gap)
            continue
        if chain:
            yield chain
        chain = [gap]
    if chain:
        yield chain
