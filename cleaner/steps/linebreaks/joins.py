"""Breaks inside sentences that have nothing to do with a width, and marks that stand alone on a line."""

from __future__ import annotations

import re

from cleaner.steps.linebreaks.habits import Habits, OrphanHabits
from cleaner.steps.linebreaks.lines import Lines
from cleaner.steps.linebreaks.shapes import EndShape, StartShape, last_word

_BROKEN_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}[.,]$")
_REST_OF_NUMBER = re.compile(r"\d{3}\b(?!\.\s)|\d+ ?(?:%|percent|per cent|million|billion)")
_NOT_PROSE = re.compile(
    r"https?://|www\.|[;{}=<>|\\]\s*$|^\s*//|[{}]|\w\(\)|[a-z]_[a-z]|^[\w-]+:\s|=\s|\s\|\s|;\s*//"
)


def mid_sentence(left: str, right: str, end: EndShape, start: StartShape, habits: Habits) -> str | None:
    """Say why two lines are one sentence, or None.

    Both must look like prose: the left one starts a sentence and has several words, the right one
    goes on in lower case (or after a word that binds what follows) and ends a sentence.
    """
    if start == "lower":
        return _continued(left, right, end)
    if len(left) < 40 or not _is_sentence_start(left) or not _ends_sentence(right):
        return None
    if start in ("capital", "digit") and end == "function" and last_word(left) in habits.binding:
        return f"ends in '{last_word(left)}'"
    if start == "capital" and left[left.rfind(" ") + 1 :].lower() in habits.titles:
        return "ends in a title that needs a name"
    if _BROKEN_NUMBER.search(left) and _REST_OF_NUMBER.match(right):
        return "a number was broken"
    return None


def _continued(left: str, right: str, end: EndShape) -> str | None:
    if not _is_sentence_start(left) or _NOT_PROSE.search(left) or _NOT_PROSE.search(right):
        return None
    words = left.count(" ") + 1
    if end == "function":
        if words >= 4 and (_ends_sentence(right) or words + right.count(" ") >= 12):
            return f"ends in '{last_word(left)}', continues in lower case"
        return None
    if (
        end in ("lower", "comma", "capital", "digit", "hyphen", "dash")
        and words >= 8
        and _ends_sentence(right)
    ):
        return f"no sentence ends at '{left[-12:]}', continues in lower case"
    return None


def _is_sentence_start(line: str) -> bool:
    first = line.lstrip("\"'([\u201c\u2018\u00ab\u00bb\u201e\u00bf\u00a1 \u2014\u2013-")[:1]
    return first.isupper() or first.isdigit()


def _ends_sentence(line: str) -> bool:
    return (
        line.rstrip("\"')]\u201d\u2019\u00bb\u00ab\u201c")[-1:] in (".", "!", "?", "\u2026")
        and line.count(" ") >= 2
    )


def orphans(lines: Lines, marks: OrphanHabits) -> dict[int, str]:
    """Find lines that hold only a mark, and give the gap to close and why: before or after the mark.

    A mark that does either is taken for the partner of the odd one out in the line before or after.
    """
    found: dict[int, str] = {}
    for i, text in enumerate(lines.texts):
        if len(text) > 2:
            continue
        before = lines.texts[i - 1] if i else ""
        after = lines.texts[i + 1] if i + 1 < len(lines.texts) else ""
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
        open_before, open_after = before.count(mark) % 2, after.count(mark) % 2
        return open_after - open_before
    if mark in marks.opening:
        return 1
    return -1 if mark in marks.closing else 0
