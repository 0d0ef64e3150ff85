"""Run matcher trees over units of text (lines, blocks, the document)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pcre2

from cleaner.errors import CleanerError
from cleaner.model import Span
from cleaner.rules.rule import Fold, Matcher, Rule


class PatternError(CleanerError):
    """A regex that cannot be used; the message says why."""


@lru_cache(maxsize=4096)
def _compiled(kind: str, values: tuple[str, ...], fold: Fold) -> Any:
    if kind == "regex":
        pattern = "|".join(f"(?:{value})" for value in values)
        if fold.spaces:
            pattern = re.sub(r"(?<!\[) ", r"(?:\\s{1,8})", pattern)
    else:
        pattern = "|".join(_escaped(value, fold) for value in values)
        pattern = {
            "literal": rf"\A\s*\K(?:{pattern})(?=\s*\z)",
            "prefix": rf"\A\s*\K(?:{pattern})",
            "suffix": rf"(?:{pattern})(?=\s*\z)",
            "contains": pattern,
        }[kind]
    return pcre2.compile(pattern, pcre2.I if fold.case else 0)


def _escaped(value: str, fold: Fold) -> str:
    escaped = re.escape(value)
    return re.sub(r"(?:\\?\s)+", r"\\s+", escaped) if fold.spaces else escaped


def spans(matcher: Matcher, text: str, fold: Fold) -> list[Span]:
    """Give the spans of `text` that a matcher tree matches; empty when the tree does not hold."""
    if matcher.kind == "all":
        found = [spans(part, text, fold) for part in matcher.parts]
        return found[0] if all(found) else []
    if matcher.kind == "any":
        return disjoint(span for part in matcher.parts for span in spans(part, text, fold))
    pattern = _compiled(matcher.kind, matcher.values, fold)
    return [match.span() for match in pattern.finditer(text)]


def disjoint(found: Any) -> list[Span]:
    """Keep the leftmost, then longest, of overlapping spans."""
    kept: list[Span] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def expand(rule: Rule, template: str | None, text: str, span: Span) -> str | None:
    """Fill the groups of a match into a template."""
    if template is None or "\\" not in template:
        return template
    for leaf in rule.match.leaves():
        if leaf.kind == "regex":
            match = _compiled("regex", leaf.values, rule.fold).match(text, span[0])
            if match:
                return str(match.expand(template))
    return template


def check_regex(pattern: str, *, backtrack: bool, may_be_empty: bool) -> None:
    """Raise PatternError when a regex cannot be used."""
    try:
        compiled = pcre2.compile(pattern)
    except pcre2.PatternError as error:
        raise PatternError(str(error)) from None
    if not may_be_empty and compiled.match("") is not None:
        message = "matches the empty text"
        raise PatternError(message)


def check_template(template: str, regexes: Sequence[str], *, backtrack: bool) -> None:
    """Raise PatternError when a template names a group that is not there."""
