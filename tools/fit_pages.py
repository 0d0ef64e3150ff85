"""Fit the trees of the page scorer and write them into `cleaner/fitted/page_weights.json`.

    python tools/fit_pages.py DATA [--folds N] [--out FILE]

DATA is the folder `boilerplate` of the evaluation kit: `pages/*.jsonl.gz` and a whole page in `residue`, with
`text` and a label for each line in `y` (1 text, 0 furniture, null unknown), `snippets.*.jsonl.gz` with
snippets that belong to the text and that do not. With `--folds` nothing is written: pages are fitted
on the other folds (a site with all its pages is in one fold) and F1 is shown for what a change costs and
what prose has in advance.
Needs lightgbm, which the package itself does not.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from tree_lists import exported, grown

from cleaner.edits import checked
from cleaner.fitted.trees import Trees, from_lists
from cleaner.language import detect
from cleaner.lines import line_spans
from cleaner.model import Edit
from cleaner.pipeline import rule_book
from cleaner.rules import RuleSet
from cleaner.settings import RuleSources
from cleaner.steps import Context, boilerplate
from cleaner.steps.boilerplate import scorer
from cleaner.steps.boilerplate.features import line_features

OUT = Path(__file__).parent.parent / "cleaner" / "fitted" / "page_weights.json"
CHOICES = tuple((prose, switch) for prose in (0.7, 0.95, 1.2) for switch in (0.5, 1.0, 2.0))
"""The options `prose` and `switch` of the scorer that cross-validation shows."""
SETS = (
    ("pages/wcxb_other.inscriptis", 1),
    ("pages/scrapinghub.inscriptis", 1),
    ("pages/andythefactory.inscriptis", 1),
    ("pages/wcxb_article.inscriptis", 2),
    ("snippets.trafilatura", 1),
    ("residue/scrapinghub.out-html-text", 1),
)
"""What is fitted on, and every how many-th page of it: articles are many."""
PAGE_KINDS = ("page", "snippets", "clean")
"""Kinds of pages that the scorer of whole pages is asked about."""
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "gob", "gov", "ne", "net", "or", "org"})
"""What stands for a kind of owner before the domain of a country."""
USUAL_LINES = 30
"""Lines of a page that weigh half in total: those of longer pages weigh less each."""
SNIPPET_WEIGHT = 8.0
"""Weight of a line with a label in the pages with snippets: they are few, and the only ones that are no news."""


@dataclass(frozen=True)
class Page:
    """Lines with labels (-1 unknown) after the pattern rules, `kind` page, snippets or clean (or of another tool)."""

    kind: str
    name: str
    group: str
    lines: tuple[str, ...]
    blank: tuple[bool, ...]
    labels: Any
    rows: Any = None
    gold: str = ""
    want: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def records(path: Path) -> list[dict[str, Any]]:
    """Read a packed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass") as lines:
        return [json.loads(line) for line in lines]


def squeeze(text: str) -> str:
    """Make runs of white space one space."""
    return " ".join(text.split())


def read_pages(data: Path) -> Iterator[Page]:
    """Read the pages of the kit; residue where the extractor lost the text is of no use and left out."""
    for name, every in SETS:
        path = data / f"{name}.jsonl.gz"
        for item in records(path)[sum(map(ord, name)) % every :: every]:
            if name.startswith("snippets"):
                yield snippets(path, item)
            elif name.startswith("pages") or f1([(item["gold"], item["text"])])[1] >= 0.9:
                yield labelled("page", path, item)


def snippets(path: Path, item: dict[str, Any]) -> Page:
    """Read a page of which only snippets have a label."""
    want = tuple(map(squeeze, item["with"])), tuple(map(squeeze, item["without"]))
    labels = [snippet_label(squeeze(line), *want) for line in item["text"].split("\n")]
    return replace(labelled("snippets", path, {**item, "y": labels, "gold": ""}), want=want)


def snippet_label(line: str, inside: Sequence[str], outside: Sequence[str]) -> int | None:
    """Label a line by the snippets in it."""
    if line and any(snippet in line for snippet in inside):
        return 1
    return 0 if line and any(snippet in line for snippet in outside) else None


