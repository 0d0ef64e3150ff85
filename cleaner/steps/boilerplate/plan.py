"""What the rules want of a text in one pass, and how much of it the evidence allows.

Each hit becomes a proposal: the lines that its scope takes. A proposal that would take prose without
covering it is left out; what rests on a line of one or two words waits for a neighbour to prove it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from cleaner.engines.lazy import regex
from cleaner.model import Flag, Span
from cleaner.protected import WHOLE, Block, Kind, Protected, protect
from cleaner.steps.boilerplate.evidence import (
    WEAK_HEADING_WORDS,
    Furniture,
    adjoins,
    beside,
    covers,
    enumerated,
    interrupts,
    introduces,
    is_mentioned,
    is_prose,
    is_weak,
    supported,
)
from cleaner.steps.boilerplate.sections import section_end
from cleaner.steps.boilerplate.shelter import is_sentence

if TYPE_CHECKING:
    from cleaner.rules import Hit, Rule

Drops: TypeAlias = dict[int, tuple[str, str]]
"""Index of a line to remove: id of the rule and a note."""
Shelter: TypeAlias = Callable[[], Protected]
"""What returns the map of what is protected: it is made when something depends on it."""

DEFAULT_MAX_CUT: Final = 0.5
"""Share of a document that a section may take, unless its rule states another."""
LISTED: Final[frozenset[Kind]] = frozenset({"list", "contents", "glossary"})
"""Kinds from which a line with little evidence is removed only with all others."""
HEADING_SHOWN: Final = 40
"""Characters of a heading that the notes of its lines show."""
_HEADING: Final = regex(r"\s*(?:#{1,6}\s|={2,6}[^=]|=head\d\s)")
"""How a heading begins in Markdown, in a wiki, in Perl's documentation."""
_ORDER: Final = {"document": 0, "tail": 1, "head": 2, "block": 3, "line": 4, "join": 5}


