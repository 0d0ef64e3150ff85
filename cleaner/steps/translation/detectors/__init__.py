"""The detectors by name, and the merged look that tells which of them a text needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import re2

from cleaner.errors import CleanerError
from cleaner.steps.translation.detectors.glued import GLUED_PAIR, GLUED_WORDS
from cleaner.steps.translation.detectors.joined import SPACE_MISSING_AFTER
from cleaner.steps.translation.detectors.lexicon import LEXICON
from cleaner.steps.translation.detectors.loops import LOOPING_TEXT
from cleaner.steps.translation.detectors.names import MIXED_TRANSLITERATION, NAME_VARIANT
from cleaner.steps.translation.detectors.quotes import (
    QUOTE_INNER_SPACE,
    QUOTE_ORPHAN_LINE,
    QUOTE_REVERSED,
    QUOTE_SPLIT_PHRASE,
)
from cleaner.steps.translation.detectors.repetition import DOUBLED_WORD, STEM_REPEAT
from cleaner.steps.translation.detectors.scripts import SCRIPT_FOREIGN
from cleaner.steps.translation.detectors.sentences import (
    BROKEN_SENTENCE,
    DANGLING_WORD,
    FRAGMENT_PARTICIPLE,
)
from cleaner.steps.translation.detectors.spacing import FRENCH_SPACING, SPACE_BEFORE_PUNCT
from cleaner.steps.translation.detectors.untranslated import UNTRANSLATED_PASSAGE
from cleaner.steps.translation.findings import ALWAYS, Detector, Mark, Sheet

if TYPE_CHECKING:
    from cleaner.rules.rule import Rule
    from cleaner.rules.ruleset import RuleSet

DETECTORS: Mapping[str, Detector] = {
    "broken-sentence": BROKEN_SENTENCE,
    "dangling-word": DANGLING_WORD,
    "doubled-word": DOUBLED_WORD,
    "fragment-participle": FRAGMENT_PARTICIPLE,
    "french-spacing": FRENCH_SPACING,
    "glued-pair": GLUED_PAIR,
    "glued-words": GLUED_WORDS,
    "lexicon": LEXICON,
    "looping-text": LOOPING_TEXT,
    "mixed-transliteration": MIXED_TRANSLITERATION,
    "name-variant": NAME_VARIANT,
    "quote-inner-space": QUOTE_INNER_SPACE,
    "quote-orphan-line": QUOTE_ORPHAN_LINE,
    "quote-reversed": QUOTE_REVERSED,
    "quote-split-phrase": QUOTE_SPLIT_PHRASE,
    "script-foreign": SCRIPT_FOREIGN,
    "space-before-punct": SPACE_BEFORE_PUNCT,
    "space-missing-after": SPACE_MISSING_AFTER,
    "stem-repeat": STEM_REPEAT,
    "untranslated-passage": UNTRANSLATED_PASSAGE,
}
"""What `match: {detector: NAME}` may name."""

_MEMORY = 256 << 20


def detector(name: str) -> Detector:
    """Return a detector by its name.

    >>> detector("glued")
    Traceback (most recent call last):
    ...
    cleaner.errors.CleanerError: no detector 'glued'; there are broken-sentence, ...
    """
    if name not in DETECTORS:
        message = f"no detector {name!r}; there are {', '.join(DETECTORS)}"
        raise CleanerError(message)
    return DETECTORS[name]


class Plan(NamedTuple):
    """The rules decided by code: those that always run, and those that an automaton calls."""

    always: tuple[Rule, ...]
    called: tuple[tuple[tuple[Rule, ...], re2.Set], ...]


@lru_cache(maxsize=64)
def plan(rules: RuleSet, language: str) -> Plan:
    """Compile the triggers of a rule set for a language into two automata: lexicons have one of their own.

    The states of a lexicon times those of all other triggers are more than both apart, and each takes
    time when a text first leads to it.
    """
    chosen = [(rule, _trigger(rule, language)) for rule in rules.rules if not rule.is_pattern]
    always = tuple(rule for rule, trigger in chosen if trigger == ALWAYS)
    lexicons = [(rule, trigger) for rule, trigger in chosen if rule.match.values[0] == "lexicon"]
    others = [pair for pair in chosen if pair[1] != ALWAYS and pair not in lexicons]
    return Plan(always, tuple(_automaton(called) for called in (lexicons, others) if called))


def _automaton(called: Sequence[tuple[Rule, str]]) -> tuple[tuple[Rule, ...], re2.Set]:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    merged = re2.Set.SearchSet(options)
    for _, trigger in called:
        merged.Add(trigger.encode())
    merged.Compile()
    return tuple(rule for rule, _ in called), merged


def _trigger(rule: Rule, language: str) -> str:
    return detector(rule.match.values[0]).trigger(rule.options or {}, language)


def hits(sheet: Sheet, prepared: Plan) -> Iterator[tuple[Rule, Mark]]:
    """Run the detectors that the text may need; the merged automata tell which."""
    called = [rules[i] for rules, triggers in prepared.called for i in sheet.scan.which(triggers)]
    for rule in (*prepared.always, *called):
        for mark in detector(rule.match.values[0]).find(sheet, rule.options or {}):
            yield rule, mark
