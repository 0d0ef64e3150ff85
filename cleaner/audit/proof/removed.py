"""Proof that the passage of each claim was there and was removed, and that nothing else was removed.

The edits of a document are reverted revision by revision. In the text that entered the revision of a claim the
passage must be where the claim places it, the edits of that revision must remove all of it, and all
that they remove must be in such a passage (white space aside). Its place is mapped to the source.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import get_args

from cleaner.audit.proof.claims import Claim
from cleaner.audit.rebuild import Lines, State
from cleaner.audit.records import EditLine
from cleaner.edits import OffsetMap, outside
from cleaner.model import DuplicateKind, Edit, Span
from cleaner.steps import STEPS

Report = Callable[[str], None]
_KINDS = get_args(DuplicateKind)
DEDUP = next(step.name for step in STEPS if step.accounts)
_SILENT = frozenset(step.name for step in STEPS if step.scope == "flags")
_LOOKED_AT = _SILENT | {DEDUP}


class Removals:
    """A `Witness` of one shard: checks its claims, which come in the order of the documents."""

    def __init__(self, claims: Iterator[Claim], action: str, report: Report) -> None:
        self._groups = groupby(claims, key=lambda claim: claim.line["doc"])
        self._next = next(self._groups, None)
        self._action, self._report = action, report

    def wants(self, doc: str, edits: Lines) -> bool:
        """Tell whether there is a claim about a document, or an edit that needs one."""
        return (self._next is not None and self._next[0] == doc) or any(
            edit["step"] in _LOOKED_AT for edit in edits
        )

    def watch(self, doc: str, edits: Lines, states: Iterator[State]) -> Iterator[State]:
        """Pass on the states of a document, checking them on the way."""
        return self._watched(doc, self._take(doc), states) if self.wants(doc, edits) else states

    def close(self) -> None:
        """Report the claims about documents that did not come."""
        while self._next is not None:
            for claim in self._next[1]:
                self._report(f"{claim.place}: no document of this name is here")
            self._next = next(self._groups, None)

    def _take(self, doc: str) -> dict[int, list[Claim]]:
        """Return the claims about a document by the revision that they name."""
        found: dict[int, list[Claim]] = {}
        if self._next is not None and self._next[0] == doc:
            for claim in self._next[1]:
                found.setdefault(claim.line["revision"], []).append(claim)
            self._next = next(self._groups, None)
        return found

    def _watched(self, doc: str, found: dict[int, list[Claim]], states: Iterator[State]) -> Iterator[State]:
        under_way: list[tuple[Claim, Span]] = []
        for state in states:
            if not state.edits and state.number not in found:
                yield state
                continue
            if under_way:
                offsets = OffsetMap([_edit(line) for line in state.edits])
                under_way = [(claim, offsets.back(*span)) for claim, span in under_way]
            standing = [claim for claim in found.pop(state.number, ()) if self._stands(claim, state.text)]
            self._compare(doc, state, standing)
            under_way += [(claim, _span(claim)) for claim in standing]
            yield state
        for claim, span in under_way:
            said = claim.line["source_start"], claim.line["source_end"]
            if span != said:
                self._report(f"{claim.place}: it was at {span} of the source, not at {said}")
        for claims in found.values():
            for claim in claims:
                self._report(f"{claim.place}: the document has no revision {claim.line['revision']}")

    def _stands(self, claim: Claim, text: str) -> bool:
        """Check one claim against the text that entered the step."""
        line = claim.line
        if line["action"] != self._action:
            self._report(f"{claim.place}: the action is {line['action']}, that of the run is {self._action}")
        start, end = _span(claim)
        if 0 <= start < end <= len(text) and text[start:end] == line["text"]:
            return True
        self._report(f"{claim.place}: its text is not the text at {start}:{end} when the step began")
        return False

    def _compare(self, doc: str, state: State, standing: list[Claim]) -> None:
        """Compare what the edits of a revision removed with the claims that name it."""
        cuts = []
        for line in state.edits:
            if line["step"] == DEDUP:
                cuts.append(line)
            elif line["step"] in _SILENT:
                self._report(f"{doc}: the step {line['step']} changed the text, but may only flag")
        gone = [claim for claim in standing if claim.line["action"] == "remove"]
        self._compare_rules(gone, cuts)
        if all(map(_is_cut, gone, cuts)) and len(gone) == len(cuts):
            return
        if any(line["new"].strip() for line in cuts):
            self._report(f"{doc}: the step {DEDUP} inserted text, but may only remove text")
        cut = [(line["start"], line["end"]) for line in cuts]
        for claim in gone:
            left = outside(state.text, [_span(claim)], cut)
            if left:
                self._report(f"{claim.place}: {_short(left)} was not removed")
        more = outside(state.text, cut, sorted(map(_span, gone)))
        if more:
            self._report(f"{doc}: {_short(more)} was removed as a duplicate of nothing")

    def _compare_rules(self, gone: list[Claim], cuts: list[EditLine]) -> None:
        """Compare the rule of each edit with the kinds of the passages that it removed; of several one must fit.

        Rules that name why a passage was compared at all (`run`, `repeat`) fit any kind.
        """
        starts = [claim.line["start"] for claim in gone]
        ends = [claim.line["end"] for claim in gone]
        for cut in cuts:
            taken = gone[bisect_right(ends, cut["start"]) : bisect_left(starts, cut["end"])]
            kind = cut["rule"].rpartition("/")[2]
            if taken and kind in _KINDS and kind not in {claim.line["kind"] for claim in taken}:
                own = taken[0].line["kind"]
                self._report(f"{taken[0].place}: its kind is {own}, but {cut['rule']} removed it")


def _is_cut(claim: Claim, cut: EditLine) -> bool:
    """Tell whether an edit removes exactly the passage of a claim, the simple case; the rest is compared."""
    line = claim.line
    return bool(
        cut["old"].strip() == line["text"]
        and cut["start"] <= line["start"]
        and line["end"] <= cut["end"]
        and not cut["new"].strip()
    )


def _span(claim: Claim) -> Span:
    """Return where the passage was in the text that entered the step."""
    return claim.line["start"], claim.line["end"]


def _edit(line: EditLine) -> Edit:
    return Edit(line["start"], line["end"], line["old"], line["new"], line["rule"])


def _short(text: str) -> str:
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"
