"""The steps, in their fixed order, and what a step is given to look at.

A step is one module here with a `find`, and one line in `STEPS`; all else that knows of steps (the
schema of rule files, the configuration, messages, the documentation) is derived from that list. A
step never changes text: it yields edits, flags and facts, each in the name of a rule that is active
in `Context.rules`. Rules are written in YAML (`rules/`), or, for a step whose decisions are code
alone, as `RULES` in its module.

A step that has to see the whole corpus first also has a survey (`cleaner.steps.survey`): what that
found out about a document reaches `find` as `Context.corpus`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cleaner.errors import UsageError
from cleaner.lines import Rest
from cleaner.model import JSON, Finding
from cleaner.rules.faults import did_you_mean

if TYPE_CHECKING:
    from cleaner.rules import RuleSet
    from cleaner.steps.survey import Survey

Profile: TypeAlias = Literal["article", "page"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a step may know besides the text.

    `rules` are the active rules of this step for the document's language; `corpus` is what the
    step's survey knows about this document, None when it knows nothing or was not made.
    """

    rules: RuleSet
    language: str = "und"
    profile: Profile = "article"
    key: str = ""
    source: str | None = None
    corpus: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name is that of its module.

    `scope` tells what it works on: `text` steps run in turn until none of them changes anything,
    `flags` steps then look at the result, `corpus` steps act on what their survey found out. With
    `survey` a text step has one, too. With `by_language` the language of the document decides which
    rules apply. `actions` are those of rules that it runs when their pack names no step.
    `accounts` tells that each of its removals names what is kept for it, in `duplicates-*.jsonl`.
    `own_rules` tells that its rules are `RULES` in its module.
    """

    name: str
    scope: Literal["text", "flags", "corpus"] = "text"
    survey: bool = False
    by_language: bool = True
    actions: tuple[str, ...] = ()
    accounts: bool = False
    own_rules: bool = False

    @property
    def module(self) -> ModuleType:
        """Return the module of the step, imported at first use."""
        return import_module(f"cleaner.steps.{self.name}")

    def find(self, text: str, context: Context) -> Iterator[Finding]:
        """Yield edits, flags and facts for one text."""
        found: Iterator[Finding] = self.module.find(text, context)
        return found

    def learned(self, text: str, context: Context) -> JSON:
        """Return what the step knows of a text that it has just looked at; None for nothing.

        A module may have `learned` and `recall`: what the one returns, the other is told before the step looks at a
        text that is a part of that one, together with how its lines are found there if whole ones are gone
        (`cleaner.lines.Rest`). It changes how long that takes, and nothing else.
        """
        tell = getattr(self.module, "learned", None)
        known: JSON = tell(text, context) if tell is not None else None
        return known

    def recall(self, text: str, context: Context, known: JSON, rest: Rest | None = None) -> None:
        """Let the step know what it knew of a text; `rest` is what it is about to look at, if whole lines are gone."""
        self.module.recall(text, context, known, rest)

    @property
    def surveys(self) -> bool:
        """Tell whether the step asks the whole corpus."""
        return self.survey or self.scope == "corpus"

    def new_survey(self, rules: RuleSet, against: tuple[str, ...] = ()) -> Survey | None:
        """Return the survey of the step under its active rules; None when these ask for none.

        `against` names outputs of earlier runs. A module without `survey_of` has the plain functions
        `digest` and `combine`.
        """
        make = getattr(self.module, "survey_of", None)
        if make is not None:
            made: Survey | None = make(rules, against)
            return made
        from cleaner.steps.survey import PlainSurvey

        return PlainSurvey(self.name, self.module.digest, self.module.combine) if rules.rules else None


STEPS = (
    Step("encoding", by_language=False),
    Step("linebreaks", actions=("join",)),
    Step("boilerplate", actions=("drop", "cut", "replace"), survey=True),
    Step("translation", scope="flags", actions=("flag",)),
    Step("dedup", scope="corpus", accounts=True),
)


def named(name: str) -> Step:
    """Return a step by its name.

    >>> named("dedup").scope
    'corpus'
    """
    known = {step.name: step for step in STEPS}
    if name not in known:
        message = f"there is no step {name!r}: {', '.join(known)}{did_you_mean(name, known)}"
        raise UsageError(message)
    return known[name]


def select(names: str | None) -> tuple[str, ...]:
    """Turn `a,b` into names of steps in their fixed order; None means all.

    >>> select("dedup,encoding")
    ('encoding', 'dedup')
    >>> select("encodings")
    Traceback (most recent call last):
    ...
    cleaner.errors.UsageError: there is no step 'encodings': encoding, ... (did you mean 'encoding'?)
    >>> select(" ")
    Traceback (most recent call last):
    ...
    cleaner.errors.UsageError: no step is named: encoding, linebreaks, boilerplate, translation, dedup
    """
    known = [step.name for step in STEPS]
    wanted = known if names is None else [name.strip() for name in names.split(",") if name.strip()]
    if not wanted:
        message = f"no step is named: {', '.join(known)}"
        raise UsageError(message)
    chosen = {named(name).name for name in wanted}
    return tuple(name for name in known if name in chosen)


def rules_in_code() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the rules that steps declare in their modules, as a rule file would hold them, by step."""
    return {step.name: step.module.RULES for step in STEPS if step.own_rules}
