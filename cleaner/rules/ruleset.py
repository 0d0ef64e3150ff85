"""The rules that apply to one document, and the hits of their patterns in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.model import Span
from cleaner.rules.match import expand, spans
from cleaner.rules.rule import Guard, Rule


@dataclass(frozen=True, slots=True)
class Hit:
    """A match of a pattern rule: `text[start:end]`, in (or starting in) line `line` of the given lines.

    `replacement` is the expanded `replacement` of a rule that replaces, the expanded `suggestion` of
    a rule that flags, else None.
    """

    rule: Rule
    line: int
    start: int
    end: int
    replacement: str | None = None


class RuleSet:
    """Active rules of one step for one language; immutable, cheap to pickle.

    >>> from cleaner.rules.rule import Examples, Matcher, Origin
    >>> rule = Rule("t/ad", "t", "boilerplate", "Ad", "line", Matcher("literal", ("Ad",)), "drop",
    ...             Origin("t.yaml", 1, "project"), Examples())
    >>> rules = RuleSet((rule,))
    >>> rules.get("t/ad") is rule, rules.get("t/other")
    (True, None)
    """

    __slots__ = ("_by_id", "_patterns", "rules")

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._by_id = {rule.id: rule for rule in self.rules}
        self._patterns = tuple(rule for rule in self.rules if rule.is_pattern)

    def __reduce__(self) -> tuple[type[RuleSet], tuple[tuple[Rule, ...]]]:
        return type(self), (self.rules,)

    def __len__(self) -> int:
        return len(self.rules)

    def get(self, rule_id: str) -> Rule | None:
        """Give a rule by its id; None when it is switched off or not for this language."""
        return self._by_id.get(rule_id)

    def hits(self, text: str, lines: Sequence[Span]) -> list[Hit]:
        r"""Give all hits of the pattern rules in `text`, by position, then in the order of the rules.

        `lines` are the spans of the lines of the text (`cleaner.lines.line_spans`). Rules of scope
        line, tail, head and join are matched against each line on its own; block, against each run
        of lines that are not blank; document, against the whole text. A hit of a literal is the line
        without white space at its ends; of prefix, suffix, contains and regex the part that matched,
        each occurrence once. Where several matchers must hold, the first one written gives the hit.
        The guards `after`, `before`, `min_words` and `max_words` are checked here.
        """
        found = [
            hit
            for rule in self._patterns
            for line, (start, end) in _units(rule, text, lines)
            for hit in _hits(rule, text, line, start, end)
        ]
        return sorted(found, key=lambda hit: (hit.start, hit.end))


def _units(rule: Rule, text: str, lines: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """Give what a rule is matched against: spans, with the index of their first line."""
    if rule.scope == "document":
        if lines:
            yield 0, (0, len(text))
    elif rule.scope == "block":
        yield from blocks(text, lines)
    else:
        yield from enumerate(lines)


def blocks(text: str, lines: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    r"""Give the runs of lines that are not blank, each with the index of its first line.

    >>> from cleaner.lines import line_spans
    >>> list(blocks("a\nb\n\nc", line_spans("a\nb\n\nc")))
    [(0, (0, 3)), (3, (5, 6))]
    """
    first: int | None = None
    for i, (start, end) in enumerate(lines):
        blank = not text[start:end].strip()
        if not blank and first is None:
            first = i
        if first is not None and (blank or i == len(lines) - 1):
            yield first, (lines[first][0], lines[i - blank][1])
            first = None


def _hits(rule: Rule, text: str, line: int, start: int, end: int) -> Iterator[Hit]:
    unit = text[start:end]
    if not unit.strip() or not words_allow(rule.guard, unit):
        return
    found = spans(rule.match, unit, rule.fold)
    if not found or (rule.unless is not None and spans(rule.unless, unit, rule.fold)):
        return
    template = rule.replacement if rule.action == "replace" else rule.suggestion
    for span in found:
        at = (start + span[0], start + span[1])
        if place_allows(rule.guard, at, len(text)):
            yield Hit(rule, line, *at, expand(rule, template, unit, span))


def words_allow(guard: Guard, unit: str) -> bool:
    """Check the guards `min_words` and `max_words`."""
    if guard.min_words is None and guard.max_words is None:
        return True
    words = len(unit.split())
    return (guard.min_words or 0) <= words and (guard.max_words is None or words <= guard.max_words)


def place_allows(guard: Guard, span: Span, length: int) -> bool:
    """Check the guards `after` and `before` for a match in a text of `length` code points."""
    return (guard.after is None or span[0] >= guard.after * length) and (
        guard.before is None or span[1] <= guard.before * length
    )
