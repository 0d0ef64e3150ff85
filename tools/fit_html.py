"""Fit the trees that choose the blocks of an article and write `cleaner/fitted/html_trees.json`.

    python tools/fit_html.py DATA [--folds N] [--out FILE]

DATA is the folder `boilerplate/html` of the evaluation kit: `*.jsonl.gz` with `html` (bytes as
Latin-1), `url` and the text in `gold`. A block is part of the article when most of its words stand in
the gold text, in the same order (`html_features.shares`). Of each page a second one is made that has
hardly anything but the first paragraphs of its article, as plain pages do. With `--folds` nothing is written: pages are
fitted on the other folds (all pages of a site in one fold) and F1 is shown by threshold.
Needs scikit-learn, which the package itself does not.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from tree_lists import exported

from cleaner.fitted.trees import from_lists
from cleaner.formats.html import article
from cleaner.formats.html.features import Matrix, features, shares

OUT = Path(__file__).parent.parent / "cleaner" / "fitted" / "html_trees.json"
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)
TREES, LEAVES, LEAST = 120, 8, 80
"""Size of the fit; with larger trees F1 of unseen pages stays, and that of fitted ones runs away from it."""
PLAIN_WEIGHT = 0.3
WRAPPERS = (
    ("", ""),
    ("<article>", "</article>"),
    ("<div>", "</div>"),
    ("<main><div class='text'>", "</div></main>"),
)
REACH = 6
"""Blocks around text that are fitted on; what is further away is easy."""


@dataclass(frozen=True)
class Page:
    """One page: its set, its site, its gold text, and of each block text, words, features and label."""

    kind: str
    site: str
    gold: str
    texts: tuple[str, ...]
    words: Matrix
    rows: Matrix
    labels: Matrix
    weight: float = 1.0

    def near(self) -> Any:
        """Mark the blocks that are fitted on."""
        marked = np.zeros(len(self.texts), dtype=bool)
        for k in np.flatnonzero((self.labels > 0.5) | (self.words > 40)):
            marked[max(0, k - REACH) : k + REACH + 1] = True
        return marked

    def weights(self) -> Matrix:
        """Weigh blocks by words, so that every page counts about as much as any other."""
        gold = float((self.words * self.labels).sum())
        weights: Matrix = self.weight * (self.words + 0.3) / (gold + 0.2 * self.words.sum() + 20)
        return weights


def measured(kind: str, host: str, source: bytes | str, gold: str, weight: float = 1.0) -> Page | None:
    """Read and measure one page; None when there is nothing in it."""
    page = article.read(source)
    if page is None or not page.blocks:
        return None
    return Page(
        kind,
        ".".join(host.split(".")[-2:]),
        gold,
        tuple(block.text for block in page.blocks),
        np.array([len(block.words) for block in page.blocks], np.float64),
        features(page.blocks, page.text, page.stated, page.description),
        np.array(shares(page.blocks, gold)),
        weight,
    )


def plain(gold: str, number: int) -> tuple[str, str]:
    """Make a page without furniture, or nearly so, of the head of an article; and return its text."""
    lines = [line for line in gold.split("\n") if line.strip()][: 2 + number % 11]
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    menu = "".join(f'<li><a href="/{k}">Section {k}</a></li>' for k in range(number % 7))
    opened, closed = WRAPPERS[number % len(WRAPPERS)]
    return f"<html><body><ul>{menu}</ul>{opened}{body}{closed}</body></html>", "\n".join(lines)


def pages(folder: Path) -> list[Page]:
    """Read and measure all pages, and the plain ones that are made of them."""
    found = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
            for number, line in enumerate(lines):
                record = json.loads(line)
                host = urlsplit(record["url"]).hostname or ""
                kind = path.name.partition(".")[0]
                found.append(measured(kind, host, record["html"].encode("latin-1"), record["gold"]))
                source, gold = plain(record["gold"], number)
                found.append(measured("plain", host, source, gold, PLAIN_WEIGHT))
    return [page for page in found if page is not None]


def fitted(some: Sequence[Page]) -> Any:
    """Fit trees on pages."""
    near = [page.near() for page in some]
    rows = np.vstack([page.rows[mark] for page, mark in zip(some, near, strict=True)])
    labels = np.concatenate([page.labels[mark] for page, mark in zip(some, near, strict=True)]) > 0.5
    weights = np.concatenate([page.weights()[mark] for page, mark in zip(some, near, strict=True)])
    trees = HistGradientBoostingClassifier(
        max_iter=TREES, learning_rate=0.1, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST, l2_regularization=10.0,
        max_features=0.3, max_bins=64, early_stopping=False, random_state=0,
    )  # fmt: skip
    return trees.fit(rows, labels, sample_weight=weights * len(weights) / weights.sum())


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Count the 4-grams of a text, as the article extraction benchmark does."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)) if words)


def f1(pairs: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """Return mean precision, mean recall and F1 of the two."""
    precision, recall = [], []
    for gold, text in pairs:
        want, got = grams(gold), grams(text)
        shared = sum((want & got).values())
        if got:
            precision.append(shared / sum(got.values()))
        if want:
            recall.append(shared / sum(want.values()))
    p, r = mean(precision or [0.0]), mean(recall or [0.0])
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def show(some: Sequence[Page], folds: int, out: Path | None) -> None:
    """Print F1 by threshold of pages that the fit has not seen."""
    fold = [int(hashlib.sha256(page.site.encode()).hexdigest(), 16) % folds for page in some]
    scores: list[Any] = [None] * len(some)
    for k in range(folds):
        trees = from_lists(exported(fitted([page for page, at in zip(some, fold, strict=True) if at != k])))
        for i, page in enumerate(some):
            if fold[i] == k:
                scores[i] = trees.probability(page.rows)
    for kind in sorted({page.kind for page in some}):
        for threshold in THRESHOLDS:
            pairs = []
            for page, score in zip(some, scores, strict=True):
                if page.kind == kind:
                    kept = [text for text, value in zip(page.texts, score, strict=True) if value >= threshold]
                    pairs.append((page.gold, "\n".join(kept)))
            print(kind, threshold, " ".join(f"{value:.4f}" for value in f1(pairs)), flush=True)
    if out:
        texts = [
            {"gold": page.gold, "kind": page.kind,
             "text": "\n".join(t for t, v in zip(page.texts, s, strict=True) if v >= article.THRESHOLD)}
            for page, s in zip(some, scores, strict=True)
        ]  # fmt: skip
        out.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")


def main() -> None:
    """Read the options and fit."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("data", type=Path)
    options.add_argument("--folds", type=int, help="show F1 of pages not fitted on; write no trees")
    options.add_argument("--out", type=Path, help="the trees, or with --folds the texts")
    given = options.parse_args()
    some = pages(given.data)
    if given.folds:
        show(some, given.folds, given.out)
        return
    (given.out or OUT).write_text(json.dumps(exported(fitted(some)), separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
