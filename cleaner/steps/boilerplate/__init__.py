"""The boilerplate step: what surrounds an article goes, the article stays.

Pattern rules say which lines are furniture; this module turns their hits into edits by scope:

- `line`: the line goes (`drop`), or the matched part of it (`cut`, `replace`);
- `block`: the run of lines without a blank one goes;
- `tail`: the line is a heading and goes with what belongs to it: the list under it, up to where prose
  begins again, or everything to the end when the rule says how late it may start (`guard.after`);
- `head`: the line goes with everything before it;
- `document`: everything goes.

Rules of a `detector` decide by code: `repeated` (lines that the documents of one source share), `page`
and `edge` (the scorer). A scorer is asked when no other rule has anything to say.

What one rule takes away may uncover what another one is about, so rules are asked again until they
are silent: the step changes nothing in its own output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from cleaner.edits import checked, splice
from cleaner.errors import UsageError
from cleaner.lines import drop_lines, line_spans
from cleaner.model import Edit, Finding, Flag, Span
from cleaner.steps.boilerplate.sections import section_end

if TYPE_CHECKING:
    from cleaner.rules import Hit, Rule, RuleSet
    from cleaner.steps import Context
    from cleaner.steps.survey import Survey

Drops: TypeAlias = dict[int, tuple[str, str]]
"""Index of a line that goes: id of the rule and a note."""

DEFAULT_MAX_CUT = 0.5
"""What a section may take of a document when its rule does not say."""


@dataclass(slots=True)
class _Plan:
    """What one pass wants to do to a text."""

    drops: Drops = field(default_factory=dict)
    changes: dict[int, list[tuple[Span, str, str]]] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)


def find(text: str, context: Context) -> Iterator[Finding]:
    r"""Propose what to take out of a document, and flag what a person should look at.

    Rules of safety `review` only flag. The edits never overlap, and applying them gives a text about
    which `find` has nothing to say.
    """
    if not text.strip():
        return
    lines = line_spans(text)
    drops: Drops = {}
    changed: dict[int, tuple[str, str, str]] = {}
    alive = [i for i, (start, end) in enumerate(lines) if text[start:end].strip()]
    current, spans = text, lines
    first = True
    while True:
        plan = _plan(current, spans, context)
        if first:
            yield from plan.flags
            first = False
        if not plan.drops and not plan.changes:
            break
        present = [k for k, (start, end) in enumerate(spans) if current[start:end].strip()]
        source_line = dict(zip(present, alive, strict=True))
        for k, cause in plan.drops.items():
            if k in source_line:
                drops[source_line[k]] = cause
        for k, parts in plan.changes.items():
            new = _changed_line(current, spans[k], parts)
            rule, note = parts[0][2], ""
            changed[source_line[k]] = (new, rule, note)
        edits = [
            *drop_lines(current, spans, plan.drops),
            *(edit for k, parts in plan.changes.items() for edit in _line_edits(current, parts)),
        ]
        current = splice(current, checked(current, edits))
        alive = [i for i in alive if i not in drops and (i not in changed or changed[i][0].strip())]
        spans = line_spans(current)
        if not current.strip():
            break
    yield from _final_edits(text, lines, drops, changed)


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


def _plan(text: str, lines: Sequence[Span], context: Context) -> _Plan:
    """Ask the rules once, and let each line have one fate; where two rules differ, the larger scope wins."""
    plan = _Plan()
    contents = [text[start:end] for start, end in lines]
    hits = context.rules.hits(text, lines)
    for hit in sorted(hits, key=lambda hit: (_ORDER[hit.rule.scope], hit.line, hit.start)):
        rule = hit.rule
        if hit.line in plan.drops:
            continue
        if rule.safety == "review" or rule.action == "flag":
            plan.flags.append(_flag(rule, (hit.start, hit.end)))
        elif rule.action in ("cut", "replace"):
            _change(plan, hit, lines, text)
        else:
            _drop(plan, hit, contents, len(text))
    _detect(plan, ("repeated",), contents, lines, context)
    if not plan.drops and not plan.changes:
        _detect(plan, ("page", "edge"), contents, lines, context)
    for k in plan.drops:
        plan.changes.pop(k, None)
    return plan


def _detect(
    plan: _Plan, names: Sequence[str], contents: Sequence[str], lines: Sequence[Span], context: Context
) -> None:
    """Ask the rules whose decision is code, those of the detectors `names`."""
    for rule in context.rules.rules:
        if rule.is_pattern:
            continue
        name = rule.match.values[0]
        if name not in DETECTORS:
            message = f"{rule.id}: there is no detector {name!r}: {', '.join(DETECTORS)}"
            raise UsageError(message)
        if name not in names:
            continue
        for k, note in DETECTORS[name](contents, rule, context).items():
            if rule.safety == "review" or rule.action == "flag":
                plan.flags.append(_flag(rule, lines[k]))
            else:
                plan.drops.setdefault(k, (rule.id, note))


def _repeated(contents: Sequence[str], rule: Rule, context: Context) -> dict[int, str]:
    """Find what repeats across the source, if the corpus was looked at."""
    if context.corpus is None:
        return {}
    from cleaner.steps.boilerplate.repeated import drops

    return drops(contents, context.corpus, rule)


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


_ORDER = {"document": 0, "tail": 1, "head": 2, "block": 3, "line": 4, "join": 5}


def _flag(rule: Rule, span: Span) -> Flag:
    return Flag(*span, rule.id, rule.severity, rule.message or rule.description, rule.suggestion)


def _change(plan: _Plan, hit: Hit, lines: Sequence[Span], text: str) -> None:
    """Cut or replace the matched part; a cut at the end of a line takes the white space before it along."""
    new = (hit.rule.replacement or "") if hit.rule.action == "replace" else ""
    start, end = hit.start, hit.end
    line_start, line_end = lines[hit.line]
    if not new:
        if not text[end:line_end].strip():
            start, end = len(text[:start].rstrip(" \t\N{NO-BREAK SPACE}")), line_end
            start = max(start, line_start)
        elif not text[line_start:start].strip():
            end += len(text[end:line_end]) - len(text[end:line_end].lstrip())
    parts = plan.changes.setdefault(hit.line, [])
    if start < end and text[start:end] != new and all(end <= a or b <= start for (a, b), _, _ in parts):
        parts.append(((start, end), new, hit.rule.id))
        parts.sort()
    if not parts:
        del plan.changes[hit.line]


def _drop(plan: _Plan, hit: Hit, contents: Sequence[str], size: int) -> None:
    """Take out the lines that the scope of the rule asks for, unless its guard forbids that."""
    rule = hit.rule
    first, stop = _extent(rule, hit.line, contents)
    taken = [k for k in range(first, stop) if contents[k].strip()]
    if rule.scope != "line":
        if rule.guard.max_lines is not None and len(taken) - 1 > rule.guard.max_lines:
            return
        limit = DEFAULT_MAX_CUT if rule.guard.max_cut is None else rule.guard.max_cut
        cut = sum(len(contents[k]) for k in taken if k != hit.line)
        if rule.scope != "document" and cut > limit * size:
            return
    heading = contents[hit.line].strip()
    for k in taken:
        note = "" if k == hit.line else f"belongs to “{heading[:40]}”"
        plan.drops.setdefault(k, (rule.id, note))


def _extent(rule: Rule, line: int, contents: Sequence[str]) -> Span:
    """Return the lines that a removal covers, as a half-open range."""
    if rule.scope == "tail":
        return line, section_end(contents, line) if rule.guard.after is None else len(contents)
    if rule.scope == "block":
        stop = line
        while stop < len(contents) and contents[stop].strip():
            stop += 1
        return line, stop
    if rule.scope == "head":
        return 0, line + 1
    if rule.scope == "document":
        return 0, len(contents)
    return line, line + 1
