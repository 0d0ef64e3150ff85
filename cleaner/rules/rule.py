"""What a rule is: frozen values, free of YAML and of matching.

A rule is data. `cleaner.rules.files.load` makes rules out of YAML and is the only place that judges them;
`cleaner.rules.matching` runs their matchers; steps read the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from cleaner.model import JSON, Severity

Scope: TypeAlias = Literal["line", "block", "tail", "head", "document", "join"]
Action: TypeAlias = Literal["drop", "cut", "join", "replace", "flag"]
Safety: TypeAlias = Literal["safe", "unsafe", "review"]
Kind: TypeAlias = Literal["furniture", "metadata"]
Engine: TypeAlias = Literal["linear", "backtrack"]
Layer: TypeAlias = Literal["built-in", "user", "project", "command line"]
MatcherKind: TypeAlias = Literal["literal", "prefix", "suffix", "contains", "regex", "detector", "any", "all"]


@dataclass(frozen=True)
class StepNames:
    """What rules need to know of the steps that run them; `cleaner.steps` has the list.

    `by_action` names the step of a rule whose pack names none. `in_code` holds the rules that steps
    declare in their modules, as a rule file would hold them, by step.
    """

    names: tuple[str, ...]
    by_action: Mapping[str, str]
    in_code: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule was written: file, line (from 1), layer."""

    file: str
    line: int
    layer: Layer

    def __str__(self) -> str:
        """Return the form of messages.

        >>> str(Origin("rules/news.yaml", 4, "project"))
        'rules/news.yaml:4'
        """
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Matcher:
    """A node of the tree under `match:` or `unless:`.

    A leaf holds `values`, of which any may match; `any` and `all` hold `parts`. The leaf `detector`
    names a decision that is code.
    """

    kind: MatcherKind
    values: tuple[str, ...] = ()
    parts: tuple[Matcher, ...] = ()

    @property
    def is_detector(self) -> bool:
        """Tell whether a step decides, not a pattern."""
        return self.kind == "detector"

    def leaves(self) -> tuple[Matcher, ...]:
        """Return all leaves, in the order in which they were written.

        >>> tree = Matcher("all", parts=(Matcher("prefix", ("a",)), Matcher("regex", ("b",))))
        >>> [leaf.kind for leaf in tree.leaves()]
        ['prefix', 'regex']
        """
        if not self.parts:
            return (self,)
        return tuple(leaf for part in self.parts for leaf in part.leaves())


@dataclass(frozen=True, slots=True)
class Guard:
    """Limits to the damage that a rule can do.

    `after` and `before` are fractions of the document's characters between which a match must lie;
    `min_words` and `max_words` count white-space separated words of the line (block, document) that
    holds the match. The matching engine checks these four. `max_cut` (fraction of the document's
    characters) and `max_lines` limit what one removal may take, `max_hits` how many lines of
    a document may match: more of them belong to the records of a list. With `interrupts` a line counts
    only between the two parts of a sentence. The step that removes checks these four.
    """

    after: float | None = None
    before: float | None = None
    max_cut: float | None = None
    max_lines: int | None = None
    max_hits: int | None = None
    interrupts: bool | None = None
    min_words: int | None = None
    max_words: int | None = None


@dataclass(frozen=True, slots=True)
class Fold:
    """What counts as equal: letters that differ in case, runs of white space, NFKC equivalents."""

    case: bool = True
    spaces: bool = True
    nfkc: bool = False


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts that the rule must match and texts that it must leave alone."""

    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Precision:
    """How often the flags of a rule overlap a span that experts marked, and how often chance would."""

    overlap: float
    chance: float
    flags: int


@dataclass(frozen=True, slots=True)
class Measured:
    """How often a rule was right on labelled texts: `n` lines that it took, `right` the share of furniture."""

    n: int
    right: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `id` is `<pack>/<name>` and never changes; `formerly` lists the ids it once had.

    `languages` and `profiles` are empty when the rule applies to all. `options` is the mapping under
    `with:`, for rules whose decision is code; one that `needs_corpus` compares documents.
    `rate_native_per_10k` is the measured number of hits in 10,000 sentences of native prose,
    `precision_mqm` how it does on translations, `precision` how often what it removes is furniture,
    `prose_precision` the same of lines of prose. `category` is a class of the MQM typology. A rule
    with `prose` may take a line of prose that it does not cover, one with `alone` a line of one or two
    words without further evidence; where `alone` is False, lines of any length need that. `kind`
    is `metadata` for what describes an article (bylines, datelines, captions): it is kept unless a run
    is told otherwise.
    """

    id: str
    pack: str
    step: str
    description: str
    scope: Scope
    match: Matcher
    action: Action
    origin: Origin
    examples: Examples
    languages: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    unless: Matcher | None = None
    guard: Guard = Guard()
    fold: Fold = Fold()
    replacement: str | None = None
    safety: Safety = "safe"
    severity: Severity = "warn"
    message: str = ""
    suggestion: str | None = None
    category: str | None = None
    rate_native_per_10k: float | None = None
    precision_mqm: Precision | None = None
    precision: Measured | None = None
    prose_precision: Measured | None = None
    kind: Kind = "furniture"
    prose: bool = False
    alone: bool | None = None
    formerly: tuple[str, ...] = ()
    engine: Engine = "linear"
    options: dict[str, JSON] | None = None
    needs_corpus: bool = False
    overrides: tuple[Origin, ...] = ()

    @property
    def name(self) -> str:
        """Return the id without its pack."""
        return self.id[len(self.pack) + 1 :]

    @property
    def is_pattern(self) -> bool:
        """Tell whether patterns decide; otherwise the step's code does."""
        return not self.match.is_detector

    def speaks(self, language: str) -> bool:
        """Tell whether the rule applies to documents of `language` (primary subtag; `und` = unknown).

        A document whose language is unknown gets every safe rule that changes text: its phrases are
        specific enough to be boilerplate in any document. It does not get flags of a language, which
        judge a grammar that may not be its own, nor unsafe or review rules of a language.
        """
        if not self.languages:
            return True
        if language == "und":
            return self.safety == "safe" and self.action != "flag"
        return language.partition("-")[0] in self.languages
