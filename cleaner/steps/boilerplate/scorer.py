"""The page scorer: which lines of a whole page belong to its text.

Small boosted trees read the features of each line (`line_features`, `layout`), and a second set of trees
reads the scores of the first around it, so that a stray sentence in the navigation is removed and a short
line amid prose is kept. Then all lines are judged together (`cleaner.fitted.sequence`). A third set, fitted on
text that some extractor has produced or could have, judges only the lines before the first and after the
last stretch of prose. The trees are data (`cleaner/fitted/page_weights.json`), made by
`tools/fit_pages.py` and `tools/fit_edges.py`.
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

from cleaner.fitted.sequence import best_cut, log_odds, smoothed, with_lists, without_gaps
from cleaner.fitted.trees import Trees, from_lists
from cleaner.steps.boilerplate.features.layout import layout_features
from cleaner.steps.boilerplate.features.line_features import (
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


KEEP = 0.5
"""Score from which a line is kept, unless the rule states another."""
KEEP_PROSE = 0.25
"""The same for a line of prose: a sentence that is lost costs more than one of furniture that is left."""
SENTENCE_WORDS = 10
"""Words of a line with the end of a sentence that is prose here, whatever its words are."""
LOWEST_CUT, HIGHEST_CUT = 0.1, 0.55
"""Bounds of the score from which a line of a page is kept; between them each page has its own."""
PROSE = 0.95
"""What speaks for a line of prose of a page beforehand, in log odds; with that it is kept whatever is beside it."""
SWITCH = 1.0
"""What a change from text to furniture, or back, costs on a page, in log odds."""
ITEMS = 5
"""Bulleted lines in a row that are a list of a page."""
LIST = 0.15
"""Mean score from which a list beside text is kept."""
GAP = 0.3
"""Mean score from which lines of a page between lines of text are kept."""
LEAST = 0.15
"""Least share of its lines that a page must lose, unless the rule states another."""
_WORDS = LINE_NAMES.index("words")
_PHRASES = (
    ("ends", False, "no sentence"),
    ("bullet", True, "list item"),
    ("link", True, "link"),
    ("time", True, "date or time"),
    ("furniture_words", True, "words of furniture"),
    ("repeated", True, "repeated"),
)
"""What is told of a line with a low score: where a number is more than nothing, or is not, and the words for that."""
_TOLD = [LINE_NAMES.index(name) for name, _, _ in _PHRASES]
_REMEMBERED = 2
"""Texts whose scores are kept: rules ask again about the same one until they are silent."""


@cache
def models() -> dict[str, Trees]:
    """Load the fitted trees: `first` and `second` pass for pages, `edge` for extracted articles."""
    data = json.loads((files("cleaner") / "fitted" / "page_weights.json").read_text("utf-8"))
    return {name: from_lists(data[name]) for name in ("first", "second", "edge")}


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What the scorer thinks of some lines: their indices, their scores (1 = text) and what was measured."""

    lines: Sequence[int]
    scores: Matrix
    rows: Matrix

    def below(self, keep: float, prose: float) -> dict[int, str]:
        """Return the lines that score less than `keep`, or `prose` for lines of prose, with a note."""
        if not len(self.lines):
            return {}
        gone = self.scores < np.where(self.long(), prose, keep)
        return self.explained(np.flatnonzero(gone).tolist())

    def off_the_text(self, prose: float, switch: float) -> list[int]:
        """Return the lines of a page that are not its text, all judged together, by their number among those scored.

        How low a score has to be depends on the page (`best_cut`), so that less is removed where the scorer is
        unsure. `prose` is what a line of prose has in advance, `switch` what a change costs.
        """
        if not len(self.lines):
            return []
        words = np.maximum(1.0, np.rint(np.expm1(self.rows[:, _WORDS])))
        cut = min(max(best_cut(self.scores, words), LOWEST_CUT), HIGHEST_CUT)
        long = self.long()
        evidence = log_odds(self.scores) - log_odds(np.array(cut)) + np.where(long, prose, 0.0)
        kept = smoothed(evidence, switch) | (long & (evidence >= 0))
        bulleted = self.rows[:, LINE_NAMES.index("bullet")] > 0
        kept = with_lists(kept, bulleted, self.scores, LIST, ITEMS)
        gone: list[int] = np.flatnonzero(~without_gaps(kept, self.scores, GAP)).tolist()
        return gone

    def long(self) -> NDArray[np.bool_]:
        """Tell which lines are prose."""
        measures = self.rows[:, : len(LINE_NAMES)]
        words = np.rint(np.expm1(measures[:, _WORDS]))
        sentence = (measures[:, LINE_NAMES.index("ends")] > 0) & (words >= SENTENCE_WORDS)
        is_long: NDArray[np.bool_] = sentence | (prose_strength(measures) >= PROSE_WORDS)
        return is_long

    def explained(self, gone: Sequence[int]) -> dict[int, str]:
        """Return some lines, by their number among those scored, and briefly what their low scores are based on."""
        told = (self.rows[:, _TOLD] > 0).tolist()
        words = np.rint(np.expm1(self.rows[:, _WORDS])).astype(int).tolist()
        scores = self.scores.tolist()
        return {self.lines[i]: f"score {scores[i]:.2f}: {_signs(words[i], *told[i])}" for i in gone}


