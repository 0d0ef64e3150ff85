"""The step that points at artefacts of translation and of extraction; it never changes text.

A flag says that a stretch of text reads as if it had been translated, spun or broken. It does not say
by whom: people who translate, and people who write in their second language, leave the same marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleaner.model import Fact, Flag
from cleaner.steps.translation.detectors import DETECTORS, hits, plan
from cleaner.steps.translation.findings import Mark, Sheet, sheet_of
from cleaner.steps.translation.masks import masked
from cleaner.steps.translation.score import facts
from cleaner.steps.translation.withheld import excepted

if TYPE_CHECKING:
    from cleaner.rules.rule import Rule
    from cleaner.steps import Context

__all__ = ["DETECTORS", "find"]


def find(text: str, context: Context) -> Iterator[Flag | Fact]:
    """Yield a flag for every artefact, in the order of the text, then the facts about the whole document.

    Pattern rules are matched by the rules package, detectors by the functions of `DETECTORS`; both
    are withheld where a rule cannot hold (`cleaner.steps.translation.withheld`).
    """
    sheet = sheet_of(text, context.language)
    flags = sorted(_flags(sheet, context), key=lambda flag: (flag.start, flag.end, flag.rule))
    yield from flags
    yield from facts(sheet, flags)


def _flags(sheet: Sheet, context: Context) -> Iterator[Flag]:
    for hit in context.rules.hits(sheet.text, sheet.lines):
        mark = Mark(hit.start, hit.end, suggestion=hit.replacement)
        if hit.rule.action == "flag" and not _masked(sheet, mark, hit.rule):
            yield _flag(mark, hit.rule)
    for rule, mark in hits(sheet, plan(context.rules, sheet.language)):
        if not _masked(sheet, mark, rule):
            yield _flag(mark, rule)


def _masked(sheet: Sheet, mark: Mark, rule: Rule) -> bool:
    return masked(sheet.text, sheet.lines, mark.start, mark.end, excepted(rule.id))


def _flag(mark: Mark, rule: Rule) -> Flag:
    message = rule.message or rule.description
    return Flag(
        mark.start,
        mark.end,
        rule.id,
        rule.severity,
        f"{message}: {mark.note}" if mark.note else message,
        mark.suggestion if mark.suggestion is not None else rule.suggestion,
    )
