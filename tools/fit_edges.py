"""Fit the trees that judge the edges of articles, and write them into `cleaner/fitted/page_weights.json`.

    python tools/fit_edges.py DATA [--folds N] [--out FILE]

DATA is the folder `boilerplate` of the evaluation kit. The trees are fitted on the lines before the first
and after the last prose of three kinds of texts, each after the pattern rules: what extractors left
(`residue`), the gold texts, and excerpts of whole pages (`pages`): the text with some of the furniture
around and inside it, as a coarse extractor would leave it, of which there is far more. With `--folds`
nothing is written: pages are fitted on the other folds (a site with all its pages is in one fold),
and the lines that are removed rightly and wrongly are shown by threshold. Needs lightgbm.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from fit_pages import OUT, Page, f1, fold_of, labelled, records
from tree_lists import exported, grown

from cleaner.fitted.trees import from_lists
from cleaner.steps.boilerplate import scorer

THRESHOLDS: Final = (0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2)
AROUND: Final = (0, 1, 2, 3, 5, 8, 15, 30)
"""Lines of furniture that an excerpt may have before and after its text."""
INSIDE: Final = (0.0, 0.3, 1.0)
"""Shares of the furniture inside the text that an excerpt may keep."""
EXCERPTS: Final = 2
"""Excerpts of each page."""
LEAST_LINES: Final = 3
"""Lines of text that a page must have for an excerpt."""
WEIGHTS: Final = {"article": 1.0, "gold": 1.0, "excerpt": 0.5}
SIZE: Final = {"num_leaves": 8, "learning_rate": 0.13, "min_data_in_leaf": 40, "lambda_l2": 5.0}
ROUNDS: Final = 80


@dataclass(frozen=True)
class Edges:
    """The lines at the edges of many texts: features, labels, weights, and for each its fold's key and kind."""

    rows: Any
    labels: Any
    weights: Any
    groups: Sequence[str]
    kinds: Any


def read(data: Path) -> Iterator[Page]:
    """Read residue in which the text is whole, the gold text of each page once, and excerpts of pages."""
    seen: set[tuple[str, str]] = set()
    for path in sorted(data.glob("residue/*.jsonl.gz")):
        for item in records(path) if "html-text" not in path.name else ():
            if f1([(item["gold"], item["text"])])[1] >= 0.9:
                yield labelled("article", path, item)
            if (key := (path.name.split(".")[0], item["id"])) not in seen:
                seen.add(key)
                gold = item["gold"]
                yield labelled("gold", path, {**item, "text": gold, "y": [1] * len(gold.split("\n"))})
    for path in sorted(data.glob("pages/*.jsonl.gz")):
        for item in records(path):
            yield from excerpts(path, item)


def excerpts(path: Path, item: dict[str, Any]) -> Iterator[Page]:
    """Yield what coarse extractors could have left of a page, without and with the indents of its lines."""
    lines, labels = item["text"].split("\n"), item["y"]
    shown = [k for k, line in enumerate(lines) if line.strip()]
    text = [i for i, k in enumerate(shown) if labels[k] == 1]
    for number in range(EXCERPTS) if len(text) >= LEAST_LINES else ():
        chance = random.Random(f"{path.name} {item['id']} {number}")
        first = shown[max(0, text[0] - chance.choice(AROUND))]
        last = shown[min(len(shown) - 1, text[-1] + chance.choice(AROUND))]
        inside, share = range(shown[text[0]], shown[text[-1]]), chance.choice(INSIDE)
        kept = [
            k
            for k in range(first, last + 1)
            if k not in inside or labels[k] != 0 or not lines[k].strip() or chance.random() < share
        ]
        shape = str if number else str.strip
        excerpt = {"text": "\n".join(shape(lines[k]) for k in kept), "y": [labels[k] for k in kept]}
        yield labelled("excerpt", path, {**item, **excerpt})


def edges(pages: Iterator[Page]) -> Edges:
    """Take the lines with a label from the edges; the same line of a page in several texts counts once."""
    rows: list[Any] = []
    found: list[tuple[str, str, int, str]] = []
    for page in pages:
        if not page.lines:
            continue
        chosen = np.flatnonzero(scorer.edge_rows(page.rows.astype(np.float64)) & (page.labels >= 0))
        chosen = chosen[chosen > 0]
        rows.append(page.rows[chosen])
        kind = page.kind if page.kind != "article" else page.name.split(".")[0]
        found += [(page.group, page.lines[i], int(page.labels[i]), kind) for i in chosen]
    times = Counter((group, line) for group, line, _, _ in found)
    weights = [WEIGHTS.get(kind, WEIGHTS["article"]) / times[group, line] for group, line, _, kind in found]
    groups, _, labels, kinds = zip(*found, strict=True)
    return Edges(np.vstack(rows), np.array(labels), np.array(weights), groups, np.array(kinds))


def fitted(data: Edges, chosen: Any) -> dict[str, Any]:
    """Fit the trees on the chosen lines."""
    return exported(
        grown(
            data.rows[chosen],
            data.labels[chosen],
            data.weights[chosen],
            ROUNDS,
            **SIZE,
            feature_fraction=0.6,
        )
    )


def cross_validate(data: Edges, folds: int) -> None:
    """Show for residue and gold texts how many lines are removed rightly and wrongly, by threshold."""
    fold = np.array([fold_of(group, folds) for group in data.groups])
    scores = np.ones(len(fold))
    for k in range(folds):
        trees = from_lists(fitted(data, fold != k))
        scores[fold == k] = trees.probability(data.rows[fold == k].astype(np.float64))
    for kind in sorted(set(data.kinds) - {"excerpt"}):
        some = data.kinds == kind
        cells = []
        for low in THRESHOLDS:
            gone = data.labels[some & (scores < low)]
            cells.append(f"{low:.2f} {(gone == 0).sum()}/{(gone == 1).sum()}")
        sys.stdout.write(f"{kind:16} {some.sum():6} lines: {' | '.join(cells)}\n")


def main(argv: Sequence[str] | None = None) -> None:
    """Fit, or cross-validate."""
    parser = argparse.ArgumentParser(description="Fit the scorer of the edges of articles.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(argv)
    data = edges(read(options.data))
    if options.folds:
        cross_validate(data, options.folds)
        return
    known = json.loads(options.out.read_text("utf-8"))
    known["edge"] = fitted(data, np.ones(len(data.labels), bool))
    options.out.write_text(json.dumps(known, separators=(",", ":")) + "\n", "utf-8")
    sys.stdout.write(f"{len(data.labels)} lines, the trees are in {options.out}\n")


if __name__ == "__main__":
    main()