def page_drops(contents: Sequence[str], rule: Rule) -> dict[int, str]:
    """Return the lines of a page that are not its text by the options `prose` and `switch`, with a note.

    A page of which nothing would be left is not changed, as the scorer cannot judge it. Nor is one that
    would lose fewer of its lines than the option `least`, as it has been cleaned before.
    """
    verdicts = page_verdicts(contents)
    gone = verdicts.off_the_text(_option(rule, "prose", PROSE), _option(rule, "switch", SWITCH))
    least = _option(rule, "least", LEAST)
    return verdicts.explained(gone) if least * len(verdicts.lines) <= len(gone) < len(verdicts.lines) else {}


def edge_drops(contents: Sequence[str], rule: Rule) -> dict[int, str]:
    """Return the lines around the prose of an article that score less than `keep` and `prose`, with a note."""
    keep, prose = _option(rule, "keep", KEEP), _option(rule, "prose", KEEP_PROSE)
    return edge_verdicts(contents).below(keep, prose)


def _option(rule: Rule, name: str, default: float) -> float:
    value = (rule.options or {}).get(name, default)
    return float(value) if isinstance(value, int | float) else default


def page_verdicts(contents: Sequence[str]) -> Verdicts:
    """Score all lines of a whole page that are not blank; `contents` are all its lines."""
    return _page_verdicts(tuple(contents))


def edge_verdicts(contents: Sequence[str]) -> Verdicts:
    """Score the lines before the first and after the last prose of an article; none without prose.

    The first line of all is never among them: it is the title as often as not.
    """
    return _edge_verdicts(tuple(contents))


@lru_cache(maxsize=_REMEMBERED)
def _page_verdicts(contents: tuple[str, ...]) -> Verdicts:
    at = [k for k, line in enumerate(contents) if line.strip()]
    if not at:
        return _NONE
    blank_before = [k > 0 and not contents[k - 1].strip() for k in at]
    rows = page_features([contents[k] for k in at], blank_before)
    first = models()["first"].probability(rows)
    second = np.hstack([rows, neighbour_scores(first, rows)])
    return Verdicts(at, models()["second"].probability(second), rows)


def page_features(lines: Sequence[str], blank_before: Sequence[bool]) -> Matrix:
    """Measure the lines of a whole page that are not blank: what the trees of the first pass read."""
    rows = document_features(lines, blank_before)
    return np.hstack([rows, layout_features(lines, blank_before, rows)])


@lru_cache(maxsize=_REMEMBERED)
def _edge_verdicts(contents: tuple[str, ...]) -> Verdicts:
    at = [k for k, line in enumerate(contents) if line.strip()]
    lines = [contents[k] for k in at]
    first = next((i for i, line in enumerate(lines) if is_prose(line)), None)
    if first is None:
        return _NONE
    last = next(i for i in range(len(lines) - 1, -1, -1) if is_prose(lines[i]))
    chosen = [i for i in range(len(lines)) if (i < first or i > last) and i > 0]
    if not chosen:
        return _NONE
    rows = _rows(contents, chosen)[1]
    return Verdicts([at[i] for i in chosen], models()["edge"].probability(rows), rows)


_NONE = Verdicts((), np.zeros(0), np.zeros((0, 0)))


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


@lru_cache(maxsize=1 << 12)
def _signs(words: int, *told: bool) -> str:
    """Put what was measured of a line into words; `told` is what `_PHRASES` asks about.

    >>> _signs(2, False, True, False, False, False, False)
    '2 words, no sentence, list item'
    """
    signs = [f"{words} word{'s' * (words != 1)}"]
    signs += [phrase for (_, wanted, phrase), found in zip(_PHRASES, told, strict=True) if found == wanted]
    return ", ".join(signs)
