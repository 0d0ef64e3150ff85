"""The detectors by name, and the merged look that tells which of them a text needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

WORD_LISTS = frozenset({"lexicon", "name-variant", "mixed-transliteration"})
"""Detectors that look for one of many words or phrases."""
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
    """Compile the triggers of a rule set into three automata: of lists of words, of the language, of any language.

    The states of one times those of another are more than both apart, and each takes time when a text
    first leads to it. Languages share the automaton of what does not depend on them.
    """
    chosen = [(rule, _trigger(rule, language)) for rule in rules.detectors]
    groups: dict[str, list[tuple[Rule, str]]] = {}
    for rule, trigger in chosen:
        if trigger != ALWAYS:
            groups.setdefault(_group(rule, trigger), []).append((rule, trigger))
    return Plan(
        tuple(rule for rule, trigger in chosen if trigger == ALWAYS),
        tuple(
            (tuple(rule for rule, _ in group), _automaton(tuple(trigger for _, trigger in group)))
            for group in groups.values()
        ),
    )


def _group(rule: Rule, trigger: str) -> str:
    """Return which triggers one is merged with."""
    if rule.match.values[0] in WORD_LISTS:
        return "words"
    return "any language" if trigger == _trigger(rule, "") else "own language"


@lru_cache(maxsize=64)
def _automaton(triggers: tuple[str, ...]) -> re2.Set:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    merged = re2.Set.SearchSet(options)
    for trigger in triggers:
        merged.Add(trigger.encode())
    merged.Compile()
    return merged


def _trigger(rule: Rule, language: str) -> str:
    return detector(rule.match.values[0]).trigger(rule.options or {}, language)


def hits(sheet: Sheet, prepared: Plan) -> Iterator[tuple[Rule, Mark]]:
    """Run the detectors that the text may need; the merged automata tell which."""
    called = [rules[i] for rules, triggers in prepared.called for i in sheet.scan.which(triggers)]
    for rule in (*prepared.always, *called):
        for mark in detector(rule.match.values[0]).find(sheet, rule.options or {}):
            yield rule, mark
