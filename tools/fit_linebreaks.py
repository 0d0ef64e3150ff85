"""Fits the weights of the signs of a soft line end: cleaner/fitted/linebreaks.json.

    python tools/fit_linebreaks.py KIT [--cross-validate]

KIT is the data folder of the evaluation kit. Fitted on its `linebreaks/lines.gutenberg` (with and
without blank lines), on the articles of `linebreaks/paragraphs.wcxb` as they are (nothing may be
joined) and wrapped here at random widths, and on the segments of `translation/mqm`, put together to
paragraphs and wrapped likewise. A ridge logistic regression; everything is seeded by the documents'
ids, so a second run writes the same file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from cleaner.pipeline import rule_book
from cleaner.settings import RuleSources
from cleaner.steps import Context
from cleaner.steps.linebreaks.conventions import habits
from cleaner.steps.linebreaks.described_lines import Lines, View, split, suspects
from cleaner.steps.linebreaks.edges import SPACELESS, Words
from cleaner.steps.linebreaks.wrapped.wraps import candidates

UNBROKEN = r".[\u3001\u3002\uff0c\uff01\uff1f\u300d\u0e30-\u0e4e]*"
OUT = Path(__file__).parent.parent / "cleaner" / "fitted" / "linebreaks.json"
RIDGE = 2.0
SYNTHETIC = 0.15
CLEAN = 3.0
UNCASED = ("ar", "bn", "fa", "he", "hi", "ja", "ka", "ko", "ta", "th", "ur", "zh")
LANGUAGES = (*UNCASED, "de", "en", "es", "eu", "fr", "it", "nl", "pt", "ru")
Example = tuple[str, str, list[str], bool, float]
"""Group for cross-validation, language, signs, soft or not, weight."""


def records(kit: Path, name: str) -> list[dict[str, Any]]:
    """Read one packed file of the kit."""
    with gzip.open(kit / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@dataclass(frozen=True)
class Style:
    """How lines are wrapped: width and how much it varies, blank lines, indents, a shorter start."""

    width: int
    jitter: float = 0.0
    blank: bool = False
    indent: int = 0
    shorter: int = 0


def any_style(rng: random.Random) -> Style:
    """Choose one of the usual styles."""
    width, jitter = rng.randint(38, 96), rng.choice((0, 0, 0, 0.06, 0.12))
    return Style(width, jitter, rng.random() < 0.3, rng.choice((0, 0, 0, 2, 4)), rng.randint(8, 24))


def news_style(rng: random.Random) -> Style:
    """Choose a style of the wires: no blank lines, paragraphs indented, the dateline removed."""
    return Style(
        rng.randint(58, 70), rng.choice((0, 0.03, 0.06)), False, rng.choice((3, 4, 5)), rng.randint(0, 30)
    )


def wrap(paragraphs: list[str], style: Style, rng: random.Random) -> tuple[str, list[bool]]:
    """Wrap paragraphs; tell for every gap whether it is soft."""
    lines: list[str] = []
    soft: list[bool] = []
    spaceless = SPACELESS.search(paragraphs[0]) is not None
    width = style.width // 2 if spaceless else style.width
    for number, paragraph in enumerate(paragraphs):
        first = style.indent if number and rng.random() < 0.98 else 0
        used = first + (style.shorter if not number and not spaceless else 0)
        room = width
        line: list[str] = []
        for word in re.findall(UNBROKEN, paragraph) if spaceless else paragraph.split():
            if line and used + len(word) > room:
                lines.append(" " * first + ("" if spaceless else " ").join(line))
                soft.append(True)
                line, used, first = [], 0, 0
                room = width - int(rng.random() * style.jitter * width)
            line.append(word)
            used += len(word) + (not spaceless)
        lines.append(" " * first + ("" if spaceless else " ").join(line) + ("\n" if style.blank else ""))
        soft.append(False)
    return "\n".join(lines), soft[:-1]


def flat(text: str) -> str:
    """Take the indents away, as most extractors do."""
    return re.sub(r"(?m)^ +", "", text)


def examples(
    group: str, language: str, text: str, soft: list[bool], weight: float, words: dict[str, Words]
) -> Iterator[Example]:
    """Yield the gaps of a text that lie in wrapped lines, with their signs and the truth about each."""
    lines: Lines = split(text)
    assert len(lines.gaps) == len(soft), (group, len(lines.gaps), len(soft))
    view = View(lines, words[language])
    for gap, _, shown in candidates(view, suspects(lines.texts, frozenset(), frozenset())):
        yield group, language, shown, soft[gap], weight


def read(kit: Path, words: dict[str, Words]) -> Iterator[Example]:
    """Yield all examples that the weights are fitted on."""
    for item in records(kit, "linebreaks/lines.gutenberg"):
        book = f"{item['id'].split('-')[0]}/{int(item['id'].split('-')[1]) // 2 % 4}"
        soft = [bool(y) for y in item["y"][:-1]]
        for blank in (False, True):
            ends = ["\n\n" if blank and b else "\n" for b in item["blank"]]
            text = "".join(line + end for line, end in zip(item["lines"], ends, strict=True))
            yield from examples(
                f"{book} {'blank' if blank else 'plain'}", item["lang"], text, soft, 1.0, words
            )
    articles = records(kit, "linebreaks/paragraphs.wcxb")
    for item in articles:
        text = "\n".join(item["lines"])
        yield from examples(
            f"clean/{zlib.crc32(item['id'].encode()) % 4}",
            "en",
            text,
            [False] * (len(item["lines"]) - 1),
            CLEAN,
            words,
        )
    for group, language, paragraphs, key in prose(kit, articles):
        rng = random.Random(key)
        text, soft = wrap(paragraphs, any_style(rng), rng)
        if rng.random() < 0.6:
            text = flat(text)
        yield from examples(group, language, text, soft, SYNTHETIC, words)
    for group, paragraphs, key in news(articles):
        rng = random.Random(key)
        text, soft = wrap(paragraphs, news_style(rng), rng)
        text = flat(text) if rng.random() < 0.8 else text
        yield from examples(group, "en", text, soft, SYNTHETIC, words)


def prose(kit: Path, articles: list[dict[str, Any]]) -> Iterator[tuple[str, str, list[str], str]]:
    """Yield paragraphs to wrap: group, language, paragraphs, key."""
    for item in articles:
        rng = random.Random(item["id"])
        lines = [line for line in item["lines"] if len(line) < 2000]
        if lines:
            yield f"wrapped/{rng.randint(0, 3)}", "en", lines[:60], item["id"]
    for item in records(kit, "translation/mqm"):
        rng = random.Random(item["id"])
        if item["lang"] in ("zh", "en") or rng.random() < 0.4:
            continue
        segments = [" ".join(s["text"].split()) for s in item["segments"] if s["text"].strip()]
        paragraphs = []
        while segments:
            size = rng.choice((1, 1, 2, 3, 4))
            paragraphs.append(" ".join(segments[:size]))
            segments = segments[size:]
        if paragraphs:
            yield f"wrapped/{rng.randint(0, 3)}", item["lang"], paragraphs, item["id"]
    yield from uncased(kit)


def news(articles: list[dict[str, Any]]) -> Iterator[tuple[str, list[str], str]]:
    """Yield items as of a news wire: a few short paragraphs, now and then figures, one a line."""
    for item in articles:
        rng = random.Random(f"news {item['id']}")
        lines = [line for line in item["lines"] if 90 < len(line) < 1500]
        paragraphs: list[str] = []
        for line in lines[: rng.choice((1, 2, 3, 5, 8, 12, 20))]:
            sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z])", line)
            while sentences:
                size = rng.choice((1, 1, 1, 2, 2, 3))
                paragraphs.append(" ".join(sentences[:size]))
                sentences = sentences[size:]
        if rng.random() < 0.25:
            paragraphs += [figures(rng) for _ in range(rng.randint(2, 8))]
        if paragraphs:
            yield f"news/{rng.randint(0, 3)}", paragraphs, item["id"]


def figures(rng: random.Random) -> str:
    """Make up a line of results."""
    name = rng.choice(
        ("Shr", "Net", "Revs", "Sales", "Nine months", "Avg shrs", "Qtly div", "Record", "Year")
    )
    unit = rng.choice(("cts", "dlrs", "mln", "", "billion"))
    return f"{name} {rng.randint(1, 999)} {unit} vs {rng.randint(1, 9)}.{rng.randint(10, 99)} {unit}".strip()


def uncased(kit: Path) -> Iterator[tuple[str, str, list[str], str]]:
    """Yield paragraphs in scripts without capitals, put together from single sentences."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for item in records(kit, "langid/lingua"):
        if item["lang"] in UNCASED:
            by_language[item["lang"]].append(" ".join(item["text"].split()))
    for language, sentences in sorted(by_language.items()):
        glue = "" if SPACELESS.search(sentences[0]) else " "
        for seed in range(8):
            rng = random.Random(f"{language}{seed}")
            rng.shuffle(sentences)
            ends = [rng.randint(1, 5) for _ in range(20)]
            at = [sum(ends[:i]) for i in range(len(ends) + 1)]
            paragraphs = [glue.join(sentences[a:b]) for a, b in pairwise(at)]
            yield f"wrapped/{seed % 4}", language, paragraphs, f"{language}{seed}"


