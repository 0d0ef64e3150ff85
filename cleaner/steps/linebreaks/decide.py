"""Misplaced line breaks, as edits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleaner.engines.lazy import regex
from cleaner.language.words import ends_sentence
from cleaner.model import Edit, Flag, Span
from cleaner.protected import Kind, Protected, protect
from cleaner.protected.scholarly import begins_entry
from cleaner.steps.linebreaks.conventions import (
    DEHYPHENATE,
    HARD_WRAP,
    MID_SENTENCE,
    ORPHAN_MARK,
    PAGE_BREAK,
    Habits,
    HyphenHabits,
    habits,
)
from cleaner.steps.linebreaks.described_lines import Join, Lines, View, split, suspects
from cleaner.steps.linebreaks.edges import END_DASHES, is_elision, spaceless
from cleaner.steps.linebreaks.hyphens import Vocabulary, mend
from cleaner.steps.linebreaks.labels import Labels, among_items
from cleaner.steps.linebreaks.orphans import LONGEST_MARK, characters_alone, hyphens_alone, orphans
from cleaner.steps.linebreaks.pages import page_breaks, without_pages
from cleaner.steps.linebreaks.sentences import (
    CERTAIN,
    NO_BLANK_LINE,
    Pair,
    inside_brackets,
    inside_paragraph,
    is_broken_number,
    mid_sentence,
    stands_apart,
)
from cleaner.steps.linebreaks.whole import whole_paragraphs
from cleaner.steps.linebreaks.wrapped.wraps import FILLED, filled, is_no_wrap, judged

if TYPE_CHECKING:
    from cleaner.steps import Context

_LABELLED: Final = regex(r"\W{0,4}([^\W\d_])[^\W\d_]*(?: [^\W\d_]+){1,3}\s?[:\N{FULLWIDTH COLON}|»>]\s*\S")
"""Two to four words and a colon, as "READ MORE: …"; group 1 is the first letter."""

MANY, RARE = 40, 0.03
"""Where so many lines are joined, of which a smaller share ends in a hyphen, no words were broken."""

MEANT: Final[frozenset[Kind]] = frozenset(
    {
        "code",
        "front-matter",
        "table",
        "mathematics",
        "stanza",
        "mail",
        "subtitles",
        "contents",
        "glossary",
        "form",
    }
)
"""Kinds of protected text in which no line end is soft."""
ENDED: Final[frozenset[Kind]] = MEANT | {"list", "dialogue", "references"}
"""Kinds in which only a text that was wrapped for long stretches has soft line ends."""
REFERENCES: Final[frozenset[Kind]] = frozenset({"references"})
SHORT: Final[frozenset[Kind]] = ENDED | {"verse", "lines"}
"""Kinds in which words alone do not show that a line end is soft; filled lines and open brackets do."""


def find(text: str, context: Context) -> Iterator[Edit | Flag]:
    r"""Propose to close the line breaks inside sentences and words.

    Repeats until nothing more is found, so that the text after these edits needs none. Left alone:
    headings, lists, verse, tables, code, and anything else that is not plainly one sentence. A rule that
    only reports flags its breaks instead.
    """
    if "\n" not in text:
        return
    known = habits(context)
    lines = split(text)
    if known.page_break:
        lines = without_pages(lines, page_breaks(lines, text, known))
    while True:
        decided = decide(lines, known, text)
        joins = {gap: join for gap, join in decided.items() if join.rule not in known.reported}
        if not joins:
            break
        for gap, join in joins.items():
            start, end = lines.gaps[gap]
            start -= join.drop
            yield Edit(start, end, text[start:end], join.new, join.rule, join.note)
        lines = lines.joined(joins)
    for gap, join in decided.items():
        rule = context.rules.get(join.rule)
        if rule is not None:
            yield Flag(*lines.gaps[gap], join.rule, rule.severity, rule.message or join.note)


def decide(lines: Lines, known: Habits, text: str) -> dict[int, Join]:
    """Decide once about every gap: the joins by the index of the gap. Nothing is joined in protected text."""
    suspected = suspects(lines.texts, known.binding, known.dotted)
    if not suspected and not lines.pages:
        return {}
    view = View(lines, known.words)
    reasons: dict[int, tuple[str, str]] = {gap: (PAGE_BREAK, why) for gap, why in lines.pages.items()}
    if known.orphan is not None and min(map(len, lines.texts)) <= LONGEST_MARK:
        lone = orphans(lines.texts, suspected, known.orphan)
        lone |= hyphens_alone(view, suspected) | characters_alone(lines.texts, known.orphan)
        reasons |= {gap: (ORPHAN_MARK, note) for gap, note in lone.items() if gap not in reasons}
    by_width: dict[int, str] = {}
    if known.hard_wrap:
        verdicts = judged(view, suspected)
        by_width = {gap: why for gap, why in verdicts.items() if why}
        for gap, note in (by_width | dict(filled(view, suspected, verdicts))).items():
            if not is_no_wrap(view, gap):
                reasons.setdefault(gap, (HARD_WRAP, note))
    apart = known.hard_wrap and stands_apart(lines)
    for gap in reversed(suspected):  # backwards: what follows a line is decided first
        if gap not in reasons:
            goes_on = gap + 1 in reasons
            reason = _sentence(view, gap, apart and not lines.blank[gap], known, goes_on)
            if reason:
                reasons[gap] = reason
    if not reasons:
        return {}
    shielded = protect(text)
    if shielded:
        suspected = [gap for gap in suspected if not shielded.covers(*lines.gaps[gap], ENDED)]
        reasons = {
            gap: why
            for gap, why in reasons.items()
            if not _is_meant(shielded, lines.gaps[gap], MEANT if gap in by_width else _kinds(*why))
            and not _is_entry(shielded, lines, gap)
        }
    whole = whole_paragraphs(view, suspected, reasons, hard_wrap=known.hard_wrap)
    reasons = _undivided(view, whole)
    words = _Words(
        Vocabulary(lines.texts),
        known.hyphens,
        _hyphens_are_rare(view, reasons),
        known.reported,
        known.words.elisions,
    )
    joins = {}
    for gap, (rule, note) in sorted(reasons.items()):
        join = _join(view, gap, rule, note, words)
        if join:
            joins[gap] = join
    return joins


def _undivided(view: View, reasons: dict[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """Return the reasons without those that words give beside a label, a byline or among the items of a list."""
    labels = Labels(view)
    return {
        gap: (rule, why)
        for gap, (rule, why) in reasons.items()
        if rule not in (HARD_WRAP, MID_SENTENCE)
        or not (
            labels.divide(gap, filled=rule == HARD_WRAP and why != NO_BLANK_LINE)
            or (why == NO_BLANK_LINE and among_items(view, gap))
        )
    }


def _is_meant(shielded: Protected, gap: Span, kinds: Collection[Kind]) -> bool:
    """Tell whether a gap lies beside text of a kind that has its lines; short lines and verse, on both sides of it."""
    start, end = gap
    if shielded.covers(start, end, ENDED & frozenset(kinds)):
        return True
    return shielded.covers(start - 1, start, kinds) and shielded.covers(end, end + 1, kinds)


def _is_entry(shielded: Protected, lines: Lines, gap: int) -> bool:
    """Tell whether another entry of a bibliography begins after a gap: entries are wrapped, but not into each other."""
    return shielded.covers(*lines.gaps[gap], REFERENCES) and begins_entry(lines.texts[gap + 1])


def _kinds(rule: str, note: str) -> frozenset[Kind]:
    """Return the kinds of protected text in which a reason does not hold."""
    if note == NO_BLANK_LINE:
        return ENDED | {"lines"}
    if note.startswith(FILLED):
        return ENDED - {"list"}
    return ENDED if rule in (HARD_WRAP, ORPHAN_MARK, PAGE_BREAK) or note in CERTAIN else SHORT


@dataclass(frozen=True, slots=True)
class _Words:
    """What decides about hyphens at line ends; `habits` is None where they are not mended."""

    vocabulary: Vocabulary
    habits: HyphenHabits | None
    rare: bool
    reported: tuple[str, ...]
    elisions: frozenset[str]


def _hyphens_are_rare(view: View, joined: Collection[int]) -> bool:
    """Tell whether a long text has so few hyphens at line ends that they were not put there to break words."""
    return len(joined) >= MANY and sum(view.end(gap) == "hyphen" for gap in joined) < RARE * len(joined)


def _sentence(view: View, gap: int, apart: bool, known: Habits, goes_on: bool) -> tuple[str, str] | None:
    """Return which rule closes a gap where the lines before and after are one sentence, and why."""
    left, right, end, start = view.texts[gap], view.texts[gap + 1], view.end(gap), view.start(gap + 1)
    pair = Pair(left, right, end, start, blank=view.lines.blank[gap] > 0, goes_on=goes_on)
    rule, why = HARD_WRAP, inside_paragraph(pair) if apart else None
    if not why and known.mid_sentence:
        rule, why = MID_SENTENCE, mid_sentence(pair, known) or inside_brackets(pair)
    if not why or view.page_number(gap) or view.page_number(gap + 1):
        return None
    return None if _is_cross_link(view, gap) or _is_cross_link(view, gap + 1) else (rule, why)


def _is_cross_link(view: View, line: int) -> bool:
    """Tell whether a labelled line interrupts a sentence: if it is furniture, it is removed before the join."""
    if not 0 < line < len(view.texts) - 1:
        return False
    label = _LABELLED.match(view.texts[line])
    if label is None or label[1].islower() or ends_sentence(view.texts[line]):
        return False
    return not ends_sentence(view.texts[line - 1]) and view.texts[line + 1][:1].islower()


def _join(view: View, gap: int, rule: str, note: str, words: _Words) -> Join | None:
    """Return what comes between two lines that are to be joined."""
    left, right = view.texts[gap], view.texts[gap + 1]
    if rule == ORPHAN_MARK or rule in words.reported:
        return Join("", rule, note)
    if view.end(gap) == "hyphen":
        if words.habits is None:
            return None
        drop, new, why = mend(left, right, words.vocabulary, words.habits, rare=words.rare)
        return Join(new, rule if rule == PAGE_BREAK else DEHYPHENATE, why, drop)
    if spaceless(left, right) or (rule == MID_SENTENCE and is_broken_number(left, right)):
        return Join("", rule, note)
    tight = (
        len(left) > 1
        and not left[-2].isspace()
        and (left[-1] in END_DASHES or is_elision(left, words.elisions))
    )
    return Join("" if tight else " ", rule, note)
