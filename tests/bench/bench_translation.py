"""Speed of the translation step with every rule on, one process, in MB (10^6 bytes of UTF-8) a second.

    python -m tests.bench.bench_translation [FILE.jsonl.gz ...]

Without files it makes 6 MB of news-like text of its own. Compiling is done beforehand and shown apart.
"""

from __future__ import annotations

import cProfile
import gzip
import json
import pstats
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from cleaner.model import Flag
from cleaner.rules.book import RuleBook
from cleaner.rules.files.folders import Folder
from cleaner.rules.files.load import merge
from cleaner.steps import Context
from cleaner.steps.translation import find
from tests.bench.results import keep, record
from tests.support.rules import read_packs

RULES = Path(__file__).parent.parent.parent / "rules" / "translation"
SUBJECTS = ("The council", "The mayor", "A spokesman for the port", "Police", "The ministry", "Her lawyer")
VERBS = ("said on Monday that", "did not say when", "denied that", "had expected that", "will decide whether")
CLAUSES = (
    "the bridge over the river stays closed until the spring",
    "the money for the harbour was spent on roads",
    "nobody was hurt when the ferry hit the quay at noon",
    "the strike, which began in March, is over",
    "schools in the north of the country open a week later",
)


def made_up(documents: int) -> list[str]:
    """Make documents of twelve paragraphs, the same every time."""
    draw = random.Random(7)
    return ["\n\n".join(paragraph(draw) for _ in range(12)) for _ in range(documents)]


def paragraph(draw: random.Random) -> str:
    sentences = [(draw.choice(SUBJECTS), draw.choice(VERBS), draw.choice(CLAUSES)) for _ in range(3)]
    return ". ".join(" ".join(sentence) for sentence in sentences) + "."


def main(paths: Sequence[str]) -> None:
    texts = [] if paths else made_up(2000)
    for path in paths:
        with gzip.open(Path(path), "rt", encoding="utf-8") as file:
            texts += [json.loads(line)["text"] for line in file]
    started = process_time()
    packs, _ = read_packs([Folder(RULES, "built-in")])
    book = RuleBook(tuple(merge(packs)[0]))
    context = Context(rules=book.select("translation", "en"), language="en")
    for text in texts[:50]:
        list(find(text, context))
    print(f"loading, compiling, warming up: {process_time() - started:.2f} s")
    size = sum(len(text.encode()) for text in texts) / 1e6
    profile = cProfile.Profile()
    for look in (1, 2):
        started = process_time()
        flags = sum(isinstance(finding, Flag) for text in texts for finding in find(text, context))
        seconds = process_time() - started
        record("translation", f"all rules, {flags} flags, look {look}", size / seconds)
    keep("translation")
    profile.enable()
    for text in texts[:200]:
        list(find(text, context))
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(12)


if __name__ == "__main__":
    main(sys.argv[1:])
