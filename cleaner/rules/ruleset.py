"""The rules that apply to one document, and the hits of their patterns in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from cleaner.lines import Recent, line_texts
from cleaner.model import Span
from cleaner.rules.linefilter import LineFilter
from cleaner.rules.lookup import Lookup
from cleaner.rules.matching import Denial, expand, rule_spans
from cleaner.rules.prefilter import Prefilter
from cleaner.rules.regex.subject import Unit, encoded, nfkc
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
    r"""Active rules of one step for one language; immutable, cheap to pickle.

    `detectors` are those whose decision is code.

    >>> from cleaner.rules.rule import Examples, Matcher, Origin
    >>> rule = Rule("t/ad", "t", "boilerplate", "Ad", "line", Matcher("prefix", ("Ad:",)), "cut",
    ...             Origin("t.yaml", 1, "project"), Examples())
    >>> rules = RuleSet((rule,))
    >>> rules.get("t/ad") is rule, rules.get("t/other")
    (True, None)
    >>> [(hit.line, hit.start, hit.end) for hit in rules.hits("Text\nAD: x", [(0, 4), (5, 10)])]
    [(1, 5, 8)]
    """

    __slots__ = ("_by_id", "_lookup", "_order", "_searches", "detectors", "rules")

    def __init__(self, rules: Sequence[Rule] = (), lookup: Callable[[], Lookup] | None = None) -> None:
        """Take rules, and what returns a lookup that knows those of them that are matched against lines."""
        self.rules = tuple(rules)
        self.detectors = tuple(rule for rule in self.rules if not rule.is_pattern)
        self._by_id = {rule.id: rule for rule in self.rules}
        self._order = {rule.id: i for i, rule in enumerate(self.rules)}
        self._lookup = lookup
        self._searches: tuple[Search | LineSearch, ...] | None = None

    def __reduce__(self) -> tuple[type[RuleSet], tuple[tuple[Rule, ...]]]:
        return type(self), (self.rules,)

    def __len__(self) -> int:
        return len(self.rules)

    def get(self, rule_id: str) -> Rule | None:
        """Return a rule by its id; None when it is switched off or not for this language."""
        return self._by_id.get(rule_id)

    def hits(self, text: str, lines: Sequence[Span]) -> list[Hit]:
        r"""Return all hits of the pattern rules in `text`, by position, then in the order of the rules.

        `lines` are the spans of the lines of the text (`cleaner.lines.line_spans`). Rules of scope
        line, tail, head and join are matched against each line on its own; block, against each run
        of lines that are not blank; document, against the whole text. A hit of a literal is the line
        without white space at its ends; of prefix, suffix, contains and regex the part that matched.
        Rules that drop or join report the first match of a line (block, document), others every match.
        Where several matchers must hold, the hit is that of the first one written. The guards `after`,
        `before`, `min_words` and `max_words` are checked here.

        Raises QuarantineError when a rule with `engine: backtrack` takes too many steps.
        """
        if self._searches is None:
            self._searches = tuple(searches(self.rules, self._lookup))
        found = [hit for search in self._searches for hit in search.hits(text, lines)]
        return sorted(found, key=lambda hit: (hit.start, hit.end, self._order[hit.rule.id]))

    def matching(self, text: str) -> list[int] | None:
        """Return the lines that a rule matches which is matched against lines; None where that is not remembered.

        It is remembered of the last texts, and of rules that share a filter.
        """
        found = [search.matching(text) for search in self._by_line()]
        return None if None in found else sorted({k for some in found for k in some or ()})

    def narrow(self, text: str, lines: Sequence[int]) -> None:
        """Take it as known that no such rule matches other lines of a text than some, by their numbers."""
        for search in self._by_line():
            search.narrow(text, lines)

    def pass_over(self, lines: Sequence[str]) -> None:
        """Take it as known that no such rule matches some lines."""
        for search in self._by_line():
            search.pass_over(lines)

    def _by_line(self) -> list[LineSearch]:
        if self._searches is None:
            self._searches = tuple(searches(self.rules, self._lookup))
        return [search for search in self._searches if isinstance(search, LineSearch)]


Match: TypeAlias = tuple[Rule, int, int, str | None]
"""A rule, where it matches in a line, and what it puts there."""

REMEMBERED: Final = 1 << 14
"""Lines whose matches are kept: furniture comes again, and every pass asks about the same lines."""
PASSED: Final = 1 << 18
"""Characters of lines that are taken to match nothing."""


class LineSearch:
    """Pattern rules that are matched against lines, where a lookup says that they may match."""

    __slots__ = ("_held", "_known", "_lookup", "_narrowed", "_passed", "_recent", "_rules")

    def __init__(self, rules: Sequence[Rule], lookup: Lookup) -> None:
        by_id = {rule.id: rule for rule in rules}
        self._lookup = lookup
        own = (by_id.get(rule.id) for rule in lookup.rules)
        self._rules = [(rule, Denial(rule)) if rule is not None else None for rule in own]
        self._known: dict[str, tuple[Match, ...]] = {}
        self._passed: set[str] = set()
        self._held = 0  # characters in it
        self._recent = Recent[tuple[int, ...]]()
        self._narrowed: tuple[str, Sequence[int]] | None = None

    def hits(self, text: str, lines: Sequence[Span]) -> Iterator[Hit]:
        """Yield the hits, line by line."""
        size = len(text)
        found = self._found(text, lines)
        if self._recent.get(text) is None:
            self._recent.keep(text, tuple(line for line, _ in found))
        for line, matches in found:
            start = lines[line][0]
            for rule, first, last, replacement in matches:
                at = (start + first, start + last)
                if place_allows(rule.guard, at, size):
                    yield Hit(rule, line, *at, replacement)

    def _found(self, text: str, lines: Sequence[Span]) -> list[tuple[int, tuple[Match, ...]]]:
        """Return the lines with matches."""
        contents = line_texts(text)
        candidates = self._lookup.candidates(text, lines, self._asked(text, contents))
        found = []
        for k in sorted(candidates):
            rules = [rule for number in candidates[k] if (rule := self._rules[number]) is not None]
            if rules and (matches := self._matches(contents[k], rules)):
                found.append((k, matches))
        return found

    def _asked(self, text: str, contents: Sequence[str]) -> Sequence[int] | None:
        """Return the lines of which it is not known that they match nothing; None for all of them."""
        if self._narrowed and self._narrowed[0] == text:
            return self._narrowed[1]
        if not self._passed:
            return None
        return [k for k, line in enumerate(contents) if line not in self._passed]

    def _matches(self, line: str, rules: Sequence[tuple[Rule, Denial]]) -> tuple[Match, ...]:
        """Return the matches in a line: they depend on nothing else."""
        found = self._known.get(line)
        if found is None:
            unit = Unit(line)
            found = tuple(
                match
                for rule, denial in rules
                if words_allow(rule.guard, unit) and not denial.holds(unit)
                for match in _matches(rule, unit, None)
            )
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[line] = found
        return found

    def matching(self, text: str) -> tuple[int, ...] | None:
        """Return the lines with matches of a text, if its hits were asked for lately."""
        return self._recent.get(text)

    def narrow(self, text: str, lines: Sequence[int]) -> None:
        """Remember that no other lines of a text match anything; of the last text alone."""
        self._narrowed = text, lines

    def pass_over(self, lines: Sequence[str]) -> None:
        """Remember lines that match nothing, as long as there is room."""
        size = sum(map(len, lines))
        if self._held + size > PASSED:
            self._passed.clear()
            self._held = 0
        if size <= PASSED:
            self._passed.update(lines)
            self._held += size


class Search:
    """Pattern rules that are matched against the same units of text, behind one prefilter."""

    __slots__ = ("_filter", "_nfkc", "_unit")

    def __init__(
        self, rules: Sequence[Rule], unit: Literal["line", "block", "document"], *, nfkc: bool
    ) -> None:
        self._filter = Prefilter(rules, lines=unit == "line")
        self._unit, self._nfkc = unit, nfkc

    def hits(self, text: str, lines: Sequence[Span]) -> Iterator[Hit]:
        """Yield the hits: the whole text is asked first, its lines only when something may match."""
        whole = unicodedata.normalize("NFKC", text) if self._nfkc else text
        if not self._filter.candidates(encoded(whole)):
            return
        for line, (start, end) in self._units(text, lines):
            piece = text[start:end]
            places = None
            if self._nfkc:
                piece, places = nfkc(piece)
            data = encoded(piece)
            rules = self._filter.candidates(data)
            if rules:
                unit = Unit(piece, data)
                for rule in rules:
                    yield from _hits(rule, unit, places, line, start, len(text))

    def _units(self, text: str, lines: Sequence[Span]) -> Iterable[tuple[int, Span]]:
        """Return what the rules are matched against: spans, with the index of their first line."""
        if self._unit == "document":
            return [(0, (0, len(text)))] if lines else []
        return blocks(text, lines) if self._unit == "block" else enumerate(lines)


def searches(
    rules: Sequence[Rule], lookup: Callable[[], Lookup] | None = None
) -> Iterator[Search | LineSearch]:
    """Put the pattern rules that are matched against the same units together."""
    units: dict[str, Literal["block", "document"]] = {"block": "block", "document": "document"}
    groups: dict[tuple[Literal["line", "block", "document"], bool], list[Rule]] = {}
    for rule in rules:
        if rule.is_pattern:
            groups.setdefault((units.get(rule.scope, "line"), rule.fold.nfkc), []).append(rule)
    for (unit, normalised), group in groups.items():
        if lookup and unit == "line" and not normalised:
            yield LineSearch(group, lookup())
        else:
            yield Search(group, unit, nfkc=normalised)


def of_lines(rules: Iterable[Rule]) -> LineFilter:
    """Return a filter for those of the rules that are matched against lines as they are."""
    return LineFilter(
        [
            rule
            for rule in rules
            if rule.is_pattern and rule.scope not in ("block", "document") and not rule.fold.nfkc
        ]
    )


def blocks(text: str, lines: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    r"""Yield the runs of lines that are not blank, each with the index of its first line.

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