@dataclass(slots=True)
class Plan:
    """What one pass wants to do to a text."""

    drops: Drops = field(default_factory=dict)
    changes: dict[int, list[tuple[Span, str, str]]] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)

    def leave(self, lines: Iterable[int]) -> None:
        """Remove none of some lines."""
        for line in lines:
            del self.drops[line]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines that a rule wants to take because of what is in one of them."""

    rule: Rule
    line: int
    taken: tuple[int, ...]
    weak: bool


def of_rules(text: str, lines: Sequence[Span], contents: Sequence[str], hits: Sequence[Hit]) -> Plan:
    """Let each line have one fate; where two rules differ, the larger scope wins."""
    plan = Plan()
    if not hits:
        return plan
    protected = partial(protect, text)
    ordered = sorted(hits, key=lambda hit: (_ORDER[hit.rule.scope], hit.line, hit.start))
    proposed = list(proposals(ordered, lines, contents, protected))
    for proposal in allowed(proposed, contents, protected):
        heading = contents[proposal.line].strip()
        for k in proposal.taken if proposal.line not in plan.drops else ():
            note = "" if k == proposal.line else f"belongs to “{heading[:HEADING_SHOWN]}”"
            plan.drops.setdefault(k, (proposal.rule.id, note))
    for hit in ordered:
        if hit.line in plan.drops:
            continue
        if is_flag(hit.rule):
            plan.flags.append(flag(hit.rule, (hit.start, hit.end)))
        elif hit.rule.action in ("cut", "replace"):
            _change(plan, hit, lines, text)
    return plan


def is_flag(rule: Rule) -> bool:
    """Tell whether a rule only points at something."""
    return rule.safety == "review" or rule.action == "flag"


def flag(rule: Rule, span: Span) -> Flag:
    """Return the flag of a rule that only points at something."""
    return Flag(*span, rule.id, rule.severity, rule.message or rule.description, rule.suggestion)


def proposals(
    hits: Sequence[Hit], lines: Sequence[Span], contents: Sequence[str], protected: Shelter
) -> Iterator[Proposal]:
    """Yield what the rules that drop want, each on its own, within their guards and without bare prose.

    Nothing is removed from code, tables, verse, dialogue, mail heads and the like.
    """
    size = sum(map(len, contents)) + len(contents)
    lines_of: dict[str, set[int]] = {}
    for hit in hits:
        lines_of.setdefault(hit.rule.id, set()).add(hit.line)
    matched = {hit.line for hit in hits}
    prose = [line for k, line in enumerate(contents) if k not in matched]
    for hit in hits:
        rule = hit.rule
        if is_flag(rule) or rule.action != "drop":
            continue
        if rule.guard.max_hits is not None and len(lines_of[rule.id]) > rule.guard.max_hits:
            continue
        if enumerated(contents, hit.line) or _heads_prose(contents, hit.line, matched):
            continue
        if rule.guard.interrupts and not interrupts(*beside(contents, hit.line)):
            continue
        line = contents[hit.line]
        if rule.scope == "line" and not rule.prose and is_prose(line):
            start = lines[hit.line][0]
            if not covers(rule, line, (hit.start - start, hit.end - start)):
                continue
        taken = _taken(rule, hit.line, contents, size)
        if taken and protected().kind_at(hit.line) not in WHOLE:
            yield Proposal(rule, hit.line, taken, _needs_support(rule, line, prose))


def _heads_prose(contents: Sequence[str], line: int, matched: Set[int]) -> bool:
    """Tell whether a line is marked as a heading, and prose that no rule matches is under it: a section of the text."""
    if not _HEADING.match(contents[line]):
        return False
    first = next((k for k in range(line + 1, len(contents)) if contents[k].strip()), line)
    stop = next((k for k in range(first, len(contents)) if not contents[k].strip()), len(contents))
    below = " ".join(contents[first:stop])
    return matched.isdisjoint(range(first, stop)) and (is_prose(below) or is_sentence(below))


def _needs_support(rule: Rule, line: str, others: Sequence[str]) -> bool:
    """Tell whether a line is too little evidence by itself; the rule may override this either way.

    Words that a sentence of the text mentions always need support.
    """
    if rule.alone:
        return is_weak(line) and is_mentioned(line, others)
    if rule.alone is False:
        return True
    if rule.scope == "tail" and rule.guard.after is None:
        return is_weak(line, WEAK_HEADING_WORDS)
    return rule.scope == "line" and is_weak(line)


def allowed(proposed: Sequence[Proposal], contents: Sequence[str], protected: Shelter) -> Iterator[Proposal]:
    """Yield the proposals that need no support, or have it.

    A line that needs it and is in a list is furniture only when the whole list is.
    """
    sure = frozenset(k for proposal in proposed if not proposal.weak for k in proposal.taken)
    single = [proposal for proposal in proposed if proposal.weak and proposal.rule.scope == "line"]
    wary = frozenset(proposal.line for proposal in single if proposal.rule.alone is False)
    short = frozenset(proposal.line for proposal in single if proposal.rule.alone is None)
    candidates = sure | short | wary
    listed = frozenset(
        k
        for k in (short | wary) - sure
        if not _is_whole_furniture(protected().block_at(k), contents, candidates)
    )
    known = Furniture(sure, short - sure - listed, wary - short - sure - listed)
    furniture = sure | (supported(contents, known) if single else frozenset())
    for proposal in proposed:
        if proposal.rule.scope == "line":
            holds = not proposal.weak or proposal.line in furniture
        else:
            holds = not proposal.weak or adjoins(contents, proposal.taken, furniture)
        if holds:
            yield proposal


def _is_whole_furniture(block: Block | None, contents: Sequence[str], furniture: frozenset[int]) -> bool:
    """Tell whether all lines of a block may be furniture; true where there is no block."""
    return (
        block is None
        or block.kind not in LISTED
        or all(k in furniture or not contents[k].strip() for k in range(block.first, block.stop))
    )


def _taken(rule: Rule, line: int, contents: Sequence[str], size: int) -> tuple[int, ...]:
    """Return the lines that the scope of a rule asks for; none when its guard forbids that."""
    first, stop = _extent(rule, line, contents)
    taken = tuple(k for k in range(first, stop) if contents[k].strip())
    if rule.scope == "line":
        return taken
    if rule.scope == "tail" and len(taken) == 1 and introduces(contents, line):
        return ()
    if rule.guard.max_lines is not None and len(taken) - 1 > rule.guard.max_lines:
        return ()
    limit = DEFAULT_MAX_CUT if rule.guard.max_cut is None else rule.guard.max_cut
    cut = sum(len(contents[k]) for k in taken if k != line)
    return () if rule.scope != "document" and cut > limit * size else taken


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


def _change(plan: Plan, hit: Hit, lines: Sequence[Span], text: str) -> None:
    """Cut or replace the matched part; a cut at the end of a line takes the white space before it along."""
    new = (hit.replacement or "") if hit.rule.action == "replace" else ""
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