def labelled(kind: str, path: Path, item: dict[str, Any]) -> Page:
    """Let the pattern rules take out what they can, and measure the lines that are left."""
    text, labels = item["text"], item["y"]
    spans = line_spans(text)
    alive = surviving(text, "page" if kind in PAGE_KINDS else "article")
    lines = tuple(text[slice(*spans[i])] for i in alive)
    blank = tuple(i > 0 and not text[slice(*spans[i - 1])].strip() for i in alive)
    y = np.array([-1 if i >= len(labels) or labels[i] is None else labels[i] for i in alive])
    rows = measured(kind, lines, blank) if lines else None
    return Page(kind, path.name.split(".jsonl")[0], site(item), lines, blank, y, rows, item["gold"])


def site(item: Mapping[str, Any]) -> str:
    """Return the site of a page without what stands before its domain; snippets have it in their id alone."""
    host = urlsplit(item["url"]).hostname if "url" in item else item["id"].rsplit(".", 2)[0]
    labels = (host or item["id"]).lower().split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    return ".".join(labels[-3 if second else -2 :])


def measured(kind: str, lines: Sequence[str], blank: Sequence[bool]) -> Any:
    """Measure lines as the scorer of whole pages does, or as that of articles."""
    features = scorer.page_features if kind in PAGE_KINDS else line_features.document_features
    return features(lines, blank).astype(np.float32)


@cache
def patterns(language: str, profile: str) -> RuleSet:
    """Return the rules of a language that are patterns."""
    rules = rule_book(RuleSources()).select("boilerplate", language, profile).rules
    return RuleSet([rule for rule in rules if rule.is_pattern])


def surviving(text: str, profile: str) -> list[int]:
    """Return the lines that are not blank and that no pattern rule takes out."""
    language = detect(text)
    context = Context(patterns(language, profile), language, "page" if profile == "page" else "article")
    edits = checked(text, (edit for edit in boilerplate.find(text, context) if isinstance(edit, Edit)))
    gone = np.zeros(len(text) + 1, dtype=bool)
    for edit in edits:
        gone[edit.start : edit.end] = True
    return [
        i
        for i, (start, end) in enumerate(line_spans(text))
        if text[start:end].strip() and not gone[start:end].all()
    ]


def cleaned(page: Page) -> Page | None:
    """Return a page without what is labelled as furniture: what the scorer sees of its own output."""
    keep = np.flatnonzero(page.labels == 1)
    if len(keep) < 3:
        return None
    lines, blank = tuple(page.lines[i] for i in keep), tuple(page.blank[i] for i in keep)
    rows, labels = measured("clean", lines, blank), np.ones(len(keep), dtype=int)
    return replace(page, kind="clean", lines=lines, blank=blank, rows=rows, labels=labels)


def weights(page: Page) -> Any:
    """Weigh long lines more, lines of long pages less, and the few labels of snippets by a constant."""
    known = page.labels >= 0
    if page.kind == "snippets":
        return np.full(known.sum(), SNIPPET_WEIGHT)
    words = np.expm1(page.rows[known, 0])
    return np.sqrt(words + 1) * USUAL_LINES / (USUAL_LINES + known.sum())


def fitted(pages: Iterable[Page], matrices: Iterable[Any], rounds: int, leaves: int) -> Any:
    """Fit trees on the lines with a label."""
    rows, labels, weight = [], [], []
    for page, matrix in zip(pages, matrices, strict=True):
        known = page.labels >= 0
        rows.append(matrix[known])
        labels.append(page.labels[known])
        weight.append(weights(page))
    size = {"num_leaves": leaves, "learning_rate": 0.13, "min_data_in_leaf": 40, "lambda_l2": 5.0}
    return grown(
        np.vstack(rows), np.concatenate(labels), np.concatenate(weight), rounds, **size, feature_fraction=0.6
    )


def fold_of(group: str, folds: int) -> int:
    """Put a site into a fold."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % folds


def both_passes(pages: list[Page], rounds: int, leaves: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fit the first pass, and the second on scores of the first for pages that it has not seen."""
    second: dict[int, Any] = {}
    for half in (0, 1):
        part = [page for page in pages if fold_of("half " + page.group, 2) != half]
        trees = from_lists(exported(fitted(part, (page.rows for page in part), rounds, leaves)))
        for k, page in enumerate(pages):
            if fold_of("half " + page.group, 2) == half:
                second[k] = two_pass_rows(page, trees)
    first = exported(fitted(pages, (page.rows for page in pages), rounds, leaves))
    return first, exported(fitted(pages, (second[k] for k in range(len(pages))), rounds, leaves))


