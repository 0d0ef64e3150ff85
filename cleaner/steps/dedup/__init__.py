"""Deduplication: remove the passages that repeat another passage.

The decision needs the whole corpus, the edits need one document: `duplicates.Duplicates` is the survey
that compares all passages (`cleaner.dedup`) and decides for each document what is removed, as
`Context.corpus`. None means a document on its own: then `find` decides inside that document.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from cleaner.dedup.parameters import DIFFERENCES, KINDS, Parameters
from cleaner.dedup.tokens import same_text
from cleaner.lines import drop_lines, line_spans
from cleaner.model import Edit, Flag

if TYPE_CHECKING:
    from cleaner.dedup.plan import Removed, Row
    from cleaner.rules import RuleSet
    from cleaner.steps import Context
    from cleaner.steps.survey import Survey


UNLIKE = "unlike"
"""The kind of a passage that is kept although it is similar enough to another one."""


class Removal(NamedTuple):
    """A removed passage (`start`, `end`: code points of its document) and the one that is kept for it.

    `kind` is one of `parameters.KINDS`, or `UNLIKE` for one that is kept as well, because it `differs` from
    the other in something that matters: it is flagged. `kept_start` and `kept_end` count in the text of the kept
    passage's document as it entered the step. `cluster` counts the passages removed for that kept one.
    `kept_corpus` is None, or the number of the earlier corpus that holds it. `shared` are the tokens in a row that it
    has in common with a text of an evaluation set.
    """

    start: int
    end: int
    kind: str
    similarity: float
    kept: str
    kept_start: int
    kept_end: int
    cluster: int = 1
    kept_corpus: int | None = None
    kept_index: int = -1
    differs: int = 0
    shared: int = 0

    @property
    def rule(self) -> str:
        """Return the id of the rule that takes it out, or flags it."""
        return f"dedup/{'near' if self.kind == UNLIKE else self.kind}"

    @property
    def note(self) -> str:
        """Return what decided it, in a few words."""
        if self.shared:
            return f"{self.shared} tokens in a row of {self.kept}:{self.kept_start}"
        return f"similarity {self.similarity:.4g} to {self.kept or 'this document'}:{self.kept_start}"


def find(text: str, context: Context) -> Iterator[Edit | Flag]:
    """Propose the edits that remove the passages in `context.corpus`, a tuple of `Removal`.

    Without a corpus (None) the passages of `text` are compared among themselves. Whole lines are removed,
    one of the blank lines around them is kept. A rule that is switched off removes nothing.
    """
    corpus: tuple[Removal, ...] | None = context.corpus
    if corpus is None:
        corpus = within(text, parameters_from(context.rules), key=context.key)
    found = tuple(removal for removal in corpus if context.rules.get(removal.rule))
    yield from (flag_of(removal) for removal in found if removal.kind == UNLIKE)
    found = tuple(removal for removal in found if removal.kind != UNLIKE)
    if not found:
        return
    if parameters_from(context.rules).action == "flag":
        for removal in found:
            what = "overlaps an evaluation set" if removal.shared else "repeats a passage"
            yield Flag(removal.start, removal.end, removal.rule, "info", f"{what}: {removal.note}")
        return
    yield from _take_out(text, found)


def flag_of(removal: Removal) -> Flag:
    """Return the flag of a passage that is kept beside one that it is similar to."""
    what = " and a ".join(name for k, name in enumerate(DIFFERENCES) if removal.differs >> k & 1)
    message = f"repeats a passage but for a {what}: {removal.note}"
    return Flag(removal.start, removal.end, removal.rule, "warn", message)


def _take_out(text: str, found: tuple[Removal, ...]) -> Iterator[Edit]:
    """Propose the edits for passages that are lines, parts of lines, or the whole text."""
    lines = line_spans(text)
    starts = [start for start, _ in lines]
    by_line: dict[int, list[Removal]] = {}
    for removal in found:
        by_line.setdefault(bisect_right(starts, removal.start) - 1, []).append(removal)
    drops: dict[int, tuple[str, str]] = {}
    for line, parts in by_line.items():
        start, end = lines[line]
        if parts[0].end > end:  # a block or the whole text
            last = bisect_right(starts, parts[0].end - 1)
            inside = [k for k in range(line, last) if text[slice(*lines[k])].strip()]
            drops |= dict.fromkeys(inside, (parts[0].rule, parts[0].note))
            continue
        whole = not text[start : parts[0].start].strip() and not text[parts[0].end : end].strip()
        edits = [] if whole else list(_shorten(text, start, end, parts))
        if edits:
            yield from edits
        else:
            drops[line] = (parts[0].rule, parts[0].note)
    yield from drop_lines(text, lines, drops)


def _shorten(text: str, start: int, end: int, parts: list[Removal]) -> Iterator[Edit]:
    """Remove parts of a line with the white space after them (at its end: before); nothing if all is removed."""
    end = start + len(text[start:end].rstrip())
    spans: list[tuple[int, int, Removal]] = []
    for part in parts:
        after = part.end
        while after < end and text[after].isspace():
            after += 1
        spans.append((part.start, after, part))
    tail = len(spans) - 1
    while tail > 0 and spans[tail - 1][1] == spans[tail][0]:
        tail -= 1
    kept = len(text[start : spans[tail][0]].rstrip())
    if spans[-1][1] == end:
        if not kept:
            return
        spans[tail] = (start + kept, *spans[tail][1:])
    for first, last, part in spans:
        yield Edit(first, last, text[first:last], "", part.rule, part.note)


def within(text: str, settings: Parameters, *, key: str = "") -> tuple[Removal, ...]:
    r"""Find the passages of one document that repeat another passage of it.

    >>> line = "A line that is printed twice although it holds more than twelve words"
    >>> [removal.kind for removal in within(f"{line}\n{line}\nText.", Parameters())]
    ['exact']
    """
    import numpy as np

    from cleaner.dedup.deciding.combine import combine
    from cleaner.dedup.sketching.tabulating import tabulate
    from cleaner.dedup.table import Shard

    buffer = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    table = tabulate(buffer, np.array([0, buffer.size], np.int64), settings)
    plan = combine([Shard(table, buffer)], settings)
    found = next((found for _, found in removals_of(plan.shards[0], lambda shard, doc: key)), ())
    gone = [judged(one, text[one.start : one.end], text[one.kept_start : one.kept_end]) for one in found]
    rows = [row for row in plan.unlike[0].rows() if settings.flagged(row.kind)]
    return (*gone, *(unlike_of(row, key) for row in rows))


def judged(removal: Removal, text: str, kept: str) -> Removal:
    """Return a removal with its kind checked against the texts: with equal tokens it is exact only for equal texts.

    >>> removal = Removal(0, 6, "exact", 1.0, "a.txt", 0, 6)
    >>> judged(removal, "It is!", "It is.").kind, judged(removal, "IT IS.", "It is.").kind
    ('near', 'exact')
    """
    if removal.kind not in ("exact", "near") or removal.similarity < 1:
        return removal
    return removal._replace(kind="exact" if same_text(text, kept) else "near")


def removals_of(
    removed: Removed, keys: Callable[[int, int], str]
) -> Iterator[tuple[int, tuple[Removal, ...]]]:
    """Yield the removals of each document of a shard that has any, by its number in the shard."""
    for doc, rows in groupby(removed.rows(), key=attrgetter("doc")):
        yield (
            doc,
            tuple(
                removal_of(row, keys(row.kept_shard, row.kept_doc) if row.kept_corpus < 0 else "")
                for row in rows
            ),
        )


def removal_of(row: Row, kept: str) -> Removal:
    """Return the removal of one row of a plan; `kept` is the key of the document that the kept passage is in."""
    return Removal(
        row.start,
        row.end,
        KINDS[row.kind],
        row.similarity,
        kept,
        row.kept_start,
        row.kept_end,
        row.cluster,
        None if row.kept_corpus < 0 else row.kept_corpus,
        row.kept_index,
    )


def unlike_of(row: Row, kept: str) -> Removal:
    """Return what is said of a passage that is kept beside a similar one."""
    found = removal_of(row._replace(kind=0), kept)
    return found._replace(kind=UNLIKE, differs=row.kind)


def survey_of(rules: RuleSet, against: tuple[str, ...]) -> Survey:
    """Return the survey of duplicate passages, with the parameters of the active rules."""
    from cleaner.steps.dedup.duplicates import Duplicates

    return Duplicates(parameters_from(rules), against)


@lru_cache(maxsize=64)
def parameters_from(rules: RuleSet) -> Parameters:
    """Read the parameters from the options of the active rules; a rule that is off switches its kind off."""
    active = {kind: rules.get(f"dedup/{kind}") for kind in KINDS}
    options: dict[str, object] = {}
    for kind in ("exact", "near", "evaluation"):
        rule = active[kind]
        options.update((rule.options if rule else None) or {})
    repeat = active["repeat"]
    if repeat and repeat.options and "min_words" in repeat.options:
        options["repeat_words"] = repeat.options["min_words"]
    options.update({kind: rule is not None for kind, rule in active.items()})
    return parameters_of(options)


def parameters_of(options: dict[str, object]) -> Parameters:
    """Make settings of named options, with an error that names one that is not known.

    >>> parameters_of({"differs": {"name": "flag"}}).name
    'flag'
    """
    differs = options.get("differs", {})
    options = {name: value for name, value in options.items() if name != "differs"}
    options |= differs if isinstance(differs, dict) else {"differs": differs}
    known = Parameters.__slots__
    unknown = sorted(set(options) - set(known))
    if unknown:
        from cleaner.errors import UsageError

        message = f"dedup: unknown option {unknown[0]!r}; known are {', '.join(known)}"
        raise UsageError(message)
    return Parameters(**options)  # type: ignore[arg-type]
