"""The page scorer: which lines of a whole page belong to its text.

Small boosted trees read the features of each line (`features`), and a second set of trees reads the
scores of the first around it, so that a stray sentence in the navigation goes and a short line amid
prose stays. A third set, fitted on text that some extractor has produced, judges only the lines
before the first and after the last stretch of prose. The trees are data
(`cleaner/fitted/page_weights.json`), made by `tools/fit_pages.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cleaner.fitted.trees import Trees, from_lists
from cleaner.steps.boilerplate.line_features import (
    LINE_NAMES,
    PROSE_WORDS,
    Matrix,
    document_features,
    is_prose,
    neighbour_scores,
    prose_strength,
)

if TYPE_CHECKING:
    from cleaner.rules import Rule


_REMEMBERED = 2
"""Texts whose scores are kept: rules ask again about the same one until they are silent."""


@cache
def models() -> dict[str, Trees]:
    """Load the fitted trees: `first` and `second` pass for pages, `edge` for extracted articles."""
    data = json.loads((files("cleaner") / "fitted" / "page_weights.json").read_text("utf-8"))
    return {name: from_lists(data[name]) for name in ("first", "second", "edge")}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scorer thinks of the line with index `line`: its score (1 = text) and why, in words."""

    line: int
    score: float
    note: str


def page_drops(contents: Sequence[str], rule: Rule) -> dict[int, str]:
    """Return the lines of a page that score less than the option `keep` of the rule, with a note.

    A page of which nothing would be left is left as it is: then the scorer knows nothing. So is one
    that would lose fewer of its lines than the option `least` says: it has been cleaned before.
    """
    verdicts = page_verdicts(contents)
    low, least = _option(rule, "keep", 0.25), _option(rule, "least", 0.15)
    gone = {verdict.line: verdict.note for verdict in verdicts if verdict.score < low}
    return gone if least * len(verdicts) <= len(gone) < len(verdicts) else {}


def edge_drops(contents: Sequence[str], rule: Rule) -> dict[int, str]:
    """Return the lines around the prose of an article that score less than the option `keep`, with a note."""
    low = _option(rule, "keep", 0.25)
    return {verdict.line: verdict.note for verdict in edge_verdicts(contents) if verdict.score < low}


def _option(rule: Rule, name: str, default: float) -> float:
    value = (rule.options or {}).get(name, default)
    return float(value) if isinstance(value, int | float) else default


def page_verdicts(contents: Sequence[str]) -> tuple[Verdict, ...]:
    """Score all lines of a whole page that are not blank; `contents` are all its lines."""
    return _page_verdicts(tuple(contents))


def edge_verdicts(contents: Sequence[str]) -> tuple[Verdict, ...]:
    """Score the lines before the first and after the last prose of an article; none without prose.

    The first line of all is never among them: it is the title as often as not.
    """
    return _edge_verdicts(tuple(contents))


@lru_cache(maxsize=_REMEMBERED)
def _page_verdicts(contents: tuple[str, ...]) -> tuple[Verdict, ...]:
    at, rows = _rows(contents)
    if not at:
        return ()
    first = models()["first"].probability(rows)
    scores = models()["second"].probability(np.hstack([rows, neighbour_scores(first, rows)]))
    return _verdicts(at, rows, scores)


@lru_cache(maxsize=_REMEMBERED)
def _edge_verdicts(contents: tuple[str, ...]) -> tuple[Verdict, ...]:
    at = [k for k, line in enumerate(contents) if line.strip()]
    lines = [contents[k] for k in at]
    first = next((i for i, line in enumerate(lines) if is_prose(line)), None)
    if first is None:
        return ()
    last = next(i for i in range(len(lines) - 1, -1, -1) if is_prose(lines[i]))
    chosen = [i for i in range(len(lines)) if (i < first or i > last) and i > 0]
    if not chosen:
        return ()
    rows = _rows(contents, chosen)[1]
    return _verdicts([at[i] for i in chosen], rows, models()["edge"].probability(rows))


def _verdicts(at: Sequence[int], rows: Matrix, scores: Matrix) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(k, float(score), explain(row, score)) for k, row, score in zip(at, rows, scores, strict=True)
    )


def edge_rows(rows: Matrix) -> NDArray[np.bool_]:
    """Mark the rows before the first and after the last line of prose."""
    prose = np.flatnonzero(prose_strength(rows[:, : len(LINE_NAMES)]) >= PROSE_WORDS)
    marked = np.zeros(len(rows), dtype=bool)
    if len(prose):
        marked[: prose[0]] = True
        marked[prose[-1] + 1 :] = True
    return marked


def _rows(contents: Sequence[str], wanted: Sequence[int] | None = None) -> tuple[list[int], Matrix]:
    """Measure the lines that are not blank, or of these only those `wanted`, by their number among them."""
    at = [k for k, line in enumerate(contents) if line.strip()]
    if not at:
        return [], np.zeros((0, 0))
    blank_before = [k > 0 and not contents[k - 1].strip() for k in at]
    return at, document_features([contents[k] for k in at], blank_before, wanted)


def explain(row: Matrix, score: float) -> str:
    """Say in a few words what a low score is about.

    >>> row = np.zeros(len(LINE_NAMES)); row[0] = np.log1p(2)
    >>> explain(row, 0.04)
    'score 0.04: 2 words, no sentence'
    """
    words = round(float(np.expm1(row[LINE_NAMES.index("words")])))
    signs = [f"{words} word{'s' * (words != 1)}"]
    signs += ["no sentence"] * (not row[LINE_NAMES.index("ends")])
    signs += ["list item"] * bool(row[LINE_NAMES.index("bullet")])
    signs += ["link"] * bool(row[LINE_NAMES.index("link")])
    signs += ["date or time"] * bool(row[LINE_NAMES.index("time")])
    signs += ["words of furniture"] * bool(row[LINE_NAMES.index("furniture_words")])
    signs += ["repeated"] * bool(row[LINE_NAMES.index("repeated")])
    return f"score {score:.2f}: {', '.join(signs)}"