def two_pass_rows(page: Page, trees: Trees) -> Any:
    """Add the scores of the first pass around each line to its features."""
    rows = page.rows.astype(np.float64)
    return np.hstack([rows, line_features.neighbour_scores(trees.probability(rows), rows)]).astype(np.float32)


def f1(pairs: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """Mean precision and recall of word 4-grams over documents, and F1 of the two."""
    precision, recall = [], []
    for gold, text in pairs:
        want, got = grams(gold), grams(text)
        shared = sum((want & got).values())
        if got:
            precision.append(shared / sum(got.values()))
        if want:
            recall.append(shared / sum(want.values()))
    p, r = (float(np.mean(values)) if values else 0.0 for values in (precision, recall))
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Return the word 4-grams of a text with their counts."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)) if words)


def cross_validate(pages: list[Page], folds: int, rounds: int, leaves: int) -> None:
    """Show F1 by threshold on pages that were not fitted on."""
    scored: list[tuple[Page, Any]] = []
    for fold in range(folds):
        part = [page for page in pages if fold_of(page.group, folds) != fold]
        first, second = map(from_lists, both_passes(part, rounds, leaves))
        for page in pages:
            if fold_of(page.group, folds) == fold:
                scored.append((page, second.probability(two_pass_rows(page, first).astype(np.float64))))
        sys.stdout.write(f"fold {fold + 1} of {folds}\n")
        sys.stdout.flush()
    report(scored)


def report(scored: list[tuple[Page, Any]]) -> None:
    """Write F1 for each set of pages, the shares of snippets kept and removed, and the lines of text that are lost."""
    for prose, switch in CHOICES:
        texts = [(page, kept(page, scores, prose, switch)) for page, scores in scored]
        sys.stdout.write(f"prose {prose}, switch {switch}:\n")
        for name in sorted({page.name for page, _ in scored if page.kind == "page"}):
            some = [(page, lines) for page, lines in texts if page.name == name and page.kind == "page"]
            score = f1([(page.gold, shown(page, lines)) for page, lines in some])[2]
            gone = np.concatenate([page.labels[~lines] for page, lines in some])
            share = (gone == 1).sum() / max(1, (gone >= 0).sum())
            sys.stdout.write(f"  {name:32} F1 {score:.4f}, {share:.2%} of {len(gone)} removals wrong\n")
        inside, outside = [], []
        for page, lines in texts:
            if page.kind == "snippets":
                text = squeeze(shown(page, lines))
                inside += [snippet in text for snippet in page.want[0]]
                outside += [snippet not in text for snippet in page.want[1]]
        clean = np.concatenate([lines for page, lines in texts if page.kind == "clean"])
        sys.stdout.write(
            f"  snippets: kept {np.mean(inside):.3f}, removed {np.mean(outside):.3f};"
            f" lines of clean text lost {1e4 * (~clean).mean():.0f} in 10,000\n"
        )


def kept(page: Page, scores: Any, prose: float, switch: float) -> Any:
    """Return which lines the scorer keeps."""
    verdicts = scorer.Verdicts(range(len(page.lines)), scores, page.rows.astype(np.float64))
    gone = list(verdicts.off_the_text(prose, switch))
    stays = np.ones(len(page.lines), dtype=bool)
    if scorer.LEAST * len(stays) <= len(gone) < len(stays):
        stays[gone] = False
    return stays


def shown(page: Page, lines: Any) -> str:
    """Return the text of some lines."""
    return "\n".join(line for line, stays in zip(page.lines, lines, strict=True) if stays)


def main(argv: Sequence[str] | None = None) -> None:
    """Fit, or cross-validate."""
    parser = argparse.ArgumentParser(description="Fit the page scorer.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--leaves", type=int, default=16)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(argv)
    pages = [page for page in read_pages(options.data) if page.lines]
    pages += [clean for page in pages if page.kind == "page" and (clean := cleaned(page))]
    if options.folds:
        cross_validate(pages, options.folds, options.rounds, options.leaves)
        return
    first, second = both_passes(pages, options.rounds, options.leaves)
    edge = json.loads(options.out.read_text("utf-8"))["edge"]
    text = json.dumps({"first": first, "second": second, "edge": edge}, separators=(",", ":"))
    options.out.write_text(text + "\n", "utf-8")
    sys.stdout.write(f"{len(pages)} pages, {len(text)} bytes in {options.out}\n")


if __name__ == "__main__":
    main()
