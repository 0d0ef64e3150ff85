"""Fit the trees that choose the blocks of an article and write `cleaner/fitted/html_trees.json`.

    python tools/fit_html.py DATA [--folds N] [--out FILE]

DATA is the folder `boilerplate/html` of the evaluation kit: `*.jsonl.gz` with `html` (bytes as
Latin-1), `url`, the text in `gold` and, unless all pages are articles, their `type`. A block is part of
the text when most of its words stand in the gold text, in the same order (`html_features.shares`). Of
each page a second one is made that has hardly anything but the first paragraphs of its text, with
code, a table or a list among them, as plain pages do. With `--folds` nothing is written: pages are
fitted on the other folds (all pages of a site in one fold) and F1 is shown by threshold, and by the
thresholds of the kinds that the pages seem to be. Needs lightgbm, which the package itself does not.
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
from tree_lists import exported, grown

from cleaner.fitted.trees import from_lists
from cleaner.formats.html import article
from cleaner.formats.html.features import Matrix, features, prose_words, shares, with_page
from cleaner.formats.html.kinds import KEPT_FROM, kept_from
from cleaner.formats.html.threads import families, levelled, thread_share

OUT = Path(__file__).parent.parent / "cleaner" / "fitted" / "html_trees.json"
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)
BLOCK_TREES = 200
BLOCK_SIZE = {
    "num_leaves": 8, "min_data_in_leaf": 80, "learning_rate": 0.06, "feature_fraction": 0.2, "lambda_l2": 10.0,
    "bagging_fraction": 0.7, "bagging_freq": 1,
}  # fmt: skip
"""Size of the fit; with larger trees F1 stays the same on unseen pages and rises on fitted ones (overfitting)."""
KIND_TREES = 60
KIND_SIZE = {
    "num_leaves": 6, "min_data_in_leaf": 8, "learning_rate": 0.08, "feature_fraction": 0.4, "lambda_l2": 2.0,
    "min_data_in_bin": 3,
}  # fmt: skip
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
    """One page: its set, kind and site, its gold text, and of each block text, words, features, label and family."""

    name: str
    kind: str
    site: str
    gold: str
    texts: tuple[str, ...]
    words: Matrix
    rows: Matrix
    whole: Matrix
    labels: Matrix
    family: Any
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


def measured(
    name: str, kind: str, host: str, source: bytes | str, gold: str, weight: float = 1.0
) -> Page | None:
    """Read and measure one page; None when there is nothing in it."""
    page = article.read(source)
    if page is None or not page.blocks:
        return None
    rows, whole = features(page.blocks, page.text, page.stated)
    return Page(
        name,
        kind,
        site_of(host),
        gold,
        tuple(block.text for block in page.blocks),
        np.array([len(block.words) for block in page.blocks], np.float64),
        with_page(rows, whole),
        whole,
        np.array(shares(page.blocks, gold)),
        families(page.blocks),
        weight,
    )


def site_of(host: str) -> str:
    """Return the site of a host, so that its pages are in one fold.

    >>> site_of("www.tide.example"), site_of("news.tide.co.uk")
    ('tide.example', 'tide.co.uk')
    """
    parts = host.split(".")
    short = len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3
    return ".".join(parts[-3:] if short else parts[-2:])


def plain(gold: str, number: int) -> tuple[str, str]:
    """Make a page without furniture, or nearly so, of the head of an article; and return its text."""
    lines = [line for line in gold.split("\n") if line.strip()][: 2 + number % 11]
    parts = [f"<p>{escape(line)}</p>" for line in lines]
    part, text = inset(number)
    at = number % (len(lines) + 1)
    menu = "".join(f'<li><a href="/{k}">Section {k}</a></li>' for k in range(number % 7))
    opened, closed = WRAPPERS[number % len(WRAPPERS)]
    body = "".join([*parts[:at], part, *parts[at:]])
    whole = "\n".join([*lines[:at], text, *lines[at:]])
    return f"<html><body><ul>{menu}</ul>{opened}{body}{closed}</body></html>", whole


def inset(number: int) -> tuple[str, str]:
    """Make code, a table or a list that stands amid a text, and return its text."""
    names = ("depth", "harbour", "length", "masts", "tide", "width")[number % 4 :]
    match number % 5:
        case 1:
            code = "\n".join(f"if {name} > {number + k}:\n    print({name})" for k, name in enumerate(names))
            return f"<pre><code>{code}</code></pre>", code
        case 2:
            cells = [(name, str(number + k)) for k, name in enumerate(names)]
            rows = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in cells)
            return f"<table>{rows}</table>", "\n".join(" ".join(row) for row in cells)
        case 3:
            items = [f"the {name} of a boat" for name in names]
            return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>", "\n".join(items)
    return "", ""


def pages(folder: Path) -> list[Page]:
    """Read and measure all pages, and the plain ones that are made of them."""
    found = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
            for number, line in enumerate(lines):
                record = json.loads(line)
                host = urlsplit(record["url"]).hostname or ""
                kind = record.get("type", "article")
                name = " ".join(dict.fromkeys((path.name.partition(".")[0], kind)))
                found.append(measured(name, kind, host, record["html"].encode("latin-1"), record["gold"]))
                source, gold = plain(record["gold"], number)
                found.append(measured("plain", "article", host, source, gold, PLAIN_WEIGHT))
    return [page for page in found if page is not None]


def fitted(some: Sequence[Page]) -> Any:
    """Fit trees on pages."""
    near = [page.near() for page in some]
    rows = np.vstack([page.rows[mark] for page, mark in zip(some, near, strict=True)])
    labels = np.concatenate([page.labels[mark] for page, mark in zip(some, near, strict=True)]) > 0.5
    weights = np.concatenate([page.weights()[mark] for page, mark in zip(some, near, strict=True)])
    return grown(rows, labels, weights, BLOCK_TREES, **BLOCK_SIZE)


def fitted_kinds(some: Sequence[Page]) -> dict[str, Any]:
    """Fit, for each kind, the trees that tell its pages from others."""
    rows = np.vstack([page.whole for page in some])
    weights = [page.weight for page in some]
    return {
        kind: grown(rows, [page.kind == kind for page in some], weights, KIND_TREES, **KIND_SIZE)
        for kind in KEPT_FROM
    }


def all_trees(some: Sequence[Page]) -> dict[str, Any]:
    """Fit everything and return it as plain lists."""
    kinds = {kind: exported(trees) for kind, trees in fitted_kinds(some).items()}
    return {"blocks": exported(fitted(some)), **kinds}


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


def judged(some: Sequence[Page], folds: int) -> list[tuple[Matrix, dict[str, float]]]:
    """Return the scores of all blocks and the kinds of all pages, each by trees that have not seen the site."""
    fold = [int(hashlib.sha256(page.site.encode()).hexdigest(), 16) % folds for page in some]
    found: dict[int, tuple[Matrix, dict[str, float]]] = {}
    for k in range(folds):
        lists = all_trees([page for page, at in zip(some, fold, strict=True) if at != k])
        trees = {name: from_lists(data) for name, data in lists.items()}
        for i, page in enumerate(some):
            if fold[i] == k:
                kinds = {kind: float(trees[kind].probability(page.whole[None])[0]) for kind in KEPT_FROM}
                judged = trees["blocks"].probability(page.rows)
                found[i] = levelled(judged, page.family, prose_words(page.rows), thread_share(kinds)), kinds
    return [found[i] for i in range(len(some))]


def show(some: Sequence[Page], folds: int, out: Path | None) -> None:
    """Print F1 by threshold of pages that the fit has not seen."""
    scores = judged(some, folds)
    for name in sorted({page.name for page in some}):
        for threshold in (*THRESHOLDS, None):
            pairs = []
            for page, (score, kinds) in zip(some, scores, strict=True):
                if page.name == name:
                    pairs.append((page.gold, kept(page, score, threshold or kept_from(kinds))))
            print(name, threshold or "by kind", " ".join(f"{value:.4f}" for value in f1(pairs)), flush=True)
    if out:
        texts = [
            {"gold": page.gold, "name": page.name, "kind": page.kind, "kinds": kinds,
             "text": kept(page, score, kept_from(kinds))}
            for page, (score, kinds) in zip(some, scores, strict=True)
        ]  # fmt: skip
        out.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")


def kept(page: Page, scores: Matrix, threshold: float) -> str:
    """Return the blocks that score enough."""
    return "\n".join(text for text, value in zip(page.texts, scores, strict=True) if value >= threshold)


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
    (given.out or OUT).write_text(json.dumps(all_trees(some), separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
