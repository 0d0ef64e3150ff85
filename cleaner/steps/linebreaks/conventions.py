"""What the rules of the pack define for the language of a document, in the form that the code needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cleaner.errors import UsageError
from cleaner.steps.linebreaks.edges import NO_WORDS, Words

if TYPE_CHECKING:
    from cleaner.rules import RuleSet
    from cleaner.steps import Context

HARD_WRAP = "linebreaks/hard-wrap"
MID_SENTENCE = "linebreaks/mid-sentence"
ORPHAN_MARK = "linebreaks/orphan-mark"
DEHYPHENATE = "linebreaks/dehyphenate"
PAGE_BREAK = "linebreaks/page-break"
RULES = (HARD_WRAP, MID_SENTENCE, ORPHAN_MARK, DEHYPHENATE, PAGE_BREAK)


BEFORE_ENDING = 2
"""An ending such as `*ische` is that of a part with at least so many letters before it ("ir-ische")."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms that a part of a word may have: whole parts, starts, and endings after `BEFORE_ENDING` letters or more."""

    whole: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()

    def fits(self, part: str) -> bool:
        """Tell whether a part, in lower case, has one of the forms.

        >>> known = forms("по *льско")
        >>> known.fits("по"), known.fits("польско"), known.fits("льско")
        (True, True, False)
        """
        if part in self.whole or part.startswith(self.starts or "\n"):
            return True
        return any(part.endswith(end) and len(part) >= len(end) + BEFORE_ENDING for end in self.endings)


def forms(text: str) -> Forms:
    """Read words, `starts*` and `*endings`.

    >>> forms("из *ско").endings
    ('ско',)
    """
    words = text.split()
    return Forms(
        frozenset(word for word in words if "*" not in word),
        tuple(word[:-1] for word in words if word.endswith("*")),
        tuple(word[1:] for word in words if word.startswith("*")),
    )


@dataclass(frozen=True, slots=True)
class HyphenHabits:
    """When a hyphen at a line end belongs to the word: by the parts before and after it, in lower case.

    `keep_pairs` are forms of the first part and of the last; both must fit.
    """

    lexicon: frozenset[str] = frozenset()

    keep_words: frozenset[str] = frozenset()
    drop_before: frozenset[str] = frozenset()
    keep_after: frozenset[str] = frozenset()
    keep_before: frozenset[str] = frozenset()
    keep_before_joint: frozenset[str] = frozenset()
    keep_before_word: frozenset[str] = frozenset()
    dangling_before: frozenset[str] = frozenset()
    drop_after: frozenset[str] = frozenset()
    keep_pairs: tuple[tuple[Forms, Forms], ...] = ()
    keep_between_vowels: bool = False
    reduplication: bool = False
    unbroken: bool = False


@dataclass(frozen=True, slots=True)
class OrphanHabits:
    """Marks that may be alone on a line: those that open, that close, and that do either."""

    opening: frozenset[str]
    closing: frozenset[str]
    either: frozenset[str]
    sentence: frozenset[str] = frozenset()
    """Characters that are in sentences and seldom in lists of characters."""


@dataclass(frozen=True, slots=True)
class Habits:
    """The rules that are active for a document and their word lists; None where a rule is off.

    `reported` are the rules that only flag what they would do.
    """

    words: Words = NO_WORDS
    binding: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    before_number: frozenset[str] = frozenset()
    hard_wrap: bool = True
    mid_sentence: bool = True
    page_break: bool = True
    page_words: frozenset[str] = frozenset()
    orphan: OrphanHabits | None = None
    hyphens: HyphenHabits | None = field(default_factory=HyphenHabits)
    reported: tuple[str, ...] = ()

    @property
    def dotted(self) -> frozenset[str]:
        """Return the words whose full stop may end no sentence."""
        return _union(self.titles, self.before_number, self.words.abbreviations)


@lru_cache(maxsize=128)
def _union(*words: frozenset[str]) -> frozenset[str]:
    """Put sets of words together, once for each language."""
    return frozenset().union(*words)


def habits(context: Context) -> Habits:
    """Read the options of the active rules; `any` holds for every language, an unknown one adds nothing.

    Raises UsageError when an option is not a map from languages to lists of words.
    """
    return _habits(context.rules, context.language.partition("-")[0])


@lru_cache(maxsize=128)
def _habits(rules: RuleSet, language: str) -> Habits:
    """Read the options once for a set of rules, which does not change."""
    wrap, middle, orphan, hyphens, pages = (_options(rules, name) for name in RULES)
    binding = _words(middle, "binding_words", language)
    return Habits(
        words=Words(
            function=binding | _words(middle, "function_words", language),
            abbreviations=_words(wrap, "abbreviations", language),
            elisions=_words(middle, "elisions", language),
            after_number=_words(middle, "after_number", language),
        ),
        binding=binding,
        titles=_words(middle, "titles", language),
        before_number=_words(middle, "before_number", language),
        hard_wrap=wrap is not None,
        mid_sentence=middle is not None,
        page_break=pages is not None,
        page_words=_words(pages, "page_words", language),
        orphan=None if orphan is None else _orphan_habits(orphan, language),
        hyphens=None if hyphens is None else _hyphen_habits(hyphens, language),
        reported=tuple(name for name in RULES if (rule := rules.get(name)) and rule.action == "flag"),
    )


def _orphan_habits(options: Mapping[str, Any], language: str) -> OrphanHabits:
    return OrphanHabits(
        opening=_words(options, "opening", language),
        closing=_words(options, "closing", language),
        either=_words(options, "either", language),
        sentence=_words(options, "sentence_characters", language),
    )


def _hyphen_habits(options: Mapping[str, Any], language: str) -> HyphenHabits:
    return HyphenHabits(
        lexicon=_words(options, "lexicon", language),
        keep_words=_words(options, "keep_words", language),
        drop_before=_words(options, "drop_before", language),
        keep_after=_words(options, "keep_after", language),
        keep_before=_words(options, "keep_before", language),
        keep_before_joint=_words(options, "keep_before_joint", language),
        keep_before_word=_words(options, "keep_before_word", language),
        dangling_before=_words(options, "dangling_before", language),
        drop_after=_words(options, "drop_after", language),
        keep_pairs=tuple(_pair(pair) for pair in sorted(_words(options, "keep_pairs", language))),
        keep_between_vowels=language in options.get("keep_between_vowels", ()),
        reduplication=language in options.get("reduplication", ()),
        unbroken=language in options.get("unbroken", ()),
    )


def _pair(pair: str) -> tuple[Forms, Forms]:
    """Read `forms of the first part | forms of the last`."""
    first, bar, last = pair.partition("|")
    if not bar:
        message = f"linebreaks: `with: {{keep_pairs: …}}`: {pair!r} has no `|` between its forms"
        raise UsageError(message)
    return forms(first), forms(last)


def _options(rules: RuleSet, rule_id: str) -> Mapping[str, Any] | None:
    rule = rules.get(rule_id)
    return None if rule is None else rule.options or {}


def _words(options: Mapping[str, Any] | None, key: str, language: str) -> frozenset[str]:
    """Unite what `options[key]` lists for the language and for any language."""
    by_language = (options or {}).get(key, {})
    try:
        return frozenset(by_language.get("any", ())) | frozenset(by_language.get(language, ()))
    except (AttributeError, TypeError):
        message = f"linebreaks: `with: {{{key}: …}}` must map languages (or `any`) to lists of words"
        raise UsageError(message) from None
