"""Line breaks that do not belong, as edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleaner.model import Edit
from cleaner.steps.linebreaks.habits import DEHYPHENATE, HARD_WRAP, MID_SENTENCE, ORPHAN_MARK, Habits, habits
from cleaner.steps.linebreaks.hyphens import Vocabulary, mend
from cleaner.steps.linebreaks.joins import mid_sentence, orphans
from cleaner.steps.linebreaks.lines import Join, Lines, split
from cleaner.steps.linebreaks.shapes import END_DASHES, end_shape, spaceless, start_shape
from cleaner.steps.linebreaks.wraps import wrapped

if TYPE_CHECKING:
    from cleaner.steps import Context


def find(text: str, context: Context) -> Iterator[Edit]:
    r"""Propose to close the line breaks that stand inside sentences and words.

    Repeats until nothing more is found, so that the text after these edits needs none. Left alone:
    headings, lists, verse, tables, code, and whatever else is not plainly one sentence.
    """
    if "\n" not in text:
        return
    known = habits(context)
    lines = split(text)
    joins = decide(lines, known)
    while joins:
        yield from _edits(text, lines, joins)
        lines = lines.joined(joins)
        joins = decide(lines, known)


def decide(lines: Lines, known: Habits) -> dict[int, Join]:
    """Decide once about every gap: the joins by the index of the gap."""
    ends = [end_shape(line, known.words) for line in lines.texts]
    starts = [start_shape(line) for line in lines.texts]
    vocabulary = Vocabulary(lines.texts)
    reasons: dict[int, tuple[str, str]] = {}
    if known.orphan is not None:
        reasons |= {gap: (ORPHAN_MARK, note) for gap, note in orphans(lines, known.orphan).items()}
    if known.hard_wrap:
        for gap, note in wrapped(lines, ends, starts):
            reasons.setdefault(gap, (HARD_WRAP, note))
    if known.mid_sentence:
        for gap in range(len(lines.gaps)):
            if gap not in reasons:
                left, right = lines.texts[gap], lines.texts[gap + 1]
                why = mid_sentence(left, right, ends[gap], starts[gap + 1], known)
                if why:
                    reasons[gap] = (MID_SENTENCE, why)
    joins = {}
    for gap, (rule, note) in reasons.items():
        join = _join(
            lines.texts[gap], lines.texts[gap + 1], rule, note, ends[gap] == "hyphen", vocabulary, known
        )
        if join:
            joins[gap] = join
    return joins


def _join(
    left: str, right: str, rule: str, note: str, hyphen: bool, vocabulary: Vocabulary, known: Habits
) -> Join | None:
    """Say what comes between two lines that are to be joined."""
    if rule == ORPHAN_MARK:
        return Join("", rule, note)
    if hyphen:
        if known.hyphens is None:
            return None
        drop, new, why = mend(left, right, vocabulary, known.hyphens)
        return Join(new, DEHYPHENATE, why, drop)
    if spaceless(left, right):
        return Join("", rule, note)
    tight = left[-1] in END_DASHES and not left[-2:-1].isspace() and len(left) > 1
    return Join("" if tight else " ", rule, note)


def _edits(text: str, lines: Lines, joins: dict[int, Join]) -> Iterator[Edit]:
    for gap, join in joins.items():
        start, end = lines.gaps[gap]
        start -= join.drop
        yield Edit(start, end, text[start:end], join.new, join.rule, join.note)
