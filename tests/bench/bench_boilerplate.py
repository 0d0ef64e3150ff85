"""How fast the boilerplate step is: the rules of one language over articles, the scorer over whole pages.

    python -m tests.bench.bench_boilerplate [--kilobytes 4000] [--corpus FILE]

The text is made of a few sentences in random order with a line of furniture in thirty, in documents
of about 4 KB. Sizes are UTF-8 bytes, seconds are of processor time on one core. Goal for the pattern
rules of one language: 40 MB/s. `--corpus` measures the whole step, language identification included, on the
records of a JSON Lines file (field `text`) too, after they have been gone through once: real texts have
edges for the scorer to judge, and each sees patterns that are looked for lazily.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from cleaner.model import Document
from cleaner.pipeline import Pipeline
from cleaner.rules import RuleSet
from cleaner.settings import Settings
from cleaner.steps import Context, boilerplate
from cleaner.steps.boilerplate.repeated import digest
from cleaner.steps.boilerplate.scorer import page_verdicts
from tests.bench.results import keep, record
from tests.support.rules import load_rules

CASES = Path(__file__).parent.parent / "cases" / "boilerplate" / "lines.yaml"
PROSE = (
    "The council met on Friday to talk about the bridge, and it did not agree on anything at all.",
    "On Saturday it met again, in the hall by the harbour, because the first one was too small.",
    "Nobody knows yet who is going to pay for the bridge, the mayor told the people who had come.",
    "A ferry carries the mail in winter, when the road along the cliff is closed by snow or by stones.",
    "Her grandmother had planted the walnut tree on the day the first bridge was opened to carts.",
)


def documents(kilobytes: int, *, furniture: float) -> list[str]:
    """Make documents of about 4 KB: paragraphs of three sentences, and lines of furniture between them."""
    chance = random.Random(7)
    lines: list[str] = YAML(typ="safe", pure=True).load(CASES.read_text("utf-8"))["en"]["drop"]
    made = []
    for _ in range(kilobytes // 4):
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < 4000:
            paragraphs.append(" ".join(chance.sample(PROSE, 3)))
            if chance.random() < furniture:
                paragraphs.append(chance.choice(lines))
        made.append("\n\n".join(paragraphs))
    return made


def rate(name: str, run: Callable[[str], object], texts: Sequence[str]) -> None:
    """Print how many megabytes of the texts a function handles in a second."""
    run(texts[0])
    size = sum(len(text.encode()) for text in texts)
    started = time.process_time()
    for text in texts:
        run(text)
    seconds = time.process_time() - started
    record("boilerplate", name, size / seconds / 1e6)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kilobytes", type=int, default=4000)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    kilobytes = options.kilobytes
    article = load_rules().select("boilerplate", "en", "article")
    patterns = Context(RuleSet([rule for rule in article.rules if rule.is_pattern]), "en")
    clean, mixed = documents(kilobytes, furniture=0.0), documents(kilobytes, furniture=0.1)
    rate("rules of one language, clean text", lambda text: list(boilerplate.find(text, patterns)), clean)
    rate("rules of one language, furniture", lambda text: list(boilerplate.find(text, patterns)), mixed)
    everything = Context(article, "en")
    rate("all of profile article, clean text", lambda text: list(boilerplate.find(text, everything)), clean)
    rate("all of profile article, furniture", lambda text: list(boilerplate.find(text, everything)), mixed)
    rate("page scorer", lambda text: page_verdicts(text.split("\n")), mixed[: len(mixed) // 8])
    rate("digest of repeated lines", digest, clean)
    if options.corpus:
        with options.corpus.open(encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines]
        cleaner = Pipeline(Settings(steps=("boilerplate",)))
        for text in texts:
            cleaner.settle(Document("", text))
        rate("the whole step, a corpus", lambda text: cleaner.settle(Document("", text)), texts)
    keep("boilerplate")


if __name__ == "__main__":
    main()
