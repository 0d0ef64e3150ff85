"""What each rule costs on a corpus, for `clean rules bench`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cleaner.lines import line_spans
from cleaner.model import Span
from cleaner.rules.rule import Rule
from cleaner.rules.ruleset import RuleSet

Clock = Callable[[], float]
"""Returns seconds, such as `time.process_time`."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a rule on its own over the corpus, in megabytes per second, and its hits."""

    rule: str
    seconds: float
    rate: float
    hits: int


def costs(rules: Sequence[Rule], texts: Sequence[str], clock: Clock) -> tuple[Cost, list[Cost]]:
    """Measure all pattern rules together, then each on its own, the most expensive first.

    Compiling is not counted. Together they cost about as much as the most expensive one: one pass looks for all.
    """
    corpus = [(text, line_spans(text)) for text in texts]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6
    patterns = [rule for rule in rules if rule.is_pattern]
    together = _cost("all", patterns, corpus, size, clock)
    each = [_cost(rule.id, [rule], corpus, size, clock) for rule in patterns]
    return together, sorted(each, key=lambda cost: (-cost.seconds, cost.rule))


def _cost(
    name: str, rules: Sequence[Rule], corpus: Sequence[tuple[str, list[Span]]], size: float, clock: Clock
) -> Cost:
    active = RuleSet(rules)
    for text, lines in corpus[:20]:  # compiles what is compiled at first use
        active.hits(text, lines)
    started = clock()
    hits = sum(len(active.hits(text, lines)) for text, lines in corpus)
    seconds = clock() - started
    return Cost(name, seconds, size / seconds if seconds > 0 else 0.0, hits)


@dataclass(frozen=True, slots=True)
class CorpusHit:
    """A place in a corpus that a rule would hit; `line` counts from 1, `text` is what would be removed."""

    rule: str
    key: str
    line: int
    text: str


def corpus_hits(rules: RuleSet, key: str, text: str) -> list[CorpusHit]:
    """Return what the pattern rules would hit in one document, for `clean rules test --corpus`."""
    lines = line_spans(text)
    found = []
    for hit in rules.hits(text, lines):
        start, end = lines[hit.line] if hit.rule.action == "drop" else (hit.start, hit.end)
        found.append(CorpusHit(hit.rule.id, key, hit.line + 1, text[start:end]))
    return found
