"""Marks that stand alone on a line."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.steps.linebreaks.conventions import OrphanHabits


def orphans(texts: Sequence[str], suspects: Sequence[int], marks: OrphanHabits) -> dict[int, str]:
    """Find lines that hold only a mark, and return the gap to close and why: before or after the mark.

    A mark that does either is taken for the partner of the odd one out in the line before or after.
    """
    found: dict[int, str] = {}
    for i in sorted({i for gap in suspects for i in (gap, gap + 1) if len(texts[i]) < 3}):
        text = texts[i]
        before = texts[i - 1] if i else ""
        after = texts[i + 1] if i + 1 < len(texts) else ""
        side = _side(text, before, after, marks)
        if side < 0 and before and i - 1 not in found:
            found[i - 1] = f"a lone {text} closes what is before it"
        elif side > 0 and after:
            found[i] = f"a lone {text} opens what follows"
    return found


def _side(mark: str, before: str, after: str, marks: OrphanHabits) -> int:
    """-1 when a lone mark belongs to what is before, 1 when to what follows, 0 when that is not clear."""
    if len(before) < 3 and len(after) < 3:
        return 0
    if mark in marks.either:
        return after.count(mark) % 2 - before.count(mark) % 2
    if mark in marks.opening:
        return int(_balance(after, marks) < 0)
    return -int(_balance(before, marks) > 0) if mark in marks.closing else 0


def _balance(text: str, marks: OrphanHabits) -> int:
    """How many more marks open than close."""
    return sum((character in marks.opening) - (character in marks.closing) for character in text)
