"""The steps applied to one document: what `clean run` does to each, and what other programs call.

The text steps run in turn until a whole pass changes nothing, so that text joined or cut by one
step is seen by the others as if it had always been so, and cleaning the result again changes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from socket import gethostname
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from cleaner.edits import revise
from cleaner.errors import QuarantineError, UsageError
from cleaner.language import detect
from cleaner.lines import Rest, rest_of
from cleaner.model import JSON, Document, Edit, Fact, Finding
from cleaner.settings import RuleSources, Settings
from cleaner.steps import STEPS, Context, Step, named, rules_in_code

if TYPE_CHECKING:
    from cleaner.rules import RuleBook, RuleSet
    from cleaner.rules.rule import StepNames

T = TypeVar("T")
Turns: TypeAlias = Generator[None, None, T]
"""Work with pauses, after which other work may be done first."""
DEFAULTS = Settings()
NOTHING: Mapping[str, Any] = MappingProxyType({})
"""What is known of the corpus when a document is looked at on its own."""
EXEMPTED = "exempted"
"""The fact that lists the exceptions of the configuration which applied; for the run, not for the trail."""
PASSES = 50
"""Passes over one document after which it is quarantined as one without a fixpoint."""


class _Silence(NamedTuple):
    """A document in which a step has no edit left, and what else it found there."""

    doc: Document
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Pipeline:
    r"""The configured steps, ready to be applied to documents.

    >>> pipeline = Pipeline(Settings(steps=("boilerplate",)))
    >>> doc = pipeline.clean(Document("a.txt", "It rained all day in the valley.\n\nAdvertisement\n"))
    >>> doc.text, doc.trail[0].edits[0].old
    ('It rained all day in the valley.\n', '\nAdvertisement\n')
    """

    settings: Settings = DEFAULTS

    @property
    def rules(self) -> RuleBook:
        """All rules of the configuration, loaded once in each process."""
        return rule_book(self.settings.rules)

    def clean(self, doc: Document) -> Document:
        """Clean one document on its own: all steps, deduplication among its own passages.

        Raises QuarantineError for a document that a rule cannot be applied to within its bounds.
        """
        return _only(self.clean_all([doc]))

    def clean_all(self, docs: Sequence[Document]) -> list[Document | Exception]:
        """Clean documents, each on its own, a step for all of them in turn; return each, or why that failed."""
        return in_turns([self._cleaning(doc) for doc in docs])

    def _cleaning(self, doc: Document) -> Turns[Document]:
        """Clean a document, with a pause before each thing that is done."""
        doc = yield from self._settling(doc)
        doc = yield from self._annotating(doc)
        while True:
            before = doc.text
            for step in steps_of(self.settings.steps, "corpus"):
                yield
                doc = revise(doc, step.name, self._found(doc, self._context(doc, step), step))
            if doc.text == before:
                return doc
            doc = yield from self._settling(doc, flags=False)

    def settle(self, doc: Document, *, flags: bool = True, corpus: Mapping[str, Any] = NOTHING) -> Document:
        """Apply the text steps in turn until a pass changes nothing.

        What the last pass flags is attached, unless `flags` says that this has been done before.
        `corpus` holds, by the name of a step, what the corpus says about this document.
        """
        return _only(in_turns([self._settling(doc, flags=flags, corpus=corpus)]))

    def settle_all(
        self, docs: Sequence[Document], begin: Callable[[int], None] = lambda index: None
    ) -> list[Document | Exception]:
        """Settle and annotate documents, each step for all of them in turn; return each, or why that failed.

        A step is quicker when what it needs is still in the cache of the processor. `begin` is told
        the number of the document that is next.
        """
        if not any(steps_of(self.settings.steps, scope) for scope in ("text", "flags")):
            return list(docs)
        settled = in_turns([self._settling(doc) for doc in docs], begin)
        return in_turns([self._annotating(doc) for doc in settled], begin)

    def _settling(
        self, doc: Document, *, flags: bool = True, corpus: Mapping[str, Any] = NOTHING
    ) -> Turns[Document]:
        """Settle a document, with a pause before each thing that is done in a pass."""
        steps = steps_of(self.settings.steps, "text")
        known = ""  # the text whose language is known
        silent: dict[str, _Silence] = {}
        for _ in range(PASSES):
            before, findings = doc.text, []
            for step in steps:
                yield
                if step.by_language and doc.text != known:
                    doc, known = self._identify(doc), doc.text
                yield
                last = silent.get(step.name)
                if last is None or (last.doc.text, last.doc.language) != (doc.text, doc.language):
                    self._remind(step, last, doc)
                    last = silent[step.name] = _Silence(*self._to_fixpoint(doc, step, corpus.get(step.name)))
                    doc = last.doc
                findings += last.findings
            if doc.text == before:
                doc = doc if doc.text == known else self._identify(doc)
                return revise(doc, "", findings) if flags else doc
        message = f"the steps do not reach a fixpoint after {PASSES} passes"
        raise QuarantineError(message)

    def _remind(self, step: Step, last: _Silence | None, doc: Document) -> None:
        """Let a step know what it knew when it had no edit left, if only whole lines have gone since."""
        rest = _rest(last.doc, doc) if last else None
        if last and rest:
            context = self._context(last.doc, step)
            known = step.learned(rest.before, context)
            if known is not None:
                step.recall(rest.before, context, known, rest)

    def annotate(self, doc: Document) -> Document:
        """Add the flags and facts of the steps that only look."""
        return _only(in_turns([self._annotating(doc)]))

    def _annotating(self, doc: Document | Exception) -> Turns[Document]:
        """Annotate a document, with a pause before each step; what could not be settled is raised."""
        if isinstance(doc, Exception):
            raise doc
        for step in steps_of(self.settings.steps, "flags"):
            yield
            doc = revise(doc, step.name, self._found(doc, self._context(doc, step), step))
        return doc

    def learned(self, doc: Document) -> dict[str, JSON]:
        """Return what the text steps know of a document that they have just settled, by their names."""
        steps = steps_of(self.settings.steps, "text")
        found = {step.name: step.learned(doc.text, self._context(doc, step)) for step in steps}
        return {name: known for name, known in found.items() if known is not None}

    def recall(self, doc: Document, known: Mapping[str, JSON], left: Document | None = None) -> None:
        """Let the text steps know what they knew of a document: they are about to look at what is left of it.

        `left` is what one more revision made of it, where they look at that.
        """
        rest = _rest(doc, left) if left else None
        for name, value in known.items():
            step = named(name)
            step.recall(doc.text, self._context(doc, step), value, rest)

    def inform(self, doc: Document, step: Step, corpus: Any) -> Document:
        """Apply a step that is told what the corpus knows about a document.

        A text step is applied with the others, until nothing changes. A step of scope corpus is applied
        once, and the caller lets the others look at what it leaves (`settle`).
        """
        if step.scope == "text":
            return self.settle(doc, flags=False, corpus={step.name: corpus})
        return revise(doc, step.name, self._found(doc, self._context(doc, step, corpus), step))

    def _context(self, doc: Document, step: Step, corpus: Any = None) -> Context:
        rules = self.rules.select(step.name, doc.language, self.settings.profile)
        return Context(rules, doc.language, self.settings.profile, doc.key, doc.source, corpus)

    def _found(self, doc: Document, context: Context, step: Step) -> list[Finding]:
        """Return what a step finds, less what the configuration exempts; exemptions that applied are a fact."""
        found = list(step.find(doc.text, context))
        _refuse_inactive(found, context, step)
        exemptions = self.rules.exemptions
        if not exemptions:
            return found
        from cleaner.rules.exemptions import exempt

        found, used = exempt(found, doc.key, doc.text, exemptions)
        if used:
            earlier = next((fact.value for fact in doc.facts if fact.name == EXEMPTED), None)
            places = {exemption.place for exemption in used}
            places.update(str(place) for place in (earlier if isinstance(earlier, list) else ()))
            found.append(Fact(EXEMPTED, [*sorted(places)]))
        return found

    def _to_fixpoint(self, doc: Document, step: Step, corpus: Any = None) -> tuple[Document, list[Finding]]:
        """Apply one step until it proposes no more edits; return what else it found at the end."""
        for _ in range(PASSES):
            found = self._found(doc, self._context(doc, step, corpus), step)
            edits = [finding for finding in found if isinstance(finding, Edit) and finding.old != finding.new]
            if not edits:
                return doc, found
            doc = revise(doc, step.name, edits)
        message = f"the step {step.name} does not reach a fixpoint after {PASSES} rounds"
        raise QuarantineError(message)

    def _identify(self, doc: Document) -> Document:
        """State the language of a document; `und` when no step that runs asks for it."""
        if not any(steps_of(self.settings.steps, scope) for scope in ("text", "flags")):
            return doc
        return replace(doc, language=detect(doc.text))


def in_turns(
    tasks: Sequence[Turns[T]], begin: Callable[[int], None] = lambda index: None
) -> list[T | Exception]:
    """Run tasks from one pause to the next in turn; return what each returns or, but for UsageError, raises.

    >>> def count(to):
    ...     for number in range(to):
    ...         yield
    ...     return 6 // to
    >>> in_turns([count(2), count(0), count(1)], begin=print)
    0
    1
    2
    0
    2
    0
    [3, ZeroDivisionError('integer division or modulo by zero'), 6]
    """
    results: dict[int, T | Exception] = {}
    waiting = list(enumerate(tasks))
    while waiting:
        left = []
        for index, task in waiting:
            begin(index)
            try:
                next(task)
                left.append((index, task))
            except StopIteration as end:
                results[index] = end.value
            except UsageError:
                raise
            except Exception as error:
                results[index] = error
        waiting = left
    return [results[index] for index in range(len(tasks))]


def _rest(doc: Document, left: Document) -> Rest | None:
    """Return what is left of a document, if one more revision took out whole lines and nothing else."""
    if len(left.trail) != len(doc.trail) + 1:
        return None
    return rest_of(doc.text, left.text, left.trail[-1].edits)


def _only(results: Sequence[T | Exception]) -> T:
    """Return the result of a task that ran alone, or raise what it raised."""
    (result,) = results
    if isinstance(result, Exception):
        raise result
    return result


class StepError(UsageError):
    """A step proposed something in the name of a rule that is not active: a bug in that step."""


def _refuse_inactive(found: Sequence[Finding], context: Context, step: Step) -> None:
    """Raise StepError when a finding names a rule that the step was not given."""
    for finding in found:
        if not isinstance(finding, Fact) and context.rules.get(finding.rule) is None:
            message = (
                f"the step {step.name} found something by the rule {finding.rule!r}, which is not active: "
                "it has to ask context.rules first"
            )
            raise StepError(message)


@cache
def steps_of(names: tuple[str, ...], scope: str) -> tuple[Step, ...]:
    """Return the steps of one scope among those that are named.

    >>> [step.name for step in steps_of(("dedup", "encoding"), "text")]
    ['encoding']
    """
    return tuple(step for step in STEPS if step.scope == scope and step.name in names)


@cache
def rule_book(sources: RuleSources) -> RuleBook:
    """Load the rules of a configuration, once in each process.

    Raises UsageError when they are not those of the digest that `sources` states.
    """
    from cleaner.rules import load_rules

    book = load_rules(sources, step_names())
    changes: dict[str, dict[str, JSON]] = {}
    for rule_id, option, value in sources.options:
        changes.setdefault(rule_id, {})[option] = list(value) if isinstance(value, tuple) else value
    book = book.with_options(changes) if changes else book
    if sources.digest and sources.digest != book.digest:
        message = (
            f"the built-in rules on {gethostname()} are not those that the run began with: all machines must "
            "have the same version of the program"
        )
        raise UsageError(message)
    return book


def carried(settings: Settings) -> Settings:
    """Return settings whose rules travel by value, with their digest, for tasks that may run elsewhere.

    >>> found = carried(Settings()).rules
    >>> found.config, found.folders, len(found.digest)
    (None, (), 64)
    """
    from cleaner.rules.files.folders import carry, content_of, shown

    sources = settings.rules
    path = Path(sources.config) if sources.config and not sources.isolated else None
    rules = replace(
        sources,
        config=None,
        text=content_of(path) if path else sources.text,
        text_name=shown(path) if path else sources.text_name,
        folders=(),
        carried=sources.carried or carry(path, sources.folders, isolated=sources.isolated),
        isolated=True,
        digest=rule_book(sources).digest,
    )
    return replace(settings, rules=rules)


@cache
def step_names() -> StepNames:
    """Return what the rules need to know of the steps, from the one list of them."""
    from cleaner.rules.rule import StepNames

    return StepNames(
        tuple(step.name for step in STEPS),
        {action: step.name for step in STEPS for action in step.actions},
        rules_in_code(),
    )


def finder(name: str) -> Callable[[str, RuleSet, str, str], Iterator[Finding]]:
    """Return what runs a step on one text by some rules, in a language and a profile: for examples of rules."""
    step = named(name)

    def find(text: str, rules: RuleSet, language: str, profile: str) -> Iterator[Finding]:
        return step.find(text, Context(rules, language, "page" if profile == "page" else "article"))

    return find