def _hits(
    rule: Rule, unit: Unit, places: Sequence[int] | None, line: int, start: int, length: int
) -> Iterator[Hit]:
    for _, first, last, replacement in _matches(rule, unit, places):
        at = (start + first, start + last)
        if place_allows(rule.guard, at, length):
            yield Hit(rule, line, *at, replacement)


def _matches(rule: Rule, unit: Unit, places: Sequence[int] | None) -> Iterator[Match]:
    """Yield the matches of a rule in a unit; `places` maps them to the text that the unit was made of."""
    if not words_allow(rule.guard, unit) or not unit.text.strip():
        return
    for spans in rule_spans(rule, unit):
        first, last = spans[0]
        if places is not None:
            first, last = places[first], places[last]
        if first < last:
            yield rule, first, last, expand(rule, unit.text, spans)


def words_allow(guard: Guard, unit: Unit) -> bool:
    """Check the guards `min_words` and `max_words`."""
    if guard.max_words is not None and unit.has_more_words(guard.max_words):
        return False
    return guard.min_words is None or unit.words >= guard.min_words


def place_allows(guard: Guard, span: Span, length: int) -> bool:
    """Check the guards `after` and `before` for a match in a text of `length` code points."""
    return (guard.after is None or span[0] >= guard.after * length) and (
        guard.before is None or span[1] <= guard.before * length
    )