def fit(data: list[Example]) -> dict[str, float]:
    """Ridge logistic regression by Newton's method."""
    names = sorted({sign for _, _, shown, _, _ in data for sign in shown})
    index = {name: i for i, name in enumerate(names)}
    columns = [index[sign] for _, _, shown, _, _ in data for sign in shown]
    rows = np.repeat(np.arange(len(data)), [len(shown) for _, _, shown, _, _ in data])
    x = csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(data), len(names)))
    y = np.array([soft for *_, soft, _ in data], dtype=float)
    weight = np.array([w for *_, w in data])
    beta = np.zeros(len(names))
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (weight * (y - p)) - RIDGE * beta
        hessian = (x.T @ x.multiply((weight * p * (1 - p))[:, None])).toarray() + RIDGE * np.eye(len(names))
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if np.abs(step).max() < 1e-6:
            break
    return {name: round(float(b), 2) for name, b in zip(names, beta, strict=True) if abs(b) >= 0.05}


def right(table: dict[str, float], data: list[Example]) -> dict[str, tuple[int, int, float]]:
    """Count, by group and language, the examples and those decided rightly."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for group, language, shown, soft, _ in data:
        count = counts[f"{group} {language}"]
        count[0] += 1
        count[1] += (sum(table.get(sign, 0.0) for sign in shown) > 0) == soft
    return {key: (n, ok, round(ok / n, 4)) for key, (n, ok) in sorted(counts.items())}


def cross_validated(data: list[Example]) -> Iterator[tuple[str, tuple[int, int, float]]]:
    """Count what is decided rightly about each group by weights fitted on all others."""
    decided: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for group in sorted({example[0].split()[0] for example in data}):
        table = fit([example for example in data if example[0].split()[0] != group])
        held = [example for example in data if example[0].split()[0] == group]
        for name, (n, ok, _) in right(table, held).items():
            count = decided[re.sub(r"/\d", "", name)]
            count[0] += n
            count[1] += ok
    for name, (n, ok) in sorted(decided.items()):
        yield name, (n, ok, round(ok / n, 4))


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kit", type=Path)
    parser.add_argument("--cross-validate", action="store_true", help="leave out one book at a time")
    options = parser.parse_args()
    book = rule_book(RuleSources())
    words = {code: habits(Context(book.select("linebreaks", code), code)).words for code in LANGUAGES}
    data = list(read(options.kit, words))
    if options.cross_validate:
        sys.stdout.write(f"cross-validated {dict(cross_validated(data))}\n")
    table = fit(data)
    sys.stdout.write(f"all {right(table, data)}, {len(table)} signs\n")
    OUT.write_text(
        json.dumps({"about": "fitted by tools/fit_linebreaks.py", "weights": table}, indent=0, sort_keys=True)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
