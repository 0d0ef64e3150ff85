"""The boilerplate step: what surrounds an article is removed, the article is kept.

Pattern rules say which lines are furniture; this module turns their hits into edits by scope:

- `line`: the line is removed (`drop`), or the matched part of it is changed (`cut`, `replace`);
- `block`: the run of lines without a blank one is removed;
- `tail`: the line is a heading and is removed with what belongs to it: the list under it, up to where prose
  begins again, or everything to the end when the rule states how early it may start (`guard.after`);
- `head`: the line is removed with everything before it;
- `document`: everything is removed.

Rules of a `detector` decide by code: `repeated` (lines that the documents of one source share), `page`
and `edge` (the scorer). A scorer is asked when no other rule finds anything.

A removal by one rule may uncover a match of another, so the rules are run to a fixpoint: the step
changes nothing in its own output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaner.edits import checked, splice
from cleaner.errors import UsageError
from cleaner.lines import Rest, drop_lines, line_spans, line_texts, without_lines
from cleaner.model import JSON, Edit, Finding, Span
from cleaner.protected import WHOLE, Kind, protect
from cleaner.steps.boilerplate.arranged import part_of_what_stays
from cleaner.steps.boilerplate.evidence import is_mentioned, is_weak
from cleaner.steps.boilerplate.plan import Drops, Plan, flag, is_flag, of_rules
from cleaner.steps.boilerplate.shelter import around_nothing, is_aside, is_notice, leading, scattered, torn

if TYPE_CHECKING:
    from cleaner.rules import Rule, RuleSet
    from cleaner.steps import Context, Profile
    from cleaner.steps.survey import Survey


def find(text: str, context: Context) -> Iterator[Finding]:
    r"""Propose what to remove from a document, and flag what a person should review.

    Rules of safety `review` only flag. The edits never overlap, and applying them yields a text in which
    `find` finds nothing more.
    """
    if not text.strip():
        return
    lines = line_spans(text)
    drops: Drops = {}
    changed: dict[int, tuple[str, str, str]] = {}
    alive = _shown(text)
    current, spans = text, lines
    first = True
    while True:
        plan = _plan_of(current, context)
        if first:
            yield from plan.flags
            first = False
        if not plan.drops and not plan.changes:
            break
        source_line = dict(zip(_shown(current), alive, strict=True))
        for k, cause in plan.drops.items():
            if k in source_line:
                drops[source_line[k]] = cause
        for k, parts in plan.changes.items():
            new = _changed_line(current, spans[k], parts)
            rule, note = parts[0][2], ""
            changed[source_line[k]] = (new, rule, note)
        current = _after(current, spans, plan)
        alive = [i for i in alive if i not in drops and (i not in changed or changed[i][0].strip())]
        spans = line_spans(current)
        if not current.strip():
            break
    yield from _final_edits(text, lines, drops, changed)


def _after(text: str, lines: Sequence[Span], plan: Plan) -> str:
    """Return a text after one pass."""
    if not plan.changes:
        return without_lines(text, lines, plan.drops)
    changes = (edit for parts in plan.changes.values() for edit in _line_edits(text, parts))
    return splice(text, checked(text, [*drop_lines(text, lines, plan.drops), *changes]))


def _shown(text: str) -> list[int]:
    """Return the lines of a text that are not blank."""
    return [k for k, line in enumerate(line_texts(text)) if line and not line.isspace()]


def learned(text: str, context: Context) -> list[JSON] | None:
    """Return the lines of a text that rules match, if it was looked at lately."""
    found = context.rules.matching(text)
    return None if found is None else [*found]


def recall(text: str, context: Context, known: JSON, rest: Rest | None = None) -> None:
    """Take it as known which lines of a text rules match: no others of what is left of it."""
    if not isinstance(known, list):
        return
    matching = [k for k in known if isinstance(k, int)]
    if rest is not None:
        context.rules.narrow(rest.text, rest.lines(matching))
        return
    lines = line_spans(text)
    context.rules.pass_over([text[a:b] for k, (a, b) in enumerate(lines) if k not in matching])


def _final_edits(
    text: str, lines: Sequence[Span], drops: Drops, changed: Mapping[int, tuple[str, str, str]]
) -> Iterator[Edit]:
    """State all passes as edits of the first text."""
    for i, (new, rule, note) in changed.items():
        if not new.strip():
            drops.setdefault(i, (rule, note))
    if drops:
        yield from drop_lines(text, lines, drops)
    for i, (new, rule, note) in changed.items():
        if i not in drops:
            yield _smallest_edit(text, lines[i], new, rule, note)


def _smallest_edit(text: str, span: Span, new: str, rule: str, note: str) -> Edit:
    """Return the edit that turns a line into `new`, without the parts that are equal at both ends."""
    start, end = span
    old = text[start:end]
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    return Edit(start + head, start + head + len(old), old, new, rule, note)


def _line_edits(text: str, parts: Sequence[tuple[Span, str, str]]) -> Iterator[Edit]:
    for (start, end), new, rule in parts:
        yield Edit(start, end, text[start:end], new, rule)


def _changed_line(text: str, line: Span, parts: Sequence[tuple[Span, str, str]]) -> str:
    """Return a line after its changes."""
    at = line[0]
    pieces: list[str] = []
    for (start, end), new, _ in parts:
        pieces += (text[at:start], new)
        at = end
    pieces.append(text[at : line[1]])
    return "".join(pieces)


def _plan_of(text: str, context: Context) -> Plan:
    """Return what the rules want of a text; the pass that finds nothing is not made again by the next look at it."""
    if context.corpus is not None:
        return _plan(text, context)
    return _plan_alone(text, context.rules, context.profile)


@lru_cache(maxsize=2)
def _plan_alone(text: str, rules: RuleSet, profile: Profile) -> Plan:
    from cleaner.steps import Context

    return _plan(text, Context(rules, profile=profile))


def _plan(text: str, context: Context) -> Plan:
    """Ask the rules once: patterns, then what repeats, and a scorer when no other rule finds anything."""
    lines = line_spans(text)
    contents = line_texts(text)
    plan = of_rules(text, lines, contents, context.rules.hits(text, lines))
    if context.profile == "article":
        plan.leave(around_nothing(plan.drops, contents))
    _detect(plan, ("repeated",), contents, lines, context)
    if context.profile == "article":
        plan.leave(k for k in [*plan.drops] if is_notice(contents, k))
    if not plan.drops and not plan.changes:
        _detect(plan, ("page", "edge"), contents, lines, context)
        if plan.drops:
            protected = protect(text)
            spared = {k for k in plan.drops if _stays(protected.kind_at(k), contents, k, context)}
            if context.profile == "article":
                spared |= scattered(plan.drops, contents)
                spared |= leading(plan.drops.keys() - spared, contents)
            else:
                spared |= part_of_what_stays(plan.drops, text, contents)
            plan.leave(spared)
    plan.leave(torn(plan.drops, text, contents, context.profile))
    for k in plan.drops:
        plan.changes.pop(k, None)
    return plan


def _stays(kind: Kind | None, contents: Sequence[str], line: int, context: Context) -> bool:
    """Tell whether a line is not for a scorer to judge: code, and in articles all that is whole, and labels.

    Neither is a word that a sentence of the article mentions, an aside, or the notice of a licence.
    """
    if context.profile == "page":
        return kind == "code"
    shown = contents[line]
    if kind in WHOLE or shown.rstrip().endswith((":", "\N{FULLWIDTH COLON}")):
        return True
    return is_notice(contents, line) or is_aside(shown) or (is_weak(shown) and is_mentioned(shown, contents))


def _detect(
    plan: Plan, names: Sequence[str], contents: Sequence[str], lines: Sequence[Span], context: Context
) -> None:
    """Ask the rules whose decision is code, those of the detectors `names`."""
    for rule in context.rules.detectors:
        name = rule.match.values[0]
        if name not in DETECTORS:
            message = f"{rule.id}: there is no detector {name!r}: {', '.join(DETECTORS)}"
            raise UsageError(message)
        if name not in names:
            continue
        for k, note in DETECTORS[name](contents, rule, context).items():
            if is_flag(rule):
                plan.flags.append(flag(rule, lines[k]))
            else:
                plan.drops.setdefault(k, (rule.id, note))


def _repeated(contents: Sequence[str], rule: Rule, context: Context) -> dict[int, str]:
    """Find what repeats across the source, if the corpus was looked at."""
    if context.corpus is None:
        return {}
    from cleaner.steps.boilerplate.repeated import drops

    return drops(contents, context.corpus, rule, page=context.profile == "page")


def _page(contents: Sequence[str], rule: Rule, context: Context) -> dict[int, str]:
    """Find the lines of a whole page that are not its text."""
    from cleaner.steps.boilerplate.scorer import page_drops

    return page_drops(contents, rule)


def survey_of(rules: RuleSet, against: tuple[str, ...]) -> Survey | None:
    """Return the survey of lines that repeat across a source; None when its rule is not active."""
    from cleaner.steps.boilerplate.repeated import RULE
    from cleaner.steps.boilerplate.survey import RepeatedLines

    del against
    rule = rules.get(RULE)
    return RepeatedLines(rule) if rule else None


def _edge(contents: Sequence[str], rule: Rule, context: Context) -> dict[int, str]:
    """Find furniture before and after the prose of an article."""
    from cleaner.steps.boilerplate.scorer import edge_drops

    return edge_drops(contents, rule)


DETECTORS: Mapping[str, Callable[[Sequence[str], Rule, Context], dict[int, str]]] = {
    "repeated": _repeated,
    "page": _page,
    "edge": _edge,
}
